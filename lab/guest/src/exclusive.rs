// SPDX-License-Identifier: MIT OR Apache-2.0

//! How the kernel's own Rust claims a block, and why the driver does not use it.

use std::path::Path;

use crate::driver;
use crate::iomem;
use crate::report::{Checked, Context, Report};

/// The module that claims the block so, in the machine's root; where there is none,
/// nothing is tried.
const MODULE: &str = "/exclusive.ko";

/// Shows that there is still a reason to go around it.
pub(crate) fn test_kernel_claim(iomem_before: &str, report: &mut Report) {
    if !Path::new(MODULE).exists() {
        return;
    }
    report.check(
        "the kernel's exclusive mapping claims no region (once it does, `claim` can be removed)",
        || claims_no_region(iomem_before),
    );
}

fn claims_no_region(iomem_before: &str) -> Checked {
    driver::load_module(MODULE, c"")?;
    let claimed = iomem::read()?;
    driver::remove_module("exclusive").context("rmmod")?;
    if claimed == iomem_before {
        return Ok(());
    }
    Err(format!("it does:\n{claimed}"))
}
