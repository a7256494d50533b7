// SPDX-License-Identifier: MIT OR Apache-2.0

//! What the methods of a generated accessor load and store, on plain memory, where
//! each store stays as it was made.

use every_access::slot::Word0;
use every_access::{
    Cmd, Ctrl, Device, Dmacr, IrqStat, Limits, LowAck, Mixed, Mode, Positive, Switch, ch,
};
use regloom_mmio::{Block, Bounded, Fixed, Flags, OutOfRange, Region, reset, table};

/// The generated crate as a module, with the lints of the crate. Attributes for a
/// crate's root have no effect here.
#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[deny(missing_docs)]
#[forbid(unsafe_code)]
#[path = "every_access/lib.rs"]
#[rustfmt::skip]
pub mod every_access;

/// Plays the hardware: sets a register regardless of its access.
fn play(device: &Device, offset: usize, bits: u32) {
    device
        .region()
        .store(offset, bits)
        .expect("an offset within the block");
}

fn stored(device: &Device, offset: usize) -> u32 {
    device
        .region()
        .load(offset)
        .expect("an offset within the block")
}

#[test]
fn plain_registers_hold_what_is_written() {
    let device = Device::on_memory();
    let regs = device.regs();
    regs.value().write(0xABCD_1234);
    assert_eq!(regs.value().read(), 0xABCD_1234);
    assert_eq!(stored(&device, 0x54), 0xABCD_1234);

    regs.ctrl().reset();
    assert_eq!(regs.ctrl().read(), Ctrl::default());
    regs.ctrl()
        .update(|ctrl| ctrl.with_enable(false).with_mode(Mode::Test));
    assert_eq!(stored(&device, 0x0), 0x4);
}

#[test]
fn fields_go_where_they_belong() {
    let value = Ctrl(0)
        .with_enable(true)
        .with_mode(Mode::Normal)
        .with_switch(Switch::Yes)
        .with_byte(0xA5)
        .with_type(true)
        .with_gain(Bounded::of::<0xFFF>());
    assert_eq!(value.0, 0xFFF1_A50B);
    assert_eq!(value.mode(), Ok(Mode::Normal));
    assert_eq!(Ctrl(0x6).mode(), Err(3));
    assert_eq!(value.switch(), Switch::Yes);
    assert_eq!((value.byte(), value.gain()), (0xA5, 0xFFF));
    let gain = 0x123_u16
        .try_into()
        .map(|gain| value.with_gain(gain).gain());
    assert_eq!(gain, Ok::<_, OutOfRange>(0x123));
}

/// A register whose only field has the same name is that field to a program: it has
/// the field's type, and no second name.
#[test]
fn a_sole_number_is_the_registers_value() {
    let device = Device::on_memory();
    let regs = device.regs();
    regs.lamp().write(true);
    regs.lamp().update(|lit| !lit);
    assert!(!regs.lamp().read());
    regs.lamp().reset();
    assert_eq!(stored(&device, 0x200), 0x1);

    regs.level().write(Bounded::of::<7>());
    assert_eq!(stored(&device, 0x204), 0x7);
    regs.trim().write(Bounded::of::<-3>());
    assert_eq!(stored(&device, 0x208), 0xFFD);
    regs.scale().update(|_| Fixed::of_raw::<{ -0x1800 }>());
    assert_eq!(stored(&device, 0x20c), 0xE800);
    regs.notch_at::<1>().write(-1);
    assert_eq!(stored(&device, 0x21c), 0xFF);

    // The bits above the number are ignored.
    for (offset, bits) in [
        (0x204, 0xFFFF_FFFA),
        (0x208, 0xFFFF_F800),
        (0x20c, 0x5_E000),
    ] {
        play(&device, offset, bits);
    }
    assert_eq!(regs.level().read().get(), 2);
    assert_eq!(regs.trim().read().get(), -0x800);
    assert!((regs.scale().read().to_f64() + 1.0).abs() < f64::EPSILON);
    play(&device, 0x210, 0xABCD_1234);
    assert_eq!(regs.count().read(), 0x1234_u16);
    regs.whole().write(Bounded::of::<0xFFFF_FFFF_FFFF>());
    let beats = [0x220, 0x224].map(|offset| stored(&device, offset));
    assert_eq!(beats, [0xFFFF_FFFF, 0xFFFF]);
}

