// SPDX-License-Identifier: MIT OR Apache-2.0

//! What reading and checking takes: vendors' files, and maps that grow.

pub(super) mod page;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use lab_corpus::name_in;
use lab_support::folders;

use super::cost::{ROUNDS, measured};
use super::synthetic::Shape;

/// How many of a folder's files are measured: the largest.
const FILES: usize = 5;

/// The sizes of the synthetic maps in registers, and how often each is read.
const SIZES: [(u32, u32); 3] = [(10_000, 9), (100_000, 5), (1_000_000, 2)];

/// Everything that was measured.
pub(super) struct Figures {
    pub(super) files: Vec<OfFile>,
    pub(super) growth: Vec<OfMap>,
}

/// A vendor's file: `regdesc` beside `svd-parser`.
pub(super) struct OfFile {
    pub(super) name: String,
    /// Bytes.
    pub(super) size: u64,
    /// Strict reading refuses the file.
    pub(super) lenient: bool,
    /// To read and check.
    pub(super) regdesc: Duration,
    /// For `svd-parser` to read, without its checks.
    pub(super) svd_parser: Duration,
    /// Bytes at most, of the whole process.
    pub(super) peak: u64,
}

/// A synthetic map.
pub(super) struct OfMap {
    pub(super) shape: Shape,
    pub(super) registers: u32,
    /// Bytes.
    pub(super) size: u64,
    pub(super) time: Duration,
    /// Bytes at most, of the whole process, the text included.
    pub(super) peak: u64,
}

impl Figures {
    pub(super) fn measure(corpus: &Path) -> Result<Self> {
        Ok(Figures {
            files: files(corpus)?,
            growth: growth()?,
        })
    }
}

fn files(corpus: &Path) -> Result<Vec<OfFile>> {
    largest(corpus)?
        .into_iter()
        .map(|(size, file)| {
            let name = name_in(corpus, &file);
            println!("{name}");
            let file = file.display().to_string();
            let [lenient, regdesc, svd_parser] = measured(["file", &file, &ROUNDS.to_string()])?;
            let [peak] = measured(["peak", &file])?;
            Ok(OfFile {
                name,
                size,
                lenient: lenient != 0,
                regdesc: Duration::from_nanos(regdesc),
                svd_parser: Duration::from_nanos(svd_parser),
                peak,
            })
        })
        .collect()
}

fn largest(corpus: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let mut files = folders::svd_files(corpus)?
        .into_iter()
        .map(|file| Ok((file.metadata()?.len(), file)))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    Ok(files.into_iter().rev().take(FILES).collect())
}

fn growth() -> Result<Vec<OfMap>> {
    let mut maps = Vec::new();
    for shape in Shape::ALL {
        for (registers, rounds) in SIZES {
            println!("{shape}, {registers} registers");
            maps.push(of_map(shape, registers, rounds)?);
        }
    }
    Ok(maps)
}

/// The fastest of several processes: whatever else the machine does only adds to a
/// time, and may affect one size only. In one process, a small map would find the
/// memory of the round before, which a large one has given back.
fn of_map(shape: Shape, registers: u32, rounds: u32) -> Result<OfMap> {
    let mut fastest: Option<OfMap> = None;
    for _ in 0..rounds {
        let [size, time, peak] = measured(["map", shape.word(), &registers.to_string()])?;
        let time = Duration::from_nanos(time);
        if fastest.as_ref().is_none_or(|it| time < it.time) {
            fastest = Some(OfMap {
                shape,
                registers,
                size,
                time,
                peak,
            });
        }
    }
    fastest.context("there are no rounds")
}
