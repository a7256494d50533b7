// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! Binding an instance of a block.

use kernel::{
    device::{
        Bound,
        Core,
        Device as Parent, //
    },
    platform,
    prelude::*,
    str::CString,
    sync::Arc, //
};

use super::{
    helper,
    instance::{
        self,
        Number, //
    },
    interrupt::{
        self,
        Registrations, //
    },
    io::Io,
    node::{
        Node,
        Shared, //
    },
    pages::Pages,
    shown::{
        self,
        Shown, //
    },
    table::{
        Device,
        Identity, //
    }, //
};

/// A register block that the device tree names, while it is bound.
// The order of the fields is the order of the end: no program reaches the registers when interrupts
// end, and no interrupt occurs when the number is free. The kernel ends what `helper` started
// later: the resets, the clocks, the power and the region.
pub(crate) struct Block<'bound> {
    _shown: Shown,
    _node: Node,
    _interrupts: Registrations<'bound>,
    _number: Number,
}

/// Binds an instance of `device`, if the hardware is that of its tables.
pub(crate) fn probe<'bound>(
    pdev: &'bound platform::Device<Core<'_>>,
    device: &'static Device,
) -> Result<Block<'bound>> {
    let dev: &Parent<Bound> = pdev.as_ref();
    let resource = pdev
        .resource_by_index(0)
        .ok_or(EINVAL)
        .inspect_err(|_| dev_err!(dev, "the device tree gives no `reg`\n"))?;
    let start = resource.start();
    check_tree(dev, device)?;
    let pages = Pages::of(dev, resource, device)?;
    let number = Number::take(dev, device, start)?;
    let name = CString::try_from_fmt(fmt!("{}{}", device.node, number.number()))?;
    helper::claim(dev, resource, &name)?;
    power(dev, device)?;
    let io = Arc::new(Io::map(start, device)?, GFP_KERNEL)?;
    for identity in device.identity {
        check_identity(dev, &io, identity)?;
    }

    let shared = Shared::new(device, (name, number.minor()), pages, io.clone())?;
    let interrupts = interrupt::request(pdev, &shared, &io)?;
    let node = Node::publish(dev, shared)?;
    let shown = shown::show(node.shared())?;

    dev_info!(
        dev,
        "/dev/{} maps {:#x} bytes at {:#x}\n",
        &*node.shared().name,
        device.size,
        start
    );
    Ok(Block {
        _shown: shown,
        _node: node,
        _interrupts: interrupts,
        _number: number,
    })
}

/// Refuses a node that states that it was generated from another map.
fn check_tree(dev: &Parent<Bound>, device: &Device) -> Result {
    match instance::property::<u64>(dev, c"regloom,map-hash")? {
        Some(hash) if hash != device.hash => {
            dev_err!(
                dev,
                "map hash is {:#x} in the device tree, this driver was made for {:#x}\n",
                hash,
                device.hash
            );
            Err(ENODEV)
        }
        _ => Ok(()),
    }
}

/// Starts what the block needs to run. The kernel ends it in the reverse order.
fn power(dev: &Parent<Bound>, device: &Device) -> Result {
    helper::resume(dev)?;
    for name in device.clocks {
        helper::start_clock(dev, name)?;
    }
    for reset in device.resets {
        helper::release_reset(dev, reset.name, reset.exclusive)?;
    }
    Ok(())
}

/// Refuses hardware that does not match the map.
fn check_identity(dev: &Parent<Bound>, io: &Io, identity: &Identity) -> Result {
    let number = identity.parts.iter().fold(0, |number, part| {
        number | u64::from(io.read(part.port)) << part.shift
    });
    let found = number >> identity.low & (u64::MAX >> (64 - identity.bits));

    if found == identity.value {
        return Ok(());
    }
    dev_err!(
        dev,
        "{} is {:#x} in {}, this driver was made for {:#x}: the FPGA has another design\n",
        identity.what,
        found,
        identity.register,
        identity.value
    );
    Err(ENODEV)
}
