// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a view is in the tables of the C driver, as initialisers, and the tables that only the C
//! driver has: its core looks up what the Rust core computes when it binds.

use askama::Template;

use crate::view::{
    BitsView, DriverView, EnableView, FieldView, FolderView, IdentityView, InterruptView, MoveView,
    PartView, PortView, RegisterView, SilenceView, SourceView, WindowView,
};
use crate::{api, c, text};

/// Pages are at least that large. Registers in neighbouring pages are mapped together.
const PAGE: u64 = 0x1000;

/// Columns of a tabulator.
const TAB: usize = 8;

/// Columns of a line of members that is not the only one.
const ROOM: usize = 72;

/// A register of the interrupts, and its bits that programs may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    pub(crate) port: PortView,
    pub(crate) kept: u32,
    /// Bits that are written as 1.
    pub(crate) ones: u32,
}

/// The files that are the same in every driver.
pub(crate) fn render_core() -> [(&'static str, askama::Result<String>); 2] {
    [
        ("c/regloom.c", Core.render()),
        ("c/regloom_core.h", Header.render()),
    ]
}

/// The file that registers the drivers, and the header that it has in common with them.
pub(crate) fn render_main(folder: &FolderView) -> [(String, askama::Result<String>); 2] {
    let drivers = folder.drivers.iter();
    let symbols: Vec<_> = drivers.map(|view| symbol(folder, view)).collect();
    let root = api::root(folder);
    let main = Main {
        tool: &folder.tool,
        device: &folder.device,
        root: &root,
        class: folder.class(),
        symbols: &symbols,
        version: folder.version.as_deref().map(text::literal),
        summary: folder.summary(),
    };
    let header = MainHeader {
        tool: &folder.tool,
        guard: root.to_ascii_uppercase(),
        symbols: &symbols,
    };
    [
        (format!("c/{root}.c"), main.render()),
        (format!("c/{root}.h"), header.render()),
    ]
}

/// The driver of a block, by its index in the module.
pub(crate) fn render_leaf(
    folder: &FolderView,
    index: usize,
    view: &DriverView,
) -> askama::Result<String> {
    Leaf {
        tool: &folder.tool,
        view,
        index,
        root: api::root(folder),
        ident: api::leaf(folder, view).ident,
        symbol: symbol(folder, view),
        description: description(&view.description),
        plain: view.plain(),
    }
    .render()
}

/// What the driver of a block is called for the linker, also in a kernel with others.
fn symbol(folder: &FolderView, view: &DriverView) -> String {
    let ident = api::leaf(folder, view).ident;
    format!("regloom_{}_{ident}_driver", folder.module)
}

/// The lines of a comment, whose paragraphs are parted by empty lines.
fn description(text: &str) -> Vec<String> {
    let room = text::WIDTH - " * ".len();
    let paragraphs = text::paragraphs(text).into_iter();
    let wrapped = paragraphs.map(|it| text::wrap(&text::remark(&it), room, str::to_owned));
    wrapped.collect::<Vec<_>>().join(&String::new())
}

/// The flags of a window.
pub(crate) fn flags(window: &WindowView) -> String {
    let flags = [
        (window.write, "REGLOOM_WINDOW_WRITE"),
        (window.memory, "REGLOOM_WINDOW_MEMORY"),
    ];
    let flags: Vec<_> = flags
        .iter()
        .filter(|(set, _)| *set)
        .map(|it| it.1)
        .collect();
    match flags.as_slice() {
        [] => "0".to_owned(),
        flags => flags.join(" | "),
    }
}

pub(crate) fn port(port: &PortView) -> String {
    format!("{{ {:#x}, {} }}", port.offset, port.width)
}

pub(crate) fn silence(silence: &SilenceView) -> &'static str {
    match silence {
        SilenceView::Acknowledged => "ACKNOWLEDGED",
        SilenceView::Masked => "MASKED",
        SilenceView::Line => "LINE",
    }
}

/// Entries between parentheses, in one line or each in its own. `before` is all of the first line up
/// to them.
fn list(before: &str, entries: &[String], after: &str) -> String {
    // Without others, it is the empty entry that ends each list.
    let entries = match entries {
        [] => &["{}".to_owned()],
        entries => entries,
    };
    let line = format!("{before}({}){after}", entries.join(", "));
    if columns(&line) <= text::WIDTH {
        return line;
    }
    let at = columns(before) + 1;
    let indent = "\t".repeat(at / TAB) + &" ".repeat(at % TAB);
    format!("{before}({}){after}", entries.join(&format!(",\n{indent}")))
}

