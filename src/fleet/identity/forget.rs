//! Which pins somebody means, and forgetting them.
//!
//! A machine that is given up, or gets another TPM, leaves a pin behind. All or
//! nothing is forgotten: a slip in one of several ids must not leave half of
//! them.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::across::Seen;
use super::pins::{Pin, Pins};
use crate::text::nearest::nearest_of;
use crate::text::{RemoteText, Shown, sanitise};

/// Names that a message offers.
const OFFERED: usize = 3;

/// Ids for which others are offered: each is compared with every pin.
const HELPED: usize = 8;

/// Which pins somebody means.
#[derive(Debug, Clone, Copy, Default)]
pub struct Meant<'a> {
    /// Their ids, as they are or as they are shown; empty: all.
    pub ids: &'a [String],
    /// The names of their groups; empty: all.
    pub groups: &'a [String],
}

/// Somebody means a pin that there is not. `Display` is fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPinned {
    /// No agent has this id.
    #[error("no agent {} is pinned{}", .id, offer(.near))]
    Id {
        /// The id.
        id: Shown,
        /// Ids that may have been meant.
        near: Vec<Shown>,
    },
    /// The agent is pinned in other groups.
    #[error("{} is not pinned in {}, only in {}", .id, listed(.groups), listed(.pinned_in))]
    Elsewhere {
        /// The id.
        id: Shown,
        /// The groups that were named.
        groups: Vec<Shown>,
        /// The groups that have it.
        pinned_in: Vec<Shown>,
    },
    /// Several ids are shown like this.
    #[error("{count} agents are shown as {}: their ids are too long to be told apart", .id)]
    Alike {
        /// As they are shown.
        id: Shown,
        /// How many.
        count: usize,
    },
    /// No agent of this group is pinned.
    #[error("no agent of a group {} is pinned{}", .group, offer(.near))]
    Group {
        /// The group's name.
        group: Shown,
        /// Groups that may have been meant.
        near: Vec<Shown>,
    },
}

fn offer(near: &[Shown]) -> String {
    match near {
        [] => String::new(),
        near => format!("; did you mean {}?", joined(near, " or ")),
    }
}

fn listed(groups: &[Shown]) -> String {
    let noun = if groups.len() == 1 { "group" } else { "groups" };
    format!("{noun} {}", joined(groups, ", "))
}

fn joined(names: &[Shown], between: &str) -> String {
    names.iter().map(Shown::as_str).collect::<Vec<_>>().join(between)
}

/// What of a pin is to be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forget {
    /// All of it.
    Pin,
    /// The attestation key, where the endorsement key stays pinned.
    AttestationKey,
}

/// A pin of which something was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// The pin as it was.
    pub pin: Pin,
    /// What the next audit makes of the agent.
    pub next: NextAudit,
}

/// What the next audit makes of an agent, if it is seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextAudit {
    /// Whatever keys it has then are believed and pinned.
    Believes,
    /// Its keys are compared with those pinned in this other group.
    Compares {
        /// The group's name.
        group: String,
    },
    /// Its endorsement key is compared; whatever attestation key comes with the
    /// same one is pinned.
    LearnsAttestationKey,
}

impl Pins {
    /// The pins that are meant, by id and group.
    ///
    /// # Errors
    /// Everything that was named and is not pinned.
    pub fn meant(&self, meant: Meant<'_>) -> Result<Vec<&Pin>, Vec<NotPinned>> {
        let mut missing = self.missing_groups(meant.groups);
        let is_meant = |pin: &&Pin| meant.groups.is_empty() || meant.groups.contains(&pin.group);
        if meant.ids.is_empty() {
            let all = self.iter().filter(is_meant).collect();
            return if missing.is_empty() { Ok(all) } else { Err(missing) };
        }
        let mut ids = BTreeSet::new();
        let mut names = Names::default();
        for id in meant.ids {
            match self.resolve(id, &mut names) {
                Ok(id) => {
                    ids.insert(id);
                }
                Err(other) => missing.push(other),
            }
        }
        let mut found = Vec::new();
        for id in ids {
            let groups = self.pins.get(id).into_iter().flat_map(|groups| groups.values());
            let before = found.len();
            found.extend(groups.clone().filter(is_meant));
            if found.len() == before {
                missing.push(NotPinned::Elsewhere {
                    id: id.shown(),
                    groups: meant.groups.iter().map(|group| sanitise(group)).collect(),
                    pinned_in: groups.map(|pin| sanitise(&pin.group)).collect(),
                });
            }
        }
        if missing.is_empty() { Ok(found) } else { Err(missing) }
    }

