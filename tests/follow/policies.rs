//! The deployed policies of the embedded fleet: listed, read, compared, and not read twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use limescope::demo::{DemoFleet, DemoOptions, RequestKind};
use limescope::fleet::policies::{
    Agreement, Catalogue, Relation, Standing, Visibility, against, catalogue, relation,
};
use limescope::keylime::Limits;
use limescope::keylime::policies::PolicyKind;
use limescope::policy::SignatureVerdict;
use limescope::policy::signature::material;
use limescope::policy::trust::{Entry, Store, Subject, Trust};
use limescope::tasks::policies::{Deployed, FetchError, FetchState, Policies, Progress, local_facts};
use limescope::text::RemoteText;

use crate::{Followed, LIMIT, config};

const RUNTIME: PolicyKind = PolicyKind::Runtime;

/// Silent in the tests.
fn unseen(_progress: Progress) {}

async fn start() -> (DemoFleet, Policies) {
    let fleet = DemoFleet::start(&DemoOptions { still: true, ..DemoOptions::default() }).await.unwrap();
    let policies = Policies::of(&config(&fleet), Limits::default(), &mut |_| None);
    (fleet, policies)
}

async fn fetch(policies: &Policies, group: &str, name: &str) -> Result<Deployed, FetchError> {
    policies.fetch(group, RUNTIME, &name.into(), &unseen).await
}

