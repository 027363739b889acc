//! Validates values against the OpenAPI schema: types, limits, patterns, enums and unknown fields. The module does not
//! evaluate CEL rules.

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::NaiveDate;
use regex::Regex;
use serde_json::{Map, Value};

use super::fault::{Fault, FaultKind};
use lapsewatch_core::sanitize::sanitize_line;

/// The maximum number of list items that are examined. No list in the CustomResourceDefinitions may have that many
/// items, so a longer list is invalid in any case.
const TOLD: usize = 64;

/// A schema with a cache of its compiled patterns.
pub struct Schema {
    root: Value,
    /// The patterns, compiled at first use. None for a pattern that can't be compiled.
    patterns: RefCell<HashMap<String, Option<Regex>>>,
}

impl Schema {
    /// Creates a validator from a part of a CustomResourceDefinition.
    pub fn new(root: Value) -> Self {
        Self { root, patterns: RefCell::default() }
    }

    /// Returns the faults of a value that contains no nulls. `path` is the path of the value.
    pub fn faults(&self, value: &Value, path: &str) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.hold(&self.root, value, path, &mut faults);
        faults
    }

    fn hold(&self, schema: &Value, value: &Value, path: &str, faults: &mut Vec<Fault>) {
        let mut say = |kind, detail: String| faults.push(Fault::new(path, kind, detail));
        let limit = |name: &str| schema.get(name).and_then(Value::as_u64);
        let type_ = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && !allowed.contains(value)
        {
            let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
            say(FaultKind::NotSupported, format!("supported values: {}", allowed.join(", ")));
        }
        match (type_, value) {
            ("object", Value::Object(fields)) => {
                let known = fields.keys().filter(|name| property(schema, name).is_some()).count();
                if let Some(least) = limit("minProperties").filter(|least| (known as u64) < *least) {
                    say(FaultKind::Invalid, format!("{path} in body should have at least {least} properties"));
                }
                self.hold_fields(schema, fields, path, faults);
            }
            ("array", Value::Array(items)) => {
                let count = items.len() as u64;
                if let Some(least) = limit("minItems").filter(|least| count < *least) {
                    say(FaultKind::Invalid, format!("{path} in body should have at least {least} items"));
                }
                let too_many = limit("maxItems").filter(|most| count > *most);
                if let Some(most) = too_many {
                    say(FaultKind::TooMany, format!("{count}: must have at most {most} items"));
                }
                let is_set = schema.get("x-kubernetes-list-type").is_some_and(|type_| type_ == "set");
                for (index, item) in items.iter().enumerate().take(TOLD) {
                    let path = format!("{path}[{index}]");
                    if is_set && items.iter().take(index).any(|other| other == item) {
                        faults.push(Fault::new(&path, FaultKind::Duplicate, ""));
                    }
                    // The items of a list that is too long are not validated one by one.
                    if too_many.is_some() {
                        continue;
                    }
                    self.hold(schema.get("items").unwrap_or(&Value::Null), item, &path, faults);
                }
            }
            ("string", Value::String(text)) => self.hold_text(schema, text, path, faults),
            ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                let number = number.as_f64().unwrap_or_default();
                let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
                if let Some(least) = bound("minimum").filter(|least| number < *least) {
                    say(FaultKind::Invalid, format!("{path} in body should be greater than or equal to {least}"));
                } else if let Some(most) = bound("maximum").filter(|most| number > *most) {
                    say(FaultKind::Invalid, format!("{path} in body should be less than or equal to {most}"));
                }
            }
            ("boolean", Value::Bool(_)) | ("", _) => {}
            (type_, value) => {
                let given = type_name(value);
                say(FaultKind::TypeInvalid, format!("{path} in body must be of type {type_}: \"{given}\""));
            }
        }
    }

    fn hold_text(&self, schema: &Value, text: &str, path: &str, faults: &mut Vec<Fault>) {
        let mut say = |kind, detail: String| faults.push(Fault::new(path, kind, detail));
        let limit = |name: &str| schema.get(name).and_then(Value::as_u64);
        let letters = text.chars().count() as u64;
        let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
        if let Some(most) = limit("maxLength").filter(|most| letters > *most) {
            // The API server counts characters here too, although its message reads "bytes".
            say(FaultKind::TooLong, format!("may not be more than {most} bytes"));
        } else if let Some(least) = limit("minLength").filter(|least| letters < *least) {
            say(FaultKind::Invalid, format!("{path} in body should be at least {least} chars long"));
        } else if !pattern.is_empty() && !self.matches(pattern, text) {
            say(FaultKind::Invalid, format!("{path} in body should match '{pattern}'"));
        }
        if schema.get("format").is_some_and(|format| format == "date-time") && !is_date_time(text) {
            let detail = format!("{path} in body must be of type date-time");
            faults.push(Fault { is_of_time: true, ..Fault::new(path, FaultKind::Invalid, detail) });
        }
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        if let Some(regex) = self.patterns.borrow().get(pattern) {
            return regex.as_ref().is_none_or(|regex| regex.is_match(text));
        }
        let regex = Regex::new(pattern).ok();
        let fits = regex.as_ref().is_none_or(|regex| regex.is_match(text));
        self.patterns.borrow_mut().insert(pattern.to_owned(), regex);
        fits
    }

    fn hold_fields(&self, schema: &Value, fields: &Map<String, Value>, path: &str, faults: &mut Vec<Fault>) {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name)) {
            faults.push(Fault::new(&format!("{path}.{name}"), FaultKind::Required, ""));
        }
        for (name, value) in fields {
            match property(schema, name) {
                Some(schema) => self.hold(schema, value, &format!("{path}.{name}"), faults),
                None => faults.push(Fault::new(&format!("{path}.{}", sanitize_line(name)), FaultKind::Unknown, "")),
            }
        }
    }
}