/// Columns of a line that begins with tabulators.
fn columns(line: &str) -> usize {
    let tabs = line.chars().take_while(|it| *it == '\t').count();
    text::columns(line) - tabs + tabs * TAB
}

/// The masks of a source's member that are not 0, as a line.
fn masks(masks: &[(&str, u32)]) -> Option<String> {
    let set = masks.iter().filter(|(_, mask)| *mask != 0);
    let set: Vec<_> = set
        .map(|(name, mask)| format!(".{name} = {mask:#x}"))
        .collect();
    (!set.is_empty()).then(|| format!("\t\t\t\t{},", set.join(", ")))
}

/// The words of a number, and which bits of it are meant.
pub(crate) fn parts(identity: &IdentityView) -> String {
    let entry = |part: &PartView| format!("{{ {}, {} }}", port(&part.port), part.shift);
    let entries: Vec<_> = identity.parts.iter().map(entry).collect();
    list("\t\t.parts = REGLOOM_PARTS", &entries, ",")
}

fn moves(moves: &[MoveView]) -> Vec<String> {
    let entry = |it: &MoveView| format!("{{ {:#x}, {} }}", it.mask, it.shift);
    moves.iter().map(entry).collect()
}

/// The events of the status bits, as a line.
pub(crate) fn reported(source: &SourceView) -> String {
    list(
        "\t\t\t.reported = REGLOOM_MOVES",
        &moves(&source.reported),
        ",",
    )
}

/// A member with the bits of a register, as a line.
fn bits(name: &str, bits: &BitsView) -> String {
    let before = format!("\t\t\t\t.{name} = {{ {}, REGLOOM_MOVES", port(&bits.port));
    list(&before, &moves(&bits.moves), " },")
}

/// Where the events of a source are let through, as lines that each follow another.
pub(crate) fn enable(source: &SourceView) -> String {
    let mut lines = Vec::new();
    match &source.enable {
        None => return String::new(),
        Some(EnableView::Register {
            bits: at,
            readable,
            kept,
            ones,
        }) => {
            lines.push(bits("set", at));
            if *readable {
                lines.push(bits("read", at));
            }
            lines.extend(masks(&[("kept", *kept), ("ones", *ones)]));
        }
        Some(EnableView::Pair { set, clear, read }) => {
            lines.push(bits("set", set));
            lines.push(bits("clear", clear));
            lines.extend(read.as_ref().map(|it| bits("read", it)));
        }
    }
    member("enable", &lines)
}

/// How the events of a source are acknowledged, as lines that each follow another.
pub(crate) fn acknowledge(source: &SourceView) -> String {
    let Some(it) = &source.acknowledge else {
        return String::new();
    };
    let mut lines = vec![bits("bits", &it.bits)];
    lines.extend(masks(&[
        ("ones", it.ones),
        ("zeros", it.zeros),
        ("kept", it.kept),
    ]));
    member("acknowledge", &lines)
}

/// A member of a source that has members.
fn member(name: &str, lines: &[String]) -> String {
    format!("\n\t\t\t.{name} = {{\n{}\n\t\t\t}},", lines.join("\n"))
}

/// A register, in one line where it has room.
pub(crate) fn register(register: &RegisterView) -> String {
    let (name, at) = (text::literal(&register.name), register.offset);
    let mut members = vec![
        format!(".name = \"{name}\""),
        format!(".offset = {at:#x}"),
        format!(".width = {}", register.width),
    ];
    if let Some(array) = register.array {
        members.push(format!(".count = {}", array.count));
        members.push(format!(".stride = {:#x}", array.stride));
    }
    if let Some(why) = &register.unseen {
        members.push(format!(".hidden = \"{}\"", text::literal(why)));
    }
    let line = members.join(", ");
    if register.fields.is_empty() && TAB + text::columns(&line) <= text::WIDTH - "{  },".len() {
        return format!("{{ {line} }}");
    }
    let mut lines: Vec<String> = Vec::new();
    for member in members {
        match lines.last_mut() {
            Some(line) if text::columns(line) + text::columns(&member) <= ROOM => {
                line.push_str(&format!(", {member}"));
            }
            _ => lines.push(member),
        }
    }
    let fields = fields(&register.fields);
    format!("{{\n\t\t{},{fields}\n\t}}", lines.join(",\n\t\t"))
}

