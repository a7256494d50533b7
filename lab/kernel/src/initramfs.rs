// SPDX-License-Identifier: MIT OR Apache-2.0

//! The machine's root file system: a cpio archive in the format that the kernel unpacks.
//!
//! Written here rather than by `cpio`, which needs a folder laid out and a
//! second tool for so little; the kernel's `Documentation/driver-api/early-userspace/buffer-format.rst`
//! has the format. `/dev/console` is not in it: every kernel brings that along.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const FOLDER: u32 = 0o040_755;
const PROGRAM: u32 = 0o100_755;
const TRAILER: &str = "TRAILER!!!";

/// A cpio archive in the making.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    bytes: Vec<u8>,
    entries: u32,
}

impl Archive {
    /// Adds an empty folder.
    pub(crate) fn folder(&mut self, name: &str) -> Result<()> {
        self.entry(name, FOLDER, &[])
    }

    /// Adds a file with the given content.
    pub(crate) fn file(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.entry(name, PROGRAM, content)
    }

    /// Adds a file that has the content of one of this machine.
    pub(crate) fn copy(&mut self, name: &str, from: &Path) -> Result<()> {
        let content = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
        self.file(name, &content)
    }

    /// Ends the archive and writes it out.
    pub(crate) fn write(mut self, to: &Path) -> Result<()> {
        self.entry(TRAILER, 0, &[])?;
        fs::write(to, &self.bytes).with_context(|| format!("cannot write {}", to.display()))
    }

    fn entry(&mut self, name: &str, mode: u32, content: &[u8]) -> Result<()> {
        self.entries += 1;
        let inode = self.entries;
        let size = u32::try_from(content.len()).context("a file of 4 GiB fits no initramfs")?;
        let name_size = u32::try_from(name.len() + 1)?;
        // Inode, mode, owner, group, links, time, size, device (2), node (2), name's size, checksum.
        let fields = [inode, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(name.bytes());
        self.bytes.push(0);
        self.align();
        self.bytes.extend(content);
        self.align();
        Ok(())
    }

    fn align(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_header_name_and_content_each_on_a_word() {
        let mut archive = Archive::default();
        archive.file("init", b"hello").unwrap();
        let text = String::from_utf8(archive.bytes).unwrap();
        let header = "070701\
            00000001000081ed000000000000000000000001\
            0000000000000005\
            00000000000000000000000000000000\
            0000000500000000";
        assert_eq!(text, format!("{header}init\0\0hello\0\0\0"));
    }
}
