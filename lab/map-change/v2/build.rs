// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates the accessor for the pump's second bitstream.

fn main() -> regloom_codegen::Result {
    regloom_codegen::Config::new("pump-ctrl.yaml").generate()
}
