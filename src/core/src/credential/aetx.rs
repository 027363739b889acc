//! Reads Windows Phone enrollment tokens (.aetx): provisioning XML around a token in base64.
//!
//! The format of the inner token is not documented, so no date is read from the token. No identity is read either: no
//! document states that the enterprise number near the token equals the Publisher ID.

use quick_xml::XmlVersion;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::base64_text;
use super::breakage::{Breakage, Flaw};
use super::read_problem::{Limit, ReadProblem};
use super::x509::hex;
use crate::api::status::{CredentialFacts, Format};

const TOKEN: &str = "EnrollmentToken";
/// The maximum nesting depth of XML elements.
const MAX_DEPTH: usize = 32;
/// The minimum length of a token in bytes. The published hash of a shorter token could reveal the token.
const MIN_TOKEN: usize = 16;

/// Returns the facts of an enrollment token. The fingerprint is the hash of the decoded token.
pub(super) fn read(text: &[u8]) -> Result<CredentialFacts, ReadProblem> {
    let flaw = |flaw| ReadProblem::Malformed(Breakage::EnrollmentToken(flaw));
    let token = token(text)?.ok_or(flaw(Flaw::Lacks(TOKEN)))?;
    let token = base64_text::decode(token.as_bytes()).filter(|token| token.len() >= MIN_TOKEN);
    let token = token.ok_or(flaw(Flaw::Unreadable(TOKEN)))?;
    Ok(CredentialFacts {
        fingerprint: Some(hex(&Sha256::digest(token.as_slice()))),
        format: Some(Format::AETX),
        ..CredentialFacts::default()
    })
}

/// Returns the value of the `EnrollmentToken` parm below the `EnterpriseAppManagement` characteristic. Two different
/// values are an error. Entities that the document itself declares are never expanded.
fn token(text: &[u8]) -> Result<Option<Zeroizing<String>>, ReadProblem> {
    let broken = ReadProblem::Malformed(Breakage::EnrollmentToken(Flaw::Broken));
    let text = std::str::from_utf8(text).map_err(|_| broken)?;
    let mut reader = Reader::from_str(text);
    let (mut depth, mut below) = (0_usize, None);
    let mut found: Option<Zeroizing<String>> = None;
    loop {
        match reader.read_event().map_err(|_| broken)? {
            Event::Start(element) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(ReadProblem::Limit(Limit::Nesting));
                }
                if below.is_none() && is(&element, "characteristic", "type", "EnterpriseAppManagement") {
                    below = Some(depth);
                }
                take(&element, below.is_some(), &mut found)?;
            }
            Event::Empty(element) => take(&element, below.is_some(), &mut found)?,
            Event::End(_) => {
                below = below.filter(|start| *start < depth);
                depth = depth.saturating_sub(1);
            }
            Event::Eof if depth == 0 => return Ok(found),
            Event::Eof => return Err(broken),
            _ => {}
        }
    }
}

/// Stores the token in `found`, if the element contains the token.
fn take(element: &BytesStart<'_>, below: bool, found: &mut Option<Zeroizing<String>>) -> Result<(), ReadProblem> {
    if !below || !is(element, "parm", "name", TOKEN) {
        return Ok(());
    }
    let Some(value) = attribute(element, "value").filter(|value| !value.trim().is_empty()) else {
        return Ok(());
    };
    if found.as_ref().is_some_and(|known| **known != *value) {
        return Err(ReadProblem::Malformed(Breakage::EnrollmentToken(Flaw::Twice(TOKEN))));
    }
    *found = Some(value);
    Ok(())
}

/// True if the element has this name, and this attribute with this value. Letter case is ignored.
fn is(element: &BytesStart<'_>, name: &str, key: &str, value: &str) -> bool {
    element.local_name().as_ref().eq_ignore_ascii_case(name)
        && attribute(element, key).is_some_and(|found| found.trim().eq_ignore_ascii_case(value))
}

/// Returns the value of an attribute, with its character references resolved.
fn attribute(element: &BytesStart<'_>, key: &str) -> Option<Zeroizing<String>> {
    let is_named = |attribute: &Attribute<'_>| attribute.key.local_name().as_ref().eq_ignore_ascii_case(key);
    let attribute = element.attributes().with_checks(false).flatten().find(is_named)?;
    attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(|value| Zeroizing::new(value.into_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const VALUE: &str = "AAECAwQFBgcICQoLDA0ODw==";

    fn document(inner: &str) -> String {
        format!(
            "<wap-provisioningdoc><characteristic type='EnterpriseAppManagement'>{inner}</characteristic></wap-provisioningdoc>"
        )
    }

    #[test]
    fn order_quotes_case_and_depth_do_not_matter() {
        let plain = read(document(&format!("<parm name=\"EnrollmentToken\" value=\"{VALUE}\"/>")).as_bytes()).unwrap();
        for inner in [
            format!("<parm value='{VALUE}' datatype='string' name='EnrollmentToken'></parm>"),
            format!("<PARM NAME='enrollmenttoken' VALUE=\"{VALUE}\" />"),
            format!("<characteristic type='1'><parm name='EnrollmentToken' value='{VALUE}'/></characteristic>"),
            format!("<!-- a --><parm name='EnrollmentToken' value='{}'/>", VALUE.replace('=', "&#61;")),
            "<parm name='EnrollmentToken' value='AAECAwQF\n  BgcICQoLDA0ODw'/>".to_owned(),
            format!("<parm name='StoreUri' value=''/><parm name='EnrollmentToken' value='{VALUE}'/>"),
        ] {
            assert_eq!(read(document(&inner).as_bytes()).unwrap(), plain, "{inner}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let parm = format!("<parm name='EnrollmentToken' value='{VALUE}'/>");
        let other = "<parm name='EnrollmentToken' value='AAAAAAAAAAAAAAAAAAAAAA=='/>";
        for (text, flaw) in [
            (document(""), Flaw::Lacks(TOKEN)),
            (format!("<wap-provisioningdoc>{parm}</wap-provisioningdoc>"), Flaw::Lacks(TOKEN)),
            (document("<parm name='EnrollmentToken' value='AAEC'/>"), Flaw::Unreadable(TOKEN)),
            (document("<parm name='EnrollmentToken' value='hunter2!'/>"), Flaw::Unreadable(TOKEN)),
            (document(&format!("{parm}{other}")), Flaw::Twice(TOKEN)),
            (document(&parm).replace("</wap-provisioningdoc>", ""), Flaw::Broken),
            (document(&parm.replace('/', "")), Flaw::Broken),
        ] {
            assert_eq!(read(text.as_bytes()), Err(ReadProblem::Malformed(Breakage::EnrollmentToken(flaw))), "{text}");
        }
        let deep = format!("<a>{}", "<a>".repeat(40));
        assert_eq!(read(deep.as_bytes()), Err(ReadProblem::Limit(Limit::Nesting)));
    }

    #[test]
    fn entities_of_its_own_are_not_expanded() {
        let bomb = "<!DOCTYPE a [<!ENTITY a \"AAECAwQFBgcICQoLDA0ODw==\"><!ENTITY b \"&a;&a;&a;\">]>";
        let text = format!("{bomb}{}", document("<parm name='EnrollmentToken' value='&b;'/>"));
        assert!(read(text.as_bytes()).is_err());
    }
}
