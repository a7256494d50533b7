// SPDX-License-Identifier: MIT OR Apache-2.0

//! What every method of every register of this block has to do: how often it loads
//! and stores, what it stores, what it returns, and what the hardware then holds.
//! It is decided bit by bit from the policies in the description, without code of
//! the runtime or of the generator.
//!
//! The methods run on any [`Bench`]: on the simulator, in the tests of the
//! runtime, and through the real driver in the kernel lab's machines.

use std::fmt::Debug;

use regloom_mmio::access::{
    Access, Clear, ClearAll, Pop, Read, Reset, Set, SetAll, Take, Toggle, Trigger, Update, Write,
    WriteActing,
};
use regloom_mmio::{
    Acts, Beat, Bus, Clears, Flags, Memory, Reg, Register, Rw, Sets, Toggles, Triggers, Word,
    Writable,
};

use crate::every_access::Registers;

/// What the methods are run on.
pub(crate) trait Bench {
    /// The bus of the accesses.
    type Bus: Bus + Writable;

    /// Whether a port returns the words that were pushed, one by one.
    const QUEUES: bool;

    /// The registers.
    fn regs(&self) -> Registers<'_, Self::Bus>;

    /// Resets the hardware, where there is hardware.
    fn begin(&self, at: At, sheet: &Sheet);

    /// Runs a method of a register with some content, and compares.
    fn must_be<T: PartialEq + Debug>(&self, run: Run, method: impl FnOnce() -> T, is: Is<T>);

    /// Appends a word to those that a port returns.
    fn push(&self, at: At, word: u64);

    /// This many bytes at an offset.
    fn get(&self, offset: usize, bytes: usize) -> u64;

    /// Sets this many bytes at an offset.
    fn set(&self, offset: usize, bytes: usize, word: u64);

    /// A method of a memory has been run.
    fn has_run(&self, at: At, method: &'static str);
}

/// A register: its name and its offset, as the description has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At(pub(crate) &'static str, pub(crate) usize);

/// A method, and what it is run with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) at: At,
    /// Bits of the register.
    pub(crate) width: u32,
    pub(crate) method: &'static str,
    pub(crate) case: Case,
}

/// The effect of a method.
#[derive(Debug)]
pub(crate) struct Is<T> {
    pub(crate) answer: T,
    /// What the hardware holds afterwards.
    pub(crate) after: u64,
    /// Its last store, if it makes any.
    pub(crate) stored: Option<Stored>,
    pub(crate) loads: usize,
    pub(crate) stores: usize,
}

/// A word that is stored. Bits whose value in the word does not matter are not
/// decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) word: u64,
    pub(crate) decided: u64,
}

/// A register in the description, with its policies.
pub(crate) struct Sheet {
    width: u32,
    pub(crate) reset: u64,
    /// Highest bit, lowest bit, and policy of each field.
    fields: &'static [(u32, u32, &'static str)],
    /// The policy of all other bits. `rw0` and `wo0` are always written 0. `kept`
    /// bits are unchanged because they are written 1, `left` bits because they are
    /// written 0.
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

/// The action of a method.
#[derive(Clone, Copy, PartialEq)]
enum Act {
    Nothing,
    Clear,
    Set,
    Toggle,
    Trigger,
}

/// The action on a named bit, by its policy.
fn act_of(policy: &str) -> Act {
    match policy {
        "w1c" | "w0c" | "w1crs" | "w0crs" => Act::Clear,
        "w1s" | "w0s" | "w1src" | "w0src" => Act::Set,
        "w1t" | "w0t" => Act::Toggle,
        "sc" | "sc0" => Act::Trigger,
        _ => Act::Nothing,
    }
}

