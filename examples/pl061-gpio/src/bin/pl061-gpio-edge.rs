// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waits for edges of a line of the GPIO controller, in every way that there is,
//! and holds them back.
//!
//! QEMU's model looks at a line for edges when its direction or its data are
//! written: what it drives as an output, it has seen as an input afterwards. So
//! the program makes its edges by itself; a board's come from outside.

use std::error::Error;
use std::os::fd::AsFd;
use std::time::Duration;

use pl061_gpio::mmio::{Event, Interrupt};
use pl061_gpio::{Data, Device, Direction, Ic, Ie, Registers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// An edge that was made is told sooner than this, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// What must not be told is waited for so long.
const MOMENT: Duration = Duration::from_millis(50);

/// The line, as an index of `data` and as a bit of the others.
const LINE: usize = 0x01;
const BIT: u8 = 0x01;

/// Edges that are waited for one by one.
const EDGES: u32 = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("pl061-gpio0"))?;
    let regs = device.regs();
    let edges = device.interrupt()?;
    let directions = regs.dir().read();
    prepare(regs);

    nothing_comes_of_itself(&edges)?;
    let first = an_edge_is_told(regs, &edges)?;
    each_edge_is_counted(regs, &edges, first)?;
    a_descriptor_is_readable(regs, &edges)?;
    an_edge_can_be_held_back(regs, &edges)?;
    regs.ie().reset();
    regs.dir().write(directions);
    println!("{EDGES} edges, each told once");
    Ok(())
}

/// Falling edges of the line, and of no other.
fn prepare(regs: Registers<'_>) {
    regs.ie().write(Ie::default());
    regs.is().reset();
    regs.ibe().reset();
    regs.iev().reset();
    regs.ic().clear(Ic::LINES);
    regs.ie().write(Ie::default().with_lines(BIT));
}

/// The line rises, of which nobody asked to be told, and falls.
fn make_an_edge(regs: Registers<'_>) {
    for level in [BIT, 0] {
        regs.dir().update(|dir| dir.with_line0(Direction::Output));
        regs.data_at::<LINE>()
            .write(Data::default().with_lines(level));
        regs.dir().update(|dir| dir.with_line0(Direction::Input));
    }
}

fn nothing_comes_of_itself(edges: &Interrupt) -> Result<(), Box<dyn Error>> {
    match edges.wait(Some(MOMENT))? {
        None => Ok(()),
        Some(event) => Err(format!("told of {event:?} before there was an edge").into()),
    }
}

fn an_edge_is_told(regs: Registers<'_>, edges: &Interrupt) -> Result<u32, Box<dyn Error>> {
    make_an_edge(regs);
    let event = next(edges)?;
    println!("an edge: {event:?}");
    if event.bits != u32::from(BIT) {
        return Err("this was not the line".into());
    }
    // Whoever has told of it has acknowledged it.
    if regs.mis().read().lines() != 0 {
        return Err("it is still pending".into());
    }
    Ok(event.count)
}

fn each_edge_is_counted(
    regs: Registers<'_>,
    edges: &Interrupt,
    first: u32,
) -> Result<(), Box<dyn Error>> {
    for nth in 1..EDGES {
        make_an_edge(regs);
        let expected = Event {
            count: first.wrapping_add(nth),
            bits: BIT.into(),
        };
        let event = next(edges)?;
        if event != expected {
            return Err(format!("edge {nth} is {event:?}, expected {expected:?}").into());
        }
    }
    nothing_comes_of_itself(edges)
}

fn a_descriptor_is_readable(regs: Registers<'_>, edges: &Interrupt) -> Result<(), Box<dyn Error>> {
    if is_readable(edges, Duration::ZERO)? {
        return Err("readable before there was an edge".into());
    }
    make_an_edge(regs);
    if !is_readable(edges, PATIENCE)? {
        return Err("not readable after an edge".into());
    }
    edges
        .wait(Some(Duration::ZERO))?
        .ok_or("readable, and nothing to take")?;
    if is_readable(edges, Duration::ZERO)? {
        return Err("still readable once the edge was taken".into());
    }
    Ok(())
}

fn an_edge_can_be_held_back(regs: Registers<'_>, edges: &Interrupt) -> Result<(), Box<dyn Error>> {
    edges.disable()?;
    make_an_edge(regs);
    nothing_comes_of_itself(edges)?;
    edges.enable()?;
    next(edges)?;
    nothing_comes_of_itself(edges)
}

fn next(edges: &Interrupt) -> Result<Event, Box<dyn Error>> {
    let event = edges.wait(Some(PATIENCE))?;
    Ok(event.ok_or("no edge was told")?)
}

fn is_readable(edges: &Interrupt, timeout: Duration) -> Result<bool, Box<dyn Error>> {
    let timeout = Timespec::try_from(timeout)?;
    let edges = edges.as_fd();
    let mut polled = [PollFd::new(&edges, PollFlags::IN)];
    Ok(poll(&mut polled, Some(&timeout))? > 0)
}
