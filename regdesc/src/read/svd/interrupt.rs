// SPDX-License-Identifier: MIT OR Apache-2.0

//! The lines of peripherals.

use std::collections::{HashMap, HashSet};

use svd_parser::svd;

use super::array;
use super::element::Element;
use crate::description::Interrupt;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::InterruptSource;

/// The lines of a peripheral, or of one of an array of them.
#[derive(Clone, Default)]
pub(super) struct Lines {
    pub(super) interrupts: Vec<Interrupt>,
    /// What is suspicious about them.
    pub(super) notices: Vec<Diagnostic>,
}

/// The lines that a peripheral has written, each once. One that is derived has
/// none but its own: another instance's line is another line.
pub(super) fn lines(element: Element<'_, '_>, svd: &svd::PeripheralInfo) -> Lines {
    let elements = element.children_named("interrupt");
    let written = elements
        .zip(&svd.interrupt)
        .map(|(element, svd)| Interrupt {
            name: element.at("name", svd.name.clone()),
            description: element.folded_text("description"),
            trigger: None,
            source: InterruptSource::default(),
            status: None,
            acknowledge: None,
            enable: None,
            events: Vec::new(),
            number: Some(svd.value),
        });
    let mut distinct = Distinct::default();
    for interrupt in written {
        distinct.add(interrupt);
    }
    distinct.lines
}

/// Lines that are distinguished by name and number.
#[derive(Default)]
struct Distinct {
    lines: Lines,
    /// Where the line of a number is.
    by_number: HashMap<Option<u32>, usize>,
    /// Where the first line of a name as written is, and how many have it.
    by_name: HashMap<String, (usize, u64)>,
    names: HashSet<String>,
}

impl Distinct {
    /// Adds a line that is not there yet.
    fn add(&mut self, mut interrupt: Interrupt) {
        let written = interrupt.name.value.clone();
        let at = self.lines.interrupts.len();
        if let Some(first) = self.by_number.get(&interrupt.number) {
            let first = &self.lines.interrupts[*first];
            // The same text twice says one thing; one of two names is lost.
            if first.name.value != written && !self.is_renamed(first, &written) {
                self.lines.notices.push(one_line(first, &interrupt));
            }
            return;
        }
        match self.by_name.get(&written).copied() {
            Some((first, count)) => {
                let (name, count) = self.free_name(&written, count);
                let first = &self.lines.interrupts[first];
                self.lines.notices.push(one_name(first, &interrupt, &name));
                self.by_name.insert(written, (at, count));
                interrupt.name.value = name;
            }
            None => {
                self.by_name.insert(written, (at, 1));
            }
        }
        self.names.insert(interrupt.name.value.clone());
        self.by_number.insert(interrupt.number, at);
        self.lines.interrupts.push(interrupt);
    }

    /// Whether a line was written under a name that others have too.
    fn is_renamed(&self, line: &Interrupt, written: &str) -> bool {
        let rest = line.name.value.strip_prefix(written);
        let number = rest.and_then(|rest| rest.strip_prefix('_')?.parse().ok());
        let count = self.by_name.get(written).map(|(_, count)| *count);
        number.is_some_and(|number: u64| count >= Some(number))
    }

    /// `NAME_2`, or the next that no line has.
    fn free_name(&self, name: &str, count: u64) -> (String, u64) {
        let numbers = count.saturating_add(1)..;
        let names = numbers.map(|number| (format!("{name}_{number}"), number));
        let mut free = names.filter(|(name, _)| !self.names.contains(name));
        free.next().unwrap_or_default()
    }
}

/// Which elements of an array of peripherals have a line.
#[derive(Clone, Copy, PartialEq)]
enum Owner {
    Element(usize),
    All,
}

