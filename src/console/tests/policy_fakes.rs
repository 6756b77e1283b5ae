//! Policies that were never read: their entries are made as they are asked for,
//! so that a million of them cost nothing.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::console::state::{
    Check, DiffLine, Differences, Document, Drift, FindingRow, GroupFault, PolicyComparison, PolicyCounts,
    PolicyList, PolicyPicture, PolicyRow, PolicySource, PolicyText, Section, SignerRow, Tone, VerifierWords,
    Where,
};
use crate::console::test_fleet::now;
use crate::keylime::policies::PolicyKind;
use crate::policy::evidence::Status;
use crate::policy::{PolicyVerdict, Severity, SignatureVerdict};

/// A policy of so many paths; every tenth digest has metadata.
pub struct Fake(pub usize);

/// A name that must not reach a cell as it is.
pub const HOSTILE: &str = "/opt/\u{202e}gnp\u{1b}[31m";

impl Document for Fake {
    fn paths(&self) -> usize {
        self.0
    }

    fn path(&self, entry: usize) -> Cow<'_, str> {
        match entry {
            3 => HOSTILE.into(),
            _ => format!("/usr/lib/package-{}/file-{entry:07}", entry % 97).into(),
        }
    }

    fn digest(&self, entry: usize, number: usize) -> Option<Cow<'_, str>> {
        (number == 0).then(|| format!("{entry:08x}{}", "a5".repeat(28)).into())
    }

    fn demands(&self) -> usize {
        self.0.div_ceil(10)
    }

    fn demanded(&self, number: usize) -> Cow<'_, str> {
        format!("{:08x}{}", number * 10, "a5".repeat(28)).into()
    }

    fn check_names(&self, _number: usize, each: &mut dyn FnMut(&str)) {
        each("transparency_log_inclusion_proof");
        each("signer_identity");
    }

    fn checks(&self, _number: usize) -> Vec<Check> {
        vec![
            Check {
                name: "transparency_log_inclusion_proof".to_owned(),
                value: "true".to_owned(),
                status: Status::NotEvaluated,
                reason: "no evidence was given".to_owned(),
            },
            Check {
                name: "signer_identity".to_owned(),
                value: "release@example.org by https://issuer.example.org".to_owned(),
                status: Status::NotEvaluated,
                reason: "no evidence was given".to_owned(),
            },
        ]
    }

    fn demand_of(&self, digest: &str) -> Option<usize> {
        let entry = usize::from_str_radix(digest.get(..8)?, 16).ok()?;
        (entry.is_multiple_of(10)).then_some(entry / 10)
    }

    fn entries_of(&self, digest: &str, _most: usize) -> (Vec<u32>, usize) {
        let entry = digest.get(..8).and_then(|start| u32::from_str_radix(start, 16).ok());
        (entry.into_iter().collect(), usize::from(entry.is_some()))
    }

    fn find(&self, sought: &str, place: Where, is_given_up: &dyn Fn() -> bool) -> Option<Vec<u32>> {
        let all = match place {
            Where::Digests => self.paths(),
            Where::Metadata => self.demands(),
        };
        let holds = |number: usize| match place {
            Where::Digests => {
                self.path(number).contains(sought)
                    || self.digest(number, 0).is_some_and(|digest| digest.starts_with(sought))
            }
            Where::Metadata => self.demanded(number).contains(sought),
        };
        let found = (0..all).filter(|number| holds(*number)).map(|number| u32::try_from(number).unwrap());
        (!is_given_up()).then(|| found.collect())
    }

    fn exclusion(&self, path: &str) -> Vec<(Tone, String)> {
        match path.starts_with("/tmp") {
            true => vec![(Tone::Warn, "/tmp leaves it out: it matches the beginning, `/tmp`".to_owned())],
            false => vec![(Tone::Good, "No pattern leaves it out.".to_owned())],
        }
    }

    fn text_rows(&self) -> usize {
        self.0 * 2
    }

    fn text_row(&self, row: usize) -> Cow<'_, str> {
        format!("\"{}\": [\"{}\"],", self.path(row), "a5".repeat(10)).into()
    }
}

/// The same, of texts that are there already, as those of a policy that was
/// read are: who asks for one asks for no memory.
pub struct Lending(pub usize);

