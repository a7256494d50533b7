// SPDX-License-Identifier: MIT OR Apache-2.0

//! Generating again, whatever comes in between: runs that are killed, two at once,
//! a disk that is full.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test fails at that line")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Two maps of one device, of which every file differs and each has one that the
/// other has not.
const MAPS: [&str; 2] = [
    "schema: 1
name: adc
vendor: acme
version: 1.0.0
size: 0x1000
registers:
  CTRL: {at: 0x0, fields: {ENABLE: 0}}
  DATA: {at: 0x4, access: ro}
instances:
  adc0: {base: 0x40000000}
",
    "schema: 1
name: adc
vendor: other
version: 2.0.0
size: 0x2000
registers:
  CTRL: {at: 0x0, fields: {MODE: \"1:0\", ENABLE: 4}}
  DATA: {at: 0x8, access: ro, on-read: pop}
instances:
  adc0: {base: 0x50000000}
",
];

/// A folder with the maps as `0.yaml` and `1.yaml`.
fn maps() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, text) in MAPS.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.yaml")), text).unwrap();
    }
    folder
}

fn generate(folder: &Path, map: usize, out: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_regloom"));
    command
        .current_dir(folder)
        // A device's files name what they were made from.
        .args(["generate", "--quiet", "--out", out])
        .arg(format!("{map}.yaml"))
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

/// Every file below a folder, by its path.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    let below =
        |(path, bytes): (PathBuf, _)| (path.strip_prefix(folder).unwrap().to_owned(), bytes);
    found.into_iter().map(below).collect()
}

/// What each map becomes in a folder of its own.
fn wanted(folder: &Path) -> [BTreeMap<PathBuf, Vec<u8>>; 2] {
    [0, 1].map(|map| {
        let out = format!("wanted-{map}");
        assert!(generate(folder, map, &out).status().unwrap().success());
        content(&folder.join(out))
    })
}

#[test]
fn a_killed_run_leaves_whole_files() {
    let folder = maps();
    let wanted = wanted(folder.path());
    let out = folder.path().join("out");
    let began = Instant::now();
    assert!(
        generate(folder.path(), 0, "out")
            .status()
            .unwrap()
            .success()
    );
    let whole_run = began.elapsed();

    let mut killed = 0;
    for round in 0..200_u32 {
        let mut run = generate(folder.path(), 1 - round as usize % 2, "out")
            .spawn()
            .unwrap();
        // Spread over the run; multiplying by an odd number leaves no part out.
        thread::sleep(whole_run * (round * 37 % 200) / 160);
        killed += u32::from(kill(&mut run));
        for (path, bytes) in content(&out) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let manifest = name == ".regloom";
            let unfinished = name.starts_with(".regloom-");
            let whole = wanted
                .iter()
                .any(|wanted| wanted.get(&path) == Some(&bytes));
            // A manifest may name the files of both maps.
            assert!(
                whole || manifest || unfinished,
                "round {round}: {}",
                path.display()
            );
        }
    }
    // On a machine that is slow to start a program and quick to end it, all
    // might come too late, and nothing be tested.
    assert!(killed >= 20, "only {killed} of 200 runs were killed");

    assert!(
        generate(folder.path(), 1, "out")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(content(&out), wanted[1]);
}

/// Whether the process was still there to be killed.
fn kill(run: &mut Child) -> bool {
    let _ = run.kill();
    run.wait().unwrap().code().is_none()
}

#[test]
fn of_two_runs_at_once_the_later_one_counts() {
    let folder = maps();
    let wanted = wanted(folder.path());
    for _ in 0..20 {
        let runs = [0, 1].map(|map| generate(folder.path(), map, "out").spawn().unwrap());
        for mut run in runs {
            assert!(run.wait().unwrap().success());
        }
        let found = content(&folder.path().join("out"));
        assert!(
            wanted.contains(&found),
            "files of both maps: {:?}",
            found.keys()
        );
    }
}

#[test]
fn what_does_not_fit_the_disk_leaves_what_was_there() {
    let folder = maps();
    assert!(
        generate(folder.path(), 0, "out")
            .status()
            .unwrap()
            .success()
    );
    let before = content(&folder.path().join("out"));
    // As on a full disk, no file can grow beyond a block of 512 bytes.
    let full = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_regloom"))
        .args(["generate", "1.yaml", "--out", "out"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&full.stderr).into_owned();
    assert_eq!(full.status.code(), Some(3), "{said}");
    assert!(said.contains("out/adc/"), "{said}");
    for (path, bytes) in content(&folder.path().join("out")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.starts_with(".regloom-"), "{name} is left");
        let untouched = before.get(&path) == Some(&bytes);
        assert!(
            untouched || bytes.len() <= 512,
            "{} is half written",
            path.display()
        );
    }
}

#[test]
fn neither_language_nor_time_zone_nor_folder_shows() {
    let folder = maps();
    let elsewhere = maps();
    let [wanted, _] = wanted(folder.path());
    let status = generate(elsewhere.path(), 0, "out")
        .envs([
            ("LC_ALL", "tr_TR.UTF-8"),
            ("LANG", "tr_TR.UTF-8"),
            ("TZ", "Pacific/Kiritimati"),
        ])
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(content(&elsewhere.path().join("out")), wanted);
}

#[test]
fn a_run_that_changes_nothing_keeps_every_time() {
    let folder = maps();
    let times = || -> Vec<_> {
        let out = folder.path().join("out");
        let of = |path: &PathBuf| fs::metadata(out.join(path)).unwrap().modified().unwrap();
        content(&out).keys().map(of).collect()
    };
    assert!(
        generate(folder.path(), 0, "out")
            .status()
            .unwrap()
            .success()
    );
    let before = times();
    thread::sleep(Duration::from_millis(20));
    assert!(
        generate(folder.path(), 0, "out")
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(times(), before);
}
