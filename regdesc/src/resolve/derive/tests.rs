// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;
use crate::access::Access;
use crate::diagnostic::{Code, Severity, Style};
use crate::read::svd;
use crate::source::Sources;

struct Outcome {
    description: Description,
    /// Code, message, marked text and help of each mistake.
    mistakes: Vec<(Code, String, String, Option<String>)>,
}

fn derived(text: &str) -> Outcome {
    let mut sources = Sources::default();
    let id = sources.add("test.svd", text);
    let mut diagnostics = Diagnostics::default();
    let read = svd::read(id, text, false, &mut diagnostics);
    let mut description = read.unwrap_or_else(|| {
        panic!("{}", diagnostics.render(&sources, Style::Plain));
    });
    derive(&mut description, &mut diagnostics);
    // Names of elements that serve as bases alone are reported as lints.
    let errors = diagnostics
        .iter()
        .filter(|it| it.severity == Severity::Error);
    let mistakes = errors.map(|mistake| {
        let marked = text[mistake.primary.span.range()].to_owned();
        (
            mistake.code,
            mistake.message.clone(),
            marked,
            mistake.help.clone(),
        )
    });
    Outcome {
        mistakes: mistakes.collect(),
        description,
    }
}

/// The blocks of a text whose references are all right.
fn blocks(peripherals: &str) -> Vec<Block> {
    let outcome = derived(&device(peripherals));
    assert_eq!(outcome.mistakes, []);
    assert!(!outcome.description.blocks.iter().any(refers));
    outcome.description.blocks
}

fn refers(block: &Block) -> bool {
    block_derives(block, Kind::Chip)
}

fn device(peripherals: &str) -> String {
    format!(
        "<device><name>D</name><access>read-write</access>\
         <peripherals>{peripherals}</peripherals></device>"
    )
}

fn peripheral(name: &str, from: &str, registers: &str) -> String {
    let registers = match registers {
        "" => String::new(),
        some => format!("<registers>{some}</registers>"),
    };
    format!(
        "<peripheral{}><name>{name}</name><baseAddress>0</baseAddress>{registers}</peripheral>",
        attribute(from)
    )
}

fn attribute(from: &str) -> String {
    match from {
        "" => String::new(),
        path => format!(" derivedFrom='{path}'"),
    }
}

fn element(tag: &str, name: &str, from: &str, content: &str) -> String {
    format!(
        "<{tag}{}><name>{name}</name><addressOffset>0</addressOffset>{content}</{tag}>",
        attribute(from)
    )
}

fn register(name: &str, from: &str, content: &str) -> String {
    element("register", name, from, content)
}

fn cluster(name: &str, from: &str, content: &str) -> String {
    element("cluster", name, from, content)
}

fn with_fields(name: &str, from: &str, fields: &str) -> String {
    register(name, from, &format!("<fields>{fields}</fields>"))
}

fn field(name: &str, from: &str, content: &str) -> String {
    format!(
        "<field{}><name>{name}</name><bitRange>[1:0]</bitRange>{content}</field>",
        attribute(from)
    )
}

fn values(name: &str) -> String {
    format!(
        "<enumeratedValues><name>{name}</name><enumeratedValue><name>{name}_ON</name>\
         <value>1</value></enumeratedValue></enumeratedValues>"
    )
}

fn same_values(path: &str) -> String {
    format!("<enumeratedValues derivedFrom='{path}'/>")
}

/// Every item and field by its path, with its description.
fn outline(block: &Block) -> Vec<String> {
    let mut lines = Vec::new();
    outline_items(&block.name, &block.items, &mut lines);
    lines
}

fn outline_items(path: &str, items: &[Item], lines: &mut Vec<String>) {
    for item in items {
        match item {
            Item::Register(register) => {
                let path = format!("{path}.{}", *register.name);
                let fields = register.fields.iter();
                lines.push(path.clone());
                lines.extend(fields.map(|field| format!("{path}.{}", *field.name)));
            }
            Item::Cluster(cluster) => {
                let path = format!("{path}.{}", *cluster.name);
                lines.push(path.clone());
                outline_items(&path, &cluster.items, lines);
            }
            other => panic!("{other:?}"),
        }
    }
}

fn registers(block: &Block) -> Vec<&Register> {
    let registers = block.items.iter().map(|item| match item {
        Item::Register(register) => register,
        other => panic!("{other:?}"),
    });
    registers.collect()
}

