//! The lines on which the items of a list begin, where its text shows them.

/// The lines, counted from that of the text, at which `count` items begin: none where the text is of another form than
/// tools write, so that no line is ever a wrong one.
pub fn lines(text: &str, count: usize) -> Option<Vec<usize>> {
    let mut lines = text.lines().enumerate();
    // The fields of the list itself stand the farthest to the left.
    let outer = text.lines().find(|line| line.trim_start().starts_with('"')).map(column).unwrap_or_default();
    let (_, head) = lines.find(|(_, line)| is_head(line, outer))?;
    // JSON as it is indented by every tool, or a block of YAML; in both no part of an item stands so far to the left.
    let is_json = head.trim_start().starts_with('"');
    let mut indent = None;
    let mut found = Vec::with_capacity(count);
    for (number, line) in lines {
        let content = line.trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let column = column(line);
        let begins = if is_json { content.starts_with('{') } else { content == "-" || content.starts_with("- ") };
        match indent {
            None if begins => indent = Some(column),
            None => return None,
            Some(indent) if column < indent || column == indent && !is_json && !begins => break,
            Some(_) => {}
        }
        if begins && indent == Some(column) {
            found.push(number);
        }
    }
    (found.len() == count).then_some(found)
}

/// Whether the list begins on this line.
fn is_head(line: &str, outer: usize) -> bool {
    let end = line.trim_end();
    let end = end.split_once(" #").map_or(end, |(end, _)| end.trim_end());
    end == "items:" || end.trim_start() == "\"items\": [" && column(line) == outer
}

fn column(line: &str) -> usize {
    line.len() - line.trim_start().len()
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
    fn no_line_is_guessed() {
        for text in
            ["items: [{a: 1}, {b: 1}]\n", "{\"items\": [{\n}, {\n}]}", "items:\n- a\n", "items:\n a\n", "x: 1\n"]
        {
            assert_eq!(lines(text, 2), None, "{text}");
        }
    }
}
