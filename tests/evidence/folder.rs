//! A folder of evidence: read, judged on several threads, cancelled.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use limescope::policy::evidence::{INCLUSION, Judge, Status};
use limescope::tasks::evidence::{EvidenceError, EvidenceFolder, read_trusted_root};
use serde_json::json;

use crate::vectors::demands;
use crate::{at, demand, file, root};

const BUNDLES: [&str; 4] = [
    "positive/rfc8785-0.1.2.whl.v02.hashedrekord.sigstore.json",
    "positive/cosign-blob.v03.hashedrekord-tsa.sigstore.json",
    "positive/conda.v03.rekor-v2.staging.sigstore.json",
    "positive/managed-key.v03.sigstore.json",
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, name) in BUNDLES.iter().enumerate() {
        let path = folder.path().join(format!("tool-{number}.sigstore.json"));
        std::fs::write(path, file(&format!("sigstore/{name}"))).unwrap();
    }
    std::fs::write(folder.path().join("trusted_root.json"), file("sigstore/roots/trusted_root.prod.json"))
        .unwrap();
    std::fs::write(folder.path().join("notes.txt"), "no bundle").unwrap();
    folder
}

fn read(folder: &Path) -> EvidenceFolder {
    EvidenceFolder::read(folder, &AtomicBool::new(false), &|_, _| ()).unwrap()
}

#[test]
fn the_folder_is_judged_in_order_on_any_number_of_threads() {
    let on_disk = folder();
    let folder = read(on_disk.path());
    assert_eq!((folder.index().len(), folder.index().unreadable()), (4, 0));
    let root = read_trusted_root(&on_disk.path().join("trusted_root.json")).unwrap();
    let judge = Judge::new(&root, at());
    // Many more demands than bundles: most are asked again.
    let demands: Vec<_> = (0..8).flat_map(|_| demands("policy/small-dm.json")).collect();
    let alone: Vec<_> = demands.iter().map(|demand| folder.judge(judge, demand)).collect();
    assert_eq!(alone.iter().filter(|outcome| outcome.status() == Some(Status::Passed)).count(), 24);
    for threads in [1, 2, 7] {
        let told = Mutex::new(BTreeSet::new());
        let note = |done, total| {
            told.lock().unwrap().insert((done, total));
        };
        let threads = NonZeroUsize::new(threads).unwrap();
        let outcomes = folder.judge_all(judge, &demands, threads, &AtomicBool::new(false), &note).unwrap();
        assert_eq!(outcomes, alone);
        assert_eq!(*told.lock().unwrap(), (1..=40).map(|done| (done, 40)).collect());
    }
    let (outcome, examinations) = folder.explain(judge, &demands[0]);
    assert_eq!((outcome.candidates, examinations.len()), (1, 1));
    assert!(folder.has_evidence(&demands[0]) && !folder.has_evidence(&demand("", &[])));
}

#[test]
fn work_that_nobody_wants_any_more_ends() {
    let on_disk = folder();
    let folder = read(on_disk.path());
    let root = root("prod");
    let demands: Vec<_> = (0..200).flat_map(|_| demands("policy/small-dm.json")).collect();
    let (cancel, most) = (AtomicBool::new(false), AtomicUsize::new(0));
    let stop = |done, _| {
        most.fetch_max(done, Ordering::Relaxed);
        cancel.store(true, Ordering::Relaxed);
    };
    let two = NonZeroUsize::new(2).unwrap();
    assert_eq!(folder.judge_all(Judge::new(&root, at()), &demands, two, &cancel, &stop), None);
    assert!(most.load(Ordering::Relaxed) <= 2);
    let error = EvidenceFolder::read(on_disk.path(), &cancel, &|_, _| ()).unwrap_err();
    assert!(matches!(error, EvidenceError::Cancelled));
}