/// The first name among the values of each field of each register.
fn value_names(block: &Block) -> Vec<&str> {
    let fields = registers(block)
        .into_iter()
        .flat_map(|register| &register.fields);
    let names = fields.map(|field| match &field.values {
        Some(FieldValues::InPlace(values)) => values.values[0].name.as_str(),
        other => panic!("{other:?}"),
    });
    names.collect()
}

#[test]
fn a_peripheral_that_changes_nothing_equals_its_base() {
    let content = with_fields("R", "", &field("F", "", &values("E")));
    let blocks = blocks(
        &[
            peripheral("B", "A", ""),
            peripheral("A", "", &content),
            peripheral("C", "B", ""),
        ]
        .concat(),
    );
    assert!(!blocks[1].items.is_empty());
    for block in [&blocks[0], &blocks[2]] {
        assert_eq!(block.items, blocks[1].items);
        assert_eq!(block.properties, blocks[1].properties);
    }
}

#[test]
fn a_peripheral_adds_and_overrides_registers() {
    let base = ["R", "S", "T"].map(|name| register(name, "", "")).concat();
    let own = register("X", "", "") + &with_fields("S", "", &field("F", "", ""));
    let blocks = blocks(&[peripheral("A", "", &base), peripheral("B", "A", &own)].concat());
    assert_eq!(outline(&blocks[1]), ["B.R", "B.S", "B.S.F", "B.T", "B.X"]);
    assert_eq!(outline(&blocks[0]), ["A.R", "A.S", "A.T"]);
}

#[test]
fn a_register_keeps_what_it_says_itself() {
    let base = "<description>base</description><size>16</size><access>read-only</access>\
                <resetValue>7</resetValue><fields>";
    let base = format!(
        "{base}{}{}</fields>",
        field("F", "", ""),
        field("G", "", "")
    );
    let own = format!(
        "<access>write-only</access><fields>{}</fields>",
        field("H", "", "")
    );
    let content = register("R", "", &base) + &register("S", "R", &own);
    let blocks = blocks(&peripheral("A", "", &content));
    assert_eq!(
        outline(&blocks[0]),
        ["A.R", "A.R.F", "A.R.G", "A.S", "A.S.F", "A.S.G", "A.S.H"]
    );
    let derived = registers(&blocks[0])[1];
    assert_eq!(derived.description.as_deref(), Some("base"));
    assert_eq!(*derived.properties.width.unwrap(), 16);
    assert_eq!(*derived.properties.access.unwrap(), Access::WO);
    assert_eq!(*derived.properties.reset.clone().unwrap(), 7_u64.into());
}

#[test]
fn clusters_derive_with_all_they_hold() {
    let inner = cluster("I", "", &register("R", "", ""));
    let content = [
        cluster("B", "A", &register("S", "", "")),
        cluster("A", "", &inner),
        cluster("C", "A.I", ""),
    ]
    .concat();
    let blocks = blocks(&peripheral("P", "", &content));
    assert_eq!(
        outline(&blocks[0]),
        [
            "P.B", "P.B.I", "P.B.I.R", "P.B.S", "P.A", "P.A.I", "P.A.I.R", "P.C", "P.C.R"
        ]
    );
}

#[test]
fn paths_lead_anywhere_and_through_what_is_inherited() {
    let deep = cluster(
        "C",
        "",
        &with_fields("R", "", &field("F", "", &values("E"))),
    );
    let far = [
        register("S", "B.C.R", ""),
        with_fields("T", "", &field("G", "A.C.R.F", "")),
        register("U", "D.R", ""),
        cluster("D", "A.C", ""),
    ]
    .concat();
    let blocks = blocks(
        &[
            peripheral("Z", "", &far),
            peripheral("B", "A", ""),
            peripheral("A", "", &deep),
        ]
        .concat(),
    );
    assert_eq!(
        outline(&blocks[0]),
        [
            "Z.S", "Z.S.F", "Z.T", "Z.T.G", "Z.U", "Z.U.F", "Z.D", "Z.D.R", "Z.D.R.F"
        ]
    );
}

