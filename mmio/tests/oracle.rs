// SPDX-License-Identifier: MIT OR Apache-2.0

//! Every method of a map with every access, run on the simulator with random
//! contents and compared with the oracle; and every getter and setter, compared
//! with the bits of the word.

use std::fmt::Debug;

use every_access::{Ctrl, Registers, Simulator, ch};
use oracle::{At, Bench, Case, Is, Run, Sheet, Words};
use proptest::prelude::*;
use regloom_mmio::{Bounded, Fixed, On, Transfer, Word};

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "every_access/lib.rs"]
#[rustfmt::skip]
pub mod every_access;

#[expect(dead_code, reason = "some of it is for what a failure prints")]
#[path = "every_access/oracle.rs"]
mod oracle;

/// The simulator as a bench.
struct Simulated(Simulator);

impl Bench for Simulated {
    type Bus = On<Simulator>;
    const QUEUES: bool = true;

    fn regs(&self) -> Registers<'_, Self::Bus> {
        self.0.regs()
    }

    fn begin(&self, at: At, sheet: &Sheet) {
        self.0.reset();
        assert_eq!(self.0.get(at.1), sheet.reset, "{at:?} after reset");
    }

    fn must_be<T: PartialEq + Debug>(&self, run: Run, method: impl FnOnce() -> T, is: Is<T>) {
        let offset = run.at.1;
        self.0.reset();
        self.0.set(offset, run.case.held);
        self.0.clear_log();
        assert_eq!(method(), is.answer, "{run:x?}");
        let found = self.0.get(offset);
        assert_eq!(found, is.after, "{found:#x} for {:#x}: {run:x?}", is.after);
        let log = self.0.log();
        let stored: Vec<_> = log.iter().filter(|it| it.is_write()).collect();
        let beats = if run.width == 64 { 2 } else { 1 };
        let counts = (log.len() - stored.len(), stored.len());
        assert_eq!(
            counts,
            (is.loads * beats, is.stores * beats),
            "{run:x?}: {log:?}"
        );
        if let Some(expected) = is.stored {
            let word = last_word(&stored[stored.len() - beats..], offset);
            let (found, wanted) = (word & expected.decided, expected.word & expected.decided);
            assert_eq!(found, wanted, "{found:#x} for {wanted:#x}: {run:x?}");
        }
    }

    fn push(&self, at: At, word: u64) {
        self.0.push(at.1, word);
    }

    fn get(&self, offset: usize, _bytes: usize) -> u64 {
        self.0.get(offset)
    }

    fn set(&self, offset: usize, _bytes: usize, word: u64) {
        self.0.set(offset, word);
    }

    fn has_run(&self, _at: At, _method: &'static str) {}
}

/// The word at an offset after these stores, one beat each.
fn last_word(stores: &[&Transfer], offset: usize) -> u64 {
    stores.iter().fold(0, |word, store| match store {
        Transfer::Write { value, .. } => word | value << (8 * (store.offset() - offset)),
        Transfer::Read { .. } => word,
    })
}

fn case() -> impl Strategy<Value = Case> {
    let word = || prop_oneof![any::<u64>(), Just(0), Just(u64::MAX)];
    (word(), word(), word()).prop_map(|(held, value, named)| Case { held, value, named })
}

fn words() -> impl Strategy<Value = Words> {
    let parts = (any::<[u32; 16]>(), any::<[u64; 8]>(), any::<[u8; 4]>());
    (parts, 0..=16_usize, 0..=16_usize).prop_map(|((content, wide, fixed), first, count)| Words {
        content,
        wide,
        fixed,
        first,
        count,
    })
}

