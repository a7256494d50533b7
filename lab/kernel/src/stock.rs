// SPDX-License-Identifier: MIT OR Apache-2.0

//! Stock kernels: image, device trees and headers as Debian has built them. Its packages are
//! unpacked into the cache, side by side, and never installed.
//!
//! Modules are cross-built against the headers with the programs of `linux-kbuild` for this
//! machine, so that no kernel is built.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lab_support::folders;
use lab_support::progress::{self, Step};

use super::apt::{self, Found, Refused};
use super::arch::{self, Kernel};
use super::cache::{self, Cache};
use super::debian::Stock;
use super::linux::{Linux, Make};
use super::mirror::{Apt, own_architecture};
use super::source::{self, Availability, Source};

/// The package of the C library, and the folder in a tree that it is unpacked into.
const LIBRARY: (&str, &str) = ("libc6", "library");

/// The script in a tree that is called in place of a modpost that wants such a library.
const MODPOST: &str = "modpost";

/// The package of modpost, as its name begins, and the folder of its programs. They are for
/// little-endian kernels of either word.
const KBUILD: &str = "linux-kbuild-";
const IN_KBUILD: &str = "scripts/mod/modpost.real-lsb-";

/// Finds the kernel in the cache or fetches it from the archive.
pub(crate) fn ensure(
    kernel: &Kernel,
    stock: &Stock,
    refresh: bool,
    cache: &Cache,
) -> Result<Availability> {
    let name = kernel.source_name().replace(' ', "-");
    // What is kept of the packages is in the name too.
    let recipe = cache::fingerprint(&format!("{stock:?}"));
    let folder = cache.folder(&format!("stock/{name}-{recipe}"))?;
    source::cached_or(&folder, refresh, || {
        let release = kernel.release;
        Fetch::new(release, stock, &folder, cache)?.fetch()
    })
}

/// What fetching takes.
struct Fetch<'a> {
    release: &'static str,
    stock: &'a Stock,
    /// Where its trees are.
    folder: &'a Path,
    apt: Apt,
    log: PathBuf,
}

impl<'a> Fetch<'a> {
    fn new(
        release: &'static str,
        stock: &'a Stock,
        folder: &'a Path,
        cache: &Cache,
    ) -> Result<Self> {
        let name = format!("linux-stock-{release}-{}", stock.flavour);
        let mut architectures = vec![stock.architecture];
        architectures.extend(stock.modpost);
        let log = cache.log(&format!("{name}-unpack"))?;
        progress::clear(&log)?;
        Ok(Self {
            release,
            stock,
            folder,
            apt: Apt::new(cache, &name, &architectures)?,
            log,
        })
    }

    fn fetch(&self) -> Result<Availability> {
        let Self {
            release,
            stock: Stock {
                flavour, suites, ..
            },
            ..
        } = *self;
        println!(
            "looking for linux {release} for {flavour} in the Debian archive (about 100 MB to \
             download, a minute)"
        );
        let names: Vec<_> = suites.iter().map(|suite| suite.name).collect();
        let ask = |name: &str| apt::patiently(|| self.newest_in(name), apt::pause);
        match apt::first_suite(&names, ask)? {
            Found::In(suite, source) => {
                let version = &source.package_version;
                println!("  linux {version} for {flavour} is in {suite}");
                Ok(Availability::Here(source))
            }
            Found::Nowhere(answers) => Ok(Availability::NotAvailable(format!(
                "no linux-image-{release}*-{flavour} with its headers on the mirror {}\n  {}",
                self.apt.mirror,
                answers.join("\n  ")
            ))),
        }
    }

