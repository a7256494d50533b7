// SPDX-License-Identifier: MIT OR Apache-2.0

//! Test results as values, printed one by one and again as a table at the end.

use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::progress::spoken;

/// The outcome of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// What the test's name says holds.
    Passed,
    /// It does not hold, or the test could not finish.
    Failed,
    /// It did not run because something that it needs is missing; the detail says what.
    NotRun,
    /// It did not run because only a larger run has it.
    LeftOut,
    /// It did not run because the archive does not have the release; the detail says more.
    NotAvailable,
    /// It cannot run with this kernel; the detail says what the kernel lacks.
    NotPossible,
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
            Self::NotRun | Self::LeftOut => "not run",
            Self::NotAvailable => "not available",
            Self::NotPossible => "not possible",
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Self::Passed => "\x1b[32m",
            Self::Failed => "\x1b[31m",
            Self::NotRun | Self::LeftOut | Self::NotAvailable | Self::NotPossible => "\x1b[33m",
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
#[derive(Debug)]
pub struct Report {
    results: Vec<TestResult>,
    started: Instant,
}

impl Default for Report {
    fn default() -> Self {
        Self::new()
    }
}

impl Report {
    /// One without results, of a run that starts now.
    pub fn new() -> Self {
        Self {
            results: Vec::new(),
            started: Instant::now(),
        }
    }

    /// Adds a result and prints it.
    pub fn add(&mut self, result: TestResult) {
        println!("{}", line(&result, &Widths::NONE));
        if result.verdict != Verdict::Passed {
            for detail in result.detail.lines() {
                println!("    {detail}");
            }
        }
        self.results.push(result);
    }

    /// Runs one test and adds its result; returns the test's value when it passed.
    pub fn run<T>(
        &mut self,
        name: impl Into<String>,
        kernel: Option<&str>,
        test: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        let started = Instant::now();
        let outcome = test();
        self.outcome(name, kernel, started.elapsed(), outcome)
    }

