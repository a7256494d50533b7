// SPDX-License-Identifier: MIT OR Apache-2.0

//! What a run says: results to standard output, messages to standard error.
//!
//! A reader who has seen enough (`| head`) stops neither; a result that cannot
//! be written for another reason is the machine's failure.

use std::fmt;
use std::io::{self, Write};
use std::process;

/// Writes a part of the result.
pub(crate) fn result(text: fmt::Arguments<'_>) {
    if let Err(error) = write(&mut io::stdout().lock(), text) {
        message(format_args!("error: cannot write the result: {error}\n"));
        process::exit(crate::MACHINE_FAILED.into());
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