proptest! {
    #[test]
    fn plain_registers(case in case(), index in 0..8_usize) {
        let bench = Simulated(Simulator::new());
        oracle::plain_registers(&bench, case, index);
        prop_assert_eq!(bench.0.strays(), []);
    }

    #[test]
    fn sole_numbers(case in case(), index in 0..2_usize) {
        let bench = Simulated(Simulator::new());
        oracle::sole_numbers(&bench, case, index);
        prop_assert_eq!(bench.0.strays(), []);
    }

    #[test]
    fn clusters(case in case(), outer in 0..4_usize, inner in 0..2_usize) {
        let bench = Simulated(Simulator::new());
        oracle::clusters(&bench, case, outer, inner);
        prop_assert_eq!(bench.0.strays(), []);
    }

    #[test]
    fn bits_that_act(case in case()) {
        oracle::bits_that_act(&Simulated(Simulator::new()), case);
    }

    #[test]
    fn reads_with_an_effect(case in case()) {
        oracle::reads_with_an_effect(&Simulated(Simulator::new()), case);
    }

    #[test]
    fn registers_wider_than_the_bus(case in case()) {
        let bench = Simulated(Simulator::new());
        oracle::registers_wider_than_the_bus(&bench, case);

        let (simulator, regs) = (&bench.0, bench.regs());
        simulator.clear_log();
        regs.wide().write(every_access::Wide(case.value));
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
    fn words_of_registers(case in case(), index in 0..2_usize) {
        let bench = Simulated(Simulator::new());
        oracle::words_of_registers(&bench, case, index);
        prop_assert_eq!(bench.0.strays(), []);
        oracle::words_that_a_read_changes(&Simulated(Simulator::new()), case);
    }

    #[test]
    fn beats_of_registers(case in case(), outer in 0..2_usize, index in 0..4_usize) {
        let bench = Simulated(Simulator::new());
        oracle::beats_of_registers(&bench, case, outer, index);
        prop_assert_eq!(bench.0.strays(), []);
    }

    #[test]
    fn memories(words in words(), word in any::<u32>()) {
        let bench = Simulated(Simulator::new());
        oracle::memories(&bench, &words);
        let simulator = &bench.0;
        simulator.clear_log();
        let index = words.first.min(15);
        simulator.regs().buffer().write(index, word);
        let written = Transfer::write(0x1000 + 4 * index, 4, word.into());
        prop_assert_eq!(simulator.log(), [written]);
    }
}

fn has(word: u64, bit: u32) -> bool {
    word >> bit & 1 == 1
}

/// This many bits of a word, from `low` on.
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

/// Getters return the bits from `low` on as a number; setters replace only those.
macro_rules! numbers {
    ($word:ident, $value:ident: $($type:path { $($getter:ident $setter:ident: $low:literal, $len:literal;)* })*) => {$({
        let word = $word;
        let value = $type(Word::from_low(word));
        let word: u64 = value.0.into();
        $(
            prop_assert_eq!(u64::from(value.$getter()), part(word, $low, $len));
            let number = part($value, 0, $len);
            let set = value.$setter(number.try_into().unwrap()).0;
            prop_assert_eq!(u64::from(set), placed(word, $low, $len, number));
        )*
    })*};
}

/// Getters and setters of single bits.
macro_rules! flags {
    ($word:ident: $($type:path { $($getter:ident $setter:ident: $bit:literal;)* })*) => {$({
        let value = $type(Word::from_low($word));
        let word: u64 = value.0.into();
        $(
            prop_assert_eq!(value.$getter(), has(word, $bit));
            for flag in [false, true] {
                let set = value.$setter(flag).0;
                prop_assert_eq!(u64::from(set), placed(word, $bit, 1, flag.into()));
            }
        )*
    })*};
}

/// Bits that can be read, or read and named.
macro_rules! named_flags {
    ($word:ident: $($type:path { $($getter:ident $constant:ident: $bit:literal;)* })*) => {$({
        let value = $type(Word::from_low($word));
        let word: u64 = value.0.into();
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
        let command = every_access::Cmd(bits);
        let code: u8 = code;
        let set = command.with_code(Bounded::new((code & 0xF).into()).unwrap());
        prop_assert_eq!(u64::from(set.0), placed(bits.into(), 0, 4, (code & 0xF).into()));
        prop_assert_eq!(u64::from(every_access::IrqStat(bits).cnt()), part(word, 4, 4));
        prop_assert_eq!(u64::from(every_access::Seen(bits).b()), part(word, 5, 5));
        prop_assert_eq!(u64::from(every_access::LowSets(bits).g()), part(word, 24, 8));
        prop_assert_eq!(u64::from(every_access::Go(bits).state()), part(word, 12, 4));
    }

    #[test]
    fn single_bits(word in any::<u64>()) {
        flags!(word:
            Ctrl { enable with_enable: 0; r#type with_type: 16; bits with_bits: 17; }
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
        let low_sets = every_access::LowSets(Word::from_low(word));
        prop_assert_eq!(low_sets.f(), has(word, 0));
        let sample = every_access::Sample(Word::from_low(word));
        prop_assert_eq!(sample.last(), has(word, 31));
        prop_assert_eq!(every_access::Seen(Word::from_low(word)).a(), has(word, 0));
    }

    #[test]
    fn numbers_with_a_sign_and_a_point(bits in any::<u32>(), value in any::<u64>()) {
        let word = u64::from(bits);
        let signed = every_access::Signed(bits);
        let (narrow, whole) = (signed_part(value, 0, 5), signed_part(value, 0, 8));
        let (fixed, unsigned) = (signed_part(value, 0, 12), part(value, 0, 4));
        prop_assert_eq!(i64::from(signed.narrow()), signed_part(word, 0, 5));
        prop_assert_eq!(i64::from(signed.whole()), signed_part(word, 8, 8));
        prop_assert_eq!(signed.fixed().raw(), signed_part(word, 16, 12));
        prop_assert_eq!(u64::try_from(signed.part().raw()).unwrap(), part(word, 28, 4));
        prop_assert_eq!(signed.fixed().to_f64(), f64::from(i32::try_from(signed_part(word, 16, 12)).unwrap()) / 512.0);

        let set = signed.with_narrow(Bounded::new(narrow).unwrap()).0;
        prop_assert_eq!(u64::from(set), placed(word, 0, 5, value));
        let set = signed.with_whole(whole.try_into().unwrap()).0;
        prop_assert_eq!(u64::from(set), placed(word, 8, 8, value));
        let set = signed.with_fixed(Fixed::from_raw(fixed).unwrap()).0;
        prop_assert_eq!(u64::from(set), placed(word, 16, 12, value));
        let number = Fixed::from_f64(f64::from(i32::try_from(unsigned).unwrap()) / 4.0);
        let set = signed.with_part(number.unwrap()).0;
        prop_assert_eq!(u64::from(set), placed(word, 28, 4, value));
        let sample = every_access::Sample(bits);
        prop_assert_eq!(i64::from(sample.value()), signed_part(word, 0, 16));
    }

    #[test]
    fn enumerated_values(bits in any::<u32>()) {
        use every_access::{Mode, Switch};
        let modes = [Mode::Off, Mode::Normal, Mode::Test];
        let word = u64::from(bits);
        let ctrl = Ctrl(bits);
        let read = ctrl.mode().map_or_else(u64::from, |mode| mode.bits().into());
        prop_assert_eq!(read, part(word, 1, 2));
        prop_assert_eq!(ctrl.mode().is_err(), part(word, 1, 2) == 3);
        for (number, mode) in (0..).zip(modes) {
            prop_assert_eq!(u64::from(ctrl.with_mode(mode).0), placed(word, 1, 2, number));
            let cfg = ch::Cfg(bits).with_m(mode);
            prop_assert_eq!(u64::from(cfg.0), placed(word, 0, 2, number));
            prop_assert_eq!(cfg.m(), Ok(mode));
        }
        prop_assert_eq!(u64::from(ctrl.switch().bits()), part(word, 3, 1));
        for (number, switch) in (0..).zip([Switch::No, Switch::Yes]) {
            prop_assert_eq!(u64::from(ctrl.with_switch(switch).0), placed(word, 3, 1, number));
        }
        let cfg = ch::Cfg(bits);
        let read = cfg.l().map_or_else(u64::from, |letter| letter.bits().into());
        prop_assert_eq!(read, part(word, 2, 3));
        let set = cfg.with_l(ch::CfgL::B).0;
        prop_assert_eq!(u64::from(set), placed(word, 2, 3, 1));
        let dst = ch::dma::Dst(bits);
        let read = dst.q().map_or_else(u64::from, |letter| letter.bits().into());
        prop_assert_eq!(read, part(word, 0, 4));
        let set = dst.with_q(ch::dma::DstQ::Z).0;
        prop_assert_eq!(u64::from(set), placed(word, 0, 4, 3));
    }
}
