// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a caller asks for.

/// Which of a device's parts are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// `dts/`
    pub device_tree: bool,
    /// `driver/`
    pub driver: bool,
    /// `accessor/`
    pub accessor: bool,
}

impl Parts {
    /// Everything. Only then the folder's README is rendered too, because it explains
    /// all of them.
    pub const ALL: Parts = Parts {
        device_tree: true,
        driver: true,
        accessor: true,
    };

    /// Those that are rendered.
    pub(crate) fn chosen(self) -> impl Iterator<Item = Part> {
        let all = [
            (self.device_tree, Part::DeviceTree),
            (self.driver, Part::Driver),
            (self.accessor, Part::Accessor),
        ];
        let chosen = all.into_iter().filter(|(is_chosen, _)| *is_chosen);
        chosen.map(|(_, part)| part)
    }
}

/// A part of a device's output, with a folder of its own.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    DeviceTree,
    Driver,
    Accessor,
}

impl Part {
    /// The name of its folder.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Part::DeviceTree => "dts",
            Part::Driver => "driver",
            Part::Accessor => "accessor",
        }
    }
}

/// Which blocks get a driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drivers {
    /// Every block of the map.
    All,
    /// The block of a description of one, and no block of a chip: most of a
    /// chip's peripherals have drivers in the kernel.
    UnlessChip,
    /// None: the nodes are for the kernel's own `uio_pdrv_genirq`.
    Uio,
}
