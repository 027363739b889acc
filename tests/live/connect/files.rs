//! Tests of which kubeconfigs are read and how several are merged. kubectl's behavior is the reference.

use serde_json::json;

use crate::connect::empty_bed;
use crate::connect::program::{Folder, kubeconfig};

#[tokio::test]
async fn entries_of_kubeconfig_that_do_not_exist_are_skipped() {
    let bed = empty_bed();
    let folder = Folder::new();
    let real = bed.kubeconfig.to_str().unwrap();
    for list in [
        format!("/no/such/file:{real}"),
        format!("{real}:/no/such/file"),
        format!("::/no/such/file::{real}:"),
        real.to_owned(),
    ] {
        let environment = [("KUBECONFIG", list.as_str())];
        folder.run(&["status", "-A"], &environment).await.is_fine();
        folder.run(&["status", "-A", "--context", "test"], &environment).await.is_fine();
        folder.run(&["status", "-A", "--all-contexts"], &environment).await.is_fine();
    }
    let ran = folder.run(&["status", "-A"], &[("KUBECONFIG", "/no/such/file:/nor/this")]).await;
    ran.complains(&["no cluster to connect to", "\"/no/such/file\", \"/nor/this\""]);
    folder.run(&["status", "-A"], &[]).await.complains(&["no cluster to connect to"]);
}

#[tokio::test]
async fn of_several_files_the_first_value_counts_and_an_empty_current_context_is_none() {
    let bed = empty_bed();
    let folder = Folder::new();
    let real = bed.kubeconfig.to_str().unwrap();
    // kubectl writes files like this: it has a name, but no current context.
    let empty = json!({"apiVersion": "v1", "kind": "Config", "current-context": "", "clusters": null, "users": null, "contexts": null});
    let empty = folder.write("empty", &empty.to_string());
    let void = folder.write("void", "");
    let other = kubeconfig("test", json!({"server": "https://127.0.0.1:1"}), json!({}));
    let other = folder.write("other", &other.to_string());
    for (list, is_fine) in [
        (vec![empty.to_str().unwrap(), real], true),
        (vec![void.to_str().unwrap(), empty.to_str().unwrap(), real], true),
        (vec![real, other.to_str().unwrap()], true),
        (vec![other.to_str().unwrap(), real], false),
    ] {
        let list = list.join(":");
        let ran = folder.run(&["status", "-A"], &[("KUBECONFIG", &list)]).await;
        assert_eq!(ran.has_seen(), is_fine, "{list}: {}", ran.err);
        // kubectl has the same result.
        let kubectl = std::process::Command::new(bed.assets.join("kubectl"))
            .args(["get", "--raw", "/version"])
            .env("KUBECONFIG", &list)
            .env_remove("HTTPS_PROXY")
            .output()
            .unwrap();
        assert_eq!(kubectl.status.success(), is_fine, "{list}: {}", String::from_utf8_lossy(&kubectl.stderr));
    }
}

#[tokio::test]
async fn a_kubeconfig_that_cannot_be_used_is_named() {
    let folder = Folder::new();
    let path = |name: &str| folder.path(name).to_str().unwrap().to_owned();
    folder.write("no-yaml", "a: [");
    folder.write("no-context", &kubeconfig("east", json!({"server": "https://127.0.0.1:1"}), json!({})).to_string());
    let mut none = kubeconfig("east", json!({"server": "https://127.0.0.1:1"}), json!({}));
    none["current-context"] = json!("");
    folder.write("none", &none.to_string());
    let mut lost = none.clone();
    lost["clusters"] = json!([]);
    folder.write("no-cluster", &lost.to_string());
    folder.write("no-server", &kubeconfig("east", json!({}), json!({})).to_string());
    for (file, context, parts) in [
        ("nowhere", None, ["nowhere\" does not exist", "--kubeconfig"]),
        ("no-yaml", None, ["no-yaml\" is not valid YAML", "kubectl config view"]),
        ("no-context", Some("west"), ["no context \"west\"", "Its only context is \"east\""]),
        ("none", None, ["no current context", "--context"]),
        ("no-cluster", Some("east"), ["no cluster \"east\"", "context names"]),
        ("no-server", None, ["no server address", "context"]),
    ] {
        let file = path(file);
        let mut args = vec!["status", "-A", "--kubeconfig", &file];
        args.extend(context.into_iter().flat_map(|context| ["--context", context]));
        folder.run(&args, &[]).await.complains(&parts);
    }
}