    /// Runs one test for each item, as many at a time as there are processors, and adds the
    /// results in the items' order; returns the values of those that passed, with their items.
    pub fn run_each<'a, I: Sync, T: Send>(
        &mut self,
        items: &'a [I],
        name: impl Fn(&I) -> String,
        kernel: Option<&str>,
        test: impl Fn(&I) -> Result<T> + Sync,
    ) -> Vec<(&'a I, T)> {
        let mut passed = Vec::new();
        for (item, (outcome, took)) in items.iter().zip(timed_each(items, test)) {
            let value = self.outcome(name(item), kernel, took, outcome);
            passed.extend(value.map(|value| (item, value)));
        }
        passed
    }

    /// Adds the result of a test that ran; returns its value when it passed.
    pub fn outcome<T>(
        &mut self,
        name: impl Into<String>,
        kernel: Option<&str>,
        took: Duration,
        outcome: Result<T>,
    ) -> Option<T> {
        let (value, detail) = match outcome {
            Ok(value) => (Some(value), String::new()),
            Err(error) => (None, format!("{error:#}")),
        };
        self.add(TestResult {
            name: name.into(),
            kernel: kernel.map(str::to_owned),
            verdict: Verdict::of(value.is_some()),
            detail,
            took,
        });
        value
    }

    /// Adds a test that was not run, and why.
    pub fn not_run(&mut self, name: impl Into<String>, kernel: Option<&str>, why: &str) {
        self.untried(Verdict::NotRun, name, kernel, why);
    }

    /// Adds what only the run with `--all` has.
    pub fn left_out(&mut self, name: impl Into<String>, kernel: Option<&str>) {
        self.untried(Verdict::LeftOut, name, kernel, "--all runs it");
    }

    /// Adds what cannot run because the archive does not have the release.
    pub fn not_available(&mut self, name: impl Into<String>, kernel: Option<&str>, why: &str) {
        self.untried(Verdict::NotAvailable, name, kernel, why);
    }

    /// Adds what this kernel cannot be tested for, and why.
    pub fn not_possible(&mut self, name: impl Into<String>, kernel: Option<&str>, why: &str) {
        self.untried(Verdict::NotPossible, name, kernel, why);
    }

    fn untried(
        &mut self,
        verdict: Verdict,
        name: impl Into<String>,
        kernel: Option<&str>,
        why: &str,
    ) {
        self.add(TestResult {
            name: name.into(),
            kernel: kernel.map(str::to_owned),
            verdict,
            detail: why.to_owned(),
            took: Duration::ZERO,
        });
    }

    /// Prints the table and the closing lines, which end with what failed; the exit status says
    /// whether the run passed.
    pub fn conclude(self) -> ExitCode {
        let widths = Widths::of(&self.results);
        println!("\nsummary");
        for result in &self.results {
            println!("{}", line(result, &widths));
            if !matches!(result.verdict, Verdict::Passed | Verdict::Failed) {
                for detail in result.detail.lines() {
                    println!("    {detail}");
                }
            }
        }
        println!("\n{}", self.closing(self.started.elapsed()));
        if self.has_passed() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// The counts, and behind them what fails the run, each with its message: of a log that is cut
    /// short, the end is what is read.
    fn closing(&self, took: Duration) -> String {
        let mut closing = self.totals(took);
        let wrong = |it: &&TestResult| matches!(it.verdict, Verdict::Failed | Verdict::NotRun);
        for result in self.results.iter().filter(wrong) {
            let (word, kernel, name) = (result.verdict.word(), kernel_of(result), &result.name);
            closing.push_str(&format!("\n\n{word}: {name} ({kernel})"));
            for line in shortened(&result.detail) {
                closing.push_str("\n    ");
                closing.push_str(&line);
            }
        }
        closing
    }

    /// How many tests ended in each way, and how long the run took: less than the sum of its
    /// tests, as some of them contain others.
    fn totals(&self, took: Duration) -> String {
        let (passed, failed) = (self.count(Verdict::Passed), self.count(Verdict::Failed));
        let skipped = self.results.len() - passed - failed;
        let mut totals = format!("{passed} passed, {failed} failed");
        if skipped > 0 {
            let reasons = [
                (Verdict::NotRun, "for something missing"),
                (Verdict::LeftOut, "left to --all"),
                (Verdict::NotAvailable, "not available"),
                (Verdict::NotPossible, "not possible with the kernel"),
            ];
            let reasons = reasons.map(|(verdict, words)| (self.count(verdict), words));
            let reasons = reasons.iter().filter(|(count, _)| *count > 0);
            let reasons: Vec<_> = reasons
                .map(|(count, words)| format!("{count} {words}"))
                .collect();
            totals.push_str(&format!(", {skipped} skipped ({})", reasons.join(", ")));
        }
        totals + ", in " + &spoken(took)
    }

    /// Whether the run passes. A test that should have run and did not fails it.
    fn has_passed(&self) -> bool {
        let wrong = self.count(Verdict::Failed) + self.count(Verdict::NotRun);
        wrong == 0 && self.count(Verdict::Passed) > 0
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

/// Runs `test` on each item, on all processors; the outcomes have the items' order.
fn timed_each<I: Sync, T: Send>(
    items: &[I],
    test: impl Fn(&I) -> Result<T> + Sync,
) -> Vec<(Result<T>, Duration)> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut outcomes = Vec::new();
        while let Some((index, item)) = next_of(items, &next) {
            let started = Instant::now();
            outcomes.push((index, (test(item), started.elapsed())));
        }
        outcomes
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let mut outcomes = thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(worker)).collect();
        let joined = workers.into_iter().map(|it| match it.join() {
            Ok(outcomes) => outcomes,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        joined.flatten().collect::<Vec<_>>()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn next_of<'a, I>(items: &'a [I], next: &AtomicUsize) -> Option<(usize, &'a I)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

/// How much the closing lines have of a message's start and of its end.
const START_LINES: usize = 10;
const END_LINES: usize = 40;

/// The lines of a message, without the middle of a long one.
fn shortened(message: &str) -> Vec<String> {
    let mut lines: Vec<_> = message.lines().map(str::to_owned).collect();
    let left_out = lines.len().saturating_sub(START_LINES + END_LINES);
    if left_out > 0 {
        let note = format!("[{left_out} lines are only where it failed, above]");
        lines.splice(START_LINES..START_LINES + left_out, [note]);
    }
    lines
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
        format!("{}{word:13}\x1b[0m", verdict.colour())
    } else {
        format!("{word:13}")
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    fn with(add: impl FnOnce(&mut Report)) -> Report {
        let mut report = Report::new();
        report.outcome("a", None, Duration::from_secs(61), Ok(()));
        add(&mut report);
        report
    }

    #[test]
    fn what_is_left_out_or_not_available_is_named_and_does_not_fail() {
        let report = with(|report| {
            report.left_out("b", Some("7.3 arm"));
            report.not_available("c", Some("7.2 arm64"), "no suite has it");
            report.not_possible("d", Some("6.1 arm64"), "no overlays");
        });
        assert!(report.has_passed());
        let totals = "1 passed, 0 failed, 3 skipped (1 left to --all, 1 not available, \
                      1 not possible with the kernel), in 1m01s";
        assert_eq!(report.totals(Duration::from_secs(61)), totals);
    }

    #[test]
    fn what_fails_or_could_not_be_tried_fails_the_run() {
        let failed = |report: &mut Report| {
            report.outcome("b", None, Duration::ZERO, Err::<(), _>(anyhow!("wrong")));
        };
        let not_run = |report: &mut Report| report.not_run("b", None, "no kernel");
        assert!(with(|_| ()).has_passed());
        assert!(!with(failed).has_passed());
        assert!(!with(not_run).has_passed());
    }

    #[test]
    fn results_of_several_at_a_time_have_the_order_of_their_items() {
        let mut report = Report::new();
        let test = |item: &u64| {
            std::thread::sleep(Duration::from_millis(20 - 2 * item));
            if *item == 3 {
                return Err(anyhow!("three"));
            }
            Ok(item * 10)
        };
        let items: Vec<u64> = (0..10).collect();
        let passed = report.run_each(&items, |item| format!("test {item}"), None, test);
        let passed: Vec<_> = passed
            .iter()
            .map(|(item, value)| (**item, *value))
            .collect();
        let expected = (0..10).filter(|it| *it != 3).map(|it| (it, it * 10));
        assert_eq!(passed, expected.collect::<Vec<_>>());
        let names: Vec<_> = report.results.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names[..3], ["test 0", "test 1", "test 2"]);
        assert_eq!(report.count(Verdict::Failed), 1);
        assert_eq!(report.results[3].detail, "three");
    }

    #[test]
    fn the_last_lines_are_what_fails_the_run_with_its_messages() {
        let report = with(|report| {
            report.outcome(
                "b",
                Some("7.3 arm"),
                Duration::ZERO,
                Err::<(), _>(anyhow!("1\nof 2")),
            );
            report.left_out("c", None);
            report.not_run("d", None, "no kernel");
            report.outcome("e", None, Duration::ZERO, Ok(()));
        });
        let closing = report.closing(Duration::from_secs(61));
        let (totals, rest) = closing.split_once('\n').unwrap();
        assert_eq!(totals, report.totals(Duration::from_secs(61)));
        let expected = "\nFAILED: b (7.3 arm)\n    1\n    of 2\n\nnot run: d (host)\n    no kernel";
        assert_eq!(rest, expected);
    }

    #[test]
    fn a_run_that_passes_ends_with_its_count() {
        let report = with(|report| report.left_out("c", None));
        let took = Duration::from_secs(61);
        assert_eq!(report.closing(took), report.totals(took));
    }

    #[test]
    fn a_long_message_is_repeated_without_its_middle() {
        let long: Vec<_> = (1..=100).map(|line| line.to_string()).collect();
        let kept = shortened(&long.join("\n"));
        assert_eq!(kept.len(), START_LINES + 1 + END_LINES);
        assert_eq!(
            kept[9..12],
            ["10", "[50 lines are only where it failed, above]", "61"]
        );
        assert_eq!(kept.last().map(String::as_str), Some("100"));
        assert_eq!(shortened("1\n2"), ["1", "2"]);
    }

    #[test]
    fn a_run_without_a_test_does_not_pass() {
        assert!(!Report::new().has_passed());
        let mut report = Report::new();
        report.left_out("a", None);
        assert!(!report.has_passed());
    }
}