#[test]
fn bits_that_no_field_covers_are_written_zero() {
    let device = Device::on_memory();
    device.regs().ctrl().write(Ctrl(u32::MAX));
    assert_eq!(stored(&device, 0x0), 0xFFF3_FF0F);
    play(&device, 0x0, u32::MAX);
    device.regs().ctrl().update(|ctrl| ctrl.with_enable(false));
    assert_eq!(stored(&device, 0x0), 0xFFF3_FF0E);
}

#[test]
fn only_bits_that_were_named_or_read_are_cleared() {
    let device = Device::on_memory();
    let status = device.regs().irq_stat();
    status.clear(IrqStat::DONE);
    assert_eq!(stored(&device, 0x8), 0x1);
    status.clear(IrqStat::DONE | IrqStat::OVF);
    assert_eq!(stored(&device, 0x8), 0x3);

    play(&device, 0x8, 0xF2);
    let seen = status.take();
    assert!(seen.ovf() && !seen.done());
    assert_eq!(seen.cnt(), 0xF);
    assert_eq!(stored(&device, 0x8), 0x2);
}

#[test]
fn where_a_zero_clears_other_bits_are_written_one() {
    let device = Device::on_memory();
    let status = device.regs().low_ack();
    status.clear(LowAck::F);
    assert_eq!(stored(&device, 0x34), 0xFFFF_FFFE);
    play(&device, 0x34, 0x8);
    assert!(status.take().g());
    assert_eq!(stored(&device, 0x34), 0xFFFF_FFF7);
}

/// Bits 0 and 1 are plain; 8 is cleared by a 1, 9 by a 0, 10 set and 11 inverted by
/// a 1. The value that does nothing is therefore 0x200.
#[test]
fn in_a_mixed_register_nothing_acts_unless_named() {
    let device = Device::on_memory();
    let mixed = device.regs().mixed();
    let after = |hardware: u32, method: &dyn Fn()| {
        play(&device, 0xc, hardware);
        method();
        stored(&device, 0xc)
    };
    let two = Mixed(0).with_mode(Bounded::of::<2>());
    assert_eq!(after(0xF03, &|| mixed.update(|_| two)), 0x202);
    assert_eq!(after(0xF03, &|| mixed.update(|seen| seen)), 0x203);
    assert_eq!(after(0xF03, &|| mixed.write(mixed.read())), 0x203);
    assert_eq!(after(0xF03, &|| mixed.reset()), 0x200);
    assert_eq!(after(0xF03, &|| mixed.clear(Mixed::ACK)), 0x303);
    assert_eq!(after(0xF03, &|| mixed.clear(Mixed::LOW)), 0x003);
    assert_eq!(after(0xF01, &|| mixed.set(Mixed::GO)), 0x601);
    assert_eq!(after(0xF01, &|| mixed.toggle(Mixed::FLIP)), 0xA01);
    // Bits given by number have only the action of the method.
    let all = Flags::from_bits(u32::MAX);
    assert_eq!(after(0xF01, &|| mixed.set(all)), 0x601);
    assert_eq!(
        after(0xF01, &|| mixed.write_acting(two, Mixed::GO | Mixed::ACK)),
        0x702
    );
    assert_eq!(after(0xD01, &|| _ = mixed.take()), 0x301);
    assert_eq!(after(0xE01, &|| _ = mixed.take()), 0x001);
}

/// The generator gives a value no name that a field could have.
#[test]
fn fields_may_have_any_name() {
    const AFTER_RESET: Dmacr = reset();
    let device = Device::on_memory();
    let dmacr = device.regs().dmacr();
    dmacr.trigger(Dmacr::RESET);
    assert_eq!(stored(&device, 0x2f8), 0x4);
    dmacr.clear(Dmacr::CLEAR);
    assert_eq!(stored(&device, 0x2f8), 0x8);
    let value = AFTER_RESET.with_bits(true).with_from_bits(true);
    assert_eq!(value.with_default(true).0, 0x70);
    assert!(value.bits() && value.from_bits() && !value.default());
    dmacr.write_acting(value, Dmacr::NAMES | Dmacr::RESET);
    assert_eq!(stored(&device, 0x2f8), 0xB4);
}

