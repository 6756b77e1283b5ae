//! The model: taking in the records of a group and making a picture.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use limescope::fleet::{Answer, Fleet, GroupPlan, Input, Snapshot};
use limescope::keylime::{AddressRole, AgentRecord, answer};
use limescope::text::RemoteText;

use crate::bare::Bare;
use crate::results::Results;
use crate::samples::{repeat, timed};
use crate::servers::{Servers, Wanted};
use crate::{Outcome, say};

type Records = Vec<(RemoteText, Arc<AgentRecord>)>;

/// Seconds between two observations.
const LATER: i64 = 2;

const RUNS: usize = 9;

pub fn measure(results: &mut Results) -> Outcome<()> {
    let mut rows = Vec::new();
    for agents in [50_000, 100_000] {
        say(&format!("  {agents} agents"));
        let servers = Servers::start(Wanted::still(agents, 1))?;
        let bare = Bare::new(servers.config())?;
        let ids = answer::agent_ids(&bare.body(AddressRole::Registrar)?)?;
        let bulk = bare.body(AddressRole::Verifier)?;
        let records =
            || Outcome::Ok(answer::bulk(&bulk)?.into_iter().map(|(id, record)| (id, Arc::new(record))));
        let read = || Outcome::Ok(records()?.collect::<Records>());
        let changed = || {
            let later = records()?.map(|(id, mut record)| {
                let record_now = Arc::make_mut(&mut record);
                record_now.attestation_count = record_now.attestation_count.map(|count| count + 1);
                for time in [&mut record_now.last_received_quote, &mut record_now.last_successful_attestation]
                {
                    *time = time.map(|time| time + LATER);
                }
                (id, record)
            });
            Outcome::Ok(later.collect::<Records>())
        };
        let first = repeat(RUNS, || {
            let mut fleet = new_fleet();
            let (ids, records) = (ids.clone(), read()?);
            let (took, _picture) = timed(|| observe(&mut fleet, Some(ids), Some(records), 0));
            Ok(took)
        })?;
        let again = |content: &dyn Fn() -> Outcome<Option<Records>>, later| {
            repeat(RUNS, || {
                let mut fleet = new_fleet();
                let before = observe(&mut fleet, Some(ids.clone()), Some(read()?), 0);
                let content = content()?;
                let (took, after) = timed(|| observe(&mut fleet, None, content, later));
                drop((before, after));
                Ok(took)
            })
        };
        rows.push([
            agents.to_string(),
            first.words(),
            again(&|| read().map(Some), 0)?.words(),
            again(&|| Ok(None), LATER)?.words(),
            again(&|| changed().map(Some), LATER)?.words(),
        ]);
    }
    results.words(
        "**The model**: one group's observation taken in, and the picture made from it (one thread). \
         `nothing changed` is the same records read anew; `304` is no records and a later clock, so that every \
         agent is judged again; `all changed` is new times and counts in every record.",
    );
    results.table(["agents", "first", "nothing changed", "304", "all changed"], &rows);
    Ok(())
}

/// The picture of one group's fleet, asked once.
pub fn picture(bare: &Bare) -> Outcome<Snapshot> {
    let ids = answer::agent_ids(&bare.body(AddressRole::Registrar)?)?;
    let records = answer::bulk(&bare.body(AddressRole::Verifier)?)?;
    let records = records.into_iter().map(|(id, record)| (id, Arc::new(record))).collect();
    Ok(observe(&mut new_fleet(), Some(ids), Some(records), 0))
}

fn new_fleet() -> Fleet {
    let addresses = [
        (AddressRole::Verifier, "https://127.0.0.1:8881"),
        (AddressRole::Registrar, "https://127.0.0.1:8891"),
    ];
    let addresses = addresses.map(|(role, address)| (role, address.to_owned())).to_vec();
    Fleet::new(1, 60, [GroupPlan { name: "group-1".to_owned(), addresses }])
}

fn observe(
    fleet: &mut Fleet,
    ids: Option<Vec<RemoteText>>,
    records: Option<Records>,
    later: i64,
) -> Snapshot {
    // A clock that stands: ages must not change unless that is measured.
    static STARTED: OnceLock<Timestamp> = OnceLock::new();
    let now = *STARTED.get_or_init(Timestamp::now);
    let server_time = now.as_second() + later;
    if let Some(ids) = ids {
        let answer =
            Answer { address: 1, content: Some(ids), server_time, took: Duration::ZERO, share: None };
        fleet.apply(0, Input::Registered(answer), now);
    }
    let answer = Answer { address: 0, content: records, server_time, took: Duration::ZERO, share: None };
    fleet.apply(0, Input::Agents(answer), now);
    fleet.snapshot()
}
