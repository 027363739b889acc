//! Selects the contexts to read, connects to their clusters, and reads all of them concurrently.

use std::collections::HashSet;
use std::sync::Arc;

use futures::future::join_all;
use kube::Client;

use super::progress::Progress;
use super::read::{self, ClusterContents, Scope};
use crate::args::StatusArgs;
use crate::source::ObjectKind;
use lapsewatch_cluster::connect::connect;
use lapsewatch_cluster::kubeconfig;
use lapsewatch_core::sanitize::sanitize_line;

/// A context of the kubeconfig whose cluster is read.
pub struct Target {
    /// The name of the context. None if only one context is read.
    label: Option<Arc<str>>,
    /// The client and the namespaces to read, or the reason why no client could be built.
    way: Result<(Client, Scope), String>,
}

/// Builds a client for every context that the arguments select.
pub async fn targets(args: &StatusArgs) -> Vec<Target> {
    let names = match names(args) {
        Ok(names) => names,
        Err(why) => return vec![Target { label: None, way: Err(why) }],
    };
    let is_one = names.len() == 1;
    let target = |name: Option<String>| async move {
        let client = connect(args.kubeconfig.as_deref(), name.as_deref()).await;
        let way = client.map(|client| {
            let scope = scope(args, &client);
            (client, scope)
        });
        let label = name.filter(|_| !is_one).map(Into::into);
        Target { label, way: way.map_err(|error| sanitize_line(&error.to_string())) }
    };
    join_all(names.into_iter().map(target)).await
}

/// Returns the names of the selected contexts without duplicates. None means the current context.
fn names(args: &StatusArgs) -> Result<Vec<Option<String>>, String> {
    if args.all_contexts {
        let names =
            kubeconfig::contexts(args.kubeconfig.as_deref()).map_err(|error| sanitize_line(&error.to_string()))?;
        let names: Vec<_> = names.into_iter().map(Some).collect();
        return if names.is_empty() { Err("the kubeconfig has no contexts".to_owned()) } else { Ok(names) };
    }
    let mut seen = HashSet::new();
    let names: Vec<_> = args.contexts.iter().filter(|name| seen.insert(*name)).cloned().map(Some).collect();
    Ok(if names.is_empty() { vec![None] } else { names })
}

fn scope(args: &StatusArgs, client: &Client) -> Scope {
    if args.all_namespaces {
        return Scope::All;
    }
    let mut names = args.namespaces.clone();
    if names.is_empty() {
        names.push(client.default_namespace().to_owned());
    }
    names.sort();
    names.dedup();
    Scope::Named(names)
}

/// Reads all contexts concurrently. A cluster that does not respond delays the result only until its requests time out.
pub async fn read(targets: &[Target], progress: &Progress) -> Vec<ClusterContents> {
    let mut contexts = join_all(targets.iter().map(|target| ask(target, progress))).await;
    contexts.iter_mut().for_each(not_understood);
    contexts
}

async fn ask(target: &Target, progress: &Progress) -> ClusterContents {
    let Target { label, way } = target;
    match way {
        Ok((client, scope)) => read::read(client, label.clone(), scope, progress).await,
        Err(why) => {
            ClusterContents { label: label.clone(), problems: vec![(None, why.clone())], ..ClusterContents::default() }
        }
    }
}

/// Adds a problem for each TenantCredential and MDMTenant whose spec can't be decoded.
fn not_understood(context: &mut ClusterContents) {
    let credentials = context.credentials.iter().filter_map(|seen| {
        let what = seen.observed.spec.as_ref().err()?;
        Some((Some((ObjectKind::TenantCredential, seen.observed.key())), what.clone()))
    });
    let tenants = context.tenants.iter().filter_map(|tenant| {
        let what = tenant.spec.as_ref().err()?;
        Some((Some((ObjectKind::MDMTenant, tenant.key())), what.clone()))
    });
    let all: Vec<_> = credentials.chain(tenants).collect();
    context.problems.extend(all);
}

/// Removes objects that an earlier context already contains, since two contexts may lead to the same cluster.
pub fn each_once(contexts: &mut [ClusterContents]) {
    let mut seen: HashSet<String> = HashSet::new();
    for context in contexts {
        let before = (context.credentials.len(), context.tenants.len());
        let mut is_new = |uid: &str| uid.is_empty() || seen.insert(uid.to_owned());
        context.credentials.retain(|one| is_new(&one.observed.uid));
        context.tenants.retain(|tenant| is_new(&tenant.uid));
        let again = before.0 - context.credentials.len() + before.1 - context.tenants.len();
        if again > 0 {
            context.notes.push(format!("{again} of its objects are those of a context before it, and are shown once"));
        }
    }
}
