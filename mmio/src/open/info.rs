// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the driver reports of its node, by an ioctl: `struct regloom_info` of
//! `driver/regloom.h`, with a `struct regloom_window` for each window.

use core::ffi::c_void;
use core::mem::offset_of;
use std::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, ioctl, opcode};

use super::failure::{ABI, Failure};
use crate::windows;

const INFO: Opcode = opcode::read_write::<Header>(0xd5, 0);

/// The part of the answer before the windows.
#[repr(C)]
struct Header {
    /// In: bytes that there is room for. Out: bytes of the complete answer.
    argsz: u32,
    abi: u32,
    hash: u64,
    base: u64,
    size: u64,
    version: [u32; 3],
    before: u32,
    interrupts: u32,
    windows: u32,
    windows_at: u32,
    window_size: u32,
}

const HEADER: usize = size_of::<Header>();
const _: () = assert!(HEADER == 64, "the interface has 64 bytes here");

/// A part of the block that may be mapped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Window {
    /// What to pass to `mmap`.
    pub(super) offset: u64,
    /// Bytes.
    pub(super) size: u64,
    flags: u32,
    reserved: u32,
}

const WINDOW: usize = size_of::<Window>();
const _: () = assert!(WINDOW == 24, "the interface has 24 bytes here");

/// The windows that the first query has room for; a block with more is queried
/// twice.
const EXPECTED: usize = 16;

const WRITABLE: u32 = 1;
const MEMORY: u32 = 2;

impl Window {
    /// A window that may be written.
    pub(super) fn of(offset: u64, size: u64) -> Self {
        Window {
            offset,
            size,
            flags: WRITABLE,
            reserved: 0,
        }
    }

    /// A window of the pages of a block of `size` bytes, `before` bytes into the
    /// first page.
    pub(super) fn around(before: usize, size: usize) -> Self {
        let page = rustix::param::page_size() as u64;
        let bytes = (before as u64).saturating_add(size as u64);
        Window::of(0, bytes.div_ceil(page).saturating_mul(page))
    }

    pub(super) fn is_writable(&self) -> bool {
        self.flags & WRITABLE != 0
    }

    /// It is mapped as memory, and has all of this window of the block, which is
    /// `before` bytes into its first page.
    fn is_memory_at(&self, before: usize, window: &windows::Window) -> bool {
        let start = (before as u64).saturating_add(window.offset as u64);
        let end = start.saturating_add(window.size as u64);
        let is_within = self.offset <= start && end <= self.offset.saturating_add(self.size);
        self.flags & MEMORY != 0 && is_within
    }
}

/// What the driver reports.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Info {
    /// Hash of the map that the driver was generated from.
    pub(super) hash: u64,
    /// Version of that map.
    pub(super) version: [u32; 3],
    /// Physical address of the block.
    pub(super) base: u64,
    /// Bytes of the first page before the block.
    pub(super) before: usize,
    pub(super) windows: Vec<Window>,
}

impl Info {
    /// The driver maps all of these windows of the block as memory.
    pub(super) fn has_memory(&self, described: &[windows::Window]) -> bool {
        let is_memory = |window: &windows::Window| {
            let mut reported = self.windows.iter();
            reported.any(|it| it.is_memory_at(self.before, window))
        };
        !described.is_empty() && described.iter().all(is_memory)
    }
}

/// Queries the driver.
pub(super) fn ask(node: &OwnedFd) -> Result<Info, Failure> {
    ask_by(|answer| call(node, answer))
}

/// Queries the driver, once more if the first answer has no room for all windows.
fn ask_by(call: impl Fn(&mut [u8]) -> Result<(), Errno>) -> Result<Info, Failure> {
    let first = answer(HEADER + EXPECTED * WINDOW, &call)?;
    let all = Answer(&first).len()?;
    if all <= first.len() {
        return Answer(&first).info();
    }
    Answer(&answer(all, &call)?).info()
}

/// The driver's answer, or the first `room` bytes of it.
fn answer(room: usize, call: impl Fn(&mut [u8]) -> Result<(), Errno>) -> Result<Vec<u8>, Failure> {
    let argsz = u32::try_from(room).map_err(|_| INCONSISTENT)?;
    let mut answer = Vec::new();
    let reserved = answer.try_reserve_exact(room);
    reserved.map_err(|_| Failure::Ask(Errno::NOMEM))?;
    answer.resize(room, 0);
    let (start, _) = answer.split_at_mut(size_of::<u32>());
    start.copy_from_slice(&argsz.to_ne_bytes());
    call(&mut answer).map_err(Failure::Ask)?;
    Ok(answer)
}

