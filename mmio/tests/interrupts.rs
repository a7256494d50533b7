// SPDX-License-Identifier: MIT OR Apache-2.0

//! Interrupts by their fields, on the simulator: what a program's handler sees and
//! what happens to the registers.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use regloom_mmio::{Bus, Events, Waits, Writable};

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "interrupts/axi-dma.rs"]
#[rustfmt::skip]
pub mod axi_dma;

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "interrupts/axi-gpio.rs"]
#[rustfmt::skip]
pub mod axi_gpio;

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "interrupts/axi-intc.rs"]
#[rustfmt::skip]
pub mod axi_intc;

#[allow(unused_attributes, clippy::cast_possible_truncation)]
#[path = "interrupts/levels.rs"]
#[rustfmt::skip]
pub mod levels;

const AT_ONCE: Option<Duration> = Some(Duration::ZERO);

mod dma {
    use super::axi_dma::interrupts::S2mm;
    use super::axi_dma::s2mm::DmacrRs;
    use super::axi_dma::{Registers, Simulator, interrupts};
    use super::*;

    /// Receives once: the program under test, for a device too.
    fn receive<B: Bus + Writable>(
        regs: Registers<'_, B>,
        irq: &impl Waits<S2mm>,
    ) -> io::Result<bool> {
        regs.sg_ctl().write(axi_dma::SgCtl::default());
        irq.enable(S2mm::IOC | S2mm::ERR)?;
        irq.update(
            |regs| regs.s2mm().dmacr(),
            |dmacr| dmacr.with_rs(DmacrRs::Run),
        )?;
        let event = irq.wait(Some(Duration::from_secs(1)))?;
        let event = event.ok_or(io::ErrorKind::TimedOut)?;
        Ok(event.events.contains(S2mm::IOC) && !event.events.contains(S2mm::ERR))
    }

    /// A device that is done as soon as it runs.
    fn done_at_once() -> Simulator {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        let dmasr = regs.s2mm().dmasr().offset();
        simulator.on_write(regs.s2mm().dmacr(), move |hardware, written| {
            if written & 1 != 0 {
                hardware.set(dmasr, 1 << 12);
            }
        });
        simulator
    }

    #[test]
    fn a_handler_is_called_with_the_events_of_its_line() {
        let simulator = done_at_once();
        assert!(receive(simulator.regs(), &simulator.interrupt_of(S2mm)).unwrap());
        // The driver's accesses are not the program's.
        let log = simulator.log();
        assert_eq!(log.len(), 1, "{log:?}");
        assert!(!simulator.regs().s2mm().dmasr().read().ioc_irq());
    }

    #[test]
    fn each_line_has_the_enable_register_of_its_channel() {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        let (mm2s, s2mm) = (simulator.interrupt(), simulator.interrupt_of(S2mm));
        s2mm.enable(S2mm::IOC | S2mm::DLY).unwrap();
        assert!(!regs.mm2s().dmacr().read().ioc_irq_en());
        assert!(regs.s2mm().dmacr().read().ioc_irq_en());
        mm2s.enable(interrupts::Mm2s::ERR).unwrap();
        s2mm.disable(S2mm::DLY).unwrap();
        assert_eq!(simulator.get(0x0), 0x0001_4002);
        assert_eq!(simulator.get(0x30), 0x0001_1002);
    }

    #[test]
    fn only_enabled_events_are_reported_and_acknowledged() {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        let irq = simulator.interrupt_of(S2mm);
        let (ioc, err) = (1 << 12, 1 << 14);
        simulator.set(regs.s2mm().dmasr(), ioc | err);
        assert_eq!(irq.pending(), Events::NONE);
        assert_eq!(irq.wait(AT_ONCE).unwrap(), None);

        irq.enable(S2mm::IOC).unwrap();
        assert_eq!(irq.pending(), S2mm::IOC);
        assert!(simulator.interrupt().pending().is_empty());
        let event = irq.wait(None).unwrap().unwrap();
        assert_eq!((event.count, event.events), (1, S2mm::IOC));
        assert_eq!(simulator.get(regs.s2mm().dmasr()), err);
        assert_eq!(irq.wait(AT_ONCE).unwrap(), None);
    }

    #[test]
    fn enabling_starts_nothing_else_in_the_register() {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        let written = Rc::new(RefCell::new(Vec::new()));
        let writes = Rc::clone(&written);
        simulator.on_write(regs.s2mm().dmacr(), move |hardware, bits| {
            // The reset bit reads as 1 while the reset goes on.
            hardware.set(0x30, bits | 0x4);
            writes.borrow_mut().push(bits);
        });
        simulator.set(regs.s2mm().dmacr(), 0x0001_0004);
        simulator.interrupt_of(S2mm).enable(S2mm::IOC).unwrap();
        assert_eq!(*written.borrow(), [0x0001_1000]);
    }

