// SPDX-License-Identifier: MIT OR Apache-2.0

//! Renders the kernel drivers that regloom generates, in Rust and in C.
//!
//! The crate turns a [`FolderView`], which holds finished names and numbers, into the text of a
//! driver, and knows nothing of register descriptions. What a driver looks like is in
//! `templates/`: `core` is the same for all drivers of a kernel release, `leaf.rs` is the driver of one
//! block, and `main.rs` the module. `c` has the same in C, for all kernel releases.
//!
//! ```
//! use regloom_driver_template::{DriverView, FolderView, Kernel, RegisterView, render};
//!
//! let view = DriverView {
//!     file: "fpga_mem".into(),
//!     name: "fpga-mem".into(),
//!     compatibles: vec!["mycompany,fpga-mem".into()],
//!     size: 0x1000,
//!     registers: vec![RegisterView {
//!         name: "DATA".into(),
//!         offset: 0,
//!         width: 32,
//!         ..RegisterView::default()
//!     }],
//!     ..DriverView::default()
//! };
//! let folder = FolderView {
//!     module: "fpga_mem".into(),
//!     device: "fpga-mem".into(),
//!     tool: "regloom 0.1.0".into(),
//!     drivers: vec![view],
//!     ..FolderView::default()
//! };
//! let files = render(Kernel::V7_3, &folder)?;
//! let leaf = files.iter().find(|file| file.path == "rust/fpga_mem.rs").unwrap();
//! assert!(leaf.text.contains("name: \"DATA\""));
//! # Ok::<(), regloom_driver_template::Error>(())
//! ```

mod api;
mod c;
pub mod markdown;
mod rust;
mod text;
mod view;

pub use api::{Kernel, Languages, Target, UnknownKernel};
pub use view::{
    AcknowledgeView, ArrayView, BitsView, DriverView, EnableView, FieldView, FolderView,
    IdentityView, InterruptView, MoveView, PartView, PortView, RegisterView, ResetView,
    SilenceView, SourceView, WindowView, node_stem,
};

use askama::Template;

/// A file of the driver folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedFile {
    /// Path from the driver folder, with `/` between its parts.
    pub path: String,
    /// All of the file.
    pub text: String,
}

/// A template that could not be rendered.
///
/// The templates are checked when this crate is compiled and only print what a view holds, so
/// nothing in a view can cause this.
#[derive(Debug)]
pub struct Error {
    path: String,
    cause: askama::Error,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the template of {} cannot be rendered", self.path)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.cause)
    }
}

/// Renders the folder of a module, for a kernel release, in both languages or in one.
///
/// # Errors
///
/// See [`Error`].
pub fn render(target: impl Into<Target>, folder: &FolderView) -> Result<Vec<RenderedFile>, Error> {
    let Target { kernel, languages } = target.into();
    let mut texts = common(kernel, languages, folder);
    if languages.rust() {
        texts.extend(rust_files(kernel, folder));
    }
    if languages.c() {
        texts.extend(c_files(folder));
    }
    let files = texts.into_iter().map(|(path, text)| file(path, text));
    files.collect()
}

/// A file's path, and what its template became.
type Text = (String, askama::Result<String>);

/// What builds and installs the drivers, and their interface.
fn common(kernel: Kernel, languages: Languages, folder: &FolderView) -> Vec<Text> {
    let dkms = DkmsTemplate {
        folder,
        // dkms asks for one.
        version: folder.version.as_deref().unwrap_or("0"),
        languages,
        release: &kernel.to_string().replace('.', "\\."),
    };
    let makefile = MakefileTemplate {
        folder,
        languages,
        release: kernel.to_string(),
    };
    let rules = UdevTemplate {
        folder,
        class: folder.class(),
    };
    let kbuild = KbuildTemplate {
        folder,
        languages,
        leaves: leaves(folder),
    };
    let (header, text) = api::render_header();
    vec![
        ("Kbuild".into(), kbuild.render()),
        (
            "Kconfig".into(),
            KconfigTemplate { folder, languages }.render(),
        ),
        ("Makefile".into(), makefile.render()),
        ("dkms.conf".into(), dkms.render()),
        (format!("99-{}.rules", folder.device), rules.render()),
        (header.to_owned(), text),
    ]
}

fn rust_files(kernel: Kernel, folder: &FolderView) -> Vec<Text> {
    let mut texts = vec![(
        format!("rust/{}.rs", api::root(folder)),
        api::render_main(folder),
    )];
    for (index, view) in folder.drivers.iter().enumerate() {
        texts.push((
            format!("rust/{}.rs", api::leaf(folder, view).ident),
            api::render_leaf(kernel, &folder.tool, index, view),
        ));
    }
    let core = api::render_core(kernel).into_iter();
    texts.extend(core.map(|(path, text)| (path.to_owned(), text)));
    texts
}

fn c_files(folder: &FolderView) -> Vec<Text> {
    let mut texts = Vec::from(c::render_main(folder));
    for ((index, view), leaf) in folder.drivers.iter().enumerate().zip(leaves(folder)) {
        texts.push((format!("c/{leaf}.c"), c::render_leaf(folder, index, view)));
    }
    let core = c::render_core().into_iter();
    texts.extend(core.map(|(path, text)| (path.to_owned(), text)));
    texts
}

/// The files of the blocks' drivers, without the ending.
fn leaves(folder: &FolderView) -> Vec<String> {
    let drivers = folder.drivers.iter();
    drivers.map(|view| api::leaf(folder, view).ident).collect()
}

fn file(path: String, text: askama::Result<String>) -> Result<RenderedFile, Error> {
    match text {
        // A template ends without the newline of its last line.
        Ok(text) => Ok(RenderedFile {
            path,
            text: text + "\n",
        }),
        Err(cause) => Err(Error { path, cause }),
    }
}

#[derive(Template)]
#[template(path = "common/Kbuild.j2", escape = "none")]
struct KbuildTemplate<'a> {
    folder: &'a FolderView,
    languages: Languages,
    leaves: Vec<String>,
}

#[derive(Template)]
#[template(path = "common/Kconfig.j2", escape = "none")]
struct KconfigTemplate<'a> {
    folder: &'a FolderView,
    languages: Languages,
}

#[derive(Template)]
#[template(path = "common/dkms.conf.j2", escape = "none")]
struct DkmsTemplate<'a> {
    folder: &'a FolderView,
    version: &'a str,
    languages: Languages,
    release: &'a str,
}

#[derive(Template)]
#[template(path = "common/udev.rules.j2", escape = "none")]
struct UdevTemplate<'a> {
    folder: &'a FolderView,
    class: String,
}

#[derive(Template)]
#[template(path = "common/Makefile.j2", escape = "none")]
struct MakefileTemplate<'a> {
    folder: &'a FolderView,
    languages: Languages,
    release: String,
}