/// The numbers of an answer contradict each other.
const INCONSISTENT: Failure = Failure::Ask(Errno::PROTO);

/// The bytes that the driver has written.
struct Answer<'a>(&'a [u8]);

impl Answer<'_> {
    /// Bytes of the complete answer.
    fn len(&self) -> Result<usize, Failure> {
        match self.number(offset_of!(Header, abi))? {
            ABI => {}
            other => return Err(Failure::OtherAbi(other)),
        }
        let windows = self.window_size()?.checked_mul(self.windows()?);
        let end = windows.and_then(|bytes| bytes.checked_add(self.windows_at().ok()?));
        end.ok_or(INCONSISTENT)
    }

    fn info(&self) -> Result<Info, Failure> {
        let all = self.len()?;
        let windows = self.0.get(self.windows_at()?..all).ok_or(INCONSISTENT)?;
        let windows = windows.chunks_exact(self.window_size()?);
        let version = offset_of!(Header, version);
        Ok(Info {
            hash: self.wide(offset_of!(Header, hash))?,
            version: [
                self.number(version)?,
                self.number(version + 4)?,
                self.number(version + 8)?,
            ],
            base: self.wide(offset_of!(Header, base))?,
            before: self.count(offset_of!(Header, before))?,
            windows: windows
                .map(|window| Answer(window).window())
                .collect::<Result<_, _>>()?,
        })
    }

    /// One window, whose bytes these are.
    fn window(&self) -> Result<Window, Failure> {
        Ok(Window {
            offset: self.wide(offset_of!(Window, offset))?,
            size: self.wide(offset_of!(Window, size))?,
            flags: self.number(offset_of!(Window, flags))?,
            reserved: 0,
        })
    }

    fn windows(&self) -> Result<usize, Failure> {
        self.count(offset_of!(Header, windows))
    }

    fn windows_at(&self) -> Result<usize, Failure> {
        self.count(offset_of!(Header, windows_at))
    }

    /// Bytes of a window; a later driver may report more of each.
    fn window_size(&self) -> Result<usize, Failure> {
        let bytes = self.count(offset_of!(Header, window_size))?;
        (bytes >= WINDOW).then_some(bytes).ok_or(INCONSISTENT)
    }

    fn count(&self, at: usize) -> Result<usize, Failure> {
        usize::try_from(self.number(at)?).map_err(|_| INCONSISTENT)
    }

    fn number(&self, at: usize) -> Result<u32, Failure> {
        self.bytes(at).map(u32::from_ne_bytes)
    }

    fn wide(&self, at: usize) -> Result<u64, Failure> {
        self.bytes(at).map(u64::from_ne_bytes)
    }

    fn bytes<const COUNT: usize>(&self, at: usize) -> Result<[u8; COUNT], Failure> {
        let bytes = self.0.get(at..).and_then(<[u8]>::first_chunk);
        bytes.copied().ok_or(INCONSISTENT)
    }
}

/// The query. The answer has room for the bytes that the number encodes, at least,
/// and for `argsz` bytes.
struct Query<'a>(&'a mut [u8]);

// SAFETY: the driver writes at most `argsz` bytes, which is the length of the
// answer, and any bytes are valid there. Another driver refuses the number, or
// accesses as many bytes as the number encodes, which the answer has.
unsafe impl Ioctl for Query<'_> {
    type Output = ();

    const IS_MUTATING: bool = true;

    fn opcode(&self) -> Opcode {
        INFO
    }

    fn as_ptr(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }

    unsafe fn output_from_ptr(_: IoctlOutput, _: *mut c_void) -> Result<(), Errno> {
        Ok(())
    }
}

