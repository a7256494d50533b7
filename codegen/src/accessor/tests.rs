// SPDX-License-Identifier: MIT OR Apache-2.0

//! The output as a whole: the golden that `regloom-mmio` compiles and runs, and
//! shapes that must come out as Rust at all.

use std::path::{Path, PathBuf};

use regdesc::RegisterMap;

use crate::lowered::Lowered;
use crate::lowered::layout::Layouts;

fn render(map: &RegisterMap) -> Vec<(String, String)> {
    let layouts = Layouts::of(map);
    super::render(&Lowered::of(map, &layouts))
}

fn map(text: &str) -> RegisterMap {
    regdesc::parse("block.yaml", text, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// The text of one file of the crate made from a description.
fn file(map: &RegisterMap, path: &str) -> String {
    let files = render(map);
    let found = files.into_iter().find(|(name, _)| name == path);
    found.unwrap_or_else(|| panic!("no {path}")).1
}

#[test]
fn the_golden_is_what_would_be_generated() {
    let folder = tests_of_the_runtime().join("every_access");
    is_golden(&folder.join("every-access.yaml"), &folder.join("lib.rs"));
}

/// Those whose interrupts the runtime's tests run on the simulator.
#[test]
fn the_golden_interrupts_are_what_would_be_generated() {
    let goldens = tests_of_the_runtime().join("interrupts");
    let axi = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/axi");
    for (folder, name) in [
        (&axi, "axi-dma"),
        (&axi, "axi-intc"),
        (&goldens, "axi-gpio"),
        (&goldens, "levels"),
    ] {
        let description = folder.join(name).with_extension("yaml");
        is_golden(&description, &goldens.join(name).with_extension("rs"));
    }
}

fn tests_of_the_runtime() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../mmio/tests")
}

fn is_golden(description: &Path, golden: &Path) {
    let map = regdesc::load(description, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"));
    let generated = file(&map, "src/lib.rs");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(golden, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(golden).unwrap();
    assert!(
        generated == checked_in,
        "{} is stale; see what changed with: UPDATE_EXPECT=1 cargo test -p regloom-codegen golden && git diff",
        golden.display()
    );
}

#[test]
fn a_block_of_nothing_is_a_crate() {
    let text = "{schema: 1, name: void, vendor: acme, size: 0x1000, registers: {}}";
    let code = file(&map(text), "src/lib.rs");
    assert!(code.contains("pub struct Registers<'a, Via: mmio::Bus = mmio::Mapped>"));
}

#[test]
fn documentation_names_bits_access_reset_and_line() {
    let text = "\
schema: 1
name: lamp
vendor: acme
size: 0x1000
registers:
  CTRL: {at: 0x10, reset: 4, fields: {LEVEL: {bits: '3:2', access: ro}}}
";
    let code = file(&map(text), "src/lib.rs");
    for line in [
        "/// Offset 0x10, 32 bits, ro, reset 0x4; block.yaml:6. `read`.",
        "/// `LEVEL`: bits 3:2, ro, reset 0x1; block.yaml:6.",
    ] {
        assert!(code.contains(line), "{line} is not in\n{code}");
    }
}

#[test]
fn registers_that_differ_in_words_alone_have_one_type() {
    let text = "\
schema: 1
name: lamp
vendor: acme
size: 0x1000
registers:
  SEEN: {fields: {A: {bits: 0, description: It was seen.}, B: 1}}
  WANTED: {fields: {A: {bits: 0, description: To be reported.}, B: 1}}
  OTHER: {reset: 1, fields: {A: 0, B: 1}}
";
    let code = file(&map(text), "src/lib.rs");
    let same = "\
/// What `WANTED` holds: 32 bits, reset 0x0; block.yaml:7.
///
/// As `SEEN`, but for:
///
/// `A`: bit 0, rw, reset 0x0; block.yaml:7.
///
/// To be reported.
pub type Wanted = Seen;
";
    assert!(code.contains(same), "{code}");
    assert!(code.contains("pub struct Other(u32, u32) = 0x1;"), "{code}");
}

#[test]
fn interrupts_are_types_in_the_order_of_the_description() {
    let text = "\
schema: 1
name: lamp
vendor: acme
size: 0x1000
interrupts: {OVER_HEAT: {description: Too hot.}, done: {}, none: {}}
registers: {R: {at: 0}, INTERRUPTS: {at: 0x10, registers: {F: {at: 0}}}}
instances: {lamp0: {base: 0x1000, interrupts: {OVER_HEAT: 1, done: 2, none: 3}}}
";
    let code = file(&map(text), "src/lib.rs");
    // The cluster keeps its name.
    assert!(code.contains("pub mod interrupts {"), "{code}");
    let first = "\
pub mod interrupts_2 {
    use ::regloom_mmio as mmio;

    /// `OVER_HEAT`; block.yaml:5.
    ///
    /// Too hot.
    #[derive(Clone, Copy, Debug)]
    pub struct OverHeat;

    impl mmio::InterruptLine for OverHeat {
        const NAME: &'static str = \"OVER_HEAT\";
        const EVENTS: &'static [mmio::table::Event] = &[];
    }

    impl mmio::InterruptOf<super::Block> for OverHeat {
        const INDEX: usize = 0;
        const TABLE: mmio::table::Interrupt = mmio::table::Interrupt::LINE;
    }
";
    assert!(code.contains(first), "{code}");
    assert!(
        code.contains("type First = interrupts_2::OverHeat;"),
        "{code}"
    );
    assert!(code.contains("pub struct Done;"), "{code}");
}

/// What is generated of an interrupt's table, on one line.
fn seen_to(interrupt: &str, bus: &str, registers: &str) -> String {
    let map = map(&format!(
        "{{schema: 1, name: lamp, vendor: acme, size: 0x100, bus: {bus},
          interrupts: {{irq: {interrupt}}}, registers: {{{registers}}}}}"
    ));
    let text = file(&map, "src/lib.rs");
    let (_, rest) = text
        .split_once("const TABLE: mmio::table::Interrupt = ")
        .unwrap_or_else(|| panic!("{text}"));
    let (text, _) = rest.split_once(';').unwrap_or_default();
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}

#[test]
fn an_interrupt_says_how_a_program_acknowledges_it() {
    let shown = seen_to(
        "{status: S, enable: E}",
        "{width: 16, endian: big}",
        "S: {width: 16, fields: {A: {bits: 0, access: w1c}, B: {bits: 1, access: w0c},
             C: {bits: 4, access: rw}}}, E: {width: 8}",
    );
    for part in [
        "mmio::table::Source::of( mmio::table::Port::of(0x0, 2).swapped(), 0x3, \
         &[mmio::table::Move::by(0x3, 0)], )",
        ".enabled_by(mmio::table::Enable::Register { port: mmio::table::Port::of(0x2, 1), \
         moves: &[mmio::table::Move::by(0x3, 0)], readable: true, kept: 0xff, ones: 0x0, })",
        ".acknowledged_by(mmio::table::Acknowledge { \
         port: mmio::table::Port::of(0x0, 2).swapped(), \
         moves: &[mmio::table::Move::by(0x3, 0)], ones: 0x1, zeros: 0x2, kept: 0x10, })",
        "is_edge: false, passes: true, }",
    ] {
        assert!(shown.contains(part), "{shown}\n{part}");
    }
}

