//! Evaluates the schema's CEL rules. Each result is cached by the fields that the rule uses. Thousands of manifests
//! often have the same values in these fields and differ only in other fields.

use std::cell::RefCell;
use std::collections::HashMap;

use kube::core::cel::{CompiledSchema, ErrorKind, Validator, compile_schema};
use serde_json::Value;

/// The schema's keyword for CEL rules.
const RULES: &str = "x-kubernetes-validations";

/// A CEL rule that a value violates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CelViolation {
    /// The path of the field to which the rule assigns the violation (`fieldPath` of the rule).
    pub path: String,
    /// The kind of failure: the rule is violated, or the rule can't be evaluated.
    pub kind: ErrorKind,
    /// The reason that the rule declares, as in the Kubernetes API.
    pub reason: Option<String>,
    /// The rule's own message, or the evaluator's message, which might quote the value.
    pub message: String,
}

/// The compiled rules of a schema and all its subschemas.
pub struct CelRules {
    validator: Validator,
    root: Node,
}

/// The rules of one field of the schema, and of the fields and items inside this field.
struct Node {
    own: Option<Own>,
    properties: Vec<(String, Node)>,
    items: Option<Box<Node>>,
}

struct Own {
    compiled: CompiledSchema,
    /// The source text of these rules. A field whose name does not occur in this text has no effect on the rules and is
    /// left out of the cache key.
    text: String,
    tried: RefCell<HashMap<String, Vec<CelViolation>>>,
}

impl CelRules {
    /// Compiles the rules of a schema.
    pub fn compile(schema: &Value) -> Self {
        let root = Node::compile(schema).unwrap_or(Node { own: None, properties: Vec::new(), items: None });
        Self { validator: Validator::new(), root }
    }

    /// Returns the rules that a value violates. `path` is the path of the value in the object, such as `spec`.
    pub fn broken(&self, value: &Value, path: &str) -> Vec<CelViolation> {
        let mut all = Vec::new();
        self.root.hold(&self.validator, value, path, &mut all);
        all
    }

    /// Returns the number of rules, and the number of rules that can't be compiled.
    #[cfg(test)]
    pub fn count(&self) -> (usize, usize) {
        self.root.count()
    }
}

impl Node {
    /// Compiles the rules of a field and of everything inside this field. None if there are no rules.
    fn compile(schema: &Value) -> Option<Self> {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let properties: Vec<_> =
            properties.filter_map(|(name, schema)| Some((name.clone(), Self::compile(schema)?))).collect();
        let items = schema.get("items").and_then(Self::compile).map(Box::new);
        let own = schema.get(RULES).map(|rules| {
            let mut alone = schema.clone();
            if let Some(fields) = alone.as_object_mut() {
                fields.remove(RULES);
                fields.values_mut().for_each(without_rules);
                fields.insert(RULES.to_owned(), rules.clone());
            }
            Own { compiled: compile_schema(&alone), text: rules.to_string(), tried: RefCell::default() }
        });
        (own.is_some() || items.is_some() || !properties.is_empty()).then_some(Self { own, properties, items })
    }

    fn hold(&self, validator: &Validator, value: &Value, path: &str, all: &mut Vec<CelViolation>) {
        if let Some(own) = &self.own {
            let of = |broken: CelViolation| {
                let dot = if broken.path.is_empty() || broken.path.starts_with('.') { "" } else { "." };
                CelViolation { path: format!("{path}{dot}{}", broken.path), ..broken }
            };
            all.extend(own.hold(validator, value).into_iter().map(of));
        }
        for (name, node) in &self.properties {
            if let Some(value) = value.get(name) {
                node.hold(validator, value, &format!("{path}.{name}"), all);
            }
        }
        if let (Some(node), Value::Array(items)) = (&self.items, value) {
            for (index, item) in items.iter().enumerate() {
                node.hold(validator, item, &format!("{path}[{index}]"), all);
            }
        }
    }

