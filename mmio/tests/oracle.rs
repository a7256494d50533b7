// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every method of a map that has every access, run through the simulator on
//! random contents and compared with what each bit of the register should hold
//! afterwards, decided here bit by bit from the policy's name alone.

use std::cell::Cell;
use std::rc::Rc;

use every_access::{Ctrl, Simulator, ch};
use proptest::prelude::*;
use regloom_mmio::access::{
    Access, Clear, ClearAll, Pop, Read, Set, SetAll, Take, Toggle, Trigger, Update, Write,
    WriteActing,
};
use regloom_mmio::{Bounded, Fixed, On, Reg, Register, Transfer, Word};

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "every_access/lib.rs"]
#[rustfmt::skip]
pub mod every_access;

type Handle<'a, R, A> = Reg<'a, R, A, On<Simulator>>;

/// What the description says of a register, by its words.
struct Sheet {
    width: u32,
    reset: u64,
    /// Highest bit, lowest bit, and policy of each field.
    fields: &'static [(u32, u32, &'static str)],
    /// Of all other bits; `rw0` and `wo0` are written 0 by whatever is written,
    /// `kept` are left alone.
    rest: &'static str,
}

const fn word(rest: &'static str) -> Sheet {
    sheet(0, rest, &[])
}

const fn sheet(
    reset: u64,
    rest: &'static str,
    fields: &'static [(u32, u32, &'static str)],
) -> Sheet {
    Sheet {
        width: 32,
        reset,
        fields,
        rest,
    }
}

/// What a method means to do.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Nothing,
    Clear,
    Set,
    Toggle,
    Trigger,
}

/// What naming a bit does, by its policy.
fn act_of(policy: &str) -> Act {
    match policy {
        "w1c" | "w0c" | "w1crs" | "w0crs" => Act::Clear,
        "w1s" | "w0s" | "w1src" | "w0src" => Act::Set,
        "w1t" | "w0t" => Act::Toggle,
        "sc" | "sc0" => Act::Trigger,
        _ => Act::Nothing,
    }
}

fn acted(act: Act, held: bool) -> bool {
    match act {
        Act::Clear => false,
        Act::Set => true,
        Act::Toggle => !held,
        Act::Nothing | Act::Trigger => held,
    }
}

impl Sheet {
    fn policy(&self, bit: u32) -> &'static str {
        let mut fields = self.fields.iter();
        let found = fields.find(|(high, low, _)| (*low..=*high).contains(&bit));
        found.map_or(self.rest, |(_, _, policy)| policy)
    }

    /// A word made bit by bit.
    fn word(&self, bit: impl Fn(u32, &'static str) -> bool) -> u64 {
        let bits = (0..self.width).filter(|at| bit(*at, self.policy(*at)));
        bits.fold(0, |word, at| word | 1 << at)
    }

    fn trimmed(&self, word: u64) -> u64 {
        self.word(|at, _| has(word, at))
    }

    /// What software sees of a content.
    fn seen(&self, held: u64) -> u64 {
        self.word(|at, policy| !policy.starts_with("wo") && has(held, at))
    }

    fn has(&self, policies: &[&str]) -> bool {
        (0..self.width).any(|at| policies.contains(&self.policy(at)))
    }

    /// After a write of `value` in which the bits of `named` act.
    fn after_write(&self, held: u64, value: u64, named: u64) -> u64 {
        self.word(|at, policy| match policy {
            "rw" | "wo" | "w1" | "wo1" | "wrc" | "wrs" => has(value, at),
            "rw0" | "wo0" => false,
            policy if has(named, at) => acted(act_of(policy), has(held, at)),
            _ => has(held, at),
        })
    }

    /// After a write that makes the bits of `named` act that do `act`, and
    /// leaves all others alone.
    fn after_act(&self, held: u64, act: Act, named: u64) -> u64 {
        self.word(|at, policy| match policy {
            "rw0" | "wo0" => false,
            policy if has(named, at) && act_of(policy) == act => acted(act, has(held, at)),
            _ => has(held, at),
        })
    }

    /// After a load.
    fn after_read(&self, held: u64) -> u64 {
        self.word(|at, policy| match policy {
            "rc" | "wrc" | "wsrc" | "w1src" | "w0src" => false,
            "rs" | "wrs" | "wcrs" | "w1crs" | "w0crs" => true,
            _ => has(held, at),
        })
    }

    /// Whether writing for some bits has others to give back.
    fn has_plain(&self) -> bool {
        self.has(&["rw"])
    }
}

