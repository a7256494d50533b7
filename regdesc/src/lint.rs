// SPDX-License-Identifier: MIT OR Apache-2.0

//! What is legal but suspicious: reported, and allowed by name.

use crate::access::{Access, WriteEffect};
use crate::check::walk::each_register;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{
    Block, Device, Field, Instance, Interrupt, InterruptSource, Kind, Located, Register,
    WriteConstraint,
};
use crate::nearest::nearest;
use crate::source::Spanned;
use crate::units::align_up;

/// Bytes of the smallest page of the kernels that are supported.
const PAGE: u64 = 0x1000;

/// Bytes of the largest page that kernels commonly have (arm64, 64 KiB).
const LARGE_PAGE: u64 = 0x1_0000;

/// The property of a node that may share its pages.
const SHARED_PAGES: &str = "regloom,shared-pages";

/// The name of every lint.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().filter_map(|code| code.lint())
}

/// Says that there is no lint of that name.
pub(crate) fn unknown(name: &Spanned<String>) -> Diagnostic {
    Diagnostic::new(
        Code::UnknownLint,
        name.span,
        format!("there is no lint `{}`", name.value),
        "allowed here",
    )
    .did_you_mean(name, nearest(name, names()), || {
        format!("there are {}", names().collect::<Vec<_>>().join(", "))
    })
}

/// Reports everything suspicious about a device, of which all peripherals were
/// chosen by name or none.
pub(crate) fn lint(device: &Device, chosen: bool, diagnostics: &mut Diagnostics) {
    resets_are_known(device, diagnostics);
    for block in &device.blocks {
        each_register(&block.items, &mut |register| {
            flags_are_apart(register, diagnostics);
            constraints_are_of_what_is_written(register, diagnostics);
        });
        bits_of_interrupts_are_apart(block, diagnostics);
        registers_lie_in_windows(block, diagnostics);
        if device.kind == Kind::Block {
            the_block_says_which_it_is(block, diagnostics);
        }
        // Of a whole chip, most blocks are mapped by no program.
        if device.kind == Kind::Block || chosen {
            instances_fill_pages(device.kind, block, diagnostics);
        }
    }
}

/// No flag that is cleared by writing 1 is beside bits that are changed by
/// read-modify-write: in one register, or in one word of a wide one.
fn flags_are_apart(register: &Register, diagnostics: &mut Diagnostics) {
    if register.width.value <= u64::BITS {
        return flags_are_apart_among(register, |_| true, diagnostics);
    }
    for word in register.words() {
        let in_word = |field: &Field| field.bits.overlaps(word);
        flags_are_apart_among(register, in_word, diagnostics);
    }
}

fn flags_are_apart_among(
    register: &Register,
    among: impl Fn(&Field) -> bool,
    diagnostics: &mut Diagnostics,
) {
    let of = |wanted: fn(&Field) -> bool| {
        let mut fields = register.fields.iter();
        fields.find(|field| among(field) && wanted(field))
    };
    let flag = of(|field| field.access.write && field.access.on_write == WriteEffect::OneToClear);
    let plain = of(|field| {
        field.access.read && field.access.write && field.access.on_write == WriteEffect::Modify
    });
    let (Some(flag), Some(plain)) = (flag, plain) else {
        return;
    };
    diagnostics.push(
        Diagnostic::new(
            Code::ClearBesideModify,
            flag.name.span,
            format!(
                "`{}` of `{}` is cleared by software that changes `{}` by read-modify-write",
                flag.name.value, register.name.value, plain.name.value
            ),
            "cleared by a written 1",
        )
        .related(plain.name.span, "read and written back")
        .help("give the flags a register of their own; the accessor here writes 0 to them"),
    );
}

/// No bit that the driver changes by read-modify-write is beside bits that programs give
/// a value: what a program stores between its read and its write is undone.
fn bits_of_interrupts_are_apart(block: &Block, diagnostics: &mut Diagnostics) {
    let mut seen = Vec::new();
    for interrupt in &block.interrupts {
        for written in written_back(block, interrupt) {
            let register = written.register.register;
            let place = (written.register.offset, register.name.span);
            if !seen.contains(&place) {
                seen.push(place);
                diagnostics.extend(undone(interrupt, &written));
            }
        }
    }
}

/// A register that the driver reads and writes back for an interrupt.
struct WrittenBack<'b> {
    register: Located<'b>,
    /// The bits that it writes for the interrupts.
    own: u64,
    when: &'static str,
}

