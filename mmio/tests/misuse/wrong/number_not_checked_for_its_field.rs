// SPDX-License-Identifier: MIT OR Apache-2.0

#[allow(dead_code, unused_attributes)]
#[path = "../../every_access/lib.rs"]
mod every_access;

fn main() {
    let _ = every_access::Mixed::default().with_mode(3_u8);
}
