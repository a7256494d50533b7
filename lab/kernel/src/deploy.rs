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
    let Some(tree) = report.run("the kernel's source takes the driver", kernel, || {
        Tree::with_driver(linux, source)
    }) else {
        return;
    };
    // In this order: the second finds what both need of the kernel.
    for language in [Language::Rust, Language::C] {
        let title = language.title();
        report.run(
            format!("driver {DEVICE} in {title} builds within the kernel's source"),
            kernel,
            || tree.build(language, linux),
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

/// A kernel's source with the driver in it.
struct Tree {
    folder: PathBuf,
    /// The driver's option in the kernel's configuration, without `CONFIG_`.
    option: String,
}

impl Tree {
    /// The folder is copied below `drivers/misc`, and its Kconfig and itself are named there.
    fn with_driver(linux: &Linux, source: &Source) -> Result<Self> {
        let folder = folder("in-tree", linux)?;
        let tree = folder.join("source");
        mirror_tree(&source.tree, &tree)?;
        let driver = tree.join(ABOVE).join(DEVICE);
        write_driver(DEVICE, linux.kernel, &driver)?;
        let option = option(&driver.join("Kconfig"))?;
        Ok(Self { folder, option })
    }

    fn build(&self, language: Language, linux: &Linux) -> Result<()> {
        let objects = self.folder.join("objects");
        folders::create(&objects)?;
        let made = objects.join(ABOVE).join(DEVICE);
        folders::create_empty(&made)?;
        let config = objects.join(".config");
        let known = progress::read(&linux.config);
        let mut wanted = vec![format!("CONFIG_{}=m", self.option)];
        if language == Language::Rust {
            wanted.push(format!("CONFIG_{}_RUST=y", self.option));
        }
        fs::write(&config, known + &wanted.join("\n") + "\n")?;
        self.make("configuration", "olddefconfig", linux)?;
        let chosen = progress::read(&config);
        for line in wanted {
            let is_chosen = chosen.lines().any(|it| it == line);
            ensure!(is_chosen, "the kernel does not offer {line}");
        }
        self.make("build", &format!("{ABOVE}/{DEVICE}/"), linux)?;
        let module = made.join(module_name(DEVICE)).with_extension("o");
        ensure!(module.exists(), "no {} was made", module.display());
        let is_in_c = made.join("c/regloom.o").exists();
        ensure!(
            is_in_c == (language == Language::C),
            "it is in the other language"
        );
        Ok(())
    }

    fn make(&self, what: &str, target: &str, linux: &Linux) -> Result<()> {
        let mut command = clean(Command::new("make"));
        command
            .arg("-C")
            .arg(self.folder.join("source"))
            .args(&linux.make.variables)
            .arg(format!("O={}", self.folder.join("objects").display()))
            .args(["-j2", "W=1", target]);
        run(what, &self.folder, &mut command)
    }
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
