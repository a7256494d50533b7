// SPDX-License-Identifier: MIT OR Apache-2.0

//! Renders the Rust-for-Linux drivers that regloom generates.
//!
//! The crate turns a [`DriverView`], which holds finished names and numbers, into the text of a
//! driver, and knows nothing of register descriptions. What a driver looks like is in
//! `templates/`: `common` for every kernel, one folder a [`Kernel`] for what that release needs.
//!
//! ```
//! use regloom_driver_template::{DriverView, Kernel, RegisterView, render, render_folder};
//!
//! let view = DriverView {
//!     module: "fpga_mem".into(),
//!     name: "fpga-mem".into(),
//!     compatibles: vec!["mycompany,fpga-mem".into()],
//!     size: 0x1000,
//!     tool: "regloom 0.1.0".into(),
//!     registers: vec![RegisterView {
//!         name: "DATA".into(),
//!         offset: 0,
//!         width: 32,
//!         ..RegisterView::default()
//!     }],
//!     ..DriverView::default()
//! };
//! let driver = render(Kernel::V7_3, &view)?;
//! assert_eq!(driver[0].path, "fpga_mem.rs");
//! assert!(driver[0].text.contains("pub(super) DATA(u32) @ 0x0 {}"));
//!
//! let folder = render_folder(&["fpga_mem"])?;
//! assert_eq!(folder[0].path, "Kbuild");
//! assert_eq!(folder[1].path, "Makefile");
//! # Ok::<(), regloom_driver_template::Error>(())
//! ```

mod api;
mod text;
mod view;

pub use api::{Kernel, RESERVED_FIELD_NAMES, RESERVED_FIELD_PREFIXES, UnknownKernel};
pub use view::{ArrayView, DriverView, FieldView, IdentityView, RegisterView};

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

/// Renders the files that belong to one driver, for a kernel release.
///
/// # Errors
///
/// See [`Error`].
pub fn render(kernel: Kernel, view: &DriverView) -> Result<Vec<RenderedFile>, Error> {
    let driver = file(
        format!("{}.rs", view.module),
        api::render_driver(kernel, view),
    )?;
    Ok(vec![driver])
}

/// Renders the files that belong to a folder of drivers, over the names of their modules.
///
/// # Errors
///
/// See [`Error`].
pub fn render_folder(modules: &[&str]) -> Result<Vec<RenderedFile>, Error> {
    Ok(vec![
        file("Kbuild".into(), KbuildTemplate { modules }.render())?,
        file("Makefile".into(), MakefileTemplate.render())?,
    ])
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
    modules: &'a [&'a str],
}

#[derive(Template)]
#[template(path = "common/Makefile.j2", escape = "none")]
struct MakefileTemplate;
