//! Taking something out of the console: into the clipboard, into a pager.

use serde_json::Value;

use super::{Notice, Overlay, PageId, PolicySource, State};
use crate::console::outside::Request;
use crate::console::page::agents::raw;
use crate::console::page::json;
use crate::fleet::AgentView;
use crate::text::sanitise;

impl State {
    /// The agent that is meant: the one of the details, else the selected one.
    fn meant_agent(&self) -> Option<&AgentView> {
        match (&self.overlay, self.page) {
            (Some(Overlay::Detail(detail)), _) => Some(&detail.agent),
            (None, PageId::Agents) => self.agents.selected_row().map(AsRef::as_ref),
            _ => None,
        }
    }

    /// The place of the group that is meant: the open one, else the selected one.
    fn meant_group(&self) -> Option<usize> {
        match (&self.overlay, self.page) {
            (Some(Overlay::Group { place, .. }), _) => Some(*place),
            (None, PageId::Overview) => self.overview.selected_place(&self.snapshot),
            _ => None,
        }
    }

    /// Whether a policy is meant; asked with every key, so nothing is made for it.
    fn has_policy(&self) -> bool {
        match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => self.policies.inspection().is_some(),
            (None, PageId::Policies) => self.policies.table().selected().is_some(),
            _ => false,
        }
    }

    /// The policy that is meant: the open one, else the selected one; how it is
    /// named, fit to be shown, and what is known of it.
    fn meant_policy(&self) -> Option<(String, Value)> {
        let name = |source: &PolicySource| sanitise(&source.to_string()).into_string();
        match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => {
                let policy = self.policies.open_policy()?;
                Some((name(&policy.source), json::policy(policy)))
            }
            (None, PageId::Policies) => {
                let row = self.policies.table().selected()?;
                Some((name(&row.source), json::policy_row(row)))
            }
            _ => None,
        }
    }

    /// Whether something is under the cursor that can be taken.
    pub(in crate::console) fn has_something_to_take(&self) -> bool {
        self.takes_marks()
            || self.meant_agent().is_some()
            || self.meant_group().is_some()
            || self.has_policy()
            || (self.shows_identities() && self.identity.selected().is_some())
    }

    /// Copies the name of what is under the cursor.
    pub(in crate::console) fn copy_name(&mut self) {
        let copied = if self.takes_marks() {
            let marked = self.agents.marks().agents(&self.snapshot);
            let ids: Vec<_> = marked.map(|agent| agent.shown.as_str()).collect();
            let ids_of = if ids.len() == 1 { "the id of" } else { "the ids of" };
            let what = format!("{ids_of} {}", marked_agents(ids.len()));
            Some((ids.join("\n"), what))
        } else if let Some((agent, _)) = self.meant_finding() {
            Some((agent.clone(), format!("the id {agent}")))
        } else if let Some((name, _)) = self.meant_policy() {
            Some((name.clone(), name))
        } else if let Some(agent) = self.meant_agent() {
            let id = agent.shown.as_str().to_owned();
            Some((id.clone(), format!("the id {id}")))
        } else {
            let group = self.meant_group().and_then(|place| self.snapshot.groups.get(place));
            group.map(|group| (group.name.to_string(), format!("the name {}", sanitise(&group.name))))
        };
        if let Some((text, what)) = copied {
            self.copy(text, what);
        }
    }

    /// Copies everything that is known of what is under the cursor, as JSON.
    pub(in crate::console) fn copy_whole(&mut self) {
        if let Some((value, what)) = self.whole() {
            self.copy(pretty(&value), format!("{what} as JSON"));
        }
    }

    /// Opens everything that is known of what is under the cursor in the pager.
    pub(in crate::console) fn page_whole(&mut self) {
        if self.page_report() {
            return;
        }
        if let Some((value, _)) = self.whole() {
            self.requests.push(Request::Page { text: pretty(&value), suffix: ".json" });
        }
    }

    /// Asks every group now; on the Policies page for its policies, and what is
    /// open there is read again.
    pub(in crate::console) fn refresh(&mut self) {
        match (&self.overlay, self.page) {
            (Some(Overlay::Policy { .. }), _) => self.reopen_policy(),
            (Some(Overlay::Trust), _) => self.ask_trust(),
            (Some(Overlay::Identities), _) => self.audit_identities(),
            (None, PageId::Policies) => self.ask_policies(),
            _ => self.requests.push(Request::Refresh),
        }
    }

    /// Goes to the shell.
    pub(in crate::console) fn suspend(&mut self) {
        self.requests.push(Request::Suspend);
    }

    /// Whether marked agents are meant, and not the one under the cursor.
    fn takes_marks(&self) -> bool {
        self.overlay.is_none() && self.page == PageId::Agents && !self.agents.marks().is_empty()
    }

    fn whole(&self) -> Option<(Value, String)> {
        if self.takes_marks() {
            let marked = self.agents.marks().agents(&self.snapshot);
            let all: Vec<_> = marked.map(|agent| json::agent(agent, &self.snapshot)).collect();
            let what = format!("all of {}", marked_agents(all.len()));
            return Some((Value::Array(all), what));
        }
        if let Some(agent) = self.meant_agent() {
            let what = format!("all of {}", agent.shown);
            return Some((json::agent(agent, &self.snapshot), what));
        }
        if let Some((agent, value)) = self.meant_finding() {
            return Some((value, format!("the finding about {agent}")));
        }
        if let Some((name, value)) = self.meant_policy() {
            return Some((value, format!("all of {name}")));
        }
        let group = self.snapshot.groups.get(self.meant_group()?)?;
        Some((json::group(group), format!("all of {}", sanitise(&group.name))))
    }

    pub(super) fn copy(&mut self, text: String, what: String) {
        self.notice = Some(Notice::information(format!("copying {what}…")));
        self.requests.push(Request::Copy { text, what });
    }
}

