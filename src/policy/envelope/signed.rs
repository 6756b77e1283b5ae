//! Enhancement 86's envelope: `signatures` beside `signed`.

use super::outline::{Body, Outline};
use super::signatures::{Read, Signature, Spelling, refuse};
use super::{Format, SignedBytes, dsse, signatures};
use crate::policy::Finding;
use crate::policy::json::Span;
use crate::policy::json::canonical::Form;
use crate::policy::signature::encoding::base64;

/// Bytes of the text that become base64 at once: a multiple of three.
const PIECE: usize = 48 << 10;

/// The envelope, its parts found.
#[derive(Debug)]
pub struct Signed<'a> {
    /// The part of the file that is the policy.
    pub body: Span,
    /// Its canonical form; `None` for enhancement 77's raw text.
    form: Option<Form<'a>>,
    bytes: &'a [u8],
    /// All signatures, at least one.
    pub signatures: Vec<Signature>,
    /// What is odd and does not matter; offsets are bytes of the file.
    pub findings: Vec<Finding>,
    /// What refuses the envelope if its signature is good.
    pub doubts: Vec<Finding>,
}

impl Signed<'_> {
    /// By what its signatures cover.
    #[must_use]
    pub const fn format(&self) -> Format {
        if self.form.is_some() { Format::SignedCanonical } else { Format::SignedEnhancement77Raw }
    }

    /// Writes the bytes that the signatures cover, piece by piece.
    pub fn write_message(&self, sink: &mut dyn FnMut(&[u8])) {
        match &self.form {
            Some(form) => form.write(sink),
            None => self.body.of(self.bytes).chunks(PIECE).for_each(|piece| sink(base64(piece).as_bytes())),
        }
    }
}

pub(super) fn read<'a>(outline: Outline<'a>, signed_bytes: SignedBytes) -> Result<Signed<'a>, Box<Finding>> {
    let mut odd = Read::default();
    dsse::neighbours(&outline, &["payload", "payloadType"], &mut odd)?;
    let spelling = match signed_bytes {
        SignedBytes::Canonical => Spelling::HexOrBase64,
        SignedBytes::Enhancement77Raw => Spelling::Base64,
    };
    let list = outline.signatures.as_ref().ok_or_else(|| {
        refuse("no-signatures", 0, "`signed` stands without `signatures`: nobody signed this")
    })?;
    let (body, form) = match outline.signed {
        Some(Body::Canonical(form)) => (form.span(), Some(form)),
        Some(Body::Raw(span)) => (span, None),
        Some(Body::Other) | None => {
            return Err(refuse("envelope-malformed", 0, "`signed` is no object, so it is no policy"));
        }
    };
    let mut read = signatures::read(list, spelling)?;
    odd.findings.append(&mut read.findings);
    Ok(Signed {
        body,
        form,
        bytes: outline.bytes,
        signatures: read.signatures,
        findings: odd.findings,
        doubts: read.doubts,
    })
}