    /// A program runs the channel while its events are enabled.
    #[test]
    fn a_control_bit_is_changed_beside_the_enable_bits() {
        let simulator = done_at_once();
        let irq = simulator.interrupt_of(S2mm);
        irq.enable(S2mm::IOC).unwrap();
        irq.update(
            |regs| regs.s2mm().dmacr(),
            |dmacr| dmacr.with_rs(DmacrRs::Run),
        )
        .unwrap();
        assert_eq!(simulator.get(0x30), 0x0001_1003);
        let event = irq.wait(None).unwrap().unwrap();
        assert_eq!(event.events, S2mm::IOC);
    }

    #[test]
    fn what_the_driver_changes_meanwhile_is_kept() {
        let simulator = Simulator::new();
        let irq = simulator.interrupt_of(S2mm);
        irq.enable(S2mm::IOC | S2mm::DLY).unwrap();
        // The driver masks one event and enables another after the register was read.
        let meanwhile = || {
            irq.disable(S2mm::IOC).unwrap();
            irq.enable(S2mm::ERR).unwrap();
        };
        irq.update(
            |regs| regs.s2mm().dmacr(),
            |dmacr| {
                meanwhile();
                dmacr.with_rs(DmacrRs::Run)
            },
        )
        .unwrap();
        assert_eq!(simulator.get(0x30), 0x0001_6003);
    }

    #[test]
    fn an_update_by_the_interrupt_starts_nothing_else_in_the_register() {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        let written = Rc::new(RefCell::new(Vec::new()));
        let writes = Rc::clone(&written);
        simulator.on_write(regs.s2mm().dmacr(), move |_, bits| {
            writes.borrow_mut().push(bits);
        });
        // The reset bit reads as 1 while the reset goes on.
        simulator.set(regs.s2mm().dmacr(), 0x0001_0004);
        let irq = simulator.interrupt_of(S2mm);
        let run = |rs| irq.update(|regs| regs.s2mm().dmacr(), |dmacr| dmacr.with_rs(rs));
        run(DmacrRs::Run).unwrap();
        assert_eq!(written.take(), [0x0001_0001]);
        // Nothing changes: nothing is written.
        run(DmacrRs::Run).unwrap();
        assert_eq!(written.take(), []);
        assert_eq!(simulator.log(), []);
    }

    #[test]
    fn any_interrupt_updates_the_registers_of_all() {
        let simulator = Simulator::new();
        let irq = simulator.interrupt_of(interrupts::Mm2s);
        let both = [0x0, 0x30].map(|at| irq.update_bits(at, 0x2, 0x8).unwrap());
        assert_eq!(both, [0x0001_0002; 2]);
        assert_eq!([0x0, 0x30].map(|at| simulator.get(at)), [0x0001_0008; 2]);
    }

    #[test]
    fn registers_that_the_driver_does_not_write_are_refused() {
        let simulator = Simulator::new();
        let irq = simulator.interrupt_of(S2mm);
        let refused = irq.update(axi_dma::Registers::sg_ctl, |it| {
            it.with_sg_cache(1.try_into().unwrap())
        });
        let refused = refused.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        assert!(refused.to_string().starts_with("0x2c: "), "{refused}");
        // The status has no plain bits, and RESET acts.
        for (at, bits) in [(0x34, 1), (0x30, 0x4), (0x31, 1), (usize::MAX, 1)] {
            for (clear, set) in [(bits, 0), (0, bits)] {
                let refused = irq.update_bits(at, clear, set).unwrap_err();
                assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
            }
        }
        assert_eq!(simulator.get(0x30), 0x0001_0002);
    }

    #[test]
    fn a_wait_that_would_not_end_is_an_error() {
        let simulator = Simulator::new();
        let error = simulator.interrupt_of(S2mm).wait(None).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        assert_eq!(
            error.to_string(),
            "s2mm: no event is pending and enabled, and a wait without a timeout would not end"
        );
    }

    #[test]
    fn events_print_by_their_names() {
        let both = S2mm::IOC | S2mm::ERR;
        assert_eq!(format!("{both:?}"), "IOC | ERR");
        assert_eq!(both.bits(), 0b101);
    }
}

mod intc {
    use super::axi_intc::Simulator;
    use super::axi_intc::interrupts::Irq;
    use super::*;

    /// What joins the registers: the hardware's part, which no description has.
    fn controller() -> Simulator {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        simulator.on_write(regs.sie(), |hardware, bits| {
            hardware.set(0x8, hardware.get(0x8) | bits);
        });
        simulator.on_write(regs.cie(), |hardware, bits| {
            hardware.set(0x8, hardware.get(0x8) & !bits);
        });
        simulator.on_write(regs.iar(), |hardware, bits| {
            hardware.set(0x0, hardware.get(0x0) & !bits);
        });
        simulator
    }

