//! One object: gather, assess, publish.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use kube::Client;

use super::cache::SecretVersion;
use super::error::Error;
use super::gather::{self, Access, Gathered};
use super::observed::Observed;
use super::publish;
use crate::api::TenantCredentialSpec;
use crate::assessment::{self, Input};
use crate::clock::Clock;

/// How often to ask again where nothing will tell of a change: rights that were granted.
const LOOK_AGAIN: TimeDelta = TimeDelta::minutes(5);

/// What every reconciliation works with.
pub struct Context {
    /// The connection.
    pub client: Client,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long a problem that GitOps may cause in passing must last before its Event is sent.
    pub settle: TimeDelta,
    /// The name of this process in its Events.
    pub instance: String,
    /// Whether Secrets can be read at all.
    pub access: Access,
}

/// Brings what is said of one object up to date; gives when to look at it again.
///
/// # Errors
/// What could not be read or written; everything that could be was.
pub async fn reconcile(
    context: &Context,
    observed: &Observed,
    secret: Option<&SecretVersion>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let now = context.clock.now().trunc_subsecs(0);
    let spec = match &observed.spec {
        Ok(spec) => spec,
        Err(problem) => {
            publish::invalid(&context.client, observed, problem, now).await?;
            return Ok(None);
        }
    };
    let gathered = match gather::gather(&context.client, &context.access, observed, spec, secret).await {
        Ok(gathered) => gathered,
        Err(error) => {
            // What was read last still lapses on time.
            if let Some(gathered) = gather::as_last_known(&observed.previous) {
                say(context, observed, spec, gathered, now).await?;
            }
            return Err(error);
        }
    };
    say(context, observed, spec, gathered, now).await
}

async fn say(
    context: &Context,
    observed: &Observed,
    spec: &TenantCredentialSpec,
    gathered: Gathered,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let look_again = gathered.look_again.then_some(now + LOOK_AGAIN);
    let assessment = assessment::assess(Input {
        uid: &observed.uid,
        generation: observed.generation,
        spec,
        previous: &observed.previous,
        reading: gathered.reading,
        last_read: gathered.last_read,
        now,
        settle: context.settle,
    });
    let next = assessment.next.into_iter().chain(look_again).min();
    publish::publish(&context.client, &context.instance, observed, assessment, now).await?;
    Ok(next)
}