fn written_back<'b>(block: &'b Block, interrupt: &Interrupt) -> Vec<WrittenBack<'b>> {
    let mut written = Vec::new();
    // The enable register of whole registers has nothing else.
    let whole = interrupt.status.as_ref();
    let whole = whole.filter(|_| interrupt.separate_acknowledge().is_none());
    written.extend(
        whole
            .and_then(|path| block.register(path))
            .map(|register| WrittenBack {
                own: interrupt.events(register.register),
                register,
                when: "acknowledges",
            }),
    );
    for event in &interrupt.events {
        let elsewhere = event
            .acknowledge
            .as_ref()
            .filter(|it| it.names != event.status.names);
        let status = elsewhere.is_none().then_some(&event.status);
        let paired = event.enable_set.is_some();
        let enable = event.enable.as_ref().filter(|_| !paired);
        for (path, when) in [(status, "acknowledges"), (enable, "enables and masks")] {
            written.extend(
                path.and_then(|path| block.bit(path))
                    .map(|found| WrittenBack {
                        own: enable_bits(block, found.register),
                        register: found.register,
                        when,
                    }),
            );
        }
    }
    let is_level = interrupt.source == InterruptSource::Level;
    written.retain(|it| !(is_level && it.when == "acknowledges"));
    written
}

/// The enable bits of all events in a register: the driver alone gives them a value.
fn enable_bits(block: &Block, register: Located<'_>) -> u64 {
    let events = block.interrupts.iter().flat_map(|it| &it.events);
    let enables = events.filter_map(|event| block.bit(event.enable.as_ref()?));
    let here = enables.filter(|it| {
        it.register.offset == register.offset
            && std::ptr::eq(it.register.register, register.register)
    });
    here.fold(0, |bits, it| bits | it.field.bits.mask())
}

fn undone(interrupt: &Interrupt, written: &WrittenBack<'_>) -> Option<Diagnostic> {
    let register = written.register.register;
    let acts = |field: &&Field| field.access.write && field.access.on_write != WriteEffect::Modify;
    let is_written = written.when != "acknowledges" || register.fields.iter().any(|it| acts(&it));
    let is_plain = |field: &&Field| {
        field.access.is_plain() && !field.self_clearing && field.bits.mask() & written.own == 0
    };
    let plain = register
        .fields
        .iter()
        .find(is_plain)
        .filter(|_| is_written)?;
    let when = written.when;
    Some(
        Diagnostic::new(
            Code::ClearBesideModify,
            plain.name.span,
            format!(
                "`{}` of `{}` is written back as it was read when the driver {when} the \
                 interrupt `{}`",
                plain.name.value, register.name.value, interrupt.name.value
            ),
            "what a program stores meanwhile is undone",
        )
        .related(interrupt.name.span, "has bits in the same register")
        .help(
            "give the bits of the interrupt registers of their own; else change this one by \
             `update` of the interrupt, under the driver's lock",
        ),
    )
}

/// A write constraint is of what software gives a value of its choice.
fn constraints_are_of_what_is_written(register: &Register, diagnostics: &mut Diagnostics) {
    let name = &register.name;
    if register.write_constraint.is_some()
        && let Some(why) = why_the_whole_has_no_constraint(register)
    {
        let help = match register.fields.is_empty() {
            true => "remove it",
            false => "give each field a constraint of its own",
        };
        diagnostics.push(without_effect(name, why).help(help));
    }
    let enumerated = |field: &&Field| field.write_constraint == Some(WriteConstraint::Enumerated);
    let several = register.fields.iter().filter(enumerated).count() > 1;
    for field in &register.fields {
        // One of several fields with names may have it from the register.
        let may_be_shared = several && enumerated(&field);
        if field.write_constraint.is_some()
            && !may_be_shared
            && let Some(why) = why_a_field_has_no_constraint(field)
        {
            diagnostics.push(without_effect(&field.name, why).help("remove it"));
        }
    }
}

fn why_the_whole_has_no_constraint(register: &Register) -> Option<&'static str> {
    if !register.fields.is_empty() {
        return Some("is for the whole register, which is written by its fields");
    }
    if let Some(why) = why_not_constrained(register.access.value) {
        return Some(why);
    }
    match register.write_constraint {
        _ if register.width.value > u64::BITS => {
            Some("is for the whole register, which is written in several parts")
        }
        Some(WriteConstraint::AsRead) => {
            Some("allows what was read alone, and the register is written whole")
        }
        _ => None,
    }
}

fn why_a_field_has_no_constraint(field: &Field) -> Option<&'static str> {
    if field.self_clearing {
        return Some("is for bits that clear themselves");
    }
    let as_read = field.write_constraint == Some(WriteConstraint::AsRead);
    if as_read && !field.access.read {
        return Some("allows what was read alone, and software cannot read the bits");
    }
    why_not_constrained(field.access.value)
}

