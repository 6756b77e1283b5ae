//! What a verifier answers.

use std::sync::Arc;

use hyper::{Method, StatusCode};

use super::answer::{Answer, Question};
use super::clock::Moment;
use super::condition::Way;
use super::json::push_string;
use super::record::push_record;
use super::roster::{Group, Seat};
use super::route::{Route, is_agent_id, route};
use super::state::Situation;
use super::world::World;
use super::{attestation, policies};

/// The certificate that reads and writes need.
pub(super) const OPERATOR: &str = "admin authentication (mTLS certificate)";

const VERSION: &str = concat!(
    r#"{"code": 200, "status": "Success", "results": {"current_version": "2.6", "supported_versions": "#,
    r#"["1.0", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0"]}}"#
);
const GONE: &str = "{\n    \"code\": 410,\n    \"status\": \"Gone\",\n    \"results\": {}\n}";

/// One verifier at one moment.
pub(super) struct Verifier<'a> {
    pub(super) world: &'a Arc<World>,
    /// Which group.
    pub(super) index: usize,
    pub(super) group: &'a Group,
    /// How this member gets its evidence.
    pub(super) way: Way,
    pub(super) moment: Moment,
}

/// What member `member` of group `index` answers at `moment`.
pub(super) fn answer(
    world: &Arc<World>,
    index: usize,
    member: usize,
    question: &Question,
    moment: Moment,
) -> Answer {
    let Some(group) = world.roster.groups.get(index) else { return Answer::empty(StatusCode::NOT_FOUND) };
    let Some(way) = group.members.get(member).map(|member| member.way) else {
        return Answer::empty(StatusCode::NOT_FOUND);
    };
    Verifier { world, index, group, way, moment }.answer(question)
}