#[test]
fn the_nearest_of_a_name_is_meant_and_never_itself() {
    let content = with_fields("R", "", &field("NEAR", "", ""));
    let own = with_fields("R", "R", &field("OWN", "", ""));
    let blocks = blocks(&[peripheral("A", "", &content), peripheral("B", "A", &own)].concat());
    assert_eq!(outline(&blocks[1]), ["B.R", "B.R.NEAR", "B.R.OWN"]);
}

#[test]
fn arrays_answer_to_all_their_names() {
    let dim = |count: u32, index: &str| {
        format!("<dim>{count}</dim><dimIncrement>4</dimIncrement>{index}")
    };
    let fields = |name| format!("<fields>{}</fields>", field(name, "", ""));
    let index = "<dimIndex>A,B</dimIndex>";
    let content = [
        register("CH%s_CFG", "", &(dim(4, "") + &fields("F"))),
        register("DMA[%s]", "", &(dim(2, index) + &fields("G"))),
        register("R1", "CH%s_CFG", ""),
        register("R2", "CH3_CFG", ""),
        register("R3", "DMA[%s]", ""),
        register("R4", "DMA", ""),
        register("R5", "DMAB", ""),
        register("R6%s", "CH%s_CFG", ""),
        register("R7%s", "DMA", &dim(2, "")),
        register("R8%s", "DMA", &dim(3, "")),
    ]
    .concat();
    let blocks = blocks(&peripheral("P", "", &content));
    let registers = registers(&blocks[0]);
    let fields: Vec<&str> = registers
        .iter()
        .map(|register| register.fields[0].name.as_str())
        .collect();
    assert_eq!(fields, ["F", "G", "F", "F", "G", "G", "G", "F", "G", "G"]);
    assert!(
        registers[2..7]
            .iter()
            .all(|register| register.array.is_none())
    );
    let array = |index: usize| registers[index].array.as_ref().unwrap();
    assert_eq!(*array(7).count, 4);
    assert!(array(8).index.is_some());
    assert!(array(9).index.is_none());
    let beyond = register("CH%s_CFG", "", &dim(4, "")) + &register("R", "CH4_CFG", "");
    assert_eq!(
        derived(&device(&peripheral("P", "", &beyond)))
            .mistakes
            .len(),
        1
    );
}

/// A register array and the names by which one of its elements is a base.
#[test]
fn an_element_of_an_array_is_a_base_by_each_of_its_names() {
    let dim = |index: &str| format!("<dim>12</dim><dimIncrement>4</dimIncrement>{index}");
    let named = "<dimIndex>A,B,C,D,E,F,G,H,I,J,K,L</dimIndex>";
    let from_ten = "<dimIndex>10-21</dimIndex>";
    for (array, index, names) in [
        ("P10%sPFS", "", &["P100PFS", "P1011PFS", "P10[3]PFS"][..]),
        ("P10%sPFS", "<dimIndex>0-11</dimIndex>", &["P100PFS"]),
        ("1%s1", "", &["101", "111", "1[11]1"]),
        ("R%s", from_ten, &["R10", "R21", "R[21]"]),
        ("R[%s]", "", &["R0", "R11", "R[0]", "R[11]"]),
        ("R[%s]", named, &["RB", "R[B]"]),
        ("R%s_OF_%s", "", &["R2_OF_2", "R11_OF_11"]),
    ] {
        for name in names {
            let fields = format!("<fields>{}</fields>", field("F", "", ""));
            let content =
                register(array, "", &(dim(index) + &fields)) + &register("OTHER", name, "");
            let outcome = derived(&device(&peripheral("P", "", &content)));
            // Two places for one index are a mistake of the name.
            let mut codes = outcome.mistakes.iter().map(|(code, ..)| *code);
            let only_two_places = codes.all(|code| code == Code::BadName);
            assert!(only_two_places, "{array} {name}: {:?}", outcome.mistakes);
            assert_eq!(
                outcome.mistakes.len(),
                array.matches("%s").count() - 1,
                "{array} {name}"
            );
            let derived = registers(&outcome.description.blocks[0])[1];
            assert_eq!(derived.fields[0].name.value, "F", "{array} {name}");
            assert_eq!(derived.array, None, "{array} {name}");
        }
    }
    for name in ["P1012PFS", "P10PFSS", "P1000PFS", "P1001PFS"] {
        let content = register("P10%sPFS", "", &dim("")) + &register("OTHER", name, "");
        let outcome = derived(&device(&peripheral("P", "", &content)));
        assert_eq!(outcome.mistakes.len(), 1, "{name}");
    }
}

