// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is rendered from the views.
//!
//! The whole of the drivers is checked in under `generated/`, and built for and booted on real
//! kernels by `cargo xtask kernel test`.

mod makefile;
mod views;

use std::collections::BTreeMap;

use regloom_driver_template::{DriverView, FolderView, Kernel, Languages, Target, render};

#[test]
fn the_smallest_driver() {
    insta::assert_snapshot!(leaf(views::fpga_mem()));
}

#[test]
fn arrays_fields_and_identity() {
    insta::assert_snapshot!(leaf(views::pl061_gpio()));
}

#[test]
fn registers_of_every_width() {
    insta::assert_snapshot!(leaf(views::widths()));
}

#[test]
fn long_names_and_awkward_text() {
    insta::assert_snapshot!(leaf(views::awkward()));
}

#[test]
fn the_smallest_driver_in_c() {
    insta::assert_snapshot!(c_leaf(views::fpga_mem()));
}

#[test]
fn every_table_in_c() {
    insta::assert_snapshot!(c_leaf(views::pl061_gpio()));
}

#[test]
fn registers_of_every_width_in_c() {
    insta::assert_snapshot!(c_leaf(views::widths()));
}

#[test]
fn long_names_and_awkward_text_in_c() {
    insta::assert_snapshot!(c_leaf(views::awkward()));
}

