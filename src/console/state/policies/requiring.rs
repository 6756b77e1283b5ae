//! Demanding more of digests: of the marked ones, else of the selected one.

use super::{PolicySource, PolicyWish, Tab};
use crate::console::command::Reason;
use crate::console::state::{Notice, State};
use crate::policy::document::metadata::Identity;
use crate::policy::require::Requirement;
use crate::text::sanitise_to;

/// The command that writes demands.
const REQUIRE: &str = "policy-require";
/// Characters of a file's name that a question quotes at most.
const LIMIT: usize = 200;

impl State {
    /// The digests that more is to be demanded of: the marked ones, else those
    /// of the selected row; as the policy writes them.
    fn meant_digests(&self) -> Vec<String> {
        let Some(inspection) = self.policies.inspection().filter(|_| self.has_open_policy()) else {
            return Vec::new();
        };
        match inspection.marks().is_empty() {
            true => inspection.selected_digests(),
            false => inspection.marks().iter().cloned().collect(),
        }
    }

    /// Whether there is a digest that more can be demanded of; asked with every
    /// key, so nothing is made for it.
    pub(in crate::console) fn has_digests_to_require(&self) -> bool {
        let has_marks = self.policies.inspection().is_some_and(|one| !one.marks().is_empty());
        self.has_open_policy() && (has_marks || self.has_digest_to_follow())
    }

    /// Writes the command that writes demands, to be completed.
    pub(in crate::console) fn write_require(&mut self) {
        self.open_palette(&format!("{REQUIRE} --log-inclusion "));
    }

    /// Writes demands into a copy of the policy: `OUT`, `--log-inclusion`,
    /// `--identity SUBJECT`, `--issuer URL`, `--replace`, as the command line
    /// has them.
    ///
    /// # Errors
    /// What is missing or wrong in it.
    pub(in crate::console) fn require_digests(&mut self, text: &str) -> Result<(), Reason> {
        let (requirement, file) = read(text)?;
        let digests = self.meant_digests();
        let policy = self.policies.inspection().map(|inspection| inspection.policy().clone());
        let policy = policy.filter(|_| !digests.is_empty());
        let policy = policy.ok_or_else(|| Reason::new("mark digests first, under Digests or Metadata"))?;
        let generation = self.policies.generation();
        self.policies.requiring = Some(generation);
        self.notice = Some(Notice::information("writing…"));
        self.wish(PolicyWish::Require { generation, policy, digests, requirement, file });
        Ok(())
    }

    /// How many digests a question is about, and where they go.
    pub(in crate::console::state) fn required_object(&self, text: &str) -> Option<String> {
        let number = self.meant_digests().len();
        let (_, file) = read(text).ok()?;
        (number > 0).then(|| format!("({number}) into {}", sanitise_to(&file, LIMIT)))
    }

    /// It was written: the new policy is opened, which shows that it is not
    /// signed.
    pub(super) fn take_required(&mut self, generation: u64, required: Result<(String, String), String>) {
        if self.policies.requiring != Some(generation) {
            return;
        }
        self.policies.requiring = None;
        match required {
            Err(words) => self.notice = Some(Notice::problem(words)),
            Ok((file, words)) => {
                let words = format!("{words}; not signed yet: :policy-sign KEY OUT signs it");
                // Whoever went on to something else is not called back.
                if self.has_open_policy() {
                    self.open_policy(PolicySource::File(file), None);
                    self.policies.wanted_tab = Some(Tab::Metadata);
                }
                self.notice = Some(Notice::information(words));
            }
        }
    }
}

/// Whether what is demanded, and where the new policy goes, is written whole.
///
/// # Errors
/// What is missing or wrong in it.
pub(super) fn check_requirement(text: &str) -> Result<(), Reason> {
    read(text).map(|_| ())
}

/// Reads what is demanded, and where the new policy goes.
fn read(text: &str) -> Result<(Requirement, String), Reason> {
    let words = shlex::split(text).ok_or_else(|| Reason::new("a quote is not closed"))?;
    let mut requirement = Requirement::default();
    let (mut subject, mut issuer, mut file) = (None, None, None);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--log-inclusion" => requirement.log_inclusion = true,
            "--replace" => requirement.replace = true,
            "--identity" => subject = words.next(),
            "--issuer" => issuer = words.next(),
            flag if flag.starts_with("--") => {
                let words = "there are --log-inclusion, --identity SUBJECT, --issuer URL and --replace";
                return Err(Reason::new(words));
            }
            _ if file.is_some() => return Err(Reason::new("write one new file; quotes hold a space")),
            _ => file = Some(word),
        }
    }
    match (issuer, subject) {
        (None, None) => {}
        (Some(issuer), Some(subject)) => {
            let identity =
                Identity::new(&issuer, &subject).map_err(|error| Reason::new(error.to_string()))?;
            requirement.identity = Some(identity);
        }
        _ => return Err(Reason::new("--identity SUBJECT and --issuer URL belong together")),
    }
    if !requirement.log_inclusion && requirement.identity.is_none() {
        return Err(Reason::new("demand something: --log-inclusion, or --identity SUBJECT --issuer URL"));
    }
    let file = file.ok_or_else(|| Reason::new("write the new file that the policy goes to"))?;
    Ok((requirement, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_command_line_are_read() {
        let (both, file) =
            read("--log-inclusion --identity me@example.org --issuer https://issuer.example.org 'a b.json'")
                .unwrap();
        assert!(both.log_inclusion && both.identity.is_some() && !both.replace);
        assert_eq!(file, "a b.json");
        let (log, _) = read("out.json --log-inclusion --replace").unwrap();
        assert_eq!((log.log_inclusion, log.identity, log.replace), (true, None, true));
        for wrong in [
            "out.json",
            "--log-inclusion",
            "--log-inclusion a b",
            "--log-inclusion --identity me out.json",
            "--identity me --issuer http://no out.json",
            "--log-inklusion out.json",
            "--log-inclusion 'out",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
