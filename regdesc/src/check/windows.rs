// SPDX-License-Identifier: MIT OR Apache-2.0

//! Windows: what user space may map is whole pages, and shows nothing else.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Block, Item, ReadEffect, Window, WindowKind, WriteEffect};
use crate::source::Spanned;
use crate::units::{ByteRange, align_up};

/// Bytes of the smallest page of the kernels that are supported.
const PAGE: u64 = 0x1000;

/// Windows begin and end at pages, within the block.
pub(super) fn windows_are_whole_pages(block: &Block, diagnostics: &mut Diagnostics) {
    let whole = ByteRange {
        start: 0,
        len: block.size.value,
    };
    for window in &block.windows {
        let range = window.range;
        if !is_paged(range) {
            diagnostics.push(match hidden_in_pages_of(block, window) {
                Some((name, hidden)) => shows(window, name, hidden),
                None => not_whole_pages(window),
            });
        } else if !whole.contains(range) && !is_unknown(block) {
            diagnostics.push(outside(block, window));
        }
    }
}

/// The file that says how large the block is was refused.
fn is_unknown(block: &Block) -> bool {
    block.incomplete && block.size.value == 0
}

fn is_paged(range: ByteRange) -> bool {
    range.len > 0 && range.start.is_multiple_of(PAGE) && range.len.is_multiple_of(PAGE)
}

/// A window's range up to the borders of its pages.
fn pages(range: ByteRange) -> ByteRange {
    let start = range.start - range.start % PAGE;
    let end = range.end().and_then(|end| align_up(end, PAGE));
    ByteRange {
        start,
        len: end.unwrap_or(u64::MAX) - start,
    }
}

/// A register in a window's pages that is not in the window.
fn hidden_in_pages_of<'b>(
    block: &'b Block,
    window: &Window,
) -> Option<(&'b Spanned<String>, ByteRange)> {
    let pages = pages(window.range);
    let ranges = block.items.iter().map(|item| (item.name(), item.range()));
    let mut hidden =
        ranges.filter(|(_, range)| range.overlaps(pages) && !window.range.contains(*range));
    hidden.next()
}

fn shows(window: &Window, name: &Spanned<String>, hidden: ByteRange) -> Diagnostic {
    Diagnostic::new(
        Code::WindowShared,
        window.name.span,
        format!(
            "the window `{}` cannot hide `{}`, which is in the same page",
            window.name.value, name.value
        ),
        format!("bytes {}", window.range),
    )
    .related(name.span, format!("bytes {hidden}"))
    .help(format!(
        "only pages of {PAGE:#x} bytes can be mapped: make the window {}, or move the register \
         to another page",
        pages(window.range)
    ))
}

fn not_whole_pages(window: &Window) -> Diagnostic {
    let pages = pages(window.range);
    Diagnostic::new(
        Code::WindowNotPages,
        window.name.span,
        format!(
            "the window `{}` is not a multiple of the page size",
            window.name.value
        ),
        format!("bytes {}", window.range),
    )
    .help(format!(
        "only pages of {PAGE:#x} bytes can be mapped: write `at: {:#x}, size: {:#x}`",
        pages.start,
        pages.len.max(PAGE)
    ))
}

fn outside(block: &Block, window: &Window) -> Diagnostic {
    Diagnostic::new(
        Code::OutsideBlock,
        window.name.span,
        format!(
            "the window `{}` reaches beyond `{}`",
            window.name.value, block.name.value
        ),
        format!("bytes {}", window.range),
    )
    .related(
        block.size.span,
        format!("the block decodes {:#x} bytes", block.size.value),
    )
    .help("make the window smaller")
}

/// A page belongs to one window at most, so that what may be written there is
/// said once.
pub(super) fn windows_share_no_page(block: &Block, diagnostics: &mut Diagnostics) {
    for (index, window) in block.windows.iter().enumerate() {
        let before = block.windows[..index].iter();
        let shared = before.rev().find(|other| {
            is_paged(window.range) && is_paged(other.range) && other.range.overlaps(window.range)
        });
        if let Some(other) = shared {
            let mut pair = [other, window];
            pair.sort_by_key(|window| window.name.span);
            let [first, second] = pair;
            diagnostics.push(
                Diagnostic::new(
                    Code::WindowShared,
                    second.name.span,
                    format!(
                        "the windows `{}` and `{}` share a page",
                        first.name.value, second.name.value
                    ),
                    format!("bytes {}", second.range),
                )
                .related(first.name.span, format!("bytes {}", first.range))
                .help("move one of them, or make it smaller"),
            );
        }
    }
}

/// A window of memory shows memory: writes to registers must not be combined.
pub(super) fn windows_of_memory_show_no_registers(block: &Block, diagnostics: &mut Diagnostics) {
    let memory = |window: &&Window| window.kind == WindowKind::Memory;
    for window in block.windows.iter().filter(memory) {
        let shown = |item: &&Item| item.range().overlaps(window.range) && !is_memory(item);
        diagnostics.extend(block.items.iter().find(shown).map(|item| {
            Diagnostic::new(
                Code::WindowOfRegisters,
                window.name.span,
                format!(
                    "the window `{}` is memory, and shows the register `{}`",
                    window.name.value,
                    item.name().value
                ),
                "writes may be combined here",
            )
            .related(item.name().span, "an access may have an effect")
            .help("remove `type: memory`, or move the register to a window of its own")
        }));
    }
}

/// A memory, or an array of plain words.
fn is_memory(item: &Item) -> bool {
    match item {
        Item::Register(it) => {
            let is_plain = it.access.on_write == WriteEffect::Modify
                && it.access.on_read == ReadEffect::None
                && !it.access.write_once;
            it.memory || (it.array.is_some() && it.fields.is_empty() && is_plain)
        }
        Item::Cluster(_) => false,
    }
}
