//! What a verifier knows about an agent at one moment: a pure function.

use super::chance::Chance;
use super::clock::Moment;
use super::condition::{Condition, Way};
use super::roster::{Group, Seat};
use super::story::{Event, Pause, Story};

/// Seconds between two quotes; the records call it `attestation_period`.
const PERIOD: u64 = 2;

/// Severity of every failure with Keylime's default policy.
const EMERGENCY: u8 = 6;

const IMA_EVENT: &str = "ima.validation.ima-ng.not_in_allowlist";
const PCR_EVENT: &str = "pcr_validation.invalid_pcr_23";
const LOST_EVENT: &str = "internal.verifier.not_reachable";

/// The changing part of an agent's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) operational_state: u8,
    pub(super) attestation_status: &'static str,
    pub(super) severity_level: Option<u8>,
    pub(super) last_event_id: Option<&'static str>,
    pub(super) attestation_count: u64,
    /// Unix time, 0 = never.
    pub(super) last_received_quote: u64,
    /// Unix time, 0 = never.
    pub(super) last_successful_attestation: u64,
    pub(super) policy: Policy,
}

/// What an agent is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Policy {
    /// `tpm_policy`, as the JSON string that stands in the record.
    pub(super) tpm_policy: &'static str,
    pub(super) has_mb_refstate: bool,
    pub(super) has_runtime_policy: bool,
}