    /// The newest kernel of the release in a suite, unpacked.
    fn newest_in(&self, suite: &str) -> Result<Option<Source>, Refused> {
        self.apt.read_lists(suite)?;
        let Some((version, packages)) = self.newest_packages()? else {
            return Ok(None);
        };
        let tree = self.folder.join(source::file_name(&version));
        if cache::stamped(&tree).is_none() {
            folders::create_empty(&tree)?;
            let Stock { flavour, .. } = self.stock;
            let what = format!("linux {version} for {flavour}");
            self.unpack(&what, &packages, &tree)?;
            self.unpack_library(suite, &packages, &tree.join(LIBRARY.1))?;
            self.arrange(&tree)?;
            cache::stamp(&tree, &version)?;
        }
        Ok(Some(Source {
            tree,
            package_version: version,
        }))
    }

    /// Unpacks the C library that modpost wants, and the modpost that this kernel needs, where they
    /// are not this machine's.
    fn unpack_library(&self, suite: &str, packages: &[String], to: &Path) -> Result<(), Refused> {
        let (library, _) = LIBRARY;
        if let Some(architecture) = self.stock.modpost {
            let kbuild = packages.iter().find(|it| it.starts_with(KBUILD));
            let kbuild = kbuild.context("the headers need no programs")?;
            let packages = [library, kbuild].map(|it| format!("{it}:{architecture}"));
            return self.unpack(&format!("{kbuild} for {architecture}"), &packages, to);
        }
        let suite = self.stock.suites.iter().find(|it| it.name == suite);
        if let Some(suite) = suite.and_then(|suite| suite.library) {
            self.apt.read_lists(suite)?;
            let packages = [library.to_owned()];
            self.unpack(&format!("{library} of {suite}"), &packages, to)?;
        }
        Ok(())
    }

    /// The version of the newest kernel of the release that has all packages it takes, and these.
    fn newest_packages(&self) -> Result<Option<(String, Vec<String>)>> {
        let names = self.apt.names(&format!("linux-headers-{}", self.release))?;
        let mut kernels = kernels_among(&names, self.release, self.stock.flavour);
        kernels.sort_by_key(|kernel| numbers(kernel));
        for kernel in kernels.iter().rev() {
            let headers = self.qualified(&format!("linux-headers-{kernel}"));
            let image = self.qualified(&format!("linux-image-{kernel}"));
            // The signed image comes some hours after the headers.
            if let Some(version) = self.apt.version(&image)? {
                return Ok(Some((version, self.with_dependencies(&[image, headers])?)));
            }
        }
        Ok(None)
    }

    /// Packages with those of the same kernel that they depend on.
    fn with_dependencies(&self, packages: &[String]) -> Result<Vec<String>> {
        let mut all = packages.to_vec();
        let mut next = 0;
        while let Some(package) = all.get(next) {
            for name in self.apt.dependencies(package)? {
                let name = self.qualified(&name);
                if is_of_kernel(&name, self.release) && !all.contains(&name) {
                    all.push(name);
                }
            }
            next += 1;
        }
        Ok(all)
    }

    /// A package's name with its architecture: the programs are this machine's, and what is common
    /// is of none.
    fn qualified(&self, name: &str) -> String {
        let own = name.ends_with("-common") || name.starts_with(KBUILD);
        match own {
            true => name.to_owned(),
            false => format!("{name}:{}", self.stock.architecture),
        }
    }

    fn unpack(&self, what: &str, packages: &[String], to: &Path) -> Result<(), Refused> {
        let archives = self.apt.download(what, packages)?;
        let what = format!("unpacking {what}");
        let step = Step {
            what: &what,
            log: &self.log,
            measure: None,
        };
        for archive in archives {
            let mut command = Command::new("dpkg-deb");
            step.run(command.arg("--extract").arg(archive).arg(to))?;
        }
        Ok(self.apt.discard_downloads()?)
    }

