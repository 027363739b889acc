//! Validates specs without a cluster as the API server does, by the schema and the CEL rules of the
//! CustomResourceDefinitions. The faults use the server's words.

mod cel;
mod fault;
mod schema;

use kube::core::cel::ErrorKind;
use serde_json::Value;

use cel::CelRules;
pub use fault::{Fault, FaultKind};
use lapsewatch_core::api::crds;
use schema::Schema;

/// The compiled schema and rules of one CustomResourceDefinition.
pub struct Rules {
    spec: Schema,
    cel: CelRules,
}

impl Rules {
    /// Compiles the CustomResourceDefinition in this file of `crds/`.
    pub fn for_crd(file: &str) -> Self {
        let spec = spec_of(file);
        Self { cel: CelRules::compile(&spec), spec: Schema::new(spec) }
    }

    /// Returns the faults of a spec, sorted by field. The faults quote no values.
    pub fn broken(&self, spec: &Value) -> Vec<Fault> {
        if spec.is_null() {
            return vec![Fault::new("spec", FaultKind::Required, "")];
        }
        let spec = &without_nulls(spec);
        let mut faults = self.spec.faults(spec, "spec");
        // A rule about an invalid time can't be evaluated, which would look like a violation. The rules are therefore
        // skipped.
        let is_tried = !faults.iter().any(|fault| fault.is_blocking() || fault.is_of_time);
        if is_tried {
            // A schema fault can prevent the evaluation of a rule. If there are such faults, only rules that were
            // evaluated and violated are reported.
            let is_plain = faults.is_empty();
            let errors = self.cel.broken(spec, "spec");
            let of_rules = errors.iter().filter(|error| is_plain || error.kind == ErrorKind::ValidationFailure);
            faults.extend(of_rules.map(|error| {
                let kind = match error.reason.as_deref() {
                    Some("FieldValueRequired") => FaultKind::Required,
                    Some("FieldValueForbidden") => FaultKind::Forbidden,
                    Some("FieldValueDuplicate") => FaultKind::Duplicate,
                    _ => FaultKind::Invalid,
                };
                // An error that is not a violation has a message of the evaluator, which might quote the value.
                let is_the_rules_own = error.kind == ErrorKind::ValidationFailure;
                let message = if is_the_rules_own { error.message.as_str() } else { "a rule about it can't be tried" };
                Fault::new(&error.path, kind, message)
            }));
        }
        faults.sort();
        faults
    }
}

/// Returns the schema of the spec from the CustomResourceDefinition in this file of `crds/`.
fn spec_of(file: &str) -> Value {
    // The schema is read from the generated file, because generating it from the Rust types takes longer than checking
    // a thousand manifests.
    let crd: Value = serde_norway::from_str(crds::written(file)).unwrap_or_default();
    crd.pointer("/spec/versions/0/schema/openAPIV3Schema/properties/spec").cloned().unwrap_or_default()
}

/// Removes fields that are null, as the API server does before it validates an object.
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

#[cfg(test)]
mod tests {
    use super::*;
    use lapsewatch_core::api::limits;
    use serde_json::json;

    fn broken(spec: Value) -> Vec<String> {
        Rules::for_crd("tenantcredentials.yaml").broken(&spec).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_rule_of_the_definitions_is_understood() {
        for (file, _) in crds::all() {
            let (all, wrong) = Rules::for_crd(file).cel.count();
            assert!(all >= 6 && wrong == 0, "{file}: {wrong} of {all}");
        }
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
        assert_eq!(
            broken(spec),
            [
                "spec.expectedIdentities[1]: Duplicate value",
                "spec.mutedUntil: Invalid value: spec.mutedUntil in body must be of type date-time",
                &format!("spec.mutedUntil: Invalid value: spec.mutedUntil in body should match '{}'", limits::TIME),
                "spec.owner: Invalid value: spec.owner in body must be of type object: \"string\"",
                "spec.reminderEveryHours: Invalid value: spec.reminderEveryHours in body should be less than or equal to 8760",
                "spec.secretRef.key: Invalid value: spec.secretRef.key in body should be at least 1 chars long",
                "unknown field \"spec.secretRef.kye\"",
                "spec.secretRef.name: Invalid value: spec.secretRef.name in body should match '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$'",
                "spec.type: Unsupported value: supported values: \"APNsCertificate\", \"VPPToken\", \"DEPToken\", \"WindowsSymantecCertificate\", \"X509Certificate\", \"DeclaredExpiry\"",
                "spec.warnBeforeDays[0]: Invalid value: spec.warnBeforeDays[0] in body should be greater than or equal to 1",
                "spec.warnBeforeDays[1]: Invalid value: spec.warnBeforeDays[1] in body must be of type integer: \"number\"",
                "spec.warnBeforeDays[2]: Invalid value: spec.warnBeforeDays[2] in body must be of type integer: \"string\"",
            ]
        );
        assert_eq!(broken(json!({})), ["spec.type: Required value"]);
        assert_eq!(broken(json!({"type": null})), ["spec.type: Required value"]);
        let null = json!({"type": "DeclaredExpiry", "expirationTime": "2030-01-01T00:00:00Z", "secretRef": null});
        assert_eq!(broken(null), Vec::<String>::new());
        assert_eq!(
            broken(json!({"type": "X509Certificate", "secretRef": {}})),
            ["spec.secretRef.name: Required value"]
        );
        let many: Vec<u16> = (1..=11).rev().collect();
        let spec = json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": many});
        assert_eq!(broken(spec), ["spec.warnBeforeDays: Too many: 11: must have at most 10 items"]);
        assert_eq!(broken(Value::Null), ["spec: Required value"]);
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
            let faults = of(wrong);
            let of_form =
                |fault: &String| fault.starts_with("spec.expirationTime: Invalid value: spec.expirationTime in body ");
            assert!(!faults.is_empty() && faults.iter().all(of_form), "{wrong}: {faults:?}");
        }
    }

    #[test]
    fn the_rules_are_held_with_their_field_and_sentence() {
        for (spec, path) in [
            (json!({"type": "APNsCertificate"}), "spec.secretRef: Required value: secretRef is needed"),
            (json!({"type": "DeclaredExpiry"}), "spec.expirationTime: Required value: "),
            (
                json!({"type": "DEPToken", "secretRef": {"name": "a"}, "vppToken": {"override": "Enabled"}}),
                "spec.vppToken: Forbidden: ",
            ),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": [7, 30]}),
                "spec.warnBeforeDays: Invalid value: ",
            ),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "warnBeforeDays": [30, 30]}),
                "spec.warnBeforeDays: Invalid value: ",
            ),
            (
                json!({"type": "X509Certificate", "secretRef": {"name": "a"}, "expectedIdentities": ["x"]}),
                "spec.expectedIdentities: Forbidden: ",
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
