// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel's log from a moment on.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::mem;
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::io::Errno;

use crate::report::{Checked, Context};

/// The least urgent level that is still a warning.
const WARNING: u32 = 4;

/// What the kernel says at warning level of every module of ours, and why that
/// is no fault of the driver.
const EXPECTED: &[(&str, &str)] = &[
    (
        "loading out-of-tree module taints kernel",
        "true of every module built outside the kernel",
    ),
    (
        "Trying to free nonexistent resource",
        "of the kernel's exclusive mapping: see `exclusive`",
    ),
    (
        "this driver was made for",
        "of a wrong identity, where one is made: see `identity`",
    ),
    (
        "is masked until a program enables it",
        "of a level that is not acknowledged, where one is made: see `interrupts/storm.rs`",
    ),
    (
        "hrtimer: interrupt took",
        "of a machine whose host had no time for it",
    ),
    (
        "lab-wrong-",
        "of a node that is wrong on purpose: see `wrong_nodes`",
    ),
];

/// The log, read up to where it was when it was opened.
pub(crate) struct KernelLog {
    records: File,
    /// What was kept of what has been read.
    kept: Vec<Record>,
}

/// One message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Record {
    level: u32,
    pub(crate) message: String,
}

impl KernelLog {
    /// Opens the log and passes over all that is in it.
    pub(crate) fn from_now() -> Checked<Self> {
        let records = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open("/dev/kmsg")
            .context("/dev/kmsg")?;
        let mut log = Self {
            records,
            kept: Vec::new(),
        };
        log.read()?;
        Ok(log)
    }

    /// Reads what has been said since, and keeps only what is not right: after what says the same
    /// a thousand times.
    pub(crate) fn keep_problems(&mut self) -> Checked {
        self.keep(Record::is_problem)
    }

    /// Reads what has been said since, and keeps only what the kernel calls a mistake: after much
    /// has failed that was to fail.
    pub(crate) fn keep_errors(&mut self) -> Checked {
        self.keep(Record::is_error)
    }

    fn keep(&mut self, matters: impl Fn(&Record) -> bool) -> Checked {
        let mut records = self.read()?;
        records.retain(matters);
        self.kept = records;
        Ok(())
    }

    /// What has been said since; an error when some of it is already lost.
    pub(crate) fn read(&mut self) -> Checked<Vec<Record>> {
        // The kernel gives one record a read, and none larger than this.
        let mut buffer = [0; 8192];
        let mut records = mem::take(&mut self.kept);
        loop {
            match self.records.read(&mut buffer) {
                Ok(length) => {
                    records.push(Record::parse(&String::from_utf8_lossy(&buffer[..length]))?);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(records),
                Err(error) if error.raw_os_error() == Some(Errno::PIPE.raw_os_error()) => {
                    return Err("the kernel's log ran over before it was read".to_owned());
                }
                Err(error) => return Err(format!("/dev/kmsg: {error}")),
            }
        }
    }
}

impl Record {
    /// `6,339,5140900,-;message`, and lines with the device it is about.
    fn parse(text: &str) -> Checked<Self> {
        let record = || {
            let (prefix, rest) = text.split_once(';')?;
            let priority: u32 = prefix.split(',').next()?.parse().ok()?;
            // The rest of the number is who said it.
            Some(Self {
                level: priority & 7,
                message: rest.lines().next()?.to_owned(),
            })
        };
        record().ok_or_else(|| format!("not a record of the kernel's log: {text}"))
    }

    /// Whether it reports a problem.
    pub(crate) fn is_problem(&self) -> bool {
        let expected = EXPECTED
            .iter()
            .any(|(known, _why)| self.message.contains(known));
        !expected && (self.level <= WARNING || self.is_error())
    }

    /// Whether it reports what the kernel calls a mistake.
    pub(crate) fn is_error(&self) -> bool {
        ["WARNING:", "BUG:", "BUG at"]
            .iter()
            .any(|word| self.message.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(text: &str) -> Record {
        Record::parse(text).unwrap()
    }

    #[test]
    fn a_record_is_its_level_and_message() {
        let parsed = record("30,339,5140900,-;fpga-mem: mapped; fine\n SUBSYSTEM=platform\n");
        assert_eq!(
            parsed,
            Record {
                level: 6,
                message: "fpga-mem: mapped; fine".to_owned()
            }
        );
    }

    #[test]
    fn warnings_are_trouble_and_information_is_not() {
        assert!(record("4,1,1,-;odd").is_problem());
        assert!(record("6,1,1,-;BUG: bad").is_problem());
        assert!(!record("6,1,1,-;hello").is_problem());
    }

    #[test]
    fn what_is_said_of_every_module_is_not_trouble() {
        assert!(!record("4,1,1,-;x: loading out-of-tree module taints kernel.").is_problem());
    }
}
