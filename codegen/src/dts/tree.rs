// SPDX-License-Identifier: MIT OR Apache-2.0

//! A device-tree node that prints itself, in the style of the kernel's
//! `Documentation/devicetree/bindings/dts-coding-style.rst`.

use std::fmt::{self, Write as _};

/// A node and what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Node {
    /// Label, if anything refers to it.
    pub(super) label: Option<String>,
    /// Name without the unit address; `/` for the root.
    pub(super) name: String,
    /// Unit address: that of the first `reg`.
    pub(super) unit: Option<Unit>,
    /// Properties in the order to print.
    pub(super) properties: Vec<Property>,
    /// Nodes in the order to print.
    pub(super) children: Vec<Node>,
}

/// A unit address; those of one bus are of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    /// An address of the bus.
    Address(u64),
    /// A chip select, and an offset.
    Select(u64, u64),
}

/// A property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) value: Value,
}

/// A property's value (Devicetree Specification v0.4, §6.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// No value.
    Flag,
    /// Decimal cells, as for counts.
    Cells(Vec<u32>),
    /// Hexadecimal cells, as for addresses.
    Addresses(Vec<u32>),
    /// Strings.
    Strings(Vec<String>),
    /// Cells written out by the author, each group its own: `&clkc 71`.
    Specifiers(Vec<String>),
}

impl Property {
    pub(super) fn new(name: impl Into<String>, value: Value) -> Self {
        Property {
            name: name.into(),
            value,
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.print(f, 0)
    }
}

impl Node {
    fn print(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        indent(f, depth)?;
        if let Some(label) = &self.label {
            write!(f, "{label}: ")?;
        }
        f.write_str(&self.name)?;
        match self.unit {
            Some(Unit::Address(address)) => write!(f, "@{address:x}")?,
            Some(Unit::Select(number, offset)) => write!(f, "@{number:x},{offset:x}")?,
            None => {}
        }
        f.write_str(" {\n")?;
        for property in &self.properties {
            indent(f, depth + 1)?;
            writeln!(f, "{};", property.lines(depth + 1))?;
        }
        for (index, child) in self.children.iter().enumerate() {
            if index > 0 || !self.properties.is_empty() {
                f.write_char('\n')?;
            }
            child.print(f, depth + 1)?;
        }
        indent(f, depth)?;
        f.write_str("};\n")
    }
}

fn indent(f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
    (0..depth).try_for_each(|_| f.write_char('\t'))
}

/// Columns that a line may have; a tab takes [`TAB`] of them.
const COLUMNS: usize = 100;
const TAB: usize = 8;

impl Property {
    /// The property on one line, or with a line for each element where that is too long.
    fn lines(&self, depth: usize) -> String {
        let line = self.separated(", ");
        match TAB * depth + line.len() < COLUMNS {
            true => line,
            false => self.separated(&format!(",\n{}", "\t".repeat(depth + 1))),
        }
    }

    fn separated(&self, separator: &str) -> String {
        let value = match &self.value {
            Value::Flag => return self.name.clone(),
            Value::Cells(cells) => format!("<{}>", joined(cells, " ", u32::to_string)),
            Value::Addresses(cells) => {
                format!("<{}>", joined(cells, " ", |cell| format!("{cell:#x}")))
            }
            Value::Strings(strings) => joined(strings, separator, |it| quoted(it)),
            Value::Specifiers(groups) => joined(groups, separator, |group| format!("<{group}>")),
        };
        format!("{} = {value}", self.name)
    }
}

fn joined<T>(items: &[T], separator: &str, print: impl Fn(&T) -> String) -> String {
    items.iter().map(print).collect::<Vec<_>>().join(separator)
}

/// A string with what would end or change it escaped; bytes beyond ASCII as
/// `dtc` writes them.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..=b'~' => quoted.push(char::from(byte)),
            other => quoted.push_str(&format!("\\x{other:02x}")),
        }
    }
    quoted.push('"');
    quoted
}

/// A number as one or two cells, most significant first.
pub(super) fn cells(value: u64, count: u32) -> Vec<u32> {
    let [a, b, c, d, low @ ..] = value.to_be_bytes();
    let high = u32::from_be_bytes([a, b, c, d]);
    let low = u32::from_be_bytes(low);
    if count == 1 {
        vec![low]
    } else {
        vec![high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_one_for_each_element() {
        let names = |count: usize| {
            let names = (0..count).map(|it| format!("interrupt{it}"));
            Property::new("interrupt-names", Value::Strings(names.collect()))
        };
        assert_eq!(
            names(2).lines(1),
            "interrupt-names = \"interrupt0\", \"interrupt1\""
        );
        let lines = names(8).lines(1);
        assert_eq!(lines.lines().count(), 8);
        assert!(lines.starts_with("interrupt-names = \"interrupt0\",\n\t\t\"interrupt1\","));
    }

    #[test]
    fn a_node_looks_as_people_write_it() {
        let node = Node {
            label: Some("adc0".into()),
            name: "adc".into(),
            unit: Some(Unit::Address(0xa000_0000)),
            properties: vec![
                Property::new(
                    "compatible",
                    Value::Strings(vec!["a,b".into(), "c\"d".into()]),
                ),
                Property::new("reg", Value::Addresses(vec![0xa000_0000, 0x1000])),
                Property::new("acme,channels", Value::Cells(vec![4])),
                Property::new("acme,fast", Value::Flag),
                Property::new("clocks", Value::Specifiers(vec!["&clkc 71".into()])),
            ],
            children: vec![Node {
                name: "child".into(),
                ..Node::default()
            }],
        };
        let expected = "\
adc0: adc@a0000000 {
\tcompatible = \"a,b\", \"c\\\"d\";
\treg = <0xa0000000 0x1000>;
\tacme,channels = <4>;
\tacme,fast;
\tclocks = <&clkc 71>;

\tchild {
\t};
};
";
        assert_eq!(node.to_string(), expected);
    }

    #[test]
    fn a_wide_address_takes_two_cells() {
        assert_eq!(cells(0x1_0000_0002, 2), [1, 2]);
        assert_eq!(cells(0x4000_0000, 1), [0x4000_0000]);
    }
}