/// What a bit that acts when it is named is written when it is not.
fn idle_of(policy: &str) -> Option<bool> {
    match policy {
        "w1c" | "w1crs" | "w1s" | "w1src" | "w1t" | "sc" | "left" => Some(false),
        "w0c" | "w0crs" | "w0s" | "w0src" | "w0t" | "sc0" | "kept" => Some(true),
        _ => None,
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

    /// After a method with the action `act` on the bits of `named`, which leaves
    /// all other bits as they are.
    fn after_act(&self, held: u64, act: Act, named: u64) -> u64 {
        self.word(|at, policy| match policy {
            "rw0" | "wo0" => false,
            policy if has(named, at) && act_of(policy) == act => acted(act, has(held, at)),
            _ => has(held, at),
        })
    }

    /// What a write of `value` in which the bits of `named` act has to store.
    fn stored_by_write(&self, value: u64, named: u64) -> Stored {
        self.stored(|at, policy| match idle_of(policy) {
            Some(idle) => idle ^ (has(named, at) && act_of(policy) != Act::Nothing),
            None => !policy.ends_with('0') && has(value, at),
        })
    }

    /// What a method with the action `act` on the bits of `named` has to store: the
    /// other bits are written the value that does nothing, or what they hold.
    fn stored_by_act(&self, held: u64, act: Act, named: u64) -> Stored {
        self.stored(|at, policy| match idle_of(policy) {
            Some(idle) => idle ^ (has(named, at) && act_of(policy) == act),
            None => !policy.ends_with('0') && has(held, at),
        })
    }

    fn stored(&self, bit: impl Fn(u32, &'static str) -> bool) -> Stored {
        let any = ["ro", "rc", "rs", "wc", "ws", "woc", "wos", "wsrc", "wcrs"];
        Stored {
            word: self.word(bit),
            decided: self.word(|_, policy| !any.contains(&policy)),
        }
    }

    /// After a load.
    fn after_read(&self, held: u64) -> u64 {
        self.word(|at, policy| match policy {
            "rc" | "wrc" | "wsrc" | "w1src" | "w0src" => false,
            "rs" | "wrs" | "wcrs" | "w1crs" | "w0crs" => true,
            _ => has(held, at),
        })
    }

    /// Whether there are plain bits that a write for other bits has to write back.
    fn has_plain(&self) -> bool {
        self.has(&["rw"])
    }
}

fn has(word: u64, bit: u32) -> bool {
    word >> bit & 1 == 1
}

/// Content of a register, and arguments.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) held: u64,
    pub(crate) value: u64,
    pub(crate) named: u64,
}

/// The bench, and the contents and arguments to use.
struct Bed<'s, B> {
    bench: &'s B,
    case: Case,
}

impl<'s, B: Bench> Bed<'s, B> {
    fn trial<R: Register<Written = <R as Register>::Value>, A: Access>(
        &self,
        at: At,
        handle: Reg<'s, R, A, B::Bus>,
        sheet: &'static Sheet,
    ) -> Trial<'s, B, R, A> {
        let Bed { bench, case } = *self;
        let case = Case {
            held: sheet.trimmed(case.held),
            value: sheet.trimmed(case.value),
            named: sheet.trimmed(case.named),
        };
        bench.begin(at, sheet);
        Trial {
            bench,
            at,
            handle,
            sheet,
            case,
        }
    }
}

/// One register under test.
struct Trial<'s, B: Bench, R: Register, A: Access> {
    bench: &'s B,
    at: At,
    handle: Reg<'s, R, A, B::Bus>,
    sheet: &'static Sheet,
    case: Case,
}

fn value_of<R: Register<Written = <R as Register>::Value>>(bits: u64) -> R::Value {
    (R::KIND.from_bits)(R::Word::from_low(bits))
}

fn bits_of<R: Register<Written = <R as Register>::Value>>(value: R::Value) -> u64 {
    (R::KIND.bits)(value).into()
}

impl<'s, B: Bench, R: Register<Written = <R as Register>::Value>, A: Access> Trial<'s, B, R, A> {
    /// Reads, writes and updates plain bits.
    fn keeps(&self) -> &Self
    where
        A: Reset,
    {
        self.reads().writes().updates()
    }

