// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generates the accessors of the lab's own devices that programs try.

const DEVICES: [&str; 9] = [
    "exclusive-reset",
    "many-windows",
    "odd-base",
    "shared-reset",
    "two-bytes",
    "wide-block",
    "zynq-spi",
    "zynq-spi-level",
    "zynq-ttc",
];

fn main() -> regloom_codegen::Result {
    DEVICES
        .iter()
        .try_for_each(|device| regloom_codegen::Config::new(format!("{device}.yaml")).generate())
}
