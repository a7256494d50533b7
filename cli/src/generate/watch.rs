// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom generate --watch`: again at every save.
//!
//! The files are read a few times a second and compared with what they were.
//! Notification by the system was considered: the library for that, notify,
//! is under a licence that this project does not take (CC0) and brings a dozen
//! crates; editors save by renaming, so that folders would be watched and their
//! other files sorted out; and folders on a network or shared with a virtual
//! machine, where FPGA tools often run, notify of nothing. Descriptions are few and
//! small, and reading them costs next to nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use regdesc::RegisterMap;

use super::arguments::Arguments;
use super::once::{failed, load_all, write_all};
use crate::outcome::Outcome;
use crate::{notices, output};

/// How long a save may stay unseen.
const INTERVAL: Duration = Duration::from_millis(200);

/// Generates, waits for a change, and begins again; ends only when it cannot
/// write, or by a signal, which finds every file whole.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    if arguments.input.iter().any(|input| input == Path::new("-")) {
        return Outcome::Wrong("error: standard input cannot be watched".to_owned());
    }
    let mut last: Option<Vec<RegisterMap>> = None;
    loop {
        // Before they are read: what is saved in between is seen as a change.
        let mut watched = Watched::default();
        watched.extend(&arguments.input);
        let (maps, files) = load_all(arguments);
        watched.extend(&files);
        match maps {
            Ok(maps) => {
                report_what_changed(last.as_deref().unwrap_or_default(), &maps);
                maps.iter()
                    .for_each(|map| notices::report(map, arguments.shown));
                if let Err(error) = write_all(arguments, &maps) {
                    return failed(error);
                }
                last = Some(maps);
            }
            Err(text) => output::message(format_args!("{}\n", text.trim_end())),
        }
        output::result(format_args!(
            "watching {}; Ctrl-C ends it\n",
            watched.counted()
        ));
        watched.wait_for_a_change();
    }
}

/// Reports what the maps are not as they were the last time that all were right.
fn report_what_changed(last: &[RegisterMap], maps: &[RegisterMap]) {
    for (old, new) in last.iter().zip(maps) {
        output::result(format_args!(
            "{}: {}",
            new.name.value,
            regdesc::diff(old, new).render()
        ));
    }
}

/// Files and what they held; nothing for one that could not be read.
#[derive(Default, Clone, PartialEq)]
struct Watched {
    files: BTreeMap<PathBuf, Option<Vec<u8>>>,
}

impl Watched {
    /// Adds files, as they are now; those that are there already stay as they
    /// were.
    fn extend<'p>(&mut self, paths: impl IntoIterator<Item = &'p PathBuf>) {
        for path in paths {
            let files = self.files.entry(path.clone());
            files.or_insert_with(|| std::fs::read(path).ok());
        }
    }

    /// The same files, as they are now.
    fn now(&self) -> Watched {
        let mut now = Watched::default();
        now.extend(self.files.keys());
        now
    }

    /// Returns when one of them differs and all have come to rest: a file that is
    /// being written is read when it is whole.
    fn wait_for_a_change(&self) {
        let mut seen = self.clone();
        loop {
            sleep(INTERVAL);
            let now = self.now();
            if now == seen && now != *self {
                return;
            }
            seen = now;
        }
    }

    fn counted(&self) -> String {
        match self.files.len() {
            1 => "1 file".to_owned(),
            many => format!("{many} files"),
        }
    }
}
