//! From bytes and trust to everything we say.

use std::ops::ControlFlow;

use bytes::Bytes;
use jiff::Timestamp;

use super::judge::{Case, Judgement, judge};
use super::place::{Placed, place_all};
use super::rules::{self, Uploaded};
use super::signer::Signer;
use crate::policy::document::metadata::CheckKind;
use crate::policy::document::{self, Policy};
use crate::policy::envelope::{self, Dsse, Format, Shape, Signature, SignedBytes};
use crate::policy::json::{Limits, Span};
use crate::policy::signature::encoding::{self, Alphabet};
use crate::policy::signature::{Fingerprint, Message, Scheme, pae};
use crate::policy::trust::Trust;
use crate::policy::verifier::Prediction;
use crate::policy::{Finding, PolicyVerdict, Severity, SignatureVerdict};

/// How a text is examined.
#[derive(Debug, Clone)]
pub struct Options<'a> {
    /// The time at which certificates and the trust store's entries are
    /// judged.
    pub at: Timestamp,
    /// Whether metadata of digests that no path has makes the policy invalid.
    pub strict: bool,
    /// What signatures of `signed` cover.
    pub signed_bytes: SignedBytes,
    /// A signature in another file, over the whole text.
    pub detached: Option<&'a [u8]>,
    /// Where reading stops.
    pub limits: Limits,
}

impl Options<'_> {
    /// The usual, judged at this time.
    #[must_use]
    pub fn at(at: Timestamp) -> Self {
        Self {
            at,
            strict: false,
            signed_bytes: SignedBytes::default(),
            detached: None,
            limits: Limits::default(),
        }
    }
}

/// Bytes from which on a second thread is worth its start.
const LARGE: usize = 1 << 20;

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The shape is looked for and signatures are judged.
    Verifying,
    /// The policy is read.
    Reading {
        /// Bytes that were read.
        done: usize,
        /// Bytes of the policy.
        total: usize,
    },
    /// The policy is judged by the rules beyond its schema.
    Judging,
}

/// Everything we say of a text.
#[derive(Debug)]
pub struct Examination {
    /// SHA-256 of the whole text.
    pub sha256: Fingerprint,
    /// Bytes of the whole text.
    pub size: usize,
    /// Its shape.
    pub format: Format,
    /// What its signatures prove.
    pub signature: SignatureVerdict,
    /// What its policy is worth.
    pub policy: PolicyVerdict,
    /// What was found, in the order of looking.
    pub findings: Vec<Placed>,
    /// Every signature.
    pub signers: Vec<Signer>,
    /// The policy, as far as it could be read; with errors too, to be shown.
    /// Never from bytes whose signature is wrong.
    pub document: Option<Policy>,
    /// What today's verifier does with the text; `None` only where the
    /// examination was stopped.
    pub verifier: Option<Prediction>,
    /// The time at which certificates were judged.
    pub at: Timestamp,
    /// Whether it was stopped; nothing may be concluded then.
    pub cancelled: bool,
}

impl Examination {
    /// Findings of one weight.
    pub fn of_severity(&self, severity: Severity) -> impl Iterator<Item = &Placed> {
        self.findings.iter().filter(move |placed| placed.finding.severity == severity)
    }

    /// SHA-256 of the bytes that the policy was read from: of the payload
    /// where there is one. Equal for a policy that was only signed anew.
    /// `None` where nothing was read, and for old allow-lists. It is counted
    /// when it is asked for: 0.1 s for a million digests.
    #[must_use]
    pub fn policy_sha256(&self) -> Option<Fingerprint> {
        if matches!(self.format, Format::LegacyFlat | Format::LegacyJson) {
            return None;
        }
        self.document.as_ref().map(|policy| Fingerprint::of(policy.text()))
    }

    /// Whether every check that `digest_metadata` demands passed. Without
    /// evidence none does: only a policy that demands nothing meets this.
    #[must_use]
    pub fn meets_its_demands(&self) -> bool {
        self.document.as_ref().is_some_and(|policy| {
            policy
                .metadata()
                .entries()
                .all(|entry| entry.checks().iter().all(|check| check.kind == CheckKind::LogProof(false)))
        })
    }

    /// Whether the signature is of a trusted key and the policy is good.
    #[must_use]
    pub fn is_good(&self) -> bool {
        !self.cancelled && self.signature == SignatureVerdict::Valid && self.policy == PolicyVerdict::Valid
    }
}

