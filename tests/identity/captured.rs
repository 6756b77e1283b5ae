//! What real agents registered: swtpm behind Keylime's agent.

use limescope::keylime::registration;
use limescope::tpm::identity::{Registration, Trust, VendorRoots, audit};

use crate::captures;
use crate::makers::{codes, notes, today};

fn captured(name: &str) -> Registration {
    registration(captures::named(name).body.as_bytes()).unwrap()
}

#[test]
fn real_agents_have_nothing_to_hide() {
    for name in ["r-agent-ok", "r-agent-registered", "r-agent-ima-fail", "r-agent-push-ok"] {
        let identity = audit(&captured(name), None, today());
        assert_eq!(codes(&identity), [""; 0], "{name}");
        assert_eq!(notes(&identity), ["virtual-tpm"], "{name}");
        assert_eq!(identity.trust, Trust::NotChecked);
        let certificate = identity.certificate.unwrap();
        assert_eq!(certificate.tpm.words().unwrap().as_str(), "IBM swtpm id:20191023");
        assert_eq!(certificate.issuer.raw(), "CN=swtpm-localca");
        assert_eq!(certificate.not_after, None, "9999-12-31 is no end");
        assert!(identity.endorsement_key.unwrap().is_default_template);
        assert_eq!(identity.agent_certificate.is_some(), name != "r-agent-push-ok");
    }
}

#[test]
fn nobody_vouches_for_them() {
    let maker = crate::makers::Maker::root("Somebody else");
    let (roots, _) = VendorRoots::new([maker.der], today());
    let identity = audit(&captured("r-agent-ok"), Some(&roots), today());
    assert_eq!(codes(&identity), ["ek-certificate-untrusted"]);
    assert!(identity.findings[0].words.contains("CN=swtpm-localca"), "{:?}", identity.findings[0]);
}

#[test]
fn the_name_of_a_key_is_what_the_agent_says() {
    // The push agent's evidence names its attestation key by its Name.
    let identity = audit(&captured("r-agent-push-ok"), None, today());
    let name = identity.attestation_key.unwrap().name.unwrap().to_string();
    let evidence = captures::named("v3-attestation-latest-push-ok").body;
    assert!(evidence.contains(&name), "{name}");
}
