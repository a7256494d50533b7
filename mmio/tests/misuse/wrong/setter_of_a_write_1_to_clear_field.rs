// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

use every_access::IrqStat;

fn main() {
    let _ = IrqStat::default().with_done(true);
}