    fn runs<T: PartialEq + Debug>(
        &self,
        method: &'static str,
        run: impl FnOnce(Reg<'s, R, A, B::Bus>) -> T,
        is: Is<T>,
    ) -> &Self {
        let named = Run {
            at: self.at,
            width: self.sheet.width,
            method,
            case: self.case,
        };
        self.bench.must_be(named, || run(self.handle), is);
        self
    }

    /// A method that loads once, and leaves that behind.
    fn loads<T: PartialEq + Debug>(
        &self,
        method: &'static str,
        run: impl FnOnce(Reg<'s, R, A, B::Bus>) -> T,
        (answer, after): (T, u64),
    ) -> &Self {
        let is = Is {
            answer,
            after,
            stored: None,
            loads: 1,
            stores: 0,
        };
        self.runs(method, run, is)
    }

    /// A method that stores once, after so many loads.
    fn stores(
        &self,
        method: &'static str,
        run: impl FnOnce(Reg<'s, R, A, B::Bus>),
        (stored, after): (Stored, u64),
        loads: usize,
    ) -> &Self {
        let is = Is {
            answer: (),
            after,
            stored: Some(stored),
            loads,
            stores: 1,
        };
        self.runs(method, run, is)
    }

    fn reads(&self) -> &Self
    where
        A: Read,
    {
        let Trial { sheet, case, .. } = self;
        // What plain memory has in write-only bits does not count.
        let read = |it: Reg<'s, R, A, B::Bus>| sheet.seen(bits_of::<R>(it.read()));
        self.loads("read", read, (sheet.seen(case.held), case.held))
    }

    fn writes(&self) -> &Self
    where
        A: Write,
    {
        let Case { value, .. } = self.case;
        let is = self.written(value, 0);
        self.stores("write", |it| it.write(value_of::<R>(value)), is, 0)
    }

    /// What a write stores, and what the hardware makes of it.
    fn written(&self, value: u64, named: u64) -> (Stored, u64) {
        let Trial { sheet, case, .. } = self;
        (
            sheet.stored_by_write(value, named),
            sheet.after_write(case.held, value, named),
        )
    }

    fn updates(&self) -> &Self
    where
        A: Reset,
    {
        self.changes().resets()
    }

    fn resets(&self) -> &Self
    where
        A: Reset,
    {
        self.stores("reset", Reg::reset, self.written(self.sheet.reset, 0), 0)
    }

    fn changes(&self) -> &Self
    where
        A: Update,
    {
        let Case { held, value, .. } = self.case;
        let flipped = self.sheet.seen(held) ^ value;
        let update = |it: Reg<'s, R, A, B::Bus>| {
            it.update(|seen| {
                let seen = self.sheet.seen(bits_of::<R>(seen));
                assert_eq!(seen, self.sheet.seen(held), "{:?}", self.at);
                value_of::<R>(flipped)
            });
        };
        self.stores("update", update, self.written(flipped, 0), 1)
    }

    /// A method that makes the bits do `act` that are named: one store, behind a
    /// load if there is something to give back.
    fn acts(
        &self,
        method: &'static str,
        act: Act,
        run: impl FnOnce(Reg<'s, R, A, B::Bus>, R::Word),
    ) -> &Self {
        let Trial { sheet, case, .. } = self;
        let is = (
            sheet.stored_by_act(case.held, act, case.named),
            sheet.after_act(case.held, act, case.named),
        );
        let which = R::Word::from_low(case.named);
        let loads = usize::from(sheet.has_plain());
        self.stores(method, |it| run(it, which), is, loads)
    }

    fn clears(&self) -> &Self
    where
        A: Clear,
    {
        self.acts("clear", Act::Clear, |it, which| {
            it.clear(Flags::<R, Clears>::from_bits(which));
        })
    }

    fn sets(&self) -> &Self
    where
        A: Set,
    {
        self.acts("set", Act::Set, |it, which| {
            it.set(Flags::<R, Sets>::from_bits(which));
        })
    }

    fn toggles(&self) -> &Self
    where
        A: Toggle,
    {
        self.acts("toggle", Act::Toggle, |it, which| {
            it.toggle(Flags::<R, Toggles>::from_bits(which));
        })
    }

    fn triggers(&self) -> &Self
    where
        A: Trigger,
    {
        self.acts("trigger", Act::Trigger, |it, which| {
            it.trigger(Flags::<R, Triggers>::from_bits(which));
        })
    }

    fn writes_acting(&self) -> &Self
    where
        A: WriteActing,
    {
        let Case { value, named, .. } = self.case;
        let plain = value_of::<R>(value);
        let which = Flags::<R, Acts>::from_bits(R::Word::from_low(named));
        let is = self.written(value, named);
        self.stores("write_acting", |it| it.write_acting(plain, which), is, 0)
    }

    fn clears_all(&self) -> &Self
    where
        A: ClearAll,
    {
        let is = (self.sheet.stored(|_, _| false), 0);
        self.stores("clear_all", Reg::clear_all, is, 0)
    }

    fn sets_all(&self) -> &Self
    where
        A: SetAll,
    {
        let after = self.sheet.word(|_, _| true);
        let is = (self.sheet.stored(|_, _| false), after);
        self.stores("set_all", Reg::set_all, is, 0)
    }

    fn takes(&self) -> &Self
    where
        A: Take,
    {
        let Trial { sheet, case, .. } = self;
        let seen = sheet.seen(case.held);
        let take = |it: Reg<'s, R, A, B::Bus>| bits_of::<R>(it.take());
        if A::BY_READING {
            return self.loads("take", take, (seen, sheet.after_read(case.held)));
        }
        let is = Is {
            answer: seen,
            after: sheet.after_act(case.held, Act::Clear, seen),
            stored: Some(sheet.stored_by_act(case.held, Act::Clear, seen)),
            loads: 1,
            stores: 1,
        };
        self.runs("take", take, is)
    }

    fn pops(&self) -> &Self
    where
        A: Pop,
    {
        let Case { held, value, named } = self.case;
        let pop = |it: Reg<'s, R, A, B::Bus>| {
            self.bench.push(self.at, value);
            self.bench.push(self.at, named);
            [it.pop(), it.pop(), it.pop()].map(bits_of::<R>)
        };
        let queued = [value, named, held];
        let is = Is {
            answer: if B::QUEUES { queued } else { [held; 3] },
            after: held,
            stored: None,
            loads: 3,
            stores: 0,
        };
        self.runs("pop", pop, is)
    }

    /// The first write counts, no other.
    fn writes_once(&self) -> &Self
    where
        A: Write,
    {
        let Case { value, named, .. } = self.case;
        let write = |it: Reg<'s, R, A, B::Bus>| {
            it.write(value_of::<R>(value));
            it.write(value_of::<R>(named));
        };
        let is = Is {
            answer: (),
            after: value,
            stored: Some(self.sheet.stored_by_write(named, 0)),
            loads: 0,
            stores: 2,
        };
        self.runs("write", write, is)
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
static EVENT: Sheet = sheet(0, "rw0", &[(0, 0, "w1c")]);
static SHIFT: Sheet = sheet(0, "rw0", &[(9, 8, "rw")]);
static LIMITS: Sheet = word("rw");
static DMACR: Sheet = sheet(
    0,
    "rw0",
    &[(2, 2, "sc"), (3, 3, "w1c"), (6, 4, "rw"), (7, 7, "w1s")],
);
static STAGE: Sheet = sheet(0, "rw0", &[(1, 0, "rw")]);
// What is above a register's only number, software does not see.
static LAMP: Sheet = sheet(1, "wo0", &[(0, 0, "rw")]);
static LEVEL: Sheet = sheet(0, "wo0", &[(2, 0, "rw")]);
static TRIM: Sheet = sheet(0, "wo0", &[(11, 0, "rw")]);
static SCALE: Sheet = sheet(0, "wo0", &[(15, 0, "rw")]);
static COUNT: Sheet = sheet(0, "wo0", &[(15, 0, "ro")]);
static NOTCH: Sheet = sheet(0, "wo0", &[(7, 0, "rw")]);
static WHOLE: Sheet = Sheet {
    width: 64,
    ..sheet(0, "wo0", &[(47, 0, "rw")])
};
static STEER: Sheet = sheet(
    0x0FFE_09C3,
    "rw0",
    &[(1, 0, "rw"), (11, 4, "rw"), (27, 16, "rw")],
);
static STATUS_LOW: Sheet = Sheet {
    width: 64,
    ..sheet(0x70, "rw0", &[(0, 0, "w1c"), (1, 1, "w0c"), (11, 4, "rw")])
};
static STATUS_HIGH: Sheet = Sheet {
    width: 64,
    ..sheet(0x30, "rw0", &[(7, 4, "rw"), (32, 32, "sc"), (63, 56, "ro")])
};
// What no field covers acts too, and is left alone by the 0 that it is written.
static EVENTS_LOW: Sheet = Sheet {
    width: 64,
    ..sheet(0, "left", &[(0, 0, "w1c")])
};
static EVENTS_HIGH: Sheet = sheet(0, "left", &[(31, 28, "w1c")]);
static CAUGHT_LOW: Sheet = Sheet {
    width: 64,
    ..sheet(0, "ro", &[(3, 0, "rc")])
};
static CAUGHT_HIGH: Sheet = Sheet {
    width: 64,
    ..sheet(0, "ro", &[])
};
static SLOT_ADDRESS: Sheet = Sheet {
    width: 64,
    ..sheet(0, "rw0", &[(63, 0, "rw")])
};
static SLOT_OWN: Sheet = Sheet {
    width: 64,
    ..sheet(0, "rw0", &[(63, 63, "w1s")])
};
static SECRET: [Sheet; 4] = [
    sheet(1, "rw", &[]),
    sheet(2, "rw", &[]),
    sheet(3, "rw", &[]),
    sheet(4, "rw", &[]),
];
static FLAGS: [Sheet; 3] = [word("w0c"), word("w0c"), sheet(0xF0, "w0c", &[])];
static LOCKS: [Sheet; 4] = [word("wo"), word("wo"), sheet(8, "wo", &[]), word("wo")];
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

/// Registers whose bits take what is written.
pub(crate) fn plain_registers<B: Bench>(bench: &B, case: Case, index: usize) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    let row = At("ROW", 0x80 + 8 * index);
    bed.trial(At("CTRL", 0x0), regs.ctrl(), &CTRL).keeps();
    bed.trial(At("FULL", 0x4), regs.full(), &RW).keeps();
    bed.trial(At("BYTE", 0x48), regs.byte(), &BYTE).keeps();
    bed.trial(At("HALF", 0x4a), regs.half(), &HALF).keeps();
    bed.trial(At("SELF", 0x4c), regs.self_(), &RW).keeps();
    bed.trial(At("RESULT", 0x50), regs.result(), &RESULT)
        .keeps();
    bed.trial(At("VALUE", 0x54), regs.value(), &RW).keeps();
    bed.trial(At("BLOCK", 0x58), regs.block(), &RW).keeps();
    bed.trial(At("U32", 0x5c), regs.u32(), &RW).keeps();
    bed.trial(row, regs.row(index), &ROW).keeps();
    bed.trial(At("ROW", 0xb8), regs.row_at::<7>(), &ROW).keeps();
    bed.trial(At("ONE", 0xc0), regs.one(0), &RW).keeps();
    bed.trial(At("SIGNED", 0xe4), regs.signed(), &SIGNED)
        .keeps();
    bed.trial(At("STEER", 0x234), regs.steer(), &STEER).keeps();
    bed.trial(At("STAT", 0x10), regs.stat(), &STAT).reads();
    bed.trial(At("KEY", 0x14), regs.key(), &WO).writes();
}

/// Registers of which a program has one number.
pub(crate) fn sole_numbers<B: Bench>(bench: &B, case: Case, index: usize) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    let notch = At("NOTCH", 0x218 + 4 * index);
    bed.trial(At("LAMP", 0x200), regs.lamp(), &LAMP).keeps();
    bed.trial(At("LEVEL", 0x204), regs.level(), &LEVEL).keeps();
    bed.trial(At("TRIM", 0x208), regs.trim(), &TRIM).keeps();
    bed.trial(At("SCALE", 0x20c), regs.scale(), &SCALE).keeps();
    bed.trial(At("COUNT", 0x210), regs.count(), &COUNT).reads();
    bed.trial(At("QUEUE", 0x214), regs.queue(), &POP).pops();
    bed.trial(notch, regs.notch(index), &NOTCH).keeps();
    bed.trial(At("WHOLE", 0x220), regs.whole(), &WHOLE).keeps();
    bed.trial(At("STAGE", 0x228), regs.stage(), &STAGE).keeps();
    bed.trial(At("EVENT", 0x22c), regs.event(), &EVENT)
        .reads()
        .clears()
        .takes();
    bed.trial(At("SHIFT", 0x230), regs.shift(), &SHIFT).keeps();
    bed.trial(At("LIMITS", 0x2f4), regs.limits(), &LIMITS)
        .keeps();
    constrained_number(bench, case);
}

/// A number that is read as it is, and written within its bounds alone.
fn constrained_number<B: Bench>(bench: &B, case: Case) {
    let (at, register) = (At("DIVIDER", 0x2f0), bench.regs().divider());
    let low = |word: u64| word & u64::from(u32::MAX);
    let stored = || bench.get(at.1, 4);
    let (allowed, more) = (1 + case.value % 99, 2 + case.value % 99);
    let bounded = |value: u64| regloom_mmio::Bounded::clamped(i64::try_from(value).unwrap_or(1));

    bench.set(at.1, 4, low(case.held));
    assert_eq!(u64::from(register.read()), low(case.held), "{at:?}");
    register.write(bounded(allowed));
    assert_eq!(stored(), allowed, "{at:?}");
    register.update(|seen| {
        assert_eq!(u64::from(seen), allowed, "{at:?}");
        bounded(more)
    });
    assert_eq!(stored(), more, "{at:?}");
    register.reset();
    assert_eq!(stored(), 0, "{at:?}");
    for method in ["read", "write", "update", "reset"] {
        bench.has_run(at, method);
    }
}

/// Registers in clusters within clusters.
pub(crate) fn clusters<B: Bench>(bench: &B, case: Case, outer: usize, inner: usize) {
    let bed = Bed { bench, case };
    let channel = bench.regs().ch(outer);
    let start = 0x100 + 0x40 * outer;
    bed.trial(At("CFG", start), channel.cfg(), &CFG).keeps();
    bed.trial(At("STAT", start + 4), channel.stat(), &RO)
        .reads();
    let dma = channel.dma(inner);
    let start = start + 0x10 + 0x10 * inner;
    bed.trial(At("SRC", start), dma.src(), &RW).keeps();
    bed.trial(At("DST", start + 4), dma.dst(), &DST).keeps();
    bed.trial(At("MIX", start + 8), dma.mix(), &MIX)
        .keeps()
        .clears()
        .writes_acting()
        .takes();
}

/// Registers with bits that act on a write.
pub(crate) fn bits_that_act<B: Bench>(bench: &B, case: Case) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    bed.trial(At("IRQ_STAT", 0x8), regs.irq_stat(), &IRQ_STAT)
        .reads()
        .clears()
        .takes();
    bed.trial(At("MIXED", 0xc), regs.mixed(), &MIXED)
        .keeps()
        .clears()
        .sets()
        .toggles()
        .writes_acting()
        .takes();
    bed.trial(At("GO", 0xe0), regs.go(), &GO)
        .keeps()
        .triggers()
        .writes_acting();
    bed.trial(At("DMACR", 0x2f8), regs.dmacr(), &DMACR)
        .keeps()
        .clears()
        .sets()
        .triggers()
        .writes_acting()
        .takes();
    bed.trial(At("CMD", 0x2c), regs.cmd(), &CMD)
        .reads()
        .writes()
        .writes_acting();
    bed.trial(At("SETS", 0x30), regs.sets(), &SETS)
        .reads()
        .sets();
    bed.trial(At("LOW_ACK", 0x34), regs.low_ack(), &LOW_ACK)
        .reads()
        .clears()
        .takes();
    bed.trial(At("LOW_SETS", 0x64), regs.low_sets(), &LOW_SETS)
        .reads()
        .sets();
    bed.trial(At("FLIPS", 0x60), regs.flips(), &FLIPS)
        .reads()
        .toggles();
    bed.trial(At("LOW_FLIPS", 0x68), regs.low_flips(), &LOW_FLIPS)
        .reads()
        .toggles();
    whole_registers_that_act(bench, case);
}

