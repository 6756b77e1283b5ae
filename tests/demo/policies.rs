//! The policies that the embedded fleet promises: signed ones that verify, and names of all sorts.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limescope::demo::{DemoFleet, DemoOptions};
use serde_json::Value;

use crate::support::http::Client;
use crate::{deployment, start};

/// The stored text of a policy, seen from outside.
async fn stored(fleet: &DemoFleet, group: usize, name: &str) -> String {
    let deployment = deployment(&fleet.groups()[group]);
    let path = format!("/v2.6/allowlists/{name}");
    let reply = Client::operator(&deployment).ask(&deployment.verifiers[0].0, &path).await;
    assert_eq!(reply.status, 200, "{path}");
    reply.json()["results"]["runtime_policy"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_signed_ones_verify_with_the_key_of_the_run() {
    let fleet = start(&DemoOptions::default()).await;
    let pem = std::fs::read(fleet.policy_key_path()).unwrap();
    let (label, der) = pem_rfc7468::decode_vec(&pem).unwrap();
    assert_eq!(label, "PUBLIC KEY");
    let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, der).unwrap();
    for (group, name) in [(0, "db-tier"), (1, "db-tier"), (0, "release-17"), (2, "release-17")] {
        let envelope: Value = serde_json::from_str(&stored(&fleet, group, name).await).unwrap();
        let decoded = |value: &Value| STANDARD.decode(value.as_str().unwrap()).unwrap();
        let payload = decoded(&envelope["payload"]);
        let kind = envelope["payloadType"].as_str().unwrap();
        let mut message = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
        message.extend_from_slice(&payload);
        key.verify_sig(&message, &decoded(&envelope["signatures"][0]["sig"])).unwrap();
        let key_id: String =
            digest(&SHA256, &pem).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(envelope["signatures"][0]["keyid"], *key_id, "as Keylime names its keys");
        let policy: Value = serde_json::from_slice(&payload).unwrap();
        let metadata = policy["digest_metadata"].as_object().unwrap();
        let listed: BTreeSet<_> = policy["digests"]
            .as_object()
            .unwrap()
            .values()
            .map(|digests| digests[0].as_str().unwrap())
            .collect();
        assert!(metadata.keys().all(|digest| listed.contains(digest.as_str())), "{name}");
    }
}

#[tokio::test]
async fn the_groups_store_the_same_but_for_one() {
    let fleet = start(&DemoOptions::default()).await;
    let both = async |name: &str| (stored(&fleet, 0, name).await, stored(&fleet, 1, name).await);
    let (one, other) = both("db-tier").await;
    let payload = |text: &str| serde_json::from_str::<Value>(text).unwrap()["payload"].clone();
    assert!(one != other && payload(&one) == payload(&other), "signed again");
    let (one, other) = both("web-tier").await;
    assert_ne!(one, other, "drifted");
    for name in ["ima-base", "ima-hardened", "release-17"] {
        let (one, other) = both(name).await;
        assert_eq!(one, other, "{name}");
    }
    let third = stored(&fleet, 2, "web-tier").await;
    assert_eq!(third, stored(&fleet, 0, "web-tier").await, "the majority");
    let by_hand: Value = serde_json::from_str(&stored(&fleet, 0, "by-hand").await).unwrap();
    assert_eq!(by_hand["meta"]["generator"], 0);
}
