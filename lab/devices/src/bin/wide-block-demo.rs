// SPDX-License-Identifier: MIT OR Apache-2.0

//! Copies to and from a window that the driver maps as memory, between addresses that no word has.

regloom_mmio::include_map!("wide-block");

use std::error::Error;

use wide_block::Device;

/// Words that are copied at a time: more than one access has, and no multiple of it.
const LENGTHS: [usize; 6] = [1, 2, 3, 7, 61, 1021];

fn main() -> Result<(), Box<dyn Error>> {
    let device = Device::open("wide-block0")?;
    let buffer = device.regs().buffer();
    for length in LENGTHS {
        for first in 0..8 {
            copies(
                length,
                first,
                |at, words| buffer.copy_from(at, words),
                |at, words| {
                    buffer.copy_to(at, words);
                },
            )?;
        }
    }
    device.regs().ctrl().write(0x600d);
    println!("{} lengths", LENGTHS.len());
    Ok(())
}

/// Words that are written come back, and their neighbours are as before.
fn copies(
    length: usize,
    first: usize,
    write: impl Fn(usize, &[u32]),
    read: impl Fn(usize, &mut [u32]),
) -> Result<(), String> {
    let word =
        |index: usize| u32::try_from(index).map_or(0, |index| index.wrapping_mul(0x9e37_79b9));
    let around = vec![0xaaaa_5555; length + 2];
    write(first, &around);
    let words: Vec<_> = (0..length).map(word).collect();
    write(first + 1, &words);
    let mut all = vec![0; length + 2];
    read(first, &mut all);
    let mut part = vec![0; length];
    read(first + 1, &mut part);
    let is_kept = all[0] == around[0] && all[length + 1] == around[0];
    if part == words && all[1..=length] == words[..] && is_kept {
        return Ok(());
    }
    Err(format!("{length} words at {first}: {all:x?}"))
}
