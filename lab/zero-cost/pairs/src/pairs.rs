// SPDX-License-Identifier: MIT OR Apache-2.0

//! The pairs.

use adc_capture::Registers as Capture;
use regloom_mmio::{Flags, Memory, Number, Reg, Rw};

use crate::by_hand::{
    Mapping, load, load_halves, load_wide, no_such_index, store, store_halves, store_wide, too_few,
};
use crate::every_access::{Ctrl, Device, IrqStat, Mixed, Mode, Registers, Switch, ch};

type Samples<'a> = Memory<'a, u32, u32, 1024, Rw>;
type Wide<'a> = Reg<'a, Number<u64, u64, 0>, Rw>;

/// Writes each pair as two functions that the assembly names `accessor_…` and
/// `by_hand_…`. They differ in what they reach the block by.
macro_rules! pairs {
    ($(
        $name:ident($block:ident: $Handle:ty | $Pointer:ty $(, $more:ident: $More:ty)*) $(-> $Out:ty)?;
        accessor $accessor:block
        by_hand $by_hand:block
    )*) => {
        mod accessor {
            use super::*;
            $(
                #[unsafe(export_name = concat!("accessor_", stringify!($name)))]
                fn $name($block: $Handle $(, $more: $More)*) $(-> $Out)? $accessor
            )*
        }

        mod pointer {
            use super::*;
            $(
                #[unsafe(export_name = concat!("by_hand_", stringify!($name)))]
                unsafe fn $name($block: $Pointer $(, $more: $More)*) $(-> $Out)? {
                    // SAFETY: it is never called.
                    unsafe { $by_hand }
                }
            )*
        }
    };
}

