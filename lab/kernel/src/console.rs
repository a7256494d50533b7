// SPDX-License-Identifier: MIT OR Apache-2.0

//! The console of a running machine: the guest's results among all that is said there.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use lab_support::progress;
use lab_support::report::{Report, TestResult, Verdict};

use super::qemu::End;

/// How much of the console a failure shows.
const TAIL_LINES: usize = 60;
/// What every line of the guest that is meant for this side has before its words.
const MARK: &str = "regloom-lab ";

/// A console, and what has been received on it.
pub(crate) struct Console<'a> {
    /// What each result's name begins with.
    title: &'a str,
    kernel: &'a str,
    report: &'a mut Report,
    text: String,
    reported: usize,
    failed: usize,
    /// How many results the guest says it reported; none before it is done.
    done: Option<usize>,
    last: Instant,
}

impl<'a> Console<'a> {
    pub(crate) fn new(title: &'a str, kernel: &'a str, report: &'a mut Report) -> Self {
        Self {
            title,
            kernel,
            report,
            text: String::new(),
            reported: 0,
            failed: 0,
            done: None,
            last: Instant::now(),
        }
    }

    /// Takes in a line; a result goes to the report at once.
    pub(crate) fn receive(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        match parse(line) {
            Some(Word::Result {
                passed,
                name,
                detail,
            }) => self.result(passed, name, detail),
            Some(Word::Without { name, why }) => {
                self.reported += 1;
                let name = format!("{}: {name}", self.title);
                self.report.not_possible(name, Some(self.kernel), why);
            }
            Some(Word::Done(results)) => self.done = Some(results),
            None => {}
        }
    }

    fn result(&mut self, passed: bool, name: &str, detail: &str) {
        self.reported += 1;
        self.failed += usize::from(!passed);
        self.report.add(TestResult {
            name: format!("{}: {name}", self.title),
            kernel: Some(self.kernel.to_owned()),
            verdict: Verdict::of(passed),
            detail: detail.to_owned(),
            took: self.last.elapsed(),
        });
        self.last = Instant::now();
    }

    /// Whether the run was whole; shows the console's tail when anything was not right.
    pub(crate) fn conclude(&self, end: Result<End>) -> Result<()> {
        let outcome = end.and_then(|end| self.was_whole(end));
        if outcome.is_err() || self.failed > 0 {
            println!("    the console ends with");
            for line in progress::tail(&self.text, TAIL_LINES).lines() {
                println!("    | {line}");
            }
        }
        outcome
    }

    fn was_whole(&self, end: End) -> Result<()> {
        if let End::OutOfTime(limit) = end {
            let limit = progress::spoken(limit);
            bail!("the machine was still up after {limit}, and was stopped");
        }
        let done = self
            .done
            .context("the machine went down before its guest was done")?;
        ensure!(
            done == self.reported && done > 0,
            "the guest reported {done} results, of which {} arrived",
            self.reported
        );
        Ok(())
    }
}

/// What a line of the guest's says.
#[derive(Debug, PartialEq, Eq)]
enum Word<'a> {
    Result {
        passed: bool,
        name: &'a str,
        detail: &'a str,
    },
    /// A test that this kernel cannot have, and what it lacks.
    Without {
        name: &'a str,
        why: &'a str,
    },
    Done(usize),
}

fn parse(line: &str) -> Option<Word<'_>> {
    // Whatever firmware or kernel left on the line before it.
    let (_, line) = line.split_once(MARK)?;
    let (word, rest) = line.split_once(' ')?;
    match word {
        "pass" | "fail" => {
            let (name, detail) = rest.split_once(" : ").unwrap_or((rest, ""));
            Some(Word::Result {
                passed: word == "pass",
                name,
                detail,
            })
        }
        "without" => {
            let (name, why) = rest.split_once(" : ")?;
            Some(Word::Without { name, why })
        }
        "done" => rest.parse().ok().map(Word::Done),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn received(lines: &[&str]) -> (Report, Result<()>) {
        let mut report = Report::new();
        let mut console = Console::new("x", "7.3.4 arm", &mut report);
        lines.iter().for_each(|line| console.receive(line));
        let outcome = console.conclude(Ok(End::Down));
        (report, outcome)
    }

    #[test]
    fn a_run_is_whole_when_all_that_was_reported_arrived() {
        let (report, outcome) = received(&["boot", "regloom-lab pass a", "regloom-lab done 1"]);
        assert!(outcome.is_ok());
        assert_eq!(report.failures(), 0);
    }

    #[test]
    fn a_failure_is_counted_though_the_run_is_whole() {
        let (report, outcome) = received(&["regloom-lab fail a : why", "regloom-lab done 1"]);
        assert!(outcome.is_ok());
        assert_eq!(report.failures(), 1);
    }

    #[test]
    fn what_the_kernel_cannot_have_is_neither_passed_nor_lost() {
        let (report, outcome) = received(&[
            "regloom-lab pass a",
            "regloom-lab without b : no detector",
            "regloom-lab done 2",
        ]);
        assert!(outcome.is_ok());
        assert_eq!(report.failures(), 0);
        assert!(!report.is_clean());
    }

    #[test]
    fn a_run_that_breaks_off_or_loses_a_line_is_not_whole() {
        for lines in [
            &["regloom-lab pass a"][..],
            &["regloom-lab pass a", "regloom-lab done 2"],
            &["regloom-lab done 0"],
            &[],
        ] {
            assert!(received(lines).1.is_err(), "{lines:?}");
        }
    }

    #[test]
    fn a_machine_that_does_not_go_down_has_failed() {
        let mut report = Report::new();
        let mut console = Console::new("x", "7.3.4 arm", &mut report);
        console.receive("regloom-lab pass a");
        console.receive("regloom-lab done 1");
        let end = End::OutOfTime(Duration::from_secs(180));
        assert!(console.conclude(Ok(end)).is_err());
    }

    #[test]
    fn the_guests_lines_are_understood() {
        assert_eq!(
            parse("regloom-lab pass it loads : in 3 ms : fine"),
            Some(Word::Result {
                passed: true,
                name: "it loads",
                detail: "in 3 ms : fine"
            })
        );
        assert_eq!(
            parse("regloom-lab fail it loads"),
            Some(Word::Result {
                passed: false,
                name: "it loads",
                detail: ""
            })
        );
        assert_eq!(
            parse("regloom-lab without leaks : no detector"),
            Some(Word::Without {
                name: "leaks",
                why: "no detector"
            })
        );
        assert_eq!(parse("regloom-lab done 12"), Some(Word::Done(12)));
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "[    0.1] Linux version",
            "regloom-lab",
            "regloom-lab done soon",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
