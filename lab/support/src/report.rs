// SPDX-License-Identifier: MIT OR Apache-2.0

//! Test results as values, told one by one as they come and once more as a table.

use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

/// What became of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// What the test's name says was found true.
    Passed,
    /// It was found false, or could not be found out.
    Failed,
    /// It was not tried, because what it needs is not there; the detail says what.
    NotRun,
}

impl Verdict {
    /// Of a test that ran.
    pub fn of(passed: bool) -> Self {
        if passed { Self::Passed } else { Self::Failed }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::NotRun => "not run",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Passed => "\x1b[32m",
            Self::Failed => "\x1b[31m",
            Self::NotRun => "\x1b[33m",
        }
    }
}

/// One test's result.
#[derive(Debug)]
pub struct TestResult {
    /// What was tested.
    pub name: String,
    /// The kernel it ran on or against; none for a test of the host alone.
    pub kernel: Option<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// Why it did not pass.
    pub detail: String,
    /// How long it took.
    pub took: Duration,
}

/// The results of a run so far.
#[derive(Debug, Default)]
pub struct Report {
    results: Vec<TestResult>,
}

impl Report {
    /// One without results.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a result in and tells it.
    pub fn add(&mut self, result: TestResult) {
        println!("{}", line(&result, &Widths::NONE));
        if result.verdict != Verdict::Passed {
            for detail in result.detail.lines() {
                println!("    {detail}");
            }
        }
        self.results.push(result);
    }

    /// Runs one test and takes its result in; gives what the test made, when it passed.
    pub fn run<T>(
        &mut self,
        name: impl Into<String>,
        kernel: Option<&str>,
        test: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        let started = Instant::now();
        let (value, outcome) = match test() {
            Ok(value) => (Some(value), Ok(())),
            Err(error) => (None, Err(error)),
        };
        self.outcome(name, kernel, started.elapsed(), outcome);
        value
    }

    /// Takes in what came of a test that ran.
    pub fn outcome(
        &mut self,
        name: impl Into<String>,
        kernel: Option<&str>,
        took: Duration,
        outcome: Result<()>,
    ) {
        self.add(TestResult {
            name: name.into(),
            kernel: kernel.map(str::to_owned),
            verdict: Verdict::of(outcome.is_ok()),
            detail: outcome.map_or_else(|error| format!("{error:#}"), |()| String::new()),
            took,
        });
    }

    /// Says that a test was not tried, and why.
    pub fn not_run(&mut self, name: impl Into<String>, kernel: Option<&str>, why: &str) {
        self.add(TestResult {
            name: name.into(),
            kernel: kernel.map(str::to_owned),
            verdict: Verdict::NotRun,
            detail: why.to_owned(),
            took: Duration::ZERO,
        });
    }

    /// Prints the table and the closing line; the exit status tells whether anything failed.
    pub fn conclude(self) -> ExitCode {
        let widths = Widths::of(&self.results);
        println!("\nsummary");
        for result in &self.results {
            println!("{}", line(result, &widths));
            if result.verdict == Verdict::NotRun {
                println!("    {}", result.detail);
            }
        }
        let (passed, failed) = (self.count(Verdict::Passed), self.count(Verdict::Failed));
        let not_run = self.count(Verdict::NotRun);
        let skipped = match not_run {
            0 => String::new(),
            some => format!(", {some} skipped"),
        };
        println!("\n{passed} passed, {failed} failed{skipped}");
        // What was not tried has not been shown to hold.
        if failed == 0 && not_run == 0 && passed > 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.results
            .iter()
            .filter(|it| it.verdict == verdict)
            .count()
    }

    /// Whether all that there is has passed.
    pub fn is_clean(&self) -> bool {
        self.count(Verdict::Passed) == self.results.len()
    }

    /// How many tests failed.
    pub fn failures(&self) -> usize {
        self.count(Verdict::Failed)
    }
}

struct Widths {
    kernel: usize,
    name: usize,
}

impl Widths {
    const NONE: Self = Self { kernel: 0, name: 0 };

    fn of(results: &[TestResult]) -> Self {
        let longest = |text: fn(&TestResult) -> &str| {
            results
                .iter()
                .map(|r| text(r).chars().count())
                .max()
                .unwrap_or(0)
        };
        Self {
            kernel: longest(kernel_of),
            name: longest(|r| &r.name),
        }
    }
}

fn kernel_of(result: &TestResult) -> &str {
    result.kernel.as_deref().unwrap_or("host")
}

fn line(result: &TestResult, widths: &Widths) -> String {
    let verdict = coloured(result.verdict);
    let kernel = kernel_of(result);
    let name = &result.name;
    let seconds = result.took.as_secs_f64();
    let (kernel_width, name_width) = (widths.kernel, widths.name);
    format!("  {verdict}  {kernel:kernel_width$}  {name:name_width$}  {seconds:6.1} s")
}

fn coloured(verdict: Verdict) -> String {
    let word = verdict.word();
    if stdout().is_terminal() {
        format!("{}{word:7}\x1b[0m", verdict.colour())
    } else {
        format!("{word:7}")
    }
}
