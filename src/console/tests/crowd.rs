//! A large fleet, and a console that shows it without a loop.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::json;

use crate::console::state::{Arrangement, Size, State};
use crate::console::test_fleet::{NOW, PULL, agents, now, plan, record, registered, small_fleet, up};
use crate::console::{Effects, Message, Options, update};
use crate::fleet::{Answer, Fleet, Input, Snapshot};
use crate::keylime::answer;
use crate::text::RemoteText;

/// Agents of the crowd.
pub const CROWD: usize = 100_000;

/// Pictures of a large fleet: 0, 1 and 2 differ in who has failed; each is
/// made once.
pub fn crowd(number: usize) -> Arc<Snapshot> {
    static PICTURES: OnceLock<Mutex<HashMap<usize, Arc<Snapshot>>>> = OnceLock::new();
    let mut pictures = PICTURES.get_or_init(Mutex::default).lock().unwrap();
    if pictures.is_empty() {
        let mut fleet = small_fleet();
        for number in 0..3 {
            fleet.apply(0, many(CROWD, number), now());
            pictures.insert(number, Arc::new(fleet.snapshot()));
        }
    }
    Arc::clone(&pictures[&number])
}

/// So many agents in one group; of every hundred one has failed, another one
/// with each `salt`.
pub fn many(count: usize, salt: usize) -> Input {
    let one = |fields| {
        let body = json!({ "code": 200, "status": "Success", "results": { "x": record(fields) } });
        let (_, record) = answer::bulk(body.to_string().as_bytes()).unwrap().into_iter().next().unwrap();
        Arc::new(record)
    };
    let event = "ima.validation.ima-ng.not_in_allowlist";
    let well = one(json!({}));
    let failed = one(json!({
        "operational_state": 9, "attestation_status": "FAIL", "severity_level": 6,
        "last_event_id": event, "last_successful_attestation": NOW - 240,
    }));
    let mut content: Vec<_> = (0..count)
        .map(|number| {
            let record = if number % 100 == salt % 100 { &failed } else { &well };
            // As different from each other as real ones are.
            let scattered = u32::try_from(number).unwrap().wrapping_mul(2_654_435_761);
            let id = format!("{scattered:08x}-d2f1-4a97-9ef7-{:06x}{number:06}", scattered >> 5 & 0xff_ffff);
            (RemoteText::from(id), Arc::clone(record))
        })
        .collect();
    content.sort_by(|(one, _), (other, _)| one.cmp(other));
    Input::Agents(Answer {
        address: 0,
        content: Some(content),
        server_time: NOW,
        took: Duration::from_millis(40),
        share: Some(0.01),
    })
}

/// So many agents in four groups, whose rows are as full as those of real
/// fleets: UUIDs, host names and SHA-256 as ids, flags, reasons, agents in two
/// groups.
pub fn full_rows(count: usize) -> Fleet {
    let names = ["eu-central-production", "us-east-1", "edge-stockholm", "lab"];
    let plans = names.into_iter().zip(1..).map(|(name, number)| plan(name, &format!("10.{number}.0")));
    let mut fleet = Fleet::new(1, 60, plans);
    let unchecked = "{\"mask\": \"0x0\"}";
    let kinds = [
        json!({}),
        json!({ "tpm_policy": unchecked, "has_runtime_policy": 1 }),
        json!({
            "operational_state": 9, "attestation_status": "FAIL", "severity_level": 6,
            "last_event_id": "ima.validation.ima-ng.not_in_allowlist",
            "last_successful_attestation": NOW - 240,
        }),
        json!({ "last_successful_attestation": NOW - 95, "attestation_period": "60s" }),
        json!({ "tpm_policy": "{}", "has_runtime_policy": 0 }),
        json!({ "operational_state": 8 }),
        json!({ "attestation_count": 0, "last_successful_attestation": null }),
        json!({ "operational_state": 10, "attestation_status": "FAIL", "tpm_policy": "{}" }),
    ];
    for (group, number) in (0..names.len()).zip(0..) {
        for address in 0..3 {
            fleet.apply(group, up(address, PULL), now());
        }
        let inside = (0..count).filter(|agent| agent % names.len() == group || agent % 40 == number);
        let records = inside.map(|agent| {
            let scattered = u32::try_from(agent).unwrap().wrapping_mul(2_654_435_761);
            let id = match agent % 8 {
                3 => format!("worker-{agent:05}.rack-{:02}.example.net", agent % 31),
                5 => format!("{scattered:08x}").repeat(8),
                _ => format!("{scattered:08x}-d2f1-4a97-9ef7-{:012x}", u64::from(scattered) * 251),
            };
            (id, record(kinds[scattered as usize >> 9 & 7].clone()))
        });
        let records: serde_json::Map<_, _> = records.collect();
        fleet.apply(group, registered(2, &[]), now());
        fleet.apply(group, agents(0, records.into(), 0.01), now());
    }
    fleet
}

/// A state whose wishes for other rows are carried out by whoever holds it.
pub struct Hand {
    pub state: State,
}

impl Hand {
    pub fn new(size: (u16, u16), snapshot: Arc<Snapshot>) -> Self {
        let size = Size { width: size.0, height: size.1 };
        let options = Options { title: "test".to_owned(), colour: true, ..Options::default() };
        Self { state: State::new(options, size, snapshot, now()).unwrap() }
    }

    pub fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            let effects = update(&mut self.state, Message::Key(key.parse().unwrap()));
            self.arrange(effects);
        }
    }

    /// Carries out what is wished for, and what that leads to.
    pub fn arrange(&mut self, effects: Effects) {
        let mut next = effects.arrange;
        while let Some(wish) = next {
            let arrangement: Arc<Arrangement> = Arc::new(wish.carry_out(|| false).unwrap());
            next = update(&mut self.state, Message::Arranged(arrangement)).arrange;
        }
    }
}
