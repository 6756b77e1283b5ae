//! Attestations of push agents in the v3 API.

use hyper::StatusCode;

use super::answer::{Answer, Question};
use super::attestation_key::Quoted;
use super::chance::Chance;
use super::condition::Way;
use super::json::{base64, string};
use super::names::hexadecimal;
use super::roster::Seat;
use super::state::{Policy, Situation, State};
use super::verifier::Verifier;

/// `GET /v3.0/agents/ID/attestations/WHICH`: status 201, though nothing is
/// created; only the latest one is kept.
pub(super) fn answer(verifier: &Verifier<'_>, id: &str, which: &str, question: &Question) -> Answer {
    let Some(seat) = verifier.find(id) else {
        return not_found(&format!("No enrolled agent with ID '{id}'."), question);
    };
    if seat.way == Way::Pull && which == "latest" {
        return not_found(&format!("No attestation exists for agent '{id}'."), question);
    }
    let state = Situation::new(verifier.group, &verifier.world.story, verifier.moment).state(seat);
    let index = state.attestation_count.saturating_sub(1);
    if seat.way == Way::Pull || which != "latest" && which != index.to_string() {
        return not_found(&format!("No attestation {which} exists for agent '{id}'."), question);
    }
    // The link lacks the `v` of the version, unless it was asked for.
    let link = match which {
        "latest" => format!("/3/agents/{id}/attestations/{index}"),
        _ => question.path.clone(),
    };
    let Ok(attributes) = attributes(verifier, seat, &state) else {
        return Answer::empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let text = format!(
        r#"{{"data": {{"type": "attestation", "attributes": {attributes}, "links": {{"self": {}}}}}, {}}}"#,
        string(&link),
        ending(question)
    );
    Answer::json_api(StatusCode::CREATED, text).located(link)
}

fn not_found(detail: &str, question: &Question) -> Answer {
    let detail = string(detail);
    Answer::json_api(
        StatusCode::NOT_FOUND,
        format!(
            r#"{{"errors": [{{"status": "404", "code": "not_found", "detail": {detail}}}], {}}}"#,
            ending(question)
        ),
    )
}

fn ending(question: &Question) -> String {
    format!(r#""links": {{"self": {}}}, "jsonapi": {{"version": "1.1"}}"#, string(&question.path))
}

fn attributes(verifier: &Verifier<'_>, seat: &Seat, state: &State) -> Result<String, rcgen::Error> {
    let boot = iso(verifier.moment.origin.saturating_sub(3600 + seat.salt % 86_400));
    if state.attestation_count == 0 {
        let received = iso(verifier.moment.origin.saturating_sub(5));
        return Ok(format!(
            r#"{{"stage": "awaiting_evidence", "evaluation": "pending", "evidence": [], "system_info": {{"boot_time": "{boot}"}}, "capabilities_received_at": "{received}"}}"#
        ));
    }
    let evaluation = if state.attestation_status == "FAIL" { "fail" } else { "pass" };
    let received = iso(state.last_received_quote);
    let expires = iso(state.last_received_quote + 1800);
    let evidence = evidence(verifier, seat, state)?;
    Ok(format!(
        r#"{{"stage": "verification_complete", "evaluation": "{evaluation}", "evidence": [{evidence}], "system_info": {{"boot_time": "{boot}"}}, "capabilities_received_at": "{received}", "challenges_expire_at": "{expires}", "evidence_received_at": "{received}"}}"#
    ))
}

fn evidence(verifier: &Verifier<'_>, seat: &Seat, state: &State) -> Result<String, rcgen::Error> {
    let mut chance = Chance::new(seat.salt, 0xe71d, state.attestation_count);
    let factory = &verifier.world.factory;
    let signer = factory.attestation_key(seat.agent)?;
    // The registered key without the size in front of it.
    let public = base64(signer.public().get(2..).unwrap_or_default());
    let local = hexadecimal(&signer.name());
    let key = format!(
        r#"{{"key_class": "asymmetric", "key_algorithm": "ecc", "key_size": 256, "server_identifier": "ak", "local_identifier": "{local}", "allowable_signature_schemes": ["ecdsa"], "allowable_hash_algorithms": ["sha256"], "public": "{public}"}}"#
    );
    let nonce = chance.bytes::<16>();
    let measured_key = chance.bytes::<32>();
    let selected = match state.policy {
        Policy { has_runtime_policy: true, .. } => 10,
        Policy { has_mb_refstate: true, .. } => 0,
        _ => 23,
    };
    let clock = verifier.moment.elapsed * 1000 + 60_093;
    let quote = signer
        .quote(&Quoted {
            endorsement_key: &factory.endorsement_key(seat.agent),
            nonce: &nonce,
            pcr: selected,
            measured_key,
            clock,
            resets: 2,
        })
        .map_err(|_unsigned| rcgen::Error::RingUnspecified)?;
    let challenge = base64(&nonce);
    let (message, signature, subject_data) =
        (base64(&quote.message), base64(&quote.signature), base64(&quote.pcrs));
    let pcr = hexadecimal(&measured_key);
    Ok(format!(
        r#"{{"evidence_class": "certification", "evidence_type": "tpm_quote", "capabilities": {{"component_version": "2.0", "evidence_version": null, "signature_schemes": ["ecdsa", "ecschnorr", "rsapss", "rsassa"], "hash_algorithms": ["sha256"], "available_subjects": {{"sha256": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]}}, "certification_keys": [{key}]}}, "chosen_parameters": {{"challenge": "{challenge}", "signature_scheme": "ecdsa", "hash_algorithm": "sha256", "selected_subjects": {{"sha256": [{selected}]}}, "certification_key": {key}}}, "data": {{"subject_data": "{subject_data}", "message": "{message}", "signature": "{signature}", "meta": {{"pcrs": {{"sha256": {{"16": "0x{pcr}", "{selected}": "0x0000000000000000000000000000000000000000000000000000000000000000"}}}}, "clock_info": {{"clock": {clock}, "reset_count": 2, "restart_count": 0, "safe": 1}}}}}}}}"#
    ))
}

/// ISO 8601 with microseconds and an offset, as Python writes it.
fn iso(unix: u64) -> String {
    i64::try_from(unix)
        .ok()
        .and_then(|unix| jiff::Timestamp::from_second(unix).ok())
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00").to_string())
        .unwrap_or_default()
}
