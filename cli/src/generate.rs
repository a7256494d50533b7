// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom generate`: descriptions in, folders out.
//!
//! Every input is read and rendered before the first byte is written, so that
//! a mistake in one leaves all output as it was.

mod arguments;
mod once;
mod watch;

pub(crate) use arguments::Arguments;
use once::{failed, load_all, write_all};

use crate::notices;
use crate::outcome::Outcome;

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.watch {
        return watch::run(arguments);
    }
    let (maps, _) = load_all(arguments);
    let maps = match maps {
        Ok(maps) => maps,
        Err(text) => return Outcome::Wrong(text),
    };
    for map in &maps {
        notices::report(map, arguments.shown);
    }
    write_all(arguments, &maps).unwrap_or_else(failed)
}
