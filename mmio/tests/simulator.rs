// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a simulated block does between accesses, and wrappers of carriers.

use std::cell::Cell;
use std::rc::Rc;

use every_access::{Device, IrqStat, Simulator};
use regloom_mmio::{
    Block, Bus, Carrier, FaultInjector, InOrder, Number, On, Place, Recorder, Reg, Region, Ro,
    Root, Rw, Transfer, table,
};

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "every_access/lib.rs"]
#[rustfmt::skip]
pub mod every_access;

#[test]
fn registers_hold_their_resets_until_and_after_a_reset() {
    let simulator = Simulator::new();
    let regs = simulator.regs();
    assert_eq!(regs.ctrl().read(), every_access::Ctrl::default());
    assert_eq!(regs.high_first().read(), 0x1234_5678_90AB_CDEF);
    assert_eq!(simulator.get(0xc8), 0xFF);
    regs.ctrl().write(every_access::Ctrl(0));
    regs.once().write(1);
    regs.once().write(2);
    simulator.push(regs.port(), 3);
    assert_eq!((simulator.get(0x0), regs.once().read()), (0, 1));
    simulator.reset();
    assert_eq!(regs.ctrl().read(), every_access::Ctrl::default());
    regs.once().write(2);
    assert_eq!((regs.once().read(), regs.port().pop()), (2, 0));
}

#[test]
fn a_hook_answers_a_write_as_the_hardware_would() {
    let simulator = Simulator::new();
    let regs = simulator.regs();
    let (status, port) = (regs.irq_stat().offset(), regs.port().offset());
    simulator.on_write(regs.key(), move |hardware, key| {
        hardware.set(status, IrqStat::DONE.bits().into());
        hardware.push(port, key + 1);
    });
    regs.key().write(41);
    assert!(regs.irq_stat().take().done());
    assert!(!regs.irq_stat().read().done());
    assert_eq!(regs.port().pop(), 42);
}

#[test]
fn a_hook_sets_what_is_about_to_be_read() {
    let simulator = Simulator::new();
    let regs = simulator.regs();
    let time = regs.time().offset();
    simulator.on_read(regs.time(), move |hardware| {
        hardware.set(time, hardware.get(time) + 0xFFFF_FFFF);
    });
    assert_eq!(regs.time().read(), 0xFFFF_FFFF);
    assert_eq!(regs.time().read(), 0x1_FFFF_FFFE);
}

#[test]
fn hooks_of_a_register_are_called_in_order_and_once_for_all_its_beats() {
    let simulator = Simulator::new();
    let regs = simulator.regs();
    let received = Rc::new(Cell::new((0, 0)));
    for factor in [1, 10] {
        let seen = Rc::clone(&received);
        simulator.on_write(regs.high_first(), move |_, bits| {
            let (calls, _) = seen.get();
            seen.set((calls * 10 + factor, bits));
        });
    }
    regs.high_first().write(0x0123_4567_89AB_CDEF);
    assert_eq!(received.get(), (20, 0x0123_4567_89AB_CDEF));
}

#[test]
fn a_hook_may_use_the_simulator_and_calls_no_hook_of_its_register() {
    let simulator = Rc::new(Simulator::new());
    let calls = Rc::new(Cell::new(0));
    let (inner, count) = (Rc::clone(&simulator), Rc::clone(&calls));
    simulator.on_write(simulator.regs().value(), move |_, bits| {
        count.set(count.get() + 1);
        inner.regs().value().write(u32::try_from(bits).unwrap() + 1);
        inner.on_write(inner.regs().value(), |_, _| {});
    });
    simulator.regs().value().write(1);
    assert_eq!((simulator.get(0x54), calls.get()), (2, 1));
    simulator.regs().value().write(5);
    assert_eq!((simulator.get(0x54), calls.get()), (6, 2));
}

#[test]
fn self_clearing_bits_read_as_the_hardware_has_them() {
    let simulator = Simulator::new();
    let regs = simulator.regs();
    let go = regs.go();
    go.trigger(every_access::Go::START);
    assert!(!go.read().start());
    simulator.set(go, 0x100);
    go.update(|value| value.with_level(regloom_mmio::Bounded::of::<3>()));
    assert!(go.read().start(), "busy until the hardware is done");
}

