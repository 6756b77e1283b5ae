//! Whom the operator trusts, and signing.

use super::requiring::check_requirement;
use super::{PolicySource, PolicyWish};
use crate::console::command::Reason;
use crate::console::state::{Notice, Overlay, PageId, State};

/// As much of a text as a question has room for.
fn begin(text: &str) -> String {
    crate::console::widget::styled::cut(text, 20).into_owned()
}

/// `KEY OUT`.
fn key_and_out(text: &str) -> Result<(String, String), Reason> {
    let words = shlex::split(text).ok_or_else(|| Reason::new("a quote is not closed"))?;
    let [key, out] = <[String; 2]>::try_from(words).map_err(|_words| {
        Reason::new("write two files: the private key, and where the signed policy goes")
    })?;
    Ok((key, out))
}

impl State {
    /// Shows the trust store.
    pub(in crate::console) fn show_trust(&mut self) {
        self.page = PageId::Policies;
        self.overlay = Some(Overlay::Trust);
        self.ask_trust();
    }

    /// Reads the trust store again.
    pub(in crate::console) fn ask_trust(&mut self) {
        let generation = self.policies.generation();
        self.policies.trust.ask(generation);
        self.policies.touch();
        self.wish(PolicyWish::Trust { generation });
    }

    /// Reads a key that may be pinned: `FILE [LABEL]`.
    ///
    /// # Errors
    /// No file is named.
    pub(in crate::console) fn read_key(&mut self, text: &str) -> Result<(), Reason> {
        let words = shlex::split(text).ok_or_else(|| Reason::new("a quote is not closed"))?;
        let mut words = words.into_iter();
        let path =
            words.next().ok_or_else(|| Reason::new("write the file of a public key or certificate"))?;
        let label = words.collect::<Vec<_>>().join(" ");
        self.page = PageId::Policies;
        self.overlay = Some(Overlay::Trust);
        if self.policies.trust.picture().is_none() {
            self.ask_trust();
        }
        let generation = self.policies.generation();
        self.policies.trust.ask_key(generation);
        self.policies.touch();
        self.wish(PolicyWish::ReadKey { generation, path, label });
        Ok(())
    }

    /// Pins the key that was read.
    pub(in crate::console) fn add_key(&mut self) {
        let Some(candidate) = self.policies.trust.candidate().cloned() else { return };
        let generation = self.policies.generation();
        self.policies.trust.ask(generation);
        self.policies.trust.drop_candidate();
        self.policies.touch();
        let (path, label, fingerprint) = (candidate.path, candidate.label, candidate.fingerprint);
        self.wish(PolicyWish::AddKey { generation, path, label, fingerprint });
    }

    /// Trusts the selected key no more.
    pub(in crate::console) fn remove_key(&mut self) {
        let Some(fingerprint) = self.policies.trust.selected().map(|entry| entry.fingerprint.clone()) else {
            return;
        };
        let generation = self.policies.generation();
        self.policies.trust.ask(generation);
        self.policies.touch();
        self.wish(PolicyWish::RemoveKey { generation, fingerprint });
    }

    /// Signs the file that is looked into: `KEY OUT`.
    ///
    /// # Errors
    /// The policy is no file, or not both names are written.
    pub(in crate::console) fn sign_policy(&mut self, text: &str) -> Result<(), Reason> {
        let (key, out) = key_and_out(text)?;
        let file = self.policies.looked_into().and_then(PolicySource::file).map(str::to_owned);
        let file = file.ok_or_else(|| Reason::new("only a file can be signed: open one"))?;
        let shown = self.policies.inspection().map(|inspection| inspection.policy().0.sha256.clone());
        let sha256 = shown.ok_or_else(|| Reason::new("the policy is not read yet"))?;
        let generation = self.policies.generation();
        self.policies.signing = Some(generation);
        self.notice = Some(Notice::information("signing…"));
        self.wish(PolicyWish::Sign { generation, file, sha256, key, out });
        Ok(())
    }

    /// Whether what a command that writes was given can be right.
    ///
    /// # Errors
    /// What is missing or wrong in it.
    pub(in crate::console) fn check_written(&self, command: &str, argument: &str) -> Result<(), Reason> {
        match command {
            "policy.sign" => key_and_out(argument).map(|_| ()),
            "policy.require" => check_requirement(argument),
            _ => Ok(()),
        }
    }

    /// What a command that writes is about, for the question before it. The page
    /// shows the whole fingerprint.
    pub(in crate::console) fn written_object(&self, command: &str, argument: &str) -> Option<String> {
        let trust = &self.policies.trust;
        match command {
            "trust.add" => {
                let key = trust.candidate()?;
                Some(format!("{} {}", begin(&key.fingerprint), begin(&key.label)))
            }
            "trust.remove" => {
                let entry = trust.selected()?;
                Some(format!("{} {}", begin(&entry.fingerprint), begin(&entry.label)))
            }
            "agent.ask" => self.examined().map(|agent| begin(agent.shown.as_str())),
            "policy.require" => self.required_object(argument),
            "policy.sign" => {
                let (key, out) = key_and_out(argument).ok()?;
                let file = self.policies.looked_into().and_then(PolicySource::file)?;
                Some(format!("({file} with {key} into {out})"))
            }
            _ => None,
        }
    }
}