fn has(word: u64, bit: u32) -> bool {
    word >> bit & 1 == 1
}

/// Random content, and random arguments.
#[derive(Debug, Clone, Copy)]
struct Case {
    held: u64,
    value: u64,
    named: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let word = || prop_oneof![any::<u64>(), Just(0), Just(u64::MAX)];
    (word(), word(), word()).prop_map(|(held, value, named)| Case { held, value, named })
}

/// One register under test, with its content set.
struct Trial<'s, R: Register, A: Access> {
    simulator: &'s Simulator,
    handle: Handle<'s, R, A>,
    sheet: &'static Sheet,
    case: Case,
}

fn value_of<R: Register>(bits: u64) -> R::Value {
    (R::FROM_BITS)(R::Word::from_low(bits))
}

fn bits_of<R: Register>(value: R::Value) -> u64 {
    (R::BITS)(value).into()
}

impl<'s, R: Register, A: Access> Trial<'s, R, A> {
    fn of(
        simulator: &'s Simulator,
        handle: Handle<'s, R, A>,
        sheet: &'static Sheet,
        case: Case,
    ) -> Self {
        let case = Case {
            held: sheet.trimmed(case.held),
            value: sheet.trimmed(case.value),
            named: sheet.trimmed(case.named),
        };
        simulator.reset();
        assert_eq!(simulator.get(handle), sheet.reset, "after reset");
        Trial {
            simulator,
            handle,
            sheet,
            case,
        }
    }

    /// Runs a method on the content of the case: what it answers and leaves, in
    /// so many loads and stores.
    #[track_caller]
    fn runs<T: Copy + PartialEq + std::fmt::Debug>(
        &self,
        method: impl FnOnce(Handle<'s, R, A>) -> T,
        answer: T,
        after: u64,
        (loads, stores): (usize, usize),
    ) -> &Self {
        self.simulator.reset();
        self.simulator.set(self.handle, self.case.held);
        self.simulator.clear_log();
        assert_eq!(method(self.handle), answer, "answer of {:x?}", self.case);
        let found = self.simulator.get(self.handle);
        assert_eq!(found, after, "{found:#x} for {after:#x}: {:x?}", self.case);
        let log = self.simulator.log();
        let stored = log.iter().filter(|it| it.is_write()).count();
        let beats = if self.sheet.width == 64 { 2 } else { 1 };
        let expected = (loads * beats, stores * beats);
        assert_eq!((log.len() - stored, stored), expected, "{log:?}");
        self
    }

    fn reads(&self) -> &Self
    where
        A: Read,
    {
        let Case { held, .. } = self.case;
        let read = |it: Handle<'s, R, A>| bits_of::<R>(it.read());
        self.runs(read, self.sheet.seen(held), held, (1, 0))
    }

    fn writes(&self) -> &Self
    where
        A: Write,
    {
        let Case { held, value, .. } = self.case;
        let write = |it: Handle<'s, R, A>| it.write(value_of::<R>(value));
        let after = self.sheet.after_write(held, value, 0);
        self.runs(write, (), after, (0, 1))
    }

    fn updates(&self) -> &Self
    where
        A: Update,
    {
        let Case { held, value, .. } = self.case;
        let flipped = self.sheet.seen(held) ^ value;
        let update = |it: Handle<'s, R, A>| {
            it.update(|seen| {
                assert_eq!(bits_of::<R>(seen), self.sheet.seen(held));
                value_of::<R>(flipped)
            });
        };
        let after = self.sheet.after_write(held, flipped, 0);
        self.runs(update, (), after, (1, 1));
        let after = self.sheet.after_write(held, self.sheet.reset, 0);
        self.runs(Reg::reset, (), after, (0, 1))
    }

