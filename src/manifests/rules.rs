//! What the API server would refuse: the schema of the CustomResourceDefinition and its rules, held without a cluster.

use std::collections::HashMap;

use kube::core::cel::{CompiledSchema, Validator, compile_schema};
use regex::Regex;
use serde_json::{Map, Value, json};

use crate::api::crds;
use crate::terminal::plain;

/// One definition, ready to be held against many.
pub struct Rules {
    spec: Value,
    compiled: CompiledSchema,
    validator: Validator,
    patterns: HashMap<String, Regex>,
}

impl Rules {
    /// Compiles those of the definition that stands in this file of `crds/`.
    pub fn of(file: &str) -> Self {
        let crd = crds::all().into_iter().find(|(name, _)| *name == file);
        let schema = crd.and_then(|(_, crd)| crd.pointer("/spec/versions/0/schema/openAPIV3Schema").cloned());
        let schema = schema.unwrap_or_default();
        let spec = schema.pointer("/properties/spec").cloned().unwrap_or_default();
        let mut patterns = HashMap::new();
        collect_patterns(&spec, &mut patterns);
        Self { spec, compiled: compile_schema(&schema), validator: Validator::new(), patterns }
    }

    /// What is wrong with a spec, each with the path of its field; quotes nothing of its values.
    pub fn broken(&self, spec: &Value) -> Vec<String> {
        if spec.is_null() {
            return vec!["spec is missing".to_owned()];
        }
        let spec = &without_nulls(spec);
        let mut wrong = Vec::new();
        self.hold(&self.spec, spec, "spec", &mut wrong);
        if wrong.is_empty()
            && let Err(errors) = self.validator.validate_compiled(&self.compiled, &json!({"spec": spec}), None)
        {
            wrong.extend(errors.iter().map(|error| format!("{}: {}", error.field_path, error.message)));
            wrong.sort();
        }
        wrong
    }

    fn hold(&self, schema: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
        let mut say = |what: String| wrong.push(format!("{path}: {what}"));
        let limit = |name: &str| schema.get(name).and_then(Value::as_f64);
        match (schema.get("type").and_then(Value::as_str).unwrap_or_default(), value) {
            ("object", Value::Object(fields)) => self.hold_fields(schema, fields, path, wrong),
            ("array", Value::Array(items)) => {
                size("items", items.len(), limit("minItems"), limit("maxItems"), &mut say);
                let is_set = schema.get("x-kubernetes-list-type").is_some_and(|type_| type_ == "set");
                if is_set && items.iter().enumerate().any(|(at, item)| items.iter().take(at).any(|other| other == item))
                {
                    say("has one item twice".to_owned());
                }
                // What is too long is not told of item by item.
                if limit("maxItems").is_none_or(|most| items.len() as f64 <= most) {
                    for (index, item) in items.iter().enumerate() {
                        let schema = schema.get("items").unwrap_or(&Value::Null);
                        self.hold(schema, item, &format!("{path}[{index}]"), wrong);
                    }
                }
            }
            ("string", Value::String(text)) => {
                size("characters", text.chars().count(), limit("minLength"), limit("maxLength"), &mut say);
                let pattern = schema.get("pattern").and_then(Value::as_str).unwrap_or_default();
                let fits = self.patterns.get(pattern).is_none_or(|regex| regex.is_match(text));
                let is_time = schema.get("format").is_some_and(|format| format == "date-time");
                if is_time && !(fits && chrono::DateTime::parse_from_rfc3339(text).is_ok()) {
                    say("must be a time in RFC 3339, such as 2030-01-01T00:00:00Z".to_owned());
                } else if !fits {
                    say(format!("must match {pattern}"));
                }
            }
            ("integer", Value::Number(number)) if number.is_i64() || number.is_u64() => {
                let number = number.as_f64().unwrap_or_default();
                if limit("minimum").is_some_and(|least| number < least)
                    || limit("maximum").is_some_and(|most| number > most)
                {
                    let bound = |name| limit(name).map_or_else(|| "any".to_owned(), |bound| bound.to_string());
                    say(format!("must be from {} to {}", bound("minimum"), bound("maximum")));
                }
            }
            ("boolean", Value::Bool(_)) | ("", _) => {}
            (type_, _) => say(format!("must be of type {type_}")),
        }
        if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
            && value.is_string()
            && !allowed.contains(value)
        {
            let allowed: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
            wrong.push(format!("{path}: must be one of {}", allowed.join(", ")));
        }
    }