#[test]
fn what_was_taken_is_compared_with_flags() {
    let device = Device::on_memory();
    let status = device.regs().irq_stat();
    play(&device, 0x8, 0x3);
    let seen = status.take();
    assert_eq!(seen, IrqStat::DONE | IrqStat::OVF);
    assert_ne!(seen, IrqStat::DONE);
    assert_eq!(seen.0 & IrqStat::OVF.bits(), 0x2);
    // Only what was read is cleared.
    status.clear(Flags::from_bits(seen.0));
    assert_eq!(stored(&device, 0x8), 0x3);
}

/// Software reads any value, and writes the values that the description allows.
#[test]
fn a_write_constraint_is_a_type() {
    let device = Device::on_memory();
    let regs = device.regs();
    assert_eq!(regs.divider().read(), 0);
    regs.divider().write(Bounded::of::<100>());
    regs.divider()
        .update(|found| Bounded::clamped(i64::from(found) + 1));
    assert_eq!(stored(&device, 0x2f0), 100);
    play(&device, 0x2f0, 0xFFFF_FFFF);
    assert_eq!(regs.divider().read(), 0xFFFF_FFFF);

    let limits = Limits::default()
        .with_byte(Bounded::of::<100>())
        .with_narrow(Bounded::of::<100>())
        .with_flag(Bounded::of::<1>())
        .with_all(255);
    assert_eq!(limits.0, 0x00FF_E464);
    assert_eq!((limits.byte(), limits.flag()), (100, true));
    assert!(Bounded::<1, 100>::new(101).is_err());
    play(&device, 0x2f4, 0xAB00_0000);
    regs.limits().update(|found| found.with_all(1));
    assert_eq!(stored(&device, 0x2f4), 0xAB01_0000);
    assert_eq!(regs.limits().read().kept(), 0xAB);
}

#[test]
fn fixed_point_numbers_may_have_all_64_bits() {
    let device = Device::on_memory();
    let regs = device.regs();
    let beats = |offset| [offset, offset + 4].map(|offset| stored(&device, offset));
    let fine = |number| Fixed::from_f64(number).expect("in bounds");
    for (number, expected) in [
        (-2_147_483_648.0, [0, 0x8000_0000]),
        (-0.5, [0x8000_0000, 0xFFFF_FFFF]),
        (1.25, [0x4000_0000, 1]),
    ] {
        regs.fine().write(fine(number));
        assert_eq!(beats(0x300), expected);
        assert_eq!(regs.fine().read(), fine(number));
    }
    let most = Fixed::from_raw_unsigned(u64::MAX).expect("all bits");
    regs.positive().write(Positive::default().with_p(most));
    assert_eq!(beats(0x308), [0xFFFF_FFFF; 2]);
    assert_eq!(regs.positive().read().p().raw_unsigned(), u64::MAX);
}

#[test]
fn reads_with_an_effect_have_names_of_their_own() {
    let device = Device::on_memory();
    let regs = device.regs();
    play(&device, 0x18, 42);
    assert_eq!(regs.port().pop(), 42);
    play(&device, 0x1c, 0x3E1);
    let seen = regs.seen().take();
    assert_eq!((seen.a(), seen.b()), (true, 0x1F));
    // The hardware clears; the accessor has stored nothing.
    assert_eq!(stored(&device, 0x1c), 0x3E1);
}

#[test]
fn a_stream_borrows_its_device_exclusively() {
    let mut device = Device::on_memory();
    play(&device, 0x18, 42);
    play(&device, 0x54, 3);
    let mut stream = device.stream(|device| device.regs().port());
    assert_eq!(stream.pop(), 42);
    let mut room = [0; 4];
    let there = stream.regs().value().read() as usize;
    stream.fill(&mut room[..there]);
    assert_eq!(room, [42, 42, 42, 0]);
    play(stream.device(), 0x18, 43);

    // It moves to the thread that wants the values, and the device can be used
    // again afterwards.
    let popped = std::thread::scope(|scope| scope.spawn(move || stream.pop()).join());
    assert_eq!(popped.expect("no panic"), 43);
    assert_eq!(device.regs().port().pop(), 43);
}

