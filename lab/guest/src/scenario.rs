// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the lab wants tried: one fact a line, its name first.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::ops::Range;

use crate::report::{Checked, Context};

/// The driver in the machine's root.
pub(crate) const DRIVER: &str = "/driver.ko";
/// The program in the machine's root.
pub(crate) const PROGRAM: &str = "/program";

/// What is tried.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scenario {
    pub(crate) device: String,
    pub(crate) module: String,
    pub(crate) node: String,
    pub(crate) base: u64,
    pub(crate) size: usize,
    /// Bytes that a mapping from the block's start may have: those of the first window.
    pub(crate) mappable: usize,
    /// What the driver reads before it makes a node.
    pub(crate) identity: Vec<Read>,
    /// The address of another instance.
    pub(crate) second: Option<u64>,
    /// The divisor for the number of rounds, on slow kernels.
    divisor: u32,
    /// The endurance tests run: for one device of each kernel.
    pub(crate) endurance: bool,
    /// The machine's page tables do not distinguish devices from memory.
    pub(crate) unmarked_pages: bool,
    /// The options that the kernel does not have and tests need, each with a reason to print.
    lacks: Vec<(String, String)>,
    /// The map's hash and version.
    pub(crate) hash: u64,
    pub(crate) version: [u32; 3],
    /// How many interrupts the block has.
    pub(crate) interrupts: u32,
    /// What programs may map.
    pub(crate) windows: Vec<Window>,
    pub(crate) reads: Vec<Read>,
    /// Where programs may leave any number for a dump to show.
    pub(crate) marks: Option<Marks>,
    /// Other programs of the device's, in the machine's root.
    pub(crate) also: Vec<String>,
    /// The register that the C program of the page writes.
    pub(crate) c_program: Option<usize>,
    /// What is tried in place of the tests that all examples pass.
    pub(crate) trial: Option<String>,
    /// How the block is made to interrupt, where software can do that.
    pub(crate) raises: Option<Raise>,
    /// The device's program tries all that is of interest.
    pub(crate) brief: bool,
    /// Words in plain memory before the driver is loaded, by their addresses.
    pub(crate) memory: Vec<(u64, u32)>,
    /// What the kernel logs at warning level, as it has to.
    pub(crate) expected: Vec<String>,
}

/// Part of the block that programs may map: whole pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) offset: u64,
    pub(crate) size: usize,
    pub(crate) write: bool,
    /// It is mapped as memory.
    pub(crate) memory: bool,
}

/// A register's value once the program has run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) offset: usize,
    pub(crate) value: u32,
    pub(crate) what: String,
}

/// A write to a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Write {
    pub(crate) offset: usize,
    pub(crate) value: u32,
}

/// Two registers that may hold any number. A dump reads the early one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) early: usize,
    pub(crate) late: usize,
    /// The bits of a number that both show: the lowest, at least two of them.
    pub(crate) mask: u32,
    /// Written before the first number.
    pub(crate) prepare: Vec<Write>,
}

/// How software makes the block interrupt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Raise {
    /// The interrupt's bits in the status register.
    pub(crate) events: u32,
    /// Holds such an event until the driver has acknowledged it, and 0 after.
    pub(crate) status: usize,
    /// Acknowledges events that are written to it.
    pub(crate) acknowledge: usize,
    /// Written once, before the first interrupt.
    pub(crate) prepare: Vec<Write>,
    /// Written for each interrupt.
    pub(crate) raise: Vec<Write>,
    /// Enables the events; 0 where there is no storm.
    pub(crate) enable: usize,
    /// Where `enable` only reads back: the registers that set and clear its bits.
    pub(crate) pair: Option<(usize, usize)>,
    /// Written to make a level that no acknowledgement clears.
    pub(crate) storm: Vec<Write>,
    /// The pin that then rises and falls, where that interrupts.
    pub(crate) wire: Option<Wiring>,
}

