//! Signed policies of many digests, beside the tool that operators have.

use std::fs;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use jiff::Timestamp;
use limescope::policy::diff;
use limescope::policy::document::PathSearch;
use limescope::policy::examination::{Examination, Options, examine};
use limescope::policy::sign::{self, FileKey, Signer};
use limescope::policy::signature::{Material, material};
use limescope::policy::trust::Trust;
use tempfile::TempDir;

use crate::results::{Results, verdict};
use crate::samples::{Samples, repeat, timed, words};
use crate::{Outcome, command, say};

/// What Keylime's own functions need for the same; see the file itself.
const TOOL: &str = include_str!("keylime.py");

/// Digests, time allowed for loading, memory allowed in KiB, runs of the tool.
const SIZES: [(usize, Duration, Option<u64>, usize); 2] = [
    (100_000, Duration::from_millis(60), None, 3),
    (1_000_000, Duration::from_millis(600), Some(250_000_000 / 1024), 1),
];

/// Runs of ours.
const RUNS: usize = 5;

const SEARCH: Duration = Duration::from_millis(1);
const DIFF: Duration = Duration::from_millis(1_500);

pub fn measure(results: &mut Results) -> Outcome<()> {
    results.words(
        "**Signed runtime policies** (DSSE, ECDSA P-256, one SHA-256 per path): `limescope policy verify` as a whole \
         process beside Keylime's own functions (`read_runtime_policy` with the key, `runtime_policy_db_contents`) \
         in a process of Python; then, in one process, what a console does with it.",
    );
    let mut processes = Vec::new();
    let mut steps = Vec::new();
    for (digests, allowed, memory, runs) in SIZES {
        say(&format!("  {digests} digests"));
        let files = Files::new(digests)?;
        let (ours, peak) = verify(&files)?;
        let (theirs, their_peak) = tool(&files, runs)?;
        processes.push([
            digests.to_string(),
            ours.words(),
            megabytes(peak),
            theirs.words(),
            megabytes(their_peak),
            memory.map(megabytes).unwrap_or_default(),
            memory.map(|memory| verdict(peak <= memory).to_owned()).unwrap_or_default(),
        ]);
        inside(&files, digests, allowed, &mut steps)?;
    }
    results.table(
        ["digests", "`policy verify`", "peak", "Keylime (Python)", "its peak", "peak allowed", ""],
        &processes,
    );
    results.table(["digests", "in one process", "time", "target", ""], &steps);
    Ok(())
}

/// A signed policy on disk, another that differs, and the public key.
struct Files {
    folder: TempDir,
    material: Vec<Material>,
}

impl Files {
    fn new(digests: usize) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let key = FileKey::from_der(pair.to_pkcs8v1()?.as_ref())?;
        let public = key.public_key().pem();
        fs::write(folder.path().join("key.pem"), &public)?;
        for (name, changed) in [("policy", 0), ("other", 100)] {
            let envelope = sign::dsse(policy(digests, changed).as_bytes(), &key)?;
            fs::write(folder.path().join(name), envelope)?;
        }
        Ok(Self { folder, material: material::read(public.as_bytes())? })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn load(&self, name: &str) -> Outcome<Examination> {
        let trust = Trust::given(self.material.clone());
        let text = fs::read(self.path(name))?;
        let examination =
            examine(text, &trust, &Options::at(Timestamp::now()), &mut |_| ControlFlow::Continue(()));
        if examination.is_good() { Ok(examination) } else { Err("the policy is not good".into()) }
    }
}

/// A policy as Keylime's tools write it; of every `changed`-th path the digest
/// is another, never where `changed` is 0.
fn policy(digests: usize, changed: usize) -> String {
    let mut text = String::with_capacity(digests * 110);
    text.push_str(
        "{\"meta\": {\"version\": 1, \"generator\": 3, \"timestamp\": \"2026-11-21 00:00:00.000000\"}, \
         \"release\": 0, \"digests\": {",
    );
    for entry in 0..digests {
        let comma = if entry == 0 { "" } else { ", " };
        let other = changed != 0 && entry % changed == 0;
        text.push_str(&format!(
            "{comma}\"/usr/lib/pkg{:05}/file{:03}.so\": [\"{}\"]",
            entry / 100,
            entry % 100,
            digest(entry, other)
        ));
    }
    text.push_str(
        "}, \"excludes\": [\"/tmp/.*\", \"/var/log/.*\\\\.log\"], \"keyrings\": {}, \"ima\": {\"ignored_keyrings\": [], \
         \"log_hash_alg\": \"sha1\", \"dm_policy\": null}, \"ima-buf\": {}, \"verification-keys\": \"\"}",
    );
    text
}

