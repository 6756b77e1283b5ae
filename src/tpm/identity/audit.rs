//! The audit of one agent's registration.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use x509_parser::pem::parse_x509_pem;

use super::agent_certificate::AgentCertificate;
use super::certificate::{EndorsementCertificate, Purpose};
use super::finding::{Finding, Severity};
use super::key::{self, KeyFacts, Part};
use super::registration::Registration;
use super::vendors::VendorRoots;
use crate::text::{RemoteText, sanitise_to};
use crate::tpm::wire::Public;

/// Longest text of a certificate that is read, in bytes.
const MAX_TEXT: usize = 64 * 1024;

/// Characters of a name that are shown.
const SHOWN: usize = 80;

/// Who an agent is, as far as its registration tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// The key that proves which TPM it is.
    pub endorsement_key: Option<KeyFacts>,
    /// The key that signs quotes.
    pub attestation_key: Option<KeyFacts>,
    /// What its maker says of the TPM.
    pub certificate: Option<Box<EndorsementCertificate>>,
    /// Whether a maker stands behind that.
    pub trust: Trust,
    /// The certificate of the agent's own server.
    pub agent_certificate: Option<Box<AgentCertificate>>,
    /// What somebody should know, the worst first; also what is only worth knowing.
    pub findings: Vec<Finding>,
}

/// Whether a TPM maker stands behind an endorsement certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Trust {
    /// No certificates of makers were given, or there is nothing to check.
    #[default]
    NotChecked,
    /// It leads to this root.
    Root(RemoteText),
    /// It leads to none; a finding says why.
    None,
}

impl Identity {
    /// The weight of the worst finding.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// Puts the worst finding first and leaves the others in their order.
    pub fn sort(&mut self) {
        self.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    }
}

/// Takes a registration apart. `vendors` are the certificates of TPM makers,
/// judged at the same time `at`; none: nobody gave any. Takes some 0.1 ms, most
/// of it for the signature of the certificate.
#[must_use]
pub fn audit(registration: &Registration, vendors: Option<&VendorRoots>, at: Timestamp) -> Identity {
    let mut identity = Identity::default();
    let findings = &mut identity.findings;
    let endorsement = read_key(registration.ek_tpm.as_ref(), Part::Endorsement, findings);
    let attestation = read_key(registration.aik_tpm.as_ref(), Part::Attestation, findings);
    if let Some(endorsement) = &endorsement {
        key::check_endorsement_key(endorsement, findings);
    }
    if let Some(attestation) = &attestation {
        key::check_attestation_key(attestation, Part::Attestation, findings);
    }
    if let (Some(endorsement), Some(attestation)) = (&endorsement, &attestation)
        && endorsement.key == attestation.key
    {
        findings.push(Finding::error(
            "ak-is-ek",
            "The attestation key is the endorsement key: no TPM uses one key for both, so at least one of \
             them is made up.",
            "Find out what registered this agent and delete the registration.",
        ));
    }
    if let Some(initial) = present(registration.iak_tpm.as_ref()) {
        match key::read(initial) {
            Ok(initial) => key::check_attestation_key(&initial, Part::InitialAttestation, findings),
            Err(why) => findings.push(unreadable("iak-unreadable", "initial attestation key", &why)),
        }
    }
    if let Some(Err(why)) = present(registration.idevid_tpm.as_ref()).map(key::read) {
        findings.push(unreadable("idevid-unreadable", "device identity", &why));
    }
    let (certificate, trust) =
        check_certificate(registration.ekcert.as_ref(), endorsement.as_ref(), vendors, at, findings);
    match registration.mtls_cert.as_ref().and_then(AgentCertificate::read) {
        Some(Ok(certificate)) => {
            certificate.check(at, findings);
            identity.agent_certificate = Some(Box::new(certificate));
        }
        Some(Err(why)) => findings.push(Finding::warning(
            "agent-certificate-unreadable",
            format!("The certificate of the agent's server cannot be read: {why}. No verifier can reach it."),
            "Let the agent make a new certificate and register anew.",
        )),
        None => {}
    }
    identity.endorsement_key = endorsement.as_ref().map(KeyFacts::of);
    identity.attestation_key = attestation.as_ref().map(KeyFacts::of);
    identity.certificate = certificate.map(Box::new);
    identity.trust = trust;
    identity.sort();
    identity
}

/// A text that says something: registrars have null, and may have an empty text.
fn present(text: Option<&RemoteText>) -> Option<&RemoteText> {
    text.filter(|text| !text.is_empty())
}

fn unreadable(code: &'static str, name: &str, why: &str) -> Finding {
    Finding::error(
        code,
        format!("The {name} cannot be read ({}): whose it is cannot be told.", sanitise_to(why, 160)),
        "Look at what registered this agent: Keylime's agent never sends such a key. Delete the registration \
         and let the agent register anew.",
    )
}

fn read_key(text: Option<&RemoteText>, part: Part, findings: &mut Vec<Finding>) -> Option<Public> {
    let (missing, code) = match part {
        Part::Endorsement => ("ek-missing", "ek-unreadable"),
        _ => ("ak-missing", "ak-unreadable"),
    };
    let Some(text) = present(text) else {
        findings.push(Finding::error(
            missing,
            format!("The registrar has no {} of this agent: nothing ties it to a TPM.", part.name()),
            "Let the agent register anew; if that does not help, look at the registrar's log.",
        ));
        return None;
    };
    match key::read(text) {
        Ok(key) => Some(key),
        Err(why) => {
            findings.push(unreadable(code, part.name(), &why));
            None
        }
    }
}

