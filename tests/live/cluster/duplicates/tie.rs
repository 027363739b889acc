//! Tests of objects with the same creation time: namespace and name decide which object counts as older.

use super::party::Place::{Here, There};
use super::party::{ELSEWHERE, Party, in_use, shared, vpp};
use super::scene::Scene;
use lapsewatch_test_support::cluster::bed::bed;

/// Creates both objects in the same second. Retries until that succeeds.
async fn in_one_second(scene: &Scene, parties: &[Party; 2]) {
    for _ in 0..20 {
        let mut created = Vec::new();
        for party in parties {
            scene.declare(party).await;
            created.push(scene.at(party.place).get(party.name).await["metadata"]["creationTimestamp"].clone());
        }
        if created[0] == created[1] {
            return;
        }
        for party in parties {
            scene.at(party.place).delete_credential(party.name).await;
        }
    }
    panic!("two objects were never created in the same second");
}

#[tokio::test]
async fn of_one_second_the_first_by_namespace_and_name_is_the_older_one() {
    let mut namespaces = bed().namespaces("tie", 4);
    namespaces.sort();
    let [first, second, third, fourth] = <[String; 4]>::try_from(namespaces).unwrap();

    let mut scene = Scene::set("names".to_owned(), second, third).await;
    let parties = [vpp("b", Here), vpp("a", Here)];
    for party in &parties {
        scene.give(party, &parties).await;
    }
    in_one_second(&scene, &parties).await;
    scene.here.start().await;
    scene.expect_all(&parties, &[in_use(&["a"]), shared(&["b"])]).await;
    scene.here.stop().await;

    // The namespace `here` sorts after the namespace `there`.
    let mut scene = Scene::set("namespaces".to_owned(), fourth, first).await;
    let parties = [vpp("a", Here), vpp("b", There)];
    for party in &parties {
        scene.give(party, &parties).await;
    }
    in_one_second(&scene, &parties).await;
    scene.here.start().await;
    scene.expect_all(&parties, &[in_use(&[ELSEWHERE]), shared(&[ELSEWHERE])]).await;
    scene.here.stop().await;
}
