// SPDX-License-Identifier: MIT OR Apache-2.0

//! The command as a user calls it: what it writes, says, and ends with.

#![allow(clippy::unwrap_used, reason = "a test fails at that line")]

mod run;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use run::{regloom, status, stderr};

const SMALLEST: &str = "\
schema: 1
name: fpga-mem
vendor: mycompany
node-name: fpga
size: 0x1000
registers:
  DATA: {at: 0x0}
instances:
  fpga_regs: {base: 0x40000000}
";

const CHIP: &str = r#"<device schemaVersion="1.3"><name>chip</name><width>32</width>
<addressUnitBits>8</addressUnitBits><version>1</version><description>A chip.</description>
<peripherals>
<peripheral><name>UART</name><baseAddress>0x1000</baseAddress><registers>
<register><name>DATA</name><addressOffset>0</addressOffset></register></registers></peripheral>
<peripheral><name>TIMER</name><baseAddress>0x2000</baseAddress><registers>
<register><name>COUNT</name><addressOffset>4</addressOffset></register></registers></peripheral>
</peripherals></device>"#;

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

const GENERATE: &[&str] = &["generate", "map.yaml", "--out", "out"];

#[test]
fn a_description_becomes_three_outputs() {
    let folder = folder_with("map.yaml", SMALLEST);
    let output = regloom(folder.path(), GENERATE);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let out = folder.path().join("out/fpga-mem");
    for file in [
        "README.md",
        "accessor/Cargo.toml",
        "accessor/src/lib.rs",
        "driver/Kbuild",
        "driver/Makefile",
        "driver/rust/fpga_mem.rs",
        "dts/fpga-mem.dtsi",
    ] {
        assert!(out.join(file).is_file(), "{file}");
        assert!(stdout(&output).contains(&format!("wrote out/fpga-mem/{file}")));
    }
    let dtsi = fs::read_to_string(out.join("dts/fpga-mem.dtsi")).unwrap();
    assert!(dtsi.contains("fpga_regs: fpga@40000000 {"));
    assert!(dtsi.contains("compatible = \"mycompany,fpga-mem\";"));
    assert!(dtsi.contains("reg = <0x40000000 0x1000>;"));
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = folder_with("map.yaml", SMALLEST);
    regloom(folder.path(), GENERATE);
    let output = regloom(folder.path(), GENERATE);
    assert!(
        stdout(&output).starts_with("0 files"),
        "{}",
        stdout(&output)
    );
    assert_eq!(
        status(&regloom(folder.path(), &[GENERATE, &["--check"]].concat())),
        0
    );
}

#[test]
fn a_check_shows_what_differs_and_writes_nothing() {
    let folder = folder_with("map.yaml", SMALLEST);
    regloom(folder.path(), GENERATE);
    let kbuild = folder.path().join("out/fpga-mem/driver/Kbuild");
    fs::write(&kbuild, "edited\n").unwrap();
    let output = regloom(folder.path(), &[GENERATE, &["--check"]].concat());
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("differs out/fpga-mem/driver/Kbuild"));
    assert!(stderr(&output).contains("regloom generate map.yaml --out out"));
    assert!(stdout(&output).contains("-edited"));
    assert_eq!(fs::read_to_string(&kbuild).unwrap(), "edited\n");
}

#[test]
fn what_is_generated_no_more_is_removed_and_what_is_not_ours_stays() {
    let folder = folder_with("map.svd", CHIP);
    let all = ["generate", "map.svd", "--out", "out"];
    regloom(folder.path(), &all);
    let out = folder.path().join("out/chip");
    fs::write(out.join("accessor/notes.txt"), "mine").unwrap();
    assert!(out.join("accessor/src/timer.rs").is_file());
    assert!(
        !out.join("driver").exists(),
        "a chip gets no driver unasked"
    );

    let one = [&all[..], &["--peripheral", "UART"]].concat();
    let output = regloom(folder.path(), &one);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("removed out/chip/accessor/src/timer.rs"));
    assert!(out.join("driver/rust/chip_uart.rs").is_file());
    assert!(out.join("accessor/notes.txt").is_file());
}

