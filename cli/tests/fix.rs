// SPDX-License-Identifier: MIT OR Apache-2.0

//! `regloom check --fix`: what it changes in files, and what it leaves.

#![allow(clippy::unwrap_used, reason = "a test fails at that line")]

mod run;

use std::fs;
use std::path::Path;

use run::{regloom, status, stderr};

/// Two misspelt keys and another tool's word; one value that nobody knows.
const WRONG: &str = "\
schema: 1
name: case
vendor: acme
size: 0x10000
allow: [no-identity]
regsiters:
  CTRL: {at: 0x0, acess: read-only} # kept
";

const RIGHT: &str = "\
schema: 1
name: case
vendor: acme
size: 0x10000
allow: [no-identity]
registers:
  CTRL: {at: 0x0, access: ro} # kept
";

fn folder_with(name: &str, content: impl AsRef<[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

/// The names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let mut names: Vec<_> = entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_certain_is_corrected_and_reported() {
    let folder = folder_with("map.yaml", WRONG);
    assert_eq!(status(&regloom(folder.path(), &["check", "map.yaml"])), 2);
    let before = fs::read_to_string(folder.path().join("map.yaml")).unwrap();
    assert_eq!(before, WRONG);

    let output = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let expected = "\
fixed map.yaml:6:1: R0102: `regsiters` -> `registers`
fixed map.yaml:7:19: R0102: `acess` -> `access`
fixed map.yaml:7:26: R0103: `read-only` -> `ro`
";
    let text = stderr(&output);
    assert!(text.starts_with(expected), "{text}");
    let after = fs::read_to_string(folder.path().join("map.yaml")).unwrap();
    assert_eq!(after, RIGHT);
    assert_eq!(names(folder.path()), ["map.yaml"]);
    let again = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    assert!(!stderr(&again).contains("fixed"), "{}", stderr(&again));
}

#[test]
fn what_is_not_certain_is_left() {
    let text = RIGHT.replace("access: ro", "access: rx");
    let folder = folder_with("map.yaml", &text);
    let output = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("error[R0103]"));
    let after = fs::read_to_string(folder.path().join("map.yaml")).unwrap();
    assert_eq!(after, text);
}

/// The result is what `check` gives for the files as they are now.
#[test]
fn what_is_left_is_checked_again() {
    let text = WRONG.replace("at: 0x0", "at: 0x2");
    let folder = folder_with("map.yaml", text);
    let call = ["check", "map.yaml", "--fix", "--format", "json"];
    let output = regloom(folder.path(), &call);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("fixed map.yaml:6:1"));
    let left: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<_> = left
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["code"])
        .collect();
    assert_eq!(codes, ["R0303"]);
}

#[test]
fn a_byte_order_mark_and_line_ends_are_kept() {
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let folder = folder_with("map.yaml", windows(WRONG));
    let output = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let after = fs::read_to_string(folder.path().join("map.yaml")).unwrap();
    assert_eq!(after, windows(RIGHT));
}

#[test]
fn another_encoding_is_refused() {
    let folder = folder_with("map.yaml", utf16(WRONG));
    let output = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    assert_eq!(status(&output), 2);
    let text = stderr(&output);
    assert!(text.contains("map.yaml: nothing is fixed: it is not encoded as UTF-8"));
    assert!(text.contains("regsiters"), "{text}");
    assert_eq!(
        fs::read(folder.path().join("map.yaml")).unwrap(),
        utf16(WRONG)
    );
}

#[test]
fn standard_input_is_refused() {
    let folder = folder_with("map.yaml", WRONG);
    let output = regloom(folder.path(), &["check", "map.yaml", "-", "--fix"]);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("`-` is standard input"));
    let after = fs::read_to_string(folder.path().join("map.yaml")).unwrap();
    assert_eq!(after, WRONG);
}

const CHIP: &str = r#"<device schemaVersion="1.3"><name>chip</name><width>32</width>
<addressUnitBits>8</addressUnitBits><version>1</version><description>A chip.</description>
<peripherals>
<peripheral><name>UART</name><baseAddress>0x1000</baseAddress>
<addressBlock><offset>0</offset><size>0x1000</size><usage>registers</usage></addressBlock><registers>
<register><name>DATA</name><addressOffset>0</addressOffset><access>read_only</access></register></registers></peripheral>
</peripherals></device>"#;

