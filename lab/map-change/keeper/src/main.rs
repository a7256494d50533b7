// SPDX-License-Identifier: MIT OR Apache-2.0

//! Keeps the pump running while the FPGA gets another bitstream: a program that
//! was linked with the accessors of both versions of the map.
//!
//! There are two ways to notice the change. A program that calls the driver (`wait`)
//! gets an error from the call, closes the device and opens it again. A program that
//! accesses registers (`look`) gets a signal, SIGBUS, and is started again by a
//! process that touches none, as a service manager would do it.

mod pump;

use std::env;
use std::error::Error;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};

use pump::Pump;

/// The number of the signal for touching what is not there any more.
const SIGBUS: i32 = 7;

/// So many looks without a signal are proof of a pump that is there.
const MANY: u32 = 1000;

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["wait", node] => keep_waiting(node),
        ["look", node] => keep_looking(node),
        ["look-once", node] => look_until_it_is_gone(node),
        _ => Err("pump-keeper wait|look NODE".into()),
    }
}

/// Has the pump run and waits for its interrupts, whatever happens to it.
fn keep_waiting(node: &str) -> Outcome {
    loop {
        let error = wait_until_it_is_gone(&Pump::open_when_there(node)?)?;
        println!("lost: {error}");
    }
}

/// The error of the call that was waiting when the pump was taken away.
fn wait_until_it_is_gone(pump: &Pump) -> Result<io::Error, Box<dyn Error>> {
    let interrupt = pump.interrupt()?;
    println!("runs: {}", pump.run()?);
    loop {
        match interrupt.wait(None) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(error),
        }
    }
}

/// Has a process look at the pump, and another one once the pump was lost.
fn keep_looking(node: &str) -> Outcome {
    loop {
        let status = Command::new(env::current_exe()?)
            .args(["look-once", node])
            .status()?;
        must_be_lost(status)?;
        println!("lost: {status}");
    }
}

/// Any other end than the signal is an error, and a new process would not help.
fn must_be_lost(status: ExitStatus) -> Outcome {
    match status.signal() {
        Some(SIGBUS) => Ok(()),
        _ => Err(status.to_string().into()),
    }
}

fn look_until_it_is_gone(node: &str) -> Outcome {
    let pump = Pump::open_when_there(node)?;
    println!("runs: {}", pump.run()?);
    if (0..MANY).all(|_| pump.runs()) {
        println!("goes on");
    }
    while pump.runs() {}
    Err("the pump has stopped by itself".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_signal_means_that_the_pump_is_lost() {
        must_be_lost(ExitStatus::from_raw(SIGBUS)).expect("this is how it is lost");
        must_be_lost(ExitStatus::from_raw(11)).expect_err("another signal");
        must_be_lost(ExitStatus::from_raw(0)).expect_err("an end without one");
    }
}
