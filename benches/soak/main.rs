//! Implements `make soak`, which compares two namespaces in which users perform the same actions at the same time.
//! Nothing fails in the first namespace. In the second, two replicas and their API server are killed, suspended and
//! disconnected.
//! After each round both namespaces must have the same Events and statuses. At the end the conditions must match those
//! of `check`.
//!
//! `--seed` selects the actions and faults, and `--minutes` limits the time in which new rounds begin. `--round` runs a
//! single round, and `--program` tests another build.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "it ends where something fails, and real servers keep real time"
)]

mod field;
mod script;
mod storm;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use field::{BLINK, CONTENT, Events, Field};
use lapsewatch_test_support::cluster::bed::Bed;
use script::{Action, Round};
use storm::{DELAY, Program, Storm};

const CREDENTIALS: usize = 36;
/// The time without changes after which a namespace counts as settled. Events are delayed by [`DELAY`], and the tenant
/// statuses that follow are delayed once more.
const QUIET: Duration = Duration::from_secs(2 * DELAY.as_secs() + 3);
/// The maximum time in which the replicas must catch up after the last fault, on a slow machine.
const CATCH_UP: Duration = Duration::from_secs(180);

struct Settings {
    seed: u64,
    minutes: u64,
    round: Option<u64>,
    program: String,
}

fn main() -> ExitCode {
    let settings = settings();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let problems = runtime.block_on(soak(&settings));
    for problem in &problems {
        println!("FAILED: {problem}");
    }
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn settings() -> Settings {
    let program = env!("CARGO_BIN_EXE_lapsewatch").to_owned();
    let mut settings = Settings { seed: 1, minutes: 5, round: None, program };
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next().unwrap_or_default();
        if word == "--program" {
            settings.program = value;
            continue;
        }
        match (word.as_str(), value.parse().ok()) {
            ("--seed", Some(number)) => settings.seed = number,
            ("--minutes", Some(number)) => settings.minutes = number,
            ("--round", Some(number)) => settings.round = Some(number),
            _ => panic!("usage: --seed NUMBER, --minutes NUMBER, --round NUMBER, --program PATH"),
        }
    }
    settings
}

async fn soak(settings: &Settings) -> Vec<String> {
    let begun = Instant::now();
    let bed = Bed::bare();
    bed.install_crds().unwrap();
    let namespaces = bed.namespaces("soak", 2);
    let mut calm = Field::new(bed.client().await, namespaces[0].clone(), CREDENTIALS).await;
    let mut stormy = Field::new(bed.client().await, namespaces[1].clone(), CREDENTIALS).await;
    let _undisturbed =
        Program::operator(&settings.program, &bed.kubeconfig, &namespaces[0], bed.folder.join("undisturbed.log"));
    let mut storm = Storm::begin(&bed, &settings.program, &namespaces[1]).await;
    println!("seed {}, {CREDENTIALS} credentials in each namespace", settings.seed);
    let mut problems = compare("the start", &calm, &stormy, &BTreeSet::new()).await;
    let (mut actions, mut faults, mut events) = (0, 0, 0);
    let first = settings.round.unwrap_or(0);
    for number in first.. {
        let is_over = begun.elapsed() > Duration::from_secs(60 * settings.minutes);
        if !problems.is_empty() || number > first && (is_over || settings.round.is_some()) {
            break;
        }
        let round = Round::new(settings.seed, number, CREDENTIALS, CONTENT);
        (actions, faults) = (actions + round.actions.len(), faults + round.faults.len());
        calm.next_round().await;
        stormy.next_round().await;
        let mut left_out = BTreeSet::new();
        let acting = async {
            let is_blink = |(_, _, action): &&(Duration, usize, Action)| *action == Action::Blink;
            let blinking: Vec<usize> =
                round.actions.iter().filter(is_blink).map(|(_, credential, _)| *credential).collect();
            let away = Instant::now();
            tokio::join!(calm.blink(&blinking, false), stormy.blink(&blinking, false));
            tokio::time::sleep(BLINK).await;
            tokio::join!(calm.blink(&blinking, true), stormy.blink(&blinking, true));
            if away.elapsed() > DELAY - Duration::from_secs(1) {
                // On such a slow machine the missing Secrets may be announced correctly.
                left_out.extend(blinking.iter().flat_map(|credential| calm.concerned(*credential)));
            }
            for (pause, credential, action) in &round.actions {
                tokio::time::sleep(*pause).await;
                tokio::join!(calm.act(*credential, *action), stormy.act(*credential, *action));
            }
        };
        tokio::join!(acting, storm.breaks(round.faults.clone()));
        problems.extend(storm.revive());
        let found = compare(&format!("round {number}"), &calm, &stormy, &left_out).await;
        if !found.is_empty() {
            println!("round {number}: {round:#?}");
        }
        problems.extend(found);
        let sent: usize = calm.events().await.values().flat_map(Events::values).sum();
        events += sent;
        println!(
            "round {number}: {} actions, {} faults, {sent} Events, {} objects left out, {} s so far",
            round.actions.len(),
            round.faults.len(),
            left_out.len(),
            begun.elapsed().as_secs()
        );
    }
    problems.extend(check(&bed, &settings.program, &stormy).await);
    println!("{actions} actions, {faults} faults, {events} Events, {} problems", problems.len());
    problems
}

