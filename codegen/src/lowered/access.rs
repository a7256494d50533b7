// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a register allows: which methods it has, and what a write means to each
//! of its bits.
//!
//! A register may do what none of its bits forbids. A bit that takes the value
//! written is *plain*; one that acts on a written 1 (or 0) and has a value that
//! does nothing is an *effect*; one that acts on any write is neither.

use regdesc::model::{
    Access, BitRange, Field, ReadEffect, Register, ReservedBits, WriteConstraint, WriteEffect,
};
use regdesc::units::low_ones;

/// What a program may do to a register: a method, or a family of methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Method {
    Read,
    Write,
    Update,
    /// Writes the value after reset.
    Reset,
    Clear,
    Set,
    Toggle,
    Trigger,
    WriteActing,
    ClearAll,
    SetAll,
    /// Clears what it read by writing it.
    TakeSeen,
    /// The read itself clears (or sets).
    TakeByReading,
    Pop,
}

/// The methods of a register, in order, each once.
pub(crate) fn methods(register: &Register) -> Vec<Method> {
    let bits = Bits::of(register);
    let mut methods = Vec::new();
    let mut allow = |method, when: bool| methods.extend(when.then_some(method));
    allow(Method::Read, bits.reads == Some(Reading::Plainly));
    allow(
        Method::Write,
        bits.plain != 0 || (bits.wiped() != 0 && !bits.is_wiped_whole()),
    );
    let updates = bits.plain != 0 && bits.survives_a_write_for_others();
    allow(Method::Update, updates);
    allow(Method::Reset, updates);
    allow(
        Method::Clear,
        bits.clear != 0 && bits.survives_a_write_for_others(),
    );
    allow(
        Method::Set,
        bits.set != 0 && bits.survives_a_write_for_others(),
    );
    allow(
        Method::Toggle,
        bits.toggle != 0 && bits.survives_a_write_for_others(),
    );
    allow(
        Method::Trigger,
        bits.trigger != 0 && bits.survives_a_write_for_others(),
    );
    allow(
        Method::WriteActing,
        bits.effects() != 0 && (bits.plain | bits.wiped()) != 0,
    );
    allow(
        Method::ClearAll,
        bits.is_wiped_whole() && bits.wiped_to_zeros != 0,
    );
    allow(
        Method::SetAll,
        bits.is_wiped_whole() && bits.wiped_to_ones != 0,
    );
    allow(Method::TakeSeen, bits.can_take_seen());
    allow(
        Method::TakeByReading,
        bits.reads == Some(Reading::ClearsOrSets),
    );
    allow(Method::Pop, bits.reads == Some(Reading::Consumes));
    methods
}

/// What a write means to a register's bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Masks {
    pub(crate) keep: u64,
    pub(crate) fixed: u64,
    pub(crate) restore: u64,
    pub(crate) clear: u64,
    pub(crate) set: u64,
    pub(crate) toggle: u64,
    pub(crate) trigger: u64,
}

impl Masks {
    /// All `width` bits take the value written.
    pub(crate) fn plain(width: u32) -> Self {
        Masks {
            keep: low_ones(width),
            fixed: 0,
            restore: low_ones(width),
            clear: 0,
            set: 0,
            toggle: 0,
            trigger: 0,
        }
    }
}

pub(crate) fn masks(register: &Register, reserved: ReservedBits) -> Masks {
    let all = low_ones(register.width.value);
    let bits = Bits::of(register);
    let preserved = match reserved {
        ReservedBits::Preserve if bits.reads == Some(Reading::Plainly) => bits.uncovered,
        _ => 0,
    };
    let replaced = match reserved {
        ReservedBits::Zero | ReservedBits::Reset => bits.uncovered,
        ReservedBits::Preserve => 0,
    };
    let from_reset = match reserved {
        ReservedBits::Reset => bits.uncovered & register.reset.low(),
        ReservedBits::Zero | ReservedBits::Preserve => 0,
    };
    // What a write for others gives back matters only where there are such writes.
    let restore = match bits.effects() {
        0 => all,
        _ => bits.restorable | preserved,
    };
    Masks {
        keep: all & !bits.effects() & !bits.uncovered_effects & !replaced,
        fixed: bits.idle_ones | from_reset,
        restore,
        clear: bits.clear,
        set: bits.set,
        toggle: bits.toggle,
        trigger: bits.trigger,
    }
}