#[test]
fn paths_lead_through_elements_of_arrays() {
    let dim = "<dim>3</dim><dimIncrement>64</dimIncrement>";
    let named = format!("{dim}<dimIndex>RX,TX,ERR</dimIndex>");
    let flags = field("E%s", "", &format!("{dim}{}", values("Flag")));
    let flags = flags.replace("[1:0]", "[0:0]").replace(">64<", ">1<");
    let inner = with_fields("CTRL%s", "", &flags).replace("<fields>", &format!("{dim}<fields>"));
    let base = cluster("CH[%s]", "", &format!("{dim}{inner}"))
        + &cluster("Q%s", "", &format!("{named}{inner}"));
    let uarts =
        peripheral("UART[%s]", "", &base).replace("<name>UART", &format!("{dim}<name>UART"));
    for path in [
        "CH[1].CTRL2",
        "CH1.CTRL[0]",
        "CH.CTRL1",
        "QTX.CTRL1",
        "Q[ERR].CTRL0",
        "UART0.CH[1].CTRL2",
        "UART[2].CH1.CTRL[0]",
        "UART[%s].CH[%s].CTRL%s",
    ] {
        let content = [
            register("R", path, ""),
            with_fields("S", "", &field("F", &format!("{path}.E1"), "")),
            with_fields(
                "T",
                "",
                &field("F", "", &same_values(&format!("{path}.E2"))),
            ),
            with_fields(
                "U",
                "",
                &field("F", "", &same_values(&format!("{path}.E[0].Flag"))),
            ),
        ];
        let other = peripheral("OTHER", "UART[1]", &content.concat());
        let outcome = derived(&device(&(uarts.clone() + &other)));
        assert_eq!(outcome.mistakes, [], "{path}");
        let block = outcome.description.blocks.last().unwrap();
        let own: Vec<&Register> = block
            .items
            .iter()
            .filter_map(|item| match item {
                Item::Register(register) => Some(register),
                _ => None,
            })
            .collect();
        assert_eq!(own.len(), 4, "{path}");
        assert!(own.iter().all(|register| register.array.is_none()));
        assert!(own[0].fields[0].array.is_some(), "{path}");
        for register in &own[1..] {
            assert!(register.fields[0].array.is_none(), "{path}");
            let Some(FieldValues::InPlace(values)) = &register.fields[0].values else {
                panic!("{path}: {register:?}");
            };
            assert_eq!(values.values[0].name.value, "Flag_ON");
        }
    }
}

#[test]
fn enumerations_go_by_name_or_by_path() {
    let both = field("F", "", &values("E")) + &field("G", "", &same_values("F.E"));
    let content = [
        with_fields("R", "", &both),
        with_fields("S1", "", &field("F", "", &same_values("E"))),
        with_fields("S2", "", &field("F", "", &same_values("R.E"))),
        with_fields("S3", "", &field("F", "", &same_values("R.F.E"))),
        with_fields("S4", "", &field("F", "", &same_values("A.R.F.E"))),
        with_fields("S5", "", &field("F", "", &same_values("R.F"))),
        with_fields("S6", "", &field("G", "S5.F", "")),
        with_fields("S7", "", &field("G", "", &same_values("S6.G"))),
        with_fields("S8", "R", ""),
    ]
    .concat();
    let elsewhere = [
        with_fields("S1", "", &field("F", "", &same_values("E"))),
        with_fields("S2", "", &field("F", "", &same_values("B.R.F.E"))),
    ]
    .concat();
    let blocks = blocks(
        &[
            peripheral("C", "", &elsewhere),
            peripheral("A", "", &content),
            peripheral("B", "A", ""),
        ]
        .concat(),
    );
    assert_eq!(value_names(&blocks[0]), ["E_ON"; 2]);
    assert_eq!(value_names(&blocks[1]), ["E_ON"; 11]);
    assert_eq!(value_names(&blocks[2]), ["E_ON"; 11]);
}