    #[cfg(test)]
    fn count(&self) -> (usize, usize) {
        let own = self
            .own
            .as_ref()
            .map_or((0, 0), |own| (own.compiled.validations.len(), own.compiled.compilation_errors().len()));
        let below = self.properties.iter().map(|(_, node)| node).chain(self.items.as_deref()).map(Self::count);
        below.fold(own, |sum, more| (sum.0 + more.0, sum.1 + more.1))
    }
}

impl Own {
    fn hold(&self, validator: &Validator, value: &Value) -> Vec<CelViolation> {
        let seen = match value {
            Value::Object(fields) => {
                let named = fields.iter().filter(|(name, _)| self.text.contains(name.as_str()));
                Value::Object(named.map(|(name, value)| (name.clone(), value.clone())).collect())
            }
            value => value.clone(),
        };
        let same = seen.to_string();
        if let Some(known) = self.tried.borrow().get(&same) {
            return known.clone();
        }
        let errors = validator.validate_compiled(&self.compiled, &seen, None).err();
        let errors = errors.iter().flat_map(|errors| errors.iter());
        let broken: Vec<CelViolation> = errors
            .map(|error| CelViolation {
                path: error.field_path.clone(),
                kind: error.kind.clone(),
                reason: error.reason.clone(),
                message: error.message.clone(),
            })
            .collect();
        self.tried.borrow_mut().insert(same, broken.clone());
        broken
    }
}

fn without_rules(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove(RULES);
            fields.values_mut().for_each(without_rules);
        }
        Value::Array(items) => items.iter_mut().for_each(without_rules),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifests::rules::spec_of;
    use serde_json::json;

    /// Evaluates all rules on the whole value at once, as a reference for the results of this module, which divides the
    /// value and caches.
    fn at_once(schema: &Value, value: &Value) -> Vec<(String, String)> {
        let whole = json!({"type": "object", "properties": {"spec": schema}});
        let errors = Validator::new().validate_compiled(&compile_schema(&whole), &json!({"spec": value}), None).err();
        let errors = errors.iter().flat_map(|errors| errors.iter());
        let mut all: Vec<_> = errors.map(|error| (error.field_path.clone(), error.message.clone())).collect();
        all.sort();
        all
    }

    #[test]
    fn what_is_tried_in_parts_and_once_is_what_is_tried_whole() {
        let schema = spec_of("tenantcredentials.yaml");
        let rules = CelRules::compile(&schema);
        let mut broken_ones = 0;
        for type_ in ["APNsCertificate", "VPPToken", "DEPToken", "X509Certificate", "DeclaredExpiry"] {
            for more in [
                json!({}),
                json!({"secretRef": {"name": "a"}}),
                json!({"secretRef": {"name": "b"}, "warnBeforeDays": [30, 7], "owner": {"contact": "x"}}),
                json!({"warnBeforeDays": [7, 30], "expirationTime": "9999-01-01T00:00:00Z"}),
                json!({"warnBeforeDays": [7, 7], "mutedUntil": "9999-01-01T00:00:00Z", "secretRef": {"name": "a"}}),
                json!({"expectedIdentities": ["x"], "vppToken": {"override": "Enabled"}, "expirationTime": "2030-01-01T00:00:00Z"}),
            ] {
                let mut spec = more;
                spec["type"] = type_.into();
                let whole = at_once(&schema, &spec);
                // The second pass reads the cache, which must return the same results.
                for _ in 0..2 {
                    let mut parts: Vec<_> =
                        rules.broken(&spec, "spec").into_iter().map(|one| (one.path, one.message)).collect();
                    parts.sort();
                    assert_eq!(parts, whole, "{spec}");
                }
                broken_ones += whole.len();
            }
        }
        assert!(broken_ones > 20, "{broken_ones}");
        let days = json!({"warnBeforeDays": {"VPPToken": [1, 2], "DEPToken": [3, 3], "APNsCertificate": [9, 8]}});
        let schema = spec_of("mdmtenants.yaml");
        let parts = CelRules::compile(&schema).broken(&days, "spec").into_iter().map(|one| (one.path, one.message));
        let mut parts: Vec<_> = parts.collect();
        parts.sort();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts, at_once(&schema, &days));
    }
}
