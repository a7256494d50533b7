// SPDX-License-Identifier: MIT OR Apache-2.0

//! The JSON Schema of the format, from the types that read it.
//!
//! The keys have the types; what is changed here is what schemars cannot express.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::{Value, json};

use super::keys::Top;

/// The schema as text, ending in a line break.
pub(crate) fn schema() -> String {
    let settings = SchemaSettings::draft07();
    let mut schema = settings.into_generator().into_root_schema_for::<Top>();
    RecursiveTransform(only_known_keys).transform(&mut schema);
    RecursiveTransform(names_of_the_author).transform(&mut schema);
    RecursiveTransform(nothing_is_empty).transform(&mut schema);
    RecursiveTransform(without_nulls).transform(&mut schema);
    RecursiveTransform(free_texts).transform(&mut schema);
    RecursiveTransform(on_one_line).transform(&mut schema);
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// A key that is not known is a mistake, unless it begins with `x-`.
fn only_known_keys(schema: &mut Schema) {
    if schema.get("properties").is_some() {
        schema.insert("patternProperties".to_owned(), json!({"^x-": true}));
        schema.insert("additionalProperties".to_owned(), json!(false));
    }
}

/// Among the author's names too, what begins with `x-` is the author's own; but
/// among properties it may be a vendor's.
fn names_of_the_author(schema: &mut Schema) {
    let of_properties = json!({"$ref": "#/definitions/Property"});
    let values = schema.get("additionalProperties");
    if values.is_some_and(|values| values.is_object() && *values != of_properties) {
        schema.insert("patternProperties".to_owned(), json!({"^x-": true}));
    }
}

/// A mapping of names without one, and a list without an element, have no effect;
/// but a block may have no registers.
fn nothing_is_empty(schema: &mut Schema) {
    let of_registers = json!({"$ref": "#/definitions/Entry"});
    let values = schema.get("additionalProperties");
    if values.is_some_and(|values| values.is_object() && *values != of_registers) {
        schema.insert("minProperties".to_owned(), json!(1));
    }
    if schema.get("items").is_some() {
        schema.insert("minItems".to_owned(), json!(1));
    }
}

/// Keys of which any scalar is the text that it looks like.
const FREE_TEXTS: &[&str] = &["description", "index"];

/// What people or names say may look like a number.
fn free_texts(schema: &mut Schema) {
    let Some(Value::Object(keys)) = schema.get_mut("properties") else {
        return;
    };
    for key in FREE_TEXTS {
        let Some(Value::Object(value)) = keys.get_mut(*key) else {
            continue;
        };
        let text = match value.get_mut("items") {
            Some(Value::Object(items)) => items,
            _ => value,
        };
        text.insert("type".to_owned(), json!(["string", "number", "boolean"]));
    }
}

/// A key may be left out; that is said by not requiring it, not by null.
fn without_nulls(schema: &mut Schema) {
    let is_null = |form: &Value| *form == json!({"type": "null"});
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = schema.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(forms)) = schema.get_mut("anyOf") {
        forms.retain(|form| !is_null(form));
        if let [only] = forms.as_slice() {
            let only = only.clone();
            schema.remove("anyOf");
            merge(schema, only);
        }
    }
}

/// Beside a reference draft 7 knows no other keys; one of several is no such.
fn merge(schema: &mut Schema, form: Value) {
    let Value::Object(keys) = form else {
        return;
    };
    if keys.contains_key("$ref") {
        schema.insert("allOf".to_owned(), json!([keys]));
        return;
    }
    for (key, value) in keys {
        if schema.get(&key).is_none() {
            schema.insert(key, value);
        }
    }
}

/// Editors wrap the help text themselves.
fn on_one_line(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}
