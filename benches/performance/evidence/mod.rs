//! Evidence for many digests: bundles on disk, judged on one core and on all, beside sigstore-python.

mod instance;

use std::fs;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use bytes::Bytes;
use jiff::Timestamp;
use limescope::policy::document::{self, Policy};
use limescope::policy::evidence::{Demand, Digest, Judge, Status};
use limescope::policy::json::Limits;
use limescope::policy::sign::{self, FileKey, Signer};
use limescope::tasks::evidence::{EvidenceFolder, read_trusted_root};
use tempfile::TempDir;

use crate::results::{Results, verdict};
use crate::samples::{Samples, repeat, timed, words};
use crate::{Outcome, command, say};

/// Demanded digests, each with its bundle.
const DIGESTS: usize = 10_000;

/// Bundles for the peer.
const PEER: usize = 1_000;

const RUNS: usize = 3;

/// For a digest, on one core.
const TARGET: Duration = Duration::from_millis(5);

/// What the evidence may add to the memory of the process, in KiB.
const GROWTH: u64 = 64_000_000 / 1024;

/// What sigstore-python needs for the same; see the file itself.
const TOOL: &str = include_str!("sigstore.py");

pub fn measure(results: &mut Results) -> Outcome<()> {
    results.words(
        "**Evidence for digest_metadata**: 10,000 demanded digests (a log's proof and an identity), each with a \
         bundle on disk, of a Sigstore instance made for this: hashedrekord with SET, inclusion proof in one tree, \
         checkpoint, certificate with SCT. All of them pass. Times for each digest on one core include reading its \
         bundle.",
    );
    say("  making the instance");
    let files = Files::new()?;
    let policy = files.policy()?;
    let demands: Vec<_> = policy.metadata().entries().map(|entry| Demand::of(&policy, entry)).collect();
    let root = read_trusted_root(&files.path("evidence/trusted_root.json"))?;
    let judge = Judge::new(&root, Timestamp::now());
    let mut rows = Vec::new();
    let mut row = |what: &str, samples: &Samples, cores: usize| {
        let each = samples.median() * u32::try_from(cores)? / u32::try_from(DIGESTS)?;
        rows.push([
            what.to_owned(),
            samples.words(),
            words(each),
            words(TARGET),
            verdict(each <= TARGET).to_owned(),
        ]);
        Ok::<_, std::num::TryFromIntError>(())
    };
    say("  reading the folder");
    let never = AtomicBool::new(false);
    let mut folder = None;
    let read = repeat(RUNS, || {
        let told = Progress::default();
        let (took, found) = timed(|| {
            EvidenceFolder::read(&files.path("evidence"), &never, &|done, total| told.tell(done, total))
        });
        folder = Some(found?);
        told.complete()?;
        Ok(took)
    })?;
    row("reading the folder", &read, 1)?;
    let folder = folder.ok_or("no folder was read")?;
    let all = std::thread::available_parallelism()?;
    for cores in [NonZeroUsize::MIN, all] {
        say(&format!("  judging on {cores} cores"));
        let judged = repeat(RUNS, || {
            let told = Progress::default();
            let (took, outcomes) = timed(|| {
                folder.judge_all(judge, &demands, cores, &never, &|done, total| told.tell(done, total))
            });
            told.complete()?;
            let outcomes = outcomes.ok_or("the work was cancelled")?;
            let passed = outcomes.iter().filter(|outcome| outcome.status() == Some(Status::Passed)).count();
            if passed == DIGESTS { Ok(took) } else { Err(format!("{passed} digests passed").into()) }
        })?;
        let what = if cores == NonZeroUsize::MIN { "judging, one core" } else { "judging, all cores" };
        row(what, &judged, cores.get())?;
    }
    results.table(["what", "10,000 digests", "each, on one core", "target", ""], &rows);
    real(results)?;
    process(&files, results)?;
    peer(&files, results)
}

/// How often progress was told, and the last of it.
#[derive(Default)]
struct Progress {
    times: AtomicUsize,
    most: AtomicUsize,
}

impl Progress {
    fn tell(&self, done: usize, _total: usize) {
        self.times.fetch_add(1, Ordering::Relaxed);
        self.most.fetch_max(done, Ordering::Relaxed);
    }

    fn complete(&self) -> Outcome<()> {
        let told = (self.times.load(Ordering::Relaxed), self.most.load(Ordering::Relaxed));
        if told == (DIGESTS, DIGESTS) { Ok(()) } else { Err(format!("progress was told {told:?}").into()) }
    }
}

/// Evidence, the policy that demands it, signed and bare, and a key.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Outcome<Self> {
        let files = Self { folder: tempfile::tempdir()? };
        let made = instance::make(DIGESTS)?;
        made.write(&files.path("evidence"))?;
        let text = instance::policy(made.bundles.iter().map(|(digest, _)| digest.clone())).to_string();
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?;
        let key = FileKey::from_der(pair.to_pkcs8v1()?.as_ref())?;
        fs::write(files.path("signed.json"), sign::dsse(text.as_bytes(), &key)?)?;
        fs::write(files.path("policy.json"), text)?;
        fs::write(files.path("key.pem"), key.public_key().pem())?;
        Ok(files)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn policy(&self) -> Outcome<Policy> {
        let text = Bytes::from(fs::read(self.path("policy.json"))?);
        let read = document::read(text, &Limits::default(), &mut |_| ControlFlow::Continue(()));
        read.policy.ok_or_else(|| "the policy was not read".into())
    }
}

