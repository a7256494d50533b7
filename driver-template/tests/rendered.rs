// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is rendered from the views, where it depends on them.
//!
//! The whole of the drivers is checked in under `generated/`, and built for and booted on real
//! kernels by `cargo xtask kernel test`.

mod views;

use regloom_driver_template::{DriverView, Kernel, render, render_folder};

#[test]
fn the_smallest_driver() {
    insta::assert_snapshot!(what_depends_on(&views::fpga_mem()));
}

#[test]
fn arrays_fields_and_identity() {
    insta::assert_snapshot!(what_depends_on(&views::pl061_gpio()));
}

#[test]
fn registers_of_every_width() {
    insta::assert_snapshot!(what_depends_on(&views::widths()));
}

#[test]
fn long_names_and_awkward_text() {
    insta::assert_snapshot!(what_depends_on(&views::awkward()));
}

#[test]
fn a_folder_of_two_drivers() {
    let views = [views::fpga_mem(), views::pl061_gpio()];
    let files = render_folder(Kernel::V7_3, "soc", Some("2.0.1"), &views).unwrap();
    let text: Vec<_> = files
        .iter()
        .map(|file| format!("{}:\n{}", file.path, file.text))
        .collect();

    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn a_driver_is_one_file_named_for_its_module() {
    let files = render(Kernel::V7_3, &views::fpga_mem()).unwrap();

    assert_eq!(files.len(), 1);
    assert_eq!(files[0].path, "fpga_mem.rs");
}

#[test]
fn text_is_tidy() {
    for view in [
        views::fpga_mem(),
        views::pl061_gpio(),
        views::widths(),
        views::awkward(),
    ] {
        let text = driver(&view);

        assert!(text.ends_with("}\n") && !text.ends_with("\n\n"));
        assert!(!text.contains("\n\n\n"));
        assert!(!text.contains('\t') && !text.contains('\r'));
        assert!(text.lines().all(|line| line.trim_end() == line));
    }
}

/// A line of 100 columns is the longest that checkpatch takes.
#[test]
fn comments_are_not_too_long_where_names_are_not() {
    for view in [views::fpga_mem(), views::pl061_gpio(), views::widths()] {
        let text = driver(&view);
        let long = |line: &&str| line.trim_start().starts_with("//") && line.len() > 100;
        assert_eq!(text.lines().find(long), None);
    }
}

#[test]
fn every_unsafe_block_and_impl_says_why_it_is_sound() {
    for kernel in Kernel::ALL {
        unsafe_says_why(&render(*kernel, &views::pl061_gpio()).unwrap()[0].text);
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
        let mut comment = above.take_while(|line| line.starts_with("//"));

        assert!(
            comment.any(|line| line.starts_with("// SAFETY: ")),
            "{line}"
        );
    }
}

fn needs_reason(line: &str) -> bool {
    ["unsafe {", "unsafe impl ", "unsafe("]
        .iter()
        .any(|begin| line.contains(begin))
}

/// The driver without the parts that are the same in all of them: its beginning, its tables and
/// its end.
fn what_depends_on(view: &DriverView) -> String {
    let text = driver(view);
    let (start, rest) = text
        .split_once("/// The registers, as the driver itself accesses them.")
        .expect("the driver has registers");
    let (body, module) = rest
        .split_once("\nmodule! {")
        .expect("the driver is a module");

    format!("{start}{}[...]\nmodule! {{{module}", tables(body))
}

/// What stands in columns, and is therefore the generator's to lay out.
fn tables(text: &str) -> String {
    let parts = text.split("#[rustfmt::skip]\n").skip(1);
    let ends = parts.map(|part| part.find("];\n").map_or(part, |end| &part[..end + 3]));
    ends.fold(String::new(), |all, table| format!("{all}[...]\n{table}"))
}

fn driver(view: &DriverView) -> String {
    render(Kernel::V7_3, view)
        .expect("templates always render")
        .swap_remove(0)
        .text
}
