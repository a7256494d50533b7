// SPDX-License-Identifier: MIT OR Apache-2.0

use regloom_mmio::{Block, Bus, Device, Place, Root, table};

enum Scratch {}

impl Block for Scratch {
    const NAME: &'static str = "scratch";
    const SIZE: usize = 0x1000;
    const HASH: u64 = 0;
    const ITEMS: &'static [table::Item] = &[];
    type Registers<'a, B: Bus> = Place<'a, 0x1000, 8, B>;
    fn registers<B: Bus>(root: Root<'_, Self, B>) -> Self::Registers<'_, B> {
        root.place()
    }
}

fn main() {
    let _ = Device::<Scratch>::on_memory().interrupt();
}