fn pool() -> &'static [(String, String)] {
    static POOL: OnceLock<Vec<(String, String)>> = OnceLock::new();
    POOL.get_or_init(|| {
        let fake = Fake(1_000);
        (0..1_000).map(|one| (fake.path(one).into_owned(), fake.demanded(one).into_owned())).collect()
    })
}

impl Document for Lending {
    fn paths(&self) -> usize {
        self.0
    }

    fn path(&self, entry: usize) -> Cow<'_, str> {
        Cow::Borrowed(&pool()[entry % 1_000].0)
    }

    fn digest(&self, entry: usize, number: usize) -> Option<Cow<'_, str>> {
        (number == 0).then(|| Cow::Borrowed(pool()[entry % 1_000].1.as_str()))
    }

    fn demands(&self) -> usize {
        self.0
    }

    fn demanded(&self, number: usize) -> Cow<'_, str> {
        Cow::Borrowed(&pool()[number % 1_000].1)
    }

    fn check_names(&self, number: usize, each: &mut dyn FnMut(&str)) {
        Fake(self.0).check_names(number, each);
    }

    fn checks(&self, number: usize) -> Vec<Check> {
        Fake(self.0).checks(number)
    }

    fn demand_of(&self, digest: &str) -> Option<usize> {
        Fake(self.0).demand_of(digest)
    }

    fn entries_of(&self, digest: &str, most: usize) -> (Vec<u32>, usize) {
        Fake(self.0).entries_of(digest, most)
    }

    fn find(&self, sought: &str, place: Where, is_given_up: &dyn Fn() -> bool) -> Option<Vec<u32>> {
        Fake(self.0).find(sought, place, is_given_up)
    }

    fn exclusion(&self, path: &str) -> Vec<(Tone, String)> {
        Fake(self.0).exclusion(path)
    }

    fn text_rows(&self) -> usize {
        self.0
    }

    fn text_row(&self, row: usize) -> Cow<'_, str> {
        self.path(row)
    }
}

impl Differences for Fake {
    fn lines(&self) -> usize {
        self.0
    }

    fn line(&self, number: usize) -> DiffLine<'_> {
        (['+', '-', '~'][number % 3], self.path(number))
    }
}

pub fn source(name: &str) -> PolicySource {
    PolicySource::read(name, ["eu-west", "eu-south", "us-east", "lab"]).unwrap()
}

fn finding(severity: Severity, code: &'static str, message: &str) -> FindingRow {
    FindingRow {
        severity,
        code,
        message: message.to_owned(),
        place: Some((1, 1234)),
        hint: Some("end it with $, or write what it is meant for".to_owned()),
    }
}

/// A signed policy of so many paths with something of everything.
pub fn policy(name: &str, paths: usize) -> Arc<PolicyPicture> {
    policy_of(name, Box::new(Fake(paths)))
}

