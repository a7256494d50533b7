// SPDX-License-Identifier: MIT OR Apache-2.0

//! What Cargo makes of a crate whose build script generates its accessor: when
//! it comes back, what it leaves alone, and how it shows a mistake.
//!
//! To compile the generator for such crates once more would take minutes, so
//! their build script starts this test program as the build script that they
//! would be: see [`the_build_script`]. A build script that is compiled as a
//! user's is, is that of `examples/build-script`.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it stands"
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Termination};
use std::time::SystemTime;

/// The program that the crate's build script starts.
const GENERATOR: &str = "REGLOOM_TEST_GENERATOR";

/// No test: what the build script of the crates below is.
#[test]
#[ignore = "started by the build scripts of the other tests"]
fn the_build_script() {
    if std::env::var_os(GENERATOR).is_some() {
        let done = regloom_codegen::Config::new("fpga/probe.yaml").generate();
        let status = i32::from(done.is_err());
        // What a build script's `main` does with what it returns.
        done.report();
        std::process::exit(status);
    }
}

/// Starts the generator, and notes that it did, and for which folder.
const BUILD_SCRIPT: &str = r#"
use std::io::Write;
use std::process::{Command, exit};

fn main() {
    let mut runs = std::fs::File::options().create(true).append(true).open("runs").unwrap();
    writeln!(runs, "{}", std::env::var("OUT_DIR").unwrap()).unwrap();
    let generator = std::env::var_os("REGLOOM_TEST_GENERATOR").unwrap();
    let arguments = ["--exact", "the_build_script", "--ignored", "--nocapture", "--quiet"];
    let status = Command::new(generator).args(arguments).status().unwrap();
    exit(status.code().unwrap_or(101));
}
"#;

/// Prints what it was compiled with; lints as strict as a user may have them.
const PROGRAM: &str = "
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications)]
//! A program.

