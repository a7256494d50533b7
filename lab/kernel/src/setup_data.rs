// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device tree for a PC's kernel, as a boot loader hands it over: in a list of
//! `setup_data` that the kernel's header points to (the x86 boot protocol, 2.09 and
//! later; `Documentation/arch/x86/boot.rst`). QEMU's own `-dtb` points beside the
//! tree in some of its releases, 10.0 among them.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// `HdrS`, and where the header has it.
const MAGIC: (usize, [u8; 4]) = (0x202, *b"HdrS");
/// The protocol's version, of two bytes.
const VERSION: usize = 0x206;
/// The first version that has a list of `setup_data`.
const WITH_SETUP_DATA: u16 = 0x209;
/// The list's first element, an address of eight bytes.
const SETUP_DATA: usize = 0x250;
/// `SETUP_DTB`: the element is a device tree.
const DEVICE_TREE: u32 = 2;

/// Where the tree is: far above the kernel, and below the initial file system, which QEMU puts at
/// the end of memory.
const ADDRESS: u64 = 0x3000_0000;

/// QEMU's arguments for the kernel of this image to find this tree. The files that they name
/// are written into the folder.
pub(super) fn arguments(image: &Path, tree: &Path, folder: &Path) -> Result<Vec<OsString>> {
    let read = |path: &Path| fs::read(path).with_context(|| path.display().to_string());
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    let pointing = folder.join("image");
    write(&pointing, &pointing_to(ADDRESS, read(image)?)?)?;
    let element = folder.join("setup-data");
    write(&element, &element_of(&read(tree)?)?)?;
    let mut loader = OsString::from(format!("loader,addr={ADDRESS:#x},force-raw=on,file="));
    loader.push(&element);
    Ok(vec![
        "-kernel".into(),
        pointing.into(),
        "-device".into(),
        loader,
    ])
}

/// The image of a kernel that finds its `setup_data` at that address.
fn pointing_to(address: u64, mut image: Vec<u8>) -> Result<Vec<u8>> {
    let (at, magic) = MAGIC;
    ensure!(
        image.get(at..at + magic.len()) == Some(&magic),
        "not the image of an x86 kernel"
    );
    let version = image.get(VERSION..VERSION + 2);
    ensure!(
        version.is_some_and(|it| u16::from_le_bytes([it[0], it[1]]) >= WITH_SETUP_DATA),
        "a kernel that knows no setup_data"
    );
    image
        .get_mut(SETUP_DATA..SETUP_DATA + 8)
        .context("an image that ends in its header")?
        .copy_from_slice(&address.to_le_bytes());
    Ok(image)
}

/// The list's only element.
fn element_of(tree: &[u8]) -> Result<Vec<u8>> {
    let no_next = 0_u64.to_le_bytes();
    let length = u32::try_from(tree.len())?.to_le_bytes();
    Ok([&no_next[..], &DEVICE_TREE.to_le_bytes(), &length, tree].concat())
}