#[test]
fn writes_that_change_all_take_no_value() {
    let device = Device::on_memory();
    let regs = device.regs();
    play(&device, 0x24, 5);
    regs.wipe().clear_all();
    assert_eq!(stored(&device, 0x24), 0);
    regs.fill().set_all();
    regs.key().write(9);
    assert_eq!(stored(&device, 0x14), 9);
    let command = Cmd(0).with_code(Bounded::of::<5>());
    regs.cmd().write(command);
    assert_eq!(stored(&device, 0x2c), 0x5);
    regs.cmd().write_acting(command, Cmd::START);
    assert_eq!(stored(&device, 0x2c), 0x105);
    regs.once().write(3);
    assert_eq!(regs.once().read(), 3);
}

#[test]
fn every_width_accesses_only_its_own_bytes() {
    let device = Device::on_memory();
    let regs = device.regs();
    regs.byte().write(every_access::Byte(0xFF));
    regs.half().write(every_access::Half(0xABC));
    assert_eq!(stored(&device, 0x48), 0x0ABC_00FF);
    let wide = every_access::Wide(0)
        .with_low(0x89AB_CDEF)
        .with_high(Bounded::of::<0x0123_4567>())
        .with_top(true);
    regs.wide().write(wide);
    assert_eq!(regs.wide().read(), wide);
    assert_eq!(
        (stored(&device, 0x40), stored(&device, 0x44)),
        (0x89AB_CDEF, 0x8123_4567)
    );
}

#[test]
fn arrays_are_accessed_by_index_by_constant_and_by_iterator() {
    let device = Device::on_memory();
    let regs = device.regs();
    for (index, row) in regs.row_iter().enumerate() {
        play(&device, 0x80 + 8 * index, u32::try_from(index).unwrap());
        assert_eq!(usize::from(row.read().x()), index);
        assert_eq!(usize::from(regs.row(index).read().x()), index);
    }
    assert_eq!(regs.row_at::<7>().read().x(), 7);
    assert_eq!(regs.row_iter().len(), 8);
    regs.ch(3).dma(1).dst().write(ch::dma::Dst(3));
    assert_eq!(stored(&device, 0x100 + 3 * 0x40 + 0x10 + 0x10 + 0x4), 3);
    assert_eq!(
        regs.ch_at::<3>().dma_at::<1>().dst().read().q(),
        Ok(ch::dma::DstQ::Z)
    );
    assert_eq!(regs.ch_iter().flat_map(ch::Registers::dma_iter).count(), 8);
}

#[test]
#[should_panic(expected = "index 4 of an array of 4")]
fn an_index_beyond_the_array_panics_as_with_slices() {
    let device = Device::on_memory();
    let _ = device.regs().ch(4);
}

#[test]
fn values_print_by_field() {
    let shown = format!("{:?}", Ctrl(0x0010_0003));
    assert_eq!(
        shown,
        "CTRL { ENABLE: 0x1, MODE: normal, SWITCH: no, BYTE: 0x0, TYPE: 0x0, BITS: 0x0, GAIN: 0x1 }"
    );
}

#[test]
fn a_dump_reads_only_what_a_read_does_not_change() {
    let device = Device::on_memory();
    play(&device, 0x0, 0x0010_0003);
    play(&device, 0x18, 42);
    play(&device, 0x100 + 3 * 0x40, 7);
    let dump = device.dump().to_string();
    let has = |line: &str| dump.lines().any(|it| it == line);
    assert!(has(
        "0x0000 CTRL = 0x00100003 { ENABLE: 0x1, MODE: normal, SWITCH: no, BYTE: 0x0, TYPE: 0x0, BITS: 0x0, GAIN: 0x1 }"
    ));
    assert!(has("0x0018 PORT: not read, for a read changes it"));
    assert!(has("0x0014 KEY: write-only"));
    assert!(has("0x0038 TIME = 0x0000000000000000"));
    assert!(
        has("0x01c0 CH[3].CFG = 0x00000007 { M: 0x3, L: b }"),
        "{dump}"
    );
    assert!(
        device
            .dump()
            .forced()
            .to_string()
            .contains("0x0018 PORT = 0x0000002a")
    );
}

