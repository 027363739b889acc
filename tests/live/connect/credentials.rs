//! Tests of the messages for unusable credentials in a kubeconfig. The output of a credential plugin is secret.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::connect::program::{Folder, data, tls};

const SECRET: &str = "s3cr3t-of-the-plugin";

fn cluster() -> Value {
    // No process listens there. The credentials are checked before any connection.
    json!({"server": "https://127.0.0.1:1", "certificate-authority-data": data("ca.pem")})
}

#[tokio::test]
async fn a_client_certificate_of_version_1_is_named_with_the_way_to_reissue_it() {
    let folder = Folder::new();
    for user in [
        json!({"client-certificate-data": data("client-v1.pem"), "client-key-data": data("client.key")}),
        json!({"client-certificate": tls("client-v1.pem"), "client-key": tls("client.key")}),
    ] {
        let kubeconfig = folder.kubeconfig(cluster(), user);
        let ran = folder.status(&kubeconfig, &[]).await;
        ran.complains(&["client certificate", "X.509 version 1", "version 3 only", "openssl x509 -req -extfile FILE"]);
    }
    // The same certificate as X.509 version 3 is accepted, so the next error is the connection to the server.
    let user = json!({"client-certificate-data": data("client-v3.pem"), "client-key-data": data("client.key")});
    let kubeconfig = folder.kubeconfig(cluster(), user);
    folder.status(&kubeconfig, &[]).await.complains(&["127.0.0.1:1 refused the connection"]);
    // A certificate of version 1 from a credential plugin.
    let text = |name: &str| std::fs::read_to_string(tls(name)).unwrap();
    let credential = json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"clientCertificateData": text("client-v1.pem"), "clientKeyData": text("client.key")}});
    let kubeconfig = folder.kubeconfig(cluster(), plugin(&folder, &format!("cat <<'END'\n{credential}\nEND")));
    folder.status(&kubeconfig, &[]).await.complains(&["client certificate", "X.509 version 1"]);
}

/// Returns a kubeconfig user whose credentials come from this script.
fn plugin(folder: &Folder, script: &str) -> Value {
    let path = folder.write("plugin", &format!("#!/bin/sh\n{script}\n"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    exec(path.to_str().unwrap())
}

fn exec(command: &str) -> Value {
    json!({"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": command, "interactiveMode": "Never",
        "installHint": "Install it with:\n  apt install cloud-login\n"}})
}

#[tokio::test]
async fn a_plugin_that_is_not_there_is_named_with_its_hint() {
    let folder = Folder::new();
    for command in ["lapsewatch-no-such-program", "./no/such/program", "/no/such/program"] {
        let kubeconfig = folder.kubeconfig(cluster(), exec(command));
        let ran = folder.status(&kubeconfig, &[]).await;
        ran.complains(&["which the kubeconfig runs for credentials, was not found", "apt install cloud-login"]);
    }
    let kubeconfig = folder.kubeconfig(cluster(), exec("lapsewatch-no-such-program"));
    let ran = folder.run(&["run", "--kubeconfig", kubeconfig.to_str().unwrap()], &[]).await;
    ran.complains(&["the program \"lapsewatch-no-such-program\"", "was not found", "apt install cloud-login"]);
}

#[tokio::test]
async fn what_a_plugin_prints_is_never_shown() {
    let folder = Folder::new();
    for (script, part) in [
        (format!("echo {SECRET}; echo {SECRET} >&2; exit 7"), "failed with exit code 7"),
        (format!("echo {SECRET}"), "printed no credential"),
        (format!("echo '{{\"status\": {{\"token\": [\"{SECRET}\"]}}}}'"), "printed no credential"),
        (
            format!("echo '{{\"status\": {{\"token\": \"{SECRET}\", \"expirationTimestamp\": \"{SECRET}\"}}}}'"),
            "printed no credential",
        ),
        (format!("echo '{{\"status\": {{\"token\": \"{SECRET}\\u0007\"}}}}'"), "characters that HTTP does not allow"),
    ] {
        let kubeconfig = folder.kubeconfig(cluster(), plugin(&folder, &script));
        let ran = folder.status(&kubeconfig, &[]).await;
        assert!(ran.err.contains(part), "{script}: {}", ran.err);
        assert_eq!(ran.code, Some(2));
        assert!(!ran.err.contains(SECRET) && !ran.out.contains(SECRET), "{script}: {}", ran.err);
    }
    // A token in the kubeconfig itself.
    let kubeconfig = folder.kubeconfig(cluster(), json!({"token": format!("{SECRET}\u{7}")}));
    let ran = folder.status(&kubeconfig, &[]).await;
    ran.complains(&["characters that HTTP does not allow"]);
    assert!(!ran.err.contains(SECRET) && !ran.err.contains("panicked"), "{}", ran.err);
    // A valid token from a credential plugin.
    let credential = json!({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": SECRET}});
    let kubeconfig = folder.kubeconfig(cluster(), plugin(&folder, &format!("echo '{credential}'")));
    folder.status(&kubeconfig, &[]).await.complains(&["127.0.0.1:1 refused the connection"]);
}

#[tokio::test]
async fn files_that_cannot_be_read_are_named() {
    let folder = Folder::new();
    for (cluster, user, parts) in [
        (cluster(), json!({"tokenFile": "/no/such/token"}), ["the token file \"/no/such/token\"", "tokenFile"]),
        (
            json!({"server": "https://127.0.0.1:1", "certificate-authority": "/no/such/ca.pem"}),
            json!({}),
            ["\"/no/such/ca.pem\"", "for the certificate authority"],
        ),
        (
            cluster(),
            json!({"client-certificate": "/no/such/client.pem", "client-key": tls("client.key")}),
            ["\"/no/such/client.pem\"", "for the client certificate"],
        ),
        (
            cluster(),
            json!({"client-certificate": tls("client-v3.pem"), "client-key": tls("server.key")}),
            ["the client certificate of the kubeconfig's user or its private key", "belong together"],
        ),
        (
            json!({"server": "https://127.0.0.1:1", "certificate-authority-data": "!"}),
            json!({}),
            ["certificate-authority-data", "is not base64-encoded PEM"],
        ),
    ] {
        let kubeconfig = folder.kubeconfig(cluster, user);
        folder.status(&kubeconfig, &[]).await.complains(&parts);
    }
}
