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
//! let folder = render_folder(Kernel::V7_3, "fpga-mem", None, &[view])?;
//! assert_eq!(folder[0].path, "Kbuild");
//! assert!(folder[0].text.contains("+= fpga_mem.o"));
//! # Ok::<(), regloom_driver_template::Error>(())
//! ```

mod api;
pub mod markdown;
mod text;
mod view;

pub use api::{
    Kernel, RESERVED_FIELD_NAMES, RESERVED_FIELD_PREFIXES, RESERVED_REGISTER_NAMES, UnknownKernel,
};
pub use view::{
    ArrayView, DriverView, EnableView, FieldView, IdentityView, InterruptView, ReadView,
    RegisterView, SilenceView, StatusView, WindowView, node_stem,
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

/// Renders the files that belong to a folder of drivers, over what its drivers were rendered
/// from. The folder is that of `device`, whose map has the version, if it has one.
///
/// # Errors
///
/// See [`Error`].
pub fn render_folder(
    kernel: Kernel,
    device: &str,
    version: Option<&str>,
    views: &[DriverView],
) -> Result<Vec<RenderedFile>, Error> {
    let dkms = DkmsTemplate {
        device,
        // dkms asks for one.
        version: version.unwrap_or("0"),
        release: &kernel.to_string().replace('.', "\\."),
        views,
    };
    Ok(vec![
        file("Kbuild".into(), KbuildTemplate { views }.render())?,
        file("Kconfig".into(), KconfigTemplate { kernel, views }.render())?,
        file("Makefile".into(), MakefileTemplate.render())?,
        file("dkms.conf".into(), dkms.render())?,
        file(
            format!("99-{device}.rules"),
            UdevTemplate { views }.render(),
        )?,
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
    views: &'a [DriverView],
}

#[derive(Template)]
#[template(path = "common/Kconfig.j2", escape = "none")]
struct KconfigTemplate<'a> {
    kernel: Kernel,
    views: &'a [DriverView],
}

#[derive(Template)]
#[template(path = "common/dkms.conf.j2", escape = "none")]
struct DkmsTemplate<'a> {
    device: &'a str,
    version: &'a str,
    release: &'a str,
    views: &'a [DriverView],
}

#[derive(Template)]
#[template(path = "common/udev.rules.j2", escape = "none")]
struct UdevTemplate<'a> {
    views: &'a [DriverView],
}

#[derive(Template)]
#[template(path = "common/Makefile.j2", escape = "none")]
struct MakefileTemplate;
