// SPDX-License-Identifier: MIT OR Apache-2.0

//! A UIO device as the kernel shows it (`Documentation/driver-api/uio-howto.rst`).

use std::fs;
use std::path::{Path, PathBuf};
use std::string::String;

use rustix::io::Errno;

use super::error::Failure;
use super::info::Window;

/// Where the kernel lists UIO devices.
const DEVICES: &str = "/sys/class/uio";

/// A device and the first memory that it maps.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uio {
    pub(super) node: PathBuf,
    /// Bytes of the first page before the block.
    pub(super) before: usize,
    /// Bytes that are mapped, from the first page on.
    size: u64,
}

impl Uio {
    /// All that it maps, if a block of `size` bytes is in it.
    pub(super) fn window(&self, size: usize) -> Result<Window, Failure> {
        let needed = (self.before as u64).saturating_add(size as u64);
        match needed <= self.size {
            true => Ok(Window::of(0, self.size)),
            false => Err(Failure::TooSmall(
                self.size.saturating_sub(self.before as u64),
            )),
        }
    }
}

/// The device of that name, or number (`uio0`).
pub(super) fn find(name: &str) -> Result<Uio, Failure> {
    let found = find_in(Path::new(DEVICES), name).map_err(Failure::Open)?;
    found.ok_or(Failure::NoUio)
}

fn find_in(devices: &Path, name: &str) -> Result<Option<Uio>, Errno> {
    let entries = fs::read_dir(devices).map_err(|error| errno(&error))?;
    for entry in entries.flatten() {
        let folder = entry.path();
        let is_called_so = entry.file_name() == name || text(&folder.join("name"))? == name;
        if is_called_so {
            let map = folder.join("maps/map0");
            return Ok(Some(Uio {
                node: Path::new("/dev").join(entry.file_name()),
                // Kernels without it map whole pages.
                before: number(&map.join("offset"))
                    .map_or(Ok(0), usize::try_from)
                    .map_err(|_| Errno::OVERFLOW)?,
                size: number(&map.join("size"))?,
            }));
        }
    }
    Ok(None)
}

fn text(path: &Path) -> Result<String, Errno> {
    let text = fs::read_to_string(path).map_err(|error| errno(&error))?;
    Ok(text.trim().into())
}

/// A number as UIO prints them: `0x00001000`.
fn number(path: &Path) -> Result<u64, Errno> {
    let text = text(path)?;
    let digits = text.strip_prefix("0x").unwrap_or(&text);
    u64::from_str_radix(digits, 16).map_err(|_| Errno::INVAL)
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_found_by_name_and_by_number() {
        let root = std::env::temp_dir().join(std::format!("regloom-uio-{}", std::process::id()));
        let map = root.join("uio3/maps/map0");
        fs::create_dir_all(&map).unwrap();
        for (file, text) in [
            ("../../name", "adc\n"),
            ("offset", "0x40\n"),
            ("size", "0x0000000000002000\n"),
        ] {
            fs::write(map.join(file), text).unwrap();
        }
        let (by_name, by_number) = (find_in(&root, "adc"), find_in(&root, "uio3"));
        let nothing = find_in(&root, "dac");
        fs::remove_dir_all(&root).unwrap();
        let found = by_name.unwrap().unwrap();
        assert_eq!((found.before, found.size), (0x40, 0x2000));
        assert_eq!(found.node, Path::new("/dev/uio3"));
        assert!(found.window(0x1FC0).is_ok());
        assert_eq!(
            found.window(0x1FC1).map(drop),
            Err(Failure::TooSmall(0x1FC0))
        );
        assert_eq!(by_number, Ok(Some(found)));
        assert_eq!(nothing, Ok(None));
    }
}