/// Has the driver answer; `answer` begins with its own length.
fn call(node: impl AsFd, answer: &mut [u8]) -> Result<(), Errno> {
    // SAFETY: `Query` states why its bytes may be written; `answer` made them at
    // least as long as the header.
    unsafe { ioctl(node, Query(answer)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a driver answers that has this header, windows of so many bytes.
    struct Driver {
        abi: u32,
        windows: u32,
        windows_at: u32,
        window_size: u32,
    }

    impl Driver {
        fn with(windows: u32) -> Self {
            Driver {
                abi: ABI,
                windows,
                windows_at: 64,
                window_size: 24,
            }
        }

        /// The complete answer.
        fn answer(&self) -> Vec<u8> {
            let head = [0, self.abi].map(u32::to_ne_bytes).concat();
            let places = [0x12_u64, 0x4000_0040, 0x1000]
                .map(u64::to_ne_bytes)
                .concat();
            let rest = [
                1,
                2,
                3,
                0x40,
                0,
                self.windows,
                self.windows_at,
                self.window_size,
            ];
            let mut answer = [head, places, rest.map(u32::to_ne_bytes).concat()].concat();
            answer.resize(self.windows_at as usize, 0xee);
            for window in 0..self.windows {
                let place = [u64::from(window) << 13, 0x1000]
                    .map(u64::to_ne_bytes)
                    .concat();
                let start = answer.len();
                answer.extend(place);
                answer.extend((window & 3).to_ne_bytes());
                answer.resize(start + self.window_size as usize, 0xee);
            }
            answer
        }

        /// As the driver copies it to a program.
        fn reply(&self, room: &mut [u8]) -> Result<(), Errno> {
            let argsz = room.first_chunk().copied().map(u32::from_ne_bytes);
            assert_eq!(argsz, u32::try_from(room.len()).ok());
            for (to, from) in room.iter_mut().zip(self.answer()) {
                *to = from;
            }
            Ok(())
        }

        fn ask(&self) -> Result<Info, Failure> {
            ask_by(|room| self.reply(room))
        }
    }

    #[test]
    fn the_driver_reports_where_the_block_is() {
        let info = Driver::with(1).ask().unwrap();
        assert_eq!((info.hash, info.base), (0x12, 0x4000_0040));
        assert_eq!((info.version, info.before), ([1, 2, 3], 0x40));
    }

    /// Fewer than the first query has room for, and more.
    #[test]
    fn any_number_of_windows_is_reported() {
        for count in [0, 1, 16, 17, 64, 65, 5000] {
            let info = Driver::with(count).ask().unwrap();
            assert_eq!(info.windows.len(), count as usize);
            let last = info.windows.last().map_or(0, |last| last.offset);
            assert_eq!(last, u64::from(count.saturating_sub(1)) << 13);
        }
    }

    /// The windows of the driver are whole pages, the second one memory.
    #[test]
    fn memory_windows_are_memory_if_the_driver_maps_all_of_each_so() {
        let window = |offset, size, flags| Window {
            flags,
            ..Window::of(offset, size)
        };
        let info = Info {
            windows: [window(0, 0x1000, 1), window(0x1000, 0x2000, 3)].into(),
            before: 0x40,
            ..Driver::with(0).ask().unwrap()
        };
        let memory = |offset, size| windows::Window { offset, size };
        assert!(info.has_memory(&[memory(0xfc0, 0x2000)]));
        assert!(info.has_memory(&[memory(0xfc0, 0x1000), memory(0x1fc0, 0x1000)]));
        assert!(!info.has_memory(&[]));
        for other in [
            memory(0xfbf, 4),
            memory(0xfc0, 0x2001),
            memory(usize::MAX, 4),
        ] {
            assert!(
                !info.has_memory(&[memory(0xfc0, 0x1000), other]),
                "{other:?}"
            );
        }
    }

    #[test]
    fn a_longer_header_and_longer_windows_are_read() {
        let later = Driver {
            windows_at: 80,
            window_size: 40,
            ..Driver::with(17)
        };
        assert_eq!(later.ask(), Driver::with(17).ask());
    }

    #[test]
    fn another_version_of_the_interface_is_refused() {
        let other = Driver {
            abi: 3,
            ..Driver::with(1)
        };
        assert_eq!(other.ask(), Err(Failure::OtherAbi(3)));
    }

    #[test]
    fn an_answer_that_contradicts_itself_is_an_error() {
        let short = Driver {
            window_size: 16,
            ..Driver::with(1)
        };
        assert_eq!(short.ask(), Err(INCONSISTENT));
        // It has another number of windows at the second query.
        let changing = |room: &mut [u8]| match room.len() < 1000 {
            true => Driver::with(100).reply(room),
            false => Driver::with(1000).reply(room),
        };
        assert_eq!(ask_by(changing), Err(INCONSISTENT));
        let endless = |room: &mut [u8]| {
            room[52..64].fill(0xff);
            room[4..8].copy_from_slice(&ABI.to_ne_bytes());
            Ok(())
        };
        assert_eq!(ask_by(endless), Err(INCONSISTENT));
    }

    #[test]
    fn another_driver_refuses_the_query() {
        let file = std::fs::File::open("/dev/null").unwrap().into();
        assert_eq!(ask(&file), Err(Failure::Ask(Errno::NOTTY)));
    }
}