/// Whether software can give the field a value of its choice.
pub(crate) fn takes_a_value(field: &Field) -> bool {
    field.access.write
        && Effect::of_field(field) == Effect::Plain
        && field.write_constraint != Some(WriteConstraint::AsRead)
}

/// What the bits of a field do when they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Action {
    Clear,
    Set,
    Toggle,
    Trigger,
}

/// What the field's bits do, if they can be named to make them act.
pub(crate) fn action(field: &Field) -> Option<Action> {
    match Effect::of_field(field) {
        _ if !field.access.write => None,
        Effect::Clear => Some(Action::Clear),
        Effect::Set => Some(Action::Set),
        Effect::Toggle => Some(Action::Toggle),
        Effect::Trigger => Some(Action::Trigger),
        Effect::Plain | Effect::WipeToZeros | Effect::WipeToOnes => None,
    }
}

/// What reading a register does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reading {
    Plainly,
    ClearsOrSets,
    Consumes,
}

/// What reading the whole register does; `None` where no bit can be read.
pub(crate) fn reading(register: &Register) -> Option<Reading> {
    let readable = register.accesses().filter(|access| access.read);
    readable
        .map(|access| match access.on_read {
            ReadEffect::None => Reading::Plainly,
            ReadEffect::Clear | ReadEffect::Set => Reading::ClearsOrSets,
            ReadEffect::Pop => Reading::Consumes,
        })
        .max()
}

/// What a write does to bits, with the value that does nothing set apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// They take the value.
    Plain,
    Clear,
    Set,
    Toggle,
    /// They start something, and are clear again by themselves.
    Trigger,
    /// Any write clears them.
    WipeToZeros,
    /// Any write sets them.
    WipeToOnes,
}

impl Effect {
    /// Bits that clear themselves take no value: what is written back would
    /// start it again.
    fn of_field(field: &Field) -> Self {
        match Effect::of(field.access.on_write) {
            Effect::Plain | Effect::Set | Effect::Toggle if field.self_clearing => Effect::Trigger,
            effect => effect,
        }
    }

    fn is_by_name(self) -> bool {
        matches!(
            self,
            Effect::Clear | Effect::Set | Effect::Toggle | Effect::Trigger
        )
    }

    fn of(on_write: WriteEffect) -> Self {
        match on_write {
            WriteEffect::Modify => Effect::Plain,
            WriteEffect::OneToClear | WriteEffect::ZeroToClear => Effect::Clear,
            WriteEffect::OneToSet | WriteEffect::ZeroToSet => Effect::Set,
            WriteEffect::OneToToggle | WriteEffect::ZeroToToggle => Effect::Toggle,
            WriteEffect::Clear => Effect::WipeToZeros,
            WriteEffect::Set => Effect::WipeToOnes,
        }
    }
}

/// Bits on which a written 0 acts do nothing when they are written 1.
fn idles_at_one(on_write: WriteEffect) -> bool {
    matches!(
        on_write,
        WriteEffect::ZeroToClear | WriteEffect::ZeroToSet | WriteEffect::ZeroToToggle
    )
}

/// Some bits of a register: a field, or all of them.
struct Part {
    mask: u64,
    access: Access,
    effect: Effect,
}

impl Part {
    fn survives_write_back(&self) -> bool {
        self.effect != Effect::Trigger && self.access.survives_write_back()
    }
}

/// A register's bits, sorted by what may be done to them.
#[derive(Debug)]
struct Bits {
    reads: Option<Reading>,
    /// Take the value written.
    plain: u64,
    /// Of these, those that writing back what was read leaves as they are.
    restorable: u64,
    clear: u64,
    set: u64,
    toggle: u64,
    trigger: u64,
    /// Cleared by any write.
    wiped_to_zeros: u64,
    /// Set by any write.
    wiped_to_ones: u64,
    /// Effects (of fields or uncovered) that a written 1 leaves alone.
    idle_ones: u64,
    /// No field covers them, and they are no effects.
    uncovered: u64,
    /// No field covers them, and a write of the wrong value acts.
    uncovered_effects: u64,
    /// Cleared by name and readable.
    seen: u64,
}