#[test]
fn a_level_stays_and_an_edge_does_not() {
    let shown = |interrupt, registers| seen_to(interrupt, "{width: 32}", registers);
    let level = shown("{type: level, status: S}", "S: {access: ro}");
    assert!(level.contains("passes: false"), "{level}");
    assert!(!level.contains("acknowledged_by"), "{level}");
    let edge = shown("{trigger: edge-rising, status: S}", "S: {access: rc}");
    assert!(edge.contains("is_edge: true, passes: true"), "{edge}");
    let bare = shown("{trigger: edge-rising}", "S: {}");
    assert!(bare.contains("sources: &[], is_edge: true"), "{bare}");
}

#[test]
fn of_a_line_alone_nothing_is_said() {
    const LINE: &str = "mmio::table::Interrupt::LINE";
    assert_eq!(
        seen_to("{trigger: level-high}", "{width: 32}", "S: {}"),
        LINE
    );
    // Nor where the status is more than one access reads.
    let wide = seen_to("{status: S}", "{width: 32}", "S: {width: 64, access: w1c}");
    assert_eq!(wide, LINE);
}

#[test]
fn nothing_of_the_callers_folders_is_in_the_output() {
    let text = "{schema: 1, name: a, vendor: b, size: 0x1000, registers: {R: {at: 0}}}";
    let near = regdesc::parse("a.yaml", text, &regdesc::Options::default());
    let far = regdesc::parse("/some/where/a.yaml", text, &regdesc::Options::default());
    let (near, far) = (near.expect("a map"), far.expect("a map"));
    assert_eq!(render(&near), render(&far));
}

