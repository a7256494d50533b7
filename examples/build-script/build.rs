// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates the accessor of the fan controller, for `include_map!` in the program.

fn main() -> regloom_codegen::Result {
    regloom_codegen::Config::new("fpga/fan-ctrl.yaml").generate()
}