#[test]
fn a_part_alone_leaves_the_others() {
    let folder = folder_with("map.yaml", SMALLEST);
    regloom(folder.path(), GENERATE);
    fs::write(
        folder.path().join("map.yaml"),
        SMALLEST.replace("fpga_regs", "other"),
    )
    .unwrap();
    let output = regloom(folder.path(), &[GENERATE, &["--only", "dt"]].concat());
    let told = stdout(&output);
    assert!(
        told.contains("wrote out/fpga-mem/dts/fpga-mem.dtsi"),
        "{told}"
    );
    assert!(!told.contains("removed"), "{told}");
    assert!(folder.path().join("out/fpga-mem/driver/Kbuild").is_file());
}

#[test]
fn mistakes_are_reported_together_and_nothing_is_written() {
    let wrong = "\
schema: 1
name: case
vendor: acme
size: 0x100
enums:
  Mode: {off: 0, normal: 1}
registers:
  CTRL: {at: 0x0, acess: ro}
  STAT: {at: 0x0}
  DATA: {at: 0x200}
  MODE: {at: 0x10, fields: {SEL: {bits: 0, enum: Mod}}}
  GAIN: {at: 0x14, width: 8, reset: 0x1ff}
";
    let folder = folder_with("map.yaml", wrong);
    let output = regloom(folder.path(), GENERATE);
    assert_eq!(status(&output), 2);
    let told = stderr(&output);
    for (code, place) in [
        ("R0102", "map.yaml:8:19"),
        ("R0301", "map.yaml:9:3"),
        ("R0302", "map.yaml:10:3"),
        ("R0203", "map.yaml:11:50"),
        ("R0501", "map.yaml:12:37"),
    ] {
        assert!(told.contains(code) && told.contains(place), "{told}");
    }
    assert!(told.ends_with("5 errors\n"), "{told}");
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_mistake_in_one_input_keeps_the_others_from_being_written() {
    let folder = folder_with("map.yaml", SMALLEST);
    fs::write(folder.path().join("wrong.yaml"), "schema: 1\n").unwrap();
    let output = regloom(
        folder.path(),
        &["generate", "map.yaml", "wrong.yaml", "--out", "out"],
    );
    assert_eq!(status(&output), 2);
    assert!(!folder.path().join("out").exists());
}

#[test]
fn two_inputs_of_one_name_are_refused() {
    let folder = folder_with("map.yaml", SMALLEST);
    fs::write(folder.path().join("copy.yaml"), SMALLEST).unwrap();
    let output = regloom(
        folder.path(),
        &["generate", "map.yaml", "copy.yaml", "--out", "out"],
    );
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("copy.yaml: another input describes"));
}

/// Whatever is handed in, one clear line comes out.
#[test]
fn what_is_no_description_gives_one_line() {
    let folder = folder_with("empty.yaml", "");
    fs::write(folder.path().join("rubbish.yaml"), [0u8, 159, 146, 150]).unwrap();
    fs::create_dir(folder.path().join("folder.yaml")).unwrap();
    for (name, said) in [
        ("empty.yaml", "the file is empty"),
        ("rubbish.yaml", "this is not text"),
        ("folder.yaml", "this is a folder"),
        ("missing.yaml", "there is no such file"),
    ] {
        let output = regloom(folder.path(), &["generate", name, "--out", "out"]);
        let told = stderr(&output);
        assert_eq!(status(&output), 2, "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(told.contains(&format!("{name}: {said}")), "{told}");
    }
}

#[test]
fn a_missing_peripheral_is_reported_with_the_nearest_name() {
    let folder = folder_with("map.svd", CHIP);
    let output = regloom(
        folder.path(),
        &[
            "generate",
            "map.svd",
            "--out",
            "out",
            "--peripheral",
            "TIMR",
        ],
    );
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("R0205"));
    assert!(stderr(&output).contains("did you mean `TIMER`?"));
}

#[test]
fn a_folder_that_cannot_be_written_ends_with_its_own_status() {
    let folder = folder_with("map.yaml", SMALLEST);
    fs::write(
        folder.path().join("out"),
        "a file where the folder should be",
    )
    .unwrap();
    let output = regloom(folder.path(), GENERATE);
    assert_eq!(status(&output), 3, "{}", stderr(&output));
    assert!(stderr(&output).contains("out"));
}

