//! Converts unquoted scalars that kubectl does not read as strings. kubectl reads YAML 1.1, in which `yes` is true and
//! `0123` is a number. The parser of this crate reads YAML 1.2, in which these two texts are strings.

use std::cell::OnceCell;
use std::collections::HashMap;

use serde_json::Value;

/// Returns the value that kubectl reads from an unquoted text. None if kubectl reads a string too.
fn in_yaml_1_1(text: &str) -> Option<Value> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Some(Value::Bool(true)),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Some(Value::Bool(false)),
        _ => {}
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    // Only numbers with a leading zero differ: other numbers are numbers in YAML 1.2 too. The value 0 suffices, because
    // only the type matters.
    let is_one = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| Value::from(0))
}

/// Replaces each string that kubectl reads as a boolean or a number by the value that kubectl reads. `written` is the
/// text of the document, which shows the quotes.
pub fn as_kubectl_takes_them(value: &mut Value, written: &str) {
    replace(value, &OnceCell::new(), written);
}

fn replace<'t>(value: &mut Value, plain: &OnceCell<HashMap<ScalarField<'t>, bool>>, written: &'t str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, plain, written)),
        Value::Object(fields) => {
            for (name, field) in fields {
                let Some((text, other)) = field.as_str().and_then(|text| Some((text, in_yaml_1_1(text)?))) else {
                    replace(field, plain, written);
                    continue;
                };
                if plain.get_or_init(|| fields_of(written)).get(&(name, text)) == Some(&true) {
                    *field = other;
                }
            }
        }
        _ => {}
    }
}

/// A field's name and its text.
type ScalarField<'t> = (&'t str, &'t str);

/// Finds the fields whose text kubectl reads as a boolean or a number, if the text is not quoted. The map's value is
/// true if no occurrence of the same name and text is quoted.
fn fields_of(written: &str) -> HashMap<ScalarField<'_>, bool> {
    let mut found = HashMap::new();
    for (at, _) in written.match_indices(':') {
        let (before, after) = (written.get(..at).unwrap_or_default(), written.get(at + 1..).unwrap_or_default());
        let before = before.trim_end_matches(' ');
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        let name = before.get(before.trim_end_matches(is_of_name).len()..).unwrap_or_default();
        let after = after.trim_start_matches([' ', '\t']);
        let quoted = after.strip_prefix(['"', '\'']);
        let after = quoted.unwrap_or(after);
        let end = after.bytes().take(MOST).take_while(|byte| byte.is_ascii_alphanumeric() || b"+-".contains(byte));
        let Some((text, rest)) = after.split_at_checked(end.count()) else { continue };
        let ends = rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n', ',', '}', ']']);
        if in_yaml_1_1(text).is_some() && (quoted.is_some() || ends) {
            // If the same name and text occur both quoted and unquoted, it is unknown which occurrence became which
            // parsed field. All of these fields stay strings.
            *found.entry((name, text)).or_insert(true) &= quoted.is_none();
        }
    }
    found
}

/// The number of bytes of a scalar that are examined. The relevant words and numbers are much shorter.
const MOST: usize = 64;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(written: &str, value: Value) -> Value {
        let mut value = value;
        as_kubectl_takes_them(&mut value, written);
        value
    }

    #[test]
    fn what_stands_without_quotation_marks_is_no_text() {
        let written = "metadata: {name: 0123, namespace: yes} # a\nspec:\n  a: off\n  \"b\": N\n  c: 'on'\n  d: \"089\"\n  e: 1:30\n";
        let value = json!({"metadata": {"name": "0123", "namespace": "yes"}, "spec": {"a": "off", "b": "N", "c": "on", "d": "089", "e": "1:30"}});
        let other = json!({"metadata": {"name": 0, "namespace": true}, "spec": {"a": false, "b": false, "c": "on", "d": "089", "e": "1:30"}});
        assert_eq!(read(written, value), other);
    }

    #[test]
    fn where_it_can_not_be_told_it_is_a_text() {
        for written in
            ["a: |\n  name: yes\nname: \"yes\"\n", "name: >-\n  yes\n", "name: &a yes\n", "name: yes-sir\n", "- yes\n"]
        {
            let value = json!({"name": "yes"});
            assert_eq!(read(written, value.clone()), value, "{written}");
        }
    }
}