pairs! {
    read(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.value().read() }
    by_hand { load(block, 0x54) }

    read_through_a_device(device: &Device | &Mapping) -> u32;
    accessor { device.regs().value().read() }
    by_hand { load(device.block, 0x54) }

    read_of_one_field(block: Registers<'_> | *mut u8) -> u8;
    accessor { block.ctrl().read().byte() }
    by_hand { ((load::<u32>(block, 0x0) >> 8) & 0xFF) as u8 }

    read_of_8_bits(block: Registers<'_> | *mut u8) -> u8;
    accessor { block.byte().read().0 }
    by_hand { load(block, 0x48) }

    read_of_16_bits(block: Registers<'_> | *mut u8) -> u16;
    accessor { block.half().read().0 }
    by_hand { load(block, 0x4a) }

    wait_for_a_bit(block: Registers<'_> | *mut u8);
    accessor { while !block.result().read().ok() {} }
    by_hand { while load::<u32>(block, 0x50) & 0x2 == 0 {} }

    match_of_an_enum(block: Registers<'_> | *mut u8) -> u32;
    accessor {
        match block.ctrl().read().mode() {
            Ok(Mode::Off) => 10,
            Ok(Mode::Normal) => 35,
            Ok(Mode::Test) => 17,
            Err(unnamed) => u32::from(unnamed),
        }
    }
    by_hand {
        match (load::<u32>(block, 0x0) >> 1) & 0x3 {
            0 => 10,
            1 => 35,
            2 => 17,
            unnamed => unnamed,
        }
    }

    match_of_an_exhaustive_enum(block: Registers<'_> | *mut u8) -> u32;
    accessor {
        match block.ctrl().read().switch() {
            Switch::No => 10,
            Switch::Yes => 35,
        }
    }
    by_hand {
        match (load::<u32>(block, 0x0) >> 3) & 0x1 {
            0 => 10,
            _ => 35,
        }
    }

    read_of_a_fixed_point_number(block: Capture<'_> | *mut u8) -> f64;
    accessor { block.ctrl().read().gain().to_f64() }
    by_hand { f64::from(load::<i32>(block, 0x10) >> 16) / 8192.0 }

    read_of_a_sole_number(block: Registers<'_> | *mut u8) -> i64;
    accessor { block.trim().read().get() }
    by_hand { i64::from(load::<i32>(block, 0x208) << 20 >> 20) }

    update_of_a_sole_flag(block: Registers<'_> | *mut u8);
    accessor { block.lamp().update(|lit| !lit) }
    by_hand { store(block, 0x200, !load::<u32>(block, 0x200) & 0x1) }

    write_of_a_sole_number(block: Registers<'_> | *mut u8, count: i8);
    accessor { block.notch_at::<1>().write(count) }
    by_hand { store(block, 0x21c, u32::from(count.cast_unsigned())) }

    write(block: Registers<'_> | *mut u8, value: u32);
    accessor { block.value().write(value) }
    by_hand { store(block, 0x54, value) }

    write_of_8_bits(block: Registers<'_> | *mut u8, value: u8);
    accessor { block.byte().write(crate::every_access::Byte(value)) }
    by_hand { store(block, 0x48, value) }

    write_of_constant_fields(block: Registers<'_> | *mut u8);
    accessor {
        block
            .ctrl()
            .write(Ctrl::default().with_mode(Mode::Normal).with_byte(0xA5).with_type(true));
    }
    by_hand { store(block, 0x0, 0x1_A503_u32) }

    write_of_given_fields(block: Registers<'_> | *mut u8, enable: bool, byte: u8);
    accessor { block.ctrl().write(Ctrl(0).with_enable(enable).with_byte(byte)) }
    by_hand { store(block, 0x0, u32::from(enable) | u32::from(byte) << 8) }

    write_of_a_given_enum(block: Registers<'_> | *mut u8, mode: Mode);
    accessor { block.ctrl().write(Ctrl(0).with_mode(mode)) }
    by_hand { store(block, 0x0, (mode as u32) << 1) }

    reset(block: Registers<'_> | *mut u8);
    accessor { block.ctrl().reset() }
    by_hand { store(block, 0x0, 0x5_u32) }

    update_of_a_number(block: Registers<'_> | *mut u8, more: u32);
    accessor { block.value().update(|value| value.wrapping_add(more)) }
    by_hand { store(block, 0x54, load::<u32>(block, 0x54).wrapping_add(more)) }

    update_of_constant_fields(block: Registers<'_> | *mut u8);
    accessor { block.ctrl().update(|ctrl| ctrl.with_enable(true).with_mode(Mode::Test)) }
    by_hand {
        let ctrl: u32 = load(block, 0x0);
        store(block, 0x0, ctrl & 0xFFF3_FF08 | 0x5);
    }

    update_of_a_given_field(block: Registers<'_> | *mut u8, byte: u8);
    accessor { block.ctrl().update(|ctrl| ctrl.with_byte(byte)) }
    by_hand {
        let ctrl: u32 = load(block, 0x0);
        store(block, 0x0, ctrl & 0xFFF3_000F | u32::from(byte) << 8);
    }

    update_beside_bits_that_act(block: Registers<'_> | *mut u8);
    accessor {
        block
            .mixed()
            .update(|mixed| mixed.with_mode(regloom_mmio::Bounded::of::<2>()));
    }
    by_hand {
        // The mode is all that a write takes over: what was read is not needed.
        let _: u32 = load(block, 0xc);
        store(block, 0xc, 0x202_u32);
    }

    take(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.irq_stat().take().0 }
    by_hand {
        let seen: u32 = load(block, 0x8);
        store(block, 0x8, seen & 0x3);
        seen
    }

    take_where_a_zero_clears(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.low_ack().take().0 }
    by_hand {
        let seen: u32 = load(block, 0x34);
        store(block, 0x34, !(seen & 0x9));
        seen
    }

    take_by_reading(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.seen().take().0 }
    by_hand { load(block, 0x1c) }

    clear(block: Registers<'_> | *mut u8);
    accessor { block.irq_stat().clear(IrqStat::DONE | IrqStat::OVF) }
    by_hand { store(block, 0x8, 0x3_u32) }

    clear_of_what_is_given(block: Registers<'_> | *mut u8, which: u32);
    accessor { block.irq_stat().clear(Flags::from_bits(which)) }
    by_hand { store(block, 0x8, which & 0x3) }

    clear_beside_plain_bits(block: Registers<'_> | *mut u8);
    accessor { block.mixed().clear(Mixed::ACK) }
    by_hand {
        let mixed: u32 = load(block, 0xc);
        store(block, 0xc, mixed & 0x3 | 0x300);
    }

    set(block: Registers<'_> | *mut u8, which: u32);
    accessor { block.sets().set(which) }
    by_hand { store(block, 0x30, which) }

    set_beside_plain_bits(block: Registers<'_> | *mut u8);
    accessor { block.mixed().set(Mixed::GO) }
    by_hand {
        let mixed: u32 = load(block, 0xc);
        store(block, 0xc, mixed & 0x3 | 0x600);
    }

    toggle_beside_plain_bits(block: Registers<'_> | *mut u8);
    accessor { block.mixed().toggle(Mixed::FLIP) }
    by_hand {
        let mixed: u32 = load(block, 0xc);
        store(block, 0xc, mixed & 0x3 | 0xA00);
    }

    trigger(block: Capture<'_> | *mut u8);
    accessor { block.ctrl().trigger(adc_capture::Ctrl::START) }
    by_hand {
        let ctrl: u32 = load(block, 0x10);
        store(block, 0x10, ctrl & 0xFFFF_0007 | 0x100);
    }

    clear_all(block: Registers<'_> | *mut u8);
    accessor { block.wipe().clear_all() }
    by_hand { store(block, 0x24, 0_u32) }

    pop(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.port().pop() }
    by_hand { load(block, 0x18) }

    pop_of_a_stream(device: &mut Device | &Mapping, room: &mut [u32]);
    accessor { device.stream(|device| device.regs().port()).fill(room) }
    by_hand {
        for value in room {
            *value = load(device.block, 0x18);
        }
    }

    constant_index(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.row_at::<3>().read().0 }
    by_hand { load(block, 0x80 + 3 * 8) }

    constant_index_twice(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.ch_at::<2>().dma_at::<1>().src().read() }
    by_hand { load(block, 0x100 + 2 * 0x40 + 0x10 + 0x10) }

    checked_index_of_a_constant(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.row(3).read().0 }
    by_hand { load(block, 0x80 + 3 * 8) }

    checked_index(block: Registers<'_> | *mut u8, index: usize) -> u32;
    accessor { block.row(index).read().0 }
    by_hand {
        if index >= 8 {
            no_such_index(index, 8);
        }
        load(block, 0x80 + 8 * index)
    }

    checked_index_twice(block: Registers<'_> | *mut u8, channel: usize, dma: usize, value: u32);
    accessor { block.ch(channel).dma(dma).src().write(value) }
    by_hand {
        if channel >= 4 {
            no_such_index(channel, 4);
        }
        if dma >= 2 {
            no_such_index(dma, 2);
        }
        store(block, 0x110 + 0x40 * channel + 0x10 * dma, value);
    }

    walk_of_an_array(block: Registers<'_> | *mut u8) -> u32;
    accessor {
        let mut sum = 0;
        for row in block.row_iter() {
            sum ^= row.read().0;
        }
        sum
    }
    by_hand {
        let mut sum = 0;
        for index in 0..8 {
            sum ^= load::<u32>(block, 0x80 + 8 * index);
        }
        sum
    }

    walk_of_a_part_of_an_array(block: Registers<'_> | *mut u8, count: usize) -> u32;
    accessor {
        let mut sum = 0;
        for index in 0..count {
            sum ^= block.row(index).read().0;
        }
        sum
    }
    by_hand {
        let mut sum = 0;
        for index in 0..count {
            if index >= 8 {
                no_such_index(index, 8);
            }
            sum ^= load::<u32>(block, 0x80 + 8 * index);
        }
        sum
    }

    fold_of_an_array(block: Registers<'_> | *mut u8) -> u32;
    accessor { block.row_iter().fold(0, |sum, row| sum ^ row.read().0) }
    by_hand {
        (0..8)
            .map(|index| block.add(0x80 + 8 * index))
            .fold(0, |sum, row| sum ^ load::<u32>(row, 0))
    }

    writing_walk_of_an_array(block: Registers<'_> | *mut u8, value: u32);
    accessor {
        for row in block.row_iter() {
            row.write(crate::every_access::Row(value));
        }
    }
    by_hand {
        for index in 0..8 {
            store(block, 0x80 + 8 * index, value & 0x1F);
        }
    }

    walk_of_clusters(block: Registers<'_> | *mut u8) -> u32;
    accessor {
        let mut sum = 0;
        for channel in block.ch_iter() {
            sum ^= channel.stat().read();
        }
        sum
    }
    by_hand {
        let mut sum = 0;
        for index in 0..4 {
            sum ^= load::<u32>(block, 0x104 + 0x40 * index);
        }
        sum
    }

    walk_of_clusters_in_clusters(block: Registers<'_> | *mut u8);
    accessor {
        for channel in block.ch_iter() {
            channel.cfg().write(ch::Cfg(1));
            for dma in channel.dma_iter() {
                dma.src().write(7);
            }
        }
    }
    by_hand {
        for channel in 0..4 {
            let channel = 0x100 + 0x40 * channel;
            store(block, channel, 1_u32);
            for dma in 0..2 {
                store(block, channel + 0x10 + 0x10 * dma, 7_u32);
            }
        }
    }

    read_of_64_bits_by_32(block: Capture<'_> | *mut u8) -> u64;
    accessor { block.time().read() }
    by_hand { load_halves(block, 0x20) }

    write_of_64_bits_by_32(block: Registers<'_> | *mut u8, value: u64);
    accessor { block.wide().write(crate::every_access::Wide(value)) }
    by_hand { store_halves(block, 0x40, value) }

    update_of_64_bits_by_32(block: Registers<'_> | *mut u8);
    accessor { block.wide().update(|wide| wide.with_top(true)) }
    by_hand { store_halves(block, 0x40, load_halves(block, 0x40) | 1 << 63) }

    read_of_64_bits_by_64(register: Wide<'_> | *mut u8) -> u64;
    accessor { register.read() }
    by_hand { load_wide(register) }

    write_of_64_bits_by_64(register: Wide<'_> | *mut u8, value: u64);
    accessor { register.write(value) }
    by_hand { store_wide(register, value) }

    update_of_64_bits_by_64(register: Wide<'_> | *mut u8);
    accessor { register.update(|value| value | 1) }
    by_hand { store_wide(register, load_wide(register) | 1) }

    read_of_a_memory(block: Capture<'_> | *mut u8, index: usize) -> u32;
    accessor { block.samples().read(index) }
    by_hand {
        if index >= 1024 {
            too_few(index, 1, 1024);
        }
        load(block, 0x1000 + 4 * index)
    }

    copy_from_a_memory(block: Capture<'_> | *mut u8, room: &mut [u32]);
    accessor { block.samples().copy_to(0, room) }
    by_hand {
        if room.len() > 1024 {
            too_few(0, room.len(), 1024);
        }
        for (index, word) in room.iter_mut().enumerate() {
            *word = load(block, 0x1000 + 4 * index);
        }
    }

    copy_into_a_memory(memory: Samples<'_> | *mut u8, words: &[u32]);
    accessor { memory.copy_from(0, words) }
    by_hand {
        if words.len() > 1024 {
            too_few(0, words.len(), 1024);
        }
        for (index, word) in words.iter().enumerate() {
            store(memory, 4 * index, *word);
        }
    }

    walk_of_a_memory(block: Capture<'_> | *mut u8) -> u32;
    accessor { block.samples().iter().fold(0, |sum, word| sum ^ word) }
    by_hand { (0..1024).fold(0, |sum, index| sum ^ load::<u32>(block, 0x1000 + 4 * index)) }
}