/// DER in base64, as registrars answer; or PEM, as some agents send it.
fn der_of(text: &RemoteText) -> Result<Vec<u8>, String> {
    if text.len() > MAX_TEXT {
        return Err(format!("it has {} characters", text.len()));
    }
    if text.raw().trim_start().starts_with("-----BEGIN") {
        let read = parse_x509_pem(text.raw().as_bytes());
        return read.map(|(_, block)| block.contents).map_err(|_no_pem| "it is no PEM".to_owned());
    }
    STANDARD.decode(text.raw()).map_err(|_no_base64| "it is no base64".to_owned())
}

fn check_certificate(
    text: Option<&RemoteText>,
    key: Option<&Public>,
    vendors: Option<&VendorRoots>,
    at: Timestamp,
    findings: &mut Vec<Finding>,
) -> (Option<EndorsementCertificate>, Trust) {
    let Some(text) = present(text) else {
        const WORDS: &str =
            "The agent sent no certificate of its endorsement key: no TPM maker says that this is a TPM.";
        const NEXT: &str =
            "Many virtual TPMs have none. Else look whether the agent can read it from the TPM's NV memory.";
        // Who gives roots wants every TPM to lead to one.
        findings.push(match vendors {
            Some(_) => Finding::warning("ek-certificate-missing", WORDS, NEXT),
            None => Finding::info("ek-certificate-missing", WORDS, NEXT),
        });
        return (None, Trust::NotChecked);
    };
    let read = der_of(text)
        .and_then(|der| match EndorsementCertificate::read(&der) {
            Ok(certificate) => Ok((der, certificate)),
            Err(error) => Err(error.to_string()),
        })
        .map_err(|why| {
            Finding::warning(
                "ek-certificate-unreadable",
                format!("The certificate of the endorsement key cannot be read: {why}. It proves nothing."),
                "Read the certificate from the TPM (`tpm2_getekcertificate`) and compare; let the agent \
                 register anew.",
            )
        });
    let (der, certificate) = match read {
        Ok(read) => read,
        Err(finding) => {
            findings.push(finding);
            return (None, Trust::NotChecked);
        }
    };
    let is_about_key = key.is_none_or(|key| key::is_about(&certificate.key, &key.key));
    if !is_about_key {
        findings.push(Finding::error(
            "ek-certificate-other-key",
            format!(
                "The certificate ({}) is about another endorsement key than the one that is registered: it \
                 says nothing about this TPM.",
                certificate.key.words()
            ),
            "Treat the TPM as unknown: find out where agent and certificate come from. Some TPMs have several \
             certificates; the agent may have sent that of another key.",
        ));
    }
    check_contents(&certificate, at, findings);
    let trust = match vendors {
        None => Trust::NotChecked,
        Some(vendors) => match vendors.root_behind(&der) {
            Ok(root) if is_about_key => Trust::Root(root.clone()),
            // The maker vouches for another TPM.
            Ok(_) => Trust::None,
            Err(why) => {
                findings.push(Finding::error(
                    "ek-certificate-untrusted",
                    format!(
                        "No TPM maker of the given roots stands behind the endorsement certificate: {why}. \
                         Anybody can make such a certificate."
                    ),
                    "Add the maker's root and intermediate certificates to the folder of vendor roots if they \
                     are missing there; else treat the TPM as unknown.",
                ));
                Trust::None
            }
        },
    };
    (Some(certificate), trust)
}

fn check_contents(certificate: &EndorsementCertificate, at: Timestamp, findings: &mut Vec<Finding>) {
    if at < certificate.not_before {
        findings.push(Finding::warning(
            "ek-certificate-not-yet-valid",
            format!("The endorsement certificate is not valid before {}.", certificate.not_before),
            "Check the clock of this machine; a maker does not date certificates ahead.",
        ));
    }
    if let Some(end) = certificate.not_after.filter(|end| at.as_second() > end.as_second()) {
        findings.push(Finding::warning(
            "ek-certificate-expired",
            format!("The endorsement certificate has expired ({end}): its maker vouches no longer."),
            "Many makers give short validities: ask whether there is a newer certificate for this TPM.",
        ));
    }
    if certificate.is_authority {
        findings.push(Finding::error(
            "ek-certificate-is-authority",
            "The endorsement certificate says that it may issue others, which no maker writes: it is made up.",
            "Find out what registered this agent and delete the registration.",
        ));
    }
    if certificate.purpose == Purpose::Other {
        findings.push(Finding::warning(
            "ek-certificate-other-purpose",
            "The certificate is for another purpose than endorsement keys (its extended key usage lacks \
             tcg-kp-EKCertificate).",
            "Look at what the agent sent: it may be the certificate of another key.",
        ));
    }
    if !certificate.unknown_critical.is_empty() {
        findings.push(Finding::warning(
            "ek-certificate-unknown-extension",
            format!(
                "The endorsement certificate has a critical extension that is not known here ({}); whoever does \
                 not know it must not rely on the certificate.",
                certificate.unknown_critical.join(", ")
            ),
            "Ask the maker of the TPM what it means.",
        ));
    }
    if certificate.tpm.is_empty() {
        findings.push(Finding::info(
            "ek-certificate-unnamed",
            format!(
                "The endorsement certificate does not say what TPM it is about; its issuer is {}.",
                certificate.issuer.shown_to(SHOWN)
            ),
            "Nothing is to be done: older certificates do not.",
        ));
    }
    let from_swtpm = certificate.issuer.raw().to_ascii_lowercase().contains("swtpm");
    if let Some(software) = certificate.tpm.software().or(from_swtpm.then_some("swtpm, a TPM in software")) {
        findings.push(Finding::info(
            "virtual-tpm",
            format!(
                "The certificate names {software}: who runs the host of this machine can read and copy its keys."
            ),
            "Nothing is to be done where a virtual machine is expected; on hardware it is a forgery.",
        ));
    }
}
