// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a Debian mirror answers: it may lack a suite, and it may be in the middle of an update, when
//! its lists and its files do not match.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Error, Result, anyhow, bail};
use lab_support::progress::{Step, read};

/// How often the same is tried while the mirror is being updated, and how long it is waited between.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(30);

/// How apt says that sizes or hashes do not match the lists, or that a listed file is not there.
const OUT_OF_STEP: [&str; 5] = [
    "404  Not Found",
    "Hash Sum mismatch",
    "Size mismatch",
    "File has unexpected size",
    "Mirror sync in progress",
];

/// How apt says that the mirror has no such suite.
const NO_SUITE: [&str; 2] = [
    "does not have a Release file",
    "no longer has a Release file",
];

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The mirror is being updated; later it may have it.
    OutOfStep(Error),
    /// The mirror does not have the suite.
    NoSuite,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Refused {
    fn into_error(self) -> Error {
        match self {
            Self::OutOfStep(error) | Self::Failed(error) => error,
            Self::NoSuite => anyhow!("the mirror does not have the suite"),
        }
    }
}

/// Runs apt once; its output says why it failed.
pub(crate) fn run(step: &Step, command: &mut Command) -> Result<(), Refused> {
    let before = length(step.log);
    step.run(command).map_err(|error| {
        let log = read(step.log);
        refusal(log.get(before..).unwrap_or(&log), error)
    })
}

/// The same, tried again while the mirror is being updated.
pub(crate) fn run_patiently(step: &Step, command: impl Fn() -> Command) -> Result<()> {
    patiently(|| run(step, &mut command()), pause).map_err(Refused::into_error)
}

fn length(log: &Path) -> usize {
    fs::metadata(log)
        .ok()
        .and_then(|it| usize::try_from(it.len()).ok())
        .unwrap_or(0)
}

fn refusal(output: &str, error: Error) -> Refused {
    let says = |words: &[&str]| words.iter().any(|it| output.contains(it));
    // First, because a missing suite is a file that is not found, too.
    if says(&NO_SUITE) {
        Refused::NoSuite
    } else if says(&OUT_OF_STEP) {
        Refused::OutOfStep(error)
    } else {
        Refused::Failed(error)
    }
}

/// Waits until the mirror may have been updated.
pub(crate) fn pause() {
    let seconds = PAUSE.as_secs();
    println!("  the mirror is being updated; trying again in {seconds} seconds");
    thread::sleep(PAUSE);
}

/// Tries again while the mirror is being updated.
pub(crate) fn patiently<T>(
    mut attempt: impl FnMut() -> Result<T, Refused>,
    wait: impl Fn(),
) -> Result<T, Refused> {
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(Refused::OutOfStep(_)) => wait(),
            outcome => return outcome,
        }
    }
    attempt()
}

/// What was found on the mirror.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found<T> {
    /// Something, and the suite that has it.
    In(&'static str, T),
    /// No suite has it; what became of each.
    Nowhere(Vec<String>),
}