#[test]
fn a_folder_of_two_drivers() {
    let folder = FolderView {
        module: "soc".into(),
        device: "soc".into(),
        version: Some(format!("1.2.3-{}+\"ü\\", "beta.".repeat(20))),
        ..views::folder(vec![views::pl061_gpio(), views::fpga_mem()])
    };
    let files = files(Kernel::V7_3, &folder);
    let text = files
        .iter()
        .filter(|(path, _)| !path.contains('/') || path.contains("_main."))
        .filter(|(path, _)| *path != "regloom.h")
        .map(|(path, text)| format!("{path}:\n{text}"));

    insta::assert_snapshot!(text.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_core_is_the_same_in_every_driver() {
    for kernel in Kernel::ALL {
        let core = |view| {
            let mut files = files(*kernel, &views::folder(vec![view]));
            files.retain(|path, _| path.starts_with("rust/core/") || path.contains("regloom"));
            files
        };
        let smallest = core(views::fpga_mem());
        assert!(smallest.len() > 10, "{:?}", smallest.keys());
        assert_eq!(smallest, core(views::pl061_gpio()));
        assert_eq!(smallest, core(views::awkward()));
    }
}

/// Nothing but the core is unsafe.
#[test]
fn a_leaf_has_no_unsafe_code() {
    for view in all() {
        assert!(!leaf(view).contains("unsafe"));
    }
}

/// Names that mean something else in the crate root, or are its file.
#[test]
fn a_block_has_a_file_of_its_own() {
    for (module, block, file) in [
        ("core", "core", "rust/core_block.rs"),
        ("kernel", "kernel", "rust/kernel_block.rs"),
        ("regloom", "regloom", "rust/regloom_block.rs"),
        ("device", "type", "rust/type_block.rs"),
        ("soc", "soc_main", "rust/soc_main_block.rs"),
        ("soc", "soc_uart", "rust/soc_uart.rs"),
    ] {
        let view = DriverView {
            file: block.into(),
            ..views::fpga_mem()
        };
        let folder = FolderView {
            module: module.into(),
            ..views::folder(vec![view])
        };
        let files = files(Kernel::V7_3, &folder);
        assert!(files.contains_key(file), "{file}: {:?}", files.keys());
    }
}

/// `regloom.h` and the driver state one interface.
#[test]
fn the_header_is_the_interface_of_the_driver() {
    let files = files(Kernel::V7_3, &views::folder(vec![views::fpga_mem()]));
    let header = &files["regloom.h"];
    let driver = &files["rust/core/info.rs"];
    for (c, rust) in [
        ("struct regloom_info {", "struct Info {"),
        ("struct regloom_window {", "struct InfoWindow {"),
    ] {
        let c: Vec<_> = members(header, c).iter().map(|it| c_member(it)).collect();
        let rust = members(driver, rust);
        let rust: Vec<_> = rust.iter().map(|it| it.trim_end_matches(',')).collect();
        assert!(!c.is_empty());
        assert_eq!(c, rust);
    }
    for (c, rust) in [
        (
            "REGLOOM_INFO\t_IOWR(0xd5, 0, struct regloom_info)",
            "INFO: u32 = _IOWR::<Info>(LETTER, 0)",
        ),
        (
            "REGLOOM_SELECT\t_IO(0xd5, 1)",
            "SELECT: u32 = _IO(LETTER, 1)",
        ),
        (
            "REGLOOM_ENABLE\t_IOW(0xd5, 2, __u32)",
            "ENABLE: u32 = _IOW::<u32>(LETTER, 2)",
        ),
        (
            "REGLOOM_DISABLE\t_IOW(0xd5, 3, __u32)",
            "DISABLE: u32 = _IOW::<u32>(LETTER, 3)",
        ),
        (
            "REGLOOM_UPDATE\t_IOWR(0xd5, 4, struct regloom_update)",
            "UPDATE: u32 = _IOWR::<Update>(LETTER, 4)",
        ),
        ("REGLOOM_ABI\t2", "ABI: u32 = 2"),
        ("REGLOOM_WINDOW_WRITE\t0x1", "WINDOW_WRITE: u32 = 0x1"),
        ("REGLOOM_WINDOW_MEMORY\t0x2", "WINDOW_MEMORY: u32 = 0x2"),
    ] {
        assert!(header.contains(c), "{c}");
        assert!(driver.contains(rust), "{rust}");
    }
    assert!(driver.contains("const LETTER: u32 = 0xd5;"));
}

/// The lines of a struct, without its first and last.
fn members(text: &str, start: &str) -> Vec<String> {
    let (_, rest) = text.split_once(start).expect("the struct is there");
    let (members, _) = rest.split_once('}').expect("it ends");
    let lines = members.lines().map(str::trim);
    lines
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `__u32 version[3];` as `version: [u32; 3]`.
fn c_member(line: &str) -> String {
    let (kind, name) = line
        .trim_end_matches(';')
        .split_once(' ')
        .expect("two words");
    let kind = kind.trim_start_matches("__");
    match name.trim_end_matches(']').split_once('[') {
        Some((name, count)) => format!("{name}: [{kind}; {count}]"),
        None => format!("{name}: {kind}"),
    }
}

#[test]
fn text_is_tidy() {
    for view in all() {
        let folder = views::folder(vec![view]);
        for kernel in Kernel::ALL {
            for (path, text) in files(*kernel, &folder) {
                assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path}");
                assert!(!text.contains("\n\n\n") && !text.contains('\r'), "{path}");
                assert!(!path.ends_with(".rs") || !text.contains('\t'), "{path}");
                assert!(text.lines().all(|line| line.trim_end() == line), "{path}");
            }
        }
    }
}

/// A line of 100 columns is the longest that checkpatch takes, except for a string of C, which is not
/// broken so that it is found.
#[test]
fn lines_are_not_too_long_where_names_are_not() {
    for view in [views::fpga_mem(), views::pl061_gpio(), views::widths()] {
        for kernel in Kernel::ALL {
            for (path, text) in files(*kernel, &views::folder(vec![view.clone()])) {
                let has_limit = [".rs", ".c", ".h"].iter().any(|it| path.ends_with(it));
                let may_be_long = |line: &str| path.ends_with(".c") && line.contains('"');
                let long = |line: &&str| columns(line) > 100 && !may_be_long(line);
                assert_eq!(
                    text.lines().find(long).filter(|_| has_limit),
                    None,
                    "{path}"
                );
            }
        }
    }
}

/// Columns of a line, where a tabulator leads to the next multiple of 8.
fn columns(line: &str) -> usize {
    line.chars().fold(0, |at, it| match it {
        '\t' => at / 8 * 8 + 8,
        _ => at + 1,
    })
}

/// A reviewer reads all of it: the core once, and of each driver the leaf.
#[test]
fn the_driver_in_c_is_short() {
    let files = files(Kernel::V7_3, &views::folder(vec![views::fpga_mem()]));
    let lines = |path: &str| files[path].lines().count();
    let core = lines("c/regloom.c") + lines("c/regloom_core.h");
    assert!(core <= 1426, "{core}");
    let leaf = include_str!("../../generated/adc-capture/driver/c/adc_capture.c");
    assert!(leaf.lines().count() <= 150, "{}", leaf.lines().count());
}

#[test]
fn a_block_above_4_gib_is_for_kernels_of_64_bits() {
    let with_size = |size| DriverView {
        size,
        ..views::fpga_mem()
    };
    for (path, needs) in [
        ("Makefile", "CONFIG_64BIT=y"),
        ("Kconfig", "depends on 64BIT"),
        ("dkms.conf", " CONFIG_64BIT"),
    ] {
        assert!(rendered(with_size(1 << 32), path).contains(needs), "{path}");
        assert!(
            !rendered(with_size((1 << 32) - 1), path).contains(needs),
            "{path}"
        );
    }
}

/// The kernel has macros of many names; a name with the prefix is none of them.
#[test]
fn a_module_may_have_the_name_of_a_macro() {
    let current = DriverView {
        file: "current".into(),
        name: "current".into(),
        ..views::fpga_mem()
    };
    let kbuild = rendered(current, "Kbuild");
    assert!(
        kbuild.contains("-DREGLOOM_PREFIX=regloom_current_\n"),
        "{kbuild}"
    );
}

/// A folder has the files of the languages that are asked for, and what builds them names no others.
#[test]
fn a_driver_in_one_language_has_nothing_of_the_other() {
    let folder = views::folder(vec![views::pl061_gpio()]);
    for (languages, own, other) in [
        (Languages::Rust, "rust/", "c/"),
        (Languages::C, "c/", "rust/"),
    ] {
        let target = Target {
            languages,
            ..Target::default()
        };
        let files = files(target, &folder);
        assert!(files.keys().any(|path| path.starts_with(own)), "{own}");
        assert!(!files.keys().any(|path| path.starts_with(other)), "{own}");
        assert!(files["Kbuild"].contains(&format!(" {own}")), "{own}");
        assert!(!files["Kbuild"].contains(&format!(" {other}")), "{own}");
    }
}

#[test]
fn every_unsafe_block_and_impl_says_why_it_is_sound() {
    for kernel in Kernel::ALL {
        for (path, text) in files(*kernel, &views::folder(vec![views::pl061_gpio()])) {
            if path.ends_with(".rs") {
                unsafe_says_why(&text);
            }
        }
    }
}

fn unsafe_says_why(text: &str) {
    let lines: Vec<_> = text.lines().map(str::trim).collect();

    for (number, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| needs_reason(line))
    {
        let above = lines[..number].iter().rev();
        let comment = above.take_while(|line| line.starts_with("//"));
        // The block may be part of a statement that begins above.
        let statement = lines[..number].iter().rev().take(4);
        let mut near = comment.chain(statement);

        assert!(near.any(|line| line.starts_with("// SAFETY: ")), "{line}");
    }
}

fn needs_reason(line: &str) -> bool {
    ["unsafe {", "unsafe impl ", "unsafe("]
        .iter()
        .any(|begin| line.contains(begin))
}

fn all() -> Vec<DriverView> {
    vec![
        views::fpga_mem(),
        views::pl061_gpio(),
        views::widths(),
        views::awkward(),
    ]
}

/// The driver of one block.
fn leaf(view: DriverView) -> String {
    let path = format!("rust/{}.rs", view.file);
    rendered(view, &path)
}

/// The same in C.
fn c_leaf(view: DriverView) -> String {
    let path = format!("c/{}.c", view.file);
    rendered(view, &path)
}

/// A file of the driver of one block.
fn rendered(view: DriverView, path: &str) -> String {
    let mut files = files(Kernel::V7_3, &views::folder(vec![view]));
    files.remove(path).expect("the driver has a file")
}

/// A folder's files by their paths.
fn files(target: impl Into<Target>, folder: &FolderView) -> BTreeMap<String, String> {
    let files = render(target, folder).expect("templates always render");
    let files = files.into_iter().map(|file| (file.path, file.text));
    files.collect()
}