    /// One store, behind a load if there is something to give back.
    fn for_named(&self) -> (usize, usize) {
        (usize::from(self.sheet.has_plain()), 1)
    }

    fn clears(&self) -> &Self
    where
        A: Clear,
    {
        let Case { held, named, .. } = self.case;
        let clear = |it: Handle<'s, R, A>| it.clear(value_of::<R>(named));
        let after = self.sheet.after_act(held, Act::Clear, named);
        self.runs(clear, (), after, self.for_named())
    }

    fn sets(&self) -> &Self
    where
        A: Set,
    {
        let Case { held, named, .. } = self.case;
        let set = |it: Handle<'s, R, A>| it.set(value_of::<R>(named));
        let after = self.sheet.after_act(held, Act::Set, named);
        self.runs(set, (), after, self.for_named())
    }

    fn toggles(&self) -> &Self
    where
        A: Toggle,
    {
        let Case { held, named, .. } = self.case;
        let toggle = |it: Handle<'s, R, A>| it.toggle(value_of::<R>(named));
        let after = self.sheet.after_act(held, Act::Toggle, named);
        self.runs(toggle, (), after, self.for_named())
    }

    fn triggers(&self) -> &Self
    where
        A: Trigger,
    {
        let Case { held, named, .. } = self.case;
        let started = self.started_by(|it| {
            let trigger = |it: Handle<'s, R, A>| it.trigger(value_of::<R>(named));
            let after = it.sheet.after_act(held, Act::Trigger, named);
            it.runs(trigger, (), after, it.for_named());
        });
        assert_eq!(started, self.startable(named));
        self
    }

    fn writes_acting(&self) -> &Self
    where
        A: WriteActing,
    {
        let Case { held, value, named } = self.case;
        let started = self.started_by(|it| {
            let (value, which) = (value_of::<R>(value), value_of::<R>(named));
            let write = |it: Handle<'s, R, A>| it.write_acting(value, which);
            let after = it.sheet.after_write(held, it.case.value, named);
            it.runs(write, (), after, (0, 1));
        });
        assert_eq!(started, self.startable(named));
        self
    }

    /// Self-clearing bits that the hardware is told to start.
    fn started_by(&self, run: impl FnOnce(&Self)) -> u64 {
        let told = Rc::new(Cell::new(0));
        let tell = Rc::clone(&told);
        self.simulator
            .on_write(self.handle, move |_, bits| tell.set(bits));
        run(self);
        self.sheet.word(|at, policy| match policy {
            "sc" => has(told.get(), at),
            "sc0" => !has(told.get(), at),
            _ => false,
        })
    }

    fn startable(&self, named: u64) -> u64 {
        self.sheet
            .word(|at, policy| act_of(policy) == Act::Trigger && has(named, at))
    }

    fn clears_all(&self) -> &Self
    where
        A: ClearAll,
    {
        self.runs(Reg::clear_all, (), 0, (0, 1))
    }

    fn sets_all(&self) -> &Self
    where
        A: SetAll,
    {
        let after = self.sheet.word(|_, _| true);
        self.runs(Reg::set_all, (), after, (0, 1))
    }

    fn takes(&self) -> &Self
    where
        A: Take,
    {
        let Case { held, .. } = self.case;
        let seen = self.sheet.seen(held);
        let take = |it: Handle<'s, R, A>| bits_of::<R>(it.take());
        if A::BY_READING {
            self.runs(take, seen, self.sheet.after_read(held), (1, 0))
        } else {
            let after = self.sheet.after_act(held, Act::Clear, seen);
            self.runs(take, seen, after, (1, 1))
        }
    }

    fn pops(&self) -> &Self
    where
        A: Pop,
    {
        let Case { held, value, named } = self.case;
        let pop = |it: Handle<'s, R, A>| {
            self.simulator.push(it, value);
            self.simulator.push(it, named);
            [it.pop(), it.pop(), it.pop()].map(bits_of::<R>)
        };
        self.runs(pop, [value, named, held], held, (3, 0))
    }

    /// The first write counts, no other.
    fn writes_once(&self) -> &Self
    where
        A: Write,
    {
        let Case { value, named, .. } = self.case;
        let write = |it: Handle<'s, R, A>| {
            it.write(value_of::<R>(value));
            it.write(value_of::<R>(named));
        };
        self.runs(write, (), value, (0, 2))
    }
}

