// SPDX-License-Identifier: MIT OR Apache-2.0

//! The functions of an assembly file, as LLVM prints it.

use std::collections::BTreeMap;
use std::fmt;

/// A function's code, without the names that differ from one to the next.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Function {
    lines: Vec<Line>,
}

#[derive(Debug, PartialEq, Eq)]
enum Line {
    Label(String),
    Instruction(String),
}

/// What a function is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) instructions: usize,
    pub(crate) accesses: usize,
}

/// The functions by name.
pub(crate) fn functions(text: &str) -> BTreeMap<String, Function> {
    let mut functions = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(label) = label(line) {
            if label.starts_with(".Lfunc_end") {
                functions.extend(current.take().map(finish));
            } else if !label.starts_with(".L") {
                current = Some((label.to_owned(), Vec::new()));
            } else if let Some((_, lines)) = &mut current {
                lines.push(Line::Label(label.to_owned()));
            }
        } else if let (Some((_, lines)), Some(code)) = (&mut current, instruction(line)) {
            lines.push(Line::Instruction(code));
        }
    }
    functions
}

fn finish((name, lines): (String, Vec<Line>)) -> (String, Function) {
    let mut names = Names::default();
    let lines = lines.into_iter().filter_map(|line| names.replace(line));
    (
        name,
        Function {
            lines: lines.collect(),
        },
    )
}

/// `name:` at the start of a line, before any comment.
fn label(line: &str) -> Option<&str> {
    let (label, _) = line.split_once(':')?;
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._$".contains(letter);
    (!label.is_empty() && label.chars().all(is_name)).then_some(label)
}

/// An indented line that is neither directive nor comment, without its comment
/// and with single spaces.
fn instruction(line: &str) -> Option<String> {
    // `@` begins a comment on Arm, but `@GOTPCREL` is no comment on x86.
    let code = ["//", "\t@", " @ ", "##"]
        .iter()
        .fold(line, |code, mark| code.split(mark).next().unwrap_or(code));
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    // Which crate a function is in decides whether a call goes through a table.
    let code = match code.strip_prefix("callq *") {
        Some(called) => format!("callq {}", called.trim_end_matches("@GOTPCREL(%rip)")),
        None => code,
    };
    let is_code = code.starts_with(|letter: char| letter.is_ascii_alphabetic());
    is_code.then_some(code)
}

/// Names of labels and functions, numbered as they come.
#[derive(Default)]
struct Names {
    numbers: BTreeMap<String, usize>,
}

impl Names {
    /// The line with numbers for names.
    fn replace(&mut self, line: Line) -> Option<Line> {
        Some(match line {
            // What only debuggers and unwinders go to.
            Line::Label(name) if name.starts_with(".Ltmp") => return None,
            Line::Label(name) => Line::Label(self.numbered(&name)),
            Line::Instruction(code) => Line::Instruction(self.in_code(&code)),
        })
    }

    fn in_code(&mut self, code: &str) -> String {
        let mut out = String::new();
        let mut rest = code;
        while !rest.is_empty() {
            let is_name = |letter: char| letter.is_ascii_alphanumeric() || "._$".contains(letter);
            let end = rest.find(|letter| !is_name(letter)).unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            if [".L", "_R", "_ZN"]
                .iter()
                .any(|start| name.starts_with(start))
            {
                out.push_str(&self.numbered(name));
            } else {
                out.push_str(name);
            }
            let letter = behind.chars().next();
            out.extend(letter);
            rest = &behind[letter.map_or(0, char::len_utf8)..];
        }
        out
    }

    fn numbered(&mut self, name: &str) -> String {
        let next = self.numbers.len();
        let number = self.numbers.entry(name.to_owned()).or_insert(next);
        format!("<{number}>")
    }
}

impl Function {
    fn instructions(&self) -> impl Iterator<Item = &String> + Clone {
        self.lines.iter().filter_map(|line| match line {
            Line::Instruction(code) => Some(code),
            Line::Label(_) => None,
        })
    }

    /// Its accesses, other than of the stack, that change the register with the
    /// address too, on Arm: a hypervisor cannot emulate them.
    pub(crate) fn write_backs(&self) -> Vec<(&str, Direction)> {
        let instructions = self.instructions();
        instructions
            .filter_map(|code| Some((code.as_str(), write_back(code)?)))
            .collect()
    }

    /// What it is made of.
    pub(crate) fn cost(&self) -> Cost {
        let instructions = self.instructions();
        Cost {
            instructions: instructions.clone().count(),
            accesses: instructions.map(|code| accesses(code)).sum(),
        }
    }
}

