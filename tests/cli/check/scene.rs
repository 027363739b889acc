//! Provides a folder with every kind of input that `check` can find, including hostile input.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;

use crate::check::{credential, declared, declared_until, folder, pem, secret};

/// Values of a TenantCredential that an output format could interpret as its own markup or commands.
pub const HOSTILE: [&str; 2] = [
    "@acme/all <script>alert(1)</script> | ```` [x](https://evil.example) ![y](//evil.example/z) &lt;b&gt; ]]> www.evil.example #1",
    "x%0A::error::no ::set-output name=a::b ##[error]no ##vso[task.setvariable]no \u{85}\u{202e}\u{9b}2J <!-- `` | @mention",
];

/// The date of the run.
pub const AT: [&str; 2] = ["--at", "2035-12-10"];

/// Returns a VPP content token in the encoding of a Secret's data.
fn token(inner: &str) -> String {
    let inner = STANDARD.encode(inner.repeat(8));
    let json = format!(r#"{{"token":"{inner}","expDate":"2040-01-01T00:00:00+0000","orgName":"Acme"}}"#);
    STANDARD.encode(STANDARD.encode(json))
}

fn vpp(name: &str) -> String {
    let tenant = credential(name, "VPPToken", name).replace("spec: {", "spec: {tenantRef: {name: acme-prod}, ");
    [tenant, secret(name, &format!("data: {{sToken: {}}}", token("same-token")))].join("---\n")
}

/// Quotes a text for YAML and escapes everything but printable ASCII.
fn quoted(text: &str) -> String {
    let letter = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    format!("\"{}\"", text.chars().map(letter).collect::<String>())
}

/// Creates the folder.
pub fn scene() -> TempDir {
    let owner = format!(
        "spec: {{owner: {{account: {}, contact: {}, runbookURL: \"https://wiki.acme.example/<b>*?a=1&b='2'|\\\"\"}}, tenantRef: {{name: acme-prod}}, ",
        quoted(HOSTILE[0]),
        quoted(HOSTILE[1])
    );
    let apns = credential("acme-apns", "APNsCertificate", "acme-apns").replace("spec: {", &owner);
    let push =
        secret("acme-apns", &format!("stringData: {{push.pem: {}, push.key: {}}}", pem("CERTIFICATE"), pem("PRIVATE")));
    let tenant = "apiVersion: lapsewatch.dev/v1alpha1\nkind: MDMTenant\nmetadata: {name: acme-prod, namespace: acme}\nspec: {requiredCredentials: [DEPToken], supportAccount: \"3001\"}\n";
    let sealed = "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: sealed, namespace: acme}\nspec: {encryptedData: {push.pem: AgBy8hC}}\n";
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n- {}- {}",
        declared("contract").replace("2031", "2037").replace('\n', "\n  ").trim_end_matches(' '),
        declared_until("soon-enough", "2036-01-20T00:00:00Z").replace('\n', "\n  ").trim_end_matches(' '),
    );
    folder(&[
        ("apns.yaml", &[apns, push, tenant.to_owned()].join("---\n")),
        ("lists/all.yaml", &list),
        (
            "read/wrong.yaml",
            &[credential("wrong", "X509Certificate", "wrong"), secret("wrong", "stringData: {a: hello}")].join("---\n"),
        ),
        ("read/lapsed.yaml", &declared_until("lapsed", "2035-12-01T00:00:00Z")),
        ("a b/v,p:p#%20ä.yaml", &[vpp("acme-apps"), vpp("acme-books")].join("---\n")),
        ("sealed.yaml", &[credential("sealed", "APNsCertificate", "sealed"), sealed.to_owned()].join("---\n")),
        ("bad/spec.yaml", &credential("bad", "X509Certificate", "bad").replace("secretRef", "secretReff")),
        ("bad/broken.yaml", "kind: TenantCredential\n\tx: 1\n"),
        ("bad/template.yaml", "replicas: {{ .Values.replicas }}\n{{- end }}\n"),
    ])
}