/// How a pin of the block is driven from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wiring {
    /// The serial line that takes the command.
    pub(crate) line: String,
    /// The register and the bit of it that have the pin's level.
    pub(crate) register: usize,
    pub(crate) bit: u32,
    /// Drives the pin, with the level behind it.
    pub(crate) command: String,
}

impl Scenario {
    /// Reads the scenario from a file.
    pub(crate) fn load(path: &str) -> Checked<Self> {
        Self::parse(&fs::read_to_string(path).context(path)?)
    }

    pub(crate) fn parse(text: &str) -> Checked<Self> {
        let facts = Facts::parse(text)?;
        let windows = facts.all("window", Window::parse)?;
        Ok(Self {
            device: facts.one("device")?.to_owned(),
            module: facts.one("module")?.to_owned(),
            node: facts.one("node")?.to_owned(),
            base: number(facts.one("base")?)?,
            size: narrowed(facts.one("size")?)?,
            mappable: windows.first().map_or(0, |first| first.size),
            identity: facts.all("identity", Read::parse)?,
            second: facts.any("second").map(number).transpose()?,
            divisor: narrowed(facts.one("divisor")?)?,
            endurance: facts.any("endurance").is_some(),
            unmarked_pages: facts.any("unmarked_pages").is_some(),
            lacks: facts.all("lacks", lack)?,
            hash: number(facts.one("hash")?)?,
            version: version(facts.one("version")?)?,
            interrupts: narrowed(facts.one("interrupts")?)?,
            windows,
            reads: facts.all("read", Read::parse)?,
            marks: Marks::among(&facts)?,
            also: facts.all("also", |name| Ok(name.to_owned()))?,
            c_program: facts.any("c_program").map(narrowed).transpose()?,
            trial: facts.any("trial").map(str::to_owned),
            raises: Raise::among(&facts)?,
            brief: facts.any("brief").is_some(),
            memory: facts.all("memory", word_in_memory)?,
            expected: facts.all("expected", |message| Ok(message.to_owned()))?,
        })
    }

    /// The last byte of the block, as `/proc/iomem` counts.
    pub(crate) fn last(&self) -> u64 {
        self.base + self.size as u64 - 1
    }

    /// The file that shows the registers.
    pub(crate) fn shown(&self) -> String {
        format!("/sys/kernel/debug/{}0/registers", self.device)
    }

    /// Why what needs an option of the kernel's cannot be tested; none where it can.
    pub(crate) fn lacks(&self, option: &str) -> Option<&str> {
        let lack = self.lacks.iter().find(|(lacking, _)| lacking == option)?;
        Some(&lack.1)
    }

    /// The number of rounds on this kernel, of so many on a fast one; at least one.
    pub(crate) fn rounds(&self, at_best: u32) -> u32 {
        at_best.checked_div(self.divisor).unwrap_or(at_best).max(1)
    }
}

/// The lines of a scenario.
pub(crate) struct Facts<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Facts<'a> {
    pub(crate) fn parse(text: &'a str) -> Checked<Self> {
        let fact = |line: &'a str| {
            line.split_once(' ')
                .ok_or_else(|| format!("scenario: not a fact: {line}"))
        };
        text.lines().map(fact).collect::<Checked<_>>().map(Self)
    }

    /// The fact of a name, if it is stated.
    fn any(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(known, _)| *known == name)?;
        Some(found.1)
    }

    pub(crate) fn one(&self, name: &str) -> Checked<&'a str> {
        self.any(name)
            .ok_or_else(|| format!("scenario: {name} is missing"))
    }

    /// All facts of a name, in their order.
    pub(crate) fn all<T>(&self, name: &str, parse: impl Fn(&str) -> Checked<T>) -> Checked<Vec<T>> {
        let named = self.0.iter().filter(|(known, _)| *known == name);
        named.map(|(_, value)| parse(value)).collect()
    }
}

impl Display for Window {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let flags = self.flags();
        write!(out, "{:#x} {:#x} {flags:#x}", self.offset, self.size)
    }
}

