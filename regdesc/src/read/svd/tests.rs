// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;
use crate::Severity;
use crate::access::{Access, ReadEffect, WriteEffect};
use crate::description::{Alternate, Block, Cluster, Field, FieldValues, Item, Register};
use crate::model::{Protection, WriteConstraint};
use crate::source::{Sources, Span};
use crate::units::BitRange;

/// Reads a text that has to be accepted.
fn accept(text: &str) -> Description {
    let mut sources = Sources::default();
    let id = sources.add("test.svd", text);
    let mut diagnostics = Diagnostics::default();
    let description = read(id, text, false, &mut diagnostics);
    assert!(
        !diagnostics.refuse(),
        "{}",
        diagnostics.render(&sources, crate::Style::Plain)
    );
    description.unwrap()
}

/// Reads a text that has to be refused: the code, message and marked text of
/// each mistake.
fn refuse(text: &str) -> Vec<(Code, String, String)> {
    let id = Sources::default().add("test.svd", text);
    let mut diagnostics = Diagnostics::default();
    let _ = read(id, text, false, &mut diagnostics);
    assert!(diagnostics.refuse());
    diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error)
        .map(|mistake| {
            let marked = text[mistake.primary.span.range()].to_owned();
            (mistake.code, mistake.message.clone(), marked)
        })
        .collect()
}

fn device(peripherals: &str) -> String {
    format!("<device><name>D</name><peripherals>{peripherals}</peripherals></device>")
}

fn peripheral(content: &str) -> String {
    device(&format!(
        "<peripheral><name>P</name><baseAddress>0x1000</baseAddress>{content}</peripheral>"
    ))
}

fn registers(content: &str) -> String {
    peripheral(&format!("<registers>{content}</registers>"))
}

fn fields(content: &str) -> String {
    registers(&format!(
        "<register><name>R</name><addressOffset>4</addressOffset>\
         <fields>{content}</fields></register>"
    ))
}

fn values(content: &str) -> String {
    fields(&format!(
        "<field><name>F</name><bitRange>[2:0]</bitRange>{content}</field>"
    ))
}

fn first_block(text: &str) -> Block {
    accept(text).blocks.remove(0)
}

fn items(text: &str) -> Vec<Item> {
    first_block(text).items
}

fn first_register(text: &str) -> Register {
    match items(text).remove(0) {
        Item::Register(register) => register,
        other => panic!("{other:?}"),
    }
}

fn first_cluster(text: &str) -> Cluster {
    match items(text).remove(0) {
        Item::Cluster(cluster) => cluster,
        other => panic!("{other:?}"),
    }
}

fn first_field(text: &str) -> Field {
    first_register(text).fields.remove(0)
}

fn marked(text: &str, span: Span) -> &str {
    &text[span.range()]
}

#[test]
fn the_device_is_a_chip() {
    let text = "\u{feff}<?xml version='1.0'?>
        <device schemaVersion='1.3'>
          <vendor>Acme Inc.</vendor><vendorID>ACME</vendorID>
          <name> D </name><version>1.2</version>
          <description>Two\n   lines\\n and a break</description>
          <width>64</width><size>16</size><access>read-only</access>
          <resetValue>0x10</resetValue><resetMask>0xff</resetMask>
          <peripherals/>
        </device>";
    let read = accept(text);
    assert_eq!(read.kind, Kind::Chip);
    assert_eq!(read.name.value, "D");
    assert_eq!(marked(text, read.name.span), "D");
    assert_eq!(read.vendor.unwrap().value, "Acme Inc.");
    assert_eq!(read.description.unwrap(), "Two lines and a break");
    assert_eq!(read.version.unwrap().to_string(), "1.2.0");
    assert_eq!(read.bus.width, 64);
    assert_eq!(*read.properties.width.unwrap(), 16);
    assert_eq!(*read.properties.access.unwrap(), Access::RO);
    assert_eq!(*read.properties.reset.clone().unwrap(), 0x10_u64.into());
    assert_eq!(*read.properties.reset_mask.clone().unwrap(), 0xff);
    assert_eq!(
        marked(text, read.properties.reset_mask.unwrap().span),
        "0xff"
    );
}

#[test]
fn a_version_that_is_none_and_a_vendor_known_by_id() {
    let read = accept(
        "<device><vendorID>ACME</vendorID><name>D</name><version>rev B</version>\
         <peripherals/></device>",
    );
    assert_eq!(read.version, None);
    assert_eq!(read.vendor.unwrap().value, "ACME");
    assert_eq!(read.bus.width, 32);
}

#[test]
fn a_bus_has_one_of_four_widths() {
    let refused = |width: &str| {
        let mut mistakes = refuse(&format!(
            "<device><name>D</name><width>{width}</width><peripherals/></device>"
        ));
        assert_eq!(mistakes.len(), 1);
        mistakes.remove(0).1
    };
    assert_eq!(refused("24"), "`24` is not a width of a bus");
    assert_eq!(refused("wide"), "`wide` is not a width of a bus");
}