/// Real bundles of the public instances, which are more of a kind than ours.
fn real(results: &mut Results) -> Outcome<()> {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies/sigstore");
    let index: serde_json::Value = serde_json::from_slice(&fs::read(vectors.join("INDEX.json"))?)?;
    let list = index.get("vectors").and_then(serde_json::Value::as_array).ok_or("no vectors")?;
    let mut rows = Vec::new();
    for vector in list {
        let text = |name: &str| vector.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let (Some(digest), "verified", false) =
            (Digest::read(text("digest")), text("expected"), text("identity").is_empty())
        else {
            continue;
        };
        let root = read_trusted_root(&vectors.join(text("trusted_root")))?;
        let bundle = fs::read(vectors.join(text("bundle")))?;
        let identity = serde_json::json!({"issuer": text("issuer"), "subject": text("identity")});
        let checks = vec![
            ("transparency_log_inclusion_proof".to_owned(), true.into()),
            ("signer_identity".to_owned(), identity),
        ];
        let demand = Demand { digest: digest.to_string(), checks };
        let judge = Judge::new(&root, Timestamp::now());
        let candidates = [limescope::policy::evidence::Candidate { name: "bundle", bytes: Ok(&bundle) }];
        let samples = repeat(101, || {
            let (took, outcome) = timed(|| judge.judge(&demand, &candidates));
            match outcome.status() {
                Some(Status::Passed) => Ok(took),
                other => Err(format!("{}: {other:?}", text("bundle")).into()),
            }
        })?;
        rows.push([
            text("bundle").trim_start_matches("positive/").to_owned(),
            samples.words(),
            verdict(samples.p99() <= TARGET).to_owned(),
        ]);
    }
    results.words("Real bundles of Sigstore's public and staging instances, one core:");
    results.table(["bundle", "each", "≤ 5 ms (p99)"], &rows);
    Ok(())
}

/// The whole process, with its memory.
fn process(files: &Files, results: &mut Results) -> Outcome<()> {
    say("  limescope policy verify");
    let run = |evidence: bool, watched: bool| {
        let mut verify = Command::new(env!("CARGO_BIN_EXE_limescope"));
        verify.args(["policy", "verify", "--format", "json", "--key"]).arg(files.path("key.pem"));
        if evidence {
            verify.arg("--require-metadata").arg("--evidence").arg(files.path("evidence"));
            verify.arg("--trusted-root").arg(files.path("evidence/trusted_root.json"));
        }
        verify.arg(files.path("signed.json")).env("XDG_STATE_HOME", files.folder.path());
        command::run(verify, watched)
    };
    let peak = |evidence| run(evidence, true)?.peak.ok_or_else(|| "the peak could not be read".into());
    let (without, with): (Outcome<u64>, Outcome<u64>) = (peak(false), peak(true));
    let (without, with) = (without?, with?);
    let took = repeat(RUNS, || Ok(run(true, false)?.took))?;
    let growth = with.saturating_sub(without);
    let megabytes = |kilobytes: u64| format!("{:.0} MB", kilobytes as f64 * 1024.0 / 1e6);
    results.table(
        ["`policy verify --evidence`, all cores", "peak without evidence", "peak with", "growth allowed", ""],
        &[[
            took.words(),
            megabytes(without),
            megabytes(with),
            megabytes(GROWTH),
            verdict(growth <= GROWTH).to_owned(),
        ]],
    );
    Ok(())
}

/// sigstore-python in one process, which is kinder to it than a process for each bundle.
fn peer(files: &Files, results: &mut Results) -> Outcome<()> {
    say("  sigstore-python");
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/sigstore/bin/python");
    if !python.exists() {
        return Err(format!("there is no {}: run `make peers`", python.display()).into());
    }
    let mut tool = Command::new(&python);
    tool.args(["-c", TOOL]).arg(files.path("evidence"));
    tool.args([instance::SUBJECT, instance::ISSUER, &PEER.to_string()]);
    let told: serde_json::Value = serde_json::from_slice(&command::run(tool, false)?.output)?;
    let seconds = |value: &serde_json::Value| value.as_f64().map(Duration::from_secs_f64);
    let took: Vec<_> = told
        .get("took_s")
        .and_then(serde_json::Value::as_array)
        .map(|all| all.iter().filter_map(seconds).collect())
        .unwrap_or_default();
    if took.len() != PEER {
        return Err(format!("sigstore-python verified {} of {PEER} bundles", took.len()).into());
    }
    let ready = told.get("ready_s").and_then(seconds).unwrap_or_default();
    results
        .words("The same bundles in one process of sigstore-python 4.5.1, offline, which keeps to one core:");
    results.table(
        ["bundles", "each", "until the first can be asked"],
        &[[PEER.to_string(), Samples::new(took).words(), words(ready)]],
    );
    Ok(())
}
