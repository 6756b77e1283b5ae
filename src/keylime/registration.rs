//! A registrar's record of one agent.

use std::marker::PhantomData;

use serde::Deserialize;
use serde_json::Value;

use super::answer::{UnreadableAnswer, envelope};
use crate::text::RemoteText;
use crate::tpm::identity::Registration;

/// Reads `GET /v2.x/agents/ID` of a registrar: what tells who the agent is. A
/// member that is missing, as in older releases, or null is none.
///
/// # Errors
/// A body of another shape.
pub fn registration(body: &[u8]) -> Result<Registration, UnreadableAnswer> {
    #[derive(Deserialize)]
    struct Record {
        ek_tpm: Option<RemoteText>,
        ekcert: Option<RemoteText>,
        aik_tpm: Option<RemoteText>,
        mtls_cert: Option<RemoteText>,
        iak_tpm: Option<RemoteText>,
        idevid_tpm: Option<RemoteText>,
        // Of whatever type: a record is not refused for its address.
        ip: Option<Value>,
        port: Option<Value>,
    }
    let record: Record = envelope(body, PhantomData)
        .map_err(|error| UnreadableAnswer::of("the registrar's agent record is not readable", &error))?;
    let Record { ek_tpm, ekcert, aik_tpm, mtls_cert, iak_tpm, idevid_tpm, ip, port } = record;
    let ip = ip.as_ref().and_then(Value::as_str).map(RemoteText::from);
    let port = port.and_then(|port| u16::try_from(port.as_u64()?).ok());
    Ok(Registration { ek_tpm, ekcert, aik_tpm, mtls_cert, iak_tpm, idevid_tpm, ip, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_null_or_missing_is_none() {
        let body = br#"{"code": 200, "results": {"ek_tpm": "AA", "ekcert": null, "port": 1, "regcount": 2}}"#;
        let record = registration(body).unwrap();
        assert_eq!((record.ip, record.port), (None, Some(1)));
        assert_eq!(record.ek_tpm.unwrap().raw(), "AA");
        assert!(record.ekcert.is_none() && record.aik_tpm.is_none());
        for bad in [
            r#"{"results": {"ek_tpm": 1}}"#,
            r#"{"results": []}"#,
            "",
            r#"{"results": {"ek_tpm": "a", "ek_tpm": "b"}}"#,
        ] {
            assert!(registration(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
