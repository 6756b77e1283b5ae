//! Whether a text is a bundle at all, in the JSON form of protocol buffers.
//!
//! A bundle is a protocol buffer. Its JSON may write `null` for what is not
//! there, and must not write two of a choice: of those, one reader takes the
//! first and another the last, so that they would see two different bundles.
//! Other files that an operator may take for bundles are named as what they are.
//! Source: <https://protobuf.dev/programming-guides/json/>.

use serde_json::Value;

/// Members of which a bundle has one.
const CHOICES: [(&str, [&str; 3]); 2] = [
    ("", ["messageSignature", "dsseEnvelope", ""]),
    ("/verificationMaterial", ["certificate", "x509CertificateChain", "publicKey"]),
];

/// Takes members that are null for members that are missing. Says whether
/// there were any.
pub(super) fn drop_nulls(value: &mut Value) -> bool {
    let mut dropped = false;
    match value {
        Value::Object(members) => {
            let before = members.len();
            members.retain(|_, member| !member.is_null());
            dropped = members.len() != before;
            members.values_mut().for_each(|member| dropped |= drop_nulls(member));
        }
        Value::Array(values) => values.iter_mut().for_each(|value| dropped |= drop_nulls(value)),
        _ => {}
    }
    dropped
}

/// Whether the text, of which nulls were dropped, is a bundle, and only one.
///
/// # Errors
/// What it is instead.
pub(super) fn check(bundle: &Value) -> Result<(), &'static str> {
    let has = |member: &str| bundle.get(member).is_some();
    if !has("verificationMaterial") || !(has("messageSignature") || has("dsseEnvelope")) {
        return Err(instead(bundle));
    }
    if !has("mediaType") {
        return Err("the bundle does not say which version it is: it has no mediaType");
    }
    for (place, members) in CHOICES {
        let chosen = bundle
            .pointer(place)
            .into_iter()
            .flat_map(|object| members.iter().filter(|member| object.get(**member).is_some()));
        if chosen.count() > 1 {
            return Err("the bundle has two of a choice: readers would disagree on what it says");
        }
    }
    Ok(())
}

fn instead(value: &Value) -> &'static str {
    let has = |member: &str| value.get(member).is_some();
    if has("attestations") {
        "it is a list of attestations, as package registries give it: write each bundle in it into a file of \
         its own"
    } else if has("rekorBundle") || has("SignedEntryTimestamp") {
        "it is cosign's older kind of bundle: make a Sigstore bundle (cosign --new-bundle-format)"
    } else if has("verification_material") {
        "it is an attestation of PyPI (PEP 740), which is no Sigstore bundle"
    } else if has("payloadType") && has("signatures") {
        "it is a bare DSSE envelope: without a bundle around it, no log proves it"
    } else if has("certificateAuthorities") {
        "it is a trusted root: give it as the trusted root, not as evidence"
    } else {
        "it is no Sigstore bundle: it lacks verificationMaterial, or messageSignature and dsseEnvelope"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bundle() -> Value {
        json!({"mediaType": "m", "verificationMaterial": {"certificate": {}}, "messageSignature": {}})
    }

    #[test]
    fn one_of_each_choice_and_a_version_are_demanded() {
        assert_eq!(check(&bundle()), Ok(()));
        for (member, wrong) in [
            ("dsseEnvelope", "two of a choice"),
            ("mediaType", "no mediaType"),
            ("messageSignature", "no Sigstore bundle"),
            ("verificationMaterial", "no Sigstore bundle"),
        ] {
            let mut bundle = bundle();
            let members = bundle.as_object_mut().unwrap();
            if members.remove(member).is_none() {
                members.insert(member.to_owned(), json!({}));
            }
            assert!(check(&bundle).unwrap_err().contains(wrong), "{member}");
        }
        for member in ["publicKey", "x509CertificateChain"] {
            let mut bundle = bundle();
            bundle["verificationMaterial"][member] = json!({});
            assert!(check(&bundle).unwrap_err().contains("two of a choice"), "{member}");
        }
    }

    #[test]
    fn null_is_what_is_missing() {
        let mut with = bundle();
        assert!(!drop_nulls(&mut with));
        with["dsseEnvelope"] = Value::Null;
        with["verificationMaterial"]["publicKey"] = Value::Null;
        with["verificationMaterial"]["tlogEntries"] = json!([{"integratedTime": null, "logIndex": "1"}]);
        assert!(drop_nulls(&mut with));
        assert_eq!(check(&with), Ok(()));
        assert_eq!(with.pointer("/verificationMaterial/tlogEntries/0"), Some(&json!({"logIndex": "1"})));
        // A list without one of its values would be another list.
        let mut list = json!([null, 1]);
        assert!(!drop_nulls(&mut list));
        assert_eq!(list, json!([null, 1]));
    }

    #[test]
    fn what_is_often_taken_for_a_bundle_is_named() {
        for (value, named) in [
            (json!({"attestations": []}), "list of attestations"),
            (json!({"base64Signature": "", "rekorBundle": {}}), "cosign's older"),
            (json!({"version": 1, "verification_material": {}, "envelope": {}}), "PEP 740"),
            (json!({"payloadType": "", "payload": "", "signatures": []}), "bare DSSE envelope"),
            (json!({"mediaType": "", "certificateAuthorities": []}), "trusted root"),
            (json!([]), "no Sigstore bundle"),
            (json!({}), "no Sigstore bundle"),
        ] {
            assert!(check(&value).unwrap_err().contains(named), "{value}");
        }
    }
}
