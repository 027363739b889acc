//! The clusters that are asked: which, how they are reached, and all of them at once.

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
use lapsewatch_core::sanitize::plain;

/// A context to ask.
pub struct Target {
    /// Its name, where several are asked.
    label: Option<Arc<str>>,
    /// How it is asked, or why it can't be.
    way: Result<(Client, Scope), String>,
}

/// All that are asked for.
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
        Target { label, way: way.map_err(|error| plain(&error.to_string())) }
    };
    join_all(names.into_iter().map(target)).await
}

/// The contexts by name; none for the current one.
fn names(args: &StatusArgs) -> Result<Vec<Option<String>>, String> {
    if args.all_contexts {
        let names = kubeconfig::contexts(args.kubeconfig.as_deref()).map_err(|error| plain(&error.to_string()))?;
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

/// Asks all of them at once: one that does not answer delays the others by no more than its time limit.
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

/// Specs that can't be understood are named.
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

/// Two contexts may lead to one cluster: an object that was seen in one of them is not another one.
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