    #[test]
    fn enable_bits_are_set_and_cleared_by_their_own_registers() {
        let simulator = controller();
        let irq = simulator.interrupt();
        irq.enable(Irq::IN0 | Irq::IN1).unwrap();
        irq.disable(Irq::IN0).unwrap();
        assert_eq!(simulator.get(0x8), 0b10);
        simulator.set(0x0, 0b11);
        assert_eq!(irq.wait(None).unwrap().unwrap().events, Irq::IN1);
        assert_eq!(simulator.get(0x0), 0b01);
    }

    #[test]
    fn a_mask_is_lifted_again() {
        let simulator = controller();
        let irq = simulator.interrupt();
        irq.enable(Irq::IN0).unwrap();
        irq.mask().unwrap();
        simulator.set(0x0, 0b11);
        assert_eq!((simulator.get(0x8), irq.wait(AT_ONCE).unwrap()), (0, None));
        irq.unmask().unwrap();
        assert_eq!(irq.wait(None).unwrap().unwrap().events, Irq::IN0);
    }
}

mod gpio {
    use super::axi_gpio::Simulator;
    use super::axi_gpio::interrupts::Irq;

    #[test]
    fn the_fields_of_a_status_are_the_events() {
        let simulator = Simulator::new();
        let irq = simulator.interrupt();
        irq.enable(Irq::CH1 | Irq::CH2).unwrap();
        assert_eq!(simulator.get(0x128), 0b11);
        simulator.set(0x120, 0b10);
        let event = irq.wait(None).unwrap().unwrap();
        assert_eq!(format!("{event:?}"), "Event { count: 1, events: CH2 }");
        assert_eq!(simulator.get(0x120), 0);
    }
}

mod level {
    use super::levels::interrupts::{Alarm, Rx, Tx};
    use super::levels::{En, Simulator};
    use super::*;

    #[test]
    fn a_level_is_masked_until_the_program_has_handled_it() {
        let simulator = Simulator::new();
        let regs = simulator.regs();
        regs.en().write(En::default().with_fast(true));
        let (rx, tx) = (simulator.interrupt(), simulator.interrupt_of(Tx));
        rx.enable(Rx::RX).unwrap();
        tx.enable(Tx::TX).unwrap();
        simulator.set(0x0, 0x1);
        assert_eq!(rx.wait(None).unwrap().unwrap().events, Rx::RX);
        assert_eq!(
            (regs.en().read(), rx.wait(AT_ONCE).unwrap()),
            (En(0x12), None)
        );

        // Its cause is still there.
        rx.unmask().unwrap();
        assert_eq!(regs.en().read(), En(0x13));
        assert_eq!(rx.wait(None).unwrap().unwrap().count, 2);
        simulator.set(0x0, 0);
        rx.unmask().unwrap();
        assert_eq!(rx.wait(AT_ONCE).unwrap(), None);
        assert!(tx.pending().is_empty());
    }

    #[test]
    fn what_is_disabled_meanwhile_stays_disabled() {
        let simulator = Simulator::new();
        let rx = simulator.interrupt();
        rx.enable(Rx::RX).unwrap();
        simulator.set(0x0, 0x1);
        assert!(rx.wait(AT_ONCE).unwrap().is_some());
        rx.disable(Rx::RX).unwrap();
        rx.unmask().unwrap();
        assert_eq!(simulator.get(0x8), 0);
    }

    #[test]
    fn what_an_update_disables_meanwhile_stays_disabled() {
        let simulator = Simulator::new();
        let rx = simulator.interrupt();
        rx.enable(Rx::RX).unwrap();
        simulator.set(0x0, 0x1);
        assert!(rx.wait(AT_ONCE).unwrap().is_some());
        rx.update_bits(0x8, 0x1, 0).unwrap();
        rx.unmask().unwrap();
        assert_eq!(simulator.get(0x8), 0);
    }

    #[test]
    fn a_line_without_registers_is_raised_by_the_test() {
        let simulator = Simulator::new();
        let alarm = simulator.interrupt_of(Alarm);
        assert_eq!(alarm.wait(AT_ONCE).unwrap(), None);
        alarm.raise();
        let event = alarm.wait(None).unwrap().unwrap();
        assert_eq!((event.count, event.events), (1, Events::NONE));
        alarm.raise();
        assert_eq!(alarm.wait(AT_ONCE).unwrap(), None);
        alarm.unmask().unwrap();
        assert!(alarm.wait(AT_ONCE).unwrap().is_some());
        let refused = alarm.enable(Events::from_bits(1)).unwrap_err();
        assert_eq!(refused.to_string(), "alarm: no register enables 0x1");
    }
}
