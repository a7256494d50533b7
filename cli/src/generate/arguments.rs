// SPDX-License-Identifier: MIT OR Apache-2.0

//! What `regloom generate` is asked for.

use std::path::PathBuf;

use clap::ValueEnum;
use regdesc::Options;
use regloom_codegen::{Drivers, Kernel, Languages, Parts, Target};

use crate::notices;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  regloom generate fpga/adc-capture.yaml --out generated
  regloom generate fpga/adc-capture.yaml --out generated --check
  regloom generate fpga/adc-capture.yaml --out generated --watch
  regloom generate vendor/chip.svd --peripheral TIMER0 --out generated")]
pub(crate) struct Arguments {
    /// Descriptions, YAML or SVD; `-` is standard input.
    #[arg(required = true)]
    pub(super) input: Vec<PathBuf>,

    /// The folder to write into: each device gets a folder with its name.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,

    /// Write nothing; report what differs, and exit with 1 if anything does.
    #[arg(long)]
    pub(super) check: bool,

    /// Keep running: generate again whenever a description, or a file that it names,
    /// is saved, and report what changed for software. Ctrl-C ends it.
    #[arg(long, conflicts_with = "check")]
    pub(super) watch: bool,

    /// Only these parts.
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub(super) only: Vec<Part>,

    /// Of a chip's SVD, only this peripheral, with a driver (may be repeated).
    #[arg(long, value_name = "NAME")]
    pub(super) peripheral: Vec<String>,

    /// Repair contradictions instead of refusing them, and report every repair.
    #[arg(long)]
    pub(super) lenient: bool,

    #[command(flatten)]
    pub(super) shown: notices::Shown,

    /// The driver in one language; the default is both, of which its makefile chooses by the kernel.
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) driver: Option<Language>,

    /// The kernel release that the driver in Rust is for.
    #[arg(long, value_name = "RELEASE", default_value_t, value_parser = parse_kernel)]
    pub(super) kernel: Kernel,

    /// For a system that may load no module of others: no driver, and nodes that the kernel's own
    /// `uio_pdrv_genirq` binds to.
    #[arg(long, conflicts_with_all = ["kernel", "driver"])]
    pub(super) uio: bool,

    /// Do not report what was written; repairs and warnings are still reported.
    #[arg(long, short)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    /// The device-tree snippet.
    Dt,
    /// The kernel driver.
    Driver,
    /// The accessor crate.
    Accessor,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// For kernels that are built with Rust.
    Rust,
    /// For all kernels from 5.10 on.
    C,
}

fn parse_kernel(text: &str) -> Result<Kernel, regloom_codegen::UnknownKernel> {
    text.parse()
}

pub(super) fn options(arguments: &Arguments) -> Options<'_> {
    Options {
        peripherals: &arguments.peripheral,
        lenient: arguments.lenient,
        ..Options::default()
    }
}

pub(super) fn drivers(arguments: &Arguments) -> Drivers {
    match (arguments.uio, arguments.peripheral.is_empty()) {
        (true, _) => Drivers::Uio,
        (false, true) => Drivers::UnlessChip,
        (false, false) => Drivers::All,
    }
}

pub(super) fn parts(arguments: &Arguments) -> Parts {
    let only = &arguments.only;
    let wanted = |part| only.is_empty() || only.contains(&part);
    Parts {
        device_tree: wanted(Part::Dt),
        driver: wanted(Part::Driver),
        accessor: wanted(Part::Accessor),
    }
}

pub(super) fn target(arguments: &Arguments) -> Target {
    Target {
        kernel: arguments.kernel,
        languages: match arguments.driver {
            None => Languages::Both,
            Some(Language::Rust) => Languages::Rust,
            Some(Language::C) => Languages::C,
        },
    }
}
