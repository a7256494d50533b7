// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

use every_access::Limits;
use regloom_mmio::Bounded;

fn main() {
    let _ = Limits::default().with_byte(Bounded::of::<0>());
}
