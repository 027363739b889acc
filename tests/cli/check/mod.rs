//! Tests `lapsewatch check` by running the binary as users do.

mod bounds;
mod canary;
mod duplicates;
mod formats;
mod forms;
mod gate;
mod golden;
mod input;
mod previous;
mod scene;
mod secrets;
mod skipped;
mod sops;
mod tenants;
mod tools;
mod verdicts;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

/// The result of a run.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// Returns the last line of the output, which contains the counts.
    fn count(&self) -> &str {
        self.out.lines().last().unwrap_or_default()
    }

    #[track_caller]
    fn is(&self, code: i32, count: &str) -> &Self {
        assert_eq!((self.code, self.count()), (code, count), "\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.err.contains(text), "{text}\n---\n{}", self.err);
        self
    }
}

/// Runs `lapsewatch check` in `folder`.
fn check(folder: &Path, args: &[&str], stdin: &[u8]) -> Ran {
    let crate::files::Ran { code, out, err } = crate::files::run(folder, &[&["check"], args].concat(), stdin);
    Ran { code, out, err }
}

/// Creates a temporary folder with `files`.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Runs `check` on a folder with one file.
fn of(text: &str) -> Ran {
    let folder = folder(&[("one.yaml", text)]);
    check(folder.path(), &["--at", "2030-01-01", "."], b"")
}

/// Returns a DeclaredExpiry that is valid throughout 2030.
fn declared(name: &str) -> String {
    declared_until(name, "2031-01-01T00:00:00Z")
}

fn declared_until(name: &str, until: &str) -> String {
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: {name}, namespace: acme}}\nspec: {{type: DeclaredExpiry, expirationTime: \"{until}\"}}\n"
    )
}

/// Returns a TenantCredential of type `type_` that reads Secret `secret`.
fn credential(name: &str, type_: &str, secret: &str) -> String {
    format!(
        "apiVersion: lapsewatch.dev/v1alpha1\nkind: TenantCredential\nmetadata: {{name: {name}, namespace: acme}}\nspec: {{type: {type_}, secretRef: {{name: {secret}}}}}\n"
    )
}

/// Returns a Secret with the lines `fields`.
fn secret(name: &str, fields: &str) -> String {
    format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: acme}}\n{fields}\n")
}

/// Returns the folder examples/ of the repository.
fn examples() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"))
}

/// Returns a PEM block of an example's Secret as a JSON string, which is valid YAML too.
fn pem(begin: &str) -> String {
    let text = fs::read_to_string(examples().join("apns.yaml")).unwrap();
    let lines = text.lines().map(str::trim).skip_while(|line| !line.contains(&format!("BEGIN {begin}")));
    let mut block = Vec::new();
    for line in lines {
        block.push(line);
        if line.contains("END ") {
            break;
        }
    }
    format!("{:?}", block.join("\n") + "\n")
}