    fn missing_groups(&self, groups: &[String]) -> Vec<NotPinned> {
        if groups.is_empty() {
            return Vec::new();
        }
        let known: BTreeSet<&str> = self.iter().map(|pin| pin.group.as_str()).collect();
        let unknown = groups.iter().filter(|group| !known.contains(group.as_str()));
        let missing = |group: &String| NotPinned::Group {
            group: sanitise(group),
            near: nearest_of(group, known.iter().copied(), OFFERED).into_iter().map(sanitise).collect(),
        };
        unknown.map(missing).collect()
    }

    /// The id that is called so.
    fn resolve<'s>(&'s self, id: &str, names: &mut Names<'s>) -> Result<&'s RemoteText, NotPinned> {
        if let Some((id, _)) = self.pins.get_key_value(id) {
            return Ok(id);
        }
        let shown = names.shown.get_or_insert_with(|| {
            let mut shown: HashMap<String, Vec<&RemoteText>> = HashMap::with_capacity(self.pins.len());
            for id in self.pins.keys() {
                shown.entry(id.shown().into_string()).or_default().push(id);
            }
            shown
        });
        match shown.get(id).map(Vec::as_slice) {
            Some([only]) => Ok(only),
            Some(several) => Err(NotPinned::Alike { id: sanitise(id), count: several.len() }),
            None => {
                names.helped += 1;
                let candidates = || self.pins.keys().map(RemoteText::shown).collect::<Vec<_>>();
                let candidates = if names.helped > HELPED { Vec::new() } else { candidates() };
                let near = nearest_of(id, candidates.iter().map(Shown::as_str), OFFERED);
                // They have been through the sanitiser once.
                let named = |near: &str| candidates.iter().find(|shown| shown.as_str() == near).cloned();
                Err(NotPinned::Id { id: sanitise(id), near: near.into_iter().filter_map(named).collect() })
            }
        }
    }

    /// Forgets the pins that are meant, or their attestation keys. Gives those
    /// of which something was forgotten, by id and group.
    ///
    /// # Errors
    /// Everything that was named and is not pinned. Nothing is forgotten then.
    pub fn forget(&mut self, meant: Meant<'_>, what: Forget) -> Result<Vec<Forgotten>, Vec<NotPinned>> {
        let pins: Vec<Pin> = self.meant(meant)?.into_iter().cloned().collect();
        let mut forgotten = Vec::with_capacity(pins.len());
        for pin in pins {
            let Some(groups) = self.pins.get_mut(&pin.id) else { continue };
            // Without any key there would be no pin.
            if what == Forget::AttestationKey && pin.endorsement_key.is_some() {
                let Some(kept) = groups.get_mut(&pin.group) else { continue };
                if kept.attestation_key.take().is_some() {
                    forgotten.push(Forgotten { pin, next: NextAudit::LearnsAttestationKey });
                }
                continue;
            }
            if groups.remove(&pin.group).is_some() {
                self.count -= 1;
            }
            if groups.is_empty() {
                self.pins.remove(&pin.id);
            }
            forgotten.push(Forgotten { pin, next: NextAudit::Believes });
        }
        // Only now it is known which pins of the same id are left.
        for one in forgotten.iter_mut().filter(|one| one.next == NextAudit::Believes) {
            let other = self.pins.get(&one.pin.id).and_then(|groups| groups.keys().next());
            if let Some(group) = other {
                one.next = NextAudit::Compares { group: group.clone() };
            }
        }
        Ok(forgotten)
    }