#[test]
fn what_a_part_does_not_keep_to_is_not_generated() {
    let wide = "interrupts: {irq: {status: STAT}}\n\
                registers: {STAT: {width: 64, access: w1c}}\n";
    let outer = SMALLEST.split("registers:").next().unwrap_or_default();
    let folder = folder_with("map.yaml", &format!("{outer}{wide}"));
    let output = regloom(folder.path(), GENERATE);
    assert_eq!(status(&output), 2);
    assert!(stderr(&output).contains("`STAT`"), "{}", stderr(&output));
    assert!(!folder.path().join("out").exists());
    let rest = [GENERATE, &["--only", "dt,accessor"]].concat();
    assert_eq!(status(&regloom(folder.path(), &rest)), 0);
    assert!(folder.path().join("out/fpga-mem/accessor").exists());
}

#[test]
fn a_driver_is_generated_in_the_languages_that_are_wanted() {
    let folder = folder_with("map.yaml", SMALLEST);
    let driver = folder.path().join("out/fpga-mem/driver");
    let generate = |more: &[&str]| {
        let output = regloom(folder.path(), &[GENERATE, more].concat());
        assert_eq!(status(&output), 0, "{}", stderr(&output));
        (driver.join("rust").exists(), driver.join("c").exists())
    };
    assert_eq!(generate(&[]), (true, true));
    assert_eq!(generate(&["--driver", "c"]), (false, true));
    let readme = fs::read_to_string(folder.path().join("out/fpga-mem/README.md")).unwrap();
    assert!(readme.contains("It is written in C"), "{readme}");
    assert_eq!(generate(&["--driver", "rust"]), (true, false));

    let check = [GENERATE, &["--check", "--driver", "c"]].concat();
    let output = regloom(folder.path(), &check);
    assert_eq!(status(&output), 1);
    assert!(
        stderr(&output).contains("--driver c"),
        "{}",
        stderr(&output)
    );
    let output = regloom(
        folder.path(),
        &[GENERATE, &["--driver", "c", "--uio"]].concat(),
    );
    assert_eq!(status(&output), 2);
}