impl Bits {
    fn of(register: &Register) -> Self {
        let all = low_ones(register.width.value);
        let whole = BitRange {
            low: 0,
            len: register.width.value,
        };
        let own = register.fields.is_empty().then_some(Part {
            mask: whole.mask() & all,
            access: register.access.value,
            effect: Effect::of(register.access.on_write),
        });
        let fields = register.fields.iter().map(|field| Part {
            mask: field.bits.mask() & all,
            access: field.access.value,
            effect: Effect::of_field(field),
        });
        let parts: Vec<Part> = fields.chain(own).collect();
        let with = |which: &dyn Fn(&Part) -> bool| {
            let chosen = parts.iter().filter(|part| which(part));
            chosen.fold(0, |mask, part| mask | part.mask)
        };
        let having = |effect| with(&|part| part.access.write && part.effect == effect);

        let uncovered = all & !with(&|_| true);
        let default = register.access.value;
        let uncovered_acts = default.write && Effect::of(default.on_write).is_by_name();
        let idle_uncovered = if default.write && idles_at_one(default.on_write) {
            uncovered
        } else {
            0
        };
        Bits {
            reads: reading(register),
            plain: having(Effect::Plain),
            // Where fields are views of the same bits, all of them have to agree.
            restorable: with(&|part| part.access.write && part.survives_write_back())
                & !with(&|part| !part.survives_write_back()),
            clear: having(Effect::Clear),
            set: having(Effect::Set),
            toggle: having(Effect::Toggle),
            trigger: having(Effect::Trigger),
            wiped_to_zeros: having(Effect::WipeToZeros),
            wiped_to_ones: having(Effect::WipeToOnes),
            idle_ones: idle_uncovered
                | with(&|part| part.access.write && idles_at_one(part.access.on_write)),
            uncovered: if uncovered_acts { 0 } else { uncovered },
            uncovered_effects: if uncovered_acts { uncovered } else { 0 },
            seen: with(&|part| {
                part.access.reads_plainly() && part.access.write && part.effect == Effect::Clear
            }),
        }
    }

    fn effects(&self) -> u64 {
        self.clear | self.set | self.toggle | self.trigger
    }

    /// Changed by any write, whatever is written.
    fn wiped(&self) -> u64 {
        self.wiped_to_zeros | self.wiped_to_ones
    }

    /// A write can only change all of it, and in one way.
    fn is_wiped_whole(&self) -> bool {
        let one_way = (self.wiped_to_zeros == 0) != (self.wiped_to_ones == 0);
        one_way && self.plain == 0 && self.effects() == 0
    }

    /// A write meant for some bits can leave all others as they are.
    fn survives_a_write_for_others(&self) -> bool {
        let reads_safely = matches!(self.reads, Some(Reading::Plainly));
        self.wiped() == 0 && (self.plain == 0 || (self.plain == self.restorable && reads_safely))
    }

