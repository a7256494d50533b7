// SPDX-License-Identifier: MIT OR Apache-2.0

//! What of a process's memory is in its core dump.

use crate::report::Checked;

/// A loaded part of the process (`PT_LOAD`).
const LOADED: u32 = 1;

/// A core dump: an ELF file of this machine's own kind.
pub(crate) struct CoreDump {
    bytes: Vec<u8>,
}

/// Memory that the process had, and how much of it the dump holds.
#[derive(Debug, PartialEq, Eq)]
struct Segment {
    address: usize,
    in_memory: usize,
    in_file: usize,
    offset: usize,
}

impl CoreDump {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    /// The word at an address of the process, if the dump holds it; an error if it does not even
    /// know of the address.
    pub(crate) fn word(&self, address: usize) -> Checked<Option<u32>> {
        let segments = self.segments().ok_or("not a core dump")?;
        // A part that the dump leaves out has no length in some dumps.
        let segment = segments
            .iter()
            .find(|it| {
                address
                    .checked_sub(it.address)
                    .is_some_and(|at| at < it.in_memory.max(1))
            })
            .ok_or_else(|| format!("the core dump knows nothing of {address:#x}"))?;
        let at = address - segment.address;
        if at + 4 > segment.in_file {
            return Ok(None);
        }
        let word = self
            .number(segment.offset + at, 4)
            .ok_or("the core dump is cut off")?;
        Ok(u32::try_from(word).ok())
    }

    fn segments(&self) -> Option<Vec<Segment>> {
        const { assert!(cfg!(target_endian = "little")) };
        if self.bytes.get(..4)? != b"\x7fELF" {
            return None;
        }
        // By the ELF specification, figures 1-3 and 5-1: words are as long as addresses, and
        // headers of 64 bits have the flags elsewhere.
        let word = size_of::<usize>();
        let wide = word == 8;
        let table = self.number(0x18 + word, word)?;
        let (size, count) = if wide { (0x36, 0x38) } else { (0x2a, 0x2c) };
        let (size, count) = (self.number(size, 2)?, self.number(count, 2)?);
        let [offset, address, in_file, in_memory] = if wide {
            [0x8, 0x10, 0x20, 0x28]
        } else {
            [0x4, 0x8, 0x10, 0x14]
        };
        let mut segments = Vec::new();
        for index in 0..count {
            let header = table + index * size;
            if self.number(header, 4)? == LOADED as usize {
                segments.push(Segment {
                    address: self.number(header + address, word)?,
                    in_memory: self.number(header + in_memory, word)?,
                    in_file: self.number(header + in_file, word)?,
                    offset: self.number(header + offset, word)?,
                });
            }
        }
        Some(segments)
    }

    fn number(&self, at: usize, length: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(length)?)?;
        Some(
            bytes
                .iter()
                .rev()
                .fold(0, |number, byte| number << 8 | usize::from(*byte)),
        )
    }
}
