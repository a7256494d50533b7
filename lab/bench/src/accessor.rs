// SPDX-License-Identifier: MIT OR Apache-2.0

//! The accessor crate beside those of its peers: what it costs to generate one,
//! and what it costs to compile it.
//!
//! In each round every generator has its turn, so that whatever else the machine
//! does meets all of them.

mod generator;
pub(super) mod page;

use std::path::Path;

use anyhow::{Result, ensure};
use lab_corpus::crates::{Checked, Workplace};

use self::generator::Generator;
use super::cost::{Cost, cost};
use super::measure::{is_refused, median};

/// What is measured, from the folder of the SVD files: chips of several vendors,
/// the largest among them, and a SoC that is made for FPGAs.
const FILES: [&str; 5] = [
    "raspberrypi/rp235x-pac-RP2350.svd",
    "nordic/nrfx-nrf54l15_application.svd",
    "freescale/MKV58F24.svd",
    "st/stm32rs-STM32H503.svd",
    "fpga-litex/precursor-soc-pvt.svd",
];

/// Everything that was measured.
pub(super) struct Figures {
    rounds: u32,
    files: Vec<OfFile>,
}

struct OfFile {
    name: &'static str,
    /// Strict reading refuses the file.
    lenient: bool,
    generators: Vec<OfGenerator>,
}

/// What one generator made of a file. What was not reached has no figures.
struct OfGenerator {
    name: &'static str,
    became: Became,
    generating: Rounds,
    /// Bytes of Rust.
    text: u64,
    check: Rounds,
    build: Rounds,
    /// Bytes of the release build's library.
    library: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Became {
    Refused,
    /// A crate that does not compile.
    Generated,
    Compiled,
}

/// What the same thing cost, time after time.
#[derive(Default)]
struct Rounds(Vec<Cost>);

impl Figures {
    pub(super) fn measure(corpus: &Path, rounds: u32, chiptool: Option<&Path>) -> Result<Self> {
        let generators = Generator::all(chiptool)?;
        let files = FILES.iter().map(|name| {
            println!("{name}");
            let file = corpus.join(name);
            ensure!(file.is_file(), "{} is not there", file.display());
            Ok(OfFile {
                name,
                lenient: is_refused(&file),
                generators: of_file(&file, &generators, rounds)?,
            })
        });
        Ok(Figures {
            rounds,
            files: files.collect::<Result<_>>()?,
        })
    }
}

fn of_file(file: &Path, generators: &[Generator], rounds: u32) -> Result<Vec<OfGenerator>> {
    let mut measured = Vec::new();
    for generator in generators {
        println!("    {}", generator.name());
        measured.push((generator, OfGenerator::new(generator, file)?));
    }
    let reached = |became: Became| move |it: &&mut (_, OfGenerator)| it.1.became >= became;
    for round in 1..=rounds {
        println!("    round {round} of {rounds}");
        for (generator, of) in measured.iter_mut().filter(reached(Became::Compiled)) {
            of.check.0.push(recompile(generator.place(), &["check"])?);
        }
        for (generator, of) in measured.iter_mut().filter(reached(Became::Compiled)) {
            let build = recompile(generator.place(), &["build", "--release"])?;
            of.build.0.push(build);
        }
    }
    // Last, for it takes away what was compiled.
    for _ in 0..rounds {
        for (generator, of) in measured.iter_mut().filter(reached(Became::Generated)) {
            of.generating.0.push(cost(&generator.call(file)?)?);
        }
    }
    Ok(measured.into_iter().map(|(_, of)| of).collect())
}

impl OfGenerator {
    /// Generates once and compiles once, with all that it depends on.
    fn new(generator: &Generator, file: &Path) -> Result<Self> {
        let mut of = OfGenerator {
            name: generator.name(),
            became: Became::Refused,
            generating: Rounds::default(),
            text: 0,
            check: Rounds::default(),
            build: Rounds::default(),
            library: 0,
        };
        if !generator.generates(file)? {
            return Ok(of);
        }
        let place = generator.place();
        of.became = Became::Generated;
        of.text = place.size_of_source()?;
        match place.check()? {
            Checked::Passes => {
                of.became = Became::Compiled;
                of.library = place.library()?.metadata()?.len();
            }
            Checked::Fails(errors) => println!("{errors}"),
        }
        Ok(of)
    }
}

impl Rounds {
    /// Nothing when there were none. Each figure is a median of its own.
    fn median(&self) -> Option<Cost> {
        let costs = &self.0;
        Some(Cost {
            processor: median(costs.iter().map(|cost| cost.processor).collect())?,
            elapsed: median(costs.iter().map(|cost| cost.elapsed).collect())?,
            peak: median(costs.iter().map(|cost| cost.peak).collect())?,
        })
    }
}

/// What cargo takes to compile the crate once more, and nothing else.
fn recompile(place: &Workplace, arguments: &[&str]) -> Result<Cost> {
    place.touch()?;
    cost(&place.cargo(arguments))
}
