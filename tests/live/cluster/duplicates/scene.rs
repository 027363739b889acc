//! Two namespaces, an operator that watches both, and checks of what the operator reports for every party.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::Event;
use serde_json::Value;

use super::party::{ELSEWHERE, NOW, Party, Place, Said};
use lapsewatch_test_support::cluster::bed::bed;
use lapsewatch_test_support::cluster::story::{Story, fixture};

const PATIENCE: Duration = Duration::from_secs(180);
/// The pause between two requests. Many scenes run at once, and polling must not overload the server.
const PAUSE: Duration = Duration::from_millis(150);
/// The age difference of two parties. Creation timestamps of the API server are whole seconds.
const OLDER: Duration = Duration::from_millis(1050);

/// The resourceVersion of each party's object and the number of its Events.
pub type State = BTreeMap<&'static str, (String, usize)>;

pub struct Scene {
    pub what: String,
    /// The namespace in which the story's operator runs.
    pub here: Story,
    pub there: Story,
}

impl Scene {
    pub async fn set(what: String, here: String, there: String) -> Self {
        let mut here = Story::within(bed(), here, NOW).await;
        let there = Story::within(bed(), there, NOW).await;
        here.also = vec![there.namespace.clone()];
        Self { what, here, there }
    }

    pub fn at(&self, place: Place) -> &Story {
        if place == Place::Here { &self.here } else { &self.there }
    }

    /// Creates the objects in this order, so that each is older than the next.
    pub async fn create(&self, parties: &[Party]) {
        for (number, party) in parties.iter().enumerate() {
            if number > 0 {
                tokio::time::sleep(OLDER).await;
            }
            self.declare(party).await;
        }
    }

    /// Writes the object of a party.
    pub async fn declare(&self, party: &Party) {
        self.at(party.place).credential(party.name, party.spec()).await;
    }

    /// Writes the Secret of a party with all keys that `parties` read from it.
    pub async fn give(&self, party: &Party, parties: &[Party]) {
        let of = |other: &&Party| (other.place, other.secret()) == (party.place, party.secret());
        let mut data: Vec<(&str, Vec<u8>)> =
            parties.iter().filter(of).map(|other| (other.key, fixture(other.file))).collect();
        data.sort();
        data.dedup();
        self.at(party.place).secret_of(party.secret(), &data).await;
    }

    /// Waits until the operator reports this outcome: conditions, severity, notification and status.duplicates.
    pub async fn expect(&self, party: &Party, said: &Said) -> Value {
        let begun = Instant::now();
        loop {
            let status = self.at(party.place).status(party.name).await;
            let wrong = differences(&status, said);
            if wrong.is_empty() {
                return status;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{}: {} does not reach {said:?}: {wrong:?}\n{}",
                self.what,
                party.name,
                serde_json::to_string_pretty(&status).unwrap()
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub async fn expect_all(&self, parties: &[Party], said: &[Said]) {
        for (party, said) in parties.iter().zip(said) {
            self.expect(party, said).await;
        }
    }

    pub async fn events(&self, party: &Party) -> Vec<Event> {
        self.at(party.place).event_objects(party.name).await
    }

    /// Waits until the Events of a party are exactly these, in this order.
    pub async fn expect_events(&self, party: &Party, expected: &[String]) -> Vec<Event> {
        let begun = Instant::now();
        loop {
            let events = self.events(party).await;
            let reasons: Vec<&str> = events.iter().filter_map(|event| event.reason.as_deref()).collect();
            if reasons == expected {
                return events;
            }
            let late = begun.elapsed() > PATIENCE || reasons.len() > expected.len();
            assert!(!late, "{}: {} has the Events {reasons:?}, not {expected:?}", self.what, party.name);
            tokio::time::sleep(PAUSE).await;
        }
    }

    pub async fn state(&self, parties: &[Party]) -> State {
        let mut state = State::new();
        for party in parties {
            let object = self.at(party.place).get(party.name).await;
            let version = object["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
            state.insert(party.name, (version, self.events(party).await.len()));
        }
        state
    }

    /// Restarts the operator, and checks that nothing is written and no Event is sent.
    pub async fn restart(&mut self, parties: &[Party]) {
        // The operator sends an Event before the status write that records the Event.
        self.here.calm().await;
        let before = self.state(parties).await;
        self.here.stop().await;
        self.here.start().await;
        self.here.calm().await;
        assert_eq!(self.state(parties).await, before, "{}: a restart changes nothing", self.what);
    }
}

/// Returns the differences between a status and the expected outcome.
fn differences(status: &Value, said: &Said) -> Vec<String> {
    let condition = |type_: &str| {
        let found = status["conditions"].as_array().and_then(|all| all.iter().find(|c| c["type"] == type_));
        found.map(|c| format!("{}/{}", c["status"].as_str().unwrap(), c["reason"].as_str().unwrap()))
    };
    let duplicate = format!("{}/{}", if said.is_duplicate() { "True" } else { "False" }, said.reason);
    let healthy = if said.is_warning() { "False/Duplicate" } else { "True/Valid" };
    let none = Vec::new();
    let named: Vec<&str> = status["duplicates"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .map(|other| other["name"].as_str().unwrap_or(ELSEWHERE))
        .collect();
    let notifications: Vec<String> = status["notifications"]
        .as_array()
        .unwrap_or(&none)
        .iter()
        .map(|n| format!("{}/{}/{}", n["type"], n["reason"], n["severity"]).replace('"', ""))
        .collect();
    let notification = said.is_duplicate().then(|| format!("Duplicate/{}/{}", said.reason, said.severity));
    let mut wrong = Vec::new();
    let mut hold = |what: &str, is: String, should: String| {
        if is != should {
            wrong.push(format!("{what} is {is}, not {should}"));
        }
    };
    hold("Duplicate", condition("Duplicate").unwrap_or_default(), duplicate);
    hold("Healthy", condition("Healthy").unwrap_or_default(), healthy.to_owned());
    hold("severity", status["severity"].as_str().unwrap_or_default().to_owned(), said.severity.to_owned());
    hold("duplicates", format!("{named:?}"), format!("{:?}", said.named));
    hold("notifications", notifications.join(", "), notification.unwrap_or_default());
    wrong
}
