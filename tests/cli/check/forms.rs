//! Tests the forms in which pipelines provide manifests, and Secrets that other tools create.

use crate::check::{check, credential, declared, folder, of, secret};

/// The output of `helm template` contains comments with template names, empty documents, hooks and a
/// CustomResourceDefinition.
const HELM: &str = r#"---
# Source: mdm/templates/namespace.yaml
apiVersion: v1
kind: Namespace
metadata:
  name: acme
---
# Source: mdm/crds/thing.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: tenantcredentials.lapsewatch.dev
spec:
  group: lapsewatch.dev
  names: {kind: TenantCredential, plural: tenantcredentials}
  scope: Namespaced
  versions: []
---
# Source: mdm/templates/empty.yaml
---
# Source: mdm/templates/apns.yaml
apiVersion: v1
kind: Secret
metadata:
  name: acme-scep
  namespace: acme
  labels:
    helm.sh/chart: mdm-0.3.1
    app.kubernetes.io/managed-by: Helm
type: Opaque
stringData:
  tls.crt: "hello"
---
# Source: mdm/templates/apns.yaml
apiVersion: lapsewatch.dev/v1alpha1
kind: TenantCredential
metadata:
  name: acme-scep
  namespace: acme
  labels:
    helm.sh/chart: mdm-0.3.1
spec:
  type: X509Certificate
  secretRef:
    name: acme-scep
---
# Source: mdm/templates/hook.yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    "helm.sh/hook": pre-install,pre-upgrade
    "helm.sh/hook-weight": "-5"
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: registry.example/migrate:1
          args: ["--kind: Secret"]
---
# Source: mdm/templates/contract.yaml
apiVersion: lapsewatch.dev/v1alpha1
kind: TenantCredential
metadata:
  name: contract
  namespace: acme
spec:
  type: DeclaredExpiry
  expirationTime: 2031-01-01T00:00:00Z
"#;

/// The output of `kustomize build` contains sorted fields. The generator appends a hash to the Secret's name and to
/// each reference.
const KUSTOMIZE: &str = r#"apiVersion: v1
data:
  note.txt: |
    kind: Secret
    ---
kind: ConfigMap
metadata:
  name: notes-6ct58987ht
  namespace: acme
---
apiVersion: v1
data:
  tls.crt: aGVsbG8=
kind: Secret
metadata:
  name: acme-scep-7d2m8f9b5k
  namespace: acme
type: Opaque
---
apiVersion: lapsewatch.dev/v1alpha1
kind: TenantCredential
metadata:
  name: acme-scep
  namespace: acme
spec:
  secretRef:
    name: acme-scep-7d2m8f9b5k
  type: X509Certificate
"#;

#[test]
fn what_helm_and_kustomize_render_is_read_from_the_standard_input() {
    let nowhere = folder(&[]);
    let ran = check(nowhere.path(), &["--at", "2030-01-01", "-"], HELM.as_bytes());
    ran.is(2, "checked 2, skipped 0");
    assert_eq!(ran.err, "");
    assert!(ran.out.contains("acme/acme-scep (X509Certificate)\n  Warning WrongFile"), "{}", ran.out);
    let ran = check(nowhere.path(), &["--at", "2030-01-01", "-o", "json", "-"], HELM.as_bytes());
    assert!(ran.out.contains("\"file\": \"standard input\",\n        \"line\": 35"), "{}", ran.out);

    let ran = check(nowhere.path(), &["--at", "2030-01-01", "-"], KUSTOMIZE.as_bytes());
    ran.is(2, "checked 1, skipped 0");
    assert!(ran.out.contains("WrongFile"), "{}", ran.out);
    assert_eq!(ran.err, "");
}

/// Asserts that a credential that reads Secret "acme-apns" is skipped for the reason `why` if `object` is provided.
#[track_caller]
fn skipped(object: &str, why: &str) {
    let text = [credential("c", "APNsCertificate", "acme-apns"), object.to_owned(), declared("fine")].join("---\n");
    of(&text)
        .is(0, "checked 1, skipped 1")
        .says(&format!("skipped ./one.yaml:1: TenantCredential acme/c: Secret acme-apns {why}\n"));
    let folder = folder(&[("one.yaml", &text)]);
    let strict = check(folder.path(), &["--at", "2030-01-01", "--strict", "."], b"");
    strict
        .is(2, "checked 1, skipped 0")
        .says(&format!("error: ./one.yaml:1: TenantCredential acme/c: Secret acme-apns {why}\n"));
    // If the Secret itself is provided too, in either order, `check` reads the Secret.
    for text in [
        [text.clone(), secret("acme-apns", "stringData: {a: hello}")].join("---\n"),
        [secret("acme-apns", "stringData: {a: hello}"), text.clone()].join("---\n"),
    ] {
        let read = of(&text);
        read.is(2, "checked 2, skipped 0");
        assert_eq!(read.err, "");
        assert!(read.out.contains("WrongFile"), "{}", read.out);
    }
}