mod map {
    regloom_mmio::include_map!(\"probe\");
}

fn main() {
    println!(\"{}\", <map::probe::Block as regloom_mmio::Block>::SIZE);
}
";

const DESCRIPTION: &str = "\
schema: 1
name: probe
vendor: acme
size: 0x100
enums: {Mode: {off: 0, on: 1}}
registers:
  CTRL: {at: 0x0, fields: {ENABLE: 0, MODE: {bits: \"2:1\", enum: Mode}}}
  STAT: {at: 0x4, fields: {DONE: {bits: 0, access: w1c}}}
  CH: {at: 0x10, count: 4, stride: 0x8, registers: {CFG: {fields: {GAIN: \"7:0\"}}}}
";

const SVD_DESCRIPTION: &str = "\
schema: 1
name: probe
vendor: acme
registers: {svd: chip.svd, peripheral: P}
";

const SVD: &str = "\
<device>
  <name>chip</name>
  <addressUnitBits>8</addressUnitBits>
  <width>32</width>
  <size>32</size>
  <peripherals>
    <peripheral>
      <name>P</name>
      <baseAddress>0x40000000</baseAddress>
      <addressBlock><offset>0</offset><size>0x100</size><usage>registers</usage></addressBlock>
      <registers>
        <register><name>CTRL</name><addressOffset>0</addressOffset></register>
      </registers>
    </peripheral>
  </peripherals>
</device>
";

/// A crate of its own, outside the workspace, in a folder that it shares with
/// none but its earlier runs.
struct Crate {
    folder: PathBuf,
}

impl Crate {
    fn new(name: &str, description: &str) -> Crate {
        let folder = workshop().join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        let it = Crate { folder };
        it.write("Cargo.toml", &manifest(name));
        // The versions that are there: nothing is looked up.
        let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
        it.write("Cargo.lock", &lock);
        it.write("build.rs", BUILD_SCRIPT);
        it.write("src/main.rs", PROGRAM);
        it.write("fpga/probe.yaml", description);
        // What an earlier run of the test left must not be found by this one.
        assert!(it.cargo(&["clean", "--package", name]).status.success());
        it
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Written as it was: what a version control system or an editor does.
    fn touch(&self, file: &str) {
        let file = File::options().write(true).open(self.folder.join(file));
        file.unwrap().set_modified(SystemTime::now()).unwrap();
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        Command::new(cargo)
            .args(arguments)
            .arg("--offline")
            .arg("--target-dir")
            .arg(workshop().join("target"))
            .current_dir(&self.folder)
            .env(GENERATOR, std::env::current_exe().unwrap())
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .unwrap()
    }

    /// Builds and runs the program: the size it was compiled with.
    fn size(&self) -> u32 {
        let output = self.cargo(&["run"]);
        let text = String::from_utf8_lossy(&output.stdout);
        let size = text.trim().parse();
        size.unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Builds what cannot be built: Cargo's own output.
    fn refusal(&self) -> String {
        let output = self.cargo(&["build"]);
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// How often the build script ran.
    fn runs(&self) -> usize {
        let runs = fs::read_to_string(self.folder.join("runs")).unwrap();
        runs.lines().count()
    }

    /// When the module was written.
    fn written(&self) -> SystemTime {
        let runs = fs::read_to_string(self.folder.join("runs")).unwrap();
        let out = Path::new(runs.lines().next_back().unwrap());
        let module = out.join("regloom/probe.rs").metadata().unwrap();
        module.modified().unwrap()
    }
}

fn manifest(name: &str) -> String {
    let runtime = root().join("mmio");
    format!(
        "[package]\n\
         name = \"{name}\"\n\
         edition = \"2021\"\n\
         [workspace]\n\
         [dependencies.regloom-mmio]\n\
         path = {runtime:?}\n\
         default-features = false\n"
    )
}

/// Where the crates are, and what is compiled of them: below the workspace's own
/// target folder.
fn workshop() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("build_script")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn a_second_build_runs_nothing() {
    let it = Crate::new("unchanged", DESCRIPTION);
    assert_eq!(it.size(), 0x100);
    let written = it.written();
    assert_eq!(it.size(), 0x100);
    assert_eq!(it.runs(), 1);
    assert_eq!(it.written(), written);
}

/// Cargo compiles a crate whose build script ran; the module gives no reason to.
#[test]
fn a_description_written_as_it_was_leaves_the_module() {
    let it = Crate::new("touched", DESCRIPTION);
    assert_eq!(it.size(), 0x100);
    let written = it.written();
    it.touch("fpga/probe.yaml");
    assert_eq!(it.size(), 0x100);
    assert_eq!(it.runs(), 2);
    assert_eq!(it.written(), written);
}

/// And what is beside it does not count.
#[test]
fn a_changed_description_is_compiled_in() {
    let it = Crate::new("changed", DESCRIPTION);
    assert_eq!(it.size(), 0x100);
    it.write("fpga/notes.md", "Not read.");
    assert_eq!(it.size(), 0x100);
    assert_eq!(it.runs(), 1);
    let changed = DESCRIPTION.replace("size: 0x100", "size: 0x200");
    it.write("fpga/probe.yaml", &changed);
    assert_eq!(it.size(), 0x200);
    assert_eq!(it.runs(), 2);
}

#[test]
fn a_mistake_is_shown_where_it_is_until_it_is_mended() {
    let wrong = DESCRIPTION.replace("at: 0x4", "at: 0x0");
    let it = Crate::new("wrong", &wrong);
    let diagnostic = "
  error[R0301]: `CTRL` and `STAT` overlap at 0x0..=0x3
   --> fpga/probe.yaml:8:3
    |
  7 |   CTRL: {at: 0x0, fields: {ENABLE: 0, MODE: {bits: \"2:1\", enum: Mode}}}
    |   ---- bytes 0x0..=0x3
  8 |   STAT: {at: 0x0, fields: {DONE: {bits: 0, access: w1c}}}
    |   ^^^^ bytes 0x0..=0x3
    |
    = help: move one of them, make it narrower, or declare with `alternate: true` that it shares its place
";
    for _ in ["first", "again"] {
        let shown = it.refusal();
        assert!(shown.contains(diagnostic), "{shown}");
    }
    it.write("fpga/probe.yaml", DESCRIPTION);
    assert_eq!(it.size(), 0x100);
}

#[test]
fn an_svd_that_the_description_names_is_read_again() {
    let it = Crate::new("svd", SVD_DESCRIPTION);
    let shown = it.refusal();
    assert!(shown.contains("--> fpga/probe.yaml:4:18"), "{shown}");
    it.write("fpga/chip.svd", SVD);
    assert_eq!(it.size(), 0x100);
    assert_eq!(it.size(), 0x100);
    assert_eq!(it.runs(), 2);

    it.write("fpga/chip.svd", &SVD.replace("0x100", "0x200"));
    assert_eq!(it.size(), 0x200);
    it.write("fpga/chip.svd", &SVD.replace("32</size>", "33</size>"));
    let shown = it.refusal();
    assert!(shown.contains("--> fpga/chip.svd:5:"), "{shown}");
}
