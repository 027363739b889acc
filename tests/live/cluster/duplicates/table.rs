//! Plays each row of the first table in each order in which the operator may see the parties.

use futures::stream::{self, StreamExt};

use super::rows::{ROWS, Row};
use super::scene::Scene;
use lapsewatch_test_support::cluster::account::is_cluster_wide;
use lapsewatch_test_support::cluster::bed::bed;

/// Returns the number of scenes that run at once. It is one if each operator watches all namespaces.
pub fn at_once() -> usize {
    if is_cluster_wide() { 1 } else { 24 }
}

/// The order in which the operator sees the parties, independent of their ages.
#[derive(Clone, Copy, Debug)]
enum Arrival {
    OldestFirst,
    NewestFirst,
    /// All parties exist before the operator starts.
    Together,
}

#[tokio::test]
async fn every_party_is_told_in_every_order_of_arrival_and_a_restart_is_no_news() {
    let plays: Vec<(&Row, Arrival)> = ROWS
        .iter()
        .flat_map(|row| [Arrival::OldestFirst, Arrival::NewestFirst, Arrival::Together].map(|arrival| (row, arrival)))
        .collect();
    let namespaces = bed().namespaces("held", plays.len() * 2);
    stream::iter(plays.into_iter().zip(namespaces.chunks_exact(2)))
        .for_each_concurrent(at_once(), |((row, arrival), pair)| play(row, arrival, pair))
        .await;
}

async fn play(row: &Row, arrival: Arrival, pair: &[String]) {
    let what = format!("{}, {arrival:?}", row.what);
    let mut scene = Scene::set(what, pair[0].clone(), pair[1].clone()).await;
    let parties = row.parties;
    match arrival {
        Arrival::OldestFirst => {
            scene.here.start().await;
            for party in parties {
                scene.give(party, parties).await;
            }
            scene.create(parties).await;
        }
        Arrival::NewestFirst => {
            scene.here.start().await;
            scene.create(parties).await;
            for party in parties.iter().rev() {
                scene.give(party, parties).await;
            }
        }
        Arrival::Together => {
            for party in parties {
                scene.give(party, parties).await;
            }
            scene.create(parties).await;
            scene.here.start().await;
        }
    }
    scene.expect_all(parties, row.said).await;
    for party in parties {
        scene.expect_events(party, &[]).await;
    }

    // The announcement follows half a minute later.
    scene.here.at("2030-03-01T00:00:30Z");
    for (party, said) in parties.iter().zip(row.said) {
        let events = scene.expect_events(party, &said.events()).await;
        let type_ = if said.is_warning() { "Warning" } else { "Normal" };
        assert!(events.iter().all(|event| event.type_.as_deref() == Some(type_)), "{}: {events:?}", scene.what);
    }
    scene.restart(parties).await;
    scene.expect_all(parties, row.said).await;
    scene.here.stop().await;
}
