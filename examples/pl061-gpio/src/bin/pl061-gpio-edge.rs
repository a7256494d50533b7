// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waits for edges of a line of the GPIO controller in every possible way, and
//! disables them.
//!
//! QEMU's model detects the edges of a line when its direction or data register is
//! written: a level that it drove as an output is read as an input afterwards. So
//! the program makes its own edges; on a board they come from outside.

use std::error::Error;
use std::os::fd::AsFd;
use std::time::Duration;

use pl061_gpio::interrupts::Irq;
use pl061_gpio::mmio::{Event, Events, Interrupt};
use pl061_gpio::{Data, Device, Direction, Ic, Ie, Registers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// An edge is reported within this time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait for an edge that must not be reported.
const MOMENT: Duration = Duration::from_millis(50);

/// The line, as an index of `data` and as a bit of the others.
const LINE: usize = 0x01;
const BIT: u8 = 0x01;

/// Its event: the status has one field for all lines.
const EDGE: Events<Irq> = Events::from_bits(BIT as u32);

/// How many edges are waited for one by one.
const EDGES: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("pl061-gpio0"))?;
    let regs = device.regs();
    let edges = device.interrupt()?;
    let directions = regs.dir().read();
    prepare(regs);

    nothing_is_reported(&edges)?;
    let first = an_edge_is_reported(regs, &edges)?;
    each_edge_is_counted(regs, &edges, first)?;
    a_descriptor_is_readable(regs, &edges)?;
    edges_can_be_disabled(regs, &edges)?;
    regs.ie().reset();
    regs.dir().write(directions);
    println!("{EDGES} edges, each reported once");
    Ok(())
}

/// Enables falling edges of this line only.
fn prepare(regs: Registers<'_>) {
    regs.ie().write(Ie::default());
    regs.is().reset();
    regs.ibe().reset();
    regs.iev().reset();
    regs.ic().clear(Ic::LINES);
    regs.ie().write(Ie::default().with_lines(BIT));
}

/// The line rises, which is not enabled, and falls.
fn make_an_edge(regs: Registers<'_>) {
    for level in [BIT, 0] {
        regs.dir().update(|dir| dir.with_line0(Direction::Output));
        regs.data_at::<LINE>()
            .write(Data::default().with_lines(level));
        regs.dir().update(|dir| dir.with_line0(Direction::Input));
    }
}

fn nothing_is_reported(edges: &Interrupt<Irq>) -> Result<(), Box<dyn Error>> {
    match edges.wait(Some(MOMENT))? {
        None => Ok(()),
        Some(event) => Err(format!("{event:?} was reported before there was an edge").into()),
    }
}

fn an_edge_is_reported(regs: Registers<'_>, edges: &Interrupt<Irq>) -> Result<u32, Box<dyn Error>> {
    make_an_edge(regs);
    let event = next(edges)?;
    println!("an edge: {event:?}");
    if event.events != EDGE {
        return Err("this was another line".into());
    }
    // The driver or the accessor has acknowledged it.
    if regs.mis().read().lines() != 0 {
        return Err("it is still pending".into());
    }
    Ok(event.count)
}

fn each_edge_is_counted(
    regs: Registers<'_>,
    edges: &Interrupt<Irq>,
    first: u32,
) -> Result<(), Box<dyn Error>> {
    for nth in 1..EDGES {
        make_an_edge(regs);
        let expected = Event {
            count: first.wrapping_add(nth),
            events: EDGE,
        };
        let event = next(edges)?;
        if event != expected {
            return Err(format!("edge {nth} is {event:?}, expected {expected:?}").into());
        }
    }
    nothing_is_reported(edges)
}

fn a_descriptor_is_readable(
    regs: Registers<'_>,
    edges: &Interrupt<Irq>,
) -> Result<(), Box<dyn Error>> {
    if is_readable(edges, Duration::ZERO)? {
        return Err("readable before there was an edge".into());
    }
    make_an_edge(regs);
    if !is_readable(edges, PATIENCE)? {
        return Err("not readable after an edge".into());
    }
    edges
        .wait(Some(Duration::ZERO))?
        .ok_or("readable, but there is no event")?;
    if is_readable(edges, Duration::ZERO)? {
        return Err("still readable once the edge was taken".into());
    }
    Ok(())
}

fn edges_can_be_disabled(
    regs: Registers<'_>,
    edges: &Interrupt<Irq>,
) -> Result<(), Box<dyn Error>> {
    edges.mask()?;
    make_an_edge(regs);
    nothing_is_reported(edges)?;
    edges.unmask()?;
    next(edges)?;
    nothing_is_reported(edges)
}

fn next(edges: &Interrupt<Irq>) -> Result<Event<Irq>, Box<dyn Error>> {
    let event = edges.wait(Some(PATIENCE))?;
    Ok(event.ok_or("no edge was reported")?)
}

fn is_readable(edges: &Interrupt<Irq>, timeout: Duration) -> Result<bool, Box<dyn Error>> {
    let timeout = Timespec::try_from(timeout)?;
    let edges = edges.as_fd();
    let mut polled = [PollFd::new(&edges, PollFlags::IN)];
    Ok(poll(&mut polled, Some(&timeout))? > 0)
}