fn digest(entry: usize, other: bool) -> String {
    let sum = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        format!("limescope:{entry}:{other}").as_bytes(),
    );
    sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The whole process, and its peak.
fn verify(files: &Files) -> Outcome<(Samples, u64)> {
    let run = |watched| {
        let mut verify = Command::new(env!("CARGO_BIN_EXE_limescope"));
        verify.args(["policy", "verify", "--format", "json", "--key"]).arg(files.path("key.pem"));
        verify.arg(files.path("policy")).env("XDG_STATE_HOME", files.folder.path());
        command::run(verify, watched)
    };
    let peak = run(true)?.peak.ok_or("the peak of verify could not be read")?;
    Ok((repeat(RUNS, || Ok(run(false)?.took))?, peak))
}

/// Keylime's functions, and their peak.
fn tool(files: &Files, runs: usize) -> Outcome<(Samples, u64)> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join(".keylime-venv/bin/python");
    if !python.exists() {
        return Err(format!("there is no {}: run `make keylime`", python.display()).into());
    }
    let mut peak = 0;
    let mut took = Vec::new();
    for _ in 0..runs {
        let mut tool = Command::new(&python);
        tool.args(["-c", TOOL]).arg(files.path("policy")).arg(files.path("key.pem"));
        let run = command::run(tool, false)?;
        let told: serde_json::Value = serde_json::from_slice(&run.output)?;
        if told.get("found").and_then(serde_json::Value::as_u64) != Some(1) {
            return Err("Keylime's functions did not find the last digest".into());
        }
        peak = told.get("peak_kib").and_then(serde_json::Value::as_u64).ok_or("no peak was told")?.max(peak);
        took.push(run.took);
    }
    Ok((Samples::new(took), peak))
}

/// Loading, searching and comparing, as the console does.
fn inside(files: &Files, digests: usize, allowed: Duration, rows: &mut Vec<[String; 5]>) -> Outcome<()> {
    let mut row = |what: &str, samples: &Samples, allowed: Option<Duration>| {
        rows.push([
            digests.to_string(),
            what.to_owned(),
            samples.words(),
            allowed.map(words).unwrap_or_default(),
            allowed.map(|allowed| verdict(samples.median() <= allowed).to_owned()).unwrap_or_default(),
        ]);
    };
    let load = repeat(RUNS, || Ok(timed(|| files.load("policy").map(black_box)).0))?;
    row("load, verify, validate", &load, Some(allowed));
    let left = files.load("policy")?;
    let right = files.load("other")?;
    let (Some(left), Some(right)) = (&left.document, &right.document) else {
        return Err("the policies were not read".into());
    };
    // The first search may make an index.
    let (first, _) = timed(|| left.paths_of(&digest(digests / 2, false)).count());
    row("first search of a digest", &Samples::new(vec![first]), None);
    let mut entry = 0;
    let search = repeat(101, || {
        entry = (entry + digests / 7 + 1) % digests;
        let wanted = digest(entry, false);
        let (took, found) = timed(|| left.paths_of(&wanted).count());
        if found == 1 { Ok(took) } else { Err(format!("digest {entry} was found {found} times").into()) }
    })?;
    row("search of a digest", &search, Some(SEARCH));
    let fragment = format!("pkg{:05}/file07", digests / 100 - 1);
    let paths = repeat(RUNS, || {
        let (took, found) = timed(|| PathSearch::all(&fragment, left.digests()).len());
        if found == 10 { Ok(took) } else { Err(format!("{found} paths were found").into()) }
    })?;
    row("search of a part of a path, all paths", &paths, None);
    let compared = repeat(RUNS, || {
        let (took, difference) = timed(|| diff::compare(left, right, &mut |_| ControlFlow::Continue(())));
        let difference = difference.ok_or("the comparison was stopped")?;
        if difference.is_same() { Err("no difference was found".into()) } else { Ok(took) }
    })?;
    row("comparison with another, 1 % changed", &compared, Some(DIFF));
    Ok(())
}

fn megabytes(kilobytes: u64) -> String {
    format!("{:.0} MB", kilobytes as f64 * 1024.0 / 1e6)
}
