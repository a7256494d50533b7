// SPDX-License-Identifier: MIT OR Apache-2.0

//! The kernel releases a driver can be rendered for, and what differs between them.

use std::{fmt, str::FromStr};

use askama::Template;

use crate::view::{DriverView, FolderView};
use crate::{markdown, text};

/// A kernel release whose Rust interfaces a driver is rendered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kernel {
    /// Linux 7.2.
    V7_2,
    /// Linux 7.3.
    #[default]
    V7_3,
}

impl Kernel {
    /// Every release, the oldest first.
    pub const ALL: &[Self] = &[Self::V7_2, Self::V7_3];
}

impl fmt::Display for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V7_2 => "7.2",
            Self::V7_3 => "7.3",
        })
    }
}

impl FromStr for Kernel {
    type Err = UnknownKernel;

    fn from_str(release: &str) -> Result<Self, UnknownKernel> {
        let known = |kernel: &&Self| kernel.to_string() == release;

        Self::ALL
            .iter()
            .find(known)
            .copied()
            .ok_or_else(|| UnknownKernel(release.into()))
    }
}

/// The languages that a driver is rendered in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Languages {
    /// Both, of which its makefile chooses by the kernel.
    #[default]
    Both,
    /// Only Rust.
    Rust,
    /// Only C.
    C,
}

impl Languages {
    /// Whether Rust is one of them.
    #[must_use]
    pub fn rust(self) -> bool {
        self != Self::C
    }

    /// Whether C is one of them.
    #[must_use]
    pub fn c(self) -> bool {
        self != Self::Rust
    }
}

/// What a driver is rendered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The release whose Rust interfaces the Rust driver is for.
    pub kernel: Kernel,
    /// The languages.
    pub languages: Languages,
}

impl From<Kernel> for Target {
    fn from(kernel: Kernel) -> Self {
        Target {
            kernel,
            ..Target::default()
        }
    }
}

/// A kernel release that no driver can be rendered for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKernel(String);

impl fmt::Display for UnknownKernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Kernel::ALL.iter().map(ToString::to_string).collect();

        write!(
            f,
            "no driver for kernel `{}`, only for {}",
            self.0,
            known.join(", ")
        )
    }
}

impl std::error::Error for UnknownKernel {}

/// What a type of the core has of the lifetime of a device's binding, which the registration of a
/// handler has as a parameter since Linux 7.3.
struct Bound {
    /// The parameter.
    bound: &'static str,
    /// The same, before another.
    bound_argument: &'static str,
    /// The same, in a reference.
    bound_reference: &'static str,
}

impl Bound {
    fn of(kernel: Kernel) -> Self {
        if kernel < Kernel::V7_3 {
            return Bound {
                bound: "",
                bound_argument: "",
                bound_reference: "",
            };
        }
        Bound {
            bound: "<'bound>",
            bound_argument: "'bound, ",
            bound_reference: "'bound ",
        }
    }
}

/// The files of the core: the same for all drivers of a release.
pub(crate) fn render_core(kernel: Kernel) -> Vec<(&'static str, askama::Result<String>)> {
    let Bound {
        bound,
        bound_argument,
        bound_reference,
    } = Bound::of(kernel);
    let mut files = vec![
        ("rust/core/file.rs", core::File { kernel }.render()),
        ("rust/core/helper.c", core::HelperC { kernel }.render()),
        ("rust/core/helper.h", core::HelperH { kernel }.render()),
        ("rust/core/helper.rs", core::Helper { kernel }.render()),
        ("rust/core/info.rs", core::Info.render()),
        ("rust/core/instance.rs", core::Instance.render()),
        (
            "rust/core/interrupt.rs",
            core::Interrupt {
                kernel,
                bound,
                bound_argument,
                bound_reference,
            }
            .render(),
        ),
        ("rust/core/io.rs", core::Io.render()),
        ("rust/core/line.rs", core::Line.render()),
        ("rust/core/mapping.rs", core::Mapping.render()),
        ("rust/core/mod.rs", core::Mod { kernel }.render()),
        ("rust/core/node.rs", core::Node.render()),
        ("rust/core/pages.rs", core::Pages.render()),
        (
            "rust/core/probe.rs",
            core::Probe {
                bound,
                bound_reference,
            }
            .render(),
        ),
        ("rust/core/shown.rs", core::Shown.render()),
        ("rust/core/table.rs", core::Table.render()),
    ];
    if kernel == Kernel::V7_2 {
        files.push(("rust/core/lock.rs", core::Lock.render()));
    }
    files
}

/// The interface of the nodes, for both languages and for programs.
pub(crate) fn render_header() -> (&'static str, askama::Result<String>) {
    ("regloom.h", core::Header.render())
}

