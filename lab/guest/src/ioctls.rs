// SPDX-License-Identifier: MIT OR Apache-2.0

//! The driver's own `ioctl` calls, valid and invalid.

use std::fs::File;
use std::os::fd::AsFd;

use rustix::io::Errno;

use crate::driver;
use crate::report::{Checked, Context, Report, must_be};
use crate::scenario::{Scenario, Window};
use crate::system::{self, Argument};

/// The letter of the driver's calls.
const LETTER: u32 = 0xd5;
/// Reads and writes [`INFO_SIZE`] bytes, by number 0.
const INFO: u32 = number(3, INFO_SIZE, LETTER, 0);
/// Takes a number, by number 1.
const SELECT: u32 = number(0, 0, LETTER, 1);
/// Take a word with events, by numbers 2 and 3.
const ENABLE: u32 = number(1, 4, LETTER, 2);
const DISABLE: u32 = number(1, 4, LETTER, 3);
/// Takes offset, bits to clear and to set, and returns what the register held, by number 4.
const UPDATE: u32 = number(3, 16, LETTER, 4);
/// The calls that the driver has.
const KNOWN: [u32; 5] = [INFO, SELECT, ENABLE, DISABLE, UPDATE];
/// Version of what the calls give and take.
const ABI: u32 = 2;

/// Bytes of the answer without its windows, and of each window behind it.
const INFO_SIZE: u32 = 64;
const WINDOW_SIZE: u32 = 24;

/// The value of bytes that nothing has written.
const UNTOUCHED: u8 = 0xa5;
/// How many calls of other letters are tried.
const RANDOM_CALLS: u32 = 10_000;

/// A call's number: bits of direction, size, letter and number (`_IOC`).
const fn number(direction: u32, size: u32, letter: u32, number: u32) -> u32 {
    direction << 30 | size << 16 | letter << 8 | number
}

/// Makes the driver's calls, and calls that it does not have.
pub(crate) fn test_ioctls(scenario: &Scenario, report: &mut Report) {
    report.check("info: the answer matches the description", || {
        must_match(&open(scenario)?, scenario)
    });
    report.check("info: the answer fills the given size and no more", || {
        let device = open(scenario)?;
        (INFO_SIZE..=all_of(scenario) + WINDOW_SIZE + 1)
            .chain([0x1000, 0xffff, i32::MAX.cast_unsigned(), u32::MAX])
            .try_for_each(|room| fills(&device, room, scenario).context(format!("room {room}")))
    });
    report.check("info: too small a size fails with EINVAL", || {
        let device = open(scenario)?;
        (0..INFO_SIZE).try_for_each(|room| {
            let mut argument = Argument::filled(UNTOUCHED);
            argument.put_u32(0, room);
            let answer = system::ioctl(&device, INFO, &mut argument);
            must_be(answer, Err(Errno::INVAL)).context(format!("room {room}"))?;
            untouched_from(&argument, 4)
        })
    });
    report.check("info: an unmapped address fails with EFAULT", || {
        let device = open(scenario)?;
        must_be(system::ioctl_bad_address(&device, INFO), Err(Errno::FAULT))?;
        // Room for the question, but not for the answer behind it.
        let answer = system::ioctl_at_page_end(&device, INFO, all_of(scenario));
        must_be(answer.context("memory with an edge")?, Err(Errno::FAULT))
    });
    report.check("select: accepts only existing interrupts", || {
        selects(scenario)
    });
    report.check(
        "update: accepts only registers that the driver writes",
        || {
            let device = open(scenario)?;
            let beyond = u32::try_from(scenario.size).context("size")?;
            let refused = if scenario.interrupts == 0 {
                Errno::NOTTY
            } else {
                Errno::INVAL
            };
            [beyond, 1, u32::MAX - 3, u32::MAX]
                .into_iter()
                .try_for_each(|offset| {
                    let answer = update(&device, offset, (0, 0));
                    must_be(answer, Err(refused)).context(format!("offset {offset:#x}"))
                })
        },
    );
    report.check(
        "ioctl: other numbers of the driver's letter fail with ENOTTY",
        || rejects_unknown_numbers(&open(scenario)?),
    );
    report.check("ioctl: other letters fail with ENOTTY", || {
        rejects_other_letters(&open(scenario)?)
    });
}

/// Asks for info, and does not look at it.
pub(crate) fn ask(device: impl AsFd) -> Result<(), Errno> {
    let mut argument = Argument::filled(UNTOUCHED);
    argument.put_u32(0, INFO_SIZE);
    system::ioctl(device, INFO, &mut argument)
}

/// The driver's answer matches the description.
pub(crate) fn must_match(device: &File, scenario: &Scenario) -> Checked {
    Info::ask(device, all_of(scenario))?.must_match(scenario)
}

/// The physical address of a node's block.
pub(crate) fn base(device: &File) -> Checked<u64> {
    Ok(Info::ask(device, INFO_SIZE)?.answer.u64(16))
}

/// Enables or disables events of the file's interrupt.
pub(crate) fn set_events(device: impl AsFd, events: u32, on: bool) -> Result<(), Errno> {
    let mut argument = Argument::filled(UNTOUCHED);
    argument.put_u32(0, events);
    system::ioctl(device, if on { ENABLE } else { DISABLE }, &mut argument)
}

/// Selects an interrupt for the file.
pub(crate) fn select(device: impl AsFd, index: usize) -> Result<(), Errno> {
    system::ioctl_number(device, SELECT, index)
}

/// Clears bits of the register at `offset` and sets others; what it held before.
pub(crate) fn update(
    device: impl AsFd,
    offset: u32,
    (clear, set): (u32, u32),
) -> Result<u32, Errno> {
    let mut argument = Argument::filled(UNTOUCHED);
    for (at, word) in [(0, offset), (4, clear), (8, set)] {
        argument.put_u32(at, word);
    }
    system::ioctl(device, UPDATE, &mut argument)?;
    Ok(argument.u32(12))
}

