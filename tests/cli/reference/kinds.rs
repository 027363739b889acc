//! Tests that docs/api.md lists every field of both kinds, generated from their CustomResourceDefinitions.

use std::fmt::Write;

use lapsewatch_core::api::crds;
use serde_json::Value;

use crate::reference::{cell, hold};

#[test]
fn the_page_of_the_api_has_every_field() {
    let mut page = String::new();
    for (_, crd) in crds::all() {
        let spec = &crd["spec"];
        let version = &spec["versions"][0];
        let (kind, plural) = (text(&spec["names"]["kind"]), text(&spec["names"]["plural"]));
        let short: Vec<&str> =
            spec["names"]["shortNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let api = format!("{}/{}", text(&spec["group"]), text(&version["name"]));
        let schema = &version["schema"]["openAPIV3Schema"];
        write!(
            page,
            "## {kind}\n\n`apiVersion: {api}`, `{plural}`, short `{}`. {}\n\n",
            short.join("`, `"),
            text(&schema["description"])
        )
        .unwrap();
        let selectable = version["selectableFields"].as_array().into_iter().flatten();
        let selectable: Vec<String> =
            selectable.map(|field| format!("`{}`", text(&field["jsonPath"]).trim_start_matches('.'))).collect();
        if !selectable.is_empty() {
            write!(page, "Field selectors: {}.\n\n", selectable.join(", ")).unwrap();
        }
        for part in ["spec", "status"] {
            let schema = &schema["properties"][part];
            write!(page, "### {kind} {part}\n\n| field | type | what it is |\n|---|---|---|\n").unwrap();
            fields(&mut page, "", schema);
            page.push('\n');
            rules(&mut page, schema);
        }
    }
    hold("docs/api.md", &page);
}

fn fields(page: &mut String, path: &str, schema: &Value) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let needed = if required.contains(&name.as_str()) { ", required" } else { "" };
        writeln!(page, "| `{path}` | {}{needed} | {} |", type_of(field), cell(text(&field["description"]))).unwrap();
        let (below, path) = match field.get("items") {
            Some(items) => (items, format!("{path}[]")),
            None => (field, path),
        };
        fields(page, &path, below);
    }
}

fn type_of(field: &Value) -> String {
    if let Some(items) = field.get("items") {
        let most = field["maxItems"].as_u64().map(|most| format!(", at most {most}")).unwrap_or_default();
        return format!("list of {}{most}", type_of(items));
    }
    let values: Vec<&str> = field["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    if !values.is_empty() {
        return format!("`{}`", values.join("`, `"));
    }
    let is_time = field["format"] == "date-time";
    let mut type_ = if is_time { "time" } else { text(&field["type"]) }.to_owned();
    for (bound, words) in
        [("minimum", "from "), ("maximum", "to "), ("minLength", "at least "), ("maxLength", "at most ")]
    {
        if let Some(bound) = field.get(bound).and_then(Value::as_f64) {
            write!(type_, ", {words}{bound}").unwrap();
        }
    }
    type_
}

fn rules(page: &mut String, schema: &Value) {
    let mut messages = Vec::new();
    collect(schema, &mut messages);
    if !messages.is_empty() {
        page.push_str("Refused by the API server, and by `lapsewatch check`:\n\n");
        for message in messages {
            writeln!(page, "- {}", cell(&message)).unwrap();
        }
        page.push('\n');
    }
}

fn collect(schema: &Value, messages: &mut Vec<String>) {
    for rule in schema["x-kubernetes-validations"].as_array().into_iter().flatten() {
        let message = text(&rule["message"]).to_owned();
        if !message.is_empty() && !messages.contains(&message) {
            messages.push(message);
        }
    }
    for field in schema["properties"].as_object().into_iter().flatten().map(|(_, field)| field) {
        collect(field, messages);
    }
    if let Some(items) = schema.get("items") {
        collect(items, messages);
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