#[test]
fn a_chip_has_a_module_per_peripheral() {
    let svd = "\
<device><name>CHIP</name><addressUnitBits>8</addressUnitBits><width>32</width><peripherals>
<peripheral><name>MAIN</name><baseAddress>0x1000</baseAddress>
<addressBlock><offset>0</offset><size>0x100</size><usage>registers</usage></addressBlock>
<registers><register><name>R</name><addressOffset>0</addressOffset></register></registers>
</peripheral></peripherals></device>";
    let map = regdesc::parse("chip.svd", svd, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"));
    let paths: Vec<_> = render(&map).into_iter().map(|(path, _)| path).collect();
    // `src/main.rs` would be a program to cargo.
    assert_eq!(paths, ["Cargo.toml", "src/lib.rs", "src/main_.rs"]);
}

/// The modules keep the peripherals' names where Rust lets them; that they compile,
/// `tests/warnings` shows.
#[test]
fn a_peripherals_file_is_one_to_cargo_and_to_windows() {
    for (name, file, declared) in [
        ("GPIO", "gpio", "pub mod gpio;"),
        ("TYPE", "type", "pub mod r#type;"),
        ("SUPER", "super_", "pub mod super_;"),
        ("SELF", "self_", "pub mod self_;"),
        ("CORE", "core", "pub mod core;"),
        ("MAIN", "main_", "pub mod main;"),
        ("MOD", "mod_", "pub mod r#mod;"),
        ("AUX", "aux_", "pub mod aux;"),
        ("COM1", "com1_", "pub mod com1;"),
        ("COM10", "com10", "pub mod com10;"),
    ] {
        let svd = format!(
            "<device><name>CHIP</name><addressUnitBits>8</addressUnitBits><width>32</width>\
             <peripherals><peripheral><name>{name}</name><baseAddress>0x1000</baseAddress>\
             <addressBlock><offset>0</offset><size>0x100</size><usage>registers</usage>\
             </addressBlock><registers><register><name>R</name><addressOffset>0</addressOffset>\
             </register></registers></peripheral></peripherals></device>"
        );
        let map = regdesc::parse("chip.svd", svd, &regdesc::Options::default())
            .unwrap_or_else(|failure| panic!("{failure}"));
        let files = render(&map);
        assert_eq!(files[2].0, format!("src/{file}.rs"));
        let lib = &files[1].1;
        assert!(lib.contains(declared), "{lib}");
        let by_path = declared.trim_start_matches("pub mod ").replace("r#", "");
        let has_path = lib.contains(&format!("#[path = \"{file}.rs\"]"));
        assert_eq!(has_path, by_path != format!("{file};"), "{lib}");
    }
}

#[test]
fn a_block_is_as_aligned_as_its_widest_access() {
    for (width, align) in [(8, 1), (16, 2), (32, 4), (64, 4)] {
        let text = format!(
            "{{schema: 1, name: lamp, vendor: acme, size: 0x1000, registers: {{R: {{width: {width}}}}}}}"
        );
        let code = file(&map(&text), "src/lib.rs");
        for part in [
            format!("const ALIGN: usize = {align};"),
            format!("mmio::Place<'a, 0x1000, {align}, Via>"),
        ] {
            assert!(code.contains(&part), "{part} is not in\n{code}");
        }
    }
}

#[test]
fn a_memory_in_a_window_of_memory_is_one() {
    let text = "\
schema: 1
name: lamp
vendor: acme
size: 0x4000
windows:
  regs: {at: 0, size: 0x1000}
  ram: {at: 0x1000, size: 0x2000, type: memory}
registers:
  OUTSIDE: {at: 0x100, memory: {depth: 4, width: 32}}
  RAM: {at: 0x1000, memory: {depth: 1024, width: 32}}
  WIDE: {at: 0x2000, memory: {depth: 512, width: 64}}
";
    let code = file(&map(text), "src/lib.rs");
    for part in [
        "const MEMORY_WINDOWS: &'static [mmio::Window]",
        "mmio::Place<'a, 0x4000, 4, Via, mmio::MemoryWindows>",
        "fn outside(self) -> mmio::Memory<'a, u32, u32, 4, mmio::Rw, Via>",
        "self.0.memory::<0x100, 4, _, _, _>()",
        "fn ram(self) -> mmio::Memory<'a, u32, u32, 1024, mmio::Rw, Via, mmio::MemoryWindows>",
        "self.0.window_memory::<0x1000, 1024, _, _, _>()",
        "fn wide(self) -> mmio::Memory<'a, u64, u32, 512, mmio::Rw, Via, mmio::MemoryWindows>",
    ] {
        assert!(code.contains(part), "{part} is not in\n{code}");
    }
    let without = file(&map(&text.replace(", type: memory", "")), "src/lib.rs");
    assert!(!without.contains("MemoryWindows") && !without.contains("MEMORY_WINDOWS"));
}

/// From either format.
#[test]
fn a_range_that_may_be_written_is_the_setters_type() {
    let yaml = "\
schema: 1
name: lamp
vendor: acme
size: 0x1000
registers:
  R: {fields: {F: {bits: '5:0', write-constraint: {min: 19, max: 59}}, G: '15:10'}}
  WHOLE: {write-constraint: {min: 19, max: 59}}
  FIXED: {fields: {H: {bits: '7:0', format: u4.4, write-constraint: {min: 1, max: 16}}}}
  KEPT: {fields: {K: {bits: '7:0', write-constraint: as-read}}}
  NAMED: {fields: {N: {bits: '7:0', enum: {a: 0, b: 1}, write-constraint: enumerated}}}
  READ: {access: ro, write-constraint: {min: 19, max: 59}}
  ROW: {memory: {depth: 4, width: 32}}
";
    let svd = "\
<device><name>CHIP</name><addressUnitBits>8</addressUnitBits><width>32</width><peripherals>
<peripheral><name>P</name><baseAddress>0x1000</baseAddress>
<addressBlock><offset>0</offset><size>0x100</size><usage>registers</usage></addressBlock>
<registers><register><name>R</name><addressOffset>0</addressOffset><fields><field><name>F</name>
<bitRange>[5:0]</bitRange><writeConstraint><range><minimum>19</minimum><maximum>59</maximum></range>
</writeConstraint></field><field><name>G</name><bitRange>[15:10]</bitRange></field></fields>
</register></registers></peripheral></peripherals></device>";
    let chip = regdesc::parse("chip.svd", svd, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"));
    let (block, peripheral) = (file(&map(yaml), "src/lib.rs"), file(&chip, "src/p.rs"));
    for code in [&block, &peripheral] {
        assert!(code.contains("fn with_f(self, value: mmio::Bounded<19, 59>) -> Self"));
        assert!(code.contains("fn with_g(self, value: mmio::Bounded<0, 63>) -> Self"));
        assert!(code.contains("only 19 to 59 may be written"), "{code}");
    }
    for part in [
        "fn whole(self) -> mmio::Reg<'a, mmio::Constrained<u32, mmio::Bounded<19, 59>, u32, u32, 0x0>,",
        "fn with_h(self, value: mmio::Fixed<1, 16, 4>) -> Self",
        "fn h(self) -> mmio::Fixed<0, 255, 4>",
        "only 1 to 16 steps may be written",
        "only what was read may be written",
        "fn with_n(self, value: NamedN) -> Self",
        "fn read(self) -> mmio::Reg<'a, mmio::Number<u32, u32, 0x0>, mmio::Ro, Via>",
        "fn row(self) -> mmio::Memory<'a, u32, u32, 4, mmio::Rw, Via>",
    ] {
        assert!(block.contains(part), "{part} is not in\n{block}");
    }
    assert!(!block.contains("with_k"), "{block}");
}

/// Blocks are printed on several threads, whose stacks are smaller than the
/// main one's.
#[test]
fn clusters_as_deep_as_they_are_read_are_printed() {
    const DEEP: usize = 55;
    let peripheral = |name: &str, base: &str| {
        let open = "<cluster><name>C</name><addressOffset>0</addressOffset>".repeat(DEEP);
        let close = "</cluster>".repeat(DEEP);
        format!(
            "<peripheral><name>{name}</name><baseAddress>{base}</baseAddress>\
             <addressBlock><offset>0</offset><size>0x100</size><usage>registers</usage></addressBlock>\
             <registers>{open}<register><name>{name}</name><addressOffset>0</addressOffset></register>\
             {close}</registers></peripheral>"
        )
    };
    let svd = format!(
        "<device><name>CHIP</name><addressUnitBits>8</addressUnitBits><width>32</width>\
         <peripherals>{}{}</peripherals></device>",
        peripheral("A", "0x1000"),
        peripheral("B", "0x2000")
    );
    let map = regdesc::parse("chip.svd", svd, &regdesc::Options::default())
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(render(&map).len(), 4);
}

/// What is compared is of the register as it is described, however the accessor
/// says it.
#[test]
fn an_identity_of_more_than_64_bits_is_compared_where_its_lowest_are() {
    let identity = |bus: &str, id: &str| {
        let map = map(&format!(
            "{{schema: 1, name: lamp, vendor: acme, size: 0x1000, bus: {bus},
              identity: {{magic: {{register: ID, value: 0x1_0000_0002}}}},
              registers: {{ID: {{at: 0x10, access: ro, {id}}}}}}}"
        ));
        let text = file(&map, "src/lib.rs");
        let (_, rest) = text.split_once("const IDENTITY").expect("an identity");
        let (rest, _) = rest.split_once("low:").expect("its bits");
        let (_, beats) = rest.split_once("beats: ").expect("its beats");
        beats.trim().trim_end_matches(',').to_owned()
    };
    for id in ["width: 128", "width: 128, fields: {A: '63:0', B: '127:64'}"] {
        assert_eq!(identity("{width: 32}", id), "&[(0x10, 0), (0x14, 32)]");
        let big = identity("{width: 32, word-order: big}", id);
        assert_eq!(big, "&[(0x18, 32), (0x1c, 0)]");
    }
}

/// Another reset is another map, and no other program.
#[test]
fn the_methods_of_a_wide_register_depend_on_no_reset() {
    let signatures = |reset: &str| {
        let text = format!(
            "{{schema: 1, name: lamp, vendor: acme, size: 0x1000, registers: {{
              KEY: {{width: 128, reset: {reset}}},
              STAT: {{width: 128, reset: {reset}, fields: {{A: '63:0', B: '127:64'}}}}}}}}"
        );
        let text = file(&map(&text), "src/lib.rs");
        let lines = text.lines().filter(|line| line.contains(" fn "));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = signatures("0");
    assert!(
        plain.iter().any(|line| line.contains("fn key(")),
        "{plain:?}"
    );
    for reset in ["unknown", "1", "0x1_0000_0000_0000_0000_0000"] {
        assert_eq!(signatures(reset), plain, "{reset}");
    }
}
