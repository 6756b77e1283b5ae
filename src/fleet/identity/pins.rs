//! The keys with which an id was first seen.
//!
//! The first audit believes what it sees (trust on first use); every later one
//! tells what has changed since. A pin stays as it is until somebody accepts
//! the new keys. The file has a line of JSON that says what it is, then one per
//! pin.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::across::Seen;
use crate::text::RemoteText;
use crate::tpm::identity::{Finding, KeyName};

/// Pins at most.
pub const MAX_PINS: usize = 500_000;

/// The version of the format.
const VERSION: u64 = 1;

/// Longest id or group's name that is kept, in bytes.
const MAX_TEXT: usize = 4096;

/// The keys with which one id was first seen in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The id.
    pub id: RemoteText,
    /// The group's name.
    pub group: String,
    /// The Name of its endorsement key; none: it was not readable so far.
    pub endorsement_key: Option<KeyName>,
    /// The Name of its attestation key; none: it was not readable so far.
    pub attestation_key: Option<KeyName>,
    /// When it was first seen with these keys.
    pub first_seen: Timestamp,
}

impl Pin {
    /// Whether all keys of it are seen.
    fn is_shown_by(&self, seen: &Seen) -> bool {
        let is_shown = |pinned: &Option<KeyName>, now: &Option<KeyName>| pinned.is_none() || pinned == now;
        is_shown(&self.endorsement_key, &seen.endorsement_key)
            && is_shown(&self.attestation_key, &seen.attestation_key)
    }
}

/// All pins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pins {
    /// By id, then by group.
    pub(super) pins: BTreeMap<RemoteText, BTreeMap<String, Pin>>,
    pub(super) count: usize,
}

/// A text holds no pins. Nothing of it is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct UnreadablePins {
    /// From 1.
    pub line: usize,
    /// What is wrong there.
    pub why: String,
}