    /// Makes the headers work where they are, and removes the modules that no machine needs: most
    /// of what a kernel takes.
    fn arrange(&self, tree: &Path) -> Result<()> {
        // Other folders may lead here, for a time.
        let tree = fs::canonicalize(tree)?;
        let layout = Layout::of(&tree)?;
        let makefile = layout.headers.join("Makefile");
        let text = fs::read_to_string(&makefile)
            .with_context(|| format!("cannot read {}", makefile.display()))?;
        let here = format!("{}/usr/src/", tree.display());
        fs::write(&makefile, text.replace("/usr/src/", &here))?;
        let library = tree.join(LIBRARY.1);
        if library.is_dir() {
            let script = tree.join(MODPOST);
            let bits = if self.stock.architecture == "armhf" {
                32
            } else {
                64
            };
            fs::write(&script, modpost_with(&library, &layout.headers, bits)?)?;
            fs::set_permissions(&script, Permissions::from_mode(0o755))?;
        }
        for module in folders::all_files_below(&layout.modules.join("kernel"))? {
            if !self.stock.modules.iter().any(|end| module.ends_with(end)) {
                fs::remove_file(&module)?;
            }
        }
        Ok(())
    }
}

/// The names of kernels among packages of headers: what `uname -r` prints on them.
fn kernels_among(names: &[String], release: &str, flavour: &str) -> Vec<String> {
    let kernel = |name: &String| {
        let kernel = name.strip_prefix("linux-headers-")?;
        let version = kernel.strip_suffix(flavour)?.strip_suffix('-')?;
        let patch = version.strip_prefix(release)?.strip_prefix('.')?;
        // Other flavours of the kernel have further words.
        let is_version = patch
            .split(['.', '-', '+'])
            .all(|part| part.trim_start_matches("deb").parse::<u32>().is_ok());
        is_version.then(|| kernel.to_owned())
    };
    names.iter().filter_map(kernel).collect()
}

/// The numbers in a version, by which versions are ordered.
pub(crate) fn numbers(version: &str) -> Vec<u32> {
    version
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

fn is_of_kernel(package: &str, release: &str) -> bool {
    package.starts_with("linux-") && package.contains(&format!("-{release}"))
}

/// Where the parts of a kernel are in its tree: since 7.0 all are with the modules.
struct Layout {
    headers: PathBuf,
    modules: PathBuf,
    image: PathBuf,
    config: PathBuf,
    device_trees: PathBuf,
}

impl Layout {
    fn of(tree: &Path) -> Result<Self> {
        let sources = tree.join("usr/src");
        let kernel = fs::read_dir(&sources)
            .with_context(|| format!("cannot list {}", sources.display()))?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_prefix("linux-headers-").map(str::to_owned))
            .find(|name| !name.ends_with("-common"))
            .context("there are no headers")?;
        let headers = sources.join(format!("linux-headers-{kernel}"));
        let with_modules = tree.join("usr/lib/modules").join(&kernel);
        if with_modules.is_dir() {
            return Ok(Self {
                headers,
                image: with_modules.join("vmlinuz"),
                config: with_modules.join("config"),
                device_trees: with_modules.join("dtb"),
                modules: with_modules,
            });
        }
        let boot = |what: &str| tree.join("boot").join(format!("{what}-{kernel}"));
        Ok(Self {
            headers,
            modules: tree.join("lib/modules").join(&kernel),
            image: boot("vmlinuz"),
            config: boot("config"),
            device_trees: tree.join("usr/lib").join(format!("linux-image-{kernel}")),
        })
    }
}

/// The kernel as modules are built against it and machines boot it.
pub(crate) fn linux(kernel: &'static Kernel, stock: &Stock, source: &Source) -> Result<Linux> {
    let Layout {
        headers,
        modules,
        image,
        config,
        device_trees,
    } = Layout::of(&source.tree)?;
    for file in [&headers, &image, &config] {
        ensure!(file.exists(), "there is no {}", file.display());
    }
    Ok(Linux {
        kernel,
        label: arch::name(kernel, source.version()),
        make: Make {
            variables: variables(kernel, stock, source)?,
            folder: headers,
        },
        image,
        config,
        device_trees,
        modules: modules.join("kernel"),
        divisor: 1,
    })
}

