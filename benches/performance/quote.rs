//! The check of a quote, and the replay of a long IMA list.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use limescope::keylime::attestation::attestation;
use limescope::tpm::quote::{
    Conclusion, Evidence, ImaLog, ImaPart, KeySource, StepResult, check, conclude, replay_ima,
};
use limescope::tpm::wire::{Hash, PcrBlob, PcrSelection, PcrSelections, Public};

use crate::Outcome;
use crate::results::{Results, verdict};
use crate::samples::{repeat, timed};

/// What one check may take.
const ALLOWED: Duration = Duration::from_millis(1);

/// Checks per sample: one alone is shorter than the clock is good for.
const TOGETHER: u32 = 100;

/// Entries of a list: a busy server after some weeks.
const ENTRIES: usize = 100_000;

/// A real record of Keylime 7.14.3, with RSA-2048 and SHA-256.
const RECORD: &str = "tests/captures/v3-attestation-latest-push-ok.http";

pub fn measure(results: &mut Results) -> Outcome<()> {
    let capture = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(RECORD))?;
    let (_, body) = capture.split_once("\n<\n").ok_or("the capture has no body")?;
    let record = attestation(body.as_bytes()).map_err(|error| error.to_string())?;
    let quote = record.quote.ok_or("the capture has no quote")?;
    let key = quote.certification_key.as_deref().ok_or("the capture has no key")?;
    let samples = repeat(31, || {
        let (took, held) = timed(|| {
            (0..TOGETHER).all(|_| {
                let Ok(key) = Public::read(key) else { return false };
                let checked = check(&Evidence {
                    key: &key,
                    key_source: KeySource::Attestation,
                    named_key: Some(&key),
                    ek: None,
                    message: &quote.message,
                    signature: &quote.signature,
                    pcr_blob: &quote.subject_data,
                    nonce: &quote.challenge,
                    requested: &quote.requested,
                });
                conclude(&checked.steps) == Conclusion::Holds
            })
        });
        if held { Ok(took / TOGETHER) } else { Err("the quote does not hold".into()) }
    })?;
    let (list, pcrs) = list()?;
    let replays = repeat(5, || {
        let (took, steps) =
            timed(|| replay_ima(&ImaLog::join(&[ImaPart { index: 0, offset: 0, entries: &list }]), &pcrs));
        match steps.iter().all(|step| step.result == StepResult::Passed) {
            true => Ok(took),
            false => Err("the list does not lead to its PCR".into()),
        }
    })?;
    results.words(
        "**Check of a quote**: a real record (RSA-2048, SHA-256): key and quote read, attributes, signature, nonce, \
         selection, digest of the PCRs; and the replay of an IMA list to its PCR 10.",
    );
    let rows = [
        [
            "one quote".to_owned(),
            samples.words(),
            format!("{} ms", ALLOWED.as_millis()),
            verdict(samples.median() <= ALLOWED).to_owned(),
        ],
        [
            format!("IMA list of {ENTRIES} entries ({} MB)", list.len() / 1_000_000),
            replays.words(),
            "–".to_owned(),
            "–".to_owned(),
        ],
    ];
    results.table(["what", "time", "allowed", "target"], &rows);
    Ok(())
}

/// A list, and the quoted PCR 10 that it leads to.
fn list() -> Outcome<(String, PcrBlob)> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut list = String::new();
    let mut pcr = vec![0; 32];
    let unknown = "a digest is not computed";
    for entry in 0..ENTRIES {
        let name = format!("/usr/lib/package-{entry}/lib/module.so");
        let digest = Hash::Sha256.digest(&[name.as_bytes()]).ok_or(unknown)?;
        let mut data = 40u32.to_le_bytes().to_vec();
        data.extend(b"sha256:\0");
        data.extend(&digest);
        data.extend(u32::try_from(name.len() + 1)?.to_le_bytes());
        data.extend(name.as_bytes());
        data.push(0);
        let template = Hash::Sha1.digest(&[&data]).ok_or(unknown)?;
        let extended = Hash::Sha256.digest(&[&data]).ok_or(unknown)?;
        pcr = Hash::Sha256.digest(&[&pcr, &extended]).ok_or(unknown)?;
        writeln!(list, "10 {} ima-ng sha256:{} {name}", hex(&template), hex(&digest))?;
    }
    let selections = vec![PcrSelection { bank: Hash::Sha256, bitmap: vec![0, 4, 0] }];
    Ok((list, PcrBlob { selections: PcrSelections(selections), values: vec![pcr] }))
}
