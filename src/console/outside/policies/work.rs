//! What a job does.

use std::sync::Arc;

use super::Track;
use crate::console::state::{PolicyList, PolicyNews, PolicyWish};

/// The generation of a wish.
pub(super) fn generation(wish: &PolicyWish) -> u64 {
    match wish {
        PolicyWish::List { generation }
        | PolicyWish::Open { generation, .. }
        | PolicyWish::Find { generation, .. }
        | PolicyWish::Explain { generation, .. }
        | PolicyWish::Compare { generation, .. }
        | PolicyWish::Wait { generation }
        | PolicyWish::Cancel { generation }
        | PolicyWish::Trust { generation }
        | PolicyWish::ReadKey { generation, .. }
        | PolicyWish::AddKey { generation, .. }
        | PolicyWish::RemoveKey { generation, .. }
        | PolicyWish::Sign { generation, .. } => *generation,
    }
}

const MISSING: &str = "this build cannot do that yet";

/// Carries a wish out; this may take long.
pub(super) fn carry_out(wish: PolicyWish, track: &Track) -> PolicyNews {
    let missing = || MISSING.to_owned();
    match wish {
        PolicyWish::List { generation } => {
            let list = PolicyList { words: missing(), ..PolicyList::default() };
            PolicyNews::Listed { generation, list }
        }
        PolicyWish::Open { generation, .. } => {
            track.step("reading", 0);
            track.done(0);
            PolicyNews::Opened { generation, opened: Err(missing()) }
        }
        PolicyWish::Find { generation, policy, place, sought } => {
            let found = policy.0.document.find(&sought, place, &|| track.is_given_up());
            PolicyNews::Found { generation, rows: found.map_or_else(Arc::default, Into::into) }
        }
        PolicyWish::Explain { generation, policy, path } => {
            PolicyNews::Explained { generation, lines: policy.0.document.exclusion(&path) }
        }
        PolicyWish::Compare { generation, .. } => {
            PolicyNews::Compared { generation, compared: Err(missing()) }
        }
        PolicyWish::Trust { generation }
        | PolicyWish::AddKey { generation, .. }
        | PolicyWish::RemoveKey { generation, .. } => {
            PolicyNews::Trust { generation, trust: Err(missing()), done: None }
        }
        PolicyWish::ReadKey { generation, .. } => PolicyNews::Key { generation, key: Err(missing()) },
        PolicyWish::Sign { .. } => PolicyNews::Signed(Err(missing())),
        PolicyWish::Wait { generation } | PolicyWish::Cancel { generation } => {
            PolicyNews::Ended { generation }
        }
    }
}
