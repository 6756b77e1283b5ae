//! The certificate of an agent's own server.
//!
//! Verifiers reach a pull agent by TLS and take exactly this certificate.
//! Agents that push have no server; they register the word `disabled`.

use jiff::{SignedDuration, Timestamp};
use x509_parser::pem::parse_x509_pem;

use super::certificate::{end, parse, time};
use super::finding::Finding;
use crate::text::RemoteText;

/// Longest text that is read, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// Before its end it is worth saying.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// A certificate of an agent's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentCertificate {
    /// Whom it names.
    pub subject: RemoteText,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last one; none: it has no end.
    pub not_after: Option<Timestamp>,
}

impl AgentCertificate {
    /// Reads what a registrar has; none where the agent has no server.
    pub(super) fn read(text: &RemoteText) -> Option<Result<Self, &'static str>> {
        if text.is_empty() || text.raw() == "disabled" {
            return None;
        }
        Some(Self::of_pem(text.raw()))
    }

    fn of_pem(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAX_BYTES {
            return Err("it is too long");
        }
        let (_, block) = parse_x509_pem(text.as_bytes()).map_err(|_no_pem| "it is no PEM")?;
        let (certificate, _) =
            parse(&block.contents).map_err(|_no_certificate| "it is no X.509 certificate")?;
        let validity = certificate.validity();
        Ok(Self {
            subject: RemoteText::from(certificate.subject().to_string()),
            not_before: time(validity.not_before.timestamp()),
            not_after: end(validity.not_after.timestamp()),
        })
    }

    pub(super) fn check(&self, at: Timestamp, findings: &mut Vec<Finding>) {
        const NEXT: &str =
            "Let the agent make a new certificate (remove the old one and restart it) and register anew.";
        if at < self.not_before {
            findings.push(Finding::warning(
                "agent-certificate-not-yet-valid",
                format!(
                    "The certificate of the agent's server is not valid before {}: verifiers cannot reach it.",
                    self.not_before
                ),
                "Check the clock of the agent.",
            ));
        }
        let Some(end) = self.not_after else { return };
        if at > end {
            findings.push(Finding::warning(
                "agent-certificate-expired",
                format!(
                    "The certificate of the agent's server has expired ({end}): verifiers refuse the connection."
                ),
                NEXT,
            ));
        } else if end.duration_since(at) < SOON {
            findings.push(Finding::info(
                "agent-certificate-ends-soon",
                format!("The certificate of the agent's server ends soon ({end})."),
                NEXT,
            ));
        }
    }
}
