//! Writes the report as JUnit XML after the schema of Jenkins, with one test case for each object.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::table::block;
use super::{Diagnostic, Gate, Origin, Report, ReportedFinding};
use crate::terminal::Paint;
use lapsewatch_core::sanitize::sanitize;

/// Writes the report.
///
/// # Errors
/// Returns an error if the report can't be written.
pub fn write(report: &Report, gate: &Gate, out: &mut dyn Write) -> io::Result<()> {
    let cases: Vec<JunitTestCase> = cases(report, gate);
    let count = |kind: &str| cases.iter().filter(|case| case.outcome == Some(kind)).count().to_string();
    let [tests, failures, errors, skipped] =
        [cases.len().to_string(), count("failure"), count("error"), count("skipped")];
    let name = format!("lapsewatch {}", report.command);
    let timestamp = report.at.format("%Y-%m-%dT%H:%M:%S").to_string();
    let totals = [("name", &*name), ("tests", &tests), ("failures", &failures), ("errors", &errors)];

    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(BytesStart::new("testsuites").with_attributes(totals)))?;
    let suite = BytesStart::new("testsuite").with_attributes(totals);
    xml.write_event(Event::Start(suite.with_attributes([("skipped", &*skipped), ("timestamp", &timestamp)])))?;
    for case in &cases {
        case.write(&mut xml)?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    xml.into_inner().write_all(b"\n")
}

/// The test case of one object.
struct JunitTestCase {
    kind: String,
    name: String,
    /// The element `failure`, `error` or `skipped`. None if the object passes.
    outcome: Option<&'static str>,
    /// The reason and message of the worst finding. None without findings.
    said: Option<(String, String)>,
    /// The object's position and all its findings.
    text: String,
}

fn cases(report: &Report, gate: &Gate) -> Vec<JunitTestCase> {
    let credentials = report.credentials.iter().map(|one| {
        let findings = ReportedFinding::of_credential(one, report, gate);
        let outcome = match gate.passes(one, report.at) {
            true => None,
            false if one.is_unreadable() => Some("error"),
            false => Some("failure"),
        };
        judged(("TenantCredential", one.key.to_string()), &one.origin, outcome, &findings)
    });
    let tenants = report.tenants.iter().map(|one| {
        let findings = ReportedFinding::of_tenant(one, gate);
        let outcome = (!gate.passes_tenant(one)).then_some("failure");
        judged(("MDMTenant", one.key.to_string()), &one.origin, outcome, &findings)
    });
    let skipped = report.skipped.iter().map(|problem| not_judged(problem, "skipped"));
    let mut all: Vec<JunitTestCase> = credentials.chain(tenants).chain(skipped).collect();
    for problem in report.not_compared.iter().chain(&report.problems) {
        let case = not_judged(problem, "error");
        match all.last_mut() {
            // Several problems with one object are joined in one test case.
            Some(last) if problem.object.is_some() && last.is_same(&case) => {
                last.text.push('\n');
                last.text.push_str(&case.text);
            }
            _ => all.push(case),
        }
    }
    all
}

fn judged(
    (kind, name): (&str, String),
    origin: &Origin,
    outcome: Option<&'static str>,
    findings: &[ReportedFinding<'_>],
) -> JunitTestCase {
    let mut text = Vec::new();
    if !findings.is_empty() {
        // Writing to a vector can't fail.
        let _ = writeln!(text, "{}", place(origin)).and_then(|()| block(findings, Paint::default(), &mut text));
    }
    let worst = findings.iter().find(|finding| finding.fails).or(findings.first());
    JunitTestCase {
        kind: kind.to_owned(),
        name,
        outcome,
        said: worst.map(|worst| (worst.reason.to_owned(), sanitize(&worst.message).into_owned())),
        text: String::from_utf8_lossy(&text).trim_end().to_owned(),
    }
}

fn place(origin: &Origin) -> String {
    match origin {
        Origin::Manifest(place) => place.to_string(),
        Origin::Cluster(context) => context.as_deref().unwrap_or_default().to_owned(),
    }
}

fn not_judged(problem: &Diagnostic, outcome: &'static str) -> JunitTestCase {
    let (kind, name) = match &problem.object {
        Some((kind, key)) => (kind.to_string(), key.to_string()),
        None => ("Manifest".to_owned(), problem.origin.to_string()),
    };
    let what = sanitize(&problem.message).into_owned();
    let text = format!("{}: {what}", problem.origin);
    JunitTestCase { kind, name, outcome: Some(outcome), said: Some(("Input".to_owned(), what)), text }
}

impl JunitTestCase {
    fn is_same(&self, other: &Self) -> bool {
        self.outcome == other.outcome && self.kind == other.kind && self.name == other.name
    }

    fn write(&self, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
        let head = BytesStart::new("testcase").with_attributes([("classname", &*self.kind), ("name", &self.name)]);
        // An object that passes can still have findings. They are written to the element `system-out` of its test case.
        let element = self.outcome.unwrap_or("system-out");
        if self.text.is_empty() {
            return xml.write_event(Event::Empty(head));
        }
        xml.write_event(Event::Start(head))?;
        let start = match &self.said {
            // Only `failure` and `error` get attributes, because the schema defines none for `system-out` and
            // `skipped`.
            Some((type_, message)) if !matches!(element, "system-out" | "skipped") => {
                BytesStart::new(element).with_attributes([("type", &**type_), ("message", message)])
            }
            _ => BytesStart::new(element),
        };
        xml.write_event(Event::Start(start))?;
        xml.write_event(Event::Text(BytesText::new(&self.text)))?;
        xml.write_event(Event::End(BytesEnd::new(element)))?;
        xml.write_event(Event::End(BytesEnd::new("testcase")))
    }
}