impl Pins {
    /// Reads the text of a file; one without any text holds none.
    ///
    /// # Errors
    /// The first line that is not what we write.
    pub fn parse(text: &str) -> Result<Self, UnreadablePins> {
        let mut pins = Self::default();
        let mut lines = text.lines().enumerate();
        let Some((_, head)) = lines.next() else { return Ok(pins) };
        let at = |line: usize, why: &str| UnreadablePins { line: line + 1, why: why.to_owned() };
        let head: Value = serde_json::from_str(head).map_err(|_no_json| at(0, "this is no file of pins"))?;
        match head.get("limescope_identity_pins").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(_) => return Err(at(0, "these pins were written by a newer limescope")),
            None => return Err(at(0, "this is no file of pins")),
        }
        for (line, text) in lines {
            let pin = read(text).map_err(|why| at(line, why))?;
            if pins.count >= MAX_PINS {
                return Err(at(line, "there are more pins than are kept"));
            }
            if pins.get(&pin.id, &pin.group).is_some() {
                return Err(at(line, "this id is pinned twice in this group"));
            }
            pins.put(pin);
        }
        Ok(pins)
    }

    /// The text of a file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = json!({ "limescope_identity_pins": VERSION }).to_string();
        text.push('\n');
        for pin in self.iter() {
            let name = |name: &Option<KeyName>| name.as_ref().map(ToString::to_string);
            let line = json!({
                "id": pin.id.raw(),
                "group": pin.group,
                "ek": name(&pin.endorsement_key),
                "ak": name(&pin.attestation_key),
                "first_seen": pin.first_seen.to_string(),
            });
            text.push_str(&line.to_string());
            text.push('\n');
        }
        text
    }

    /// All pins, by id and group.
    pub fn iter(&self) -> impl Iterator<Item = &Pin> {
        self.pins.values().flat_map(BTreeMap::values)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The pin of an id in a group.
    #[must_use]
    pub fn get(&self, id: &RemoteText, group: &str) -> Option<&Pin> {
        self.pins.get(id)?.get(group)
    }

    fn put(&mut self, pin: Pin) {
        let groups = self.pins.entry(pin.id.clone()).or_default();
        if groups.insert(pin.group.clone(), pin).is_none() {
            self.count += 1;
        }
    }

    /// Compares what is seen with the pins; the findings of each, in the order
    /// of the agents.
    #[must_use]
    pub fn changes(&self, agents: &[Seen]) -> Vec<Vec<Finding>> {
        agents.iter().map(|seen| self.changes_of(seen)).collect()
    }

    fn changes_of(&self, seen: &Seen) -> Vec<Finding> {
        let Some(pin) = self.pin_for(seen) else { return Vec::new() };
        let place = if pin.group == *seen.group { String::new() } else { format!(" in group {}", pin.group) };
        let since =
            format!("since it was first seen{place} ({})", pin.first_seen.strftime("%Y-%m-%d %H:%M UTC"));
        let changed = |pinned: &Option<KeyName>, now: &Option<KeyName>| match (pinned, now) {
            (Some(pinned), Some(now)) if pinned != now => Some((pinned.short(), now.short())),
            _ => None,
        };
        if let Some((old, new)) = changed(&pin.endorsement_key, &seen.endorsement_key) {
            return vec![Finding::error(
                "ek-changed",
                format!(
                    "The endorsement key of this id has changed {since}: it was {old}…, it is {new}…. Another \
                     TPM has taken the id, by a repair or by an attack."
                ),
                "Ask whether the mainboard or the virtual machine was replaced. If so, accept the new identity \
                 (`limescope identity audit --accept ID`); else isolate the machine and delete the \
                 registration.",
            )];
        }
        if let Some((old, new)) = changed(&pin.attestation_key, &seen.attestation_key) {
            return vec![Finding::warning(
                "ak-changed",
                format!(
                    "The attestation key of this id has changed {since}: it was {old}…, it is {new}…. The TPM \
                     is the same, and made a new key."
                ),
                "That is expected after a reinstallation of the agent. If there was one, accept the new \
                 identity (`limescope identity audit --accept ID`); else find out who made the key.",
            )];
        }
        Vec::new()
    }

    /// The pin to compare with: that of the group, else one of another group,
    /// so that an id cannot be taken over by moving it. There the same keys as
    /// in any pin are no change.
    fn pin_for(&self, seen: &Seen) -> Option<&Pin> {
        let groups = self.pins.get(&seen.id)?;
        if let Some(own) = groups.get(&*seen.group) {
            return Some(own);
        }
        let is_same = |pin: &&Pin| {
            pin.endorsement_key == seen.endorsement_key && pin.attestation_key == seen.attestation_key
        };
        groups.values().find(is_same).or_else(|| groups.values().next())
    }

    /// Remembers who is seen for the first time, and keys that were not readable
    /// before. What has changed stays pinned as it was. Gives how many pins are
    /// new or fuller.
    pub fn learn(&mut self, agents: &[Seen], at: Timestamp) -> usize {
        let mut learned = 0;
        for seen in agents {
            let is_empty = seen.endorsement_key.is_none() && seen.attestation_key.is_none();
            if is_empty || seen.id.len() > MAX_TEXT || !self.changes_of(seen).is_empty() {
                continue;
            }
            let known = self.get(&seen.id, &seen.group);
            if known.is_none() && self.count >= MAX_PINS {
                continue;
            }
            // One key more is only learned of who shows the key that is pinned: whoever leaves it out may
            // have another one.
            if known.is_some_and(|pin| !pin.is_shown_by(seen)) {
                continue;
            }
            let pin = Pin {
                id: seen.id.clone(),
                group: seen.group.to_string(),
                endorsement_key: known
                    .and_then(|pin| pin.endorsement_key.clone())
                    .or_else(|| seen.endorsement_key.clone()),
                attestation_key: known
                    .and_then(|pin| pin.attestation_key.clone())
                    .or_else(|| seen.attestation_key.clone()),
                first_seen: known.map_or(at, |pin| pin.first_seen),
            };
            if known != Some(&pin) {
                self.put(pin);
                learned += 1;
            }
        }
        learned
    }

    /// Takes the present keys of these ids, as they are or as they are shown,
    /// for right from now on. Gives the ids that were not seen.
    pub fn accept<'a>(&mut self, ids: &'a [String], agents: &[Seen], at: Timestamp) -> Vec<&'a str> {
        let mut by_id: HashMap<String, Vec<&Seen>> = HashMap::new();
        for seen in agents {
            by_id.entry(seen.id.raw().to_owned()).or_default().push(seen);
            let shown = seen.id.shown().into_string();
            if shown != seen.id.raw() {
                by_id.entry(shown).or_default().push(seen);
            }
        }
        let mut unseen = Vec::new();
        for id in ids {
            let Some(agents) = by_id.get(id.as_str()) else {
                unseen.push(id.as_str());
                continue;
            };
            for seen in
                agents.iter().filter(|seen| !self.changes_of(seen).is_empty()).copied().collect::<Vec<_>>()
            {
                self.put(Pin {
                    id: seen.id.clone(),
                    group: seen.group.to_string(),
                    endorsement_key: seen.endorsement_key.clone(),
                    attestation_key: seen.attestation_key.clone(),
                    first_seen: at,
                });
            }
        }
        unseen
    }
}