impl Window {
    /// The bytes that it has.
    pub(crate) fn pages(&self) -> Range<u64> {
        self.offset..self.offset + self.size as u64
    }

    /// The driver's flags: 1 is for writes, 2 for memory.
    pub(crate) fn flags(&self) -> u32 {
        u32::from(self.write) | u32::from(self.memory) << 1
    }

    pub(crate) fn parse(text: &str) -> Checked<Self> {
        let [offset, size, flags] = words(text)?;
        let flags = number(flags)?;
        Ok(Self {
            offset: number(offset)?,
            size: narrowed(size)?,
            write: flags & 1 != 0,
            memory: flags & 2 != 0,
        })
    }
}

impl Read {
    pub(crate) fn parse(text: &str) -> Checked<Self> {
        let mut parts = text.splitn(3, ' ');
        let (Some(offset), Some(value), Some(what)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("scenario: not a read: {text}"));
        };
        Ok(Self {
            offset: narrowed(offset)?,
            value: narrowed(value)?,
            what: what.to_owned(),
        })
    }
}

impl Write {
    fn parse(text: &str) -> Checked<Self> {
        let [offset, value] = words(text)?;
        Ok(Self {
            offset: narrowed(offset)?,
            value: narrowed(value)?,
        })
    }
}

impl Marks {
    fn among(facts: &Facts<'_>) -> Checked<Option<Self>> {
        let Some(marks) = facts.any("marks") else {
            return Ok(None);
        };
        let [early, late, mask] = words(marks)?;
        Ok(Some(Self {
            early: narrowed(early)?,
            late: narrowed(late)?,
            mask: narrowed(mask)?,
            prepare: facts.all("before_marks", Write::parse)?,
        }))
    }
}

impl Wiring {
    fn parse(text: &str) -> Checked<Self> {
        let mut parts = text.splitn(4, ' ');
        let (Some(line), Some(register), Some(bit), Some(command)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("scenario: not a wire: {text}"));
        };
        Ok(Self {
            line: line.to_owned(),
            register: narrowed(register)?,
            bit: narrowed(bit)?,
            command: command.to_owned(),
        })
    }
}

impl Raise {
    fn among(facts: &Facts<'_>) -> Checked<Option<Self>> {
        let Some(events) = facts.any("events") else {
            return Ok(None);
        };
        Ok(Some(Self {
            events: narrowed(events)?,
            status: narrowed(facts.one("status")?)?,
            acknowledge: narrowed(facts.one("acknowledge")?)?,
            prepare: facts.all("prepare", Write::parse)?,
            raise: facts.all("raise", Write::parse)?,
            enable: facts.any("enable").map_or(Ok(0), narrowed)?,
            pair: facts.any("pair").map(offsets).transpose()?,
            storm: facts.all("storm", Write::parse)?,
            wire: facts.any("wire").map(Wiring::parse).transpose()?,
        }))
    }
}

fn offsets(text: &str) -> Checked<(usize, usize)> {
    let [set, clear] = words(text)?;
    Ok((narrowed(set)?, narrowed(clear)?))
}

fn lack(text: &str) -> Checked<(String, String)> {
    let (option, why) = text
        .split_once(' ')
        .ok_or_else(|| format!("scenario: no reason: {text}"))?;
    Ok((option.to_owned(), why.to_owned()))
}

fn word_in_memory(text: &str) -> Checked<(u64, u32)> {
    let [address, value] = words(text)?;
    Ok((number(address)?, narrowed(value)?))
}

/// A fact's value of so many words.
pub(crate) fn words<const COUNT: usize>(text: &str) -> Checked<[&str; COUNT]> {
    let words: Vec<_> = text.split(' ').collect();
    <[&str; COUNT]>::try_from(words).map_err(|_| format!("scenario: not {COUNT} words: {text}"))
}