    fn hold_fields(&self, schema: &Value, fields: &Map<String, Value>, path: &str, wrong: &mut Vec<String>) {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !fields.contains_key(*name)) {
            wrong.push(format!("{path}.{name}: is needed"));
        }
        for (name, value) in fields {
            match schema.pointer("/properties").and_then(|known| known.get(name)) {
                Some(schema) => self.hold(schema, value, &format!("{path}.{name}"), wrong),
                None => wrong.push(format!("{path}.{}: there is no such field", plain(name))),
            }
        }
    }
}

/// The API server drops a null of a field before it looks at anything else.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(given.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        value => value.clone(),
    }
}

fn size(of: &str, size: usize, least: Option<f64>, most: Option<f64>, say: &mut impl FnMut(String)) {
    let size = size as f64;
    if least.is_some_and(|least| size < least) {
        say(format!("must have at least {} {of}", least.unwrap_or_default()));
    }
    if most.is_some_and(|most| size > most) {
        say(format!("must have at most {} {of}", most.unwrap_or_default()));
    }
}

fn collect_patterns(schema: &Value, patterns: &mut HashMap<String, Regex>) {
    match schema {
        Value::Object(fields) => {
            if let Some(pattern) = fields.get("pattern").and_then(Value::as_str)
                && let Ok(regex) = Regex::new(pattern)
            {
                patterns.insert(pattern.to_owned(), regex);
            }
            fields.values().for_each(|field| collect_patterns(field, patterns));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_patterns(item, patterns)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(spec: Value) -> Vec<String> {
        Rules::of("tenantcredentials.yaml").broken(&spec)
    }

    #[test]
    fn every_pattern_and_every_rule_of_the_definition_is_understood() {
        let rules = Rules::of("tenantcredentials.yaml");
        assert!(rules.compiled.compilation_errors().is_empty());
        fn patterns(schema: &Value) -> usize {
            match schema {
                Value::Object(fields) => {
                    usize::from(fields.get("pattern").is_some_and(Value::is_string))
                        + fields.values().map(patterns).sum::<usize>()
                }
                _ => 0,
            }
        }
        assert!(patterns(&rules.spec) > 5);
        let text = rules.spec.to_string();
        for pattern in rules.patterns.keys() {
            assert!(text.contains(&Value::from(pattern.as_str()).to_string()));
        }
        // Each keyword that stands in the schema is one that is held.
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
            "minimum",
            "nullable",
            "pattern",
            "properties",
            "required",
            "type",
            "x-kubernetes-list-type",
            "x-kubernetes-validations",
        ];
        fn keywords(schema: &Value, held: &[&str]) {
            let Value::Object(fields) = schema else { return };
            for (name, value) in fields {
                assert!(held.contains(&name.as_str()), "{name}");
                match name.as_str() {
                    "properties" => value.as_object().into_iter().flatten().for_each(|(_, s)| keywords(s, held)),
                    "items" => keywords(value, held),
                    _ => {}
                }
            }
        }
        keywords(&rules.spec, &held);
    }

    #[test]
    fn a_right_spec_has_nothing_wrong() {
        let spec = json!({
            "tenantRef": {"name": "acme-prod"}, "type": "VPPToken", "secretRef": {"name": "a", "key": null},
            "warnBeforeDays": [60, 30, 1], "reminderEveryHours": 0, "expectedIdentities": ["Example Inc."],
            "mutedUntil": "2027-01-01T00:00:00+02:00", "owner": {"account": "a@b", "runbookURL": "https://a.example/x"},
            "vppToken": {"override": "Enabled"},
        });
        assert_eq!(broken(spec), Vec::<String>::new());
        assert_eq!(
            broken(json!({"type": "DeclaredExpiry", "expirationTime": "2030-01-01T00:00:00Z"})),
            Vec::<String>::new()
        );
    }

    #[test]
    fn the_schema_is_held_and_no_value_quoted() {
        let spec = json!({
            "type": "Canary", "secretRef": {"name": "Canary!", "key": "", "kye": "canary"}, "warnBeforeDays": [0, 1.5, "canary"],
            "expectedIdentities": ["canary", "canary"], "mutedUntil": "canary", "owner": "canary", "reminderEveryHours": 8761,
        });
        let mut wrong = broken(spec);
        wrong.sort();
        assert_eq!(
            wrong,
            [
                "spec.expectedIdentities: has one item twice",
                "spec.mutedUntil: must be a time in RFC 3339, such as 2030-01-01T00:00:00Z",
                "spec.owner: must be of type object",
                "spec.reminderEveryHours: must be from 0 to 8760",
                "spec.secretRef.key: must have at least 1 characters",
                "spec.secretRef.key: must match ^[-._a-zA-Z0-9]+$",
                "spec.secretRef.kye: there is no such field",
                "spec.secretRef.name: must match ^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
                "spec.type: must be one of APNsCertificate, VPPToken, DEPToken, WindowsSymantecCertificate, X509Certificate, DeclaredExpiry",
                "spec.warnBeforeDays[0]: must be from 1 to 3650",
                "spec.warnBeforeDays[1]: must be of type integer",
                "spec.warnBeforeDays[2]: must be of type integer",
            ]
        );
        assert_eq!(broken(json!({})), ["spec.type: is needed"]);
        assert_eq!(broken(json!({"type": null})), ["spec.type: is needed"]);
        let null = json!({"type": "DeclaredExpiry", "expirationTime": "2030-01-01T00:00:00Z", "secretRef": null});
        assert_eq!(broken(null), Vec::<String>::new());
        assert_eq!(broken(json!({"type": "X509Certificate", "secretRef": {}})), ["spec.secretRef.name: is needed"]);
        let many: Vec<u16> = (1..=11).rev().collect();
        let spec = json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": many});
        assert_eq!(broken(spec), ["spec.warnBeforeDays: must have at most 10 items"]);
        assert_eq!(broken(Value::Null), ["spec is missing"]);
    }

    #[test]
    fn a_time_is_one_that_the_api_server_and_the_operator_take() {
        let of = |time: &str| broken(json!({"type": "DeclaredExpiry", "expirationTime": time}));
        for right in [
            "2027-01-01T00:00:00Z",
            "2027-01-01T00:00:00.123456789123Z",
            "2026-12-31T23:00:00-00:00",
            "2027-01-01T00:00:00+02:00",
        ] {
            assert_eq!(of(right), Vec::<String>::new(), "{right}");
        }
        for wrong in [
            "2027-01-01t00:00:00z",
            "2027-01-01 00:00:00Z",
            "2026-12-31T23:59:60Z",
            "2026-12-31T24:00:00Z",
            "2026-12-31T23:59:59,5Z",
            "2026-12-31T23:00:00+24:00",
            "2027-01-01T00:00:00",
            "2027-01-01T00:00:00Z ",
            "2027-02-29T00:00:00Z",
        ] {
            let time = "spec.expirationTime: must be a time in RFC 3339, such as 2030-01-01T00:00:00Z";
            assert_eq!(of(wrong), [time], "{wrong}");
        }
    }

    #[test]
    fn the_rules_are_held_with_their_field_and_sentence() {
        for (spec, path) in [
            (json!({"type": "APNsCertificate"}), "spec.secretRef: secretRef is needed"),
            (json!({"type": "DeclaredExpiry"}), "spec.expirationTime: "),
            (
                json!({"type": "DEPToken", "secretRef": {"name": "a"}, "vppToken": {"override": "Enabled"}}),
                "spec.vppToken: ",
            ),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": [7, 30]}),
                "spec.warnBeforeDays: ",
            ),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": [30, 30]}),
                "spec.warnBeforeDays: ",
            ),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "expectedIdentities": ["x"]}),
                "spec.expectedIdentities: ",
            ),
            (json!({"type": "DeclaredExpiry", "expirationTime": "9999-01-01T00:00:00Z"}), "spec.expirationTime: "),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "expirationTime": "2030-01-01T00:00:00Z"}),
                "spec.expirationTime: ",
            ),
        ] {
            let wrong = broken(spec.clone());
            assert_eq!(wrong.len(), 1, "{spec}: {wrong:?}");
            assert!(wrong[0].starts_with(path), "{spec}: {wrong:?}");
        }
    }
}