#[test]
fn the_first_beat_that_is_read_latches_the_other() {
    let simulator = Simulator::new();
    simulator.set(0x38, 0x1_FFFF_FFFF);
    assert_eq!(simulator.load(0x38, 4), 0xFFFF_FFFF);
    simulator.set(0x38, 0x2_0000_0000);
    assert_eq!(simulator.load(0x3c, 4), 1, "of the time that was read");
    // The high beat moves first here. In the other order the value would be torn.
    simulator.set(0xf0, 0x1_FFFF_FFFF);
    assert_eq!(simulator.load(0xf4, 4), 1);
    simulator.set(0xf0, 0x2_0000_0000);
    assert_eq!(simulator.load(0xf0, 4), 0xFFFF_FFFF);
}

#[test]
fn an_empty_port_reads_what_the_hardware_set() {
    let simulator = Simulator::new();
    let port = simulator.regs().port();
    simulator.push(port, 1);
    assert_eq!((port.pop(), port.pop()), (1, 0));
    simulator.set(port, 0xDEAD);
    simulator.push(port, 2);
    assert_eq!((port.pop(), port.pop()), (2, 0xDEAD));
}

#[test]
fn accesses_without_a_register_read_zero_and_are_reported() {
    let simulator = Simulator::new();
    simulator.store(0x1f00, 4, 7);
    assert_eq!(simulator.load(0x1f00, 4), 0);
    assert_eq!(simulator.load(0x14, 4), 0, "written only, but there");
    let stray = [Transfer::write(0x1f00, 4, 7), Transfer::read(0x1f00, 4, 0)];
    assert_eq!(simulator.strays(), stray);
    assert_eq!(simulator.log().len(), 3);
    assert_eq!(format!("{:?}", simulator.log()[0]), "write(0x1f00, 4, 0x7)");
    simulator.clear_log();
    assert!(simulator.log().is_empty() && simulator.strays().is_empty());
}

#[test]
fn accesses_narrower_than_a_register_reach_their_bytes() {
    let simulator = Simulator::new();
    simulator.set(0x54, 0x1122_3344);
    assert_eq!(simulator.load(0x55, 1), 0x33);
    simulator.store(0x56, 2, 0xAABB);
    assert_eq!(simulator.get(0x54), 0xAABB_3344);
    assert_eq!(simulator.load(0x50, 8), 0xAABB_3344_0000_0000);
}

#[test]
fn an_interrupt_is_pending_where_it_is_enabled() {
    let simulator = Simulator::new();
    simulator.set(0x8, 0x3);
    simulator.regs().full().write(every_access::Full(2));
    assert_eq!(simulator.pending(0x8, simulator.regs().full()), 2);
}

#[test]
#[should_panic(expected = "no register begins at 0x2")]
fn the_hardware_cannot_access_between_registers() {
    let _ = Simulator::new().get(0x2);
}

#[test]
#[should_panic(expected = "a read consumes nothing at 0x54")]
fn words_cannot_be_pushed_to_a_register_that_is_no_port() {
    Simulator::new().push(0x54, 1);
}

#[test]
#[should_panic(expected = "0x100 has no room in the 8 bits at 0x48")]
fn the_hardware_cannot_set_bits_beyond_a_register() {
    Simulator::new().set(0x48, 0x100);
}

/// A block where two registers share an offset, and some move in another order.
enum Orders {}

type HighAtStart = Number<u64, InOrder<u32, true, true, false>, 0x1234_5678_9ABC_DEF0>;
type Swapped = Number<u64, InOrder<u16, false, false, true>, 0>;
type Plain = Number<u32, u32, 0>;

impl Block for Orders {
    const NAME: &'static str = "orders";
    const SIZE: usize = 0x1000;
    const HASH: u64 = 0;
    const ITEMS: &'static [table::Item] = &[
        table::RW.register::<HighAtStart>("HIGH", 0x0),
        table::RW.register::<Swapped>("SWAPPED", 0x8),
        table::RO
            .on_read(table::OnRead::Pop)
            .register::<Plain>("RECEIVED", 0x10),
        table::WO.register::<Plain>("SENT", 0x10),
    ];
    type Registers<'a, B: Bus> = Place<'a, 0x1000, 8, B>;
    fn registers<B: Bus>(root: Root<'_, Self, B>) -> Place<'_, 0x1000, 8, B> {
        root.place()
    }
}

type Simulated = On<regloom_mmio::Simulator<Orders>>;