fn version(text: &str) -> Checked<[u32; 3]> {
    let [major, minor, patch] = words(text)?;
    Ok([narrowed(major)?, narrowed(minor)?, narrowed(patch)?])
}

/// A hexadecimal number with its `0x`.
pub(crate) fn number(text: &str) -> Checked<u64> {
    let digits = text.strip_prefix("0x").unwrap_or_default();
    u64::from_str_radix(digits, 16).context(format!("scenario: {text}"))
}

/// A hexadecimal number in a narrower type.
pub(crate) fn narrowed<T: TryFrom<u64, Error: std::fmt::Display>>(text: &str) -> Checked<T> {
    number(text)?
        .try_into()
        .context(format!("scenario: {text}"))
}

#[cfg(test)]
/// The facts that every scenario has.
pub(crate) const LEAST: &str = "device a-b\nmodule a_b\nnode /dev/a-b0\n\
                                base 0x40000000\nsize 0x1000\ndivisor 0xa\n\
                                hash 0x1\nversion 0x1 0x2 0x3\ninterrupts 0x0\n\
                                window 0x0 0x1000 0x1\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_read() {
        let scenario = Scenario::parse(&format!("{LEAST}read 0x4 0xff it is so\n")).unwrap();
        assert_eq!(scenario.last(), 0x4000_0fff);
        assert_eq!(
            scenario.reads,
            [Read {
                offset: 4,
                value: 0xff,
                what: "it is so".to_owned()
            }]
        );
        assert_eq!(scenario.version, [1, 2, 3]);
        assert!(scenario.windows[0].write);
        assert_eq!(scenario.raises, None);
    }

    #[test]
    fn what_is_done_often_is_done_less_often_but_done() {
        let scenario = Scenario::parse(LEAST).unwrap();
        assert_eq!(scenario.rounds(1000), 100);
        assert_eq!(scenario.rounds(3), 1);
    }

    #[test]
    fn how_to_interrupt_is_read_in_order() {
        let facts = "events 0x1\nstatus 0x8\nacknowledge 0xc\nraise 0x0 0x1\nraise 0x0 0x0\n";
        let scenario = Scenario::parse(&format!("{LEAST}{facts}")).unwrap();
        let raises = scenario.raises.unwrap();
        assert_eq!(raises.prepare, []);
        assert_eq!(raises.raise[0].value, 1);
        assert_eq!(raises.raise[1].value, 0);
    }

    #[test]
    fn what_the_kernel_lacks_has_a_reason() {
        let fact = "lacks CONFIG_A not on a stock kernel\n";
        let scenario = Scenario::parse(&format!("{LEAST}{fact}")).unwrap();
        assert_eq!(scenario.lacks("CONFIG_A"), Some("not on a stock kernel"));
        assert_eq!(scenario.lacks("CONFIG_B"), None);
    }

    #[test]
    fn marks_are_two_registers_and_what_both_show() {
        let facts = "marks 0x3c 0x3fc 0xf\nbefore_marks 0x400 0xff\n";
        let scenario = Scenario::parse(&format!("{LEAST}{facts}")).unwrap();
        let marks = scenario.marks.unwrap();
        assert_eq!((marks.early, marks.late, marks.mask), (0x3c, 0x3fc, 0xf));
        assert_eq!(marks.prepare[0].offset, 0x400);
        assert_eq!(Scenario::parse(LEAST).unwrap().marks, None);
    }

    #[test]
    fn a_wire_has_a_command_of_several_words() {
        let facts = "events 0x1\nstatus 0x8\nacknowledge 0xc\nwire /dev/tty 0x8 0x1 set gpio 0\n";
        let scenario = Scenario::parse(&format!("{LEAST}{facts}")).unwrap();
        let wire = scenario.raises.unwrap().wire.unwrap();
        assert_eq!((wire.register, wire.bit), (8, 1));
        assert_eq!(wire.command, "set gpio 0");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(
            Scenario::parse("device a\n").unwrap_err(),
            "scenario: module is missing"
        );
    }
}
