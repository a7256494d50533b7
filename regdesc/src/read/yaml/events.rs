// SPDX-License-Identifier: MIT OR Apache-2.0

//! What an interrupt reports, where each event has bits of its own.

use super::keys::EventKeys;
use super::node::{Node, fields_of};
use super::{Reader, nothing_said, text, without_effect};
use crate::description::{Interrupt, InterruptEvent};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{BitPath, InterruptSource, indexed};

/// The keys of an interrupt whose registers have the same bits.
const WHOLE_REGISTERS: [&str; 3] = ["status", "acknowledge", "enable"];

impl Reader<'_> {
    /// The events of an interrupt; of those that refer to a register of which a field was
    /// refused, nothing can be said.
    pub(super) fn events(&mut self, node: &Node<'_>) -> Vec<InterruptEvent> {
        let entries = self.named(node, "events", "events", fields_of::<EventKeys>());
        let read = |node| self.event(node).filter(|it| !self.has_unknown_bits(it));
        entries.into_iter().filter_map(read).collect()
    }

    fn event(&mut self, node: Node<'_>) -> Option<InterruptEvent> {
        if node.is_null() {
            let nothing = nothing_said(&node, "");
            let help = format!("write `{}: {{status: ISR.DONE}}`", node.name.value);
            self.refuse(&node, nothing.help(help));
            return None;
        }
        let read = node.read::<EventKeys>(self.diagnostics)?;
        let keys = read.value;
        let status = self.required(&node, "status", keys.status);
        let path = |key, written: Option<String>| {
            let written = node.spanned(key, written)?;
            Some(BitPath {
                names: written.value.split('.').map(str::to_owned).collect(),
                span: written.span,
            })
        };
        let status = path("status", status.map(|it| it.value));
        let [enable, enable_set, enable_clear, acknowledge] = [
            ("enable", keys.enable),
            ("enable-set", keys.enable_set),
            ("enable-clear", keys.enable_clear),
            ("acknowledge", keys.acknowledge),
        ]
        .map(|(key, written)| path(key, written));
        let description = text(&node, "description", keys.description);
        self.a_pair_is_whole(&node);
        let status = status.filter(|_| read.complete)?;
        Some(InterruptEvent {
            name: node.name,
            description,
            status,
            enable,
            enable_set,
            enable_clear,
            acknowledge,
        })
    }

    /// What sets an enable bit has a counterpart that clears it.
    fn a_pair_is_whole(&mut self, node: &Node<'_>) {
        for (key, other) in [
            ("enable-set", "enable-clear"),
            ("enable-clear", "enable-set"),
        ] {
            if node.has(key) && !node.has(other) {
                let help = "name the bit that is written to set the enable bit, and the one \
                            that is written to clear it";
                self.diagnostics.push(
                    Diagnostic::new(
                        Code::MissingKey,
                        node.span_of_key(key),
                        format!("`{key}` has no effect without `{other}`"),
                        format!("`{}` has the one alone", node.name.value),
                    )
                    .help(help),
                );
            }
        }
    }

    fn has_unknown_bits(&self, event: &InterruptEvent) -> bool {
        let mut names = event.bits().flat_map(|(_, path)| &path.names);
        names.any(|name| self.incomplete_registers.contains(indexed(name).0))
    }

    /// An interrupt by its events, without what has no effect beside them.
    pub(super) fn judged_by_events(&mut self, node: &Node<'_>, interrupt: Interrupt) -> Interrupt {
        for key in WHOLE_REGISTERS.into_iter().filter(|key| node.has(key)) {
            let wrong = without_effect(
                format!("`{key}` has no effect beside `events`"),
                node.span_of_key(key),
            );
            let events = node.span_of_key("events");
            self.diagnostics.push(
                wrong
                    .related(events, "each event names its own bits")
                    .help(format!("remove `{key}`, or `events`")),
            );
        }
        if interrupt.source == InterruptSource::Level {
            for event in &interrupt.events {
                self.diagnostics.extend(acknowledged_level(event, node));
            }
        }
        Interrupt {
            status: None,
            acknowledge: None,
            enable: None,
            ..interrupt
        }
    }
}

/// A level that names what acknowledges it.
fn acknowledged_level(event: &InterruptEvent, node: &Node<'_>) -> Option<Diagnostic> {
    let acknowledge = event.acknowledge.as_ref()?;
    let message = "`acknowledge` has no effect on an interrupt of `type: level`";
    Some(
        without_effect(message.to_owned(), acknowledge.span)
            .related(node.span_of_key("type"), "follows its source"),
    )
}