/// How often an instruction accesses memory, as it is written in the program:
/// operands in memory, and words of a list.
fn accesses(code: &str) -> usize {
    let (mnemonic, operands) = code.split_once(' ').unwrap_or((code, ""));
    let on_stack = ["push", "pop"].iter().any(|it| mnemonic.starts_with(it));
    if on_stack || mnemonic.starts_with("ldm") || mnemonic.starts_with("stm") {
        return listed(operands);
    }
    if mnemonic.starts_with("lea") || mnemonic.starts_with("nop") {
        return 0;
    }
    let pair = ["ldp", "stp", "ldrd", "strd"].contains(&mnemonic);
    match operands.contains(['[', '(']) {
        true if pair => 2,
        true => 1,
        false => 0,
    }
}

/// What an access does with memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Load,
    Store,
}

/// What an instruction does that writes the address back: `ldr w0, [x1], #4` or
/// `str w0, [x1, #4]!`.
fn write_back(code: &str) -> Option<Direction> {
    let (mnemonic, operands) = code.split_once(' ')?;
    let (_, address) = operands.split_once('[')?;
    let writes_back = address.contains("],") || address.ends_with("]!");
    if !writes_back || address.starts_with("sp") {
        return None;
    }
    match mnemonic.starts_with("st") {
        true => Some(Direction::Store),
        false => Some(Direction::Load),
    }
}

/// The registers of a list such as `{r4, r5, r11, lr}`; without one, one.
fn listed(operands: &str) -> usize {
    let list = operands.split_once('{').map_or("", |(_, list)| list);
    list.split(',').count()
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match line {
                Line::Label(name) => writeln!(f, "  {name}:")?,
                Line::Instruction(code) => writeln!(f, "      {code}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost {
            instructions,
            accesses,
        } = self;
        write!(f, "{instructions} instructions, {accesses} accesses")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARM: &str = "\t.globl\taccessor_x\naccessor_x:\n\t.fnstart\n\tpush\t{r11, lr}\n\
        .LBB7_1:                                @ =>This Inner Loop Header: Depth=1\n\
        \tldr\tr1, [r0, #8]\n\tbeq\t.LBB7_1\n\tbl\t_RNv4core9panicking\n\t@ APP\n\
        \t.p2align\t2\n.LCPI7_0:\n\t.long\t.Lanon.1-(.LPC7_0+8)\n.Lfunc_end7:\n\
        \t.size\taccessor_x, .Lfunc_end7-accessor_x\n";

    #[test]
    fn a_function_is_its_instructions_with_numbers_for_names() {
        let functions = functions(ARM);
        let function = &functions["accessor_x"];
        assert_eq!(
            function.to_string(),
            "      push {r11, lr}\n  <0>:\n      ldr r1, [r0, #8]\n      beq <0>\n      bl <1>\n  <2>:\n"
        );
        assert_eq!(
            function.cost(),
            Cost {
                instructions: 4,
                accesses: 3
            }
        );
    }

    #[test]
    fn an_access_that_changes_its_address_is_found() {
        for (code, found) in [
            ("ldr w10, [x9], #4", Some(Direction::Load)),
            ("ldr w10, [x9, #4]!", Some(Direction::Load)),
            ("str w10, [x9], #4", Some(Direction::Store)),
            ("strb w10, [x9, #-1]!", Some(Direction::Store)),
            ("ldp w10, w11, [x9], #8", Some(Direction::Load)),
            ("ldr w10, [x9, #4]", None),
            ("ldr w10, [x9, x8, lsl #2]", None),
            ("stp x29, x30, [sp, #-16]!", None),
            ("ldr x30, [sp], #16", None),
            ("add x9, x9, #4", None),
        ] {
            assert_eq!(write_back(code), found, "{code}");
        }
    }

    #[test]
    fn accesses_are_counted_on_every_target() {
        for (code, count) in [
            ("movl 84(%rdi), %eax", 1),
            ("orb $1, (%rdi)", 1),
            ("leaq 8(%rdi), %rax", 0),
            ("pushq %rax", 1),
            ("callq <0>", 0),
            ("retq", 0),
            ("ldr w0, [x0, #84]", 1),
            ("stp x29, x30, [sp, #-16]!", 2),
            ("ldm r0, {r1, r2}", 2),
            ("ldrd r0, r1, [r2]", 2),
            ("add r0, r1, r2", 0),
        ] {
            assert_eq!(accesses(code), count, "{code}");
        }
    }
}
