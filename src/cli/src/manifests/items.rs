//! Finds the lines on which the items of a list begin, if the text's layout shows these lines.

use serde::de::IgnoredAny;

/// Returns the lines, from 0, on which the `count` items begin. None if the text has an unusual layout, in which a line
/// could be wrong.
pub fn lines(text: &str, count: usize) -> Option<Vec<usize>> {
    let found = if serde_json::from_str::<IgnoredAny>(text).is_ok() { of_json(text) } else { of_block(text) };
    found.filter(|found| found.len() == count)
}

/// Finds the items in JSON. The brackets outside strings show the beginning of each item, so only strings are parsed.
fn of_json(text: &str) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    let (mut depth, mut line, mut is_among) = (0_usize, 0, false);
    let mut last = &b""[..];
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'\n' => line += 1,
            b'"' => {
                let mut is_escaped = false;
                let end = rest.iter().position(|byte| {
                    let ends = *byte == b'"' && !is_escaped;
                    is_escaped = *byte == b'\\' && !is_escaped;
                    ends
                })?;
                (last, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
            }
            b'{' | b'[' => {
                if is_among && depth == 2 {
                    found.push(line);
                }
                // The last string before a list in an object is the list's field name.
                is_among |= depth == 1 && *byte == b'[' && last == b"items";
                depth += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if is_among && depth == 1 {
                    return Some(found);
                }
            }
            _ => {}
        }
    }
    None
}

/// Finds the items in a YAML block list. Each line of an item is indented more than the item's dash.
fn of_block(text: &str) -> Option<Vec<usize>> {
    let mut lines = text.lines().enumerate();
    lines.find(|(_, line)| is_head(line))?;
    let mut indent = None;
    let mut found = Vec::new();
    for (number, line) in lines {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let column = line.len() - content.len();
        let begins = content == "-" || content.starts_with("- ");
        match indent {
            None if begins => indent = Some(column),
            None => return None,
            Some(indent) if column < indent || column == indent && !begins => break,
            Some(_) => {}
        }
        if begins && indent == Some(column) {
            found.push(number);
        }
    }
    Some(found)
}

/// True if the list begins on this line.
fn is_head(line: &str) -> bool {
    let end = line.trim_end();
    end.split_once(" #").map_or(end, |(end, _)| end.trim_end()) == "items:"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_block_of_yaml_and_of_indented_json_have_their_lines() {
        let yaml = "apiVersion: v1\nitems:\n# one\n- a: |\n    - x\n  b:\n  - c\n-\n  d: 1\nkind: List\n- no\n";
        assert_eq!(lines(yaml, 2), Some(vec![3, 7]));
        assert_eq!(lines("kind: List\nitems: # all\n  - a: 1\n  - b: 1\n", 2), Some(vec![2, 3]));
        let json = "{\n  \"kind\": \"List\",\n  \"items\": [\n    {\n      \"a\": [\n        {}\n      ]\n    },\n    {\"b\": 1}\n  ]\n}\n";
        assert_eq!(lines(json, 2), Some(vec![3, 8]));
    }

    #[test]
    fn items_of_json_have_their_lines_however_it_is_indented() {
        assert_eq!(lines("{\"items\": [{\n}, {\n}]}", 2), Some(vec![0, 1]));
        let within = "{\n\"x\": [[], {\"items\": [{}]}],\n\"kind\": \"items\",\n\"items\": [\n{\"a\": \"\\\\\", \"b\": \"]}\\\"\", \"items\": [\n{}\n]}\n, {\n}\n]\n}";
        assert_eq!(lines(within, 2), Some(vec![4, 7]));
    }

    #[test]
    fn no_line_is_guessed() {
        for text in [
            "items: [{a: 1}, {b: 1}]\n",
            "--- {\"items\": [{\n}, {\n}]}",
            "{\"items\": [\"a\", {}]}",
            "items:\n- a\n",
            "items:\n a\n",
            "x: 1\n",
        ] {
            assert_eq!(lines(text, 2), None, "{text}");
        }
    }
}
