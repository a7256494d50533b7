// SPDX-License-Identifier: MIT OR Apache-2.0

//! Which language the generated makefile chooses for a kernel, and what it prints.
//!
//! The kernels here are folders with the files that the makefile looks at, and a makefile that
//! prints what it is asked for.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use regloom_driver_template::{Languages, Target, render};

use crate::views;

/// What the driver of the test needs.
const OPTIONS: &str = "CONFIG_OF=y\nCONFIG_HAS_IOMEM=y\nCONFIG_MMU=y\nCONFIG_COMMON_CLK=y\n\
                       CONFIG_RESET_CONTROLLER=y\n";

#[test]
fn rust_is_chosen_where_the_kernel_can() {
    let kernel = Kernel::new("7.3.4", &format!("{OPTIONS}CONFIG_RUST=y\n"), true);
    kernel.builds(&[], "rust", "in Rust");
    kernel.builds(&["DRIVER=rust"], "rust", "in Rust");
    kernel.builds(&["DRIVER=c"], "c", "in C: DRIVER=c");
    for release in ["7.3", "7.3-rc2", "7.3.0+board"] {
        let kernel = Kernel::new(release, &format!("{OPTIONS}CONFIG_RUST=y\n"), true);
        kernel.builds(&[], "rust", "in Rust");
    }
}

#[test]
fn c_is_chosen_elsewhere_and_the_reason_is_printed() {
    let rust = format!("{OPTIONS}CONFIG_RUST=y\n");
    for (release, options, metadata, why) in [
        (
            "6.1.176",
            rust.as_str(),
            true,
            "KDIR is 6.1.176, the Rust driver is written for 7.3",
        ),
        (
            "7.30.1",
            &rust,
            true,
            "KDIR is 7.30.1, the Rust driver is written for 7.3",
        ),
        ("7.3.4", OPTIONS, true, "CONFIG_RUST is not set in KDIR"),
        ("7.3.4", &rust, false, "KDIR has no rust/libkernel.rmeta"),
    ] {
        let kernel = Kernel::new(release, options, metadata);
        kernel.builds(&[], "c", &format!("in C: {why}"));
        kernel.fails(&["DRIVER=rust"], why);
        kernel.builds(&["DRIVER=c"], "c", "in C: DRIVER=c");
    }
}

#[test]
fn what_is_missing_in_any_language_is_an_error() {
    let without = OPTIONS.replace("CONFIG_RESET_CONTROLLER=y\n", "");
    let kernel = Kernel::new("6.1.176", &without, false);
    kernel.fails(&[], "CONFIG_RESET_CONTROLLER is not set in KDIR");
    kernel.fails(&["DRIVER=c"], "CONFIG_RESET_CONTROLLER is not set in KDIR");
    let kernel = Kernel::new("6.1.176", OPTIONS, false);
    kernel.fails(&["DRIVER=ada"], "DRIVER is ada, and can be c or rust");
    fs::remove_dir_all(kernel.folder.path().join("kernel/include")).expect("it can be removed");
    kernel.fails(&[], "KDIR is no build folder of a kernel");
}

#[test]
fn a_language_that_was_not_generated_is_not_chosen() {
    let rust = format!("{OPTIONS}CONFIG_RUST=y\n");
    let kernel = Kernel::new("7.3.4", &rust, true);
    kernel.generate(Languages::C);
    kernel.builds(&[], "c", "in C: Rust was not generated");
    kernel.fails(&["DRIVER=rust"], "Rust was not generated");
    kernel.generate(Languages::Rust);
    kernel.builds(&[], "rust", "in Rust");
    kernel.fails(&["DRIVER=c"], "C was not generated");
    let kernel = Kernel::new("6.1.176", &rust, true);
    kernel.generate(Languages::Rust);
    kernel.fails(&[], "KDIR is 6.1.176, the Rust driver is written for 7.3");
}

/// A folder with a driver, and one that passes for a kernel's.
struct Kernel {
    folder: tempfile::TempDir,
}

impl Kernel {
    fn new(release: &str, options: &str, metadata: bool) -> Self {
        let kernel = Kernel {
            folder: tempfile::tempdir().expect("there is a folder"),
        };
        let put =
            |path: &str, text: &str| write(&kernel.folder.path().join("kernel").join(path), text);
        put("include/config/kernel.release", &format!("{release}\n"));
        put("include/config/auto.conf", options);
        put("Makefile", "modules:\n\t@echo built $(DRIVER)\n");
        if metadata {
            put("rust/libkernel.rmeta", "");
        }
        kernel.generate(Languages::Both);
        kernel
    }

    fn generate(&self, languages: Languages) {
        let target = Target {
            languages,
            ..Target::default()
        };
        let folder = views::folder(vec![views::pl061_gpio()]);
        for file in render(target, &folder).expect("templates always render") {
            write(
                &self.folder.path().join("driver").join(file.path),
                &file.text,
            );
        }
    }

    fn make(&self, arguments: &[&str]) -> Output {
        let mut make = Command::new("make");
        make.arg("-C").arg(self.folder.path().join("driver"));
        make.arg(format!("KDIR={}", self.kernel())).args(arguments);
        for name in ["DRIVER", "O", "KBUILD_OUTPUT", "MAKEFLAGS", "MAKELEVEL"] {
            make.env_remove(name);
        }
        make.output().expect("make is there")
    }

    fn kernel(&self) -> String {
        self.folder.path().join("kernel").display().to_string()
    }

    /// The module is built in a language, and the line that it prints.
    fn builds(&self, arguments: &[&str], language: &str, line: &str) {
        let output = self.make(arguments);
        let text = String::from_utf8_lossy(&output.stdout).replace(&self.kernel(), "KDIR");
        assert!(output.status.success(), "{text}");
        let line = format!("regloom: pl061_gpio.ko {line}");
        assert!(text.lines().any(|it| it == line), "{line}: {text}");
        let built = format!("built {language}");
        assert!(text.lines().any(|it| it == built), "{built}: {text}");
    }

    /// Nothing is built, and one line says why.
    fn fails(&self, arguments: &[&str], why: &str) {
        let output = self.make(arguments);
        let text = String::from_utf8_lossy(&output.stderr).replace(&self.kernel(), "KDIR");
        assert!(!output.status.success(), "{text}");
        let line = format!("regloom: {why}");
        assert!(text.lines().any(|it| it == line), "{line}: {text}");
        assert!(!String::from_utf8_lossy(&output.stdout).contains("built"));
    }
}

fn write(path: &Path, text: &str) {
    if let Some(above) = path.parent() {
        fs::create_dir_all(above).expect("folders can be made");
    }
    fs::write(path, text).expect("files can be written");
}