#[test]
fn a_block_ends_with_its_last_registers() {
    let address_block = |offset, size, usage| {
        format!(
            "<addressBlock><offset>{offset}</offset><size>{size}</size>\
             <usage>{usage}</usage></addressBlock>"
        )
    };
    let text = peripheral(
        &[
            address_block("0x0", "0x10", "registers"),
            address_block("0x100", "0x20", "registers"),
            address_block("0x200", "0x20", "reserved"),
        ]
        .concat(),
    );
    let block = first_block(&text);
    let size = block.size.unwrap();
    assert_eq!((*size, marked(&text, size.span)), (0x120, "0x20"));
    let base = &block.instances[0].base;
    assert_eq!((**base, marked(&text, base.span)), (0x1000, "0x1000"));
    assert_eq!(first_block(&peripheral("")).size, None);
}

#[test]
fn properties_stay_at_the_level_they_are_written_at() {
    let block = first_block(&peripheral(
        "<size>8</size><registers><cluster><name>C</name><addressOffset>0</addressOffset>
         <access>write-only</access><register><name>R</name><addressOffset>0</addressOffset>
         <resetValue>#101</resetValue></register></cluster></registers>",
    ));
    assert_eq!(*block.properties.width.unwrap(), 8);
    let Item::Cluster(cluster) = &block.items[0] else {
        panic!("{block:?}")
    };
    assert_eq!(*cluster.properties.access.unwrap(), Access::WO);
    let Item::Register(register) = &cluster.items[0] else {
        panic!("{cluster:?}")
    };
    assert_eq!(register.properties.width, None);
    assert_eq!(*register.properties.reset.clone().unwrap(), 5_u64.into());
}

#[test]
fn effects_are_beside_access() {
    let text = fields(
        "<field><name>F</name><bitRange>[0:0]</bitRange><access>read-writeOnce</access>\
         <modifiedWriteValues>oneToClear</modifiedWriteValues>\
         <readAction>modifyExternal</readAction></field>",
    );
    let properties = first_field(&text).properties;
    let access = *properties.access.unwrap();
    assert!(access.read && access.write && access.write_once);
    assert_eq!(*properties.on_write.unwrap(), WriteEffect::OneToClear);
    assert_eq!(*properties.on_read.unwrap(), ReadEffect::Pop);
    assert_eq!(
        marked(&text, properties.on_write.unwrap().span),
        "oneToClear"
    );
}

#[test]
fn a_register_has_the_effects_of_its_fields() {
    let register = first_register(&registers(
        "<register><name>R</name><addressOffset>0</addressOffset>\
         <modifiedWriteValues>zeroToToggle</modifiedWriteValues>\
         <readAction>clear</readAction></register>",
    ));
    assert_eq!(
        *register.properties.on_write.unwrap(),
        WriteEffect::ZeroToToggle
    );
    assert_eq!(*register.properties.on_read.unwrap(), ReadEffect::Clear);
}

#[test]
fn clusters_nest_and_keep_the_order_of_the_text() {
    let text = registers(
        "<cluster><name>A[%s]</name><dim>2</dim><dimIncrement>0x20</dimIncrement>\
         <addressOffset>0x10</addressOffset>\
         <register><name>X</name><addressOffset>0</addressOffset></register>\
         <cluster><name>B</name><addressOffset>4</addressOffset>\
         <alternateCluster>A</alternateCluster></cluster>\
         <register><name>Y</name><addressOffset>8</addressOffset></register></cluster>",
    );
    let cluster = first_cluster(&text);
    assert_eq!(cluster.name.value, "A[%s]");
    let array = cluster.array.unwrap();
    assert_eq!((*array.count, *array.stride.unwrap()), (2, 0x20));
    assert_eq!(marked(&text, cluster.at.unwrap().span), "0x10");
    let names: Vec<&str> = cluster
        .items
        .iter()
        .map(|item| match item {
            Item::Register(register) => register.name.value.as_str(),
            Item::Cluster(cluster) => cluster.name.value.as_str(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["X", "B", "Y"]);
    assert!(
        matches!(&cluster.items[1], Item::Cluster(inner) if inner.alternate == Alternate::Of("A".to_owned()))
    );
}

#[test]
fn every_form_of_index_names_the_elements() {
    let index = |dim: &str| {
        first_register(&registers(&format!(
            "<register><name>R%s</name>{dim}<dimIncrement>4</dimIncrement>\
             <addressOffset>0</addressOffset></register>"
        )))
        .array
        .unwrap()
        .index
    };
    let names = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect());
    assert_eq!(index("<dim>3</dim>"), None);
    assert_eq!(index("<dim>3</dim><dimIndex>0-2</dimIndex>"), None);
    assert_eq!(
        index("<dim>3</dim><dimIndex>3-5</dimIndex>"),
        names(&["3", "4", "5"])
    );
    assert_eq!(
        index("<dim>3</dim><dimIndex>B-D</dimIndex>"),
        names(&["B", "C", "D"])
    );
    assert_eq!(
        index("<dim>3</dim><dimIndex>A,XY, 2</dimIndex>"),
        names(&["A", "XY", "2"])
    );
    assert_eq!(
        index("<dim>3</dim><dimIndex>1,4,9</dimIndex>"),
        names(&["1", "4", "9"])
    );
    assert_eq!(
        index(
            "<dim>2</dim><dimArrayIndex><headerEnumName>E</headerEnumName>\
             <enumeratedValue><name>TX</name><value>1</value></enumeratedValue></dimArrayIndex>"
        ),
        names(&["0", "TX"])
    );
}

#[test]
fn bits_are_written_in_three_ways() {
    let bits = |written: &str| {
        let text = fields(&format!("<field><name>F</name>{written}</field>"));
        let bits = first_field(&text).bits.unwrap();
        (bits.low, bits.len, marked(&text, bits.span).to_owned())
    };
    assert_eq!(
        bits("<bitRange>[7:4]</bitRange>"),
        (4, 4, "[7:4]".to_owned())
    );
    assert_eq!(
        bits("<lsb>4</lsb><msb>7</msb>"),
        (4, 4, "4</lsb><msb>7".to_owned())
    );
    assert_eq!(
        bits("<bitWidth>4</bitWidth><bitOffset>0x4</bitOffset>"),
        (4, 4, "4</bitWidth><bitOffset>0x4".to_owned())
    );
}

#[test]
fn fields_repeat_in_steps_of_bits() {
    let field = first_field(&fields(
        "<field><name>F%s</name><dim>4</dim><dimIncrement>2</dimIncrement>\
         <bitOffset>0</bitOffset><bitWidth>1</bitWidth></field>",
    ));
    let array = field.array.unwrap();
    assert_eq!((*array.count, *array.stride.unwrap()), (4, 2));
}

fn named(text: &str) -> Vec<(String, i128)> {
    let Some(FieldValues::InPlace(values)) = first_field(text).values else {
        panic!("no values")
    };
    let pairs = values.values.into_iter();
    pairs
        .map(|value| (value.name.value, value.value.value))
        .collect()
}

fn pairs(pairs: &[(&str, i128)]) -> Vec<(String, i128)> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect()
}

