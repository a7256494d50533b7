// SPDX-License-Identifier: MIT OR Apache-2.0

//! The device-tree binding: what a node of the block looks like, in the schema
//! language of dtschema, as `Documentation/devicetree/bindings` has them.

use askama::Template;
use regdesc::Spanned;
use regdesc::model::PropertyValue;

use super::nodes::{Cells, bound_by, children, simple_bus};
use super::tree::Node;
use crate::lowered::{Block, Lowered};
use crate::options::Drivers;
use crate::sources::TOOL;

#[derive(Template)]
#[template(path = "binding.yaml.j2", escape = "none")]
struct Binding {
    file: String,
    tool: &'static str,
    source: String,
    title: String,
    maintainers: Vec<String>,
    /// In lines.
    description: Vec<String>,
    compatibles: Vec<String>,
    interrupts: Vec<String>,
    clocks: Vec<String>,
    resets: Vec<String>,
    shares_pages: bool,
    properties: Vec<PropertyView>,
    /// The nodes have the map's hash.
    map_hash: bool,
    uio: bool,
    example: Vec<String>,
}

/// A property beyond those that every node has.
struct PropertyView {
    name: String,
    /// A type of types.yaml; none for a name whose type its end or dtschema itself
    /// gives.
    kind: Option<&'static str>,
}

/// The file's name and text.
pub(crate) fn render(
    lowered: &Lowered<'_>,
    block: &Block<'_>,
    drivers: Drivers,
) -> (String, String) {
    let file = file_of(&block.compatibles);
    let tree = block.device_tree;
    let description = block.description.or(lowered.description);
    let binding = Binding {
        tool: TOOL,
        source: lowered.source.clone(),
        title: title(lowered.name),
        maintainers: scalars(&tree.maintainers),
        description: description
            .map(filled)
            .filter(|lines| !lines.is_empty())
            .unwrap_or_else(|| vec![format!("The register block {}.", lowered.name)]),
        interrupts: scalars(block.interrupts.iter().map(|it| &it.described.name)),
        clocks: scalars(&tree.clocks),
        resets: scalars(tree.resets.iter().map(|reset| &reset.name)),
        shares_pages: !tree
            .properties
            .iter()
            .any(|(name, _)| name.value == SHARED_PAGES),
        properties: tree.properties.iter().map(property).collect(),
        map_hash: tree.map_hash,
        uio: drivers == Drivers::Uio,
        example: example(lowered, drivers),
        compatibles: bound_by(block, drivers)
            .iter()
            .map(|it| scalar(it))
            .collect(),
        file: file.clone(),
    };
    // The template prints what is there; rendering into a string cannot fail.
    (file, binding.render().unwrap_or_default())
}

/// The file of a block's binding; a chip's nodes have the kernel's.
pub(crate) fn file(lowered: &Lowered<'_>) -> Option<String> {
    let block = lowered.own_block()?;
    Some(file_of(&block.compatibles))
}

/// Called after the most general one, which the others are kinds of.
fn file_of(compatibles: &[String]) -> String {
    let general = compatibles.last().map_or("", String::as_str);
    format!("{}.yaml", general.replace('/', "-"))
}

/// Says that the page which the block shares with something else may be mapped.
const SHARED_PAGES: &str = "regloom,shared-pages";

/// A title that dtschema takes: it says neither what kind of file it is in.
fn title(name: &str) -> String {
    let is_taken = name.contains("binding") || name.starts_with("schema");
    match is_taken {
        true => "A register block".to_owned(),
        false => format!("Registers of {name}"),
    }
}

fn scalars<'n>(values: impl IntoIterator<Item = &'n Spanned<String>>) -> Vec<String> {
    values.into_iter().map(|value| scalar(value)).collect()
}

/// A string as YAML has it, in quotes where a reader of YAML 1.1 or 1.2 would
/// take it for something else, or where it does not end with its line.
fn scalar(text: &str) -> String {
    let yaml = serde_yaml::to_string(text).unwrap_or_default();
    let is_word_of_yaml = YAML_1_1.iter().any(|word| text.eq_ignore_ascii_case(word));
    if yaml.trim_end_matches('\n') == text && !is_word_of_yaml {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                quoted.push_str(&format!("\\U{:08x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// What YAML 1.1 takes for a boolean, and 1.2 does not.
const YAML_1_1: &[&str] = &["y", "n", "yes", "no", "on", "off"];

/// A text in lines as long as bindings have them, 80 columns with its indentation;
/// none where it has no words.
fn filled(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // Controls are in no text of YAML.
    let text = text.replace(|c: char| c.is_control() || c == '\u{feff}', " ");
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 78 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn property((name, value): &(Spanned<String>, PropertyValue)) -> PropertyView {
    let is_typed = UNITS.iter().any(|unit| name.ends_with(unit))
        || TYPED_ENDS.iter().any(|end| name.ends_with(end))
        || TYPED.contains(&name.as_str());
    PropertyView {
        name: scalar(name),
        kind: (!is_typed).then_some(match value {
            PropertyValue::Flag => "flag",
            PropertyValue::Cells(cells) if cells.len() == 1 => "uint32",
            PropertyValue::Cells(_) => "uint32-array",
            PropertyValue::Strings(strings) if strings.len() == 1 => "string",
            PropertyValue::Strings(_) => "string-array",
        }),
    }
}

/// Properties that dtschema's meta-schemas have a form for, without a type.
const TYPED: &[&str] = &[
    "bus-frequency",
    "clock-frequency",
    "clock-indices",
    "clock-output-names",
    "clock-ranges",
    "gpio-controller",
    "gpio-line-names",
    "interrupt-controller",
    "ngpios",
];

/// The same by their ends.
const TYPED_ENDS: &[&str] = &["-gpio", "-gpios", "-supply"];

/// Ends of names that give a property its type (property-units.yaml of dtschema).
const UNITS: &[&str] = &[
    "-bits",
    "-bps",
    "-kBps",
    "-percent",
    "-bp",
    "-db",
    "-mhz",
    "-hz",
    "-sec",
    "-ms",
    "-us",
    "-ns",
    "-ps",
    "-mm",
    "-microamp",
    "-nanoamp",
    "-picoamp",
    "-microamp-hours",
    "-ohms",
    "-micro-ohms",
    "-microwatt",
    "-milliwatt",
    "-microwatt-hours",
    "-microvolt",
    "-picofarads",
    "-femtofarads",
    "-celsius",
    "-millicelsius",
    "-kelvin",
    "-pascal",
    "-kpascal",
];

/// The first instance on a bus, in lines, in spaces as examples have it.
fn example(lowered: &Lowered<'_>, drivers: Drivers) -> Vec<String> {
    let cells = Cells::needed(lowered);
    let first = children(lowered, cells, drivers).into_iter().take(1);
    let unlabelled = first.map(|node| Node {
        label: None,
        ..node
    });
    let bus = simple_bus("bus".into(), cells, unlabelled.collect());
    let text = bus.to_string().replace('\t', "    ");
    text.lines().map(str::to_owned).collect()
}
