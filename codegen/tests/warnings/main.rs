// SPDX-License-Identifier: MIT OR Apache-2.0

//! The accessor of every description in the repository that is accepted, and of
//! names and shapes of all kinds, put to the compiler, clippy and rustdoc: a crate
//! that denies warnings may have it.
//!
//! All of them are modules of two crates, which takes a minute less than a crate for
//! each: one takes them in as `include_map!` does and is as strict as a user may be,
//! the other has them under the lints of the generated crates. What only a crate's
//! root can do wrong has crates of its own.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

mod names;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regdesc::{Options, RegisterMap};
use regloom_codegen::{Config, Drivers, Kernel, Parts, device_name, render};

/// What the generator below is told: the description, and how to read it.
const DESCRIPTION: &str = "REGLOOM_TEST_DESCRIPTION";
const LENIENT: &str = "REGLOOM_TEST_LENIENT";

/// No test: the build script of one description, in a process of its own, for which
/// folder it writes to is in its environment.
#[test]
#[ignore = "started by the other tests"]
fn the_build_script() {
    if let Some(description) = std::env::var_os(DESCRIPTION) {
        let config = Config::new(PathBuf::from(description));
        let config = match std::env::var_os(LENIENT) {
            Some(_) => config.lenient(),
            None => config,
        };
        config.generate().unwrap();
    }
}

#[test]
fn no_accessor_has_a_warning() {
    let workshop = Workshop::new();
    let cases = cases(&workshop);
    let roots: Vec<_> = cases.iter().filter(|case| case.is_root()).collect();
    workshop.included(&cases);
    workshop.alone(&cases);
    for case in &roots {
        workshop.write_files(&format!("root-{}", case.name), case.files());
    }
    let members: Vec<_> = roots
        .iter()
        .map(|case| format!("\"root-{}\"", case.name))
        .collect();
    workshop.write("Cargo.toml", &workspace(&members.join(", ")));

    // Without what opens devices, which would take its libraries to be compiled.
    workshop.passes(
        &["clippy", "--workspace", "--no-default-features"],
        &["--", "-Dwarnings"],
    );
    workshop.passes(
        &["doc", "--workspace", "--no-default-features", "--no-deps"],
        &[],
    );
    // Nobody reads them, and they are large.
    fs::remove_dir_all(workshop.folder.join("target/doc")).unwrap();
}

/// A description that is accepted.
struct Case {
    /// Of its module.
    name: String,
    path: PathBuf,
    map: RegisterMap,
    lenient: bool,
}

impl Case {
    /// The description, if it is accepted, in whichever way.
    fn of(path: PathBuf, name: String) -> Option<Case> {
        let load = |lenient| {
            let options = Options {
                lenient,
                ..Options::default()
            };
            let map = regdesc::load(&path, &options).ok()?;
            Some((map, lenient))
        };
        let (map, lenient) = load(false).or_else(|| load(true))?;
        Some(Case {
            name,
            path,
            map,
            lenient,
        })
    }

    /// Its crate is looked at by itself, too.
    fn is_root(&self) -> bool {
        self.name.starts_with("names_")
    }

    /// The files of its crate.
    fn files(&self) -> Vec<(String, String)> {
        let parts = Parts {
            device_tree: false,
            driver: false,
            accessor: true,
        };
        let artifacts = render(&self.map, Drivers::UnlessChip, parts, Kernel::default());
        let below = format!("{}/accessor/", device_name(&self.map));
        let files = artifacts.iter();
        files
            .map(|(path, text)| {
                (
                    path.strip_prefix(&below).unwrap().to_owned(),
                    text.to_owned(),
                )
            })
            .collect()
    }
}

/// Every description there is. What is refused is no case.
fn cases(workshop: &Workshop) -> Vec<Case> {
    let root = root();
    let mut folders = vec![
        root.join("regdesc/tests/ui"),
        root.join("regdesc/tests/same"),
        root.join("mmio/tests/every_access"),
        root.join("mmio/tests/interrupts"),
        root.join("codegen/tests/axi"),
        root.join("codegen/tests/warnings"),
    ];
    folders.extend(entries(&root.join("examples")));
    folders.push(root.join("examples/build-script/fpga"));
    let mut files: Vec<_> = folders.iter().flat_map(|folder| entries(folder)).collect();
    for (name, text) in names::descriptions() {
        let path = workshop.folder.join("descriptions").join(&name);
        write(&path, &text);
        files.push(path);
    }
    files.retain(|file| {
        file.extension()
            .is_some_and(|it| it == "yaml" || it == "svd")
    });
    let cases = files.into_iter().enumerate().filter_map(|(number, path)| {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let is_own = path.starts_with(&workshop.folder);
        let name = match is_own {
            true => stem.replace(['-', '.'], "_"),
            false => format!("case_{number}"),
        };
        let case = Case::of(path, name);
        assert!(case.is_some() || !is_own, "{stem} is refused");
        case
    });
    let cases: Vec<_> = cases.collect();
    assert!(cases.len() > 100, "only {} descriptions", cases.len());
    cases
}