impl Verifier<'_> {
    fn answer(&self, question: &Question) -> Answer {
        let route = route(&question.path);
        let known = self.is_served(&route);
        if !known {
            return Answer::empty(StatusCode::NOT_FOUND);
        }
        // The embedded fleet is read only: a write is a method it does not have.
        if question.method != Method::GET {
            return Answer::empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        // A token is looked at first, even where nobody needs to be known.
        if question.token {
            return Answer::token_refused();
        }
        match route {
            Route::Plain("") => Answer::redirect("/v3.0/"),
            Route::Plain(_) if self.way == Way::Push => Answer::json(StatusCode::GONE, GONE.to_owned()),
            Route::Plain(_) => Answer::json(StatusCode::OK, VERSION.to_owned()),
            Route::Two(segments) => self.two(&segments, question),
            Route::Three(segments) => self.three(&segments, question),
            Route::Unserved => Answer::empty(StatusCode::NOT_FOUND),
        }
    }

    fn is_served(&self, route: &Route<'_>) -> bool {
        match route {
            Route::Plain(path) => matches!(*path, "" | "version" | "versions"),
            Route::Two(segments) => matches!(
                segments.as_slice(),
                [] | ["agents" | "allowlists" | "mbpolicies"]
                    | ["agents" | "allowlists" | "mbpolicies", _]
                    | ["agents", _, "stop" | "reactivate"]
            ),
            Route::Three(segments) => match segments.as_slice() {
                ["agents", _, "attestations"] | ["agents", _, "attestations", _] => self.way == Way::Push,
                []
                | ["agents" | "sessions"]
                | ["agents" | "sessions", _]
                | ["policies", "ima"]
                | ["refstates", "uefi"]
                | ["policies", "ima", _]
                | ["refstates", "uefi", _] => true,
                _ => false,
            },
            Route::Unserved => false,
        }
    }

    fn two(&self, segments: &[&str], question: &Question) -> Answer {
        let (action, demand) = match segments {
            // A legacy handler that breaks on its own construction.
            [] => return Answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
            [_, _, _] => return Answer::empty(StatusCode::METHOD_NOT_ALLOWED),
            ["agents"] => ("list_agents", OPERATOR),
            ["agents", _] => ("read_agent", "authentication"),
            ["allowlists"] => ("list_runtime_policies", OPERATOR),
            ["allowlists", _] => ("read_runtime_policy", OPERATOR),
            ["mbpolicies"] => ("list_mb_policies", OPERATOR),
            _ => ("read_mb_policy", OPERATOR),
        };
        if !question.admin {
            return Answer::refused(action, demand);
        }
        match segments {
            ["agents"] => self.agents(question),
            ["agents", id] => self.agent(id),
            ["allowlists"] => policies::runtime_policies(self),
            ["allowlists", name] => policies::runtime_policy(self, name),
            ["mbpolicies"] => policies::measured_boot_policies(self),
            [_, name] => policies::measured_boot_policy(self, name),
            _ => Answer::empty(StatusCode::NOT_FOUND),
        }
    }

    fn three(&self, segments: &[&str], question: &Question) -> Answer {
        let (action, demand) = match segments {
            [] => return Answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
            ["sessions", ..] => return Answer::empty(StatusCode::METHOD_NOT_ALLOWED),
            ["agents", _, "attestations"] => ("list_attestations", OPERATOR),
            ["agents", _, _, _] => ("read_attestation", OPERATOR),
            ["agents"] => ("list_agents", OPERATOR),
            ["agents", _] => ("read_agent", "authentication"),
            ["policies", "ima"] => ("list_runtime_policies", OPERATOR),
            ["policies", ..] => ("read_runtime_policy", OPERATOR),
            ["refstates", "uefi"] => ("list_mb_policies", OPERATOR),
            _ => ("read_mb_policy", OPERATOR),
        };
        if !question.admin {
            return Answer::refused(action, demand);
        }
        match segments {
            ["agents", id, "attestations", which] => attestation::answer(self, id, which, question),
            // Announced, routed, not implemented. The list of attestations
            // breaks as soon as there are two.
            _ => Answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// Agents of the store, with the ids that they use now.
    pub(super) fn enrolled(&self) -> impl Iterator<Item = (&str, &Seat)> {
        let enrolled = self.group.seats.iter().filter(|seat| seat.condition.is_enrolled());
        enrolled.map(|seat| (self.world.id(seat, self.moment), seat))
    }

    /// The agent with that id.
    pub(super) fn find(&self, id: &str) -> Option<&Seat> {
        self.enrolled().find(|(one, _)| *one == id).map(|(_, seat)| seat)
    }

    fn agents(&self, question: &Question) -> Answer {
        let wanted = question.parameter("verifier");
        let owner = wanted.as_ref().map(|wanted| {
            // No member of that name owns nothing.
            let position = self.group.members.iter().position(|member| member.verifier_id == *wanted);
            position.unwrap_or(usize::MAX)
        });
        if question.parameter("bulk").is_some() {
            return Answer::pages(self.world.bulk(self.index, owner, self.moment));
        }
        let mut text = String::from(r#"{"code": 200, "status": "Success", "results": {"uuids": ["#);
        let listed = self.enrolled().filter(|(_, seat)| owner.is_none_or(|owner| owner == seat.owner));
        for (position, (id, _)) in listed.enumerate() {
            text.push_str(if position == 0 { "[" } else { ", [" });
            push_string(&mut text, id);
            text.push(']');
        }
        text.push_str("]}}");
        Answer::json(StatusCode::OK, text)
    }

    fn agent(&self, id: &str) -> Answer {
        if !is_agent_id(id) {
            return envelope(StatusCode::BAD_REQUEST, "agent_id not not valid");
        }
        let Some(seat) = self.find(id) else { return envelope(StatusCode::NOT_FOUND, "agent id not found") };
        let situation = Situation::new(self.group, &self.world.story, self.moment);
        let mut text = String::from(r#"{"code": 200, "status": "Success", "results": "#);
        push_record(&mut text, self.group, self.world.verifier_addresses(self.index), &situation, seat);
        text.push('}');
        Answer::json(StatusCode::OK, text)
    }
}

/// An error in the v2 API's envelope.
pub(super) fn envelope(status: StatusCode, words: &str) -> Answer {
    let mut text = format!(r#"{{"code": {}, "status": "#, status.as_u16());
    push_string(&mut text, words);
    text.push_str(r#", "results": {}}"#);
    Answer::json(status, text)
}
