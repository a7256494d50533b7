// SPDX-License-Identifier: MIT OR Apache-2.0

//! Mutations that know words, numbers and lines, so that what comes of a
//! description is often one still. They are the same for a text and a seed
//! wherever they run.

use std::ops::Range;

/// Numbers at which arithmetic goes wrong.
const EXTREMES: &[&str] = &[
    "-1",
    "0",
    "1",
    "3",
    "7",
    "8",
    "16",
    "24",
    "31",
    "32",
    "33",
    "63",
    "64",
    "65",
    "128",
    "255",
    "4096",
    "0x1000",
    "0x7fffffff",
    "0x80000000",
    "0xffffffff",
    "0x100000000",
    "0x7fffffffffffffff",
    "0xfffffffffffffffc",
    "0xffffffffffffffff",
    "0x10000000000000000",
    "99999999999999999999",
    "4G",
    "1e9",
    "#1x0",
    "~",
];

/// Bytes that mean something to one of the formats.
const MARKS: &[u8] = b"{}[]<>/:,&*!|>%@#'\"-?=~ \t\n_0\xc3\x00";

/// Numbers that look random and are the same at each run (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    /// A number below the limit; 0 where there is none.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let random = usize::try_from(self.next()).unwrap_or(0);
        random.checked_rem(limit).unwrap_or(0)
    }

    /// One of several.
    pub(crate) fn one_of<'a, T>(&mut self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len())]
    }
}

/// A text with one to three mutations; some take a part from another text.
pub(crate) fn mutate<T: AsRef<str>>(text: &str, others: &[T], random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        let other = random.one_of(others).as_ref();
        text = mutate_once(&text, other, random);
    }
    text
}

fn mutate_once(text: &str, other: &str, random: &mut Random) -> String {
    match random.below(10) {
        0 => with_another_byte(text, random),
        1 => without(text, &part(text, random)),
        2 => {
            let again = text[part(text, random)].to_owned();
            insert(text, &again, random)
        }
        3 => insert(text, &other[part(other, random)], random),
        4 => swap(text, &words(text), random),
        5 => swap(text, &lines(text), random),
        6 => replace(text, &lines(text), other, &lines(other), random),
        7 => replace(text, &words(text), other, &words(other), random),
        _ => with_an_extreme_number(text, random),
    }
}

fn with_another_byte(text: &str, random: &mut Random) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = random.below(bytes.len());
    let mark = *random.one_of(MARKS);
    if let Some(byte) = bytes.get_mut(at) {
        *byte = mark;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A range of a text, seldom long.
fn part(text: &str, random: &mut Random) -> Range<usize> {
    let start = text.floor_char_boundary(random.below(text.len() + 1));
    let most = *random.one_of(&[4, 16, 64, 1024]);
    let end = start + random.below(most);
    start..text.ceil_char_boundary(end.min(text.len()))
}

fn without(text: &str, range: &Range<usize>) -> String {
    [&text[..range.start], &text[range.end..]].concat()
}

fn insert(text: &str, what: &str, random: &mut Random) -> String {
    let at = text.floor_char_boundary(random.below(text.len() + 1));
    [&text[..at], what, &text[at..]].concat()
}

/// Names, numbers and the like.
fn words(text: &str) -> Vec<Range<usize>> {
    let is_word = |it: char| it.is_alphanumeric() || "_-.%".contains(it);
    runs(text, |before, it| is_word(before) == is_word(it))
        .into_iter()
        .filter(|run| text[run.clone()].starts_with(is_word))
        .collect()
}

fn lines(text: &str) -> Vec<Range<usize>> {
    runs(text, |before, _| before != '\n')
}

/// The longest parts in which every character goes on from the one before.
fn runs(text: &str, goes_on: impl Fn(char, char) -> bool) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut before = None;
    for (at, it) in text.char_indices() {
        let end = at + it.len_utf8();
        match runs.last_mut() {
            Some(run) if before.is_some_and(|before| goes_on(before, it)) => run.end = end,
            _ => runs.push(at..end),
        }
        before = Some(it);
    }
    runs
}

fn swap(text: &str, parts: &[Range<usize>], random: &mut Random) -> String {
    if parts.is_empty() {
        return text.to_owned();
    }
    let (a, b) = (random.one_of(parts), random.one_of(parts));
    let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
    if first == second {
        return text.to_owned();
    }
    [
        &text[..first.start],
        &text[second.clone()],
        &text[first.end..second.start],
        &text[first.clone()],
        &text[second.end..],
    ]
    .concat()
}

/// A part of a text replaced by a part of another.
fn replace(
    text: &str,
    parts: &[Range<usize>],
    other: &str,
    replacements: &[Range<usize>],
    random: &mut Random,
) -> String {
    if parts.is_empty() || replacements.is_empty() {
        return text.to_owned();
    }
    let part = random.one_of(parts);
    let replacement = random.one_of(replacements).clone();
    [&text[..part.start], &other[replacement], &text[part.end..]].concat()
}

fn with_an_extreme_number(text: &str, random: &mut Random) -> String {
    let mut numbers = words(text);
    numbers.retain(|word| text[word.clone()].starts_with(|it: char| it.is_ascii_digit()));
    if numbers.is_empty() {
        return text.to_owned();
    }
    let number = random.one_of(&numbers);
    let extreme = *random.one_of(EXTREMES);
    [&text[..number.start], extreme, &text[number.end..]].concat()
}
