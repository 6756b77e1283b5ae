//! Findings about certificates, and chains to makers of our own.

use limescope::tpm::identity::{Registration, Severity, Trust, VendorRoots, audit, certificates_of_file};
use rcgen::{BasicConstraints, CustomExtension, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};

use crate::makers::*;

fn trusted(certificate: &[u8], vendors: &[&[u8]]) -> Result<(), String> {
    let identity = audit(&with_certificate(certificate), Some(&roots(vendors)), today());
    match identity.trust {
        Trust::Root(_) => {
            assert_eq!(codes(&identity), [""; 0]);
            Ok(())
        }
        Trust::None => {
            let mut untrusted =
                identity.findings.iter().filter(|finding| finding.code == "ek-certificate-untrusted");
            Err(untrusted.next().map(|finding| finding.words.to_string()).unwrap_or_default())
        }
        Trust::NotChecked => panic!("{:?}", identity.findings),
    }
}

#[test]
fn a_makers_chain_is_found_whatever_its_length() {
    let root = Maker::root("Root");
    let middle = root.below(authority("Middle"));
    let last = middle.below(authority("Last"));
    let certificate = last.endorses(&endorsement_key(1));
    let all: [&[u8]; 3] = [&last.der, &middle.der, &root.der];
    assert_eq!(trusted(&certificate, &all), Ok(()));
    assert_eq!(trusted(&root.endorses(&endorsement_key(1)), &[&root.der]), Ok(()));

    let why = trusted(&certificate, &[&last.der, &root.der]).unwrap_err();
    assert!(why.contains("CN=Last leads to no root"), "{why}");
    let why = trusted(&certificate, &[&middle.der, &root.der]).unwrap_err();
    assert!(why.contains("its issuer (CN=Last) is not among"), "{why}");
    // An intermediate certificate alone is nobody's root.
    assert!(trusted(&certificate, &[&last.der, &middle.der]).is_err());
}

#[test]
fn a_name_alone_proves_nothing() {
    let (root, stranger) = (Maker::root("Root"), Maker::root("Root"));
    let certificate = stranger.endorses(&endorsement_key(1));
    let why = trusted(&certificate, &[&root.der]).unwrap_err();
    assert!(why.contains("not that of the issuer that it names"), "{why}");
    assert_eq!(trusted(&certificate, &[&root.der, &stranger.der]), Ok(()), "both have the name");
    let forged = stranger.below(authority("Middle"));
    let why = trusted(&forged.endorses(&endorsement_key(1)), &[&root.der, &forged.der]).unwrap_err();
    assert!(why.contains("is not signed by the issuer that it names"), "{why}");
}

#[test]
fn who_may_not_issue_certificates_is_no_maker() {
    let root = Maker::root("Root");
    let refused = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut parameters = authority("Middle");
        change(&mut parameters);
        let middle = root.below(parameters);
        trusted(&middle.endorses(&endorsement_key(1)), &[&root.der, &middle.der]).unwrap_err()
    };
    let unknown = |critical| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(critical);
        extension
    };
    for (why, words) in [
        (refused(&|middle| middle.is_ca = IsCa::ExplicitNoCa), "is no authority"),
        (refused(&|middle| middle.is_ca = IsCa::NoCa), "is no authority"),
        (refused(&|middle| middle.key_usages = vec![KeyUsagePurpose::CrlSign]), "may not sign certificates"),
        (refused(&|middle| middle.not_after = rcgen::date_time_ymd(2026, 11, 21)), "has expired"),
        (refused(&|middle| middle.not_before = rcgen::date_time_ymd(2026, 11, 23)), "is not valid yet"),
        (refused(&|middle| middle.custom_extensions = vec![unknown(true)]), "that is not known (1.2.3.4)"),
    ] {
        assert!(why.contains(words), "{why}");
    }
    let mut parameters = authority("Middle");
    parameters.custom_extensions = vec![unknown(false)];
    let middle = root.below(parameters);
    assert_eq!(trusted(&middle.endorses(&endorsement_key(1)), &[&root.der, &middle.der]), Ok(()));
}

