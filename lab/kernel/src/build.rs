// SPDX-License-Identifier: MIT OR Apache-2.0

//! Building a kernel that modules can be built against, once for all runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use lab_support::folders;
use lab_support::progress::{self, Step};

use super::arch::{self, Arch, Kernel, Language};
use super::cache::{self, Cache};
use super::config;
use super::environment::clean;
use super::linux::{self, Linux};
use super::source::{self, Source};
use super::toolchain::{LLVM, RUSTC, Toolchain};

/// Finds the kernel in the cache or builds it.
pub(crate) fn ensure(
    kernel: &'static Kernel,
    source: &Source,
    toolchain: &Toolchain,
    cache: &Cache,
) -> Result<Linux> {
    // Of the driver's language it knows nothing.
    let label = label(kernel, source);
    let name = name_in_cache(kernel, source, toolchain);
    let objects = cache.folder("build")?.join(&name);
    let make = Make {
        source: source.tree.clone(),
        objects,
        arch: kernel.arch,
        toolchain: toolchain.clone(),
    };
    if cache::stamped(&make.objects).is_none() {
        let log = cache.log(&name)?;
        build(kernel, &label, &make, &log)
            .with_context(|| format!("linux {label} is not built"))?;
        cache::stamp(&make.objects, &toolchain.identity)?;
    }
    let Make { objects, arch, .. } = &make;
    Ok(Linux {
        kernel,
        label: arch::name(kernel, source.version()),
        image: objects.join(arch.image),
        config: objects.join(".config"),
        device_trees: objects.join(format!("arch/{}/boot/dts", arch.name)),
        modules: objects.clone(),
        make: linux::Make {
            folder: objects.clone(),
            variables: make.variables(),
        },
        divisor: 1,
    })
}

/// What a kernel that is built is called.
fn label(kernel: &Kernel, source: &Source) -> String {
    let (version, arch) = (source.version(), kernel.arch.name);
    let flavour = kernel.flavour.suffix(' ');
    format!("{version} {arch}{flavour}")
}

/// The name says what went in: source, architecture, flavour, and a digest of
/// compilers, configuration and targets.
fn name_in_cache(kernel: &Kernel, source: &Source, toolchain: &Toolchain) -> String {
    let recipe = [
        toolchain.identity.clone(),
        config::fragment(kernel),
        targets(kernel.arch).join(" "),
    ];
    let digest = cache::fingerprint(&recipe.join("\n"));
    let version = source::file_name(&source.package_version);
    let (arch, flavour) = (kernel.arch.name, kernel.flavour.suffix('-'));
    format!("linux-{version}-{arch}{flavour}-{digest}")
}

fn targets(arch: &Arch) -> Vec<&'static str> {
    let mut targets = vec![arch.image_target, "modules"];
    targets.extend(arch.device_trees);
    targets
}

fn build(kernel: &Kernel, label: &str, make: &Make, log: &Path) -> Result<()> {
    let started = Instant::now();
    println!(
        "building linux {label} (five to ten minutes on two cores; log: {})",
        log.display()
    );
    // What an interrupted build left is not to be trusted.
    folders::create_empty(&make.objects)?;
    progress::clear(log)?;
    configure(kernel, label, make, log)?;
    let what = format!("building linux {label}");
    let step = Step {
        what: &what,
        log,
        measure: Some(progress::objects),
    };
    let jobs = thread::available_parallelism().map_or(1, usize::from);
    step.run(
        make.command()
            .arg(format!("-j{jobs}"))
            .args(targets(kernel.arch)),
    )?;
    println!(
        "  built linux {label} in {}",
        progress::spoken(started.elapsed())
    );
    Ok(())
}

fn configure(kernel: &Kernel, label: &str, make: &Make, log: &Path) -> Result<()> {
    let what = format!("configuring linux {label}");
    let step = Step {
        what: &what,
        log,
        measure: None,
    };
    let fragment = config::fragment(kernel);
    let fragment_file = make.objects.join("regloom.config");
    fs::write(&fragment_file, &fragment)?;
    let config = make.objects.join(".config");

    step.run(make.command().arg("tinyconfig"))?;
    step.run(
        clean(Command::new("scripts/kconfig/merge_config.sh"))
            .current_dir(&make.source)
            .arg("-m")
            .arg("-O")
            .arg(&make.objects)
            .args([&config, &fragment_file]),
    )?;
    step.run(make.command().arg("olddefconfig"))?;
    if kernel.language != Language::Uio {
        step.run(make.command().arg("rustavailable"))?;
    }
    config::check(&fragment, &progress::read(&config))
}

/// `make` as this kernel and all that is built against it must be called.
#[derive(Debug)]
struct Make {
    source: PathBuf,
    objects: PathBuf,
    arch: &'static Arch,
    toolchain: Toolchain,
}

impl Make {
    fn command(&self) -> Command {
        let mut command = clean(Command::new("make"));
        command
            .arg("-C")
            .arg(&self.source)
            .args(self.variables())
            .arg(format!("O={}", self.objects.display()));
        command
    }

    fn variables(&self) -> Vec<String> {
        vec![
            format!("ARCH={}", self.arch.name),
            format!("LLVM={LLVM}"),
            format!("RUSTC={RUSTC}"),
            format!("BINDGEN={}", self.toolchain.bindgen.display()),
            format!("RUST_LIB_SRC={}", self.toolchain.rust_library.display()),
        ]
    }
}
