// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a run says: results to standard output, messages to standard error.
//!
//! A reader who has seen enough (`| head`) stops neither; a result that cannot
//! be written for another reason is the machine's failure.

use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::process;

use crate::outcome::MACHINE_FAILED;

/// Writes a part of the result.
pub(crate) fn result(text: fmt::Arguments<'_>) {
    if let Err(error) = write(&mut io::stdout().lock(), text) {
        message(format_args!("error: cannot write the result: {error}\n"));
        process::exit(MACHINE_FAILED.into());
    }
}

/// Writes a message. An error of this cannot be reported.
pub(crate) fn message(text: fmt::Arguments<'_>) {
    let _ = write(&mut io::stderr().lock(), text);
}

fn write(to: &mut impl Write, text: fmt::Arguments<'_>) -> io::Result<()> {
    match to.write_fmt(text).and_then(|()| to.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Colours go to a terminal alone (and not where `NO_COLOR` asks for none).
pub(crate) fn style() -> regdesc::Style {
    let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    if wanted && io::stderr().is_terminal() {
        regdesc::Style::Coloured
    } else {
        regdesc::Style::Plain
    }
}