#[test]
fn an_expired_root_is_none() {
    let mut parameters = authority("Root");
    parameters.not_after = rcgen::date_time_ymd(2026, 1, 1);
    let root = Maker::root_of(parameters);
    let why = trusted(&root.endorses(&endorsement_key(1)), &[&root.der]).unwrap_err();
    assert!(why.contains("CN=Root has expired"), "{why}");
}

#[test]
fn the_path_length_is_kept() {
    let limited = |most| {
        let mut parameters = authority("Root");
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(most));
        Maker::root_of(parameters)
    };
    for (most, good) in [(0, false), (1, true)] {
        let root = limited(most);
        let middle = root.below(authority("Middle"));
        let judged = trusted(&middle.endorses(&endorsement_key(1)), &[&root.der, &middle.der]);
        assert_eq!(judged.is_ok(), good, "{most}: {judged:?}");
        assert_eq!(trusted(&root.endorses(&endorsement_key(1)), &[&root.der]), Ok(()));
    }
}

#[test]
fn a_chain_that_never_ends_is_given_up() {
    let root = Maker::root("0");
    let mut chain = vec![root];
    for number in 1..=12 {
        let next = chain.last().unwrap().below(authority(&number.to_string()));
        chain.push(next);
    }
    let ders: Vec<&[u8]> = chain.iter().map(|maker| &maker.der[..]).collect();
    assert_eq!(trusted(&chain[6].endorses(&endorsement_key(1)), &ders), Ok(()));
    let why = trusted(&chain[12].endorses(&endorsement_key(1)), &ders).unwrap_err();
    assert!(why.contains("too far from a root"), "{why}");
}

#[test]
fn a_certificate_of_another_key_says_nothing() {
    let root = Maker::root("Root");
    let certificate = root.endorses(&endorsement_key(2));
    let identity = audit(&with_certificate(&certificate), Some(&roots(&[&root.der])), today());
    assert_eq!(codes(&identity), ["ek-certificate-other-key"]);
    assert_eq!(identity.trust, Trust::None, "its maker vouches for another TPM");
}

#[test]
fn keys_on_curves_are_compared_with_their_leading_zeros() {
    let root = Maker::root("Root");
    let certificate = root.endorses(&curve_key());
    let registration = Registration { ek_tpm: Some(sent(&curve_key())), ..with_certificate(&certificate) };
    let identity = audit(&registration, Some(&roots(&[&root.der])), today());
    assert_eq!(codes(&identity), [""; 0]);
    assert!(matches!(identity.trust, Trust::Root(_)));
}

#[test]
fn what_a_certificate_says_of_itself_is_told() {
    let root = Maker::root("Root");
    let vendors = roots(&[&root.der]);
    let told = |change: &dyn Fn(&mut rcgen::CertificateParams)| {
        let mut parameters = endorsement();
        change(&mut parameters);
        let certificate = root.certifies(&parameters, &endorsement_key(1));
        audit(&with_certificate(&certificate), Some(&vendors), today())
    };
    let good = told(&|_| {});
    assert_eq!(codes(&good), [""; 0]);
    let certificate = good.certificate.unwrap();
    assert_eq!(certificate.tpm.words().unwrap().as_str(), "Infineon SLB9670 id:0D0B");
    assert_eq!(certificate.not_after.unwrap().to_string(), "2040-01-01T00:00:00Z");

    let expired = told(&|it| it.not_after = rcgen::date_time_ymd(2026, 11, 21));
    assert_eq!(codes(&expired), ["ek-certificate-expired"]);
    assert!(matches!(expired.trust, Trust::Root(_)), "its maker did stand behind it");
    let early = told(&|it| it.not_before = rcgen::date_time_ymd(2026, 11, 23));
    assert_eq!(codes(&early), ["ek-certificate-not-yet-valid"]);
    let authority = told(&|it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(codes(&authority), ["ek-certificate-is-authority"]);
    let other = told(&|it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]);
    assert_eq!(codes(&other), ["ek-certificate-other-purpose"]);
    let unsaid = told(&|it| it.extended_key_usages = Vec::new());
    assert_eq!(codes(&unsaid), [""; 0], "older certificates do not say");
    let critical = told(&|it| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
        extension.set_criticality(true);
        it.custom_extensions.push(extension);
    });
    assert_eq!(codes(&critical), ["ek-certificate-untrusted", "ek-certificate-unknown-extension"]);
    let unnamed = told(&|it| it.custom_extensions = Vec::new());
    assert_eq!((codes(&unnamed), notes(&unnamed)), (vec![], vec!["ek-certificate-unnamed"]));
    let google = told(&|it| it.custom_extensions = vec![tpm_name("id:474F4F47", "vTPM", "id:20160511")]);
    assert_eq!((codes(&google), notes(&google)), (vec![], vec!["virtual-tpm"]));
    let twice = told(&|it| it.custom_extensions.push(tpm_name("id:1", "", "")));
    assert_eq!(codes(&twice), ["ek-certificate-unreadable"]);
}