/// Registers that any write clears or sets, and those that take one write.
fn whole_registers_that_act<B: Bench>(bench: &B, case: Case) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    bed.trial(At("WIPE", 0x24), regs.wipe(), &WIPE)
        .reads()
        .clears_all();
    bed.trial(At("FILL", 0x28), regs.fill(), &FILL)
        .reads()
        .sets_all();
    bed.trial(At("WIPE_BLIND", 0xd4), regs.wipe_blind(), &WIPE_BLIND)
        .clears_all();
    bed.trial(At("FILL_BLIND", 0xd8), regs.fill_blind(), &FILL_BLIND)
        .sets_all();
    bed.trial(At("ONCE", 0x20), regs.once(), &ONCE)
        .reads()
        .writes()
        .writes_once();
    bed.trial(At("ONCE_BLIND", 0xdc), regs.once_blind(), &ONCE_BLIND)
        .writes()
        .writes_once();
}

/// Registers that a read changes.
pub(crate) fn reads_with_an_effect<B: Bench>(bench: &B, case: Case) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    bed.trial(At("PORT", 0x18), regs.port(), &POP).pops();
    bed.trial(At("SAMPLE", 0xf8), regs.sample(), &POP).pops();
    bed.trial(At("SEEN", 0x1c), regs.seen(), &SEEN).takes();
    bed.trial(At("RAISED", 0x6c), regs.raised(), &RAISED)
        .takes();
    bed.trial(At("SPENT", 0x70), regs.spent(), &SPENT)
        .writes()
        .takes();
    bed.trial(At("RENEWED", 0x74), regs.renewed(), &RENEWED)
        .writes()
        .takes();
    bed.trial(At("ARM", 0x78), regs.arm(), &ARM)
        .sets_all()
        .takes();
    bed.trial(At("DISARM", 0x7c), regs.disarm(), &DISARM)
        .clears_all()
        .takes();
    bed.trial(At("SET_SEEN", 0xc4), regs.set_seen(), &SET_SEEN)
        .sets()
        .takes();
    bed.trial(At("CLEAR_RAISED", 0xc8), regs.clear_raised(), &CLEAR_RAISED)
        .clears()
        .takes();
    bed.trial(At("LOW_SET_SEEN", 0xcc), regs.low_set_seen(), &LOW_SET_SEEN)
        .sets()
        .takes();
    bed.trial(
        At("LOW_CLEAR_RAISED", 0xd0),
        regs.low_clear_raised(),
        &LOW_CLEAR_RAISED,
    )
    .clears()
    .takes();
}

