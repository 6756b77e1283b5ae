//! A pinned authority vouches for the certificates that it issued itself.

use limescope::policy::SignatureVerdict;
use limescope::policy::examination::Options;
use limescope::policy::sign::{FileKey, dsse};
use limescope::policy::signature::{Certificate, Material, encoding};
use limescope::policy::trust::Trust;

use crate::vectors::{examined, read};

fn authority() -> (Certificate, rcgen::Issuer<'static, rcgen::KeyPair>) {
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "authority");
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    parameters.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    (Certificate::from_der(certificate.der()).unwrap(), rcgen::Issuer::new(parameters, key))
}

#[test]
fn an_authority_vouches_for_what_it_issued_and_for_nothing_else() {
    let (first, issuer) = authority();
    // Of the same name, which proves nothing.
    let (second, _) = authority();
    let mut leaf = rcgen::CertificateParams::new(vec!["dsse_lib".to_owned()]).unwrap();
    leaf.not_after = rcgen::date_time_ymd(2030, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let leaf = Certificate::from_der(leaf.der()).unwrap();
    assert!(first.issued(&leaf) && first.issued(&first));
    assert!(!second.issued(&leaf) && !leaf.issued(&leaf));

    let key = FileKey::from_pem(key.serialize_pem().as_bytes()).unwrap();
    let envelope = dsse(&read("policy/small.json"), &key).unwrap();
    let in_band = encoding::base64(leaf.pem().as_bytes());
    let envelope = envelope.replace(&leaf.key().keylime_id(), &in_band);
    let verdict = |pinned: &Certificate, at: &str| {
        let trust = Trust::given([Material::Certificate(pinned.clone())]);
        examined(envelope.clone().into_bytes(), &trust, &Options::at(at.parse().unwrap())).signature
    };
    assert_eq!(verdict(&first, "2026-11-22T00:00:00Z"), SignatureVerdict::Valid);
    assert_eq!(verdict(&leaf, "2026-11-22T00:00:00Z"), SignatureVerdict::Valid);
    assert_eq!(verdict(&second, "2026-11-22T00:00:00Z"), SignatureVerdict::Untrusted);
    // The authority lives longer than the certificate.
    assert_eq!(verdict(&first, "2035-01-01T00:00:00Z"), SignatureVerdict::Invalid);
}