    fn can_take_seen(&self) -> bool {
        self.seen != 0 && self.reads == Some(Reading::Plainly) && self.survives_a_write_for_others()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regdesc::RegisterMap;
    use regdesc::model::Item;

    /// The only register of a block with these keys.
    fn block(keys: &str) -> RegisterMap {
        let text = format!(
            "{{schema: 1, name: b, vendor: v, size: 0x1000, registers: {{R: {{at: 0, {keys}}}}}}}"
        );
        let map = regdesc::parse("b.yaml", text, &regdesc::Options::default());
        map.unwrap_or_else(|failure| panic!("{failure}"))
    }

    fn with_register<T>(keys: &str, look: impl FnOnce(&Register) -> T) -> T {
        let map = block(keys);
        let Item::Register(register) = &map.blocks[0].items[0] else {
            panic!("a register was written")
        };
        look(register)
    }

    fn allowed(register: &Register) -> Vec<String> {
        let methods = methods(register).into_iter();
        methods.map(|method| format!("{method:?}")).collect()
    }

    fn called(keys: &str) -> Vec<String> {
        with_register(keys, allowed)
    }

    /// A written 1 clears by one view what the other takes for a value: a write
    /// for other bits can leave it alone by neither.
    #[test]
    fn views_that_differ_forbid_a_write_for_other_bits() {
        let field = |name: &str, bits: &str, rest: &str| {
            format!("<field><name>{name}</name><bitRange>{bits}</bitRange>{rest}</field>")
        };
        let clears = "<modifiedWriteValues>oneToClear</modifiedWriteValues>";
        let text = format!(
            "<device><name>d</name><access>read-write</access><peripherals><peripheral>\
             <name>p</name><baseAddress>0</baseAddress><registers><register><name>R</name>\
             <addressOffset>0</addressOffset><fields>{}{}{}</fields></register></registers>\
             </peripheral></peripherals></device>",
            field("VALUE", "[3:0]", ""),
            field("FLAG", "[3:3]", clears),
            field("OTHER", "[4:4]", clears),
        );
        let options = regdesc::Options {
            lenient: true,
            ..regdesc::Options::default()
        };
        let map = regdesc::parse("d.svd", text, &options).unwrap_or_else(|it| panic!("{it}"));
        let Item::Register(register) = &map.blocks[0].items[0] else {
            panic!("a register was written")
        };
        assert_eq!(allowed(register), ["Read", "Write", "WriteActing"]);
        assert_eq!(masks(register, ReservedBits::Zero).keep, 0b0111);
    }

    #[test]
    fn one_access_throughout_gives_its_methods() {
        let cases: &[(&str, &[&str])] = &[
            ("rw", &["Read", "Write", "Update", "Reset"]),
            ("ro", &["Read"]),
            ("wo", &["Write"]),
            ("w1c", &["Read", "Clear", "TakeSeen"]),
            ("w0c", &["Read", "Clear", "TakeSeen"]),
            ("w1s", &["Read", "Set"]),
            ("w0t", &["Read", "Toggle"]),
            ("wc", &["Read", "ClearAll"]),
            ("wos", &["SetAll"]),
            ("rc", &["TakeByReading"]),
            ("wrc", &["Write", "TakeByReading"]),
            ("w1src", &["Set", "TakeByReading"]),
            ("w1", &["Read", "Write"]),
            ("wo1", &["Write"]),
        ];
        for (access, expected) in cases {
            assert_eq!(called(&format!("access: {access}")), *expected, "{access}");
        }
    }

    /// Every pair of policies in one register, by the rule that a method is
    /// there only if each bit allows it.
    #[test]
    fn update_exists_only_where_no_bit_forbids_it() {
        let forbidding = [
            "wo", "wo1", "w1", "wc", "ws", "woc", "wos", "rc", "rs", "wrc", "wrs",
        ];
        let policies: Vec<_> = Access::policy_names().collect();
        for one in &policies {
            for other in &policies {
                let fields = format!(
                    "fields: {{A: {{bits: 0, access: {one}}}, B: {{bits: 1, access: {other}}}}}"
                );
                let updates = called(&fields).contains(&"Update".to_owned());
                let forbids = |policy: &str| forbidding.contains(&policy) || policy.len() > 3;
                let plain = [*one, *other].contains(&"rw");
                assert_eq!(
                    updates,
                    plain && !forbids(one) && !forbids(other),
                    "{one} beside {other}"
                );
            }
        }
    }

    #[test]
    fn a_write_for_others_touches_no_bit_that_acts() {
        let fields = "fields: {P: '1:0', A: {bits: 8, access: w1c}, L: {bits: 9, access: w0s}}";
        let masks = with_register(fields, |register| masks(register, ReservedBits::Zero));
        assert_eq!(
            masks,
            Masks {
                keep: 0x3,
                fixed: 0x200,
                restore: 0x3,
                clear: 0x100,
                set: 0x200,
                toggle: 0,
                trigger: 0
            }
        );
    }

    #[test]
    fn bits_no_field_covers_are_written_as_asked() {
        let fields = "reset: 0xFF, fields: {A: 0, B: {bits: 1, access: w1c}}";
        let of = |reserved| with_register(fields, |register| masks(register, reserved));
        let zero = of(ReservedBits::Zero);
        assert_eq!((zero.keep, zero.fixed, zero.restore), (1, 0, 1));
        let reset = of(ReservedBits::Reset);
        assert_eq!((reset.keep, reset.fixed, reset.restore), (1, 0xFC, 1));
        let preserve = of(ReservedBits::Preserve);
        assert_eq!(
            (preserve.keep, preserve.fixed, preserve.restore),
            (0xFFFF_FFFD, 0, 0xFFFF_FFFD)
        );
    }

    #[test]
    fn a_bit_that_no_field_covers_and_that_acts_is_left_alone() {
        let fields = "access: w0c, fields: {A: 0}";
        for reserved in [
            ReservedBits::Zero,
            ReservedBits::Preserve,
            ReservedBits::Reset,
        ] {
            let masks = with_register(fields, |register| masks(register, reserved));
            assert_eq!((masks.keep, masks.fixed), (0, 0xFFFF_FFFF));
        }
    }
}
