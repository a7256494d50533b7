// SPDX-License-Identifier: MIT OR Apache-2.0

//! Booting a machine and listening to its console.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, PipeReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::machine::{Machine, Tree};
use super::setup_data;

/// Has the kernel end RCU's grace periods at once: a driver that comes and goes ten
/// thousand times waits for as many. A test of many rounds says much before it is read; and
/// tests look at claimed registers through `/dev/mem`, which stock kernels refuse by default.
const FOR_TESTS: &str = "rcupdate.rcu_expedited=1 log_buf_len=1M iomem=relaxed";

/// What a machine boots.
pub(crate) struct Boot<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) image: &'a Path,
    pub(crate) device_tree: &'a Path,
    pub(crate) initramfs: &'a Path,
    /// Where the whole console goes, and what else belongs to this boot.
    pub(crate) folder: &'a Path,
    pub(crate) time_limit: Duration,
}

/// How a machine's run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The machine went down by itself.
    Down,
    /// It was still up at this time limit, and was stopped.
    OutOfTime(Duration),
}

impl Boot<'_> {
    /// Boots, passes each line of the console on, and waits for the end.
    pub(crate) fn run(&self, mut receive: impl FnMut(&str)) -> Result<End> {
        let log = self.folder.join("console.log");
        let mut log =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let (console, output) = io::pipe()?;
        let mut machine = self
            .command()?
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot run {}", self.machine.qemu))?;
        let lines = listen(console);
        let deadline = Instant::now() + self.time_limit;
        loop {
            match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    writeln!(log, "{line}")?;
                    receive(&line);
                }
                Err(RecvTimeoutError::Disconnected) => {
                    machine.wait()?;
                    return Ok(End::Down);
                }
                Err(RecvTimeoutError::Timeout) => {
                    stop(&mut machine)?;
                    return Ok(End::OutOfTime(self.time_limit));
                }
            }
        }
    }

    fn command(&self) -> Result<Command> {
        let machine = self.machine;
        let mut command = Command::new(machine.qemu);
        command
            .args(machine.arguments)
            // Sockets of the machine's own are there.
            .current_dir(self.folder)
            .args(["-monitor", "none"])
            // The guest ends with a restart, which every machine knows; a panic
            // restarts too. Both then end QEMU.
            .arg("-no-reboot")
            .args(machine.serial)
            .args(self.kernel_and_tree()?)
            .arg("-initrd")
            .arg(self.initramfs)
            .args([
                "-append",
                &format!("{} panic=-1 {FOR_TESTS}", machine.command_line),
            ]);
        Ok(command)
    }

    /// QEMU's arguments for the kernel and its tree.
    fn kernel_and_tree(&self) -> Result<Vec<OsString>> {
        let Self {
            image, device_tree, ..
        } = *self;
        match self.machine.tree {
            Tree::OfQemu | Tree::OfKernel(_) => Ok(vec![
                "-kernel".into(),
                image.into(),
                "-dtb".into(),
                device_tree.into(),
            ]),
            Tree::None => setup_data::arguments(image, device_tree, self.folder),
        }
    }
}

fn listen(console: PipeReader) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut console = BufReader::new(console);
        let mut bytes = Vec::new();
        while console
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|read| read > 0)
        {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn stop(machine: &mut Child) -> Result<()> {
    machine.kill().context("cannot stop QEMU")?;
    machine.wait()?;
    Ok(())
}