/// Examines a text. It takes the text over: a signed policy is decoded in
/// place, so that a million digests need little more memory than the file has
/// bytes. Of a text that others hold too (`Bytes`), only a DSSE envelope is
/// copied, for its decoding. `progress` stops it with `Break`.
#[must_use]
pub fn examine(
    file: impl Into<Bytes>,
    trust: &Trust,
    options: &Options<'_>,
    progress: &mut dyn FnMut(Step) -> ControlFlow<()>,
) -> Examination {
    let file = file.into();
    let mut work = Work {
        examination: Examination {
            sha256: Fingerprint::of(&[]),
            size: file.len(),
            format: Format::Policy,
            signature: SignatureVerdict::Unsigned,
            policy: PolicyVerdict::NotEvaluated,
            findings: Vec::new(),
            signers: Vec::new(),
            document: None,
            verifier: None,
            at: options.at,
            cancelled: false,
        },
        trust,
        options,
        progress,
    };
    work.run(file);
    work.examination
}

struct Work<'w, 'o> {
    examination: Examination,
    trust: &'w Trust,
    options: &'w Options<'o>,
    progress: &'w mut dyn FnMut(Step) -> ControlFlow<()>,
}

/// What is known of a DSSE envelope after its text was given up.
struct Opened {
    signatures: Vec<Signature>,
    payload_type: String,
    doubts: Vec<Finding>,
    span: Span,
    escaped: Option<Vec<u8>>,
}

impl Work<'_, '_> {
    fn run(&mut self, file: Bytes) {
        if (self.progress)(Step::Verifying).is_break() {
            self.examination.cancelled = true;
            return;
        }
        if let Some(signature) = self.options.detached {
            self.examination.sha256 = Fingerprint::of(&file);
            self.detached(file, signature);
            return;
        }
        // A large file is hashed while its shape is looked for.
        let (sum, shape) = std::thread::scope(|scope| {
            let sum = (file.len() >= LARGE).then(|| scope.spawn(|| Fingerprint::of(&file)));
            let shape = envelope::shape(&file, self.options.signed_bytes, &self.options.limits);
            let sum = sum.and_then(|sum| sum.join().ok());
            (sum.unwrap_or_else(|| Fingerprint::of(&file)), shape)
        });
        self.examination.sha256 = sum;
        match shape {
            Shape::Bare => self.bare(file),
            shape @ (Shape::LegacyFlat | Shape::LegacyJson) => {
                let flat = matches!(shape, Shape::LegacyFlat);
                drop(shape);
                self.legacy(&file, if flat { Format::LegacyFlat } else { Format::LegacyJson });
            }
            Shape::Refused(refused) => {
                self.examination.format = refused.format;
                self.reject(&file, refused.findings);
            }
            Shape::Signed(signed) => {
                self.examination.format = signed.format();
                let write = |sink: &mut dyn FnMut(&[u8])| signed.write_message(sink);
                let message = Message::written_by(&write);
                let raw = self.examination.format == Format::SignedEnhancement77Raw;
                let judgement = judge(
                    Case {
                        signatures: &signed.signatures,
                        message: &message,
                        scheme_of: if raw { scheme_of_raw } else { Scheme::of_securesystemslib },
                        scheme_may_differ: true,
                        doubts: signed.doubts.clone(),
                        at: self.options.at,
                    },
                    self.trust,
                );
                let body = signed.body;
                let findings = signed.findings.clone();
                drop(signed);
                self.predict(&Uploaded::Text(&file));
                self.judged(judgement, &file, findings);
                self.read(file.slice(body.start()..body.end()));
            }
            Shape::Dsse(dsse) => {
                self.examination.format = dsse.format();
                let Dsse { payload, payload_type, signatures, findings, doubts } = dsse;
                let opened = Opened {
                    signatures,
                    payload_type,
                    doubts,
                    span: payload.span(),
                    escaped: payload.escaped.then(|| payload.bytes().into_owned()),
                };
                // No copy, unless others hold the text too.
                self.dsse(Vec::from(file), opened, findings);
            }
        }
    }

    /// No envelope: the text itself is the policy, or nothing.
    fn bare(&mut self, file: Bytes) {
        self.read(file.clone());
        let Some(policy) = &self.examination.document else {
            self.predict(&Uploaded::Text(&file));
            return;
        };
        // A name behind escapes was not seen when the shape was looked for, and Python sees it.
        let envelope = ["payload", "payloadType", "signatures", "signed"];
        let hidden = policy
            .unknown_members()
            .find(|member| member.inside.is_empty() && envelope.iter().any(|name| member.name.is(name)))
            .map(|member| member.name.offset);
        if let Some(offset) = hidden {
            let message = "a member of an envelope hides behind escapes beside a policy";
            let finding = Finding::new(Severity::Error, "hybrid-envelope", message).at(offset);
            self.examination.document = None;
            self.examination.findings.clear();
            self.reject(&file, vec![finding]);
            return;
        }
        let found: Vec<&Finding> = self.examination.findings.iter().map(|placed| &placed.finding).collect();
        let uploaded = Uploaded::policy(&file, policy, &found);
        self.predict(&uploaded);
    }