#[test]
fn names_for_writing_stay_so_where_they_are_taken_over() {
    let usage = |name: &str, usage: &str| {
        let usage = format!("<usage>{usage}</usage><enumeratedValue>");
        values(name).replacen("<enumeratedValue>", &usage, 1)
    };
    let both = usage("R", "read") + &usage("W", "write");
    let content = [
        with_fields("A", "", &field("F", "", &both)),
        with_fields(
            "B",
            "",
            &field("F", "", &(same_values("R") + &same_values("W"))),
        ),
        with_fields("C", "", &field("F", "", &same_values("W"))),
        with_fields("D", "A", ""),
        with_fields("E", "", &field("F", "A.F", "")),
    ]
    .concat();
    let blocks = blocks(&peripheral("P", "", &content));
    let name = |values: &Option<FieldValues>| match values {
        Some(FieldValues::InPlace(values)) => values.values[0].name.value.clone(),
        _ => "-".to_owned(),
    };
    let names: Vec<String> = blocks[0]
        .items
        .iter()
        .map(|item| match item {
            Item::Register(register) => &register.fields[0],
            other => panic!("{other:?}"),
        })
        .map(|field| name(&field.values) + " " + &name(&field.write_values))
        .collect();
    assert_eq!(
        names,
        ["R_ON W_ON", "R_ON W_ON", "- W_ON", "R_ON W_ON", "R_ON W_ON"]
    );
}

#[test]
fn the_nearest_enumeration_of_a_name_is_meant() {
    let own = |value: &str| values("E").replace("E_ON", value);
    let content = |value: &str| {
        with_fields("R", "", &field("F", "", &own(value)))
            + &with_fields("S", "", &field("F", "", &same_values("E")))
    };
    let blocks = blocks(
        &[
            peripheral("A", "", &content("IN_A")),
            peripheral("B", "", &content("IN_B")),
        ]
        .concat(),
    );
    assert_eq!(value_names(&blocks[0]), ["IN_A", "IN_A"]);
    assert_eq!(value_names(&blocks[1]), ["IN_B", "IN_B"]);
}

#[test]
fn what_is_missing_is_reported_with_the_nearest_name() {
    let content = [
        register("CTRL", "CTLR0", ""),
        register("CTRL0", "", ""),
        register("A", "TIMR.CTRL", ""),
        register("B", "TIMER.CTLR", ""),
        register("C", "NOWHERE", ""),
        with_fields("E", "", &field("F", "", &same_values("NONE"))),
        cluster("K", "CTRL0", ""),
    ]
    .concat();
    let outcome = derived(&device(&peripheral("TIMER", "", &content)));
    let reported = |name: &str, path: &str, help: Option<&str>| {
        (
            Code::DerivedFromMissing,
            format!("`{name}` is derived from `{path}`, which does not exist"),
            path.to_owned(),
            help.map(str::to_owned),
        )
    };
    assert_eq!(
        outcome.mistakes,
        [
            reported("CTRL", "CTLR0", Some("did you mean `CTRL0`?")),
            reported("A", "TIMR.CTRL", Some("did you mean `TIMER.CTRL`?")),
            reported("B", "TIMER.CTLR", Some("did you mean `TIMER.CTRL`?")),
            reported("C", "NOWHERE", None),
            reported("K", "CTRL0", None),
            reported("F", "NONE", None),
        ]
    );
    assert!(!outcome.description.blocks.iter().any(refers));
    assert_eq!(outcome.description.blocks[0].items.len(), 7);
}

#[test]
fn a_circle_is_reported_once_with_all_its_places() {
    let text = device(
        &[
            peripheral("A", "B", ""),
            peripheral("B", "C", ""),
            peripheral("C", "B", ""),
            peripheral("S", "S", ""),
        ]
        .concat(),
    );
    let outcome = derived(&text);
    let reported: Vec<_> = outcome
        .mistakes
        .iter()
        .map(|(code, message, marked, _)| (*code, message.as_str(), marked.as_str()))
        .collect();
    assert_eq!(
        reported,
        [
            (
                Code::DerivedFromCircle,
                "`B` is derived from itself, by way of others",
                "C"
            ),
            (Code::DerivedFromCircle, "`S` is derived from itself", "S"),
        ]
    );
    assert!(!outcome.description.blocks.iter().any(refers));
}