/// A signed policy with the entries of a document.
pub fn policy_of(name: &str, document: Box<dyn Document>) -> Arc<PolicyPicture> {
    let paths = document.paths();
    let exclude =
        |tone, text: &str, words: &str| PolicyText { tone, text: text.to_owned(), words: words.to_owned() };
    Arc::new(PolicyPicture {
        source: source(name),
        kind: PolicyKind::Runtime,
        shape: "dsse",
        shape_words: "a DSSE envelope with an ECDSA signature",
        sha256: "4a179e4c".repeat(8),
        payload_sha256: Some("35163c0d".repeat(8)),
        bytes: paths * 136,
        signature: SignatureVerdict::Valid,
        verdict: PolicyVerdict::Invalid,
        judged_at: now(),
        signers: vec![
            SignerRow {
                key_id: "9f".repeat(32),
                algorithm: "ECDSA P-256 with SHA-256".to_owned(),
                is_trusted: true,
                source: "in the trust store".to_owned(),
                label: Some("release key".to_owned()),
            },
            SignerRow {
                key_id: "1c".repeat(32),
                algorithm: "ECDSA P-256 with SHA-256".to_owned(),
                is_trusted: false,
                source: "in the envelope".to_owned(),
                label: None,
            },
        ],
        verifier: Some(VerifierWords {
            accepts: true,
            accepts_if_required: false,
            reason: "by default it does not look at signatures; with the option on it has no key".to_owned(),
        }),
        counts: PolicyCounts { paths, digests: paths, excludes: 3, metadata: document.demands() },
        findings: vec![
            finding(Severity::Error, "exclude-matches-everything", "the exclude .* leaves every path out"),
            finding(Severity::Warning, "exclude-unanchored", "the exclude /tmp also leaves out /tmpfoo"),
            finding(Severity::Info, "many-paths-one-digest", "one digest stands under 863 paths"),
        ],
        more_findings: 4,
        members: vec![("version", "1".to_owned()), ("generator", "3 (LegacyAllowList)".to_owned())],
        excludes: vec![
            exclude(Tone::Bad, ".*", "leaves everything out"),
            exclude(Tone::Warn, "/tmp", "has no $: it leaves out whatever begins so"),
            exclude(Tone::Plain, "/var/log/.*$", ""),
        ],
        keyrings: vec![
            Section {
                title: ".ima".to_owned(),
                lines: vec![(Tone::Plain, "b0".repeat(32)), (Tone::Plain, "b1".repeat(32))],
            },
            Section {
                title: "Ignored keyrings".to_owned(),
                lines: vec![(Tone::Warn, "*: all of them".into())],
            },
        ],
        document,
    })
}

/// How another policy differs, in so many lines.
pub fn comparison(lines: usize) -> Arc<PolicyComparison> {
    Arc::new(PolicyComparison {
        other: source("group:us-east/production"),
        summary: vec![
            (Tone::Warn, "They differ.".to_owned()),
            (Tone::Plain, format!("paths: {lines} added, 2 removed, 1 changed")),
            (Tone::Good, "excludes: the same".to_owned()),
        ],
        differences: Box::new(Fake(lines)),
    })
}

fn row(name: &str, groups: &[&str], drift: Drift, words: &str) -> PolicyRow {
    let group = groups.first().map_or("", |group| group);
    PolicyRow {
        source: PolicySource::Deployed { group: group.to_owned(), policy: name.to_owned() },
        name: name.to_owned(),
        kind: PolicyKind::Runtime,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        shape: Some("dsse"),
        signature: Some(SignatureVerdict::Valid),
        verdict: Some(PolicyVerdict::Valid),
        counts: Some(PolicyCounts { paths: 114_452, digests: 114_460, excludes: 12, metadata: 7 }),
        bytes: Some(16_700_000),
        checksum: Some("a4d44591".repeat(8)),
        drift,
        drift_words: words.to_owned(),
        note: String::new(),
        seen_at: Some(now()),
        is_stale: false,
    }
}

/// What four groups hold, with one that could not be asked.
pub fn list() -> PolicyList {
    let rows = [
        row("production", &["eu-west", "us-east"], Drift::Drift, "us-east differs"),
        row("edge", &["eu-west", "eu-south", "us-east"], Drift::Same, ""),
        PolicyRow {
            signature: Some(SignatureVerdict::Untrusted),
            ..row("kiosk", &["eu-west", "eu-south"], Drift::ReSigned, "eu-south signed it again")
        },
        PolicyRow {
            signature: Some(SignatureVerdict::Unsigned),
            shape: Some("policy"),
            note: "stored under an agent's id: it is that agent's".to_owned(),
            ..row("laboratory", &["eu-west"], Drift::Missing, "not in eu-south")
        },
        PolicyRow {
            kind: PolicyKind::MeasuredBoot,
            source: source("boot:eu-west/shim-15"),
            shape: None,
            signature: None,
            verdict: None,
            counts: None,
            ..row("shim-15", &["eu-west"], Drift::Unknown, "")
        },
        PolicyRow {
            signature: Some(SignatureVerdict::Invalid),
            is_stale: true,
            ..row("old", &["lab"], Drift::Unknown, "")
        },
    ];
    PolicyList {
        rows: rows.map(Arc::new).into(),
        faults: vec![GroupFault {
            group: "lab".to_owned(),
            words: "connection refused".to_owned(),
            is_stale: true,
        }],
        taken_at: Some(now()),
        words: String::new(),
    }
}
