// SPDX-License-Identifier: MIT OR Apache-2.0

//! The other ways by which users build a driver: DKMS, and within the kernel's source.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lab_support::progress::{self, Step};
use lab_support::report::Report;
use lab_support::{folders, workspace};

use super::arch::{ARM64, Kernel, Language, PLAIN};
use super::cache::Cache;
use super::environment::{PATH, clean};
use super::linux::Linux;
use super::module::{module_name, write_driver};
use super::source::Source;
use super::toolchain::LLVM;
use super::tools;

/// One driver is enough: all folders are alike.
const DEVICE: &str = "pl061-gpio";

/// Where the driver is put in the kernel's source.
const ABOVE: &str = "drivers/misc";

/// How results name what only a larger run tries.
pub(crate) const TITLE: &str = "a driver is built by DKMS, and within the kernel's source";

/// Once is enough: with the kernel that is as one would be shipped.
pub(crate) fn is_tried_with(kernel: &Kernel) -> bool {
    kernel.language == Language::Rust
        && *kernel.arch == ARM64
        && *kernel.flavour == PLAIN
        && kernel.release == RELEASE
}

/// The release that drivers in `generated/` are for.
const RELEASE: &str = "7.3";

/// Builds the driver in both ways.
pub(crate) fn test(linux: &Linux, source: &Source, cache: &Cache, report: &mut Report) {
    let kernel = Some(linux.label.as_str());
    report.run(format!("DKMS builds driver {DEVICE}"), kernel, || {
        by_dkms(linux, cache)
    });
    for language in [Language::Rust, Language::C] {
        let title = language.title();
        report.run(
            format!("driver {DEVICE} in {title} builds within the kernel's source"),
            kernel,
            || in_tree(linux, source, language),
        );
    }
}

/// Debian's `dkms` itself, with all of its folders in one of the lab's.
fn by_dkms(linux: &Linux, cache: &Cache) -> Result<()> {
    let dkms = tools::dkms(cache)?;
    let folder = folder("dkms", linux)?;
    let sources = folder.join("src");
    let driver = sources.join("driver");
    write_driver(DEVICE, linux.kernel, &driver)?;
    let [name, version, module] = ["PACKAGE_NAME", "PACKAGE_VERSION", "BUILT_MODULE_NAME[0]"]
        .map(|key| setting(&driver.join("dkms.conf"), key));
    let (name, version, module) = (name?, version?, module?);
    // As its first lines say.
    fs::rename(&driver, sources.join(format!("{name}-{version}")))?;
    let tree = folder.join("tree");
    let installed = folder.join("installed");
    for folder in [&tree, &installed] {
        folders::create(folder)?;
    }
    let release = progress::read(&linux.make.folder.join("include/config/kernel.release"));
    let release = release.trim();
    // What such a machine calls itself.
    let arch = "aarch64";
    let mut command = clean(Command::new(dkms));
    command
        .args(["build", "--verbose", "-m", &name, "-v", &version])
        .args(["-k", release, "--arch", arch])
        .arg("--kernelsourcedir")
        .arg(&linux.make.folder)
        .arg("--dkmstree")
        .arg(&tree)
        .arg("--sourcetree")
        .arg(&sources)
        .arg("--installtree")
        .arg(&installed)
        // Such a machine needs none of these.
        .env("MAKEFLAGS", linux.make.variables.join(" "))
        // Of a kernel that clang has built, DKMS calls clang by its name.
        .env("PATH", format!("/usr/lib/llvm{LLVM}/bin:{PATH}"));
    run("dkms", &folder, &mut command).with_context(|| {
        let log = tree.join(format!("{name}/{version}/build/make.log"));
        progress::tail(&progress::read(&log), 40)
    })?;
    let made = tree.join(format!(
        "{name}/{version}/{release}/{arch}/module/{module}.ko"
    ));
    ensure!(made.exists(), "no {} was made", made.display());
    Ok(())
}

/// What `dkms.conf` assigns, between quotes.
fn setting(file: &Path, key: &str) -> Result<String> {
    let text = progress::read(file);
    let assigned = text.lines().find_map(|line| {
        line.strip_prefix(key)?
            .strip_prefix("=\"")?
            .strip_suffix('"')
    });
    let value = assigned.with_context(|| format!("{} has no {key}", file.display()))?;
    Ok(value.to_owned())
}

