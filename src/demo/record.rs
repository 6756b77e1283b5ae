//! The agent record of the verifier's API: 25 members, always all of them.

use std::net::SocketAddr;

use super::condition::Way;
use super::json::{push_base64, push_format, push_string};
use super::roster::{Group, Seat};
use super::state::{Situation, key_share};

/// Appends the record of one agent, as Keylime 7.14.3 writes it.
pub(super) fn push_record(
    out: &mut String,
    group: &Group,
    addresses: &[SocketAddr],
    situation: &Situation<'_>,
    seat: &Seat,
) {
    let state = situation.state(seat);
    push_format(out, format_args!("{{\"operational_state\": {}, \"v\": \"", state.operational_state));
    push_base64(out, &key_share(seat));
    match seat.way {
        Way::Pull => {
            let [_, second, third, fourth] = contact_address(seat);
            push_format(
                out,
                format_args!(
                    "\", \"ip\": \"10.{second}.{third}.{fourth}\", \"port\": {CONTACT_PORT}, \"tpm_policy\": "
                ),
            );
        }
        Way::Push => out.push_str("\", \"ip\": null, \"port\": null, \"tpm_policy\": "),
    }
    out.push_str(state.policy.tpm_policy);
    push_format(
        out,
        format_args!(
            ", \"meta_data\": \"{{}}\", \"has_mb_refstate\": {}, \"has_runtime_policy\": {}, ",
            u8::from(state.policy.has_mb_refstate),
            u8::from(state.policy.has_runtime_policy)
        ),
    );
    out.push_str(concat!(
        r#""accept_tpm_hash_algs": ["sha512", "sha384", "sha256"], "#,
        r#""accept_tpm_encryption_algs": ["ecc", "rsa"], "#,
        r#""accept_tpm_signing_algs": ["ecschnorr", "rsassa"], "#
    ));
    // A push verifier never fills these in; a pull verifier at the first quote.
    out.push_str(if seat.way == Way::Pull && state.last_received_quote > 0 {
        r#""hash_alg": "sha256", "enc_alg": "rsa2048", "sign_alg": "rsassa", "verifier_id": "#
    } else {
        r#""hash_alg": "", "enc_alg": "", "sign_alg": "", "verifier_id": "#
    });
    push_string(out, group.members.get(seat.owner).map_or("", |member| &member.verifier_id));
    let port = addresses.get(seat.owner).map_or(0, SocketAddr::port);
    push_format(
        out,
        format_args!(", \"verifier_ip\": \"127.0.0.1\", \"verifier_port\": {port}, \"severity_level\": "),
    );
    match state.severity_level {
        Some(level) => push_format(out, format_args!("{level}")),
        None => out.push_str("null"),
    }
    out.push_str(", \"last_event_id\": ");
    match state.last_event_id {
        Some(event) => push_string(out, event),
        None => out.push_str("null"),
    }
    push_format(
        out,
        format_args!(
            ", \"attestation_count\": {}, \"last_received_quote\": {}, \"last_successful_attestation\": {}, \
             \"attestation_status\": \"{}\", \"attestation_period\": \"2s\", \"maximum_attestation_interval\": \"10s\"}}",
            state.attestation_count,
            state.last_received_quote,
            state.last_successful_attestation,
            state.attestation_status
        ),
    );
}

/// Port on which pull agents listen.
pub(super) const CONTACT_PORT: u16 = 9002;

/// Address that an agent gave as its own.
pub(super) fn contact_address(seat: &Seat) -> [u8; 4] {
    let [_, second, third, fourth] = (seat.agent as u32).to_be_bytes();
    [10, 20_u8.wrapping_add(second), third, fourth]
}