#[test]
fn the_table_lists_the_block() {
    let items = every_access::Block::ITEMS;
    let table::Item::Register(ctrl) = items[0] else {
        unreachable!("the first item is a register")
    };
    assert_eq!((ctrl.name, ctrl.offset), ("CTRL", 0));
    let unread = items.iter().filter(
        |item| matches!(item, table::Item::Register(it) if it.reads() == table::Reads::WithEffect),
    );
    assert_eq!(unread.count(), 14);
    let mut clusters = items.iter().filter_map(|item| match item {
        table::Item::Cluster(cluster) => Some(cluster),
        table::Item::Register(_) => None,
    });
    let channels = clusters.next().expect("there is one");
    assert_eq!(
        channels.array,
        Some(table::Array {
            count: 4,
            stride: 0x40
        })
    );
    assert_eq!(channels.items.len(), 3);
}

#[test]
fn registers_wider_than_a_number_are_shown_and_read_in_parts() {
    let device = Device::on_memory();
    let regs = device.regs();
    regs.status().word0().reset();
    regs.status().word1().reset();
    let steps = regs.status().word1().read().step();
    assert_eq!(steps, 3);
    regs.slot(1).word0().write(Word0(0x1_2345_6789));
    play(&device, 0x260, 0xF);
    play(&device, 0x26c, 0x10);
    let dump = device.dump().to_string();
    for line in [
        "0x0240 STATUS.WORD0 = 0x0000000000000072 { DONE: 0x0, LOW: 0x1, LEVEL: 0x7 }",
        "0x0248 STATUS.WORD1 = 0x0000000000000030 { STEP: 0x3, GO: 0x0, CODE: 0x0 }",
        "0x0260 CAUGHT.WORD0: not read, for a read changes it",
        "0x0268 CAUGHT.WORD1 = 0x0000001000000000 { HELD: 0x1 }",
        "0x0288 SLOT[1].WORD0 = 0x0000000123456789 { ADDRESS: 0x123456789 }",
        "0x02c4 WORDS[1]: not read, for a read changes it",
        "0x02d4 LOCKS[0].BEATS[1]: write-only",
    ] {
        assert!(
            dump.lines().any(|it| it == line),
            "{line} is not in\n{dump}"
        );
    }
}

/// One enumeration in fields of different widths.
#[test]
fn negative_values_are_numbers_of_their_fields() {
    use every_access::{Steer, SteerTilt, Turn};
    assert_eq!(Steer::default().turn(), Turn::Left);
    assert_eq!(Steer::default().tilt(), Ok(SteerTilt::Down));
    assert_eq!(Steer::default().wide(), Ok(Turn::Back));
    let value = Steer(0);
    assert_eq!(value.with_turn(Turn::Back).0, 0x2);
    assert_eq!(value.with_wide(Turn::Left).0, 0x0FFF_0000);
    assert_eq!(value.with_tilt(SteerTilt::Up).0, 100 << 4);
    assert_eq!(Steer(0x0800_0ff0).tilt(), Err(-1));
    assert_eq!(Steer(0x0800_0ff0).wide(), Err(-0x800));
    for (bits, turn) in [
        (0, Turn::Ahead),
        (1, Turn::Right),
        (2, Turn::Back),
        (3, Turn::Left),
    ] {
        assert_eq!(Steer(bits).turn(), turn);
        assert_eq!(value.with_turn(turn).0, bits);
        assert_eq!(Turn::from_bits(turn.bits()), Ok(turn));
    }
    assert_eq!(SteerTilt::Down.bits(), -100);
    let shown = format!("{:?}", Steer(0x0FFE_0643));
    assert_eq!(shown, "STEER { TURN: left, TILT: up, WIDE: back }");
    let shown = format!("{:?}", Steer(0x0003_09c0));
    assert_eq!(shown, "STEER { TURN: ahead, TILT: down, WIDE: 0x3 }");
}

#[test]
fn a_region_too_small_is_no_device() {
    let small = Region::plain_memory(0x1000);
    assert!(Device::new(small).is_err());
    assert!(Device::new(Region::plain_memory(0x2000)).is_ok());
}

#[test]
fn a_device_may_move_to_another_thread() {
    let device = Device::on_memory();
    let read = std::thread::spawn(move || device.regs().value().read());
    assert_eq!(read.join().unwrap(), 0);
}