fn property<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    schema.get("properties")?.get(name)
}

/// Returns the API server's name for the value's type.
fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// True if the API server accepts the text for the format date-time, which is looser than RFC 3339 (`DateTimePattern`
/// in go-openapi/strfmt). A time that is accepted here but violates RFC 3339 is refused by the patterns in the schema.
fn is_date_time(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let Some((date, time)) = text.split_once('t') else { return false };
    let is_digits = |text: Option<&str>| text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let at_most = |range: std::ops::Range<usize>, most: &str| {
        let part = time.get(range);
        is_digits(part) && part.is_some_and(|part| part <= most)
    };
    let is_date = date.len() == 10 && date.is_ascii() && NaiveDate::parse_from_str(date, "%Y-%m-%d").is_ok();
    let is_clock = at_most(0..2, "23")
        && time.get(2..3) == Some(":")
        && at_most(3..5, "59")
        && time.get(5..6) == Some(":")
        && at_most(6..8, "59");
    let is_end = |end: &str| match end.strip_prefix(['+', '-']) {
        None => end == "z",
        Some(offset) => {
            offset.len() == 5
                && is_digits(offset.get(0..2))
                && offset.get(2..3) == Some(":")
                && is_digits(offset.get(3..5))
        }
    };
    let rest = time.get(8..).unwrap_or_default();
    let mut letters = rest.chars();
    // The API server accepts any character in place of the dot before the fraction of a second.
    letters.next();
    let fraction = letters.as_str();
    let end = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    is_date && is_clock && (is_end(rest) || end.len() < fraction.len() && is_end(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lapsewatch_core::api::crds;

    #[test]
    fn every_pattern_and_every_keyword_of_the_definitions_is_held() {
        let held = [
            "description",
            "enum",
            "format",
            "items",
            "maxItems",
            "maxLength",
            "maximum",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "pattern",
            "properties",
            "required",
            "type",
            "x-kubernetes-list-type",
            "x-kubernetes-validations",
        ];
        fn keywords(schema: &Value, held: &[&str], patterns: &mut usize) {
            let Value::Object(fields) = schema else { return };
            for (name, value) in fields {
                assert!(held.contains(&name.as_str()), "{name}");
                match name.as_str() {
                    "maxItems" => assert!(value.as_u64().is_some_and(|most| most <= TOLD as u64), "{value}"),
                    "properties" => {
                        value.as_object().into_iter().flatten().for_each(|(_, s)| keywords(s, held, patterns));
                    }
                    "items" => keywords(value, held, patterns),
                    "pattern" => {
                        assert!(value.as_str().is_some_and(|pattern| Regex::new(pattern).is_ok()), "{value}");
                        *patterns += 1;
                    }
                    _ => {}
                }
            }
        }
        for (name, crd) in crds::all() {
            let spec = crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec").unwrap();
            let mut patterns = 0;
            keywords(spec, &held, &mut patterns);
            assert!(patterns > 3, "{name}");
        }
    }

    #[test]
    fn a_time_is_what_the_server_takes_for_one() {
        for right in ["2027-01-01T00:00:00Z", "2027-01-01t23:59:59.1z", "2027-01-01T00:00:00,5+24:00"] {
            assert!(is_date_time(right), "{right}");
        }
        for wrong in [
            "",
            "tomorrow",
            "2027-01-01",
            "2027-02-29T00:00:00Z",
            "2027-01-01T24:00:00Z",
            "2027-01-01T00:00:60Z",
            "2027-01-01T00:00:00",
            "2027-01-01T00:00:00.Z",
            "2027-01-01T00:00:00Z ",
            "2027-01-01T00:00:00+2:00",
            "2027-01-01Tä0:00:00Z",
        ] {
            assert!(!is_date_time(wrong), "{wrong}");
        }
    }
}