/// Waits until the undisturbed namespace has settled and the other namespace is the same. Returns the remaining
/// differences.
async fn compare(when: &str, calm: &Field, stormy: &Field, left_out: &BTreeSet<String>) -> Vec<String> {
    let expected = settled(calm).await;
    let begun = Instant::now();
    let mut since = Instant::now();
    loop {
        let differences = differences(&expected, &(stormy.events().await, stormy.verdicts().await), left_out);
        if !differences.is_empty() {
            since = Instant::now();
        }
        if since.elapsed() > QUIET {
            return Vec::new();
        }
        if begun.elapsed() > CATCH_UP {
            return differences.into_iter().map(|difference| format!("{when}: {difference}")).collect();
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

type Seen = (BTreeMap<String, Events>, BTreeMap<String, Value>);

async fn settled(field: &Field) -> Seen {
    let mut seen = (field.events().await, field.verdicts().await);
    let mut since = Instant::now();
    while since.elapsed() < QUIET {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = (field.events().await, field.verdicts().await);
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
    seen
}

fn differences(expected: &Seen, found: &Seen, left_out: &BTreeSet<String>) -> Vec<String> {
    let mut differences = Vec::new();
    let objects: BTreeSet<&String> =
        expected.0.keys().chain(found.0.keys()).chain(expected.1.keys()).chain(found.1.keys()).collect();
    for object in objects {
        if !left_out.contains(object) && expected.0.get(object) != found.0.get(object) {
            let (expected, found) = (expected.0.get(object), found.0.get(object));
            differences.push(format!("Events of {object}: expected {expected:?}, found {found:?}"));
        }
        if expected.1.get(object) != found.1.get(object) {
            let text = |verdicts: &Seen| verdicts.1.get(object).map(Value::to_string).unwrap_or_default();
            differences.push(format!("{object}:\n  expected {}\n  found    {}", text(expected), text(found)));
        }
    }
    differences
}

/// Compares the conditions that do not depend on the past with the results of `check` for the same objects.
async fn check(bed: &Bed, program: &str, field: &Field) -> Vec<String> {
    let objects = bed.kubectl_ok(&["get", "secrets,tcred,mdmt", "-n", &field.namespace, "-o", "json"], "");
    let mut program = Command::new(program)
        .args(["check", "-o", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(objects.as_bytes()).unwrap());
    let output = program.wait_with_output().unwrap();
    writer.join().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let verdicts = field.verdicts().await;
    let mut problems = Vec::new();
    for credential in report["credentials"].as_array().unwrap() {
        let name = format!("TenantCredential/{}", credential["name"].as_str().unwrap());
        for type_ in ["Expiring", "Expired", "KeyMismatch"] {
            let of = |list: &Value| {
                let all = list.as_array().unwrap();
                let one = all.iter().find(|condition| condition["type"] == type_);
                one.map(|one| format!("{}/{}", one["status"], one["reason"]))
            };
            // The operator keeps the last known dates of a credential that can't be read. `check` does not have these
            // dates.
            let (expected, found) = (of(&credential["conditions"]), of(&verdicts[&name]["conditions"]));
            let is_unknown = expected.as_deref().is_some_and(|expected| expected.contains("Unknown"));
            if expected != found && !is_unknown {
                problems.push(format!("{type_} of {name}: check finds {expected:?}, the operator {found:?}"));
            }
        }
    }
    problems
}