/// One line.
fn read(line: &str) -> Result<Pin, &'static str> {
    let value: Value = serde_json::from_str(line).map_err(|_no_json| "this is no line of JSON")?;
    let text = |name: &str| {
        let text = value.get(name).and_then(Value::as_str).ok_or("id, group or first_seen is missing")?;
        if text.len() > MAX_TEXT { Err("a text is too long") } else { Ok(text) }
    };
    let name = |name: &str| match value.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            text.parse().map(Some).map_err(|_no_name| "ek or ak is no Name of a key")
        }
        Some(_) => Err("ek or ak is no Name of a key"),
    };
    Ok(Pin {
        id: RemoteText::from(text("id")?),
        group: text("group")?.to_owned(),
        endorsement_key: name("ek")?,
        attestation_key: name("ak")?,
        first_seen: text("first_seen")?.parse().map_err(|_no_time| "first_seen is no time")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::identity::test_agent::seen;

    fn codes(pins: &Pins, agents: &[Seen]) -> Vec<Vec<&'static str>> {
        let findings = pins.changes(agents);
        findings.iter().map(|list| list.iter().map(|finding| finding.code).collect()).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn what_changed_since_the_first_time_is_told_until_it_is_accepted() {
        let mut pins = Pins::default();
        let first = [seen("a", "x", 1, 2), seen("b", "x", 3, 4), seen("c", "x", 5, 6)];
        assert_eq!(codes(&pins, &first), [[""; 0]; 3], "the first time everything is believed");
        assert_eq!(pins.learn(&first, at(0)), 3);
        let now = [seen("a", "x", 9, 9), seen("b", "x", 3, 9), seen("c", "x", 5, 6)];
        for round in 1..3 {
            assert_eq!(codes(&pins, &now), [vec!["ek-changed"], vec!["ak-changed"], vec![]], "{round}");
            assert_eq!(pins.learn(&now, at(round)), 0, "a change is not learned");
        }
        assert_eq!(pins.accept(&["a".into(), "zz".into()], &now, at(9)), ["zz"]);
        assert_eq!(codes(&pins, &now), [vec![], vec!["ak-changed"], vec![]]);
        assert_eq!(pins.get(&"a".into(), "x").unwrap().first_seen, at(9));
    }

    #[test]
    fn an_id_that_appears_in_another_group_is_compared_with_the_first() {
        let mut pins = Pins::default();
        pins.learn(&[seen("a", "x", 1, 2)], at(0));
        assert_eq!(codes(&pins, &[seen("a", "y", 1, 2)]), [[""; 0]]);
        let moved = [seen("a", "y", 3, 4)];
        assert_eq!(codes(&pins, &moved), [["ek-changed"]]);
        assert!(pins.changes(&moved)[0][0].words.contains("in group x"));
        pins.accept(&["a".into()], &moved, at(1));
        assert_eq!(codes(&pins, &[seen("a", "y", 3, 4), seen("a", "x", 1, 2)]), [[""; 0]; 2]);
    }

    #[test]
    fn a_key_that_was_unreadable_is_learned_later_and_never_lost() {
        let mut pins = Pins::default();
        pins.learn(&[seen("a", "x", 1, 0), seen("b", "x", 0, 0)], at(0));
        assert_eq!(pins.len(), 1, "nothing is known of b");
        assert_eq!(pins.learn(&[seen("a", "x", 1, 2)], at(1)), 1);
        assert_eq!(pins.learn(&[seen("a", "x", 0, 0)], at(2)), 0);
        pins.learn(&[seen("c", "x", 7, 0)], at(3));
        assert_eq!(pins.learn(&[seen("c", "x", 0, 8)], at(4)), 0, "it may be another TPM's");
        let pin = pins.get(&"a".into(), "x").unwrap();
        assert!(pin.endorsement_key.is_some() && pin.attestation_key.is_some() && pin.first_seen == at(0));
    }

    #[test]
    fn a_file_holds_what_was_pinned() {
        let mut pins = Pins::default();
        pins.learn(&[seen("a\n\u{1b}\"", "x", 1, 2), seen("b", "y z", 3, 0), seen("b", "x", 3, 0)], at(7));
        let text = pins.to_text();
        assert_eq!(text.lines().count(), 4, "{text}");
        assert_eq!(Pins::parse(&text).unwrap(), pins);
        assert_eq!(Pins::parse("").unwrap(), Pins::default());
        assert_eq!((pins.len(), pins.iter().count()), (3, 3));
    }

    #[test]
    fn a_file_that_is_not_ours_is_refused_with_its_line() {
        let head = "{\"limescope_identity_pins\":1}\n";
        let good = "{\"id\":\"a\",\"group\":\"x\",\"ek\":null,\"ak\":null,\"first_seen\":\"2026-01-01T00:00:00Z\"}\n";
        for (text, line, why) in [
            ("{}\n".to_owned(), 1, "no file of pins"),
            ("\0\0".to_owned(), 1, "no file of pins"),
            ("{\"limescope_identity_pins\":2}".to_owned(), 1, "newer limescope"),
            (format!("{head}{good}{good}"), 3, "pinned twice"),
            (format!("{head}{}", &good[..20]), 2, "no line of JSON"),
            (format!("{head}{{\"id\":\"a\"}}"), 2, "is missing"),
            (format!("{head}{}", good.replace("\"ek\":null", "\"ek\":\"xyz\"")), 2, "no Name"),
            (format!("{head}{}", good.replace("2026-", "x")), 2, "no time"),
        ] {
            let error = Pins::parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.why.contains(why), "{text}: {error}");
        }
    }
}