const IMA: Policy =
    Policy { tpm_policy: r#""{\"mask\": \"0x400\"}""#, has_mb_refstate: false, has_runtime_policy: true };
const MEASURED_BOOT: Policy =
    Policy { tpm_policy: r#""{\"mask\": \"0xfbff\"}""#, has_mb_refstate: true, has_runtime_policy: false };
const IMA_AND_BOOT: Policy =
    Policy { tpm_policy: r#""{\"mask\": \"0xffff\"}""#, has_mb_refstate: true, has_runtime_policy: true };
const PCR_23: Policy = Policy {
    tpm_policy: r#""{\"23\": [\"0000000000000000000000000000000000000000000000000000000000000000\"], \"mask\": \"0x800000\"}""#,
    has_mb_refstate: false,
    has_runtime_policy: false,
};
const NOTHING: Policy =
    Policy { tpm_policy: r#""{\"mask\": \"0x0\"}""#, has_mb_refstate: false, has_runtime_policy: false };
const IMA_NOT_ENFORCED: Policy =
    Policy { tpm_policy: r#""{\"mask\": \"0x80ff\"}""#, has_mb_refstate: false, has_runtime_policy: true };

impl Policy {
    /// What the agent of a seat is checked against.
    pub(super) fn of(seat: &Seat) -> Self {
        match (seat.condition, seat.part) {
            (Condition::NothingChecked, _) => NOTHING,
            (Condition::PolicyNotEnforced, _) => IMA_NOT_ENFORCED,
            (_, Some(Event::Failure | Event::HostileId)) => IMA,
            (_, Some(Event::Disagreement)) => PCR_23,
            _ => match seat.salt >> 32 & 15 {
                0..=7 => IMA,
                8..=10 => MEASURED_BOOT,
                11..=13 => IMA_AND_BOOT,
                _ => PCR_23,
            },
        }
    }
}

/// One moment in one group's store.
pub(super) struct Situation<'a> {
    moment: Moment,
    story: &'a Story,
    members: Vec<MemberState>,
    restarting: bool,
}

#[derive(Default)]
struct MemberState {
    pause: Pause,
    restarted: bool,
}

impl<'a> Situation<'a> {
    /// The store of `group` at `moment`.
    pub(super) fn new(group: &Group, story: &'a Story, moment: Moment) -> Self {
        let elapsed = moment.elapsed;
        let member = |event| MemberState {
            pause: story.pause(event, elapsed),
            restarted: story.happened(event, elapsed),
        };
        let members: Vec<MemberState> =
            group.members.iter().map(|one| one.away.map(member).unwrap_or_default()).collect();
        let restarting =
            group.members.iter().filter_map(|one| one.away).any(|event| story.restarting(event, elapsed));
        Self { moment, story, members, restarting }
    }

    /// What the verifier's record says about the agent of a seat.
    pub(super) fn state(&self, seat: &Seat) -> State {
        let mut facts = self.undisturbed(seat);
        if let Some(event @ (Event::Failure | Event::Disagreement)) = seat.part {
            self.disturb(seat, event, &mut facts);
        }
        // A restart writes Start for every active agent of the shared store,
        // the other members' included; for push agents it stays.
        let active = matches!(facts.operational_state, 1..=6);
        match seat.way {
            Way::Pull if active && self.restarting => {
                facts.operational_state = 1;
                facts.attestation_status = "PENDING";
            }
            Way::Push if active && self.members.iter().any(|member| member.restarted) => {
                facts.operational_state = 1;
            }
            Way::Pull | Way::Push => {}
        }
        facts
    }

    fn undisturbed(&self, seat: &Seat) -> State {
        let origin = self.moment.origin;
        let base = 40 + seat.salt % 5000;
        let ago = 480 + seat.salt % 600;
        let pause = self.members.get(seat.owner).map_or_else(Pause::default, |member| member.pause);
        let beat = self.beat(seat, pause);
        let healthy = State {
            operational_state: 3,
            attestation_status: "PASS",
            severity_level: None,
            last_event_id: None,
            attestation_count: base + beat.count,
            last_received_quote: beat.last,
            last_successful_attestation: beat.last,
            policy: Policy::of(seat),
        };
        let failed = |state, event, success: u64, quote: u64| State {
            operational_state: state,
            attestation_status: "FAIL",
            severity_level: Some(EMERGENCY),
            last_event_id: Some(event),
            attestation_count: base,
            last_received_quote: quote,
            last_successful_attestation: success,
            ..healthy.clone()
        };
        let stood = State {
            attestation_count: base,
            last_received_quote: origin - ago,
            last_successful_attestation: origin - ago,
            ..healthy.clone()
        };
        match seat.condition {
            Condition::Healthy
            | Condition::Registered
            | Condition::NotActivated
            | Condition::NotRegistered
            | Condition::NothingChecked
            | Condition::PolicyNotEnforced => healthy,
            Condition::Unproven => State {
                attestation_status: if seat.way == Way::Push { "PENDING" } else { "PASS" },
                attestation_count: 0,
                last_received_quote: 0,
                last_successful_attestation: 0,
                ..healthy
            },
            Condition::Stale => stood,
            Condition::InvalidQuote if seat.salt.is_multiple_of(3) => {
                failed(9, PCR_EVENT, origin - ago, origin - ago + PERIOD)
            }
            Condition::InvalidQuote => failed(9, IMA_EVENT, origin - ago, origin - ago + PERIOD),
            Condition::Unreachable => failed(7, LOST_EVENT, origin - ago, origin - ago),
            Condition::PushFail => State {
                attestation_status: "FAIL",
                attestation_count: base,
                last_successful_attestation: origin - ago,
                ..healthy
            },
            Condition::PushLatched => State { attestation_status: "FAIL", ..healthy },
            Condition::PushTimeout => State { attestation_status: "TIMEOUT", ..stood },
            Condition::Stopped => State { operational_state: 10, attestation_status: "FAIL", ..stood },
            Condition::Removing => State { operational_state: 8, attestation_status: "PENDING", ..stood },
            Condition::Retrying => State {
                severity_level: Some(3),
                last_event_id: Some(PCR_EVENT),
                last_successful_attestation: healthy.last_successful_attestation - 3 * PERIOD,
                ..healthy
            },
            Condition::Historic => {
                State { severity_level: Some(EMERGENCY), last_event_id: Some(IMA_EVENT), ..healthy }
            }
        }
    }

    /// The part of an agent that fails for a while and keeps its old event.
    fn disturb(&self, seat: &Seat, event: Event, facts: &mut State) {
        let id = if event == Event::Failure { IMA_EVENT } else { PCR_EVENT };
        let pause = self.story.pause(event, self.moment.elapsed);
        let failing = pause.since.is_some();
        if !failing && !self.story.happened(event, self.moment.elapsed) {
            return;
        }
        let beat = self.beat(seat, pause);
        facts.attestation_count = 40 + seat.salt % 5000 + beat.count;
        facts.last_successful_attestation = beat.last;
        facts.severity_level = Some(EMERGENCY);
        facts.last_event_id = Some(id);
        facts.last_received_quote = beat.last;
        if failing {
            facts.operational_state = 9;
            facts.attestation_status = "FAIL";
            facts.last_received_quote = beat.last + PERIOD;
        }
    }

    /// Quotes of an agent that attests by the clock, without those that an
    /// interruption prevented.
    fn beat(&self, seat: &Seat, pause: Pause) -> Beat {
        let phase = seat.salt >> 8 & 1;
        let until = pause.since.unwrap_or(self.moment.elapsed);
        Beat {
            count: (until.saturating_sub(pause.lost) + phase) / PERIOD,
            last: self.moment.origin + until - (until + phase) % PERIOD,
        }
    }
}

struct Beat {
    count: u64,
    last: u64,
}

/// The payload-key share that stands in every record, as 32 secret bytes. A
/// client must drop it.
pub(super) fn key_share(seat: &Seat) -> [u8; 32] {
    Chance::new(seat.salt, 0x76, 0).bytes()
}

#[cfg(test)]
mod tests {
    use super::super::options::DemoOptions;
    use super::super::roster::Roster;
    use super::super::story::ROUND;
    use super::*;

    const ORIGIN: u64 = 1_800_000_000;

    fn states(group: &Group, story: &Story, elapsed: u64) -> Vec<State> {
        let situation = Situation::new(group, story, Moment { origin: ORIGIN, elapsed });
        group.seats.iter().map(|seat| situation.state(seat)).collect()
    }

    #[test]
    fn nothing_runs_backwards_or_ahead_of_the_clock() {
        for groups in [2, 4] {
            let roster = Roster::new(&DemoOptions { groups, agents: 80, ..DemoOptions::default() });
            let story = Story::new(1, false);
            for group in &roster.groups {
                let mut before = states(group, &story, 0);
                for elapsed in 1..3 * ROUND {
                    let now = states(group, &story, elapsed);
                    for ((before, now), seat) in before.iter().zip(&now).zip(&group.seats) {
                        let place = format!("{} second {elapsed}: {seat:?}", group.name);
                        assert!(now.attestation_count >= before.attestation_count, "{place}");
                        assert!(
                            now.last_successful_attestation >= before.last_successful_attestation,
                            "{place}"
                        );
                        assert!(now.last_received_quote >= before.last_received_quote, "{place}");
                        assert!(now.last_received_quote >= now.last_successful_attestation, "{place}");
                        assert!(now.last_successful_attestation <= ORIGIN + elapsed, "{place}");
                    }
                    before = now;
                }
            }
        }
    }

    #[test]
    fn a_restart_writes_start_for_every_active_agent_of_the_store() {
        let roster = Roster::new(&DemoOptions::default());
        let story = Story::new(1, false);
        let group = &roster.groups[0];
        let restart = (0..ROUND).find(|elapsed| story.restarting(Event::MemberAway, *elapsed)).unwrap();
        for (state, seat) in states(group, &story, restart).iter().zip(&group.seats) {
            if matches!(seat.condition, Condition::Healthy | Condition::Unproven | Condition::Stale)
                && seat.part != Some(Event::Failure)
            {
                assert_eq!((state.operational_state, state.attestation_status), (1, "PENDING"), "{seat:?}");
            }
        }
        assert!(states(group, &story, restart + 2).iter().any(|state| state.operational_state == 3));
    }
}
