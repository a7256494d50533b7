// SPDX-License-Identifier: MIT OR Apache-2.0

//! The JSON Schema of the format, from the types that read it.
//!
//! The types here stand in a schema for what the reader takes entry by entry;
//! none of them is ever made.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::keys::{
    ClusterKeys, ConstraintKeys, FieldKeys, InterruptKeys, RegisterKeys, ReservedKeys, SvdKeys,
    Top, ValueKeys,
};
use super::scalar::{NUMBER, Number, NumberOrDefault, Scalar};
use crate::units::BitRange;

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

/// What people or names are told may look like a number.
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

/// Types that have a schema and nothing else.
macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $name:ident: |$generator:ident| $schema:expr;)*) => {$(
        $(#[doc = $doc])*
        pub(super) enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )*};
}

shapes! {
    /// The version of the format.
    One: |_generator| json_schema!({"const": 1});
    /// The name of a lint.
    Lint: |_generator| json_schema!({"enum": crate::lint::names().collect::<Vec<_>>()});
    /// The width of one access.
    AccessWidth: |_generator| json_schema!({"enum": [8, 16, 32, 64]});
    /// One byte offset, or one for each element.
    Places: |generator| any_of(&[
        generator.subschema_for::<Number>(),
        generator.subschema_for::<Vec<Number>>(),
    ]);
    /// What a register holds after reset.
    RegisterReset: |_generator| json_schema!({"anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string"},
    ]});
    /// A device-tree property's value.
    Property: |_generator| json_schema!({"anyOf": [
        {"const": true},
        {"type": "integer", "minimum": 0, "maximum": u32::MAX},
        {"type": "string"},
        {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": NUMBER}]}},
        {"type": "array", "items": {"type": "string"}},
    ]});
    /// The cells of a specifier.
    Cells: |_generator| {
        let cell = json!({"anyOf": [
            {"type": "integer", "minimum": 0, "maximum": u32::MAX},
            {"type": "string", "pattern": NUMBER},
        ]});
        let several = json!({"type": "array", "items": cell, "minItems": 1});
        json_schema!({"anyOf": [cell, several]})
    };
    /// Names and numbers of an enumeration.
    Values: |generator| {
        let value = any_of(&[
            generator.subschema_for::<Scalar<NumberOrDefault>>(),
            generator.subschema_for::<ValueKeys>(),
        ]);
        json_schema!({"type": "object", "additionalProperties": value})
    };
    /// An enumeration by its name, or in place.
    EnumForm: |generator| any_of(&[
        generator.subschema_for::<String>(),
        generator.subschema_for::<Values>(),
    ]);
    /// A bit, bits, or all that can be said of a field.
    FieldForm: |generator| any_of(&[
        generator.subschema_for::<Scalar<BitRange>>(),
        generator.subschema_for::<FieldKeys>(),
    ]);
    /// Which values may be written.
    Constraint: |generator| any_of(&[
        json_schema!({"enum": ["as-read", "enumerated"]}),
        generator.subschema_for::<ConstraintKeys>(),
    ]);
    /// What may stand among registers.
    Entry: |generator| {
        let forms = vec![
            generator.subschema_for::<RegisterKeys>(),
            generator.subschema_for::<ClusterKeys>(),
            generator.subschema_for::<ReservedKeys>(),
            json_schema!({"type": "null"}),
        ];
        json_schema!({"oneOf": forms})
    };
    /// An interrupt may have nothing to say.
    InterruptForm: |generator| json_schema!({"oneOf": [
        generator.subschema_for::<InterruptKeys>(),
        {"type": "null"},
    ]});
    /// Registers, clusters and reserved ranges by name.
    Registers: |generator| generator.subschema_for::<BTreeMap<String, Entry>>();
    /// The registers themselves, or where an SVD has them.
    RegistersOrSvd: |generator| any_of(&[
        generator.subschema_for::<SvdKeys>(),
        generator.subschema_for::<Registers>(),
    ]);
}

fn any_of(forms: &[Schema]) -> Schema {
    json_schema!({"anyOf": forms})
}