impl Lines {
    /// The lines of each element of an array of peripherals. A line that has the
    /// name of an element is that element's; any other is stated once for all of
    /// them.
    pub(super) fn of_elements(self, elements: &Elements) -> Vec<Lines> {
        let mut notices = self.notices;
        let mut owned: Vec<Vec<Interrupt>> = vec![Vec::new(); elements.names.len()];
        let mut shared = Vec::new();
        let mut first_has = Vec::new();
        for mut interrupt in self.interrupts {
            match elements.owner(&interrupt.name) {
                Owner::All => shared.push(interrupt),
                Owner::Element(at) => {
                    if interrupt.name.contains("%s") {
                        first_has.push(interrupt.clone());
                        let index = elements.indexes.get(at).map_or("", String::as_str);
                        interrupt.name.value = array::element_name(&interrupt.name, index);
                    }
                    if let Some(owned) = owned.get_mut(at) {
                        owned.push(interrupt);
                    }
                }
            }
        }
        notices.extend(elements.all_have(&shared));
        notices.extend(elements.first_has(&first_has));
        owned
            .into_iter()
            .map(|own| Lines {
                interrupts: own.into_iter().chain(shared.iter().cloned()).collect(),
                notices: notices.clone(),
            })
            .collect()
    }
}

/// The elements of an array of peripherals.
pub(super) struct Elements {
    /// What represents `%s` in each.
    pub(super) indexes: Vec<String>,
    /// Their names.
    pub(super) names: Vec<String>,
}

impl Elements {
    /// The element whose name a line's begins with: `UART1` and `Uart1_TX` are
    /// lines of `UART1`, and `UART10` is not. Of `UART%s` the number is known of
    /// the first alone.
    fn owner(&self, line: &str) -> Owner {
        if line.contains("%s") {
            return Owner::Element(0);
        }
        let line = line.to_ascii_lowercase();
        let begins = |name: &str| {
            let rest = line.strip_prefix(&name.to_ascii_lowercase());
            rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_ascii_digit()))
        };
        let owners = self.names.iter().enumerate();
        let owners = owners.filter(|(_, name)| begins(name));
        let owner = owners.max_by_key(|(_, name)| name.len());
        owner.map_or(Owner::All, |(at, _)| Owner::Element(at))
    }

    fn all_have(&self, lines: &[Interrupt]) -> Option<Diagnostic> {
        let notice = self.stated_once(lines, "each of them has this line")?;
        Some(notice.help(
            "if each has a line of its own, give each line a name that begins with its peripheral's",
        ))
    }

    fn first_has(&self, lines: &[Interrupt]) -> Option<Diagnostic> {
        let first = self.names.first()?;
        let notice = self.stated_once(lines, &format!("`{first}` alone has this line"))?;
        Some(notice.help(
            "write a line for each peripheral, with the peripheral's name and the line's number",
        ))
    }

    fn stated_once(&self, lines: &[Interrupt], label: &str) -> Option<Diagnostic> {
        let (first, others) = lines.split_first()?;
        let count = self.names.len();
        let name = &first.name.value;
        let message = match others.len() {
            0 => format!("the interrupt `{name}` has one number for {count} peripherals"),
            others => format!(
                "the interrupt `{name}` has one number for {count} peripherals, as have {others} more"
            ),
        };
        (count > 1).then(|| Diagnostic::new(Code::InterruptsAlike, first.name.span, message, label))
    }
}

fn one_line(first: &Interrupt, second: &Interrupt) -> Diagnostic {
    Diagnostic::new(
        Code::InterruptsAlike,
        second.name.span,
        format!(
            "the interrupts `{}` and `{}` are one line, {}",
            first.name.value,
            second.name.value,
            second.number.unwrap_or_default()
        ),
        "left out",
    )
    .related(first.name.span, "has the line")
    .help("correct the number, or remove one of them")
}

fn one_name(first: &Interrupt, second: &Interrupt, name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::InterruptsAlike,
        second.name.span,
        format!("two interrupts are called `{}`", second.name.value),
        format!("called `{name}` in the output"),
    )
    .related(first.name.span, "first here")
    .help("give one of them another name")
}
