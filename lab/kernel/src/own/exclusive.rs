// SPDX-License-Identifier: GPL-2.0

//! Claims a block as the kernel's own Rust does it, which for a device from a device tree is not
//! at all: the test that loads this shows when the kernel has fixed it, and the generated driver
//! need not go around it any more.

use kernel::{
    device::Core,
    io::mem::ExclusiveIoMem,
    of,
    platform,
    prelude::*, //
};

/// Bytes of the block.
const SIZE: usize = 0x1000;

struct Exclusive;

struct Claimed<'bound> {
    _registers: ExclusiveIoMem<'bound, SIZE>,
}

kernel::of_device_table! {
    OF_TABLE,
    <Exclusive as platform::Driver>::IdInfo,
    [
        (of::DeviceId::new(c"mycompany,fpga-mem"), ()),
    ]
}

impl platform::Driver for Exclusive {
    type IdInfo = ();
    type Data<'bound> = Claimed<'bound>;

    const OF_ID_TABLE: Option<of::IdTable<Self::IdInfo>> = Some(&OF_TABLE);

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        _id_info: Option<&'bound Self::IdInfo>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        let request = pdev.io_request_by_index(0).ok_or(EINVAL)?;

        Ok(Claimed {
            _registers: request.iomap_exclusive_sized::<SIZE>()?,
        })
    }
}

kernel::module_platform_driver! {
    type: Exclusive,
    name: "exclusive",
    description: "Claims a block as the kernel's own Rust does it",
    license: "GPL",
}
