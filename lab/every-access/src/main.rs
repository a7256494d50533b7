// SPDX-License-Identifier: MIT OR Apache-2.0

//! See the library.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    every_access_demo::run(node.as_deref().unwrap_or("/dev/every-access0"))
}