    fn legacy(&mut self, file: &[u8], format: Format) {
        self.examination.format = format;
        self.predict(&Uploaded::Text(file));
        let (converted, findings) = rules::convert(file, &self.options.limits);
        // What no verifier would take of the list is no better for being left out.
        let wrong = findings.iter().any(|finding| finding.severity == Severity::Error);
        let placed = place_all(file, findings);
        if let Some(policy) = converted {
            self.read(Bytes::from(policy));
            // Places of the converted text are none of the file.
            for placed in &mut self.examination.findings {
                placed.place = None;
            }
        }
        self.examination.findings.extend(placed);
        if wrong && !self.examination.cancelled {
            self.examination.policy = PolicyVerdict::Invalid;
        }
    }

    fn dsse(&mut self, mut file: Vec<u8>, opened: Opened, findings: Vec<Finding>) {
        let Opened { signatures, payload_type, doubts, span, escaped } = opened;
        let key = rules::key_of(self.trust);
        let odd = !(findings.is_empty() && doubts.is_empty() && escaped.is_none());
        if rules::asks_the_text(&file, odd, key.as_ref()) {
            self.predict(&Uploaded::Text(&file));
        }
        let mut placed = place_all(&file, findings);
        let doubts_placed = place_all(&file, doubts.clone());
        let rest = file.get(span.end()..).unwrap_or_default().to_vec();
        let mut range = span.start()..span.end();
        if let Some(text) = escaped {
            // `\/` and the like are JSON, though nobody writes them: what they say is shorter.
            range.end = range.start + text.len();
            if let Some(to) = file.get_mut(range.clone()) {
                to.copy_from_slice(&text);
            }
        }
        let (value, alphabet) = match encoding::decode_base64_in_place(&mut file, range.clone()) {
            Ok(decoded) => decoded,
            Err(fault) => {
                let message = format!("the payload is no strict base64: {fault}");
                let finding = Finding::new(Severity::Error, fault.code(), message).at(range.start);
                self.examination.findings.append(&mut placed);
                self.reject(&file, vec![finding]);
                return;
            }
        };
        if alphabet == Alphabet::UrlSafe {
            let message = "the payload is in URL-safe base64, which DSSE allows and few tools write";
            let finding = Finding::new(Severity::Warning, "base64-urlsafe", message);
            placed.push(Placed { finding, place: None });
        }
        self.examination.findings.append(&mut placed);
        let payload = file.get(value.clone()).unwrap_or_default();
        let header = pae::header(&payload_type, payload.len());
        let pieces = [header.as_slice(), payload];
        let message = Message::of(&pieces);
        let judgement = judge(Case::of_keylime(&signatures, &message, self.options.at), self.trust);
        let verifies = rules::verifies(key.as_ref(), &message, &signatures);
        self.judged(judgement, &[], Vec::new());
        if !doubts_placed.is_empty() {
            self.examination.findings.extend(doubts_placed);
            if self.examination.signature != SignatureVerdict::Invalid {
                self.examination.signature = SignatureVerdict::Rejected;
            }
        }
        let head = file.get(..span.start()).unwrap_or_default().to_vec();
        // Give back what the decoding freed.
        file.truncate(value.end);
        file.shrink_to_fit();
        let payload = Bytes::from(file).slice(value);
        self.read(payload.clone());
        if self.examination.verifier.is_some() || self.examination.cancelled {
            return;
        }
        if self.examination.document.is_some() {
            let found: Vec<&Finding> =
                self.examination.findings.iter().map(|placed| &placed.finding).collect();
            let uploaded = Uploaded::envelope(&found, verifies);
            self.predict(&uploaded);
        } else {
            // Not read, or not readable to us: Python may still read it. The text as it was.
            let encoded = encoding::base64(&payload);
            let encoded = match alphabet {
                Alphabet::Standard => encoded,
                Alphabet::UrlSafe => encoded.replace('+', "-").replace('/', "_"),
            };
            self.predict(&Uploaded::Text(&[head, encoded.into_bytes(), rest].concat()));
        }
    }

