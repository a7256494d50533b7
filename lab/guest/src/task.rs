// SPDX-License-Identifier: MIT OR Apache-2.0

//! Work that may never end.

use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::report::{Checked, Context};

/// The time limit for what should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);
/// The time for something to start waiting, or not to happen.
const PAUSE: Duration = Duration::from_millis(30);

/// Work that a thread of its own does; one that hangs is left behind.
pub(crate) struct Task<T> {
    outcome: Receiver<T>,
}

impl<T: Send + 'static> Task<T> {
    /// Starts it.
    pub(crate) fn start(work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, outcome) = mpsc::channel();
        thread::spawn(move || {
            // No one may want to know any more.
            let _ = sender.send(work());
        });
        Self { outcome }
    }

    /// Starts work that must wait for something, and gives it time to start waiting.
    pub(crate) fn start_waiting(work: impl FnOnce() -> T + Send + 'static) -> Checked<Self> {
        let task = Self::start(work);
        match task.outcome.recv_timeout(PAUSE) {
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(task),
            Ok(_) => Err("it did not wait".to_owned()),
            Err(ended) => Err(ended.to_string()),
        }
    }

    /// What came of it, soon.
    pub(crate) fn outcome(self) -> Checked<T> {
        self.outcome_within(PATIENCE)
    }

    /// What came of it, within a time.
    pub(crate) fn outcome_within(self, limit: Duration) -> Checked<T> {
        self.outcome
            .recv_timeout(limit)
            .context(format!("after {limit:?} it still waits"))
    }
}

/// Waits long enough for something that must not happen.
pub(crate) fn pause() {
    thread::sleep(PAUSE);
}