/// The fields of a register, as a line that follows another.
fn fields(fields: &[FieldView]) -> String {
    let entry = |it: &FieldView| {
        let FieldView { name, high, low } = it;
        format!("{{ \"{}\", {high}, {low} }}", text::literal(name))
    };
    match fields {
        [] => String::new(),
        fields => {
            let entries: Vec<_> = fields.iter().map(entry).collect();
            format!("\n{}", list("\t\t.fields = REGLOOM_FIELDS", &entries, ","))
        }
    }
}

impl FolderView {
    /// The class of the nodes, without what all of regloom's begin with.
    pub(crate) fn class(&self) -> String {
        self.module.replace('_', "-")
    }
}

impl InterruptView {
    /// Other devices may have the line too: the driver never takes it from them.
    pub(crate) fn is_shared(&self) -> bool {
        !self.sources.is_empty() && self.sources.iter().all(|it| it.enable.is_some())
    }

    /// All events of the line.
    pub(crate) fn events(&self) -> u32 {
        events(self.sources.iter())
    }

    /// Those that have enable bits.
    pub(crate) fn changeable(&self) -> u32 {
        events(self.sources.iter().filter(|it| it.enable.is_some()))
    }
}

fn events<'a>(sources: impl Iterator<Item = &'a SourceView>) -> u32 {
    sources.fold(0, |all, it| all | moved(&it.reported, it.bits))
}

/// The bits, moved as the moves state.
fn moved(moves: &[MoveView], bits: u32) -> u32 {
    let one = |it: &MoveView| {
        let by = u32::from(it.shift.unsigned_abs());
        let shifted = match it.shift < 0 {
            true => (bits & it.mask).checked_shr(by),
            false => (bits & it.mask).checked_shl(by),
        };
        shifted.unwrap_or(0)
    };
    moves.iter().fold(0, |all, it| all | one(it))
}

impl DriverView {
    /// The sources of all interrupts.
    pub(crate) fn source_count(&self) -> usize {
        self.interrupts.iter().map(|it| it.sources.len()).sum()
    }

    /// Registers in neighbouring pages, by first byte and end, without the memories.
    pub(crate) fn spans(&self) -> Vec<(u64, u64)> {
        let registers = self.registers.iter().filter(|it| !it.memory);
        let mut runs: Vec<_> = registers.flat_map(runs).collect();
        let mut spans: Vec<(u64, u64)> = Vec::new();
        runs.sort_unstable();
        for (first, end) in runs {
            match spans.last_mut() {
                Some(span) if first < span.1 + PAGE => span.1 = span.1.max(end),
                _ => spans.push((first, end)),
            }
        }
        spans
    }

    /// The registers of the interrupts with bits that programs may change, each once.
    pub(crate) fn plain(&self) -> Vec<Plain> {
        let mut all: Vec<Plain> = Vec::new();
        let sources = self.interrupts.iter().flat_map(|it| &it.sources);
        for plain in sources.flat_map(plain_of) {
            let known = all.iter().any(|it| it.port.offset == plain.port.offset);
            if plain.kept != 0 && self.is_writable(plain.port) && !known {
                all.push(plain);
            }
        }
        all
    }

    /// Whether programs may write a register.
    fn is_writable(&self, port: PortView) -> bool {
        let end = port.offset + u64::from(port.width / 8);
        let windows = self.mapped();
        let mut writable = windows.iter().filter(|it| it.write);
        writable.any(|it| it.offset <= port.offset && end <= it.offset + it.size)
    }
}

/// First bytes and ends of a register, or of an array, whose registers are one run where less than
/// a page is between them.
fn runs(register: &RegisterView) -> Vec<(u64, u64)> {
    let (bytes, stride) = (u64::from(register.width / 8), register.stride());
    let first = |index| register.offset + index * stride;
    let count = register.count();
    match stride {
        0..PAGE => vec![(first(0), first(count.saturating_sub(1)) + bytes)],
        _ => (0..count)
            .map(|it| (first(it), first(it) + bytes))
            .collect(),
    }
}

