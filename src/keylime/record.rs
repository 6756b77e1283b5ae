//! The verifier's record of one agent (v2 API).
//!
//! Source: upstream `cloud_verifier_common.py process_get_status`. The record
//! that Keylime sends also holds `v`, one share of the payload key. It has no
//! field here: it is skipped byte by byte while parsing and exists in no value.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::interner::{Interner, Joined, MaybeNumber, MaybeText, OwnText};
use super::policy::Policy;
use crate::text::RemoteText;

/// What a verifier says about one agent. Every field may be missing: releases
/// differ, and null is common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentRecord {
    /// Upstream `common/states.py`; unknown numbers are kept.
    pub operational_state: Option<i64>,
    /// Where the verifier contacts the agent; none for a push agent.
    pub ip: Option<RemoteText>,
    /// Port of `ip`; none for a push agent.
    pub port: Option<i64>,
    /// Index into the verifier's own `severity_labels`; sticky.
    pub severity_level: Option<i64>,
    /// First event of the highest severity; sticky, never set for push agents.
    pub last_event_id: Option<RemoteText>,
    /// Successful attestations since the agent was added.
    pub attestation_count: Option<i64>,
    /// Unix seconds of the last quote, good or bad; none and 0 mean never.
    pub last_received_quote: Option<i64>,
    /// Unix seconds of the last success; none and 0 mean never.
    pub last_successful_attestation: Option<i64>,
    /// Keylime's own word: PASS, FAIL, PENDING, TIMEOUT (from 7.14.0).
    pub attestation_status: Option<RemoteText>,
    /// What was set when the agent was added, and by the verifier's
    /// configuration. Most agents of a fleet share it, and it is more than all
    /// the rest, so it is stored once.
    pub settings: Arc<AgentSettings>,
}

/// The part of an agent's record that attestation does not change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentSettings {
    /// The verifier that owns the agent (`uuid` in its configuration).
    pub verifier_id: Option<RemoteText>,
    /// The PCR policy, as JSON text.
    pub tpm_policy: Option<RemoteText>,
    /// The PCRs that the policy's `mask` names, as bits; none if unreadable.
    pub pcr_mask: Option<u64>,
    /// Free JSON text of whoever enrolled the agent.
    pub meta_data: Option<RemoteText>,
    /// Whether a measured-boot policy text is set (an empty text counts upstream).
    pub has_measured_boot_policy: bool,
    /// Whether the verifier counts the agent as having a runtime policy.
    pub has_runtime_policy: bool,
    /// Accepted hash algorithms, joined by ", ".
    pub accepted_hash_algorithms: Option<RemoteText>,
    /// Accepted encryption algorithms, joined by ", ".
    pub accepted_encryption_algorithms: Option<RemoteText>,
    /// Accepted signature algorithms, joined by ", ".
    pub accepted_signing_algorithms: Option<RemoteText>,
    /// Hash algorithm of the last pull quote; empty before the first.
    pub hash_algorithm: Option<RemoteText>,
    /// Encryption algorithm of the last pull quote.
    pub encryption_algorithm: Option<RemoteText>,
    /// Signature algorithm of the last pull quote.
    pub signing_algorithm: Option<RemoteText>,
    /// Whatever the enrolling client sent: not fit to build addresses from.
    pub verifier_ip: Option<RemoteText>,
    /// Whatever the enrolling client sent.
    pub verifier_port: Option<i64>,
    /// `quote_interval` of the member that answered, e.g. `2s` (from 7.14.0).
    pub attestation_period: Option<RemoteText>,
    /// Five times that (from 7.14.0).
    pub maximum_attestation_interval: Option<RemoteText>,
}

impl AgentRecord {
    /// Whether the agent sends its evidence (push) instead of being asked.
    ///
    /// Upstream `agent_util.py`: `operational_state` is null, or `ip` and
    /// `port` both are.
    pub fn is_push(&self) -> bool {
        self.operational_state.is_none() || (self.ip.is_none() && self.port.is_none())
    }
}