    /// A signature beside the file.
    fn detached(&mut self, file: Bytes, signature: &[u8]) {
        self.examination.format = Format::Detached;
        self.predict(&Uploaded::Text(&file));
        if is_openpgp(signature) {
            let message = "this is an OpenPGP signature, which is not verified here";
            let finding = Finding::new(Severity::Error, "unsupported-signature", message)
                .hint("verify it with gpg --verify");
            self.refuse(&file, vec![finding]);
            return;
        }
        let signatures = [Signature {
            key_id: None,
            key_type: None,
            certificate: None,
            bytes: signature.to_vec(),
            offset: 0,
        }];
        let pieces = [&*file];
        let message = Message::of(&pieces);
        let judgement = judge(Case::of_keylime(&signatures, &message, self.options.at), self.trust);
        self.judged(judgement, &[], Vec::new());
        // Such signatures are made over any file: only what is a policy is read as one.
        let bare =
            matches!(envelope::shape(&file, self.options.signed_bytes, &self.options.limits), Shape::Bare);
        let policy = bare
            && ["\"digests\"", "\"excludes\""]
                .iter()
                .all(|name| memchr::memmem::find(&file, name.as_bytes()).is_some());
        if policy {
            self.read(file);
        }
    }

    /// Takes over what was judged of the signatures.
    fn judged(&mut self, judgement: Judgement, file: &[u8], findings: Vec<Finding>) {
        let Judgement { verdict, signers, findings: judged } = judgement;
        self.examination.findings.extend(place_all(file, findings));
        // Their places are known only while the text is there.
        let placed = if file.is_empty() {
            judged.into_iter().map(|finding| Placed { finding, place: None }).collect()
        } else {
            place_all(file, judged)
        };
        self.examination.findings.extend(placed);
        self.examination.signature = verdict;
        self.examination.signers = signers;
    }

    /// Refuses the text, and asks what a verifier does.
    fn reject(&mut self, file: &[u8], findings: Vec<Finding>) {
        if self.examination.verifier.is_none() {
            self.predict(&Uploaded::Text(file));
        }
        self.refuse(file, findings);
    }

    fn refuse(&mut self, file: &[u8], findings: Vec<Finding>) {
        self.examination.signature = SignatureVerdict::Rejected;
        self.examination.policy = PolicyVerdict::NotEvaluated;
        self.examination.findings.extend(place_all(file, findings));
    }

    fn predict(&mut self, uploaded: &Uploaded<'_>) {
        let key = rules::key_of(self.trust);
        self.examination.verifier = Some(rules::predict(uploaded, key.as_ref()));
    }

    /// Reads and judges the policy, if the signature lets it be read.
    fn read(&mut self, text: Bytes) {
        if !self.examination.signature.lets_the_policy_be_read() {
            return;
        }
        let total = text.len();
        let progress = &mut self.progress;
        let reading = document::read(text.clone(), &self.options.limits, &mut |done| {
            progress(Step::Reading { done, total })
        });
        if reading.cancelled || (self.progress)(Step::Judging).is_break() {
            self.examination.cancelled = true;
            return;
        }
        let mut verdict = reading.verdict();
        let mut findings = reading.findings;
        if let Some(policy) = &reading.policy {
            findings.extend(rules::judge(policy, self.examination.size));
        }
        for finding in &mut findings {
            if self.options.strict && finding.code == document::codes::ORPHAN_METADATA {
                finding.severity = Severity::Error;
            }
        }
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            verdict = PolicyVerdict::Invalid;
        }
        self.examination.policy = verdict;
        self.examination.findings.extend(place_all(&text, findings));
        self.examination.document = reading.policy;
    }
}

/// Enhancement 77 names no hash: SHA-256 for every curve, as Keylime does.
const fn scheme_of_raw(algorithm: &crate::policy::signature::Algorithm) -> Option<Scheme> {
    match Scheme::of_keylime(algorithm) {
        Some(scheme) => Some(scheme),
        None => Scheme::of_securesystemslib(algorithm),
    }
}

/// Whether a signature is OpenPGP: armored text, or a signature packet
/// (RFC 9580 §4.2). DER begins with 0x30.
fn is_openpgp(signature: &[u8]) -> bool {
    match signature.first() {
        Some(first) if first & 0xc0 == 0x80 => (first >> 2) & 0xf == 2,
        Some(first) => *first == 0xc2 || signature.starts_with(b"-----BEGIN PGP "),
        None => false,
    }
}
