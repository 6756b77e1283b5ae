//! What an agent answers (`keylime/src/quote.rs` of rust-keylime).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::super::answer::{UnreadableAnswer, envelope};
use super::super::version::ApiVersion;
use crate::text::RemoteText;

/// A quote with its logs, decoded and not read further.
#[derive(Clone, PartialEq, Eq)]
pub struct AgentQuote {
    /// TPMS_ATTEST.
    pub message: Vec<u8>,
    /// TPMT_SIGNATURE.
    pub signature: Vec<u8>,
    /// The values of the PCRs, in Keylime's form.
    pub pcr_blob: Vec<u8>,
    /// The IMA list; none where the agent sends none.
    pub ima: Option<String>,
    /// The entry with which the list starts, from 0.
    pub ima_offset: u64,
    /// The firmware's log; none where the agent sends none.
    pub uefi: Option<Vec<u8>>,
}

impl fmt::Debug for AgentQuote {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("AgentQuote").field("ima_offset", &self.ima_offset).finish_non_exhaustive()
    }
}

const WHAT: &str = "the agent's quote is not readable";

fn wrong(words: &str) -> UnreadableAnswer {
    UnreadableAnswer { what: WHAT, detail: words.to_owned() }
}

/// Reads `GET /v2.x/quotes/integrity`.
///
/// # Errors
/// A body of another shape.
pub(super) fn quote(body: &[u8]) -> Result<AgentQuote, UnreadableAnswer> {
    #[derive(Deserialize)]
    struct Results {
        quote: String,
        ima_measurement_list: Option<String>,
        ima_measurement_list_entry: Option<u64>,
        mb_measurement_list: Option<String>,
    }
    let results: Results =
        envelope(body, std::marker::PhantomData).map_err(|error| UnreadableAnswer::of(WHAT, &error))?;
    // `r`, then three times base64 with colons between.
    let parts: Option<Vec<_>> = results
        .quote
        .strip_prefix('r')
        .map(|text| text.split(':').map(|part| STANDARD.decode(part).ok()).collect())
        .unwrap_or_default();
    let parts: Result<[Vec<u8>; 3], _> = parts.unwrap_or_default().try_into();
    let [message, signature, pcr_blob] =
        parts.map_err(|_others: Vec<_>| wrong("`quote` is not `r` with three parts in base64"))?;
    let uefi = results.mb_measurement_list.filter(|text| !text.is_empty());
    let uefi = uefi
        .map(|text| STANDARD.decode(text).map_err(|_not_base64| wrong("`mb_measurement_list` is no base64")));
    Ok(AgentQuote {
        message,
        signature,
        pcr_blob,
        ima: results.ima_measurement_list,
        ima_offset: results.ima_measurement_list_entry.unwrap_or(0),
        uefi: uefi.transpose()?,
    })
}

/// Reads an agent's `GET /version`: the newest version that both sides know.
/// None where it tells no v2.
///
/// # Errors
/// A body of another shape.
pub(super) fn version(body: &[u8]) -> Result<Option<ApiVersion>, UnreadableAnswer> {
    #[derive(Deserialize)]
    struct Versions {
        supported_version: RemoteText,
        #[serde(default)]
        supported_versions: Vec<RemoteText>,
    }
    let told: Versions = envelope(body, std::marker::PhantomData)
        .map_err(|error| UnreadableAnswer::of("the agent's answer to /version is not Keylime's", &error))?;
    let all = told.supported_versions.iter().chain([&told.supported_version]);
    let known = all.filter_map(|text| ApiVersion::parse(text.raw()));
    Ok(known.filter(|version| version.major == 2 && *version <= ApiVersion::NEWEST_KNOWN).max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_taken_apart() {
        let read = quote(
            br#"{"code": 200, "status": "Success", "results": {"quote": "rAQ==:Ag==:Aw==",
            "hash_alg": "sha256", "enc_alg": "rsa", "sign_alg": "rsassa", "ima_measurement_list": "10 a\n",
            "ima_measurement_list_entry": 0, "mb_measurement_list": "BA=="}}"#,
        );
        let read = read.unwrap();
        assert_eq!((read.message, read.signature, read.pcr_blob), (vec![1], vec![2], vec![3]));
        assert_eq!((read.ima.as_deref(), read.uefi), (Some("10 a\n"), Some(vec![4])));
        for bad in ["AQ==:Ag==:Aw==", "rAQ==:Ag==", "rAQ==:Ag==:Aw==:BA==", "rA:A:A", "r", ""] {
            let body = format!(r#"{{"results": {{"quote": "{bad}"}}}}"#);
            assert!(quote(body.as_bytes()).is_err(), "{bad}");
        }
        assert!(quote(b"{}").is_err());
    }

    #[test]
    fn the_newest_common_version_is_asked_for() {
        let told = |body: &str| version(body.as_bytes()).unwrap().map(|version| version.to_string());
        let only = r#"{"results": {"supported_version": "2.2"}}"#;
        assert_eq!(told(only).as_deref(), Some("2.2"));
        let newer =
            r#"{"results": {"supported_version": "3.0", "supported_versions": ["2.1", "2.5", "3.0"]}}"#;
        assert_eq!(told(newer).as_deref(), Some("2.5"));
        assert_eq!(told(r#"{"results": {"supported_version": "x"}}"#), None);
        assert!(version(b"{}").is_err());
    }
}
