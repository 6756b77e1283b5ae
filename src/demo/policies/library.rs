//! What is stored in which group.

use super::super::DemoError;
use super::super::roster::{Group, Roster};
use super::super::state::Policy;
use super::signing::Signer;
use super::text::Draft;

const AGGREGATE: (&str, &str) =
    ("boot_aggregate", "0000000000000000000000000000000000000000000000000000000000000000");
const SYSTEMD: (&str, &str) =
    ("/usr/lib/systemd/systemd", "6a1b6fbf4d2c1f0f3f9f6a8e9a2f1b8f3a3c6f4d6d1e7a8e5c9b0d2f4e6a8c01");
const BASH: (&str, &str) =
    ("/usr/bin/bash", "9dc5f8401fe6cbf72776196c5b72365e6d33296a09e42957a48f2b558b50d275");
const SSHD: (&str, &str) =
    ("/usr/sbin/sshd", "f2c181e4b9d3227700b9d33e58b94a79cd83063c0b7ce83894dfc72e7ce99572");
const NGINX: (&str, &str) =
    ("/usr/sbin/nginx", "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014");
const OTHER_NGINX: (&str, &str) =
    ("/usr/sbin/nginx", "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752");
const POSTGRES: (&str, &str) = (
    "/usr/lib/postgresql/17/bin/postgres",
    "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13",
);

const EXCLUDES: &[&str] = &["/tmp/.*$", "/var/log/.*$"];

/// What is demanded of some digests (Enhancement 86).
const FROM_THE_BUILD: &str = concat!(
    r#"{"transparency_log_inclusion_proof": true, "signer_identity": {"issuer": "#,
    r#""https://token.actions.githubusercontent.com", "subject": "#,
    r#""https://github.com/example/release/.github/workflows/build.yml@refs/tags/v17"}}"#
);
const LOGGED: &str = r#"{"transparency_log_inclusion_proof": true}"#;

const BASE: Draft<'_> =
    Draft { generator: 3, digests: &[AGGREGATE, SYSTEMD, BASH, SSHD], excludes: &[], metadata: &[] };
const HARDENED: Draft<'_> = Draft { digests: &[AGGREGATE, SYSTEMD], ..BASE };
const WEB: Draft<'_> = Draft { digests: &[AGGREGATE, SYSTEMD, SSHD, NGINX], excludes: EXCLUDES, ..BASE };
const OTHER_WEB: Draft<'_> = Draft { digests: &[AGGREGATE, SYSTEMD, OTHER_NGINX], ..WEB };
const DATABASE: Draft<'_> = Draft {
    digests: &[AGGREGATE, SYSTEMD, SSHD, POSTGRES],
    excludes: EXCLUDES,
    metadata: &[(POSTGRES.1, FROM_THE_BUILD)],
    ..BASE
};
const RELEASE: Draft<'_> = Draft {
    metadata: &[(SYSTEMD.1, LOGGED), (BASH.1, r#"{"transparency_log_inclusion_proof": false}"#)],
    ..BASE
};
const CANARY: Draft<'_> = Draft { digests: &[AGGREGATE, SYSTEMD, BASH], ..BASE };
/// Digests, and a `generator` with which a verifier takes it for no policy.
const BY_HAND: Draft<'_> = Draft { generator: 0, digests: &[AGGREGATE, BASH], ..BASE };
const OF_ONE_AGENT: Draft<'_> = Draft { digests: &[AGGREGATE, SYSTEMD, BASH], excludes: EXCLUDES, ..BASE };

/// A name that acts on a terminal that shows it raw. An enrolment can bring in
/// such a one; nobody can ask for it.
const HOSTILE: &str = "\u{1b}]0;verified\u{7}ima-\u{202e}esab/..\n\u{1b}[2J";

/// The group whose policies are a little different: `us-east` in the usual fleet.
const DRIFTED: usize = 1;

/// The runtime policies that somebody wrote, by group.
pub(in super::super) struct Library {
    groups: Vec<Vec<(String, String)>>,
    public_key: String,
}

impl Library {
    /// What the groups of a roster store.
    ///
    /// # Errors
    /// If the system gives no randomness for a key.
    pub(in super::super) fn new(roster: &Roster) -> Result<Self, DemoError> {
        let signer = Signer::new().map_err(|_unspecified| DemoError::Signing)?;
        let sign = |draft: Draft<'_>| signer.sign(&draft.text()).map_err(|_unspecified| DemoError::Signing);
        let database = sign(DATABASE)?;
        let again = sign(DATABASE)?;
        let release = sign(RELEASE)?;
        let mut groups = Vec::new();
        for (index, group) in roster.groups.iter().enumerate() {
            let differs = index == DRIFTED;
            let mut stored = vec![
                ("ima-base".to_owned(), BASE.text()),
                ("ima-hardened".to_owned(), HARDENED.text()),
                ("web-tier".to_owned(), if differs { OTHER_WEB } else { WEB }.text()),
                ("db-tier".to_owned(), if differs { again.clone() } else { database.clone() }),
                ("release-17".to_owned(), release.clone()),
            ];
            if index == 0 {
                stored.push(("canary".to_owned(), CANARY.text()));
                stored.push(("by-hand".to_owned(), BY_HAND.text()));
                stored.push((HOSTILE.to_owned(), BASE.text()));
            }
            stored.extend(agent_with_its_own(roster, group).map(|id| (id, OF_ONE_AGENT.text())));
            groups.push(stored);
        }
        Ok(Self { groups, public_key: signer.public_key().to_owned() })
    }

    /// Names and texts of a group.
    pub(super) fn of(&self, group: usize) -> &[(String, String)] {
        self.groups.get(group).map_or(&[], Vec::as_slice)
    }

    /// The key that the signed ones are signed with, in PEM.
    pub(in super::super) fn public_key(&self) -> &str {
        &self.public_key
    }
}

/// An agent that was enrolled with a policy that has no name of its own: it is
/// stored under the agent's id.
fn agent_with_its_own(roster: &Roster, group: &Group) -> Option<String> {
    let has_one = group.seats.iter().filter(|seat| {
        seat.condition.is_enrolled() && seat.part.is_none() && Policy::of(seat).has_runtime_policy
    });
    let mut ids = has_one.filter_map(|seat| roster.ids.get(seat.agent));
    // That with the hostile id is there from the start where nothing moves.
    ids.find(|id| id.is_ascii() && !id.contains(char::is_control)).map(|id| id.to_string())
}