static CTRL: Sheet = sheet(
    5,
    "rw0",
    &[
        (0, 0, "rw"),
        (2, 1, "rw"),
        (3, 3, "rw"),
        (15, 8, "rw"),
        (16, 16, "rw"),
        (17, 17, "rw"),
        (31, 20, "rw"),
    ],
);
static IRQ_STAT: Sheet = sheet(0, "rw0", &[(0, 0, "w1c"), (1, 1, "w1c"), (7, 4, "ro")]);
static MIXED: Sheet = sheet(
    0,
    "rw0",
    &[
        (1, 0, "rw"),
        (8, 8, "w1c"),
        (9, 9, "w0c"),
        (10, 10, "w1s"),
        (11, 11, "w1t"),
    ],
);
static GO: Sheet = sheet(
    0x30,
    "rw0",
    &[
        (5, 2, "rw"),
        (8, 8, "sc"),
        (9, 9, "sc"),
        (10, 10, "sc0"),
        (15, 12, "ro"),
    ],
);
static SIGNED: Sheet = sheet(
    0,
    "rw0",
    &[(4, 0, "rw"), (15, 8, "rw"), (27, 16, "rw"), (31, 28, "rw")],
);
static LOW_ACK: Sheet = sheet(0, "kept", &[(0, 0, "w0c"), (3, 3, "w0c")]);
static LOW_SETS: Sheet = sheet(0, "kept", &[(0, 0, "w0s"), (31, 24, "w0s")]);
static CMD: Sheet = sheet(0, "wo0", &[(3, 0, "wo"), (8, 8, "w1s")]);
static STAT: Sheet = sheet(7, "ro", &[]);
static FLIPS: Sheet = sheet(0xF0, "w1t", &[]);
static RAISED: Sheet = sheet(0xFFFF_0000, "rs", &[]);
static DISARM: Sheet = sheet(0xFFFF_FFFF, "wcrs", &[]);
static CLEAR_RAISED: Sheet = sheet(0xFF, "w1crs", &[]);
static WIPE_BLIND: Sheet = sheet(1, "woc", &[]);
static CFG: Sheet = sheet(7, "rw0", &[(1, 0, "rw"), (4, 2, "rw")]);
static DST: Sheet = sheet(0, "rw0", &[(3, 0, "rw")]);
static MIX: Sheet = sheet(0, "rw0", &[(0, 0, "rw"), (1, 1, "w1c")]);
static ROW: Sheet = sheet(0, "rw0", &[(4, 0, "rw")]);
static RESULT: Sheet = sheet(0, "rw0", &[(3, 0, "rw")]);
static RW: Sheet = word("rw");
static RO: Sheet = word("ro");
static WO: Sheet = word("wo");
static POP: Sheet = word("ro");
static SEEN: Sheet = word("rc");
static ONCE: Sheet = word("w1");
static ONCE_BLIND: Sheet = word("wo1");
static WIPE: Sheet = word("wc");
static FILL: Sheet = word("ws");
static FILL_BLIND: Sheet = word("wos");
static SETS: Sheet = word("w1s");
static LOW_FLIPS: Sheet = word("w0t");
static SPENT: Sheet = word("wrc");
static RENEWED: Sheet = word("wrs");
static ARM: Sheet = word("wsrc");
static SET_SEEN: Sheet = word("w1src");
static LOW_SET_SEEN: Sheet = word("w0src");
static LOW_CLEAR_RAISED: Sheet = word("w0crs");
static WIDE_RW: Sheet = Sheet { width: 64, ..RW_ };
static WIDE_RO: Sheet = Sheet {
    width: 64,
    ..word("ro")
};
static HIGH_FIRST: Sheet = Sheet {
    width: 64,
    reset: 0x1234_5678_90AB_CDEF,
    ..RW_
};
static BYTE: Sheet = Sheet { width: 8, ..RW_ };
static HALF: Sheet = Sheet {
    width: 16,
    ..sheet(0, "rw0", &[(11, 0, "rw")])
};
const RW_: Sheet = word("rw");