#[test]
fn what_makes_the_secret_in_the_cluster_is_named() {
    let of = |api: &str, kind: &str, name: &str, spec: &str| {
        format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}, namespace: acme}}\nspec: {spec}\n")
    };
    for (object, maker) in [
        (
            of("bitnami.com/v1alpha1", "SealedSecret", "acme-apns", "{encryptedData: {push.pem: AgBy8hC}}"),
            "SealedSecret acme-apns",
        ),
        (
            of(
                "bitnami.com/v1alpha1",
                "SealedSecret",
                "acme-apns",
                "{encryptedData: {push.pem: AgBy8hC}, template: {metadata: {name: acme-apns, namespace: acme}}}",
            ),
            "SealedSecret acme-apns",
        ),
        (
            of(
                "external-secrets.io/v1beta1",
                "ExternalSecret",
                "acme-apns",
                "{refreshInterval: 1h, secretStoreRef: {name: vault, kind: ClusterSecretStore}, dataFrom: [{extract: {key: mdm/apns}}]}",
            ),
            "ExternalSecret acme-apns",
        ),
        (
            of(
                "external-secrets.io/v1",
                "ExternalSecret",
                "push",
                "{target: {name: acme-apns, template: {type: Opaque}}}",
            ),
            "ExternalSecret push",
        ),
        (
            of("cert-manager.io/v1", "Certificate", "scep", "{secretName: acme-apns, issuerRef: {name: ca}}"),
            "Certificate scep",
        ),
        (
            of(
                "secrets.hashicorp.com/v1beta1",
                "VaultStaticSecret",
                "apns",
                "{mount: kv, destination: {name: acme-apns, create: true}}",
            ),
            "VaultStaticSecret apns",
        ),
        (
            of(
                "secrets-store.csi.x-k8s.io/v1",
                "SecretProviderClass",
                "azure",
                "{secretObjects: [{secretName: other}, {secretName: acme-apns}]}",
            ),
            "SecretProviderClass azure",
        ),
    ] {
        skipped(&object, &format!("is made by {maker} (./one.yaml:6), whose content is not here"));
    }
}

#[test]
fn what_makes_no_such_secret_is_not_taken_for_it() {
    for (api, kind, spec) in [
        // A PushSecret reads the Secret and writes a copy to another place.
        ("external-secrets.io/v1alpha1", "PushSecret", "{selector: {secret: {name: acme-apns}}}"),
        (
            "external-secrets.io/v1beta1",
            "ClusterExternalSecret",
            "{externalSecretName: acme-apns, externalSecretSpec: {target: {name: acme-apns}}}",
        ),
        ("external-secrets.io/v1beta1", "ExternalSecret", "{target: {name: other}}"),
        ("external-secrets.io/v1beta1", "ExternalSecret", "{target: {name: acme-apns, creationPolicy: None}}"),
        ("external-secrets.io/v1beta1", "SecretStore", "{target: {name: acme-apns}}"),
        ("cert-manager.io/v1", "Certificate", "{secretName: other}"),
        ("other.example/v1", "SealedSecret", "{}"),
    ] {
        let object =
            format!("apiVersion: {api}\nkind: {kind}\nmetadata: {{name: acme-apns, namespace: acme}}\nspec: {spec}\n");
        skipped(&object, "is not among what was given");
    }
    let elsewhere =
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: acme-apns, namespace: other}\n";
    skipped(elsewhere, "is not among what was given");
}

#[test]
fn a_secret_that_sops_has_encrypted_is_named_and_the_plain_one_goes_before_it() {
    let sops = "sops:\n  age: [{recipient: age1x, enc: x}]\n  mac: ENC[AES256_GCM,data:x,type:str]\n  version: 3.9.0\n";
    let of_sops =
        secret("acme-apns", &format!("data: {{push.pem: \"ENC[AES256_GCM,data:aGk=,iv:x,tag:x,type:str]\"}}\n{sops}"));
    skipped(&of_sops, "is encrypted with sops: give it decrypted");
}

