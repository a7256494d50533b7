// SPDX-License-Identifier: MIT OR Apache-2.0

//! Makes the accessor of the pump as its second bitstream has it.

fn main() -> regloom_codegen::Result {
    regloom_codegen::Config::new("pump-ctrl.yaml").generate()
}