/// Registers that move in two beats.
pub(crate) fn registers_wider_than_the_bus<B: Bench>(bench: &B, case: Case) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    bed.trial(At("TIME", 0x38), regs.time(), &WIDE_RO).reads();
    bed.trial(
        At("HIGH_FIRST_TIME", 0xf0),
        regs.high_first_time(),
        &WIDE_RO,
    )
    .reads();
    bed.trial(At("WIDE", 0x40), regs.wide(), &WIDE_RW).keeps();
    bed.trial(At("FINE", 0x300), regs.fine(), &WIDE_RW).keeps();
    bed.trial(At("POSITIVE", 0x308), regs.positive(), &WIDE_RW)
        .keeps();
    bed.trial(At("HIGH_FIRST", 0xe8), regs.high_first(), &HIGH_FIRST)
        .keeps();
}

/// Registers that no number holds, and that have fields: what holds of any register
/// holds of their words.
pub(crate) fn words_of_registers<B: Bench>(bench: &B, case: Case, index: usize) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    let status = regs.status();
    let (low, high) = (At("WORD0", 0x240), At("WORD1", 0x248));
    bed.trial(low, status.word0(), &STATUS_LOW)
        .keeps()
        .clears()
        .writes_acting()
        .takes();
    bed.trial(high, status.word1(), &STATUS_HIGH)
        .keeps()
        .triggers()
        .writes_acting();
    let events = regs.events();
    let (low, high) = (At("WORD0", 0x250), At("WORD1", 0x258));
    bed.trial(low, events.word0(), &EVENTS_LOW)
        .reads()
        .clears()
        .takes();
    bed.trial(high, events.word1(), &EVENTS_HIGH)
        .reads()
        .clears()
        .takes();
    let slot = regs.slot(index);
    let start = 0x270 + 0x18 * index;
    bed.trial(At("WORD0", start), slot.word0(), &SLOT_ADDRESS)
        .keeps();
    bed.trial(At("WORD2", start + 0x10), slot.word2(), &SLOT_OWN)
        .reads()
        .sets();
}

