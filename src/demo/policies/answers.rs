//! Runtime and measured-boot policies of the verifier's v2 API.

use hyper::StatusCode;

use super::answer::Answer;
use super::json::{push_format, push_string, string};
use super::state::Policy;
use super::verifier::{Verifier, envelope};

/// Runtime policies that the demo's operators wrote: name and paths with digests.
const RUNTIME: [(&str, &[(&str, &str)]); 2] = [
    (
        "ima-base",
        &[
            ("boot_aggregate", "0000000000000000000000000000000000000000000000000000000000000000"),
            ("/usr/lib/systemd/systemd", "6a1b6fbf4d2c1f0f3f9f6a8e9a2f1b8f3a3c6f4d6d1e7a8e5c9b0d2f4e6a8c01"),
            ("/usr/bin/bash", "9dc5f8401fe6cbf72776196c5b72365e6d33296a09e42957a48f2b558b50d275"),
            ("/usr/sbin/sshd", "f2c181e4b9d3227700b9d33e58b94a79cd83063c0b7ce83894dfc72e7ce99572"),
        ],
    ),
    (
        "ima-hardened",
        &[
            ("boot_aggregate", "0000000000000000000000000000000000000000000000000000000000000000"),
            ("/usr/lib/systemd/systemd", "6a1b6fbf4d2c1f0f3f9f6a8e9a2f1b8f3a3c6f4d6d1e7a8e5c9b0d2f4e6a8c01"),
        ],
    ),
];

const MEASURED_BOOT: [&str; 2] = ["mb-base", "mb-secure-boot"];

const NO_DIGESTS: &str = concat!(
    r#"{"meta": {"version": 1, "generator": 1}, "release": 0, "digests": {}, "excludes": [], "keyrings": {}, "#,
    r#""ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "dm_policy": null}, "ima-buf": {}, "#,
    r#""verification-keys": ""}"#
);

/// `GET /allowlists/`: the named ones, and one per agent without a policy,
/// which Keylime names like the agent.
pub(super) fn runtime_policies(verifier: &Verifier<'_>) -> Answer {
    let bare = verifier.enrolled().filter(|(_, seat)| !Policy::of(seat).has_runtime_policy);
    list("runtimepolicy names", bare.map(|(id, _)| id).chain(RUNTIME.iter().map(|(name, _)| *name)))
}

/// `GET /allowlists/NAME`.
pub(super) fn runtime_policy(verifier: &Verifier<'_>, name: &str) -> Answer {
    let own = || verifier.find(name).filter(|seat| !Policy::of(seat).has_runtime_policy);
    let policy = match RUNTIME.iter().find(|(one, _)| *one == name) {
        Some((_, digests)) => with_digests(digests),
        None if own().is_some() => NO_DIGESTS.to_owned(),
        None => return envelope(StatusCode::NOT_FOUND, &format!("Runtime policy {name} not found")),
    };
    single(name, r#""tmp_policy": null, "runtime_policy""#, Some(&policy))
}

/// `GET /mbpolicies/`: named ones, and one per agent without a policy.
pub(super) fn measured_boot_policies(verifier: &Verifier<'_>) -> Answer {
    let bare = verifier.enrolled().filter(|(_, seat)| !Policy::of(seat).has_mb_refstate);
    list("mbpolicy names", MEASURED_BOOT.into_iter().chain(bare.map(|(id, _)| id)))
}

/// `GET /mbpolicies/NAME`.
pub(super) fn measured_boot_policy(verifier: &Verifier<'_>, name: &str) -> Answer {
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

fn with_digests(digests: &[(&str, &str)]) -> String {
    let mut policy = String::from(concat!(
        r#"{"meta": {"version": 1, "generator": 3, "timestamp": "2026-11-21 20:03:46.255826"}, "#,
        r#""release": 0, "digests": {"#
    ));
    for (position, (path, digest)) in digests.iter().enumerate() {
        let comma = if position == 0 { "" } else { ", " };
        push_format(&mut policy, format_args!(r#"{comma}"{path}": ["{digest}"]"#));
    }
    policy.push_str(concat!(
        r#"}, "excludes": [], "keyrings": {}, "ima": {"ignored_keyrings": [], "log_hash_alg": "sha1", "#,
        r#""dm_policy": null}, "ima-buf": {}, "verification-keys": ""}"#
    ));
    policy
}
