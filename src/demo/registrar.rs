//! What a registrar answers: the operator's face over HTTPS, the agents' over HTTP.

use std::fmt::Write;
use std::sync::Arc;

use hyper::{Method, StatusCode};

use super::answer::{Answer, Question};
use super::clock::Moment;
use super::condition::{Condition, Way};
use super::json::{base64, string};
use super::record::{CONTACT_PORT, contact_address};
use super::roster::{Group, Seat};
use super::route::{Route, route};
use super::verifier::OPERATOR;
use super::world::World;

const VERSION: &str = r#"{
    "code": 200,
    "status": "Success",
    "results": {
        "current_version": "2.6",
        "supported_versions": [
            "1.0",
            "2.0",
            "2.1",
            "2.2",
            "2.3",
            "2.4",
            "2.5",
            "2.6",
            "3.0"
        ]
    }
}"#;

/// The agents' face: versions only, since the demo takes no registrations.
/// What needs TLS is a bad request here.
pub(super) fn answer_agents(question: &Question) -> Answer {
    let route = route(&question.path);
    match segments(&route) {
        None => Answer::empty(StatusCode::NOT_FOUND),
        Some(_) if question.method != Method::GET => Answer::empty(StatusCode::METHOD_NOT_ALLOWED),
        Some(_) if matches!(route, Route::Plain(_)) => Answer::json(StatusCode::OK, VERSION.to_owned()),
        Some(_) => Answer::empty(StatusCode::BAD_REQUEST),
    }
}

/// The operator's face of group `index` at `moment`.
pub(super) fn answer_operator(
    world: &Arc<World>,
    index: usize,
    question: &Question,
    moment: Moment,
) -> Answer {
    let Some(group) = world.roster.groups.get(index) else { return Answer::empty(StatusCode::NOT_FOUND) };
    let route = route(&question.path);
    let Some(segments) = segments(&route) else { return Answer::empty(StatusCode::NOT_FOUND) };
    if question.method != Method::GET {
        return Answer::empty(StatusCode::METHOD_NOT_ALLOWED);
    }
    if question.token {
        return Answer::token_refused();
    }
    if !segments.is_empty() && !question.admin {
        let action = if segments.len() == 1 { "list_registrations" } else { "read_registration" };
        return Answer::refused(action, OPERATOR);
    }
    match (&route, segments) {
        (Route::Plain(_), _) => Answer::json(StatusCode::OK, VERSION.to_owned()),
        (Route::Two(_), [_, id]) => registration(world, group, id, moment),
        (Route::Two(_), _) => list(world, group, moment),
        _ => Answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// Segments of a path that a registrar serves.
fn segments<'a>(route: &'a Route<'a>) -> Option<&'a [&'a str]> {
    match route {
        Route::Plain("version") => Some(&[]),
        Route::Two(segments) if matches!(segments.as_slice(), ["agents"] | ["agents", _]) => Some(segments),
        Route::Three(segments) if matches!(segments.as_slice(), [] | ["agents"] | ["agents", _]) => {
            Some(segments)
        }
        _ => None,
    }
}

/// The list is flat and pretty-printed; `bulk` is ignored.
fn list(world: &World, group: &Group, moment: Moment) -> Answer {
    let mut text = String::from(
        "{\n    \"code\": 200,\n    \"status\": \"Success\",\n    \"results\": {\n        \"uuids\": [",
    );
    let registered = group.seats.iter().filter(|seat| seat.condition.is_registered());
    for (position, seat) in registered.enumerate() {
        text.push_str(if position == 0 { "\n            " } else { ",\n            " });
        text.push_str(&string(world.id(seat, moment)));
    }
    let empty = text.ends_with('[');
    text.push_str(if empty { "]\n    }\n}" } else { "\n        ]\n    }\n}" });
    Answer::json(StatusCode::OK, text)
}

fn registration(world: &World, group: &Group, id: &str, moment: Moment) -> Answer {
    let found = group
        .seats
        .iter()
        .filter(|seat| seat.condition.is_registered())
        .find(|seat| world.id(seat, moment) == id);
    let Some(seat) = found else { return missing(id, "not found") };
    // It is in the list, but its TPM has not answered the challenge yet.
    if seat.condition == Condition::NotActivated {
        return missing(id, "has not been activated");
    }
    let made = record(world, seat, id).ok();
    made.map_or_else(
        || Answer::empty(StatusCode::INTERNAL_SERVER_ERROR),
        |text| Answer::json(StatusCode::OK, text),
    )
}

fn missing(id: &str, words: &str) -> Answer {
    let status = string(&format!("Agent with ID '{id}' {words}"));
    Answer::json(
        StatusCode::NOT_FOUND,
        format!("{{\n    \"code\": 404,\n    \"status\": {status},\n    \"results\": {{}}\n}}"),
    )
}

fn record(world: &World, seat: &Seat, id: &str) -> Result<String, rcgen::Error> {
    let identity = world.factory.identity(seat.agent)?;
    let [first, second, third, fourth] = contact_address(seat);
    // Push agents have no server, so they register the word instead.
    let certificate = match seat.way {
        Way::Pull => world.factory.agent_certificate(seat.agent, id)?,
        Way::Push => "disabled".to_owned(),
    };
    let members: [(&str, String); 8] = [
        ("agent_id", string(id)),
        ("ek_tpm", string(&base64(&identity.endorsement_key))),
        ("ekcert", string(&base64(&identity.endorsement_certificate))),
        ("aik_tpm", string(&base64(&identity.attestation_key))),
        ("ip", format!("\"{first}.{second}.{third}.{fourth}\"")),
        ("port", CONTACT_PORT.to_string()),
        ("mtls_cert", string(&certificate)),
        ("regcount", (1 + u64::from(seat.salt.is_multiple_of(5))).to_string()),
    ];
    let mut text = String::from("{\n    \"code\": 200,\n    \"status\": \"Success\",\n    \"results\": {");
    for (position, (name, value)) in members.iter().enumerate() {
        let comma = if position == 0 { "" } else { "," };
        let _always_fits = write!(text, "{comma}\n        \"{name}\": {value}");
    }
    text.push_str("\n    }\n}");
    Ok(text)
}