/// Of those, the words that a read changes, and those that it does not.
pub(crate) fn words_that_a_read_changes<B: Bench>(bench: &B, case: Case) {
    let bed = Bed { bench, case };
    let caught = bench.regs().caught();
    bed.trial(At("WORD0", 0x260), caught.word0(), &CAUGHT_LOW)
        .takes();
    bed.trial(At("WORD1", 0x268), caught.word1(), &CAUGHT_HIGH)
        .reads();
}

/// Registers that no number holds, and that have no fields.
pub(crate) fn beats_of_registers<B: Bench>(bench: &B, case: Case, outer: usize, index: usize) {
    let bed = Bed { bench, case };
    let regs = bench.regs();
    let at = At("SECRET", 0x2a0 + 4 * index);
    bed.trial(at, regs.secret(index), &SECRET[index])
        .reads()
        .writes()
        .changes();
    let nth = index.min(2);
    let at = At("FLAGS", 0x2b0 + 4 * nth);
    bed.trial(at, regs.flags(nth), &FLAGS[nth])
        .reads()
        .clears()
        .takes();
    let at = At("WORDS", 0x2c0 + 4 * index);
    bed.trial(at, regs.words(index), &POP).pops();
    let at = At("BEATS", 0x2d0 + 0x10 * outer + 4 * index);
    let beats = regs.locks(outer).beats(index);
    bed.trial(at, beats, &LOCKS[index]).writes();
}

