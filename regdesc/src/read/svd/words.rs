// SPDX-License-Identifier: MIT OR Apache-2.0

//! Words for an access that CMSIS-SVD does not have: the abbreviations of data
//! sheets and of UVM, and the same in full.

use crate::access::{Access, ReadEffect, WriteEffect};

/// What a word means, in the words that CMSIS-SVD has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) access: &'static str,
    /// `modifiedWriteValues`, where a write does not store the value.
    pub(super) on_write: Option<&'static str>,
    /// `readAction`, where a read changes something.
    pub(super) on_read: Option<&'static str>,
    /// It does not say whether the read or the write has the effect, so both
    /// are taken to have it.
    pub(super) ambiguous: bool,
}

impl Meaning {
    /// What to write for it.
    pub(super) fn advice(self) -> String {
        match (self.on_write, self.on_read) {
            (Some(write), Some(read)) if self.ambiguous => format!(
                "say what does it: `<modifiedWriteValues>{write}</modifiedWriteValues>` \
                 for a written 1, `<readAction>{read}</readAction>` for a read, \
                 beside `<access>{}</access>`",
                self.access
            ),
            _ => format!("write {}", self.elements()),
        }
    }

    /// The elements that say it.
    pub(super) fn elements(self) -> String {
        let element = |tag: &str, text: &str| format!("`<{tag}>{text}</{tag}>`");
        let mut elements = vec![element("access", self.access)];
        elements.extend(self.on_write.map(|it| element("modifiedWriteValues", it)));
        elements.extend(self.on_read.map(|it| element("readAction", it)));
        match elements.split_last() {
            Some((last, before)) if !before.is_empty() => {
                format!("{} and {last}", before.join(", "))
            }
            _ => elements.concat(),
        }
    }
}

/// What the word means; `None` where it says nothing known.
pub(super) fn meaning(text: &str) -> Option<Meaning> {
    let key = squeezed(text);
    // `read/clear` and `read-clear` may mean that a read clears, or that it can
    // be read, and cleared by a write. The abbreviation `rc` is UVM's.
    let spelt_out = !text.bytes().all(|it| it.is_ascii_alphanumeric());
    let both = match key.as_str() {
        "rc" if spelt_out => Some((WriteEffect::OneToClear, ReadEffect::Clear)),
        "rs" if spelt_out => Some((WriteEffect::OneToSet, ReadEffect::Set)),
        _ => None,
    };
    let access = match both {
        Some((on_write, on_read)) => Access {
            on_write,
            on_read,
            ..Access::RW
        },
        None => access(&key)?,
    };
    Some(Meaning {
        access: may(access),
        on_write: on_write(access.on_write),
        on_read: on_read(access.on_read),
        ambiguous: both.is_some(),
    })
}

/// The word without what does not distinguish it from others: `read/write-1-to-clear`
/// is `rw1c`.
fn squeezed(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    let mut key: String = letters.map(|it| it.to_ascii_lowercase()).collect();
    for (long, short) in [
        ("once", "!"),
        ("toggle", "t"),
        ("invert", "t"),
        ("zero", "0"),
        ("one", "1"),
        ("writing", "w"),
        ("write", "w"),
        ("read", "r"),
        ("clear", "c"),
        ("clr", "c"),
        ("set", "s"),
        ("only", ""),
        ("on", ""),
        ("to", ""),
        ("by", ""),
    ] {
        key = key.replace(long, short);
    }
    key
}

fn access(key: &str) -> Option<Access> {
    let once = |access| Access {
        write_once: true,
        ..access
    };
    Some(match key {
        "r" => Access::RO,
        "w" => Access::WO,
        "wr" => Access::RW,
        "w!" | "wo!" => once(Access::WO),
        "rw!" | "rwo" => once(Access::RW),
        "1c" | "1s" | "1t" | "0c" | "0s" | "0t" => policy(&format!("w{key}"))?,
        "rcw1" | "cw1" => policy("w1c")?,
        "rcw0" | "cw0" => policy("w0c")?,
        "rcw" => policy("wc")?,
        "rsw1" | "sw1" => policy("w1s")?,
        "rsw0" | "sw0" => policy("w0s")?,
        "rtw1" | "tw1" => policy("w1t")?,
        "rcr" | "cr" | "cor" => policy("rc")?,
        "rsr" | "sr" => policy("rs")?,
        _ => policy(key).or_else(|| policy(key.strip_prefix('r')?))?,
    })
}

fn policy(name: &str) -> Option<Access> {
    Access::from_policy(name)
}