/// `update` with an address where the process has no memory.
pub(crate) fn update_bad_address(device: impl AsFd) -> Result<(), Errno> {
    system::ioctl_bad_address(device, UPDATE)
}

/// A file whose device is gone has no answers, even if the device is back.
pub(crate) fn must_report_no_device(device: impl AsFd) -> Checked {
    must_be(ask(&device), Err(Errno::NODEV)).context("info")?;
    let updated = update(&device, 0, (0, 0));
    must_be(updated, Err(Errno::NODEV)).context("update")
}

fn open(scenario: &Scenario) -> Checked<File> {
    driver::open(scenario).context(&scenario.node)
}

/// Bytes of the whole answer.
fn all_of(scenario: &Scenario) -> u32 {
    let windows = u32::try_from(scenario.windows.len()).unwrap_or(u32::MAX);
    INFO_SIZE + windows * WINDOW_SIZE
}

/// The driver's answer.
struct Info {
    answer: Argument,
}

impl Info {
    fn ask(device: &File, room: u32) -> Checked<Self> {
        let mut answer = Argument::filled(UNTOUCHED);
        answer.put_u32(0, room);
        system::ioctl(device, INFO, &mut answer).context("info")?;
        Ok(Self { answer })
    }

    fn must_match(&self, scenario: &Scenario) -> Checked {
        let answer = &self.answer;
        must_be(answer.u32(0), all_of(scenario)).context("argsz")?;
        must_be(answer.u32(4), ABI).context("abi")?;
        must_be(answer.u64(8), scenario.hash).context("hash")?;
        must_be(answer.u64(16), scenario.base).context("base")?;
        must_be(answer.u64(24), scenario.size as u64).context("size")?;
        let version = [32, 36, 40].map(|at| answer.u32(at));
        must_be(version, scenario.version).context("version")?;
        // The lab's blocks start where a page does.
        must_be(answer.u32(44), 0).context("before")?;
        must_be(answer.u32(48), scenario.interrupts).context("interrupts")?;
        must_be(answer.u32(52) as usize, scenario.windows.len()).context("windows")?;
        must_be(answer.u32(56), INFO_SIZE).context("windows_at")?;
        must_be(answer.u32(60), WINDOW_SIZE).context("window_size")?;
        for (index, window) in scenario.windows.iter().enumerate() {
            self.must_list(index, window)
                .context(format!("window {index}"))?;
        }
        Ok(())
    }

    fn must_list(&self, index: usize, window: &Window) -> Checked {
        let at = INFO_SIZE as usize + index * WINDOW_SIZE as usize;
        must_be(self.answer.u64(at), window.offset).context("offset")?;
        must_be(self.answer.u64(at + 8), window.size as u64).context("size")?;
        must_be(self.answer.u32(at + 16), window.flags()).context("flags")?;
        must_be(self.answer.u32(at + 20), 0).context("reserved")
    }
}

fn fills(device: &File, room: u32, scenario: &Scenario) -> Checked {
    let info = Info::ask(device, room)?;
    must_be(info.answer.u32(0), all_of(scenario)).context("argsz")?;
    let whole_windows = (room.min(all_of(scenario)) - INFO_SIZE) / WINDOW_SIZE;
    untouched_from(
        &info.answer,
        (INFO_SIZE + whole_windows * WINDOW_SIZE) as usize,
    )
}

fn untouched_from(argument: &Argument, end: usize) -> Checked {
    let touched = argument.bytes()[end..]
        .iter()
        .position(|byte| *byte != UNTOUCHED);
    match touched {
        Some(at) => Err(format!("byte {} was written", end + at)),
        None => Ok(()),
    }
}

fn selects(scenario: &Scenario) -> Checked {
    let device = open(scenario)?;
    let beyond = if scenario.interrupts == 0 {
        Errno::NOTTY
    } else {
        Errno::INVAL
    };
    for index in 0..scenario.interrupts as usize {
        let answer = system::ioctl_number(&device, SELECT, index);
        must_be(answer, Ok(())).context(format!("interrupt {index}"))?;
    }
    let first_beyond = scenario.interrupts as usize;
    for index in [
        first_beyond,
        first_beyond + 1,
        0x100,
        usize::MAX >> 1,
        usize::MAX,
    ] {
        let answer = system::ioctl_number(&device, SELECT, index);
        must_be(answer, Err(beyond)).context(format!("interrupt {index:#x}"))?;
    }
    Ok(())
}

fn rejects_unknown_numbers(device: &File) -> Checked {
    let mut argument = Argument::filled(0);
    for direction in 0..4 {
        for size in [0, 1, 4, 8, INFO_SIZE - 1, INFO_SIZE, INFO_SIZE + 1, 0x3fff] {
            for which in 0..=0xff {
                let call = number(direction, size, LETTER, which);
                if !KNOWN.contains(&call) {
                    must_be_unknown(device, call, &mut argument)?;
                }
            }
        }
    }
    Ok(())
}

fn rejects_other_letters(device: &File) -> Checked {
    let mut argument = Argument::filled(0);
    // The same numbers in every run, so that what is found is found again.
    let mut random = 0x2545_f491_u32;
    for _ in 0..RANDOM_CALLS {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        if random >> 8 & 0xff != LETTER {
            must_be_unknown(device, random, &mut argument)?;
        }
    }
    Ok(())
}

fn must_be_unknown(device: &File, call: u32, argument: &mut Argument) -> Checked {
    let answer = system::ioctl(device, call, argument);
    must_be(answer, Err(Errno::NOTTY)).context(format!("call {call:#010x}"))
}