/// What can be read of a source and written back.
fn plain_of(source: &SourceView) -> Vec<Plain> {
    let enable = match &source.enable {
        Some(EnableView::Register {
            bits,
            readable: true,
            kept,
            ones,
        }) => Some(Plain {
            port: bits.port,
            kept: *kept,
            ones: *ones,
        }),
        _ => None,
    };
    let acknowledge = source.acknowledge.as_ref().map(|it| Plain {
        port: it.bits.port,
        kept: it.kept,
        ones: it.zeros,
    });
    enable.into_iter().chain(acknowledge).collect()
}

#[derive(Template)]
#[template(path = "c/regloom.c.j2", escape = "none")]
struct Core;

#[derive(Template)]
#[template(path = "c/regloom_core.h.j2", escape = "none")]
struct Header;

#[derive(Template)]
#[template(path = "c/main.c.j2", escape = "none")]
struct Main<'a> {
    tool: &'a str,
    device: &'a str,
    root: &'a str,
    class: String,
    symbols: &'a [String],
    version: Option<String>,
    summary: String,
}

#[derive(Template)]
#[template(path = "c/main.h.j2", escape = "none")]
struct MainHeader<'a> {
    tool: &'a str,
    guard: String,
    symbols: &'a [String],
}

#[derive(Template)]
#[template(path = "c/leaf.c.j2", escape = "none")]
struct Leaf<'a> {
    tool: &'a str,
    view: &'a DriverView,
    index: usize,
    root: String,
    ident: String,
    symbol: String,
    description: Vec<String>,
    plain: Vec<Plain>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ArrayView;

    fn array(offset: u64, count: u64, stride: u64) -> RegisterView {
        RegisterView {
            offset,
            width: 32,
            array: Some(ArrayView { count, stride }),
            ..RegisterView::default()
        }
    }

    #[test]
    fn a_span_has_the_registers_of_neighbouring_pages() {
        let memory = RegisterView {
            memory: true,
            ..array(0x8000, 0x100, 4)
        };
        let view = DriverView {
            registers: vec![array(0x0, 3, 0x4000), array(0x10, 2, 0x1000), memory],
            ..DriverView::default()
        };
        let spans = [(0x0, 0x1014), (0x4000, 0x4004), (0x8000, 0x8004)];
        assert_eq!(view.spans(), spans);
    }

    #[test]
    fn plain_bits_are_those_that_can_be_read_and_that_programs_may_write() {
        let port = |offset| PortView { offset, width: 32 };
        let bits = |offset| BitsView {
            port: port(offset),
            moves: Vec::new(),
        };
        let source = |offset, readable| SourceView {
            enable: Some(EnableView::Register {
                bits: bits(offset),
                readable,
                kept: 0xf,
                ones: 0x10,
            }),
            ..SourceView::default()
        };
        let view = DriverView {
            size: 0x20,
            windows: vec![WindowView {
                size: 0x10,
                write: true,
                ..WindowView::default()
            }],
            interrupts: vec![InterruptView {
                // The second cannot be read, the third not be written; the last is the first.
                sources: vec![
                    source(0x0, true),
                    source(0x4, false),
                    source(0x10, true),
                    source(0x0, true),
                ],
                ..InterruptView::default()
            }],
            ..DriverView::default()
        };
        let plain = Plain {
            port: port(0x0),
            kept: 0xf,
            ones: 0x10,
        };
        assert_eq!(view.plain(), [plain]);
    }

    #[test]
    fn a_line_is_shared_where_it_is_never_disabled() {
        let moves = vec![MoveView {
            mask: 0x6,
            shift: -1,
        }];
        let source = |enable| SourceView {
            bits: 0x2,
            reported: moves.clone(),
            enable,
            ..SourceView::default()
        };
        let pair = EnableView::Pair {
            set: BitsView::default(),
            clear: BitsView::default(),
            read: None,
        };
        let mut line = InterruptView::default();
        assert!(!line.is_shared());
        line.sources.push(source(Some(pair)));
        assert!(line.is_shared());
        assert_eq!((line.events(), line.changeable()), (0x1, 0x1));
        line.sources.push(SourceView {
            bits: 0x4,
            ..source(None)
        });
        assert!(!line.is_shared());
        assert_eq!((line.events(), line.changeable()), (0x3, 0x1));
    }
}
