//! The audit of a large fleet's identities: records read, keys and certificates
//! judged, chains to a maker checked, all compared with each other and with pins.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use limescope::fleet::identity::Pins;
use limescope::keylime::{Registered, registration};
use limescope::tasks::identity::{AgentAudit, Audit, judge_on_all_cores};
use limescope::text::RemoteText;
use limescope::tpm::identity::{Trust, VendorRoots};
use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData,
    SignatureAlgorithm,
};

use crate::Outcome;
use crate::results::{Results, verdict};
use crate::samples::{repeat, timed};

/// Agents over all groups together.
const AGENTS: usize = 50_000;

/// Groups, each with its part of the agents.
const GROUPS: usize = 4;

/// What it may take.
const ALLOWED: Duration = Duration::from_secs(5);

/// TPM2B_PUBLIC of an endorsement key (template L-1) and of an attestation key
/// up to their moduli.
const ENDORSEMENT: &str = "013a0001000b000300b20020837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa00060080004300100800000000000100";
const ATTESTATION: &str = "01180001000b00050072000000100014000b0800000000000100";

struct Key(Vec<u8>);

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

pub fn measure(results: &mut Results) -> Outcome<()> {
    let at = Timestamp::now();
    let (bodies, makers) = fleet()?;
    let (vendors, _) = VendorRoots::new(makers, at);
    let mut pins = Pins::default();
    let first = audit(&bodies, &vendors, &pins, at)?;
    pins.learn(&first.agents.iter().map(AgentAudit::seen).collect::<Vec<_>>(), at);
    let trusted = first.agents.iter().filter(|agent| matches!(agent.identity.trust, Trust::Root(_))).count();
    if (first.agents.len(), trusted, first.findings()) != (AGENTS, AGENTS, 0) {
        return Err(format!("{trusted} of {} agents are as they should be", first.agents.len()).into());
    }
    drop(first);
    let file = pins.to_text();
    let samples = repeat(5, || {
        let (took, audit) = timed(|| {
            let pins = Pins::parse(&file).map_err(|error| error.to_string())?;
            audit(&bodies, &vendors, &pins, at)
        });
        if audit?.findings() == 0 { Ok(took) } else { Err("there are findings".into()) }
    })?;
    results.words(
        "**Audit of identities**: registrars' records read, keys and endorsement certificates judged, chains of two \
         authorities (ECDSA P-256) checked, all compared with each other and with a file of pins.",
    );
    let row = [
        format!("{AGENTS} agents in {GROUPS} groups"),
        samples.words(),
        format!("{} s", ALLOWED.as_secs()),
        verdict(samples.median() <= ALLOWED).to_owned(),
    ];
    results.table(["fleet", "time", "allowed", "target"], &[row]);
    Ok(())
}

/// Ids with the bodies of a registrar's answers.
type Bodies = Vec<(RemoteText, Vec<u8>)>;

fn audit(bodies: &Bodies, vendors: &VendorRoots, pins: &Pins, at: Timestamp) -> Outcome<Audit> {
    let mut audit = Audit { at, ..Audit::default() };
    for (number, part) in bodies.chunks(AGENTS.div_ceil(GROUPS)).enumerate() {
        let group = format!("group-{number}").into();
        let answers = part.iter().map(|(id, body)| {
            let record = registration(body)?;
            Ok((id.clone(), Registered::Record(Box::new(record))))
        });
        let answers = answers.collect::<Outcome<Vec<_>>>()?;
        audit.agents.extend(judge_on_all_cores(answers, &group, Some(vendors), at));
    }
    audit.compare(Some(pins));
    Ok(audit)
}

fn hex(text: &str) -> Outcome<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?));
    pairs.collect()
}

/// Answers of registrars, and the makers' certificates.
fn fleet() -> Outcome<(Bodies, Vec<Vec<u8>>)> {
    let authority = |name: &str| {
        let mut parameters = CertificateParams::default();
        parameters.distinguished_name.push(rcgen::DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        parameters
    };
    let (root_key, middle_key) = (KeyPair::generate()?, KeyPair::generate()?);
    let (root, middle) = (authority("maker"), authority("maker's second"));
    let root_certificate = root.self_signed(&root_key)?.der().to_vec();
    let root = Issuer::new(root, root_key);
    let middle_certificate = middle.signed_by(&middle_key, &root)?.der().to_vec();
    let middle = Issuer::new(middle, middle_key);
    let (endorsement, attestation) = (hex(ENDORSEMENT)?, hex(ATTESTATION)?);
    let mut bodies = Vec::with_capacity(AGENTS);
    for number in 0..AGENTS {
        let modulus = |salt: u8| {
            let mut modulus = vec![salt | 1; 256];
            let digits = (number as u64).to_be_bytes();
            modulus.splice(8..16, digits);
            modulus.splice(0..1, [0xc0]);
            modulus
        };
        let key = modulus(0x21);
        let spki =
            [&[0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00][..], &key, &[2, 3, 1, 0, 1]].concat();
        let certificate = CertificateParams::default().signed_by(&Key(spki), &middle)?;
        let encoded = |head: &[u8], modulus: &[u8]| STANDARD.encode([head, modulus].concat());
        let body = serde_json::json!({"code": 200, "status": "Success", "results": {
            "agent_id": format!("agent-{number:05}"),
            "ek_tpm": encoded(&endorsement, &key),
            "ekcert": STANDARD.encode(certificate.der()),
            "aik_tpm": encoded(&attestation, &modulus(0x43)),
            "ip": "10.0.0.1", "port": 9002, "mtls_cert": "disabled", "regcount": 1,
        }});
        bodies.push((RemoteText::from(format!("agent-{number:05}")), body.to_string().into_bytes()));
    }
    Ok((bodies, vec![root_certificate, middle_certificate]))
}