fn value(name: &str, value: &str) -> String {
    format!("<enumeratedValue><name>{name}</name>{value}</enumeratedValue>")
}

#[test]
fn values_are_numbers_of_any_base_and_a_default_is_none_of_them() {
    let content = [
        value("A", "<value>0</value>"),
        value("B", "<value>0b01</value>"),
        value("C", "<value>#10</value>"),
        value("D", "<value>0x3</value>"),
        value("E", "<isDefault>true</isDefault>"),
    ]
    .concat();
    let text = values(&format!("<enumeratedValues>{content}</enumeratedValues>"));
    assert_eq!(
        named(&text),
        pairs(&[("A", 0), ("B", 1), ("C", 2), ("D", 3)])
    );
    let Some(FieldValues::InPlace(values)) = first_field(&text).values else {
        panic!("no values")
    };
    assert_eq!(values.default.unwrap().name.value, "E");
}

#[test]
fn a_pattern_names_what_nothing_else_names() {
    let content = [
        value("ANY", "<value>#1x</value>"),
        value("ONE", "<value>0b1xx</value>"),
        value("SIX", "<value>6</value>"),
    ]
    .concat();
    assert_eq!(
        named(&values(&format!(
            "<enumeratedValues>{content}</enumeratedValues>"
        ))),
        pairs(&[
            ("ANY", 2),
            ("ANY_3", 3),
            ("ONE", 4),
            ("ONE_5", 5),
            ("ONE_7", 7),
            ("SIX", 6)
        ])
    );
}

#[test]
fn of_patterns_that_overlap_the_first_names_a_number() {
    let named_by = |content: &[String]| {
        let content = content.concat();
        named(&values(&format!(
            "<enumeratedValues>{content}</enumeratedValues>"
        )))
    };
    assert_eq!(
        named_by(&[
            value("LOW", "<value>#xx1</value>"),
            value("MIDDLE", "<value>#x1x</value>"),
            value("FOUR", "<value>4</value>"),
            value("NONE", "<value>#x1x</value>"),
        ]),
        pairs(&[
            ("LOW", 1),
            ("LOW_3", 3),
            ("LOW_5", 5),
            ("LOW_7", 7),
            ("MIDDLE", 2),
            ("MIDDLE_6", 6),
            ("FOUR", 4)
        ])
    );
    // One name for two patterns is one name for the numbers of both.
    assert_eq!(
        named_by(&[
            value("ANY", "<value>#0x1</value>"),
            value("ANY", "<value>#01x</value>"),
        ]),
        pairs(&[("ANY", 1), ("ANY_3", 3), ("ANY_2", 2)])
    );
}

#[test]
fn patterns_that_do_not_name_all_they_fit_are_reported() {
    let reported = |content: &[String]| {
        let content = content.concat();
        let text = values(&format!("<enumeratedValues>{content}</enumeratedValues>"));
        let Some(FieldValues::InPlace(values)) = first_field(&text).values else {
            panic!("no values")
        };
        let places = values.notices.iter().map(|notice| {
            let related = notice.related.first();
            (
                notice.code,
                marked(&text, notice.primary.span).to_owned(),
                related.map(|label| marked(&text, label.span).to_owned()),
            )
        });
        places.collect::<Vec<_>>()
    };
    let one = value("ONE", "<value>1</value>");
    assert_eq!(
        reported(&[
            value("A", "<value>#1xx</value>"),
            one.clone(),
            value("B", "<value>#0xx</value>"),
        ]),
        []
    );
    let three = value("THREE", "<value>3</value>");
    let [low, high] = [("LOW", "#x1"), ("HIGH", "#1x")]
        .map(|(name, pattern)| value(name, &format!("<value>{pattern}</value>")));
    assert_eq!(reported(&[low, high, three]), []);
    assert_eq!(
        reported(&[
            value("A", "<value>#x1x</value>"),
            one,
            value("B", "<value>#1x0</value>"),
        ]),
        [(
            Code::PatternsOverlap,
            "#1x0".to_owned(),
            Some("#x1x".to_owned())
        )]
    );
    assert_eq!(
        reported(&[
            value("WIDE", "<value>#1xxxxxxxxx</value>"),
            value("EIGHT", "<value>#0xxxxxxxx</value>"),
        ]),
        [(Code::LargePattern, "#1xxxxxxxxx".to_owned(), None)]
    );
}