    /// The pins of these groups whose agents are not among those that are seen
    /// there.
    #[must_use]
    pub fn gone(&self, seen: &[Seen], groups: &[&str]) -> Vec<&Pin> {
        let seen: HashSet<(&str, &str)> = seen.iter().map(|seen| (seen.id.raw(), &*seen.group)).collect();
        let is_gone = |pin: &&Pin| {
            groups.contains(&pin.group.as_str()) && !seen.contains(&(pin.id.raw(), pin.group.as_str()))
        };
        self.iter().filter(is_gone).collect()
    }
}

/// What is made once for all ids that are looked for.
#[derive(Default)]
struct Names<'a> {
    /// Ids as they are shown.
    shown: Option<HashMap<String, Vec<&'a RemoteText>>>,
    /// Ids for which others were looked for.
    helped: usize,
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::fleet::identity::test_agent::seen;

    fn pins() -> Pins {
        let mut pins = Pins::default();
        let agents = [
            seen("node-1", "eu", 1, 2),
            seen("node-1", "us", 1, 2),
            seen("node-2", "eu", 3, 4),
            seen("node-3", "us", 0, 5),
            seen("odd\u{202e}", "us", 6, 7),
        ];
        assert_eq!(pins.learn(&agents, Timestamp::UNIX_EPOCH), 5);
        pins
    }

    fn texts(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn found(pins: &Pins, ids: &[&str], groups: &[&str]) -> Result<Vec<String>, Vec<String>> {
        let (ids, groups) = (texts(ids), texts(groups));
        let words = |pin: &&Pin| format!("{}@{}", pin.id.shown(), pin.group);
        pins.meant(Meant { ids: &ids, groups: &groups })
            .map(|found| found.iter().map(words).collect())
            .map_err(|missing| missing.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn pins_are_found_by_id_and_group() {
        let pins = pins();
        assert_eq!(found(&pins, &[], &[]).unwrap().len(), 5);
        assert_eq!(found(&pins, &["node-1"], &[]).unwrap(), ["node-1@eu", "node-1@us"]);
        assert_eq!(
            found(&pins, &["node-2", "node-1", "node-2"], &["eu"]).unwrap(),
            ["node-1@eu", "node-2@eu"]
        );
        assert_eq!(found(&pins, &[], &["us"]).unwrap().len(), 3);
        // As it is, or as it is shown.
        for odd in ["odd\u{202e}", "odd\\u{202e}"] {
            assert_eq!(found(&pins, &[odd], &[]).unwrap(), ["odd\\u{202e}@us"]);
        }
    }

    #[test]
    fn what_is_not_pinned_is_told_with_what_may_have_been_meant() {
        let pins = pins();
        let missing = |ids: &[&str], groups: &[&str]| found(&pins, ids, groups).unwrap_err();
        assert_eq!(
            missing(&["nod-2", "node-2", "\u{1b}x"], &[]),
            [
                "no agent nod-2 is pinned; did you mean node-2 or node-1 or node-3?",
                "no agent \\u{1b}x is pinned"
            ]
        );
        assert_eq!(missing(&["odd"], &[]), ["no agent odd is pinned; did you mean odd\\u{202e}?"]);
        assert_eq!(missing(&["node-2"], &["us"]), ["node-2 is not pinned in group us, only in group eu"]);
        assert_eq!(
            missing(&["node-2"], &["es", "lab"]),
            [
                "no agent of a group es is pinned; did you mean eu or us?",
                "no agent of a group lab is pinned",
                "node-2 is not pinned in groups es, lab, only in group eu"
            ]
        );
    }

    #[test]
    fn long_ids_that_look_alike_are_not_guessed() {
        let long = "x".repeat(300);
        let (one, other) = (format!("{long}1"), format!("{long}2"));
        let mut pins = Pins::default();
        pins.learn(&[seen(&one, "eu", 1, 2), seen(&other, "eu", 3, 4)], Timestamp::UNIX_EPOCH);
        let shown = RemoteText::from(one.clone()).shown().into_string();
        let missing = found(&pins, &[&shown], &[]).unwrap_err();
        assert!(missing[0].starts_with("2 agents are shown as "), "{missing:?}");
        assert_eq!(found(&pins, &[&one], &[]).unwrap().len(), 1);
    }

    #[test]
    fn what_is_forgotten_is_believed_anew_unless_another_group_remembers() {
        let mut pins = pins();
        let forget = |pins: &mut Pins, ids: &[&str], groups: &[&str]| {
            let (ids, groups) = (texts(ids), texts(groups));
            let forgotten = pins.forget(Meant { ids: &ids, groups: &groups }, Forget::Pin);
            forgotten.map(|them| them.into_iter().map(|one| one.next).collect::<Vec<_>>())
        };
        let compared = NextAudit::Compares { group: "us".to_owned() };
        assert_eq!(forget(&mut pins, &["node-1"], &["eu"]), Ok(vec![compared]));
        assert_eq!((pins.len(), pins.iter().count()), (4, 4));
        // What was said comes true.
        let moved = [seen("node-1", "eu", 8, 9)];
        assert_eq!(pins.changes(&moved)[0][0].code, "ek-changed");
        assert_eq!(forget(&mut pins, &["node-1"], &[]), Ok(vec![NextAudit::Believes]));
        assert_eq!(pins.changes(&moved), [vec![]]);
        assert_eq!(pins.learn(&moved, Timestamp::UNIX_EPOCH), 1);
        // Nothing is forgotten where one is not pinned.
        let before = pins.clone();
        assert!(forget(&mut pins, &["node-2", "node-9"], &[]).is_err());
        assert_eq!(pins, before);
        // Both of one id at once leave nothing to compare with.
        let mut pins = self::pins();
        assert_eq!(forget(&mut pins, &["node-1"], &[]), Ok(vec![NextAudit::Believes; 2]));
        assert_eq!(forget(&mut pins, &[], &["us"]).unwrap().len(), 2);
        assert_eq!((pins.len(), pins.iter().count()), (1, 1));
    }

    #[test]
    fn a_new_attestation_key_is_learned_only_with_the_pinned_tpm() {
        let mut pins = pins();
        let ids = texts(&["node-2"]);
        let meant = Meant { ids: &ids, groups: &[] };
        let forgotten = pins.forget(meant, Forget::AttestationKey).unwrap();
        assert_eq!(forgotten[0].next, NextAudit::LearnsAttestationKey);
        assert!(forgotten[0].pin.attestation_key.is_some(), "as it was");
        assert_eq!(pins.len(), 5);
        assert_eq!(pins.forget(meant, Forget::AttestationKey), Ok(Vec::new()), "nothing is left of it");
        // Another TPM, or none that is shown: nothing is believed.
        assert_eq!(pins.changes(&[seen("node-2", "eu", 8, 9)])[0][0].code, "ek-changed");
        assert_eq!(
            pins.learn(&[seen("node-2", "eu", 8, 9), seen("node-2", "eu", 0, 9)], Timestamp::UNIX_EPOCH),
            0
        );
        assert_eq!(pins.learn(&[seen("node-2", "eu", 3, 9)], Timestamp::UNIX_EPOCH), 1);
        assert_eq!(pins.changes(&[seen("node-2", "eu", 3, 4)])[0][0].code, "ak-changed");
        // A pin of nothing else goes as a whole.
        let ids = texts(&["node-3"]);
        let forgotten = pins.forget(Meant { ids: &ids, groups: &[] }, Forget::AttestationKey).unwrap();
        assert_eq!((forgotten[0].next.clone(), pins.len()), (NextAudit::Believes, 4));
    }

    #[test]
    fn who_is_no_longer_at_the_registrar_of_its_group_is_gone() {
        let pins = pins();
        let seen = [seen("node-1", "eu", 1, 2), seen("node-2", "us", 1, 2)];
        let gone = |groups: &[&str]| {
            let gone = pins.gone(&seen, groups);
            gone.iter().map(|pin| format!("{}@{}", pin.id.shown(), pin.group)).collect::<Vec<_>>()
        };
        assert_eq!(gone(&["eu"]), ["node-2@eu"]);
        assert_eq!(gone(&["eu", "us"]).len(), 4);
        assert_eq!(gone(&[]), [""; 0], "a group that was not asked says nothing");
    }
}