/// The folder is copied below `drivers/misc`, and its Kconfig and itself are named there.
fn in_tree(linux: &Linux, source: &Source, language: Language) -> Result<()> {
    let folder = folder("in-tree", linux)?;
    let (tree, objects) = (folder.join("source"), folder.join("objects"));
    folders::create(&objects)?;
    mirror_tree(&source.tree, &tree)?;
    let driver = tree.join(ABOVE).join(DEVICE);
    write_driver(DEVICE, linux.kernel, &driver)?;
    let option = option(&driver.join("Kconfig"))?;
    let config = objects.join(".config");
    let known = progress::read(&linux.config);
    let mut wanted = vec![format!("CONFIG_{option}=m")];
    if language == Language::Rust {
        wanted.push(format!("CONFIG_{option}_RUST=y"));
    }
    fs::write(&config, known + &wanted.join("\n") + "\n")?;
    let make = |target: &str| {
        let mut command = clean(Command::new("make"));
        command
            .arg("-C")
            .arg(&tree)
            .args(&linux.make.variables)
            .arg(format!("O={}", objects.display()))
            .args(["-j2", "W=1", target]);
        command
    };
    run("configuration", &folder, &mut make("olddefconfig"))?;
    let chosen = progress::read(&config);
    for line in wanted {
        let is_chosen = chosen.lines().any(|it| it == line);
        ensure!(is_chosen, "the kernel does not offer {line}");
    }
    let target = format!("{ABOVE}/{DEVICE}/");
    run("build", &folder, &mut make(&target))?;
    let module = objects.join(target).join(module_name(DEVICE));
    let made = module.with_extension("o");
    ensure!(made.exists(), "no {} was made", made.display());
    let core = objects.join(format!("{ABOVE}/{DEVICE}/c/regloom.o"));
    let is_of_c = language == Language::C;
    ensure!(core.exists() == is_of_c, "it is in the other language");
    folders::remove(&folder)
}

/// A tree of links to the source, in which [`ABOVE`] is a folder of its own with a Kconfig and a
/// Makefile that name the driver.
fn mirror_tree(source: &Path, tree: &Path) -> Result<()> {
    let mut parts = Path::new(ABOVE).iter();
    let mut here = PathBuf::new();
    loop {
        let own = parts.next();
        folders::create(&tree.join(&here))?;
        for entry in fs::read_dir(source.join(&here))? {
            let entry = entry?;
            if own != Some(entry.file_name().as_os_str()) {
                symlink(entry.path(), tree.join(&here).join(entry.file_name()))?;
            }
        }
        match own {
            Some(part) => here.push(part),
            None => break,
        }
    }
    let kconfig = format!("source \"{ABOVE}/{DEVICE}/Kconfig\"\nendmenu");
    edit(&tree.join(ABOVE).join("Kconfig"), |text| {
        match text.rsplit_once("endmenu") {
            Some((before, after)) => format!("{before}{kconfig}{after}"),
            None => text.to_owned(),
        }
    })?;
    edit(&tree.join(ABOVE).join("Makefile"), |text| {
        format!("{text}obj-y += {DEVICE}/\n")
    })
}

/// Puts a changed copy in the place of a link.
fn edit(file: &Path, change: impl FnOnce(&str) -> String) -> Result<()> {
    let text = fs::read_to_string(file)?;
    fs::remove_file(file)?;
    fs::write(file, change(&text)).with_context(|| format!("cannot write {}", file.display()))
}

/// The name of a Kconfig's first option.
fn option(file: &Path) -> Result<String> {
    let text = progress::read(file);
    let option = text.lines().find_map(|line| line.strip_prefix("config "));
    let option = option.with_context(|| format!("{} has no option", file.display()))?;
    Ok(option.to_owned())
}

fn run(what: &str, folder: &Path, command: &mut Command) -> Result<()> {
    let log = folder.join(format!("{what}.log"));
    progress::clear(&log)?;
    let what = format!("{what} of driver {DEVICE}");
    let step = Step {
        what: &what,
        log: &log,
        measure: None,
    };
    step.run(command)
}

/// An empty folder for one way.
fn folder(way: &str, linux: &Linux) -> Result<PathBuf> {
    let folder = workspace::lab_target().join(way).join(linux.folder_name());
    folders::create_empty(&folder)?;
    Ok(folder)
}