#[test]
fn names_for_reading_go_before_names_for_writing() {
    let one = |usage: &str, name: &str| {
        let content = value(name, "<value>1</value>");
        format!("<enumeratedValues><usage>{usage}</usage>{content}</enumeratedValues>")
    };
    let names = |enumerations: &[&String]| {
        let content: String = enumerations.iter().map(|it| it.as_str()).collect();
        let field = first_field(&values(&content));
        let name = |values: Option<FieldValues>| match values? {
            FieldValues::InPlace(values) => Some(values.values[0].name.value.clone()),
            FieldValues::Named(path) => Some(path.value),
        };
        (name(field.values), name(field.write_values))
    };
    let some = |name: &str| Some(name.to_owned());
    let (read, write) = (one("read", "Pending"), one("write", "Clear"));
    let both = one("read-write", "Both");
    assert_eq!(names(&[&write, &read]), (some("Pending"), some("Clear")));
    assert_eq!(names(&[&read]), (some("Pending"), None));
    assert_eq!(names(&[&write]), (None, some("Clear")));
    assert_eq!(names(&[&both]), (some("Both"), None));
    assert_eq!(names(&[&both, &read]), (some("Pending"), some("Both")));
    assert_eq!(names(&[&both, &write]), (some("Both"), some("Clear")));
    let [e, f] = ["E", "F"].map(|path| format!("<enumeratedValues derivedFrom='{path}'/>"));
    assert_eq!(names(&[&e, &f]), (some("E"), some("F")));
}

#[test]
fn an_enumeration_may_be_that_of_another_field() {
    let text = values("<enumeratedValues derivedFrom='Q.S.G.E'/>");
    let Some(FieldValues::Named(path)) = first_field(&text).values else {
        panic!("not named")
    };
    assert_eq!(path.value, "Q.S.G.E");
    assert_eq!(marked(&text, path.span), "Q.S.G.E");
}

#[test]
fn derivation_is_kept_at_every_level() {
    let text = device(
        "<peripheral derivedFrom='Q'><name>P</name><baseAddress>0</baseAddress><registers>\
         <register derivedFrom='S'><name>R</name><addressOffset>0</addressOffset><fields>\
         <field derivedFrom='G'><name>F</name><bitRange>[0:0]</bitRange></field>\
         </fields></register></registers></peripheral>",
    );
    let block = first_block(&text);
    assert_eq!(block.derived_from.unwrap().value, "Q");
    let register = first_register(&text);
    assert_eq!(register.derived_from.unwrap().value, "S");
    assert_eq!(register.fields[0].derived_from.as_ref().unwrap().value, "G");
}