/// Asks one suite after the other.
///
/// A suite that cannot be asked is an error, unless a later one has the answer: it is then not
/// known that nothing is there.
pub(crate) fn first_suite<T>(
    suites: &[&'static str],
    mut ask: impl FnMut(&str) -> Result<Option<T>, Refused>,
) -> Result<Found<T>> {
    let mut answers = Vec::new();
    let mut failed = false;
    for suite in suites {
        let answer = match ask(suite) {
            Ok(Some(found)) => return Ok(Found::In(suite, found)),
            Ok(None) => "does not have it".to_owned(),
            Err(Refused::NoSuite) => "is not on the mirror".to_owned(),
            Err(Refused::OutOfStep(_)) => "is being updated".to_owned(),
            Err(Refused::Failed(error)) => {
                failed = true;
                format!("{error:#}")
            }
        };
        answers.push(format!("{suite}: {answer}"));
    }
    if failed {
        bail!("not every suite could be asked\n  {}", answers.join("\n  "));
    }
    Ok(Found::Nowhere(answers))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn out_of_step() -> Refused {
        Refused::OutOfStep(anyhow!("mismatch"))
    }

    fn attempts_of(
        outcome: impl Fn(u32) -> Result<u32, Refused>,
    ) -> (Result<u32, Refused>, u32, u32) {
        let (mut attempts, waits) = (0, Cell::new(0));
        let outcome = patiently(
            || {
                attempts += 1;
                outcome(attempts)
            },
            || waits.set(waits.get() + 1),
        );
        (outcome, attempts, waits.get())
    }

    #[test]
    fn an_update_of_the_mirror_is_waited_for() {
        let (outcome, attempts, waits) = attempts_of(|attempt| match attempt {
            1 => Err(out_of_step()),
            later => Ok(later),
        });
        assert_eq!((outcome.unwrap(), attempts, waits), (2, 2, 1));
    }

    #[test]
    fn waiting_has_an_end() {
        let (outcome, attempts, waits) = attempts_of(|_| Err(out_of_step()));
        assert!(matches!(outcome, Err(Refused::OutOfStep(_))));
        assert_eq!((attempts, waits), (ATTEMPTS, ATTEMPTS - 1));
    }

    #[test]
    fn nothing_else_is_tried_again() {
        for refused in [
            || Refused::NoSuite,
            || Refused::Failed(anyhow!("no network")),
        ] {
            let (outcome, attempts, waits) = attempts_of(|_| Err(refused()));
            assert!(outcome.is_err());
            assert_eq!((attempts, waits), (1, 0));
        }
    }

    #[test]
    fn apt_says_what_is_wrong() {
        let refusal = |output| refusal(output, anyhow!("apt-get failed"));
        for output in [
            "E: Failed to fetch http://m/x.deb  404  Not Found [IP: 1.2.3.4 80]\n",
            "E: Failed to fetch http://m/x.deb  Hash Sum mismatch\n",
            "E: Failed to fetch http://m/Packages.xz  File has unexpected size (7 != 8). Mirror sync \
             in progress? [IP: 1.2.3.4 80]\n",
        ] {
            assert!(matches!(refusal(output), Refused::OutOfStep(_)), "{output}");
        }
        let absent = "Err:1 http://m forky Release\n  404  Not Found [IP: 1.2.3.4 80]\n\
                      E: The repository 'http://m forky Release' does not have a Release file.\n";
        assert!(matches!(refusal(absent), Refused::NoSuite));
        let other = "E: Could not resolve 'm'\n";
        assert!(matches!(refusal(other), Refused::Failed(_)));
    }

    const SUITES: [&str; 3] = ["a", "b", "c"];

    #[test]
    fn the_first_suite_that_has_it_is_used() {
        let found = first_suite(&SUITES, |suite| Ok((suite != "a").then_some(suite.len())));
        assert_eq!(found.unwrap(), Found::In("b", 1));
    }

    #[test]
    fn a_suite_that_is_out_of_step_or_fails_leads_to_the_next() {
        let found = first_suite(&SUITES, |suite| match suite {
            "a" => Err(out_of_step()),
            "b" => Err(Refused::Failed(anyhow!("no network"))),
            _ => Ok(Some(1)),
        });
        assert_eq!(found.unwrap(), Found::In("c", 1));
    }

    #[test]
    fn what_no_suite_has_is_nowhere() {
        let found = first_suite(&SUITES, |suite| match suite {
            "a" => Err(out_of_step()),
            "b" => Err(Refused::NoSuite),
            _ => Ok(None::<()>),
        });
        let answers = [
            "a: is being updated",
            "b: is not on the mirror",
            "c: does not have it",
        ];
        assert_eq!(
            found.unwrap(),
            Found::Nowhere(answers.map(str::to_owned).into())
        );
    }

    #[test]
    fn what_could_not_be_asked_for_is_no_answer() {
        let found = first_suite(&SUITES, |suite| match suite {
            "a" => Err(Refused::Failed(anyhow!("no network"))),
            _ => Ok(None::<()>),
        });
        let error = found.unwrap_err().to_string();
        assert!(error.contains("a: no network"), "{error}");
    }
}