/// A description that names an SVD: both are corrected, once, however often they
/// are read.
#[test]
fn an_svd_that_a_description_names_is_corrected_too() {
    let wrong = CHIP.replace("addressOffset", "adressOffset");
    let folder = folder_with("chip.svd", wrong);
    for name in ["one", "two"] {
        let text = format!(
            "schema: 1\nname: {name}\nvendor: acme\n\
             registers: {{svd: chip.svd, peripheral: UART}}\n\
             descripton: x\nallow: [no-identity, shares-large-page, unknown-reset]\n"
        );
        fs::write(folder.path().join(format!("{name}.yaml")), text).unwrap();
    }
    let call = ["check", "one.yaml", "two.yaml", "--fix"];
    let output = regloom(folder.path(), &call);
    let text = stderr(&output);
    assert_eq!(status(&output), 0, "{text}");
    assert_eq!(text.matches("`adressOffset` -> `addressOffset`").count(), 2);
    assert_eq!(text.matches("`read_only` -> `read-only`").count(), 1);
    for (name, key) in [("one", "descripton"), ("two", "descripton")] {
        assert!(text.contains(&format!("fixed {name}.yaml:5:1: R0102: `{key}` ->")));
    }
    let after = fs::read_to_string(folder.path().join("chip.svd")).unwrap();
    assert_eq!(after, CHIP.replace("read_only", "read-only"));
}

/// A repair of lenient reading is written into the file by `--fix`.
#[test]
fn lenient_reading_may_correct_the_file() {
    let folder = folder_with("chip.svd", CHIP);
    let call = ["check", "chip.svd", "--lenient", "--fix"];
    let output = regloom(folder.path(), &call);
    assert_eq!(status(&output), 0);
    assert!(stderr(&output).contains("`read_only` -> `read-only`"));
    assert_eq!(status(&regloom(folder.path(), &["check", "chip.svd"])), 0);
}

/// Permissions are those that the file had, and a link stays a link.
#[cfg(unix)]
#[test]
fn the_file_behind_a_link_is_changed() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = folder_with("target.yaml", WRONG);
    let target = folder.path().join("target.yaml");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("target.yaml", folder.path().join("map.yaml")).unwrap();
    let output = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&target).unwrap(), RIGHT);
    let mode = fs::metadata(&target).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let link = fs::symlink_metadata(folder.path().join("map.yaml")).unwrap();
    assert!(link.is_symlink());
}

/// One word in two places by an alias, where it means two things: one change is
/// made, and the other is left.
#[test]
fn of_changes_at_one_place_the_first_is_made() {
    let text = "schema: 1\nname: case\nvendor: acme\nsize: 0x10000\nallow: [no-identity]\n\
                registers:\n  RAM: {at: 0x1000, memory: &it {len: 0x1000}}\n\
                windows: {ram: *it}\n";
    let folder = folder_with("map.yaml", text);
    let output = regloom(folder.path(), &["check", "map.yaml", "--fix"]);
    let reported = stderr(&output);
    assert_eq!(reported.matches("fixed map.yaml:7:34: R0102").count(), 1);
    assert_eq!(reported.matches("left map.yaml:7:34: R0102").count(), 1);
    assert_eq!(status(&output), 2, "{reported}");
    let after = fs::read_to_string(folder.path().join("map.yaml")).unwrap();
    let is_either = ["size", "depth"].map(|key| after == text.replace("len", key));
    assert!(is_either.contains(&true), "{after}");
}

/// The parts of SARIF 2.1.0, section 3.55, that a fix must have.
#[test]
fn editors_and_services_get_the_edits() {
    let folder = folder_with("my map.yaml", WRONG);
    let report = |format: &str| -> serde_json::Value {
        let output = regloom(folder.path(), &["check", "my map.yaml", "--format", format]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let json = report("json");
    let suggestion = &json[0]["suggestion"];
    assert_eq!(suggestion["applicability"], "sure");
    let edit = &suggestion["edits"][0];
    assert_eq!(edit["file"], "my map.yaml");
    assert_eq!(edit["text"], "registers");
    let place = ["line", "column", "end_line", "end_column"].map(|it| edit[it].clone());
    assert_eq!(place, [6, 1, 6, 10].map(serde_json::Value::from));
    let byte = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
    assert_eq!(&WRONG[byte("byte")..byte("end_byte")], "regsiters");

    let sarif = report("sarif");
    let fix = &sarif["runs"][0]["results"][0]["fixes"][0];
    assert_eq!(fix["description"]["text"], "did you mean `registers`?");
    let change = &fix["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "my%20map.yaml");
    let replacement = &change["replacements"][0];
    assert_eq!(
        replacement["deletedRegion"],
        serde_json::json!({"startLine": 6, "startColumn": 1, "endLine": 6, "endColumn": 10})
    );
    assert_eq!(replacement["insertedContent"]["text"], "registers");
}