#[test]
fn alternates_may_share_a_place_and_a_group_distinguishes_names() {
    let register = |name: &str, rest: &str| {
        format!("<register><name>{name}</name><addressOffset>0</addressOffset>{rest}</register>")
    };
    let text = registers(
        &[
            register("R", ""),
            register("R", "<alternateGroup>Rx</alternateGroup>"),
            register("S", "<alternateGroup>Rx</alternateGroup>"),
            register("T", "<alternateRegister>S</alternateRegister>"),
            register(
                "S[%s]",
                "<dim>2</dim><dimIncrement>4</dimIncrement><alternateGroup>Tx</alternateGroup>",
            ),
        ]
        .concat(),
    );
    let read: Vec<(String, Alternate)> = items(&text)
        .into_iter()
        .map(|item| match item {
            Item::Register(register) => (register.name.value, register.alternate),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("R", Alternate::None),
        ("Rx_R", Alternate::Any),
        ("Rx_S", Alternate::Any),
        ("T", Alternate::Of("S".to_owned())),
        ("Tx_S[%s]", Alternate::Any),
    ];
    assert_eq!(read, expected.map(|(name, is)| (name.to_owned(), is)));
}

#[test]
fn a_peripheral_array_is_several_peripherals() {
    let text = device(
        "<peripheral><name>UART[%s]</name><dim>2</dim><dimIncrement>0x100</dimIncrement>\
         <dimIndex>A,B</dimIndex><baseAddress>0x1000</baseAddress><registers>\
         <register><name>R</name><addressOffset>0</addressOffset></register></registers>\
         </peripheral>\
         <peripheral derivedFrom='UART[%s]'><name>LPUART</name><baseAddress>0</baseAddress>\
         <registers><register derivedFrom='UART[%s].R'><name>S</name>\
         <addressOffset>4</addressOffset></register></registers></peripheral>",
    );
    let blocks = accept(&text).blocks;
    let names: Vec<&str> = blocks
        .iter()
        .map(|block| block.name.value.as_str())
        .collect();
    assert_eq!(names, ["UARTA", "UARTB", "LPUART"]);
    let bases: Vec<u64> = blocks
        .iter()
        .map(|block| *block.instances[0].base)
        .collect();
    assert_eq!(bases, [0x1000, 0x1100, 0]);
    assert_eq!(blocks[0].derived_from, None);
    assert!(blocks[1].items.is_empty());
    for block in &blocks[1..] {
        assert_eq!(block.derived_from.as_ref().unwrap().value, "UARTA");
    }
    let Item::Register(register) = &blocks[2].items[0] else {
        panic!("{blocks:?}")
    };
    assert_eq!(register.derived_from.as_ref().unwrap().value, "UARTA.R");
}

#[test]
fn a_peripheral_has_its_lines() {
    let interrupt = |name: &str, value: &str| {
        format!("<interrupt><name>{name}</name><value>{value}</value></interrupt>")
    };
    let text = device(&format!(
        "<peripheral><name>P</name><baseAddress>0</baseAddress>{}{}</peripheral>\
         <peripheral derivedFrom='P'><name>Q</name><baseAddress>4</baseAddress>{}</peripheral>",
        "<interrupt><name>RX</name><description>Data is  there</description>\
         <value>0x10</value></interrupt>",
        interrupt("TX", "17"),
        interrupt("TX", "17"),
    ));
    let blocks = accept(&text).blocks;
    let [receive, send] = &blocks[0].interrupts[..] else {
        panic!("{blocks:?}")
    };
    assert_eq!((&*receive.name.value, receive.number), ("RX", Some(16)));
    assert_eq!(receive.description.as_deref(), Some("Data is there"));
    assert_eq!(marked(&text, send.name.span), "TX");
    let given = |block: &Block| {
        let given = block.instances[0].interrupts.iter();
        given
            .map(|(name, cells)| (name.value.clone(), cells.clone()))
            .collect::<Vec<_>>()
    };
    let line = |name: &str, number| (name.to_owned(), vec![number]);
    assert_eq!(given(&blocks[0]), [line("RX", 16), line("TX", 17)]);
    assert_eq!(given(&blocks[1]), [line("TX", 17)]);
}

#[test]
fn constraints_are_kept_where_they_hold() {
    let constraint = |content: &str| {
        let content = format!("<writeConstraint>{content}</writeConstraint>");
        let register = first_register(&registers(&format!(
            "<register><name>R</name><addressOffset>0</addressOffset>{content}</register>"
        )));
        let field = first_field(&fields(&format!(
            "<field><name>F</name><bitRange>[7:0]</bitRange>{content}</field>"
        )));
        assert_eq!(register.write_constraint, field.write_constraint);
        field.write_constraint
    };
    assert_eq!(
        constraint("<writeAsRead>true</writeAsRead>"),
        Some(WriteConstraint::AsRead)
    );
    assert_eq!(constraint("<writeAsRead>false</writeAsRead>"), None);
    assert_eq!(
        constraint("<useEnumeratedValues>true</useEnumeratedValues>"),
        Some(WriteConstraint::Enumerated)
    );
    assert_eq!(
        constraint("<range><minimum>1</minimum><maximum>0x10</maximum></range>"),
        Some(WriteConstraint::Range {
            minimum: 1,
            maximum: 16
        })
    );
}

#[test]
fn protection_and_effects_may_be_inherited() {
    let text = registers(
        "<cluster><name>C</name><addressOffset>0</addressOffset><protection>s</protection>\
         <readAction>clear</readAction><modifiedWriteValues>oneToSet</modifiedWriteValues>\
         <register><name>R</name><addressOffset>0</addressOffset>\
         <protection>n</protection></register></cluster>",
    );
    let cluster = first_cluster(&text);
    assert_eq!(cluster.properties.protection, Some(Protection::Secure));
    assert_eq!(*cluster.properties.on_read.unwrap(), ReadEffect::Clear);
    assert_eq!(*cluster.properties.on_write.unwrap(), WriteEffect::OneToSet);
    let Item::Register(register) = &cluster.items[0] else {
        panic!("{cluster:?}")
    };
    assert_eq!(register.properties.protection, Some(Protection::NonSecure));
    let odd = peripheral("<readAction>sometimes</readAction>");
    assert_eq!(
        refuse(&odd)[0].1,
        "`sometimes` is not a valid `<readAction>`"
    );
}

#[test]
fn who_may_access_what_has_to_be_said_somewhere() {
    let lints = |text: &str| {
        let id = Sources::default().add("test.svd", text);
        let mut diagnostics = Diagnostics::default();
        assert!(read(id, text, false, &mut diagnostics).is_some());
        diagnostics.iter().map(|it| it.code).collect::<Vec<_>>()
    };
    let register = |rest: &str| {
        registers(&format!(
            "<register><name>R</name><addressOffset>0</addressOffset>{rest}</register>"
        ))
    };
    assert_eq!(lints(&register("")), [Code::NoAccess]);
    assert_eq!(lints(&register("<access>read-only</access>")), []);
    let regions = "<cpu><sauRegionsConfig><region><access>n</access></region>\
                   </sauRegionsConfig></cpu><peripherals>";
    let of_a_region = register("").replace("<peripherals>", regions);
    assert_eq!(lints(&of_a_region), [Code::NoAccess]);
    assert_eq!(lints(&device("")), []);
}

#[test]
fn all_that_cannot_be_read_is_reported_in_one_run() {
    let text = device(
        "<peripheral><name>P</name><baseAddress>here</baseAddress><registers>\
         <register><name>R</name><access>read-writeonce</access>\
         <fields><field><name>F</name></field>\
         <field><name>G</name><bitRange>[0:3]</bitRange></field></fields></register>\
         <regster/></registers></peripheral>\
         <peripheral><name>Q</name></peripheral>",
    );
    let reported =
        |code, message: &str, marked: &str| (code, message.to_owned(), marked.to_owned());
    let mut mistakes = refuse(&text);
    mistakes.sort();
    assert_eq!(
        mistakes,
        [
            reported(
                Code::UnknownKey,
                "`<regster>` does not belong in `<registers>`",
                "<regster"
            ),
            reported(
                Code::MissingKey,
                "field `F` does not say which bits it has",
                "F"
            ),
            reported(
                Code::MissingKey,
                "peripheral `Q` has no `<baseAddress>`",
                "Q"
            ),
            reported(
                Code::MissingKey,
                "register `R` has no `<addressOffset>`",
                "R"
            ),
            reported(Code::MissingKey, "register has no `<name>`", "<regster"),
            reported(Code::BadValue, "`[0:3]` is not a range of bits", "[0:3]"),
            reported(Code::BadValue, "`here` is not a number of 64 bits", "here"),
            reported(
                Code::BadValue,
                "`read-writeonce` is not a valid `<access>`",
                "read-writeonce"
            ),
        ]
    );
}

#[test]
fn what_the_parser_would_not_survive_is_refused() {
    let named = |name: &str, content: &str| {
        let text = registers(&format!(
            "<register><name>{name}</name><addressOffset>0</addressOffset>{content}</register>"
        ));
        let mut mistakes = refuse(&text);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        mistakes.remove(0).0
    };
    let register = |content: &str| named("R%s", content);
    assert_eq!(named("R", "<writeConstraint/>"), Code::MissingKey);
    assert_eq!(register("<dim>4</dim>"), Code::MissingKey);
    let dim = |dim: &str| register(&format!("{dim}<dimIncrement>4</dimIncrement>"));
    assert_eq!(
        dim("<dim>4</dim><dimIndex>0-4294967295</dimIndex>"),
        Code::BadCount
    );
    assert_eq!(dim("<dim>4</dim><dimIndex>0-4</dimIndex>"), Code::BadCount);
    assert_eq!(dim("<dim>4</dim><dimIndex>3-0</dimIndex>"), Code::BadValue);
    assert_eq!(dim(""), Code::MissingKey);
    let bits = |bits: &str| refuse(&fields(&format!("<field><name>F</name>{bits}</field>")))[0].0;
    assert_eq!(
        bits("<bitRange>[4294967295:0]</bitRange>"),
        Code::OutsideRegister
    );
    assert_eq!(
        bits("<lsb>0</lsb><msb>0xffffffff</msb>"),
        Code::OutsideRegister
    );
    assert_eq!(bits("<bitRange>[</bitRange>"), Code::BadValue);
    assert_eq!(bits("<bitRange>[]</bitRange>"), Code::BadValue);
    let unnamed = refuse(&values(
        "<enumeratedValues><enumeratedValue><name>A</name>\
                                  </enumeratedValue></enumeratedValues>",
    ));
    assert_eq!(unnamed[0].0, Code::MissingKey);
}

#[test]
fn peripheral_arrays_have_limits() {
    let array = |dim: &str, base: &str| {
        refuse(&device(&format!(
            "<peripheral><name>P%s</name><baseAddress>{base}</baseAddress><dim>{dim}</dim>\
             <dimIncrement>16</dimIncrement></peripheral>"
        )))[0]
            .0
    };
    assert_eq!(array("0", "0"), Code::BadCount);
    assert_eq!(array("4294967295", "0"), Code::BadCount);
    assert_eq!(array("2", "0xffffffffffffffff"), Code::OutsideBlock);
}

#[test]
fn an_array_needs_a_place_for_its_index() {
    let mistakes = refuse(&registers(
        "<register><name>R</name><dim>2</dim><dimIncrement>4</dimIncrement>\
         <addressOffset>0</addressOffset></register>",
    ));
    assert_eq!(mistakes[0].0, Code::BadName);
}

#[test]
fn another_xml_file_is_no_svd() {
    let mistakes = refuse("<html></html>");
    assert_eq!(
        mistakes[0].1,
        "an SVD file holds a `<device>`, not a `<html>`"
    );
    assert_eq!(mistakes[0].2, "<html");
    assert_eq!(refuse("<device/>")[0].0, Code::MissingKey);
    let empty = refuse("<device><name>D</name></device>");
    assert_eq!(empty[0].1, "device `D` has no `<peripherals>`");
}

#[test]
fn clusters_may_nest_as_deep_as_xml_may() {
    let depth = 58;
    let open = "<cluster><name>C</name><addressOffset>0</addressOffset>".repeat(depth);
    let text = registers(&(open + &"</cluster>".repeat(depth)));
    assert_eq!(items(&text).len(), 1);
}

/// Reads a text leniently; it has to be accepted.
fn read_leniently(text: &str) -> Description {
    let mut sources = Sources::default();
    let id = sources.add("test.svd", text);
    let mut diagnostics = Diagnostics::default();
    let description = read(id, text, true, &mut diagnostics);
    assert!(
        !diagnostics.refuse(),
        "{}",
        diagnostics.render(&sources, crate::Style::Plain)
    );
    description.unwrap()
}

fn only_register(description: Description) -> Register {
    let Some(Item::Register(register)) = description.blocks.into_iter().next().unwrap().items.pop()
    else {
        panic!("no register")
    };
    register
}

fn register(content: &str) -> String {
    registers(&format!(
        "<register><name>R</name><addressOffset>0</addressOffset>{content}</register>"
    ))
}

#[test]
fn lists_in_parts_are_one_list() {
    let field = |name: &str, bit: u8| {
        format!("<field><name>{name}</name><bitRange>[{bit}:{bit}]</bitRange></field>")
    };
    let text = peripheral(&format!(
        "<registers><register><name>A</name><addressOffset>0</addressOffset>\
         <fields>{}</fields><access>read-only</access><fields>{}</fields></register></registers>\
         <size>16</size><registers><cluster><name>B</name><addressOffset>4</addressOffset>\
         <register><name>C</name><addressOffset>0</addressOffset><fields>{}</fields>\
         <fields>{}</fields></register></cluster></registers>",
        field("W", 0),
        field("X", 1),
        field("Y", 0),
        field("Z", 1),
    ));
    let items = items(&text);
    let [Item::Register(first), Item::Cluster(second)] = &items[..] else {
        panic!("{items:?}")
    };
    let Item::Register(within) = &second.items[0] else {
        panic!("{second:?}")
    };
    let names = |register: &Register| {
        let fields = register.fields.iter();
        fields.map(|it| it.name.value.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(first), ["W", "X"]);
    assert_eq!(names(within), ["Y", "Z"]);
    assert_eq!(marked(&text, first.fields[1].name.span), "X");
    let two = device("<peripheral><name>P</name><baseAddress>0</baseAddress></peripheral>")
        .replace(
            "</device>",
            "<peripherals><peripheral><name>Q</name><baseAddress>0</baseAddress></peripheral>\
         </peripherals></device>",
        );
    assert_eq!(accept(&two).blocks.len(), 2);
}

#[test]
fn every_number_has_every_spelling() {
    for four in [
        "4",
        " 4\n",
        "0x4",
        "0X4",
        "#100",
        "0b100",
        "0B100",
        "+4",
        "<!-- 4 -->4",
        "<![CDATA[4]]>",
    ] {
        let text = registers(&format!(
            "<register><dim>{four}</dim><dimIncrement>{four}</dimIncrement><name>R[%s]</name>\
             <addressOffset>{four}</addressOffset><size>{four}</size><resetValue>{four}</resetValue>\
             <resetMask>{four}</resetMask><fields><field><name>F</name><bitOffset>{four}</bitOffset>\
             <bitWidth>{four}</bitWidth><writeConstraint><range><minimum>{four}</minimum>\
             <maximum>{four}</maximum></range></writeConstraint><enumeratedValues>\
             <enumeratedValue><name>E</name><value>{four}</value></enumeratedValue>\
             </enumeratedValues></field><field><name>G</name><lsb>{four}</lsb><msb>{four}</msb>\
             </field></fields></register>"
        ));
        let register = first_register(&text);
        let array = register.array.unwrap();
        assert_eq!((*array.count, *array.stride.unwrap()), (4, 4), "{four}");
        assert_eq!(*register.at.unwrap(), 4);
        assert_eq!(*register.properties.width.unwrap(), 4);
        assert_eq!(*register.properties.reset.clone().unwrap(), 4_u64.into());
        assert_eq!(*register.properties.reset_mask.unwrap(), 4);
        let [first, second] = &register.fields[..] else {
            panic!("{four}")
        };
        assert_eq!(*first.bits.unwrap(), BitRange { low: 4, len: 4 });
        assert_eq!(*second.bits.unwrap(), BitRange { low: 4, len: 1 });
        assert_eq!(
            first.write_constraint,
            Some(WriteConstraint::Range {
                minimum: 4,
                maximum: 4
            })
        );
        assert_eq!(named(&text), pairs(&[("E", 4)]));
    }
}

#[test]
fn patterns_have_both_cases() {
    for pattern in ["#01xx", "#01XX", "0b01xx", "0b01XX", "0B01Xx", "+#01xx"] {
        let content = value("A", &format!("<value>{pattern}</value>"));
        assert_eq!(
            named(&values(&format!(
                "<enumeratedValues>{content}</enumeratedValues>"
            ))),
            pairs(&[("A", 4), ("A_5", 5), ("A_6", 6), ("A_7", 7)]),
            "{pattern}"
        );
    }
    // Nothing but an enumerated value leaves bits open.
    let open = refuse(&register("<resetValue>#1x</resetValue>"));
    assert_eq!(open[0].1, "`#1x` is not a number of 64 bits");
}

#[test]
fn bits_and_indexes_may_have_white_space() {
    let text = fields("<field><name>F</name><bitRange> [ 7 : 4 ]\n</bitRange></field>");
    assert_eq!(
        *first_field(&text).bits.unwrap(),
        BitRange { low: 4, len: 4 }
    );
    let text = registers(
        "<register><dim>2</dim><dimIncrement>4</dimIncrement><dimIndex> 3 - 4 </dimIndex>\
         <name>R%s</name><addressOffset>0</addressOffset></register>",
    );
    let index = first_register(&text).array.unwrap().index.unwrap();
    assert_eq!(index, ["3", "4"]);
    let mistakes = refuse(&fields(
        "<field><name>F</name><bitRange>[7:4:2]</bitRange></field>",
    ));
    assert_eq!(mistakes[0].1, "`[7:4:2]` is not a range of bits");
}

#[test]
fn words_for_an_access_are_read_safely() {
    let properties = |access: &str, rest: &str| {
        let text = register(&format!("<access>{access}</access>{rest}"));
        assert_eq!(
            refuse(&text)[0].1,
            format!("`{access}` is not a valid `<access>`")
        );
        only_register(read_leniently(&text)).properties
    };
    let flag = properties("w1c", "");
    assert_eq!(*flag.access.unwrap(), Access::RW);
    assert_eq!(*flag.on_write.unwrap(), WriteEffect::OneToClear);
    assert!(flag.on_read.is_none());
    let cleared = properties("rc", "");
    assert_eq!(*cleared.access.unwrap(), Access::RO);
    assert_eq!(*cleared.on_read.unwrap(), ReadEffect::Clear);
    let either = properties("read/clear", "");
    assert_eq!(*either.on_write.unwrap(), WriteEffect::OneToClear);
    assert_eq!(*either.on_read.unwrap(), ReadEffect::Clear);
    // What is stated stands.
    let stated = properties(
        "rc_w1",
        "<modifiedWriteValues>zeroToClear</modifiedWriteValues>",
    );
    assert_eq!(*stated.on_write.unwrap(), WriteEffect::ZeroToClear);
    let effect = register("<modifiedWriteValues>W1C</modifiedWriteValues>");
    let effect = only_register(read_leniently(&effect))
        .properties
        .on_write
        .unwrap();
    assert_eq!(*effect, WriteEffect::OneToClear);
}

#[test]
fn buffers_belong_to_their_peripheral() {
    let block = |offset: u32, usage: &str| {
        format!(
            "<addressBlock><offset>{offset}</offset><size>16</size><usage>{usage}</usage>\
             </addressBlock>"
        )
    };
    let blocks = [
        block(0, "registers"),
        block(16, "buffer"),
        block(32, "reserved"),
    ];
    assert_eq!(
        *first_block(&peripheral(&blocks.concat())).size.unwrap(),
        32
    );
}

#[test]
fn a_field_may_have_a_reset_of_its_own() {
    let text =
        fields("<field><name>F</name><bitRange>[7:4]</bitRange><resetValue>3</resetValue></field>");
    let reset = first_field(&text).properties.reset.unwrap();
    assert_eq!((&*reset, marked(&text, reset.span)), (&3_u64.into(), "3"));
}

#[test]
fn what_is_misplaced_is_put_in_its_place() {
    let field = "<field><name>F</name><bitRange>[0:0]</bitRange></field>";
    let two = field.replace('F', "G").replace("[0:0]", "[1:1]");
    let text = register(&format!("{field}{two}"));
    assert_eq!(refuse(&text).len(), 1);
    assert_eq!(only_register(read_leniently(&text)).fields.len(), 2);
    let text = register("<range><minimum>0</minimum><maximum>3</maximum></range>");
    assert_eq!(refuse(&text).len(), 1);
    assert!(
        only_register(read_leniently(&text))
            .write_constraint
            .is_some()
    );
    // A list may have the name of what it holds.
    let text = register(&format!("<field>{field}</field>"));
    assert_eq!(refuse(&text).len(), 1);
    assert_eq!(only_register(read_leniently(&text)).fields.len(), 1);
}

#[test]
fn other_words_for_an_element_are_known() {
    let text = registers("<register><name>R</name><offset>8</offset><reset>1</reset></register>");
    let mistakes = refuse(&text);
    assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    let register = only_register(read_leniently(&text));
    assert_eq!(*register.at.unwrap(), 8);
    assert_eq!(*register.properties.reset.clone().unwrap(), 1_u64.into());
}

#[test]
fn a_foreign_namespace_is_not_read() {
    let text = register("<x:access xmlns:x='urn:x'>read-only</x:access>");
    assert_eq!(only_register(accept(&text)).properties.access, None);
    let whole = device("<peripheral><name>P</name><baseAddress>0</baseAddress></peripheral>")
        .replace("<device>", "<device xmlns='urn:svd'>");
    assert_eq!(accept(&whole).blocks.len(), 1);
    let prefixed = "<s:device xmlns:s='urn:svd'><s:name>D</s:name><s:peripherals><s:peripheral>\
                    <s:name>P</s:name><s:BaseAddress>4</s:BaseAddress></s:peripheral>\
                    </s:peripherals></s:device>";
    assert_eq!(refuse(prefixed)[0].2, "<s:BaseAddress");
    assert_eq!(*read_leniently(prefixed).blocks[0].instances[0].base, 4);
}

#[test]
fn an_unknown_element_is_counted_where_it_is_everywhere() {
    let note = "<register><name>R</name><addressOffset>0</addressOffset><note/></register>";
    let text = registers(&note.repeat(3));
    let id = Sources::default().add("test.svd", &*text);
    let mut diagnostics = Diagnostics::default();
    assert!(read(id, &text, false, &mut diagnostics).is_some());
    let unknown = diagnostics
        .iter()
        .find(|it| it.code == Code::UnknownElement);
    assert_eq!(
        unknown.unwrap().message,
        "`<note>` in `<register>` is unknown and has no effect, and so are 2 others"
    );
}
