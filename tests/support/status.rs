//! Finding one's way in the JSON of `limescope status` (contract §3).

use serde_json::Value;

/// The group with this name; a status without it is a failure.
pub fn group<'a>(status: &'a Value, name: &str) -> &'a Value {
    find(&status["groups"], "name", name).unwrap_or_else(|| panic!("no group {name} in {status}"))
}

/// A group's addresses in one role (`verifier`, `registrar`, `registrar-agent`).
pub fn addresses<'a>(status: &'a Value, name: &str, role: &str) -> Vec<&'a Value> {
    let all =
        group(status, name)["addresses"].as_array().unwrap_or_else(|| panic!("no addresses in {status}"));
    all.iter().filter(|address| address["role"] == role).collect()
}

/// The entry of a group for the server at `url`.
pub fn address<'a>(status: &'a Value, name: &str, role: &str, url: &str) -> &'a Value {
    let place = url.split("//").last().unwrap_or(url);
    let found = addresses(status, name, role)
        .into_iter()
        .find(|address| address["address"].as_str().is_some_and(|text| text.contains(place)));
    found.unwrap_or_else(|| panic!("no {role} at {place} in group {name} of {status}"))
}

/// The states of a group's addresses in one role, in order.
pub fn states<'a>(status: &'a Value, name: &str, role: &str) -> Vec<&'a str> {
    addresses(status, name, role).iter().filter_map(|address| address["state"].as_str()).collect()
}

/// The row of an agent; `None` if the status does not list it.
pub fn agent<'a>(status: &'a Value, id: &str) -> Option<&'a Value> {
    find(&status["agents"], "id", id)
}

/// What a group says about an agent; a status without it is a failure.
pub fn judged<'a>(status: &'a Value, id: &str, name: &str) -> &'a Value {
    let row = agent(status, id).unwrap_or_else(|| panic!("no agent {id} in {status}"));
    find(&row["groups"], "group", name).unwrap_or_else(|| panic!("no group {name} in {row}"))
}

/// The flags of an agent's row or of its judgement in one group.
pub fn flags(judged: &Value) -> Vec<&str> {
    let flags = judged["flags"].as_array().unwrap_or_else(|| panic!("no flags in {judged}"));
    flags.iter().filter_map(Value::as_str).collect()
}

fn find<'a>(list: &'a Value, key: &str, wanted: &str) -> Option<&'a Value> {
    list.as_array()?.iter().find(|entry| entry[key] == wanted)
}
