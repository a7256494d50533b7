// SPDX-License-Identifier: MIT OR Apache-2.0

//! The values of all registers of a device, as text.

use core::fmt;
use core::marker::PhantomData;

use crate::block::Block;
use crate::bus::{Bus, Pointer, Reach};
use crate::device::Device;
use crate::region::Region;
use crate::table::{Item, Reads, Register};

/// How many elements of an array of registers are printed. A longer array is a
/// memory, and too long to read.
const MAX_SHOWN: usize = 4096;

impl<D: Block, B: Bus + for<'a> Reach<At<'a> = Pointer<'a>>> Device<D, B> {
    /// The registers with their values at the time of printing, one a line:
    ///
    /// ```text
    /// 0x0010 CTRL = 0x00000003 { ENABLE: 0x1, MODE: normal }
    /// 0x0028 DATA: not read, for a read changes it
    /// 0x0100 CH[0].CFG = 0x00000007
    /// ```
    ///
    /// Of an array of more than 4096 registers, such as a memory, the first 4096
    /// are printed, and how many were left out.
    #[must_use]
    pub fn dump(&self) -> Dump<'_, D> {
        Dump {
            region: self.region_of_any_bus(),
            forced: false,
            block: PhantomData,
        }
    }
}

/// What [`Device::dump`] prints.
pub struct Dump<'d, D> {
    region: &'d Region,
    forced: bool,
    block: PhantomData<fn() -> D>,
}

impl<D> Dump<'_, D> {
    /// Prints also the registers that a read changes. This pops FIFOs and clears
    /// flags.
    #[must_use]
    pub fn forced(self) -> Self {
        Dump {
            forced: true,
            ..self
        }
    }
}

impl<D: Block> fmt::Display for Dump<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.items(D::ITEMS, 0, &Path::Root, f)
    }
}

impl<D: Block> fmt::Debug for Dump<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<D> Dump<'_, D> {
    fn items(
        &self,
        items: &[Item],
        base: usize,
        path: &Path<'_>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        for item in items {
            let (name, offset, array) = match item {
                Item::Register(register) => (register.name, register.offset, register.array),
                Item::Cluster(cluster) => (cluster.name, cluster.offset, cluster.array),
            };
            let count = array.map_or(1, |array| array.count);
            let shown = match item {
                Item::Register(_) => count.min(MAX_SHOWN),
                Item::Cluster(_) => count,
            };
            for index in 0..shown {
                let at = base + offset + array.map_or(0, |array| index * array.stride);
                let path = Path::Within {
                    outer: path,
                    name,
                    index: array.map(|_| index),
                };
                match item {
                    Item::Register(register) => self.register(register, at, &path, f)?,
                    Item::Cluster(cluster) => self.items(cluster.items, at, &path, f)?,
                }
            }
            if shown < count {
                let at = base + offset + array.map_or(0, |array| shown * array.stride);
                let path = Path::Within {
                    outer: path,
                    name,
                    index: Some(shown),
                };
                writeln!(
                    f,
                    "{at:#06x} {path}: not shown, and {} more",
                    count - shown - 1
                )?;
            }
        }
        Ok(())
    }

    fn register(
        &self,
        register: &Register,
        at: usize,
        path: &Path<'_>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, "{at:#06x} {path}")?;
        match register.reads() {
            Reads::Never => return writeln!(f, ": write-only"),
            Reads::WithEffect if !self.forced => {
                return writeln!(f, ": not read, for a read changes it");
            }
            Reads::Plainly | Reads::WithEffect => {}
        }
        let Some(bits) = register.load(self.region, at) else {
            return writeln!(f, ": not mapped");
        };
        // A digit for every four bits, and the prefix.
        let digits = register.width as usize / 4 + 2;
        write!(f, " = {bits:#0digits$x}")?;
        if !register.fields.is_empty() {
            f.write_str(" { ")?;
            for (nth, field) in register.fields.iter().enumerate() {
                let separator = if nth == 0 { "" } else { ", " };
                write!(f, "{separator}{}: {}", field.name, field.shown(bits))?;
            }
            f.write_str(" }")?;
        }
        writeln!(f)
    }
}

/// The names from the block down to a register.
enum Path<'p> {
    Root,
    Within {
        outer: &'p Path<'p>,
        name: &'static str,
        index: Option<usize>,
    },
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Path::Within { outer, name, index } = self else {
            return Ok(());
        };
        if let Path::Within { .. } = outer {
            write!(f, "{outer}.")?;
        }
        f.write_str(name)?;
        index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;
    use crate::Root;
    use crate::table;

    /// A block of 16 M bytes.
    enum Large {}

    impl Block for Large {
        const NAME: &'static str = "large";
        const SIZE: usize = 1 << 24;
        const HASH: u64 = 0;
        const ITEMS: &'static [Item] =
            &[table::RW.register_array::<crate::Number<u8, u8, 0xA5>>("DATA", 0, 1 << 24, 1)];
        type Registers<'a, B: Bus> = ();

        fn registers<B: Bus>(_: Root<'_, Self, B>) -> Self::Registers<'_, B> {}
    }

    #[test]
    fn a_memory_is_not_printed_word_by_word() {
        let dump = Device::<Large>::on_memory().dump().to_string();
        assert_eq!(dump.lines().count(), MAX_SHOWN + 1);
        assert!(dump.contains("\n0x0fff DATA[4095] = 0x00\n"));
        assert!(dump.ends_with("\n0x1000 DATA[4096]: not shown, and 16773119 more\n"));
    }
}