fn words(catalogue: &Catalogue, name: &str) -> (Agreement, String) {
    let comparison = &catalogue.row(RUNTIME, name).unwrap().comparison;
    (comparison.agreement, comparison.words())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_groups_are_compared_and_who_differs_is_named() {
    let (_fleet, policies) = start().await;
    assert_eq!(policies.groups(), ["eu-west", "us-east", "ap-south", "lab"]);
    let found = catalogue(&policies.survey().await);
    let unknown = "; unknown in lab";
    assert_eq!(
        words(&found, "web-tier"),
        (Agreement::Drift, format!("us-east differs from eu-west and ap-south{unknown}"))
    );
    assert_eq!(
        words(&found, "db-tier"),
        (
            Agreement::ReSigned,
            format!(
                "the same policy in other texts (no trusted key vouches): us-east differs from eu-west and ap-south{unknown}"
            )
        )
    );
    let same = format!("the same in eu-west, us-east and ap-south{unknown}");
    assert_eq!(words(&found, "release-17"), (Agreement::Same, same.clone()));
    assert_eq!(words(&found, "ima-base"), (Agreement::Same, same));
    let alone = format!("in eu-west; missing in us-east and ap-south{unknown}");
    assert_eq!(words(&found, "canary"), (Agreement::Alone, alone));
    assert_eq!(found.failures.len(), 2, "{:?}", found.failures);
    assert!(found.failures.iter().all(|(group, _, words)| group == "lab" && words.contains("refused")));
    let boot = found.row(PolicyKind::MeasuredBoot, "mb-base").unwrap();
    assert_eq!(boot.comparison.agreement, Agreement::Same);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_keylime_makes_is_hidden() {
    let (_fleet, policies) = start().await;
    let found = catalogue(&policies.survey().await);
    // Nobody can ask for what Keylime stores under the hostile agent's id.
    let unseen: Vec<_> = found.rows.iter().filter(|row| row.visibility == Visibility::NotLookedAt).collect();
    assert!(matches!(unseen.as_slice(), [row] if row.name.raw().contains('\u{1b}')), "{unseen:#?}");
    assert!(found.count(Visibility::Hidden) > 20, "{}", found.count(Visibility::Hidden));
    let of_agents: Vec<_> = found.shown().filter(|row| row.is_of_an_agent()).collect();
    // Who is in two groups may be the one in both.
    let places: BTreeSet<_> = of_agents.iter().flat_map(|row| &row.agent_in).map(String::as_str).collect();
    assert_eq!(places, BTreeSet::from(["ap-south", "eu-west", "us-east"]));
    for row in of_agents {
        let stored: Vec<_> = row.standings.iter().filter(|one| matches!(one, Standing::Stored(_))).collect();
        assert!(!stored.is_empty() && row.comparison.missing.is_empty(), "{row:?}");
    }
    // Shown all the same: somebody wrote it, and a verifier takes it for none.
    let by_hand = found.row(RUNTIME, "by-hand").unwrap();
    assert!(matches!(&by_hand.standings[0], Standing::Stored(facts) if facts.counts_as_none()));
    // Its name cannot be asked for, and that is said.
    let odd = found.shown().find(|row| row.name.raw().contains('\u{1b}')).unwrap();
    assert!(matches!(&odd.standings[0], Standing::Unread(words) if words.contains("cannot be asked for")));
    assert_eq!(odd.comparison.agreement, Agreement::Unread);
    let names: BTreeSet<_> =
        found.shown().filter(|row| !row.is_of_an_agent()).map(|row| row.name.raw()).collect();
    assert_eq!(names.len(), 10, "{names:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_is_fetched_byte_for_byte_and_not_twice() {
    let (fleet, policies) = start().await;
    let seen = AtomicU64::new(0);
    let progress = |progress: Progress| {
        assert!(progress.of.is_some_and(|of| progress.taken <= of), "{progress:?}");
        seen.store(progress.taken, Ordering::SeqCst);
    };
    let first = policies.fetch("eu-west", RUNTIME, &"db-tier".into(), &progress).await.unwrap();
    let text = first.text.clone().unwrap();
    assert!(seen.load(Ordering::SeqCst) > text.len() as u64, "the whole answer was told of");
    assert_eq!(first.facts.bytes, Some(text.len() as u64));
    let envelope: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(envelope["payloadType"], "application/vnd.keylime+json");
    let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &text);
    assert_eq!(first.facts.text.bytes(), sum.as_ref());

    let statuses = || {
        let urls = fleet.groups()[0].verifiers.iter().map(|verifier| verifier.url.clone());
        let asked: Vec<_> = urls.map(|url| fleet.asked(&url)).collect();
        let of = |status: u16| asked.iter().filter_map(|one| one.statuses.get(&status)).sum::<u64>();
        (asked.iter().map(|one| one.count(RequestKind::Policy)).sum::<u64>(), of(304))
    };
    assert_eq!(statuses(), (1, 0));
    let again = fetch(&policies, "eu-west", "db-tier").await.unwrap();
    assert_eq!(statuses(), (2, 1), "unchanged: nothing was transferred");
    assert_eq!(again, first);
    let shared = again.text.unwrap();
    assert_eq!(shared.as_ptr(), text.as_ptr(), "and it is in memory once");

    let other = fetch(&policies, "us-east", "db-tier").await.unwrap();
    assert_eq!(relation(&first.facts, &other.facts), Relation::ReSigned);
    let drifted = fetch(&policies, "us-east", "web-tier").await.unwrap();
    let web = fetch(&policies, "eu-west", "web-tier").await.unwrap();
    assert_eq!(relation(&web.facts, &drifted.facts), Relation::Drift);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_local_file_is_compared_with_what_is_deployed() {
    let (_fleet, policies) = start().await;
    let found = catalogue(&policies.survey().await);
    let file = fetch(&policies, "eu-west", "web-tier").await.unwrap().text.unwrap();
    let groups = found.groups.iter().map(String::as_str);
    let compared = |text: &[u8], name: &str| {
        let local = local_facts(RUNTIME, text.to_vec(), &Trust::none(), Timestamp::now());
        let standings = groups.clone().zip(&found.row(RUNTIME, name).unwrap().standings);
        against(&local, standings)
            .map(|(group, relation)| (group.to_owned(), relation.word()))
            .collect::<Vec<_>>()
    };
    let pairs = |words: [&'static str; 3]| {
        let groups = ["eu-west", "us-east", "ap-south"].map(str::to_owned);
        groups.into_iter().zip(words).collect::<Vec<_>>()
    };
    assert_eq!(compared(&file, "web-tier"), pairs(["same", "drift", "same"]));
    // What was signed, as a file of its own.
    let signed = fetch(&policies, "eu-west", "db-tier").await.unwrap().text.unwrap();
    let envelope: serde_json::Value = serde_json::from_slice(&signed).unwrap();
    let payload = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap()
    };
    assert_eq!(compared(&payload, "db-tier"), pairs(["re-signed", "re-signed", "re-signed"]));
    assert_eq!(compared(b"no policy", "db-tier"), pairs(["drift", "drift", "drift"]));
}

/// A trust store with one key for everything.
fn store(pem: &str) -> Store {
    let found = material::read(pem.as_bytes()).unwrap().remove(0);
    let mut store = Store::default();
    store.entries.push(Entry::new("release", found.into(), Timestamp::now()));
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signatures_are_judged_by_the_trust_of_the_moment() {
    let (fleet, policies) = start().await;
    let signature = async |group: &str| {
        let fetched = fetch(&policies, group, "db-tier").await.unwrap();
        (fetched.facts.judged.clone().unwrap().signature, fetched)
    };
    assert_eq!(signature("eu-west").await.0, SignatureVerdict::Untrusted);
    let transferred = || {
        let url = &fleet.groups()[0].verifiers[0].url;
        let statuses = fleet.asked(url).statuses;
        (statuses.get(&304).copied().unwrap_or(0), statuses.get(&200).copied().unwrap_or(0))
    };
    let before = transferred();

    policies.trust(store(&std::fs::read_to_string(fleet.policy_key_path()).unwrap()));
    let (verdict, eu) = signature("eu-west").await;
    assert_eq!(verdict, SignatureVerdict::Valid);
    assert_eq!(transferred().1, before.1, "judged anew, not transferred anew");
    let (_, us) = signature("us-east").await;
    assert_eq!(relation(&eu.facts, &us.facts), Relation::ReSigned);
    let counts = eu.facts.judged.as_ref().unwrap().counts.unwrap();
    assert!(counts.paths > 0 && counts.digests >= counts.paths && counts.metadata > 0, "{counts:?}");
    let found = catalogue(&policies.survey().await);
    let (agreement, told) = words(&found, "db-tier");
    assert_eq!(agreement, Agreement::ReSigned);
    assert!(told.starts_with("the same policy in other texts: "), "{told}");

    // The same payload under a signature that is none: another policy, and why is said.
    let mut envelope: serde_json::Value = serde_json::from_slice(eu.text.as_ref().unwrap()).unwrap();
    envelope["signatures"] = serde_json::json!([{"keyid": "", "sig": "MAYCAQECAQE="}]);
    let trust = Trust::of_store(
        &store(&std::fs::read_to_string(fleet.policy_key_path()).unwrap()),
        Subject { group: None, policy: None },
    );
    let tampered = local_facts(RUNTIME, envelope.to_string(), &trust, Timestamp::now());
    assert_eq!(relation(&tampered, &eu.facts), Relation::Drift);
    assert!(tampered.fault().unwrap().starts_with("its signature is invalid: "), "{tampered:?}");

    // Who trusts another signer only has no equal payloads.
    let other = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/policies/keys/ecdsa-p256.pub.pem");
    policies.trust(store(&std::fs::read_to_string(other).unwrap()));
    let found = catalogue(&policies.survey().await);
    let (agreement, told) = words(&found, "db-tier");
    assert_eq!(agreement, Agreement::Drift);
    assert!(told.contains("; in eu-west, us-east and ap-south: its signature is invalid: "), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_configuration_is_another_list_of_groups() {
    let followed = Followed::start(DemoOptions { still: true, ..DemoOptions::default() }).await;
    let policies = followed._following.policies();
    let before = fetch(&policies, "eu-west", "ima-base").await.unwrap().text.unwrap();
    let mut other = config(&followed.fleet);
    other.groups.retain(|group| group.name != "us-east");
    followed._following.director().redirect(other).await.unwrap();
    assert_eq!(policies.groups(), ["eu-west", "ap-south", "lab"]);
    let gone = fetch(&policies, "us-east", "ima-base").await.unwrap_err().to_string();
    assert_eq!(gone, "there is no group us-east");
    let after = fetch(&policies, "eu-west", "ima-base").await.unwrap().text.unwrap();
    assert_eq!(after.as_ptr(), before.as_ptr(), "what was read of a group that stays is not read again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_had_is_told_in_words() {
    let (_fleet, policies) = start().await;
    for (group, name, words) in [
        ("mars", "ima-base", "there is no group mars"),
        ("eu-west", "nothing", "eu-west has no runtime policy of the name nothing"),
        ("eu-west", "a\u{1b}b", "the runtime policy a\\u{1b}b cannot be read: its name holds characters"),
        ("lab", "ima-base", "lab: the runtime policy ima-base cannot be read: the connection was refused"),
    ] {
        let told = fetch(&policies, group, name).await.unwrap_err().to_string();
        assert!(told.contains(words), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_the_fleet_reads_policies_in_the_background() {
    let followed = Followed::start(DemoOptions { still: true, ..DemoOptions::default() }).await;
    let policies = followed._following.policies();
    let mut survey = policies.begin_survey();
    let ended = survey.pictures.wait_for(|picture| picture.is_finished);
    let picture = tokio::time::timeout(LIMIT, ended).await.unwrap().unwrap().clone();
    assert_eq!((picture.done, picture.reading.len()), (picture.wanted, 0));
    assert_eq!(words(&picture.catalogue, "web-tier").0, Agreement::Drift);

    let mut fetching = policies.begin_fetch("us-east".to_owned(), RUNTIME, RemoteText::from("web-tier"));
    let ended = fetching.state.wait_for(|state| matches!(state, FetchState::Done(_)));
    let state = tokio::time::timeout(LIMIT, ended).await.unwrap().unwrap().clone();
    let FetchState::Done(Ok(fetched)) = state else { panic!("{state:?}") };
    assert_eq!((fetched.group.as_str(), fetched.name.raw()), ("us-east", "web-tier"));

    // Nobody is kept at work by who only reads policies.
    drop(followed);
    let ended = tokio::time::timeout(LIMIT, async {
        loop {
            match fetch(&policies, "us-east", "canary").await {
                Err(FetchError::Failed { failure, .. }) if failure.words.contains("no longer followed") => {
                    return;
                }
                _ => tokio::task::yield_now().await,
            }
        }
    });
    ended.await.expect("the group is no longer followed");
}