#[test]
fn nothing_holds_itself() {
    let inner = cluster("I", "C", &register("R", "", ""));
    let outcome = derived(&device(&peripheral("P", "", &cluster("C", "", &inner))));
    assert_eq!(outcome.mistakes.len(), 1);
    assert_eq!(outcome.mistakes[0].0, Code::DerivedFromCircle);
    assert_eq!(outcome.mistakes[0].1, "`I` would hold itself");
    assert_eq!(
        outline(&outcome.description.blocks[0]),
        ["P.C", "P.C.I", "P.C.I.R"]
    );
    let each_other =
        cluster("A", "", &cluster("I", "B", "")) + &cluster("B", "", &cluster("J", "A", ""));
    let outcome = derived(&device(&peripheral("P", "", &each_other)));
    assert_eq!(outcome.mistakes.len(), 1);
}

#[test]
fn values_do_not_go_round_in_a_circle() {
    let content = with_fields("R", "", &field("F", "", &same_values("S.G")))
        + &with_fields("S", "", &field("G", "", &same_values("R.F")));
    let outcome = derived(&device(&peripheral("P", "", &content)));
    assert_eq!(outcome.mistakes.len(), 1);
    assert_eq!(outcome.mistakes[0].0, Code::DerivedFromCircle);
    assert_eq!(outcome.mistakes[0].2, "S.G");
    assert!(!outcome.description.blocks.iter().any(refers));
}

#[test]
fn doubling_again_and_again_is_refused() {
    let level = |number: usize| {
        let base = format!("C{}", number - 1);
        cluster(
            &format!("C{number}"),
            "",
            &(cluster("A", &base, "") + &cluster("B", &base, "")),
        )
    };
    let bomb: String = (1..40).map(level).collect();
    let text = device(&peripheral(
        "P",
        "",
        &(cluster("C0", "", &register("R", "", "")) + &bomb),
    ));
    let outcome = derived(&text);
    assert_eq!(outcome.mistakes.len(), 1);
    assert_eq!(outcome.mistakes[0].0, Code::TooLarge);
    let chain: String = (1..200)
        .map(|number| {
            let inner = cluster("A", &format!("C{}", number - 1), "");
            cluster(&format!("C{number}"), "", &inner)
        })
        .collect();
    let outcome = derived(&device(&peripheral(
        "P",
        "",
        &(cluster("C0", "", "") + &chain),
    )));
    assert_eq!(outcome.mistakes[0].0, Code::TooLarge);
}

#[test]
fn long_chains_take_a_step_each() {
    let content: String = (1..20_000)
        .rev()
        .map(|number| register(&format!("R{number}"), &format!("R{}", number - 1), ""))
        .collect();
    let base = with_fields("R0", "", &field("F", "", ""));
    let chained = blocks(&peripheral("P", "", &(content + &base)));
    assert!(
        registers(&chained[0])
            .iter()
            .all(|register| register.fields.len() == 1)
    );
    let own = register("S", "R", "");
    let peripherals: String = (1..2_000)
        .map(|number| peripheral(&format!("P{number}"), &format!("P{}", number - 1), &own))
        .collect();
    let first = peripheral("P0", "", &register("R", "", ""));
    let chained = blocks(&(first + &peripherals));
    assert!(chained[1..].iter().all(|block| block.items.len() == 2));
}

/// Reads and derives every SVD file below the folder that `REGLOOM_CORPUS`
/// names: whatever they hold, none may panic.
#[test]
fn real_files_are_derived_or_explained() {
    let Some(folder) = std::env::var_os("REGLOOM_CORPUS") else {
        eprintln!("skipped: REGLOOM_CORPUS names no folder of SVD files");
        return;
    };
    let (mut all, mut read, mut whole) = (0, 0, 0);
    for path in svd_files(folder.into()) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let mut sources = Sources::default();
        let id = sources.add(path.display().to_string(), text.as_str());
        let mut diagnostics = Diagnostics::default();
        let description = svd::read(id, &text, false, &mut diagnostics);
        assert_eq!(description.is_some(), diagnostics.is_empty());
        all += 1;
        read += usize::from(description.is_some());
        if let Some(mut description) = description {
            let blocks = description.blocks.len();
            derive(&mut description, &mut diagnostics);
            assert!(!description.blocks.iter().any(refers));
            assert_eq!(description.blocks.len(), blocks);
        }
        whole += usize::from(diagnostics.is_empty());
        if !diagnostics.is_empty() {
            eprintln!("{}", diagnostics.render(&sources, Style::Plain));
        }
    }
    eprintln!("{all} files, {read} read, {whole} derived without a mistake");
}

fn svd_files(folder: std::path::PathBuf) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "svd") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}