fn marked_agents(count: usize) -> String {
    if count == 1 { "1 marked agent".to_owned() } else { format!("{count} marked agents") }
}

/// JSON as people read it, in nothing but printable ASCII: safe to paste anywhere.
fn pretty(value: &Value) -> String {
    raw::pretty(value).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::test_fleet::{self, press};
    use crate::console::{Message, Options, update};

    fn requests(keys: &str) -> Vec<Request> {
        let mut state = test_fleet::state(Options::default());
        let (before, last) = keys.rsplit_once(' ').unwrap();
        press(&mut state, before);
        update(&mut state, Message::Key(last.parse().unwrap())).requests
    }

    fn copied(keys: &str) -> (String, String) {
        match requests(keys).as_slice() {
            [Request::Copy { text, what }] => (text.clone(), what.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_id_or_name_under_the_cursor() {
        assert_eq!(copied("2 / 0 2 enter y"), ("node-02".to_owned(), "the id node-02".to_owned()));
        assert_eq!(copied("2 / 0 2 enter enter y").0, "node-02");
        assert_eq!(copied("1 enter y").0, copied("1 y").0);
        assert_eq!(requests("? y"), []);
    }

    #[test]
    fn hostile_ids_are_copied_as_they_are_shown_and_secrets_never() {
        let (text, what) = copied("2 / g p j enter Y");
        assert!(what.starts_with("all of ger") && what.ends_with(" as JSON"), "{what}");
        assert!(!text.contains('\u{202e}') && text.contains("\\\\u{202e}"), "{text}");
        assert!(!text.contains("c2VjcmV0"), "{text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["groups"][0]["record"]["attestation_status"], "PASS");
    }

    #[test]
    fn the_pager_gets_the_same_and_a_group_its_addresses() {
        let [Request::Page { text, suffix: ".json" }] = &requests("2 / 0 2 enter v")[..] else { panic!() };
        assert_eq!(*text, copied("2 / 0 2 enter Y").0);
        let group: Value = serde_json::from_str(&copied("1 Y").0).unwrap();
        assert_eq!(group["addresses"].as_array().unwrap().len(), 3);
    }
}