#[test]
fn what_sops_has_encrypted_as_a_whole_is_named_and_never_misread() {
    let sops = "sops: {mac: \"ENC[AES256_GCM,data:x]\", version: 3.9.0}\n";
    let enc = "\"ENC[AES256_GCM,data:x,iv:x,tag:x,type:str]\"";
    let whole = format!("apiVersion: {enc}\nkind: {enc}\nmetadata: {{name: {enc}}}\nspec: {{type: {enc}}}\n{sops}");
    let ran = of(&[declared("fine"), whole.clone()].join("---\n"));
    ran.is(0, "checked 1, skipped 1").says("skipped ./one.yaml:6: it is encrypted with sops as a whole");
    let alone = folder(&[("one.yaml", &whole)]);
    check(alone.path(), &["--strict", "."], b"")
        .is(2, "checked 0, skipped 0")
        .says("error: ./one.yaml:1: it is encrypted");

    // sops can encrypt binary files and Helm values, which are not Kubernetes objects.
    let folder = folder(&[
        ("one.yaml", &declared("fine")),
        ("push.json", "{\n\t\"data\": \"ENC[AES256_GCM,data:x]\",\n\t\"sops\": {\"mac\": \"ENC[x]\"}\n}\n"),
    ]);
    check(folder.path(), &["--at", "2030-01-01", "--strict", "."], b"")
        .is(0, "checked 1, skipped 0")
        .says("passed over ./push.json:1: it is encrypted with sops as a whole");

    // sops encrypted either only the values of a TenantCredential or also its name.
    let spec = credential("c", "APNsCertificate", "s").replace("APNsCertificate", enc) + sops;
    let ran = of(&[declared("fine"), spec].join("---\n"));
    ran.is(0, "checked 1, skipped 1")
        .says("skipped ./one.yaml:6: TenantCredential acme/c: it is encrypted with sops: give it decrypted\n");
    let name = credential(enc, "APNsCertificate", "s") + sops;
    let ran = of(&[declared("fine"), name].join("---\n"));
    ran.is(0, "checked 1, skipped 1").says("skipped ./one.yaml:6: a TenantCredential: it is encrypted with sops");
    // An object with sops metadata but without encrypted values is read.
    of(&(declared("fine") + sops)).is(0, "checked 1, skipped 0");
}

#[test]
fn an_item_of_a_list_has_its_own_line() {
    let item = |name: &str| {
        format!(
            "- apiVersion: lapsewatch.dev/v1alpha1\n  kind: TenantCredential\n  metadata:\n    name: {name}\n  spec:\n    type: Nothing\n"
        )
    };
    let list = format!("# all\napiVersion: v1\nkind: List\nitems:\n{}{}", item("a"), item("b"));
    let ran = of(&[declared("fine"), list].join("---\n"));
    ran.is(2, "checked 1, skipped 0")
        .says("error: ./one.yaml:10 (items[0]): TenantCredential a: spec.type: ")
        .says("error: ./one.yaml:16 (items[1]): TenantCredential b: spec.type: ");
    let json = "{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n        {\n            \"apiVersion\": \"v1\",\n            \"kind\": \"ConfigMap\"\n        },\n        {\n            \"apiVersion\": \"lapsewatch.dev/v2\",\n            \"kind\": \"TenantCredential\"\n        }\n    ],\n    \"kind\": \"List\"\n}\n";
    let folder = folder(&[("a.json", json)]);
    check(folder.path(), &["."], b"")
        .is(2, "checked 0, skipped 0")
        .says("error: ./a.json:8 (items[1]): lapsewatch.dev/v2 is no version");
    // Without indentation, the line of an item must be found by the structure of the JSON text.
    let json = "{\n\"kind\": \"List\",\n\"apiVersion\": \"v1\",\n\"items\": [\n{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"data\": [\n{}\n]\n}, {\"apiVersion\": \"lapsewatch.dev/v2\"}\n]\n}\n";
    let folder = crate::check::folder(&[("a.json", json)]);
    check(folder.path(), &["."], b"").says("error: ./a.json:8 (items[1]): lapsewatch.dev/v2 is no version");
}