proptest! {
    #[test]
    fn plain_registers(case in case(), index in 0..8_usize) {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        Trial::of(&simulator, regs.ctrl(), &CTRL, case).reads().writes().updates();
        Trial::of(&simulator, regs.full(), &RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.byte(), &BYTE, case).reads().writes().updates();
        Trial::of(&simulator, regs.half(), &HALF, case).reads().writes().updates();
        Trial::of(&simulator, regs.self_(), &RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.result(), &RESULT, case).reads().writes().updates();
        Trial::of(&simulator, regs.value(), &RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.block(), &RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.u32(), &RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.row(index), &ROW, case).reads().writes().updates();
        Trial::of(&simulator, regs.row_at::<7>(), &ROW, case).reads().writes().updates();
        Trial::of(&simulator, regs.one(0), &RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.signed(), &SIGNED, case).reads().writes().updates();
        Trial::of(&simulator, regs.stat(), &STAT, case).reads();
        Trial::of(&simulator, regs.key(), &WO, case).writes();
        prop_assert_eq!(simulator.strays(), []);
    }

    #[test]
    fn clusters(case in case(), outer in 0..4_usize, inner in 0..2_usize) {
        let simulator = Simulator::new();
        let channel = simulator.regs().ch(outer);
        Trial::of(&simulator, channel.cfg(), &CFG, case).reads().writes().updates();
        Trial::of(&simulator, channel.stat(), &RO, case).reads();
        let dma = channel.dma(inner);
        prop_assert_eq!(dma.src().offset(), 0x110 + 0x40 * outer + 0x10 * inner);
        Trial::of(&simulator, dma.src(), &RW, case).reads().writes().updates();
        Trial::of(&simulator, dma.dst(), &DST, case).reads().writes().updates();
        Trial::of(&simulator, dma.mix(), &MIX, case)
            .reads().writes().updates().clears().writes_acting().takes();
    }

    #[test]
    fn bits_that_act(case in case()) {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        Trial::of(&simulator, regs.irq_stat(), &IRQ_STAT, case).reads().clears().takes();
        Trial::of(&simulator, regs.mixed(), &MIXED, case)
            .reads().writes().updates().clears().sets().toggles().writes_acting().takes();
        Trial::of(&simulator, regs.go(), &GO, case)
            .reads().writes().updates().triggers().writes_acting();
        Trial::of(&simulator, regs.cmd(), &CMD, case).reads().writes().writes_acting();
        Trial::of(&simulator, regs.sets(), &SETS, case).reads().sets();
        Trial::of(&simulator, regs.low_ack(), &LOW_ACK, case).reads().clears().takes();
        Trial::of(&simulator, regs.low_sets(), &LOW_SETS, case).reads().sets();
        Trial::of(&simulator, regs.flips(), &FLIPS, case).reads().toggles();
        Trial::of(&simulator, regs.low_flips(), &LOW_FLIPS, case).reads().toggles();
        Trial::of(&simulator, regs.wipe(), &WIPE, case).reads().clears_all();
        Trial::of(&simulator, regs.fill(), &FILL, case).reads().sets_all();
        Trial::of(&simulator, regs.wipe_blind(), &WIPE_BLIND, case).clears_all();
        Trial::of(&simulator, regs.fill_blind(), &FILL_BLIND, case).sets_all();
        Trial::of(&simulator, regs.once(), &ONCE, case).reads().writes().writes_once();
        Trial::of(&simulator, regs.once_blind(), &ONCE_BLIND, case).writes().writes_once();
    }

    #[test]
    fn reads_with_an_effect(case in case()) {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        Trial::of(&simulator, regs.port(), &POP, case).pops();
        Trial::of(&simulator, regs.sample(), &POP, case).pops();
        Trial::of(&simulator, regs.seen(), &SEEN, case).takes();
        Trial::of(&simulator, regs.raised(), &RAISED, case).takes();
        Trial::of(&simulator, regs.spent(), &SPENT, case).writes().takes();
        Trial::of(&simulator, regs.renewed(), &RENEWED, case).writes().takes();
        Trial::of(&simulator, regs.arm(), &ARM, case).sets_all().takes();
        Trial::of(&simulator, regs.disarm(), &DISARM, case).clears_all().takes();
        Trial::of(&simulator, regs.set_seen(), &SET_SEEN, case).sets().takes();
        Trial::of(&simulator, regs.clear_raised(), &CLEAR_RAISED, case).clears().takes();
        Trial::of(&simulator, regs.low_set_seen(), &LOW_SET_SEEN, case).sets().takes();
        Trial::of(&simulator, regs.low_clear_raised(), &LOW_CLEAR_RAISED, case).clears().takes();
    }

    #[test]
    fn registers_wider_than_the_bus(case in case()) {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        Trial::of(&simulator, regs.time(), &WIDE_RO, case).reads();
        Trial::of(&simulator, regs.high_first_time(), &WIDE_RO, case).reads();
        Trial::of(&simulator, regs.wide(), &WIDE_RW, case).reads().writes().updates();
        Trial::of(&simulator, regs.high_first(), &HIGH_FIRST, case).reads().writes().updates();

        simulator.clear_log();
        regs.wide().write(every_access::Wide::from_bits(case.value));
        regs.high_first().write(case.value);
        let (low, high) = (case.value & 0xFFFF_FFFF, case.value >> 32);
        prop_assert_eq!(simulator.log(), [
            Transfer::write(0x40, 4, low),
            Transfer::write(0x44, 4, high),
            Transfer::write(0xec, 4, high),
            Transfer::write(0xe8, 4, low),
        ]);
    }

    #[test]
    fn memories(
        content in any::<[u32; 16]>(),
        wide in any::<[u64; 8]>(),
        fixed in any::<[u8; 4]>(),
        first in 0..=16_usize,
        count in 0..=16_usize,
        word in any::<u32>(),
    ) {
        let simulator = Simulator::new();
        let (buffer, pairs, rom) =
            (simulator.regs().buffer(), simulator.regs().pairs(), simulator.regs().rom());
        buffer.copy_from(0, &content);
        pairs.copy_from(0, &wide);
        for (offset, byte) in (0x1040..).zip(fixed) {
            simulator.set(offset, byte.into());
        }
        for (index, word) in content.iter().enumerate() {
            prop_assert_eq!(simulator.get(0x1000 + 4 * index), u64::from(*word));
            prop_assert_eq!(buffer.read(index), *word);
        }
        for (index, word) in wide.iter().enumerate() {
            prop_assert_eq!(simulator.get(0x1080 + 8 * index), *word);
            prop_assert_eq!(pairs.read(index), *word);
        }
        prop_assert_eq!(rom.iter().collect::<Vec<_>>(), fixed);
        prop_assert_eq!(pairs.iter().collect::<Vec<_>>(), wide);

        let count = count.min(16 - first);
        let mut room = vec![0; count];
        buffer.copy_to(first, &mut room);
        prop_assert_eq!(&room[..], &content[first..first + count]);

        let index = first.min(15);
        simulator.clear_log();
        buffer.write(index, word);
        prop_assert_eq!(simulator.log(), [Transfer::write(0x1000 + 4 * index, 4, word.into())]);
        let mut expected = content;
        expected[index] = word;
        prop_assert_eq!(buffer.iter().collect::<Vec<_>>(), expected);
    }
}

