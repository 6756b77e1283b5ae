//! Who must have signed.

use crate::policy::json::{Content, Span, Value};

/// Identities of one check at most.
pub const MAX_IDENTITIES: usize = 1_000;

/// An identity as a certificate of Sigstore names it. Both are compared
/// exactly: a subject without its issuer would trust every issuer that can mint
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// URL of the provider that vouches, `https`.
    pub issuer: String,
    /// Mail address or URL of the signer.
    pub subject: String,
}

/// Why two texts are no identity that a policy may demand. Fit to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The issuer is no https URL with a host.
    #[error("the issuer is no https URL; write it as the certificate does, as https://accounts.example.com")]
    Issuer,
    /// The subject is empty.
    #[error("the subject is empty; give the mail address or URL that the certificate names")]
    Subject,
}

impl Identity {
    /// An identity that a policy may demand. Nothing is trimmed: it is compared exactly.
    ///
    /// # Errors
    ///
    /// [`IdentityError`]: what the reader of policies would refuse.
    pub fn new(issuer: impl Into<String>, subject: impl Into<String>) -> Result<Self, IdentityError> {
        let (issuer, subject) = (issuer.into(), subject.into());
        match (is_https(&issuer), subject.is_empty()) {
            (false, _) => Err(IdentityError::Issuer),
            (true, true) => Err(IdentityError::Subject),
            (true, false) => Ok(Self { issuer, subject }),
        }
    }
}

/// Reads one identity or an array of them, of which any will do; or says where
/// it is wrong and how.
pub(super) fn identities(value: &Value<'_>) -> Result<Vec<Identity>, (Span, &'static str)> {
    match value.elements() {
        None => identity(value).map(|identity| vec![identity]),
        Some([]) => Err((value.span, "is an empty array: nobody could satisfy it")),
        Some(elements) if elements.len() > MAX_IDENTITIES => {
            Err((value.span, "has more than 1000 identities"))
        }
        Some(elements) => elements.iter().map(identity).collect(),
    }
}

fn identity(value: &Value<'_>) -> Result<Identity, (Span, &'static str)> {
    let Content::Object(_) = value.content else {
        return Err((value.span, "is not an object with `issuer` and `subject`"));
    };
    let member = |name: &str, missing: &'static str, wrong: &'static str| match value.get(name) {
        None => Err((value.span, missing)),
        Some(found) => match found.text() {
            Some(text) if !text.raw.is_empty() => Ok((found.span, text.value().into_owned())),
            _ => Err((found.span, wrong)),
        },
    };
    let (at, issuer) = member(
        "issuer",
        "has no `issuer`: any provider that can mint the subject would do",
        "has an `issuer` that is no text, or empty",
    )?;
    if !is_https(&issuer) {
        return Err((at, "has an `issuer` that is no https URL"));
    }
    let (_, subject) = member("subject", "has no `subject`", "has a `subject` that is no text, or empty")?;
    Ok(Identity { issuer, subject })
}

/// Whether it is an https URL as issuers have: a host, no user, no spaces.
fn is_https(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let visible = url.chars().all(|character| !character.is_whitespace() && !character.is_control());
    let named = |character: char| {
        character.is_alphanumeric() || matches!(character, '.' | '-' | ':' | '[' | ']' | '_')
    };
    visible
        && host.chars().next().is_some_and(|first| first.is_alphanumeric() || first == '[')
        && host.chars().all(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_https_urls() {
        for right in [
            "https://token.actions.githubusercontent.com",
            "https://github.com/login/oauth",
            "https://h:8443/x",
        ] {
            assert!(is_https(right), "{right}");
        }
        for wrong in [
            "http://h",
            "https://",
            "https:///x",
            "h",
            "https://u@h/",
            "https://h /",
            "HTTPS://h",
            "https://.*",
        ] {
            assert!(!is_https(wrong), "{wrong}");
        }
    }
}
