//! Runtime and measured-boot policies of the verifier's v2 API.

use hyper::StatusCode;

use super::super::answer::Answer;
use super::super::json::{push_string, string};
use super::super::state::Policy;
use super::super::verifier::{Verifier, envelope};

const MEASURED_BOOT: [&str; 2] = ["mb-base", "mb-secure-boot"];

const NO_DIGESTS: &str = concat!(
    r#"{"meta": {"version": 1, "generator": 1}, "release": 0, "digests": {}, "excludes": [], "keyrings": {}, "#,
    r#""ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null}, "ima-buf": {}, "#,
    r#""verification-keys": ""}"#
);

/// `GET /allowlists/`: the named ones, and one per agent without a policy,
/// which Keylime names like the agent.
pub(in super::super) fn runtime_policies(verifier: &Verifier<'_>) -> Answer {
    let bare = verifier.enrolled().filter(|(_, seat)| !Policy::of(seat).has_runtime_policy);
    let written = verifier.world.library.of(verifier.index).iter().map(|(name, _)| name.as_str());
    list("runtimepolicy names", bare.map(|(id, _)| id).chain(written))
}

/// `GET /allowlists/NAME`.
pub(in super::super) fn runtime_policy(verifier: &Verifier<'_>, name: &str) -> Answer {
    let own = || verifier.find(name).filter(|seat| !Policy::of(seat).has_runtime_policy);
    let written = verifier.world.library.of(verifier.index).iter().find(|(one, _)| *one == name);
    let policy = match written {
        Some((_, text)) => text.as_str(),
        None if own().is_some() => NO_DIGESTS,
        None => return envelope(StatusCode::NOT_FOUND, &format!("Runtime policy {name} not found")),
    };
    single(name, r#""tmp_policy": null, "runtime_policy""#, Some(policy))
}

/// `GET /mbpolicies/`: named ones, and one per agent without a policy.
pub(in super::super) fn measured_boot_policies(verifier: &Verifier<'_>) -> Answer {
    let bare = verifier.enrolled().filter(|(_, seat)| !Policy::of(seat).has_mb_refstate);
    list("mbpolicy names", MEASURED_BOOT.into_iter().chain(bare.map(|(id, _)| id)))
}

/// `GET /mbpolicies/NAME`.
pub(in super::super) fn measured_boot_policy(verifier: &Verifier<'_>, name: &str) -> Answer {
    let own = || verifier.find(name).filter(|seat| !Policy::of(seat).has_mb_refstate);
    if MEASURED_BOOT.contains(&name) {
        return single(name, r#""mb_policy""#, Some(r#"{"scrtm_and_bios": []}"#));
    }
    if own().is_some() {
        return single(name, r#""mb_policy""#, None);
    }
    envelope(StatusCode::NOT_FOUND, &format!("Measured boot policy {name} not found"))
}

fn list<'a>(key: &str, names: impl Iterator<Item = &'a str>) -> Answer {
    let mut text = format!(r#"{{"code": 200, "status": "Success", "results": {{"{key}": ["#);
    for (position, name) in names.enumerate() {
        if position > 0 {
            text.push_str(", ");
        }
        push_string(&mut text, name);
    }
    text.push_str("]}}");
    Answer::json(StatusCode::OK, text)
}

fn single(name: &str, key: &str, policy: Option<&str>) -> Answer {
    let (name, policy) = (string(name), policy.map_or_else(|| "null".to_owned(), string));
    let text =
        format!(r#"{{"code": 200, "status": "Success", "results": {{"name": {name}, {key}: {policy}}}}}"#);
    Answer::json(StatusCode::OK, text)
}