/// A member of the record.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
pub(super) enum Field {
    OperationalState,
    Ip,
    Port,
    TpmPolicy,
    MetaData,
    HasMbRefstate,
    HasRuntimePolicy,
    AcceptTpmHashAlgs,
    AcceptTpmEncryptionAlgs,
    AcceptTpmSigningAlgs,
    HashAlg,
    EncAlg,
    SignAlg,
    VerifierId,
    VerifierIp,
    VerifierPort,
    SeverityLevel,
    LastEventId,
    AttestationCount,
    LastReceivedQuote,
    LastSuccessfulAttestation,
    AttestationStatus,
    AttestationPeriod,
    MaximumAttestationInterval,
    #[serde(other)]
    Skipped,
}

/// Reads one record; equal texts of many records are stored once.
pub(super) struct RecordSeed<'a>(pub &'a Interner);

impl<'de> DeserializeSeed<'de> for RecordSeed<'_> {
    type Value = AgentRecord;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<AgentRecord, D::Error> {
        input.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_> {
    type Value = AgentRecord;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an agent's record (a JSON object)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AgentRecord, A::Error> {
        let mut settings = AgentSettings::default();
        let (mut operational_state, mut ip, mut port) = (None, None, None);
        let (mut severity_level, mut last_event_id, mut attestation_status) = (None, None, None);
        let (mut attestation_count, mut last_received_quote, mut last_successful_attestation) =
            (None, None, None);
        let text = || MaybeText(self.0);
        while let Some(field) = map.next_key()? {
            match field {
                Field::OperationalState => operational_state = map.next_value_seed(MaybeNumber)?,
                Field::Ip => ip = map.next_value_seed(OwnText)?,
                Field::Port => port = map.next_value_seed(MaybeNumber)?,
                Field::TpmPolicy => {
                    let policy = map.next_value_seed(Policy(self.0))?;
                    settings.pcr_mask = policy.mask;
                    settings.tpm_policy = policy.text;
                }
                Field::MetaData => settings.meta_data = map.next_value_seed(Policy(self.0))?.text,
                Field::HasMbRefstate => {
                    settings.has_measured_boot_policy = truth(map.next_value_seed(MaybeNumber)?)
                }
                Field::HasRuntimePolicy => {
                    settings.has_runtime_policy = truth(map.next_value_seed(MaybeNumber)?)
                }
                Field::AcceptTpmHashAlgs => {
                    settings.accepted_hash_algorithms = map.next_value_seed(Joined(self.0))?;
                }
                Field::AcceptTpmEncryptionAlgs => {
                    settings.accepted_encryption_algorithms = map.next_value_seed(Joined(self.0))?;
                }
                Field::AcceptTpmSigningAlgs => {
                    settings.accepted_signing_algorithms = map.next_value_seed(Joined(self.0))?;
                }
                Field::HashAlg => settings.hash_algorithm = map.next_value_seed(text())?,
                Field::EncAlg => settings.encryption_algorithm = map.next_value_seed(text())?,
                Field::SignAlg => settings.signing_algorithm = map.next_value_seed(text())?,
                Field::VerifierId => settings.verifier_id = map.next_value_seed(text())?,
                Field::VerifierIp => settings.verifier_ip = map.next_value_seed(text())?,
                Field::VerifierPort => settings.verifier_port = map.next_value_seed(MaybeNumber)?,
                Field::SeverityLevel => severity_level = map.next_value_seed(MaybeNumber)?,
                Field::LastEventId => last_event_id = map.next_value_seed(text())?,
                Field::AttestationCount => attestation_count = map.next_value_seed(MaybeNumber)?,
                Field::LastReceivedQuote => last_received_quote = map.next_value_seed(MaybeNumber)?,
                Field::LastSuccessfulAttestation => {
                    last_successful_attestation = map.next_value_seed(MaybeNumber)?;
                }
                Field::AttestationStatus => attestation_status = map.next_value_seed(text())?,
                Field::AttestationPeriod => settings.attestation_period = map.next_value_seed(text())?,
                Field::MaximumAttestationInterval => {
                    settings.maximum_attestation_interval = map.next_value_seed(text())?;
                }
                Field::Skipped => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(AgentRecord {
            operational_state,
            ip,
            port,
            severity_level,
            last_event_id,
            attestation_count,
            last_received_quote,
            last_successful_attestation,
            attestation_status,
            settings: self.0.settings(settings),
        })
    }
}

fn truth(number: Option<i64>) -> bool {
    number.is_some_and(|number| number != 0)
}