#[test]
fn files_that_are_no_evidence_are_told() {
    let on_disk = folder();
    let digest = "e194b99df6639501325c5f44da79fe3a8efae6f239bd79443a19787e06fb1764";
    std::fs::create_dir(on_disk.path().join(format!("{digest}.sigstore.json"))).unwrap();
    std::fs::write(on_disk.path().join("other.json"), "{}").unwrap();
    let folder = read(on_disk.path());
    assert_eq!((folder.index().len(), folder.index().findings().len()), (6, 2));
    let root = root("prod");
    // The good bundle still counts beside the folder that has its name.
    let outcome = folder.judge(Judge::new(&root, at()), &demand(digest, &[(INCLUSION, json!(true))]));
    assert_eq!((outcome.status(), outcome.candidates), (Some(Status::Passed), 2));
    // What vanished after it was indexed is no evidence any more.
    std::fs::remove_file(on_disk.path().join("tool-1.sigstore.json")).unwrap();
    let outcome = folder.judge(Judge::new(&root, at()), &demand(digest, &[(INCLUSION, json!(true))]));
    assert_eq!(outcome.status(), Some(Status::Failed));
    let missing = on_disk.path().join("none");
    assert!(EvidenceFolder::read(&missing, &AtomicBool::new(false), &|_, _| ()).is_err());
    assert!(read_trusted_root(&missing).unwrap_err().to_string().contains("there is no such file"));
    let wrong = read_trusted_root(&on_disk.path().join("other.json")).unwrap_err();
    assert!(wrong.to_string().contains("other.json: no usable trusted_root.json"), "{wrong}");
}

/// `gh attestation download` writes a bundle a line.
#[test]
fn a_file_of_lines_holds_a_bundle_a_line() {
    let on_disk = tempfile::tempdir().unwrap();
    let line = |number: usize| {
        let bundle: serde_json::Value =
            serde_json::from_slice(&file(&format!("sigstore/{}", BUNDLES[number]))).unwrap();
        bundle.to_string()
    };
    let digests: Vec<_> = demands("policy/small-dm.json").into_iter().map(|demand| demand.digest).collect();
    let lines = format!("{}\r\n\n{}\n[]\n", line(0), line(1));
    std::fs::write(on_disk.path().join("all.JSONL"), lines).unwrap();
    // Named for its digest: a line that cannot be read is evidence for it.
    std::fs::write(on_disk.path().join(format!("sha256:{}.jsonl", digests[3])), "{}\n").unwrap();
    std::fs::write(on_disk.path().join("empty.jsonl"), "\n\n").unwrap();
    std::fs::create_dir(on_disk.path().join("more")).unwrap();
    let folder = read(on_disk.path());
    assert_eq!((folder.index().len(), folder.index().unreadable()), (5, 3));
    let findings = folder.index().findings();
    let said: Vec<_> = findings.iter().map(|finding| (finding.code, finding.message.as_str())).collect();
    assert!(said.iter().any(|(_, said)| said.starts_with("all.JSONL line 4 is no evidence")), "{said:?}");
    assert!(said.iter().any(|(_, said)| said.starts_with("empty.jsonl is no evidence")), "{said:?}");
    assert_eq!(said.last().unwrap().0, "evidence-folders", "{said:?}");
    let root = root("prod");
    let judge = Judge::new(&root, at());
    let outcomes: Vec<_> =
        demands("policy/small-dm.json").iter().map(|demand| folder.judge(judge, demand)).collect();
    let status = |outcome: &limescope::policy::evidence::Outcome| outcome.status();
    assert_eq!(status(&outcomes[0]), Some(Status::Passed), "{:?}", outcomes[0]);
    assert_eq!(outcomes[0].bundle.as_ref().unwrap().name, "all.JSONL line 1");
    assert_eq!(outcomes[1].bundle.as_ref().unwrap().name, "all.JSONL line 3");
    assert_eq!((status(&outcomes[1]), status(&outcomes[3])), (Some(Status::Passed), Some(Status::Failed)));
    // A line that is gone when the digest is judged is no evidence any more.
    std::fs::write(on_disk.path().join("all.JSONL"), line(0)).unwrap();
    let outcome = folder.judge(judge, &demands("policy/small-dm.json")[1]);
    assert_eq!(outcome.status(), Some(Status::Failed));
    assert!(outcome.checks[0].reason.contains("no line 3 any more"), "{:?}", outcome.checks[0]);
}

/// What went wrong is said once.
#[test]
fn an_error_says_once_what_it_is() {
    let on_disk = tempfile::tempdir().unwrap();
    let path = on_disk.path().join("trusted_root.json");
    std::fs::write(&path, "{}").unwrap();
    let error = read_trusted_root(&path).unwrap_err();
    assert!(
        std::error::Error::source(&error).is_none()
            && error.to_string().contains("no usable trusted_root.json")
    );
    let error = EvidenceFolder::read(&path, &AtomicBool::new(false), &|_, _| ()).unwrap_err();
    assert!(std::error::Error::source(&error).is_none() && error.to_string().contains("give a folder"));
}
