// SPDX-License-Identifier: MIT OR Apache-2.0

//! Waits for the alarm of the real-time clock in a tokio task, while another task
//! continues on the same thread.
#![expect(unsafe_code, reason = "tokio has no safe way to register a descriptor")]

use std::cell::Cell;
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use pl031_rtc::Device;
use pl031_rtc::interrupts::Irq;
use pl031_rtc::mmio::{Event, Interrupt};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::task::LocalSet;
use tokio::time;

/// An alarm two seconds ahead occurs within this time, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(30);

/// The period of the other task.
const TURN: Duration = Duration::from_millis(20);

fn main() -> Result<(), Box<dyn Error>> {
    let node = std::env::args().nth(1);
    let device = Device::open(node.as_deref().unwrap_or("pl031-rtc0"))?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build()?;
    let tasks = LocalSet::new();
    tasks.block_on(&runtime, sleep_until_the_alarm(&device))
}

async fn sleep_until_the_alarm(device: &Device) -> Result<(), Box<dyn Error>> {
    let regs = device.regs();
    let alarm = registered(device.interrupt()?)?;
    let turns = Rc::new(Cell::new(0));
    let other = tokio::task::spawn_local(take_turns(Rc::clone(&turns)));

    alarm.get_ref().enable(Irq::ALARM)?;
    let now = regs.dr().read();
    regs.mr().write(now.wrapping_add(2));
    let event = time::timeout(PATIENCE, next(&alarm)).await??;
    other.abort();

    let turns = turns.get();
    println!("woken by {event:?}; the other task had {turns} turns meanwhile");
    if event.events != Irq::ALARM || regs.mis().read().alarm() {
        return Err("this was not the alarm, or it is still pending".into());
    }
    if turns == 0 {
        return Err("the other task did not run while this one waited".into());
    }
    Ok(())
}

fn registered(interrupt: Interrupt<Irq>) -> io::Result<AsyncFd<Interrupt<Irq>>> {
    // SAFETY: an interrupt has the same descriptor, open, as long as it lives.
    Ok(unsafe { AsyncFd::register_with_interest(interrupt, Interest::READABLE) }?)
}

/// Waits for an interrupt in a task: when its descriptor is readable there is an
/// event to take, unless it was taken before.
async fn next(interrupt: &AsyncFd<Interrupt<Irq>>) -> io::Result<Event<Irq>> {
    loop {
        let mut ready = interrupt.readable().await?;
        match interrupt.get_ref().wait(Some(Duration::ZERO))? {
            Some(event) => return Ok(event),
            None => ready.clear_ready(),
        }
    }
}

async fn take_turns(turns: Rc<Cell<u32>>) {
    let mut clock = time::interval(TURN);
    loop {
        clock.tick().await;
        turns.set(turns.get() + 1);
    }
}
