//! Checks names of objects and namespaces by the rules of the API server.

/// Maximum length of an object's name: a DNS subdomain name (Kubernetes documentation, "Object Names and IDs").
const MAX_NAME: usize = 253;
/// Maximum length of a namespace's name: an RFC 1123 label.
const MAX_LABEL: usize = 63;

/// Returns the name if an object can have this name.
///
/// # Errors
/// Returns a sentence with the rules for names of objects if the name breaks them.
pub fn object(name: &str) -> Result<String, String> {
    if name.len() <= MAX_NAME && name.split('.').all(is_label) {
        return Ok(name.to_owned());
    }
    Err(format!(
        "a name has at most {MAX_NAME} of a-z, 0-9, - and ., and each part between dots begins and ends with a-z or 0-9"
    ))
}

/// Returns the name if a namespace can have this name.
///
/// # Errors
/// Returns a sentence with the rules for names of namespaces if the name breaks them.
pub fn namespace(name: &str) -> Result<String, String> {
    if name.len() <= MAX_LABEL && is_label(name) {
        return Ok(name.to_owned());
    }
    Err(format!("a namespace has at most {MAX_LABEL} of a-z, 0-9 and -, and begins and ends with a-z or 0-9"))
}

/// True if the API server accepts this key of a Secret (`IsConfigMapKey` in k8s.io/apimachinery).
pub fn is_secret_key(key: &str) -> bool {
    matches!(key.len(), 1..=MAX_NAME) && key.chars().all(is_of_secret_key) && key != "." && !key.starts_with("..")
}

/// Converts the name of a file to a key that the API server accepts in a Secret.
pub fn to_secret_key(name: &str) -> String {
    let mut key: String = name.chars().map(|c| if is_of_secret_key(c) { c } else { '-' }).take(MAX_NAME).collect();
    if !is_secret_key(&key) {
        key = format!("file{}", key.trim_start_matches('.'));
    }
    key
}

fn is_of_secret_key(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn is_label(label: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !label.is_empty() && label.chars().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_the_api_server_takes_them() {
        for right in ["a", "acme-prod", "a.b-c.d", "0", &"a".repeat(253)] {
            assert_eq!(object(right), Ok(right.to_owned()));
        }
        for wrong in ["", ".", "a.", ".a", "a..b", "a.-b", "a-.b", "A", "a_b", "a b", "ä", "a/b", &"a".repeat(254)] {
            assert!(object(wrong).is_err(), "{wrong}");
        }
        assert_eq!(namespace("mdm-2"), Ok("mdm-2".to_owned()));
        for wrong in ["", "a.b", "-a", "a-", "Mdm", &"a".repeat(64)] {
            assert!(namespace(wrong).is_err(), "{wrong}");
        }
    }
}