fn why_not_constrained(access: Access) -> Option<&'static str> {
    if !access.write {
        return Some("is for what software cannot write");
    }
    (access.on_write != WriteEffect::Modify).then_some("is for bits that no write gives a value")
}

fn without_effect(name: &Spanned<String>, why: &str) -> Diagnostic {
    Diagnostic::new(
        Code::RegisterConstraint,
        name.span,
        format!("the write constraint of `{}` {why}", name.value),
        "has no effect",
    )
}

/// Something distinguishes hardware with this map from hardware with another.
fn the_block_says_which_it_is(block: &Block, diagnostics: &mut Diagnostics) {
    if block.identity.is_empty() {
        diagnostics.push(
            Diagnostic::new(
                Code::NoIdentity,
                block.name.span,
                format!("software cannot find out that this block is `{}`", block.name.value),
                "no `identity`",
            )
            .help("add a register with a number of its own: `identity: {magic: {register: ID, value: 0x…}}`"),
        );
    }
}

/// A page that a program maps holds this block alone, of whatever size pages are.
fn instances_fill_pages(kind: Kind, block: &Block, diagnostics: &mut Diagnostics) {
    let mut properties = block.device_tree.properties.iter();
    if properties.any(|(name, _)| name.value == SHARED_PAGES) {
        return;
    }
    let fill = |page: u64| {
        let whole = |at: u64| at.is_multiple_of(page);
        let mut instances = block.instances.iter();
        instances.find(|it| !whole(it.base.value) || !whole(block.size.value))
    };
    if let Some(instance) = fill(PAGE) {
        diagnostics.push(not_whole_pages(kind, block, instance));
    } else if let Some(instance) = fill(LARGE_PAGE) {
        diagnostics.push(shares_large_page(block, instance));
    }
}

fn not_whole_pages(kind: Kind, block: &Block, instance: &Instance) -> Diagnostic {
    let allowed = match kind {
        Kind::Block => "add `device-tree: {properties: {\"regloom,shared-pages\": true}}`",
        Kind::Chip => "add `regloom,shared-pages;` to its node in the board's tree",
    };
    Diagnostic::new(
        Code::NotWholePages,
        block.size.span,
        format!(
            "`{}` is not whole pages of {PAGE:#x} bytes, and its driver will not bind to `{}`",
            block.name.value, instance.name.value
        ),
        format!("{:#x} bytes", block.size.value),
    )
    .related(instance.base.span, "located here")
    .help(format!(
        "give it {:#x} bytes at a multiple of {PAGE:#x}, or, where a program may reach what else is in its pages, {allowed}",
        align_up(block.size.value.max(1), PAGE).unwrap_or(PAGE)
    ))
}

fn shares_large_page(block: &Block, instance: &Instance) -> Diagnostic {
    Diagnostic::new(
        Code::SharesLargePage,
        block.size.span,
        format!(
            "on a kernel with pages of 64 KiB, `{}` shares its page with its neighbours",
            block.name.value
        ),
        format!("{:#x} bytes", block.size.value),
    )
    .related(instance.base.span, "located here")
    .help("decode 0x10000 bytes at a multiple of it, if such a kernel is to run")
}

/// What a read-modify-write begins with is stated somewhere.
fn resets_are_known(device: &Device, diagnostics: &mut Diagnostics) {
    let mut unknown = 0u64;
    let mut first = None;
    for block in &device.blocks {
        each_register(&block.items, &mut |register| {
            let changed = register
                .accesses()
                .any(|access| access.read && access.write);
            if register.reset_mask.is_zero() && changed && !register.memory {
                unknown += 1;
                first.get_or_insert_with(|| register.name.clone());
            }
        });
    }
    if let Some(name) = first {
        let others = match unknown {
            1 => String::new(),
            many => format!(" and {} others", many - 1),
        };
        diagnostics.push(
            Diagnostic::new(
                Code::UnknownReset,
                name.span,
                format!(
                    "the value of `{}`{others} after reset is unknown",
                    name.value
                ),
                "the first of them",
            )
            .help("state it, or allow it: a first write then has to say every bit"),
        );
    }
}

/// A program that maps the block reaches every register.
fn registers_lie_in_windows(block: &Block, diagnostics: &mut Diagnostics) {
    if block.windows.is_empty() {
        return;
    }
    for item in &block.items {
        let range = item.range();
        if block
            .windows
            .iter()
            .any(|window| window.range.contains(range))
        {
            continue;
        }
        diagnostics.push(
            Diagnostic::new(
                Code::OutsideWindows,
                item.name().span,
                format!("`{}` is in no window", item.name().value),
                format!("bytes {range}"),
            )
            .help("make a window larger, or allow it: the kernel alone uses the register"),
        );
    }
}
