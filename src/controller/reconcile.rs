//! One object: gather, assess, publish.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use kube::Client;

use super::cache::SecretVersion;
use super::error::Error;
use super::gather::{self, Access, Gathered};
use super::observed::Observed;
use super::write::NotKept;
use super::{invalid, publish};
use crate::api::TenantCredentialSpec;
use crate::assessment::peers::Peers;
use crate::assessment::{self, Input, Tenant};
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
    /// Statuses of which the API server does not keep all.
    pub not_kept: NotKept,
}

/// What came of it.
pub struct Outcome {
    /// When to look at it again, where that is known.
    pub next: Option<DateTime<Utc>>,
    /// What could not be read or written; everything that could be was.
    pub result: Result<(), Error>,
}

/// Brings what is said of one object up to date.
pub async fn reconcile(context: &Context, observed: &Observed, secret: Option<&SecretVersion>) -> Outcome {
    let now = context.clock.now().trunc_subsecs(0);
    let spec = match &observed.spec {
        Ok(spec) => spec,
        Err(problem) => {
            let result = invalid::say(&context.client, &context.instance, observed, problem, now).await;
            return Outcome { next: None, result };
        }
    };
    match gather::gather(&context.client, &context.access, observed, spec, secret).await {
        Ok(gathered) => say(context, observed, spec, observed.generation, gathered, now).await,
        Err(error) => {
            // What was said last still goes on in time.
            let next = match gather::last_said(observed, spec) {
                Some(last) => say(context, observed, &last.spec, last.generation, last.gathered, now).await.next,
                None => None,
            };
            Outcome { next, result: Err(error) }
        }
    }
}

async fn say(
    context: &Context,
    observed: &Observed,
    spec: &TenantCredentialSpec,
    generation: i64,
    gathered: Gathered,
    now: DateTime<Utc>,
) -> Outcome {
    let look_again = gathered.look_again.then_some(now + LOOK_AGAIN);
    let assessment = assessment::assess(Input {
        uid: &observed.uid,
        generation,
        spec,
        previous: &observed.previous,
        reading: gathered.reading,
        last_read: gathered.last_read,
        peers: Peers::Pending,
        tenant: Tenant::Unnamed,
        now,
        settle: context.settle,
    });
    let next = assessment.next.into_iter().chain(look_again).min().map(whole_second);
    let result =
        publish::publish(&context.client, &context.not_kept, &context.instance, observed, assessment, now).await;
    Outcome { next, result }
}

/// The first whole second at or after `time`: what is assessed goes by whole seconds, so that an earlier look would
/// find nothing new, and look again at once.
fn whole_second(time: DateTime<Utc>) -> DateTime<Utc> {
    let whole = time.trunc_subsecs(0);
    if whole < time { whole.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(whole) } else { whole }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_never_before_the_time_it_is_for() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (time, look) in [
            ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z"),
            ("2030-01-01T00:00:00.001Z", "2030-01-01T00:00:01Z"),
            ("2030-01-01T00:00:59.999999999Z", "2030-01-01T00:01:00Z"),
        ] {
            assert_eq!(whole_second(at(time)), at(look), "{time}");
        }
    }
}
