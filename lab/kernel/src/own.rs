// SPDX-License-Identifier: MIT OR Apache-2.0

//! Kernel modules of the lab's own, which tests load beside the driver.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use lab_support::{folders, workspace};

use super::linux::Linux;
use super::module;

/// A module of one file.
#[derive(Debug)]
pub(crate) struct Own {
    /// What the kernel calls it.
    pub(crate) name: &'static str,
    /// The language, by which its file's name ends.
    language: &'static str,
    text: &'static str,
}

/// Applies overlays, which the kernel has no way of its own for.
pub(crate) const OVERLAY: Own = Own {
    name: "overlay",
    language: "c",
    text: include_str!("own/overlay.c"),
};

/// Reports the page tables' attributes of a page.
pub(crate) const PAGE_KIND: Own = Own {
    name: "page_kind",
    language: "c",
    text: include_str!("own/page_kind.c"),
};

/// Claims a block as the kernel's own Rust does it.
pub(crate) const EXCLUSIVE: Own = Own {
    name: "exclusive",
    language: "rs",
    text: include_str!("own/exclusive.rs"),
};

/// The driver that is written by hand today, to be measured beside the generated one.
pub(crate) const REMAP: Own = Own {
    name: "remap",
    language: "c",
    text: include_str!("own/remap.c"),
};

impl Own {
    /// Builds it, and returns its path.
    pub(crate) fn build(&self, linux: &Linux) -> Result<PathBuf> {
        let Own {
            name,
            language,
            text,
        } = self;
        let folder = workspace::lab_target()
            .join("own-modules")
            .join(linux.folder_name())
            .join(name);
        folders::create_empty(&folder)?;
        fs::write(folder.join(format!("{name}.{language}")), text)?;
        fs::write(folder.join("Kbuild"), format!("obj-m += {name}.o\n"))?;
        module::make_without_warning(name, &folder, linux)?;
        Ok(folder.join(format!("{name}.ko")))
    }
}