/// A workspace of crates, outside the repository's, in a folder of its own.
struct Workshop {
    folder: PathBuf,
}

impl Workshop {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("warnings");
        let workshop = Workshop { folder };
        for entry in ["included", "alone", "descriptions"] {
            let _ = fs::remove_dir_all(workshop.folder.join(entry));
        }
        // The versions that are there: nothing is looked up.
        let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
        workshop.write("Cargo.lock", &lock);
        workshop
    }

    fn write(&self, file: &str, text: &str) {
        write(&self.folder.join(file), text);
    }

    fn write_files(&self, below: &str, files: Vec<(String, String)>) {
        for (path, text) in files {
            self.write(&format!("{below}/{path}"), &text);
        }
    }

    /// A crate that takes them in as a user does.
    fn included(&self, cases: &[Case]) {
        let mut lib = INCLUDING.to_owned();
        for case in cases {
            let out = self.folder.join("included/maps").join(&case.name);
            fs::create_dir_all(&out).unwrap();
            generate(case, &out);
            let (name, device) = (&case.name, device_name(&case.map));
            let _ = write!(
                lib,
                "\n/// `{}`\npub mod {name} {{\n    ::regloom_mmio::include_map!(\"{name}/{device}\");\n}}\n",
                case.path.file_name().unwrap().display()
            );
        }
        self.write("included/src/lib.rs", &lib);
        self.write("included/build.rs", COPIES);
        self.write(
            "included/Cargo.toml",
            &manifest("included", "build = \"build.rs\"\n"),
        );
    }

    /// A crate that has their crates as modules, under the lints that these have.
    fn alone(&self, cases: &[Case]) {
        let mut lib = ALONE.to_owned();
        let mut lints = None;
        for case in cases {
            let files = case.files();
            let of_this = files.iter().find(|(path, _)| path == "Cargo.toml");
            let (_, of_this) = of_this.unwrap().1.split_once("[lints.rust]").unwrap();
            let of_this = of_this.to_owned();
            assert!(
                lints.as_ref().is_none_or(|it| *it == of_this),
                "one set of lints"
            );
            lints = Some(of_this);
            self.write_files(&format!("alone/maps/{}", case.name), files);
            let name = &case.name;
            let _ = write!(
                lib,
                "\n#[path = \"../maps/{name}/src/lib.rs\"]\npub mod {name};\n"
            );
        }
        let lints = format!("[lints.rust]{}", lints.unwrap());
        self.write("alone/src/lib.rs", &lib);
        self.write("alone/Cargo.toml", &(manifest("alone", "") + &lints));
    }

    fn passes(&self, command: &[&str], behind: &[&str]) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(command)
            .args(["--offline", "--target-dir"])
            .arg(self.folder.join("target"))
            .args(behind)
            .current_dir(&self.folder)
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo {command:?}:\n{told}");
    }
}

/// The module of a description, as its build script makes it.
fn generate(case: &Case, out: &Path) {
    let mut generator = Command::new(std::env::current_exe().unwrap());
    generator
        .args(["--exact", "the_build_script", "--ignored", "--quiet"])
        .env("OUT_DIR", out)
        .env(DESCRIPTION, &case.path);
    if case.lenient {
        generator.env(LENIENT, "1");
    }
    let output = generator.output().unwrap();
    assert!(
        output.status.success(),
        "{}: {output:?}",
        case.path.display()
    );
}

/// Puts the modules where a build script of each description would have.
const COPIES: &str = r#"
use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=maps");
    let out = Path::new(&env::var_os("OUT_DIR").unwrap()).join("regloom");
    for case in fs::read_dir("maps").unwrap() {
        let case = case.unwrap();
        let folder = out.join(case.file_name());
        fs::create_dir_all(&folder).unwrap();
        for module in fs::read_dir(case.path().join("regloom")).unwrap() {
            let module = module.unwrap();
            fs::copy(module.path(), folder.join(module.file_name())).unwrap();
        }
    }
}
"#;

/// Lints as strict as a user may have them.
const INCLUDING: &str = "//! Maps.
#![no_std]
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]
#![deny(clippy::all, clippy::pedantic)]
";

/// What only a crate's root can say is idle below it.
const ALONE: &str = "//! Maps.
#![no_std]
#![allow(unused_attributes)]
";

fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{more}\n\
         [dependencies]\nregloom-mmio = {{ version = \"0.1.0\", default-features = false }}\n\n\
         [features]\ndefault = []\n\n"
    )
}

fn workspace(members: &str) -> String {
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"included\", \"alone\", {members}]\n\
         [patch.crates-io]\nregloom-mmio = {{ path = {:?} }}\n",
        root().join("mmio")
    )
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // What is written as it was is compiled anew.
    if fs::read_to_string(path).is_ok_and(|before| before == text) {
        return;
    }
    fs::write(path, text).unwrap();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
