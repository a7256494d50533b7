// SPDX-License-Identifier: MIT OR Apache-2.0

//! Maps of as many registers as one likes.

use std::fmt::{self, Write as _};

/// How a synthetic map is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Shape {
    /// YAML, all registers in one mapping.
    Flat,
    /// YAML, in clusters of ten in clusters of ten.
    Nested,
    /// YAML, sixteen fields a register.
    Fields,
    /// CMSIS-SVD, one peripheral.
    Svd,
}

/// Bytes of a register.
const BYTES: u32 = 4;

impl Shape {
    pub(super) const ALL: [Shape; 4] = [Shape::Flat, Shape::Nested, Shape::Fields, Shape::Svd];

    /// Its name on the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Shape::Flat => "flat",
            Shape::Nested => "nested",
            Shape::Fields => "fields",
            Shape::Svd => "svd",
        }
    }

    /// How many registers a map of that size has: where they have many fields,
    /// as many fields as others have registers.
    pub(super) fn registers(self, size: u32) -> u32 {
        match self {
            Shape::Fields => size / 16,
            _ => size,
        }
    }

    /// The name of a file with such a map.
    pub(super) fn file(self) -> &'static str {
        match self {
            Shape::Svd => "large.svd",
            _ => "large.yaml",
        }
    }

    /// A map of that size.
    pub(super) fn text(self, size: u32) -> String {
        let registers = self.registers(size);
        match self {
            Shape::Flat => yaml(registers, |number, text| {
                let at = number * BYTES;
                let _ = writeln!(
                    text,
                    "  REG_{number}: {{at: {at:#x}, access: rw, reset: 1, fields: \
                     {{LOW: \"7:0\", HIGH: {{bits: \"31:8\", access: ro}}}}}}"
                );
            }),
            Shape::Nested => yaml(registers, nested),
            Shape::Fields => yaml(registers, |number, text| {
                let _ = writeln!(text, "  REG_{number}:\n    fields:");
                for bit in 0..16 {
                    let _ = writeln!(text, "      FIELD_{bit}: {bit}");
                }
            }),
            Shape::Svd => svd(registers),
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Shape::Flat => "YAML, one mapping, two fields a register",
            Shape::Nested => "YAML, clusters of ten in clusters of ten",
            Shape::Fields => "YAML, sixteen fields a register",
            Shape::Svd => "SVD, one peripheral, one field a register",
        })
    }
}

fn yaml(registers: u32, mut write: impl FnMut(u32, &mut String)) -> String {
    let size = registers * BYTES;
    let mut text = format!("schema: 1\nname: large\nvendor: acme\nsize: {size:#x}\nregisters:\n");
    for number in 0..registers {
        write(number, &mut text);
    }
    text
}

fn nested(number: u32, text: &mut String) {
    if number.is_multiple_of(100) {
        let (outer, at) = (number / 100, number * BYTES);
        let _ = writeln!(text, "  OUTER_{outer}:\n    at: {at:#x}\n    registers:");
    }
    if number.is_multiple_of(10) {
        let (inner, at) = (number / 10 % 10, number % 100 * BYTES);
        let _ = writeln!(
            text,
            "      INNER_{inner}:\n        at: {at:#x}\n        registers:"
        );
    }
    let (register, at) = (number % 10, number % 10 * BYTES);
    let _ = writeln!(
        text,
        "          REG_{register}: {{at: {at:#x}, access: rw}}"
    );
}

fn svd(registers: u32) -> String {
    let size = registers * BYTES;
    let mut text = format!(
        "<device><name>LARGE</name><addressUnitBits>8</addressUnitBits><width>32</width>\
         <peripherals><peripheral><name>ALL</name><baseAddress>0x1000</baseAddress>\
         <addressBlock><offset>0</offset><size>{size:#x}</size><usage>registers</usage>\
         </addressBlock><registers>\n"
    );
    for number in 0..registers {
        let at = number * BYTES;
        let _ = writeln!(
            text,
            "<register><name>REG_{number}</name><addressOffset>{at:#x}</addressOffset>\
             <access>read-write</access><fields><field><name>LOW</name>\
             <bitRange>[7:0]</bitRange></field></fields></register>"
        );
    }
    text.push_str("</registers></peripheral></peripherals></device>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_a_map_of_that_size() {
        for shape in Shape::ALL {
            let map = regdesc::parse("map", shape.text(1600), &regdesc::Options::default())
                .unwrap_or_else(|failure| panic!("{shape}: {failure}"));
            let bytes = u64::from(shape.registers(1600) * BYTES);
            assert_eq!(map.blocks[0].size.value, bytes, "{shape}");
        }
    }
}