#[test]
fn no_certificate_matters_more_where_makers_are_given() {
    let bare = registration(&endorsement_key(1), &attestation_key(1));
    assert_eq!(judged(&bare).worst(), Some(Severity::Info));
    let root = Maker::root("Root");
    let identity = audit(&bare, Some(&roots(&[&root.der])), today());
    assert_eq!(codes(&identity), ["ek-certificate-missing"]);
    assert_eq!(identity.worst(), Some(Severity::Warning));
}

#[test]
fn what_is_no_certificate_proves_nothing() {
    for text in ["%%%", "AAAA", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let bad = Registration { ekcert: Some(text.into()), ..with_certificate(b"") };
        assert_eq!(codes(&judged(&bad)), ["ek-certificate-unreadable"], "{text}");
    }
    // A TPM's memory is longer than what is stored there.
    let root = Maker::root("Root");
    let padded = [&root.endorses(&endorsement_key(1))[..], &[0xff; 200]].concat();
    assert_eq!(trusted(&padded, &[&root.der]), Ok(()));
}

#[test]
fn an_agents_own_certificate_is_looked_at() {
    let root = Maker::root("Root");
    let own = |days: (i32, u8, u8)| {
        let mut parameters = authority("agent");
        parameters.not_after = rcgen::date_time_ymd(days.0, days.1, days.2);
        let der = root.below(parameters).der;
        let text = pem(&der);
        let bare = registration(&endorsement_key(1), &attestation_key(1));
        judged(&Registration { mtls_cert: Some(text.into()), ..bare })
    };
    let good = own((2030, 1, 1));
    assert_eq!(codes(&good), [""; 0]);
    assert_eq!(good.agent_certificate.unwrap().subject.raw(), "CN=agent");
    assert_eq!(codes(&own((2026, 11, 1))), ["agent-certificate-expired"]);
    assert!(notes(&own((2026, 12, 1))).contains(&"agent-certificate-ends-soon"));
    let bare = registration(&endorsement_key(1), &attestation_key(1));
    let bad = Registration { mtls_cert: Some("rubbish".into()), ..bare };
    assert_eq!(codes(&judged(&bad)), ["agent-certificate-unreadable"]);
}

#[test]
fn files_of_makers_are_pem_or_der() {
    let (one, two) = (Maker::root("One"), Maker::root("Two"));
    assert_eq!(certificates_of_file(&one.der).concat(), one.der);
    let bundle = format!("# makers\n{}\n{}", pem(&one.der), pem(&two.der));
    assert_eq!(certificates_of_file(bundle.as_bytes()), [one.der.clone(), two.der.clone()]);
    assert!(certificates_of_file(b"README").is_empty());
    let twice = [one.der.clone(), one.der.clone(), two.der];
    let (roots, unreadable) = VendorRoots::new(twice, today());
    assert_eq!((roots.len(), roots.roots(), unreadable.len()), (2, 2, 0));
    let (none, unreadable) = VendorRoots::new([b"rubbish".to_vec()], today());
    assert!(none.is_empty() && unreadable.len() == 1);
}