/// What the compiler that has built the kernel can do and this one cannot, and what takes programs
/// that are not there.
const OFF: [&str; 4] = [
    "CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=",
    "CONFIG_DEBUG_INFO_BTF_MODULES=",
    "CONFIG_PAHOLE_VERSION=0",
    "PAHOLE=none",
];

fn variables(kernel: &Kernel, stock: &Stock, source: &Source) -> Result<Vec<String>> {
    let linker = kernel.arch.linker;
    let cross = linker.strip_suffix("gcc").context("a linker is a gcc")?;
    let mut variables = vec![
        format!("ARCH={}", kernel.arch.name),
        format!("CROSS_COMPILE={cross}"),
        format!("CC={cross}{COMPILER}"),
        format!("DEB_BUILD_ARCH={}", own_architecture()?),
        format!("DEB_HOST_ARCH={}", stock.architecture),
        format!("DEB_HOST_GNU_TYPE={}", cross.trim_end_matches('-')),
    ];
    variables.extend(OFF.map(str::to_owned));
    let modpost = source.tree.join(MODPOST);
    if modpost.exists() {
        variables.push(format!("MODPOST={}", modpost.display()));
    }
    Ok(variables)
}

/// The compiler of Debian 12.
const COMPILER: &str = "gcc-12";

/// A script that runs modpost with the C library that it wants: the one that is unpacked with the
/// library, if there is one.
fn modpost_with(library: &Path, headers: &Path, bits: u32) -> Result<String> {
    let is_loader = |file: &&PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with("ld-linux") && file.is_file()
    };
    let program = format!("{IN_KBUILD}{bits}");
    let files = folders::all_files_below(library)?;
    let loader = files.iter().find(is_loader);
    let loader = loader.context("the C library has no loader")?;
    let folder = loader.parent().context("a loader is in a folder")?;
    let own = files.iter().find(|file| file.ends_with(&program));
    let program = own.map_or_else(|| headers.join(&program), Clone::clone);
    Ok(format!(
        "#!/bin/sh\nexec {} --library-path {} {} \"$@\"\n",
        loader.display(),
        folder.display(),
        program.display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn among(names: &[&str], release: &str, flavour: &str) -> Vec<String> {
        let names: Vec<_> = names.iter().map(|it| (*it).to_owned()).collect();
        kernels_among(&names, release, flavour)
    }

    #[test]
    fn a_kernel_is_of_its_release_and_flavour() {
        let names = [
            "linux-headers-6.1.0-50-arm64",
            "linux-headers-6.1.0-50-rt-arm64",
            "linux-headers-6.1.0-50-cloud-arm64",
            "linux-headers-6.1.0-50-common",
            "linux-headers-6.12.95+deb12-arm64",
            "linux-headers-6.12.95+deb12-arm64-16k",
        ];
        assert_eq!(among(&names, "6.1", "arm64"), ["6.1.0-50-arm64"]);
        assert_eq!(among(&names, "6.12", "arm64"), ["6.12.95+deb12-arm64"]);
        assert!(among(&names, "6.1", "armmp").is_empty());
    }

    #[test]
    fn the_newest_has_the_greatest_numbers() {
        assert!(numbers("6.1.0-50-arm64") > numbers("6.1.0-9-arm64"));
        assert!(numbers("6.12.95+deb12-arm64") > numbers("6.12.9+deb12-arm64"));
    }

    #[test]
    fn a_package_is_of_its_kernel() {
        assert!(is_of_kernel("linux-kbuild-6.1", "6.1"));
        assert!(is_of_kernel("linux-modules-7.3.4+deb13-arm64", "7.3"));
        assert!(!is_of_kernel("linux-base", "7.3"));
        assert!(!is_of_kernel("gcc-12", "6.1"));
    }
}