/// So many bits of a word from `low` on.
fn part(word: u64, low: u32, len: u32) -> u64 {
    (0..len).fold(0, |part, at| part | (word >> (low + at) & 1) << at)
}

/// The same as a number in two's complement.
fn signed_part(word: u64, low: u32, len: u32) -> i64 {
    let part = i128::from(part(word, low, len));
    let number = if part >> (len - 1) & 1 == 1 {
        part - (1 << len)
    } else {
        part
    };
    number.try_into().expect("of at most 64 bits")
}

/// The word with those bits replaced.
fn placed(word: u64, low: u32, len: u32, value: u64) -> u64 {
    (0..64).fold(0, |placed, at| {
        let inside = (low..low + len).contains(&at);
        let bit = if inside {
            value >> (at - low) & 1
        } else {
            word >> at & 1
        };
        placed | bit << at
    })
}

/// Getters give the bits from `low` on as a number, setters replace just those.
macro_rules! numbers {
    ($word:ident, $value:ident: $($type:path { $($getter:ident $setter:ident: $low:literal, $len:literal;)* })*) => {$({
        let word = $word;
        let value = <$type>::from_bits(Word::from_low(word));
        let word: u64 = value.bits().into();
        $(
            prop_assert_eq!(u64::from(value.$getter()), part(word, $low, $len));
            let number = part($value, 0, $len);
            let set = value.$setter(number.try_into().unwrap()).bits();
            prop_assert_eq!(u64::from(set), placed(word, $low, $len, number));
        )*
    })*};
}

