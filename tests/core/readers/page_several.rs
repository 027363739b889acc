//! The section of docs/formats.md on several files in one Secret, as cert-manager and people store them.

use lapsewatch_core::secret::SecretData;

use crate::readers::page::Table;
use crate::readers::*;

type Row = (&'static str, CredentialType, &'static [(&'static str, &'static str)]);

/// The Secret of a row whose name begins with "of type TLS" has the type kubernetes.io/tls.
const ROWS: [Row; 31] = [
    ("of type TLS", X509Certificate, &[("tls.crt", "x509/rsa.pem"), ("tls.key", "x509/rsa.key")]),
    (
        "of type TLS, chain",
        X509Certificate,
        &[("tls.crt", "x509/chain.pem"), ("tls.key", "x509/rsa.key"), ("ca.crt", "x509/ca.pem")],
    ),
    (
        "of type TLS, keystore",
        X509Certificate,
        &[
            ("tls.crt", "x509/chain.pem"),
            ("tls.key", "x509/rsa.key"),
            ("ca.crt", "x509/ca.pem"),
            ("keystore.p12", "wrong/keystore.p12"),
        ],
    ),
    (
        "of type TLS, too costly a keystore",
        APNsCertificate,
        &[
            ("tls.crt", "apns/a.pem"),
            ("tls.key", "apns/a.key"),
            ("ca.crt", "x509/ca.pem"),
            ("keystore.p12", "containers/p12/too-costly.p12"),
        ],
    ),
    ("of type TLS, another leaf", X509Certificate, &[("tls.crt", "x509/rsa.pem"), ("a.crt", "x509/other.pem")]),
    (
        "of type TLS, not issued yet",
        X509Certificate,
        &[("tls.crt", "wrong/empty"), ("tls.key", "x509/rsa.key"), ("ca.crt", "x509/ca.pem")],
    ),
    ("Java keystore", X509Certificate, &[("keystore.jks", "wrong/keystore.jks"), ("ca.crt", "x509/ca.pem")]),
    ("only a CA's", X509Certificate, &[("ca.crt", "x509/ca.pem")]),
    ("only a CA's and a private key", X509Certificate, &[("ca.crt", "x509/ca.pem"), ("tls.key", "x509/rsa.key")]),
    ("two leaves", X509Certificate, &[("a", "x509/rsa.pem"), ("b", "x509/ec.pem")]),
    (
        "two leaves, the key of one",
        X509Certificate,
        &[("a", "x509/rsa.pem"), ("b", "x509/ec.pem"), ("key", "x509/ec-sec1.key")],
    ),
    ("private key of another", X509Certificate, &[("tls.crt", "x509/rsa.pem"), ("tls.key", "x509/ec-pkcs8.key")]),
    ("pair", APNsCertificate, &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key"), ("note", "wrong/note.txt")]),
    ("private key of another", APNsCertificate, &[("push.pem", "apns/a.pem"), ("push.key", "apns/other.key")]),
    (
        "two private keys",
        APNsCertificate,
        &[("push.pem", "apns/a.pem"), ("a.key", "apns/other.key"), ("b.key", "apns/a.key")],
    ),
    ("the same in two forms", APNsCertificate, &[("a.der", "apns/a.der"), ("a.pem", "apns/a.pem")]),
    ("old and new", APNsCertificate, &[("old", "apns/a.pem"), ("new", "apns/a-renewed.pem"), ("key", "apns/a.key")]),
    ("two topics, the key of one", APNsCertificate, &[("a", "apns/a.pem"), ("b", "apns/b.pem"), ("key", "apns/b.key")]),
    (
        "pair and keystore",
        APNsCertificate,
        &[("push.pem", "apns/a.pem"), ("push.key", "apns/a.key"), ("push.p12", "apns/a.p12")],
    ),
    ("keystore and a CA's", APNsCertificate, &[("push.p12", "apns/a.p12"), ("ca.crt", "x509/ca.pem")]),
    ("an app's beside it", APNsCertificate, &[("app.pem", "apns/app-push.pem"), ("push.pem", "apns/a.pem")]),
    ("request and private key", APNsCertificate, &[("push.csr", "wrong/request.csr"), ("push.key", "apns/a.key")]),
    ("the same in two forms", VPPToken, &[("a", "vpp/a.vpptoken"), ("b", "vpp/a-pretty.json")]),
    ("two tokens", VPPToken, &[("a", "vpp/a.vpptoken"), ("b", "vpp/b.vpptoken")]),
    ("a DEP token beside it", VPPToken, &[("a", "vpp/a.vpptoken"), ("b", "dep/a.json")]),
    (
        "encrypted, key and certificate",
        DEPToken,
        &[("token.p7m", "dep/a.p7m"), ("server.key", "dep/server.key"), ("server.pem", "dep/server.pem")],
    ),
    ("encrypted, certificate only", DEPToken, &[("token.p7m", "dep/a.p7m"), ("server.pem", "dep/server.pem")]),
    (
        "encrypted and decrypted",
        DEPToken,
        &[("token.p7m", "dep/a.p7m"), ("server.key", "dep/server.key"), ("token.json", "dep/a.json")],
    ),
    ("old and new", DEPToken, &[("old", "dep/a.json"), ("new", "dep/renewed.json")]),
    (
        "certificate and enrollment token",
        WindowsSymantecCertificate,
        &[("code.pem", "symantec/a.pem"), ("app.aetx", "symantec/a.aetx")],
    ),
    (
        "keystore and enrollment token",
        WindowsSymantecCertificate,
        &[("code.pfx", "symantec/a.pfx"), ("app.aetx", "symantec/a.aetx")],
    ),
];

fn cell(read: Result<CredentialFacts, Failure>) -> String {
    match read {
        Ok(facts) => {
            let private_key = key(&facts).1.map(|name| format!(" with key {name}")).unwrap_or_default();
            format!("key {}{private_key}: {:?}, {:?}", credential_key(&facts), facts.format.unwrap(), facts.key_match)
        }
        Err(failure) => {
            let words = failure.message.split("; ").next().unwrap();
            format!("{}: {words}", failure.reason.as_str())
        }
    }
}

pub fn section() -> String {
    let mut table = Table::of(&["Secret", "type", "files"], &["what is read"]);
    for (name, type_, values) in ROWS {
        let type_of_secret = name.starts_with("of type TLS").then(|| "kubernetes.io/tls".to_owned());
        let data = SecretData { type_: type_of_secret, ..files(values) };
        let listed: Vec<_> = values.iter().map(|(key, file)| format!("{key}: {file}")).collect();
        table.row(&format!("{name} / {} / {}", type_.as_str(), listed.join(", ")), vec![cell(read(type_, &data))]);
    }
    format!(
        "## Several files in one Secret\n\nWithout `key`, `privateKeyKey` and `passwordKey` in `spec.secretRef`.\n\n{table}\n"
    )
}