fn may(access: Access) -> &'static str {
    match (access.read, access.write, access.write_once) {
        (true, true, false) => "read-write",
        (true, true, true) => "read-writeOnce",
        (false, true, true) => "writeOnce",
        (false, true, false) => "write-only",
        (_, false, _) => "read-only",
    }
}

fn on_write(effect: WriteEffect) -> Option<&'static str> {
    Some(match effect {
        WriteEffect::Modify => return None,
        WriteEffect::OneToClear => "oneToClear",
        WriteEffect::OneToSet => "oneToSet",
        WriteEffect::OneToToggle => "oneToToggle",
        WriteEffect::ZeroToClear => "zeroToClear",
        WriteEffect::ZeroToSet => "zeroToSet",
        WriteEffect::ZeroToToggle => "zeroToToggle",
        WriteEffect::Clear => "clear",
        WriteEffect::Set => "set",
    })
}

fn on_read(effect: ReadEffect) -> Option<&'static str> {
    Some(match effect {
        ReadEffect::None => return None,
        ReadEffect::Clear => "clear",
        ReadEffect::Set => "set",
        ReadEffect::Pop => "modify",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (&'static str, Option<&'static str>, Option<&'static str>) {
        let meaning = meaning(text).unwrap_or_else(|| panic!("{text}"));
        (meaning.access, meaning.on_write, meaning.on_read)
    }

    #[test]
    fn plain_accesses_have_many_names() {
        for text in ["r", "R", "RO", "read", "ReadOnly", "read only"] {
            assert_eq!(read(text), ("read-only", None, None), "{text}");
        }
        for text in ["w", "WO", "write", "writeOnly"] {
            assert_eq!(read(text), ("write-only", None, None), "{text}");
        }
        for text in [
            "rw",
            "RW",
            "r/w",
            "R/W",
            "read/write",
            "readWrite",
            "write-read",
        ] {
            assert_eq!(read(text), ("read-write", None, None), "{text}");
        }
        assert_eq!(read("write-once"), ("writeOnce", None, None));
        assert_eq!(read("read-writeonce"), ("read-writeOnce", None, None));
        assert_eq!(read("RWO"), ("read-writeOnce", None, None));
    }

    #[test]
    fn flags_are_cleared_by_what_the_word_says() {
        let cleared = ("read-write", Some("oneToClear"), None);
        for text in [
            "w1c",
            "W1C",
            "rw1c",
            "R/W1C",
            "rc_w1",
            "write-1-to-clear",
            "write one to clear",
            "read/write-1-to-clear",
            "read-write-one-to-clear",
            "oneToClear",
        ] {
            assert_eq!(read(text), cleared, "{text}");
        }
        assert_eq!(read("rc_w0"), ("read-write", Some("zeroToClear"), None));
        assert_eq!(read("w1s"), ("read-write", Some("oneToSet"), None));
        assert_eq!(
            read("write-1-to-toggle"),
            ("read-write", Some("oneToToggle"), None)
        );
        assert_eq!(read("woc"), ("write-only", Some("clear"), None));
    }

    #[test]
    fn reads_have_the_effect_that_the_word_says() {
        for text in ["rc", "RC", "rc_r", "clear-on-read", "cor"] {
            assert_eq!(read(text), ("read-only", None, Some("clear")), "{text}");
        }
        assert_eq!(read("rs"), ("read-only", None, Some("set")));
    }

    #[test]
    fn what_may_be_either_is_both() {
        for text in ["read/clear", "read-clear", "r/c"] {
            assert_eq!(
                read(text),
                ("read-write", Some("oneToClear"), Some("clear"))
            );
            assert!(meaning(text).unwrap().ambiguous);
        }
        assert_eq!(
            read("read/set"),
            ("read-write", Some("oneToSet"), Some("set"))
        );
        assert!(!meaning("rc").unwrap().ambiguous);
    }

    #[test]
    fn other_words_mean_nothing() {
        for text in ["", "none", "reserved", "read-wrote", "x", "private"] {
            assert_eq!(meaning(text), None, "{text}");
        }
    }

    #[test]
    fn a_meaning_is_written_in_elements() {
        assert_eq!(
            meaning("w1c").unwrap().elements(),
            "`<access>read-write</access>` and `<modifiedWriteValues>oneToClear</modifiedWriteValues>`"
        );
        assert_eq!(
            meaning("r/w").unwrap().elements(),
            "`<access>read-write</access>`"
        );
    }
}
