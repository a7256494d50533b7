// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates the accessor of the block.

fn main() -> regloom_codegen::Result {
    regloom_codegen::Config::new("../kernel/devices/wide-block.yaml").generate()
}