#[test]
fn words_are_assembled_in_every_order_of_beats_and_bytes() {
    let simulator = regloom_mmio::Simulator::<Orders>::new();
    let high: Reg<'_, HighAtStart, Rw, Simulated> = simulator.regs().reg::<0x0, _, _>();
    let swapped: Reg<'_, Swapped, Rw, Simulated> = simulator.regs().reg::<0x8, _, _>();
    assert_eq!(high.read(), 0x1234_5678_9ABC_DEF0);
    assert_eq!(
        simulator.log(),
        [
            Transfer::read(0x0, 4, 0x1234_5678),
            Transfer::read(0x4, 4, 0x9ABC_DEF0)
        ]
    );
    high.update(|word| word ^ u64::MAX);
    assert_eq!(simulator.get(high), !0x1234_5678_9ABC_DEF0);
    swapped.write(0x0123_4567_89AB_CDEF);
    assert_eq!(simulator.get(swapped), 0x0123_4567_89AB_CDEF);
    assert_eq!(swapped.read(), 0x0123_4567_89AB_CDEF);
    assert_eq!(simulator.log()[6], Transfer::write(0x8, 2, 0xEFCD));
}

#[test]
fn registers_for_reading_and_for_writing_may_share_an_offset() {
    let simulator = regloom_mmio::Simulator::<Orders>::new();
    let written = Rc::new(Cell::new(0));
    let seen = Rc::clone(&written);
    simulator.on_write(0x10, move |hardware, word| {
        seen.set(word);
        hardware.push(0x10, word * 2);
    });
    let sent: Reg<'_, Plain, regloom_mmio::Wo, Simulated> = simulator.regs().reg::<0x10, _, _>();
    let received: Reg<'_, Plain, regloom_mmio::Fifo, Simulated> =
        simulator.regs().reg::<0x10, _, _>();
    sent.write(21);
    assert_eq!((written.get(), received.pop(), received.pop()), (21, 42, 0));
}

#[test]
fn a_recorder_records_the_device_itself() {
    let recorder = Recorder::new(Device::on_memory());
    let regs = recorder.regs::<every_access::Block>();
    regs.value().write(7);
    regs.byte().write(every_access::Byte(1));
    assert_eq!(recorder.carrier().regs().value().read(), 7);
    regs.irq_stat().clear(IrqStat::DONE);
    let log = [
        Transfer::write(0x54, 4, 7),
        Transfer::write(0x48, 1, 1),
        Transfer::write(0x8, 4, 1),
    ];
    assert_eq!(recorder.log(), log);
    recorder.clear_log();
    assert_eq!(recorder.log(), []);
    assert_eq!(recorder.into_carrier().regs().value().read(), 7);
}

#[test]
fn a_region_is_a_carrier_of_every_unit() {
    let region = Region::plain_memory(0x10);
    for size in [1, 2, 4, 8] {
        Carrier::store(&region, 8, size, 0x0123_4567_89AB_CDEF);
        let ones = u64::MAX >> (64 - 8 * size);
        assert_eq!(
            Carrier::load(&region, 8, size),
            0x0123_4567_89AB_CDEF & ones
        );
        assert_eq!(Carrier::load(&region, 0x10, size), ones, "no answer");
    }
    assert_eq!(Carrier::load(&region, 2, 4), 0xFFFF_FFFF);
    Carrier::store(&region, 0x10, 4, 1);
    let regs = On::regs::<Orders>(&region);
    let beyond: Reg<'_, Plain, Ro, On<Region>> = regs.reg::<0x10, _, _>();
    assert_eq!(beyond.read(), u32::MAX);
}

#[test]
fn faults_apply_to_their_offset_and_access() {
    let faulty = FaultInjector::new(Recorder::new(Simulator::new()))
        .with_ones_read(0x54, 2)
        .with_write_lost(0x58, 1)
        .with_bits_stuck(0x5c, 0x1, 0x80)
        .with_reads_late(0x10, 2);
    let regs = faulty.regs::<every_access::Block>();
    let simulator = faulty.carrier().carrier();

    regs.value().write(3);
    let reads = [(); 3].map(|()| regs.value().read());
    assert_eq!(reads, [3, u32::MAX, 3]);
    assert_eq!(faulty.carrier().log()[2], Transfer::read(0x54, 4, 3));

    regs.block().write(4);
    assert_eq!(regs.block().read(), 0);
    regs.block().write(5);
    assert_eq!(regs.block().read(), 5);

    regs.u32().write(0xF0);
    assert_eq!(simulator.get(0x5c), 0x71);
    simulator.set(0x5c, 0xFE);
    assert_eq!(regs.u32().read(), 0x7F);

    let late = [1, 2, 3, 4].map(|now| {
        simulator.set(0x10, now);
        regs.stat().read()
    });
    assert_eq!(late, [1, 1, 1, 2]);
}