/// Getters and setters of single bits.
macro_rules! flags {
    ($word:ident: $($type:path { $($getter:ident $setter:ident: $bit:literal;)* })*) => {$({
        let value = <$type>::from_bits(Word::from_low($word));
        let word: u64 = value.bits().into();
        $(
            prop_assert_eq!(value.$getter(), has(word, $bit));
            for flag in [false, true] {
                let set = value.$setter(flag).bits();
                prop_assert_eq!(u64::from(set), placed(word, $bit, 1, flag.into()));
            }
        )*
    })*};
}

/// Bits that can be read, or read and named.
macro_rules! named_flags {
    ($word:ident: $($type:path { $($getter:ident $constant:ident: $bit:literal;)* })*) => {$({
        let value = <$type>::from_bits(Word::from_low($word));
        let word: u64 = value.bits().into();
        $(
            prop_assert_eq!(value.$getter(), has(word, $bit));
            prop_assert_eq!(u64::from(<$type>::$constant.bits()), 1 << $bit);
        )*
    })*};
}

proptest! {
    #[test]
    fn whole_numbers(word in any::<u64>(), value in any::<u64>()) {
        numbers!(word, value:
            Ctrl { byte with_byte: 8, 8; gain with_gain: 20, 12; }
            every_access::Full { all with_all: 0, 32; }
            every_access::Mixed { mode with_mode: 0, 2; }
            every_access::Wide { low with_low: 0, 32; high with_high: 32, 31; }
            every_access::Byte { a with_a: 0, 4; b with_b: 4, 4; }
            every_access::Half { a with_a: 0, 12; }
            every_access::Row { x with_x: 0, 5; }
            every_access::Go { level with_level: 2, 4; }
        );
        let (bits, code) = (Word::from_low(word), Word::from_low(value));
        let command = every_access::Cmd::from_bits(bits);
        let code: u8 = code;
        let set = command.with_code(Bounded::new((code & 0xF).into()).unwrap());
        prop_assert_eq!(u64::from(set.bits()), placed(bits.into(), 0, 4, (code & 0xF).into()));
        prop_assert_eq!(u64::from(every_access::IrqStat::from_bits(bits).cnt()), part(word, 4, 4));
        prop_assert_eq!(u64::from(every_access::Seen::from_bits(bits).b()), part(word, 5, 5));
        prop_assert_eq!(u64::from(every_access::LowSets::from_bits(bits).g()), part(word, 24, 8));
        prop_assert_eq!(u64::from(every_access::Go::from_bits(bits).state()), part(word, 12, 4));
    }

    #[test]
    fn single_bits(word in any::<u64>()) {
        flags!(word:
            Ctrl { enable with_enable: 0; r#type with_type: 16; bits_2 with_bits_2: 17; }
            every_access::Wide { top with_top: 63; }
            every_access::Result {
                err with_err: 0; ok with_ok: 1; self_ with_self: 2; r#fn with_fn: 3;
            }
            ch::dma::Mix { a with_a: 0; }
        );
        named_flags!(word:
            every_access::IrqStat { done DONE: 0; ovf OVF: 1; }
            every_access::Mixed { ack ACK: 8; low LOW: 9; go GO: 10; flip FLIP: 11; }
            every_access::LowAck { f F: 0; g G: 3; }
            every_access::Go { start START: 8; flip FLIP: 9; low LOW: 10; }
            ch::dma::Mix { c C: 1; }
        );
        let low_sets = every_access::LowSets::from_bits(Word::from_low(word));
        prop_assert_eq!(low_sets.f(), has(word, 0));
        let sample = every_access::Sample::from_bits(Word::from_low(word));
        prop_assert_eq!(sample.last(), has(word, 31));
        prop_assert_eq!(every_access::Seen::from_bits(Word::from_low(word)).a(), has(word, 0));
    }

    #[test]
    fn numbers_with_a_sign_and_a_point(bits in any::<u32>(), value in any::<u64>()) {
        let word = u64::from(bits);
        let signed = every_access::Signed::from_bits(bits);
        let (narrow, whole) = (signed_part(value, 0, 5), signed_part(value, 0, 8));
        let (fixed, unsigned) = (signed_part(value, 0, 12), part(value, 0, 4));
        prop_assert_eq!(i64::from(signed.narrow()), signed_part(word, 0, 5));
        prop_assert_eq!(i64::from(signed.whole()), signed_part(word, 8, 8));
        prop_assert_eq!(signed.fixed().raw(), signed_part(word, 16, 12));
        prop_assert_eq!(u64::try_from(signed.part().raw()).unwrap(), part(word, 28, 4));
        prop_assert_eq!(signed.fixed().to_f64(), f64::from(i32::try_from(signed_part(word, 16, 12)).unwrap()) / 512.0);

        let set = signed.with_narrow(Bounded::new(narrow).unwrap()).bits();
        prop_assert_eq!(u64::from(set), placed(word, 0, 5, value));
        let set = signed.with_whole(whole.try_into().unwrap()).bits();
        prop_assert_eq!(u64::from(set), placed(word, 8, 8, value));
        let set = signed.with_fixed(Fixed::from_raw(fixed).unwrap()).bits();
        prop_assert_eq!(u64::from(set), placed(word, 16, 12, value));
        let number = Fixed::from_f64(f64::from(i32::try_from(unsigned).unwrap()) / 4.0);
        let set = signed.with_part(number.unwrap()).bits();
        prop_assert_eq!(u64::from(set), placed(word, 28, 4, value));
        let sample = every_access::Sample::from_bits(bits);
        prop_assert_eq!(i64::from(sample.value()), signed_part(word, 0, 16));
    }

    #[test]
    fn enumerated_values(bits in any::<u32>()) {
        use every_access::{Mode, Switch};
        let modes = [Mode::Off, Mode::Normal, Mode::Test];
        let word = u64::from(bits);
        let ctrl = Ctrl::from_bits(bits);
        let read = ctrl.mode().map_or_else(u64::from, |mode| mode.bits().into());
        prop_assert_eq!(read, part(word, 1, 2));
        prop_assert_eq!(ctrl.mode().is_err(), part(word, 1, 2) == 3);
        for (number, mode) in (0..).zip(modes) {
            prop_assert_eq!(u64::from(ctrl.with_mode(mode).bits()), placed(word, 1, 2, number));
            let cfg = ch::Cfg::from_bits(bits).with_m(mode);
            prop_assert_eq!(u64::from(cfg.bits()), placed(word, 0, 2, number));
            prop_assert_eq!(cfg.m(), Ok(mode));
        }
        prop_assert_eq!(u64::from(ctrl.switch().bits()), part(word, 3, 1));
        for (number, switch) in (0..).zip([Switch::No, Switch::Yes]) {
            prop_assert_eq!(u64::from(ctrl.with_switch(switch).bits()), placed(word, 3, 1, number));
        }
        let cfg = ch::Cfg::from_bits(bits);
        let read = cfg.l().map_or_else(u64::from, |letter| letter.bits().into());
        prop_assert_eq!(read, part(word, 2, 3));
        let set = cfg.with_l(ch::CfgL::B).bits();
        prop_assert_eq!(u64::from(set), placed(word, 2, 3, 1));
        let dst = ch::dma::Dst::from_bits(bits);
        let read = dst.q().map_or_else(u64::from, |letter| letter.bits().into());
        prop_assert_eq!(read, part(word, 0, 4));
        let set = dst.with_q(ch::dma::DstQ::Z).bits();
        prop_assert_eq!(u64::from(set), placed(word, 0, 4, 3));
    }
}
