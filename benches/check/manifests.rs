//! Generates 10,000 manifests in 1,000 files, with 50 files in each of 20 folders.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const FILES: usize = 1000;
const DOCUMENTS: usize = 10;

/// A manifest that needs no Secret.
pub const DECLARED: &str = "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {name: support, namespace: acme}\n\
spec: {type: DeclaredExpiry, expirationTime: \"2031-01-01T00:00:00Z\"}\n";

/// The kinds of manifests in the folders.
#[derive(Clone, Copy, PartialEq)]
pub enum Mix {
    /// Each file contains two TenantCredentials with Secrets and other objects, and each tenth file an MDMTenant too.
    Repository,
    /// The files contain almost only TenantCredentials with Secrets, and MDMTenants.
    Ours,
    /// All files together contain a single TenantCredential.
    Others,
}

/// Writes the manifests into the folder.
pub fn write(folder: &Path, mix: Mix) {
    for file in 0..FILES {
        let tenant = (mix != Mix::Others && file % 10 == 0).then(|| tenant(file / 10));
        let pairs = match mix {
            Mix::Repository => 2,
            Mix::Ours => (DOCUMENTS - usize::from(tenant.is_some())) / 2,
            Mix::Others => 0,
        };
        let mut documents: Vec<String> = tenant.into_iter().collect();
        for pair in 0..pairs {
            documents.extend(credential(file, file * DOCUMENTS + pair));
        }
        if mix == Mix::Others && file == 0 {
            documents.push(DECLARED.to_owned());
        }
        while documents.len() < DOCUMENTS {
            // Other objects fill the places that no pair takes.
            documents.push(other(file * DOCUMENTS + documents.len()));
        }
        let path = folder.join(format!("team-{}/{file:04}.yaml", file / 50));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, documents.join("---\n")).unwrap();
    }
}

fn tenant(number: usize) -> String {
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: MDMTenant\nmetadata:\n  name: tenant-{number}\n  namespace: mdm\nspec:\n  \
displayName: Tenant {number}\n  environment: Production\n  supportAccount: support@tenant-{number}.example\n  \
requiredCredentials: [VPPToken]\n  owner:\n    contact: \"#mobile-ops\"\n"
    )
}

/// Generates a TenantCredential and its Secret. All tokens differ, while certificates may repeat.
fn credential(file: usize, number: usize) -> [String; 2] {
    let (type_, key, value) = match number % 5 {
        0 | 1 => ("VPPToken", "token", vpp(number)),
        2 => ("DEPToken", "token.json", dep(number)),
        3 => ("X509Certificate", "tls.crt", fixture("x509/chain.pem")),
        _ => ("X509Certificate", "tls.crt", fixture("x509/ec.pem")),
    };
    let of = format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata:\n  name: credential-{number}\n  namespace: mdm\n  \
labels:\n    app.kubernetes.io/part-of: mdm\nspec:\n  type: {type_}\n  tenantRef:\n    name: tenant-{}\n  secretRef:\n    \
name: secret-{number}\n  warnBeforeDays: [60, 30, 14, 7, 1]\n  owner:\n    account: mdm@acme.example\n    contact: \
\"#mobile-ops\"\n    runbookURL: https://runbooks.acme.example/mdm\n",
        file / 10
    );
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: secret-{number}\n  namespace: mdm\ntype: Opaque\ndata:\n  {key}: {}\n",
        STANDARD.encode(value)
    );
    [of, secret]
}

fn vpp(number: usize) -> Vec<u8> {
    let token = format!(
        r#"{{"token":"{number:0>96}","expDate":"2030-06-01T12:00:00+0000","orgName":"Organisation {number}"}}"#
    );
    STANDARD.encode(token).into_bytes()
}

fn dep(number: usize) -> Vec<u8> {
    format!(
        r#"{{"consumer_key":"CK_{number:0>40}","consumer_secret":"CS_{number:0>40}","access_token":"AT_{number:0>90}","access_secret":"AS_{number:0>60}","access_token_expiry":"2030-06-01T12:00:00Z"}}"#
    )
    .into_bytes()
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// Generates another object of a repository, of three kinds in turn.
fn other(number: usize) -> String {
    match number % 3 {
        0 => deployment(number),
        1 => settings(number),
        _ => format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: service-{number}\n  namespace: shop\nspec:\n  selector:\n    \
app: app-{number}\n  ports:\n    - name: http\n      port: 80\n      targetPort: http\n"
        ),
    }
}

fn deployment(number: usize) -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{number}
  namespace: shop
  labels:
    app.kubernetes.io/name: app-{number}
    app.kubernetes.io/version: \"1.{number}\"
spec:
  replicas: 3
  selector:
    matchLabels:
      app: app-{number}
  template:
    metadata:
      labels:
        app: app-{number}
      annotations:
        prometheus.io/scrape: \"true\"
    spec:
      serviceAccountName: app
      securityContext: {{runAsNonRoot: true, seccompProfile: {{type: RuntimeDefault}}}}
      containers:
        - name: app
          image: registry.example/app:{number}
          args: [--listen=:8080, --log-format=json, \"--upstream=https://api.example/v1\"]
          env:
            - name: TOKEN
              valueFrom:
                secretKeyRef:
                  name: app-token
                  key: token
            - name: LOG_LEVEL
              value: info
          ports:
            - name: http
              containerPort: 8080
          readinessProbe:
            httpGet:
              path: /ready
              port: http
            periodSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          volumeMounts:
            - name: settings
              mountPath: /etc/app
      volumes:
        - name: settings
          configMap:
            name: settings-{number}
"
    )
}

fn settings(number: usize) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-{number}\n  namespace: shop\ndata:\n  app.ini: |\n"
    );
    for line in 0..40 {
        let _ = writeln!(text, "    setting.{line} = value {line} of {number}");
    }
    text
}