#[test]
fn for_uio_there_are_nodes_and_no_driver() {
    let parent = "device-tree: {parent: {node: \"&amba\", address-cells: 1, size-cells: 1}}\n";
    let folder = folder_with("map.yaml", &format!("{SMALLEST}{parent}"));
    let output = regloom(folder.path(), &[GENERATE, &["--uio"]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let out = folder.path().join("out/fpga-mem");
    assert!(!out.join("driver").exists());
    for file in ["dts/fpga-mem.dtsi", "dts/fpga-mem.dtso"] {
        let text = fs::read_to_string(out.join(file)).unwrap();
        assert!(text.contains("compatible = \"mycompany,fpga-mem\", \"generic-uio\";"));
        assert!(text.contains("linux,uio-name = \"fpga-mem0\";"));
    }
    let readme = fs::read_to_string(out.join("README.md")).unwrap();
    assert!(readme.contains("Device::open(\"fpga-mem0\")"), "{readme}");

    // Back to the driver: what UIO alone needed is gone.
    let output = regloom(folder.path(), GENERATE);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let text = fs::read_to_string(out.join("dts/fpga-mem.dtsi")).unwrap();
    assert!(!text.contains("uio"), "{text}");
    assert!(out.join("driver/rust/fpga_mem.rs").exists());
}

#[test]
fn a_tree_has_the_hash_of_its_map_where_that_is_wanted() {
    let wanted = format!(
        "{SMALLEST}device-tree: {{map-hash: true, \
         parent: {{node: \"&amba\", address-cells: 1, size-cells: 1}}}}\n"
    );
    let folder = folder_with("map.yaml", &wanted);
    let hash = stdout(&regloom(folder.path(), &["hash", "map.yaml"]));
    let digits = hash.trim_end().trim_start_matches("0x");
    let (high, low) = digits.split_at(8);
    let cell = |digits| u32::from_str_radix(digits, 16).unwrap();
    let property = format!("regloom,map-hash = <{:#x} {:#x}>;", cell(high), cell(low));
    assert_eq!(status(&regloom(folder.path(), GENERATE)), 0);
    let out = folder.path().join("out/fpga-mem/dts");
    for file in ["fpga-mem.dtsi", "fpga-mem.dtso"] {
        let text = fs::read_to_string(out.join(file)).unwrap();
        assert!(text.contains(&property), "{text}");
    }
    let binding = fs::read_to_string(out.join("mycompany,fpga-mem.yaml")).unwrap();
    assert!(binding.contains("  regloom,map-hash:\n"), "{binding}");

    // Elsewhere it is a comment.
    let folder = folder_with("map.yaml", SMALLEST);
    assert_eq!(status(&regloom(folder.path(), GENERATE)), 0);
    let text = fs::read_to_string(folder.path().join("out/fpga-mem/dts/fpga-mem.dtsi")).unwrap();
    assert!(!text.contains("map-hash"), "{text}");
    assert!(text.contains(hash.trim_end()), "{text}");
}

#[test]
fn generating_leniently_reports_every_repair() {
    let svd = include_str!("../../regdesc/tests/ui/R0302-register.lenient.svd");
    let folder = folder_with("chip.svd", svd);
    let call = ["generate", "chip.svd", "--out", "out"];
    assert_eq!(status(&regloom(folder.path(), &call)), 2);
    let output = regloom(folder.path(), &[&call[..], &["--lenient"]].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(
        stderr(&output).contains("repaired[R0302]"),
        "{}",
        stderr(&output)
    );
}

/// `--quiet` is about what was written, not about what was read.
#[test]
fn a_quiet_run_reports_every_repair() {
    let svd = include_str!("../../regdesc/tests/ui/R0302-register.lenient.svd");
    let folder = folder_with("chip.svd", svd);
    let call = ["generate", "chip.svd", "--out", "out", "--lenient", "-q"];
    let output = regloom(folder.path(), &call);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    assert!(output.stdout.is_empty());
    let told = stderr(&output);
    assert!(told.contains("repaired[R0302]"), "{told}");
}

#[test]
fn a_refusal_says_what_lenient_reading_repairs() {
    let svd = include_str!("../../regdesc/tests/ui/svd-in-one-run.svd");
    let folder = folder_with("chip.svd", svd);
    let hint = "3 of these 8 errors are repaired with `--lenient`";
    for call in [
        &["check", "chip.svd"][..],
        &["generate", "chip.svd", "--out", "out"],
        &["hash", "chip.svd"],
        &["diff", "chip.svd", "chip.svd"],
    ] {
        let output = regloom(folder.path(), call);
        assert_eq!(status(&output), 2, "{}", stderr(&output));
        assert!(stderr(&output).contains(hint), "{}", stderr(&output));
    }
    let output = regloom(folder.path(), &["check", "chip.svd", "--lenient"]);
    assert!(
        !stderr(&output).contains("--lenient"),
        "{}",
        stderr(&output)
    );
    let output = regloom(folder.path(), &["check", "chip.svd", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let all = json.as_array().unwrap().iter();
    assert_eq!(all.filter(|it| it["repairable"] == true).count(), 3);
}

/// A file is read in the encoding that it has; what does not fit has a place.
#[test]
fn files_have_encodings() {
    let svd = include_str!("../../regdesc/tests/ui/R0905-no-access.right.svd");
    let latin = svd
        .replace("utf-8", "ISO-8859-1")
        .replace("A chip.", "Gr\u{f6}\u{df}e.");
    let mut bytes: Vec<u8> = latin.chars().map(|it| u8::try_from(it).unwrap()).collect();
    let folder = folder_with("chip.svd", "");
    fs::write(folder.path().join("chip.svd"), &bytes).unwrap();
    let output = regloom(folder.path(), &["generate", "chip.svd", "--out", "out"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let told = |name: &str, bytes: &[u8]| {
        fs::write(folder.path().join(name), bytes).unwrap();
        let output = regloom(folder.path(), &["check", name]);
        assert_eq!(status(&output), 2);
        stderr(&output)
    };
    let declared = bytes
        .windows(10)
        .position(|it| it == b"ISO-8859-1")
        .unwrap();
    bytes.splice(declared..declared + 10, *b"UTF-8");
    let text = told("wrong.svd", &bytes);
    assert!(
        text.contains("error[R0101]: the byte 0xf6 is no UTF-8"),
        "{text}"
    );
    assert!(text.contains("wrong.svd:5:18"), "{text}");
    let text = told("latin1.yaml", b"schema: 1\nname: caf\xe9\n");
    assert!(
        text.contains("error[R0101]: the byte 0xe9 is no UTF-8"),
        "{text}"
    );
    assert!(text.contains("latin1.yaml:2:10"), "{text}");
}

#[test]
fn check_reports_and_writes_nothing() {
    let folder = folder_with("map.yaml", SMALLEST);
    let output = regloom(folder.path(), &["check", "map.yaml"]);
    assert_eq!(status(&output), 0);
    assert!(
        stderr(&output).ends_with("2 warnings\n"),
        "{}",
        stderr(&output)
    );
    fs::write(folder.path().join("map.yaml"), "schema: 1\n").unwrap();
    assert_eq!(status(&regloom(folder.path(), &["check", "map.yaml"])), 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_lint_is_denied_or_allowed_by_name() {
    let folder = folder_with("map.yaml", SMALLEST);
    let check = |more: &[&str]| {
        let call = [&["check", "map.yaml", "--deny-lints"], more].concat();
        status(&regloom(folder.path(), &call))
    };
    assert_eq!(check(&[]), 1);
    assert_eq!(
        check(&["--allow", "no-identity", "--allow", "shares-large-page"]),
        0
    );
    assert_eq!(check(&["--allow", "no-identiti"]), 2);
    let allowed = format!("{SMALLEST}allow: [no-identity, shares-large-page]\n");
    fs::write(folder.path().join("map.yaml"), allowed).unwrap();
    assert_eq!(check(&[]), 0);
}

/// The places are those of the text: `[1]` is in line 3 of this one.
#[test]
fn editors_and_services_get_their_own_formats() {
    let text = "name: é\nschema: 1\nvendor: [1]\nsize: 4\nregisters: {A: {}}\n";
    let folder = folder_with("my map.yaml", text);
    let told = |format: &str| -> serde_json::Value {
        let output = regloom(
            folder.path(),
            &["check", "my map.yaml", "none.yaml", "--format", format],
        );
        assert_eq!(status(&output), 2);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let json = told("json");
    let place = |at: usize| {
        let of = |key: &str| json[at][key].clone();
        (
            of("code"),
            of("file"),
            of("line"),
            of("column"),
            of("end_column"),
        )
    };
    assert_eq!(
        place(0),
        (
            "R0602".into(),
            "my map.yaml".into(),
            1.into(),
            7.into(),
            8.into()
        )
    );
    assert_eq!(
        place(1),
        (
            "R0103".into(),
            "my map.yaml".into(),
            3.into(),
            9.into(),
            12.into()
        )
    );
    assert_eq!(json[2]["file"], "none.yaml");
    let sarif = told("sarif");
    let results = &sarif["runs"][0]["results"];
    assert_eq!(results[0]["ruleId"], "R0602");
    let location = &results[1]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "my%20map.yaml");
    assert_eq!(location["region"]["startLine"], 3);
    let rules = &sarif["runs"][0]["tool"]["driver"]["rules"];
    assert!(
        rules
            .as_array()
            .unwrap()
            .iter()
            .any(|rule| rule["id"] == "R0103")
    );
}

#[test]
fn the_hash_and_the_schema_are_printed() {
    let folder = folder_with("map.yaml", SMALLEST);
    let hash = stdout(&regloom(folder.path(), &["hash", "map.yaml"]));
    assert!(
        hash.starts_with("0x") && hash.trim_end().len() == 18,
        "{hash}"
    );
    let schema = stdout(&regloom(folder.path(), &["schema"]));
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    assert_eq!(schema["properties"]["schema"]["const"], 1);
}

const RENAMED: &str = "  NEXT: {at: 0x0}\n  MORE: {at: 0x4}\n";

/// A folder with `old.yaml` and a `new.yaml` in which `DATA` is called `NEXT`
/// and has a neighbour.
fn folder_with_two_maps() -> tempfile::TempDir {
    let folder = folder_with("old.yaml", SMALLEST);
    let new = SMALLEST.replace("  DATA: {at: 0x0}\n", RENAMED);
    fs::write(folder.path().join("new.yaml"), new).unwrap();
    folder
}

#[test]
fn a_diff_reports_each_change_with_its_class_and_places() {
    let folder = folder_with_two_maps();
    let output = regloom(folder.path(), &["diff", "old.yaml", "new.yaml"]);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let expected = "\
breaking[D0303] register `DATA`: renamed to `NEXT`
  old old.yaml:7:3
  new new.yaml:7:3
compatible[D0302] register `MORE`: added
  new new.yaml:8:3

1 breaking, 1 compatible; asks for a major step of the version
";
    assert_eq!(stdout(&output), expected);
    let same = regloom(folder.path(), &["diff", "old.yaml", "old.yaml"]);
    assert_eq!(stdout(&same), "no change\n");
}

#[test]
fn a_diff_fails_on_what_is_requested() {
    let folder = folder_with_two_maps();
    let diff = |old: &str, new: &str, class: &str| {
        let call = ["diff", old, new, "--fail-on", class];
        status(&regloom(folder.path(), &call))
    };
    for class in ["breaking", "behavioural", "compatible", "documentation"] {
        assert_eq!(diff("old.yaml", "new.yaml", class), 1);
        assert_eq!(diff("old.yaml", "old.yaml", class), 0);
    }
    let grown = format!("{SMALLEST}  fpga_more: {{base: 0x40010000}}\n");
    fs::write(folder.path().join("grown.yaml"), grown).unwrap();
    assert_eq!(diff("old.yaml", "grown.yaml", "behavioural"), 0);
    assert_eq!(diff("old.yaml", "grown.yaml", "compatible"), 1);
    assert_eq!(diff("old.yaml", "grown.yaml", "braking"), 2);
    assert_eq!(diff("old.yaml", "none.yaml", "breaking"), 2);
}

/// Mistakes of both files are told.
#[test]
fn a_diff_of_what_is_wrong_says_so() {
    let folder = folder_with("old.yaml", "schema: 1\n");
    let output = regloom(folder.path(), &["diff", "old.yaml", "none.yaml"]);
    assert_eq!(status(&output), 2);
    let told = stderr(&output);
    assert!(
        told.contains("R0105") && told.contains("none.yaml: there is no such file"),
        "{told}"
    );
    assert_eq!(stdout(&output), "");
}

#[test]
fn a_diff_is_reported_to_tools_and_to_readers() {
    let folder = folder_with_two_maps();
    let told = |format: &str| {
        let call = ["diff", "old.yaml", "new.yaml", "--format", format];
        stdout(&regloom(folder.path(), &call))
    };
    let json: serde_json::Value = serde_json::from_str(&told("json")).unwrap();
    assert_eq!(json["class"], "breaking");
    assert_eq!(json["step"], "major");
    assert_ne!(json["old"]["hash"], json["new"]["hash"]);
    let renamed = &json["changes"][0];
    assert_eq!(renamed["rule"], "D0303");
    assert_eq!(renamed["path"], "DATA");
    assert_eq!(renamed["old"]["line"], 7);
    let added = &json["changes"][1];
    assert_eq!(added["old"], serde_json::Value::Null);
    assert_eq!(added["new"]["file"], "new.yaml");
    let markdown = told("markdown");
    let line = "| register `DATA` | renamed to `NEXT` | old.yaml:7 → new.yaml:7 | D0303 |";
    assert!(
        markdown.contains("### Breaking") && markdown.contains(line),
        "{markdown}"
    );
}

#[test]
fn a_diff_goes_between_formats_and_repairs_when_asked() {
    let svd = include_str!("../../regdesc/tests/ui/R0302-register.lenient.svd");
    let folder = folder_with("old.svd", svd);
    fs::write(folder.path().join("new.yaml"), SMALLEST).unwrap();
    let diff = ["diff", "old.svd", "new.yaml"];
    assert_eq!(status(&regloom(folder.path(), &diff)), 2);
    let output = regloom(folder.path(), &[&diff[..], &["--lenient"]].concat());
    assert_eq!(status(&output), 0);
    assert!(
        stderr(&output).contains("repaired[R0302]"),
        "{}",
        stderr(&output)
    );
    assert!(stdout(&output).contains("D0101"), "{}", stdout(&output));
}

#[test]
fn every_shell_completes_every_subcommand() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = regloom(folder.path(), &["completions", shell]);
        assert_eq!(status(&output), 0, "{shell}");
        let script = stdout(&output);
        for subcommand in ["generate", "check", "diff", "hash", "schema", "completions"] {
            assert!(script.contains(subcommand), "{shell}: no {subcommand}");
        }
    }
    assert_eq!(status(&regloom(folder.path(), &["completions", "tcl"])), 2);
}

#[test]
fn what_bash_is_to_read_bash_can_read() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("regloom.bash");
    let output = regloom(folder.path(), &["completions", "bash"]);
    fs::write(&script, output.stdout).unwrap();
    let read = Command::new("bash").arg("-n").arg(&script).output();
    let read = read.unwrap();
    assert!(
        read.status.success() && read.stderr.is_empty(),
        "{}",
        stderr(&read)
    );
}

/// A command whose results and messages nobody reads.
fn unheard(folder: &Path, arguments: &[&str]) -> Output {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    Command::new(env!("CARGO_BIN_EXE_regloom"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(closed())
        .stderr(closed())
        .output()
        .unwrap()
}

#[test]
fn a_reader_who_has_seen_enough_stops_nothing() {
    let folder = folder_with("map.yaml", SMALLEST);
    assert_eq!(status(&unheard(folder.path(), GENERATE)), 0);
    assert!(folder.path().join("out/fpga-mem/README.md").is_file());
    assert_eq!(status(&unheard(folder.path(), &["schema"])), 0);
    assert_eq!(status(&unheard(folder.path(), &["check", "none.yaml"])), 2);
}

#[test]
fn a_result_that_cannot_be_written_is_the_machines_failure() {
    let folder = folder_with("map.yaml", SMALLEST);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_regloom"))
        .args(["hash", "map.yaml"])
        .current_dir(folder.path())
        .stdout(full)
        .output()
        .unwrap();
    assert_eq!(status(&output), 3);
    let said = stderr(&output);
    assert!(said.contains("cannot write the result"), "{said}");
}

/// A description in which many registers have one mistake, and one has another.
fn many_mistakes() -> String {
    let registers: String = (0..5000)
        .map(|number| format!("  R{number}: {{colour: red}}\n"))
        .collect();
    format!(
        "schema: 1\nname: case\nvendor: acme\nsize: 0x10000\nregisters:\n{registers}  LAST: {{at: red}}\n"
    )
}

#[test]
fn many_mistakes_of_a_kind_are_reported_once_and_counted() {
    let folder = folder_with("map.yaml", &many_mistakes());
    let generate = ["generate", "map.yaml", "--out", "out"];
    let calls: [&[&str]; 4] = [
        &["check", "map.yaml"],
        &generate,
        &["hash", "map.yaml"],
        &["diff", "map.yaml", "map.yaml"],
    ];
    for call in calls {
        let files = if call[0] == "diff" { 2 } else { 1 };
        let output = regloom(folder.path(), call);
        assert_eq!(status(&output), 2);
        let text = stderr(&output);
        assert_eq!(text.matches("key `colour`").count(), 3 * files, "{text}");
        assert_eq!(text.matches("LAST").count(), files, "{text}");
        assert_eq!(
            text.matches("... and 4997 more of this kind").count(),
            files
        );
        assert_eq!(text.matches("5001 errors\n").count(), files, "{text}");
        assert_eq!(text.matches("`--all` shows every one").count(), files);

        let output = regloom(folder.path(), &[call, &["--all"]].concat());
        assert_eq!(status(&output), 2);
        let text = stderr(&output);
        assert_eq!(text.matches("key `colour`").count(), 5000 * files);
        assert!(!text.contains("more of this kind"));
    }
}

#[test]
fn editors_get_every_mistake_of_a_kind() {
    let folder = folder_with("map.yaml", &many_mistakes());
    for format in ["json", "sarif"] {
        let output = regloom(folder.path(), &["check", "map.yaml", "--format", format]);
        let text = stdout(&output);
        assert!(text.matches("key `colour`").count() >= 5000, "{format}");
        assert!(!text.contains("more of this kind"));
    }
}

/// A driver that would not bind is no surprise on the board, for an SVD neither.
#[test]
fn a_peripheral_that_is_not_whole_pages_is_a_lint_where_it_gets_a_driver() {
    let small = "<addressBlock><offset>0</offset><size>0x100</size><usage>registers</usage>\
                 </addressBlock><registers>";
    let folder = folder_with("chip.svd", &CHIP.replacen("<registers>", small, 1));
    let said = |call: &[&str]| stderr(&regloom(folder.path(), call));
    let whole = said(&["check", "chip.svd"]);
    assert!(!whole.contains("R0908"), "{whole}");

    let one = said(&["check", "chip.svd", "--peripheral", "UART"]);
    assert!(one.contains("R0908"), "{one}");
    assert!(one.contains("regloom,shared-pages;"), "{one}");
    let generated = said(&[
        "generate",
        "chip.svd",
        "--out",
        "out",
        "--peripheral",
        "UART",
    ]);
    let hint = "`regloom check` with the same `--peripheral` reports";
    assert!(generated.contains(hint), "{generated}");
}
