//! Writes the manifests as YAML.
//!
//! No serializer is used, for two reasons. A serializer leaves copies of a Secret's values in memory. It also leaves
//! words such as `on` unquoted, which kubectl reads as a boolean and not as text.

use std::fmt::Write as _;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::secret::SecretEntry;
use lapsewatch_core::api::{GROUP, TenantCredentialSpec, VERSION};

/// Words that some YAML parsers read as a boolean or as null (YAML 1.1 types "bool" and "null").
const RESERVED: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// The name and namespace of an object.
#[derive(Clone, Copy)]
pub(super) struct ManifestMeta<'a> {
    pub name: &'a str,
    pub namespace: Option<&'a str>,
}

/// Writes the Secret.
pub(super) fn secret(metadata: ManifestMeta<'_>, entries: &[SecretEntry<'_>], out: &mut dyn Write) -> io::Result<()> {
    head("v1", "Secret", metadata, out)?;
    writeln!(out, "type: Opaque\ndata:")?;
    for entry in entries {
        let bytes = entry.bytes.expose();
        // The string gets its capacity at once, because a string that grows leaves copies of the value in freed memory.
        let mut value = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
        STANDARD.encode_string(bytes, &mut value);
        writeln!(out, "  {}: {}", scalar(&entry.key), *value)?;
    }
    Ok(())
}

/// Writes the TenantCredential, with the fields that `new` sets.
pub(super) fn credential(
    metadata: ManifestMeta<'_>,
    spec: &TenantCredentialSpec,
    out: &mut dyn Write,
) -> io::Result<()> {
    head(&format!("{GROUP}/{VERSION}"), "TenantCredential", metadata, out)?;
    writeln!(out, "spec:\n  type: {}", spec.type_)?;
    if let Some(tenant) = &spec.tenant_ref {
        writeln!(out, "  tenantRef:\n    name: {}", scalar(&tenant.name))?;
    }
    if let Some(secret) = &spec.secret_ref {
        writeln!(out, "  secretRef:\n    name: {}", scalar(&secret.name))?;
        field("passwordKey", secret.password_key.as_deref(), out)?;
    }
    if let Some(pins) = &spec.expected_identities {
        writeln!(out, "  expectedIdentities:")?;
        for pin in pins {
            writeln!(out, "    - {}", scalar(pin))?;
        }
    }
    if let Some(owner) = &spec.owner {
        writeln!(out, "  owner:")?;
        field("account", owner.account.as_deref(), out)?;
        field("contact", owner.contact.as_deref(), out)?;
        field("runbookURL", owner.runbook_url.as_deref(), out)?;
    }
    Ok(())
}

fn head(version: &str, kind: &str, metadata: ManifestMeta<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {}", scalar(metadata.name))?;
    match metadata.namespace {
        Some(namespace) => writeln!(out, "  namespace: {}", scalar(namespace)),
        None => Ok(()),
    }
}

fn field(name: &str, value: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    value.map_or(Ok(()), |value| writeln!(out, "    {name}: {}", scalar(value)))
}

/// Returns a scalar that every YAML parser reads as this text. Only a simple word that no parser reads as a number, a
/// date, a boolean or null stays unquoted.
fn scalar(text: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '@');
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(is_bare);
    if is_name && !RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            letter if letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_are_bare_and_what_may_be_another_thing_is_quoted() {
        for bare in ["acme-prod", "push.pem", "mdm@acme.example", "mdm", "com.apple.mgmt.External.1"] {
            assert_eq!(scalar(bare), bare);
        }
        for quoted in
            ["on", "y", "null", "False", "123", "1e3", "0x1f", "2030-01-01", "-a", "~", "", "a b", ".inf", "#a"]
        {
            assert_eq!(scalar(quoted), format!("\"{quoted}\""));
        }
    }

    #[test]
    fn every_text_is_read_back_as_it_was() {
        for text in ["\"\\", "a: b #c", "Müller\u{85}\u{2028}x\u{feff}", "'", "\u{7f}\n\t", "{a}", "- a", "a\u{fffd}"]
        {
            let back: String = serde_norway::from_str(&scalar(text)).unwrap();
            assert_eq!(back, text);
        }
    }
}
