// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom generate --watch`, as it runs while somebody edits.

#![allow(clippy::unwrap_used, reason = "a test fails at that line")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const BLINKER: &str = "\
schema: 1
name: blinker
vendor: acme
size: 0x1000
registers:
  LED: {at: 0x0}
";

const OF_AN_SVD: &str = "\
schema: 1
name: blinker
vendor: acme
size: 0x1000
registers: {svd: chip.svd, peripheral: LEDS}
";

const CHIP: &str = r#"<device schemaVersion="1.3"><name>chip</name><width>32</width><size>32</size>
<addressUnitBits>8</addressUnitBits><version>1</version><description>A chip.</description>
<peripherals><peripheral><name>LEDS</name><baseAddress>0x1000</baseAddress><registers>
<register><name>LED</name><addressOffset>0</addressOffset></register></registers></peripheral>
</peripherals></device>"#;

/// Longer than any machine takes.
const DEADLINE: Duration = Duration::from_secs(60);

/// The command while it runs; ends with its owner.
struct Watching {
    child: Child,
    told: Arc<Mutex<String>>,
    seen: usize,
}

impl Watching {
    fn start(folder: &Path) -> Self {
        // One pipe for both, so that what is told is in order.
        let (reader, writer) = std::io::pipe().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_regloom"))
            .args(["generate", "map.yaml", "--out", "out", "--watch"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer)
            .spawn()
            .unwrap();
        let told = Arc::new(Mutex::new(String::new()));
        collect(reader, &told);
        Watching {
            child,
            told,
            seen: 0,
        }
    }

    /// What it tells until it waits again.
    fn until_it_waits(&mut self) -> String {
        let begun = Instant::now();
        loop {
            let told = self.told.lock().unwrap().clone();
            let new = &told[self.seen..];
            if let Some(at) = new.find("; Ctrl-C ends it\n") {
                let text = new[..at].to_owned();
                self.seen += at + 1;
                return text;
            }
            assert!(begun.elapsed() < DEADLINE, "only told: {told}");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn collect(mut from: impl Read + Send + 'static, told: &Arc<Mutex<String>>) {
    let told = told.clone();
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let text = String::from_utf8_lossy(&bytes[..count]);
            told.lock().unwrap().push_str(&text);
        }
    });
}

/// As editors do.
fn save_by_renaming(path: &Path, text: &str) {
    let beside = path.with_extension("swap");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

#[test]
fn every_save_is_generated_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("map.yaml");
    fs::write(&map, BLINKER).unwrap();
    let mut watching = Watching::start(folder.path());
    let first = watching.until_it_waits();
    assert!(
        first.contains("wrote out/blinker/accessor/src/lib.rs"),
        "{first}"
    );
    assert!(first.contains("watching 1 file"), "{first}");

    save_by_renaming(&map, &format!("{BLINKER}  KEY: {{at: 0x4}}\n"));
    let added = watching.until_it_waits();
    assert!(
        added.contains("compatible[D0302] register `KEY`: added"),
        "{added}"
    );
    assert!(
        added.contains("wrote out/blinker/accessor/src/lib.rs"),
        "{added}"
    );
    let accessor = folder.path().join("out/blinker/accessor/src/lib.rs");
    assert!(fs::read_to_string(&accessor).unwrap().contains("fn key("));

    fs::write(&map, BLINKER.replace("at: 0x0", "att: 0x0")).unwrap();
    let wrong = watching.until_it_waits();
    assert!(wrong.contains("error[R0102]"), "{wrong}");
    assert!(fs::read_to_string(&accessor).unwrap().contains("fn key("));

    // Since the last good state, not since the mistake.
    fs::write(&map, BLINKER.replace("LED", "LAMP")).unwrap();
    let mended = watching.until_it_waits();
    assert!(
        mended.contains("D0303") && mended.contains("D0301"),
        "{mended}"
    );
    assert!(fs::read_to_string(&accessor).unwrap().contains("fn lamp("));
}

#[test]
fn a_file_that_the_description_names_is_watched_too_even_before_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("map.yaml"), OF_AN_SVD).unwrap();
    let mut watching = Watching::start(folder.path());
    let missing = watching.until_it_waits();
    assert!(missing.contains("error[R0108]"), "{missing}");
    assert!(missing.contains("watching 2 files"), "{missing}");

    let chip = folder.path().join("chip.svd");
    fs::write(&chip, CHIP).unwrap();
    let there = watching.until_it_waits();
    assert!(
        there.contains("wrote out/blinker/accessor/src/lib.rs"),
        "{there}"
    );

    save_by_renaming(&chip, &CHIP.replace(">LED<", ">LAMP<"));
    let renamed = watching.until_it_waits();
    assert!(
        renamed.contains("register `LED`: renamed to `LAMP`"),
        "{renamed}"
    );
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for call in [
        ["generate", "-", "--out", "out", "--watch"].as_slice(),
        &["generate", "map.yaml", "--out", "out", "--watch", "--check"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_regloom"))
            .args(call)
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{call:?}");
    }
}
