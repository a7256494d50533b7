// SPDX-License-Identifier: MIT OR Apache-2.0

//! The JSON Schema takes what the reader takes, and refuses what it refuses for
//! its form.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails at that line"
)]

use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

struct Validator {
    schemas: Schemas,
    schema: SchemaIndex,
}

impl Validator {
    fn new() -> Self {
        let schema: Value = serde_json::from_str(&regdesc::schema()).unwrap();
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.add_resource("schema.json", schema).unwrap();
        let schema = compiler.compile("schema.json", &mut schemas).unwrap();
        Validator { schemas, schema }
    }

    fn takes(&self, input: &Path) -> Result<(), String> {
        let text = fs::read_to_string(input).unwrap();
        let yaml: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        let json = serde_json::to_value(yaml).unwrap();
        let result = self.schemas.validate(&json, self.schema);
        result.map_err(|error| format!("{}: {error}", input.display()))
    }
}

/// The YAML files of a folder whose names satisfy the condition.
fn inputs(folder: &str, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(".yaml") && wanted(&name)
    };
    entries.filter(named).collect()
}

#[test]
fn what_is_right_is_taken() {
    let validator = Validator::new();
    let is_right = |name: &str| name.contains(".right.") || name == "whole.yaml";
    let mut right = inputs("tests/ui", is_right);
    for example in ["fpga-mem", "pl061-gpio", "build-script/fpga"] {
        right.extend(inputs(&format!("../examples/{example}"), |_| true));
    }
    assert!(right.len() > 30);
    let refused: Vec<String> = right
        .iter()
        .filter_map(|it| validator.takes(it).err())
        .collect();
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// `R0102` is an unknown key, `R0103` a value of another type, `R0208` an unknown
/// word.
#[test]
fn what_is_wrong_in_form_is_refused() {
    let validator = Validator::new();
    let of_form = |name: &str| {
        let wrong = ["R0102", "R0103", "R0208"]
            .iter()
            .any(|code| name.starts_with(code));
        // A schema cannot say which of two bits is higher, or that two lists are
        // equally long; and to it, 1.0 is a whole number.
        let beyond_a_schema = [
            "R0103-bits-reversed.yaml",
            "R0103-not-whole.yaml",
            "R0103-number-of-cells.yaml",
        ];
        wrong && !name.contains(".right.") && !beyond_a_schema.contains(&name)
    };
    let taken: Vec<PathBuf> = inputs("tests/ui", of_form)
        .into_iter()
        .filter(|input| validator.takes(input).is_ok())
        .collect();
    assert!(taken.is_empty(), "{taken:?}");
}