/// What memories are tried with.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    pub(crate) content: [u32; 16],
    pub(crate) wide: [u64; 8],
    pub(crate) fixed: [u8; 4],
    /// Where a part begins, and how long it is at most.
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// Words one behind the other.
pub(crate) fn memories<B: Bench>(bench: &B, words: &Words) {
    let (buffer, rom, pairs) = (At("BUFFER", 0x1000), At("ROM", 0x1040), At("PAIRS", 0x1080));
    let regs = bench.regs();
    for (offset, byte) in (rom.1..).zip(words.fixed) {
        bench.set(offset, 1, byte.into());
    }
    reads_what_is_there(bench, rom, regs.rom(), &words.fixed, words);
    takes_what_is_written(bench, buffer, regs.buffer(), &words.content, words);
    reads_what_is_there(bench, buffer, regs.buffer(), &words.content, words);
    takes_what_is_written(bench, pairs, regs.pairs(), &words.wide, words);
    reads_what_is_there(bench, pairs, regs.pairs(), &words.wide, words);
}

/// The memory holds `content` already.
fn reads_what_is_there<B: Bench, W: Word, T: Beat<W>, const LEN: usize, A: Access + Read>(
    bench: &B,
    at: At,
    memory: Memory<'_, W, T, LEN, A, B::Bus>,
    content: &[W],
    words: &Words,
) {
    let first = words.first.min(LEN);
    let count = words.count.min(LEN - first);
    let mut room = vec![W::ZERO; count];
    memory.copy_to(first, &mut room);
    assert_eq!(room, content[first..][..count], "{at:?} {words:x?}");
    let read: Vec<_> = (0..LEN).map(|index| memory.read(index)).collect();
    assert_eq!(read, content, "{at:?} {words:x?}");
    assert_eq!(memory.iter().collect::<Vec<_>>(), content, "{at:?}");
    for method in ["copy_to", "read", "iter"] {
        bench.has_run(at, method);
    }
}