/// The crate root of a module.
pub(crate) fn render_main(folder: &FolderView) -> askama::Result<String> {
    let leaves: Vec<_> = folder
        .drivers
        .iter()
        .map(|view| leaf(folder, view))
        .collect();
    let mut sorted: Vec<_> = leaves.iter().map(|leaf| leaf.ident.as_str()).collect();
    sorted.sort_unstable();
    Main {
        sorted,
        tool: &folder.tool,
        device: &folder.device,
        module: &folder.module,
        class: folder.class(),
        summary: folder.summary(),
        version: folder
            .version
            .as_deref()
            .map(|it| text::modinfo("map_version", it)),
        leaves: &leaves,
        core: CORE,
    }
    .render()
}

/// The driver of a block, by its index in the module.
pub(crate) fn render_leaf(
    kernel: Kernel,
    tool: &str,
    index: usize,
    view: &DriverView,
) -> askama::Result<String> {
    LeafTemplate {
        kernel,
        tool,
        view,
        index,
        imports: view.types(),
        bound: Bound::of(kernel).bound,
        core: CORE,
    }
    .render()
}

/// What the core is called in the crate of a module.
const CORE: &str = "regloom";

/// The file of a block's driver in `rust/`, without the ending.
pub(crate) fn leaf(folder: &FolderView, view: &DriverView) -> Leaf {
    let mut name = view.file.clone();
    let root = root(folder);
    let others = |name: &str| folder.drivers.iter().any(|it| it.file == name);
    while name == root || TAKEN.contains(&name.as_str()) {
        name.push_str("_block");
        if others(&name) {
            name.push('_');
        }
    }
    Leaf {
        ident: name,
        driver: view.name.clone(),
    }
}

/// The file of the crate root in `rust/`, without the ending.
pub(crate) fn root(folder: &FolderView) -> String {
    format!("{}_main", folder.module)
}

/// Names that mean something else in the crate root: crates that every module uses, the core, and the
/// keywords of Rust.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "bindings",
    "box",
    "break",
    "build_error",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "driver",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "ffi",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "kernel",
    "let",
    "loop",
    "macro",
    "macros",
    "main",
    "match",
    "mod",
    "module",
    "move",
    "mut",
    "override",
    "pin_init",
    "platform",
    "priv",
    "pub",
    "ref",
    "regloom",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "uapi",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "zerocopy",
];

/// A driver as the crate root names it.
pub(crate) struct Leaf {
    /// The module of the crate, and its file.
    pub(crate) ident: String,
    /// The driver's name.
    driver: String,
}

#[derive(Template)]
#[template(path = "main.rs.j2", escape = "none")]
struct Main<'a> {
    /// The modules in the order of their names.
    sorted: Vec<&'a str>,
    tool: &'a str,
    device: &'a str,
    module: &'a str,
    class: String,
    summary: String,
    version: Option<text::Entry>,
    leaves: &'a [Leaf],
    core: &'static str,
}

#[derive(Template)]
#[template(path = "leaf.rs.j2", escape = "none")]
struct LeafTemplate<'a> {
    kernel: Kernel,
    tool: &'a str,
    view: &'a DriverView,
    index: usize,
    imports: Vec<&'static str>,
    bound: &'static str,
    core: &'static str,
}

/// The templates of the core. Where releases differ, they ask for the kernel.
mod core {
    use askama::Template;

    use super::Kernel;

    macro_rules! templates {
        ($($name:ident: $path:literal { $($field:ident: $type:ty),* };)*) => {$(
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            pub(super) struct $name {
                $(pub(super) $field: $type,)*
            }
        )*};
    }

    templates! {
        File: "core/file.rs.j2" { kernel: Kernel };
        HelperC: "core/helper.c.j2" { kernel: Kernel };
        HelperH: "core/helper.h.j2" { kernel: Kernel };
        Helper: "core/helper.rs.j2" { kernel: Kernel };
        Interrupt: "core/interrupt.rs.j2" {
            kernel: Kernel,
            bound: &'static str,
            bound_argument: &'static str,
            bound_reference: &'static str
        };
        Mod: "core/mod.rs.j2" { kernel: Kernel };
        Probe: "core/probe.rs.j2" { bound: &'static str, bound_reference: &'static str };
    }

    macro_rules! texts {
        ($($name:ident: $path:literal;)*) => {$(
            #[derive(Template)]
            #[template(path = $path, escape = "none")]
            pub(super) struct $name;
        )*};
    }

    texts! {
        Header: "core/regloom.h.j2";
        Info: "core/info.rs.j2";
        Instance: "core/instance.rs.j2";
        Io: "core/io.rs.j2";
        Line: "core/line.rs.j2";
        Lock: "core/lock.rs.j2";
        Mapping: "core/mapping.rs.j2";
        Node: "core/node.rs.j2";
        Pages: "core/pages.rs.j2";
        Shown: "core/shown.rs.j2";
        Table: "core/table.rs.j2";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_release_is_read_as_it_is_written() {
        for kernel in Kernel::ALL {
            assert_eq!(kernel.to_string().parse(), Ok(*kernel));
        }
    }

    #[test]
    fn an_unknown_release_is_answered_with_the_known() {
        let error = "6.1".parse::<Kernel>().unwrap_err();

        assert_eq!(
            error.to_string(),
            "no driver for kernel `6.1`, only for 7.2, 7.3"
        );
    }
}
