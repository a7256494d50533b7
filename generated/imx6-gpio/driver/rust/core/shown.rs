// SPDX-License-Identifier: GPL-2.0
// Part of regloom. The same in every driver for one kernel release: do not change it here.

//! The registers as debugfs shows them: what can be read without an effect, decoded.

use kernel::{
    debugfs::{
        Dir,
        File, //
    },
    fmt,
    prelude::*,
    sync::Arc, //
};

use super::{
    node::Shared,
    table::{
        Port,
        Register, //
    }, //
};

/// The file, which exists until this is dropped.
pub(super) type Shown = Pin<KBox<File<Arc<Shared>>>>;

/// Makes `registers` in a folder with the name of the node.
pub(super) fn show(shared: &Arc<Shared>) -> Result<Shown> {
    let folder = Dir::new(&shared.name);

    KBox::pin_init(
        folder.read_callback_file(c"registers", shared.clone(), &print),
        GFP_KERNEL,
    )
}

/// Prints all registers. Other calls wait for the read of one at most.
fn print(shared: &Arc<Shared>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for register in shared.device.registers {
        if let Some(why) = register.hidden {
            writeln!(f, "{:#06x} {} ({})", register.offset, register.name, why)?;
            continue;
        }
        for index in 0..register.count {
            let offset = register.offset + index * register.stride;
            let Some(value) = read(shared, offset, register.width) else {
                return Ok(());
            };

            write!(f, "{:#06x} {}", offset, register.name)?;
            if register.count > 1 {
                write!(f, "[{index}]")?;
            }
            print_value(register, value, f)?;
        }
    }
    Ok(())
}

fn print_value(register: &Register, value: u64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digits = register.width as usize / 4;

    writeln!(f, " = 0x{value:0digits$x}")?;
    for field in register.fields {
        let bits = (value >> field.2) & (u64::MAX >> (63 - (field.1 - field.2)));
        writeln!(f, "         {} = {bits:#x}", field.0)?;
    }
    Ok(())
}

/// What a register holds; of more than 32 bits in two words, as not every machine has larger ones.
fn read(shared: &Shared, offset: usize, width: u32) -> Option<u64> {
    let word = |offset, width| shared.read(Port { offset, width }).map(u64::from);

    if width <= 32 {
        return word(offset, width);
    }
    let low = word(offset, 32)?;
    Some(word(offset + 4, 32)? << 32 | low)
}