/// First something else, and then word by word and in parts what `content` is.
fn takes_what_is_written<B: Bench, W: Word, T: Beat<W>, const LEN: usize>(
    bench: &B,
    at: At,
    memory: Memory<'_, W, T, LEN, Rw, B::Bus>,
    content: &[W],
    words: &Words,
) {
    let bytes = size_of::<W>();
    let held = || -> Vec<u64> {
        let offsets = (at.1..).step_by(bytes).take(LEN);
        offsets.map(|offset| bench.get(offset, bytes)).collect()
    };
    let mut expected: Vec<u64> = content.iter().map(|word| (!*word).into()).collect();
    for (index, word) in content.iter().enumerate() {
        memory.write(index, !*word);
    }
    assert_eq!(held(), expected, "{at:?} {words:x?}");

    let first = words.first.min(LEN);
    memory.copy_from(first, &content[first..]);
    for (expected, word) in expected.iter_mut().zip(content).skip(first) {
        *expected = (*word).into();
    }
    assert_eq!(held(), expected, "{at:?} {words:x?}");

    memory.copy_from(0, &content[..first]);
    expected = content.iter().map(|word| (*word).into()).collect();
    assert_eq!(held(), expected, "{at:?} {words:x?}");
    for method in ["write", "copy_from"] {
        bench.has_run(at, method);
    }
}
