//! Agent ids.

use super::chance::Chance;
use super::condition::Way;
use super::json::push_format;
use super::roster::Place;

/// An id that acts on a terminal that shows it raw: colours, a window title,
/// reversed and invisible characters, and a second line that looks like a row
/// of its own.
pub(super) const HOSTILE_ID: &str =
    "\u{1b}[31mdb-07\u{1b}[0m\u{1b}]0;all attested\u{7}\u{202e}gpj.edon\u{202c}\u{200b}\nnode-00 attested";

const ROLES: [&str; 6] = ["web", "db", "queue", "edge", "build", "store"];

/// The id of an agent: mostly a random UUID as agents make them; every eighth
/// a host name, and every fifth push agent the hash of its endorsement key.
pub(super) fn agent_id(seed: u64, agent: usize, place: Place, group: &str) -> Box<str> {
    let mut chance = Chance::new(seed, 0x1d, agent as u64);
    if agent % 8 == 3 {
        let role = ROLES.get(agent / 8 % ROLES.len()).unwrap_or(&"host");
        return format!("{role}-{agent:03}.{group}.example.net").into();
    }
    if place == Place::Lit(Way::Push) && chance.below(5) == 0 {
        return hexadecimal(&chance.bytes::<32>()).into();
    }
    let bytes: [u8; 16] = chance.bytes();
    let mut number = u128::from_be_bytes(bytes);
    // Version 4, variant 1 (RFC 9562 section 5.4).
    number = number & !(0xf << 76) | 0x4 << 76;
    number = number & !(0x3 << 62) | 0x2 << 62;
    let digits = format!("{number:032x}");
    let mut id = String::with_capacity(36);
    for (position, digit) in digits.chars().enumerate() {
        if matches!(position, 8 | 12 | 16 | 20) {
            id.push('-');
        }
        id.push(digit);
    }
    id.into()
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        push_format(&mut digits, format_args!("{byte:02x}"));
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_host_names_or_hashes() {
        let pull = Place::Lit(Way::Pull);
        let uuid = agent_id(1, 0, pull, "eu-west");
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.chars().nth(14), Some('4'));
        assert!(matches!(uuid.chars().nth(19), Some('8' | '9' | 'a' | 'b')));
        assert_eq!(&*agent_id(1, 11, pull, "eu-west"), "db-011.eu-west.example.net");
        let hashes =
            (0..200).filter(|agent| agent_id(1, *agent, Place::Lit(Way::Push), "x").len() == 64).count();
        assert!((15..=60).contains(&hashes), "{hashes}");
    }

    #[test]
    fn the_hostile_id_acts_hides_reverses_and_breaks_lines() {
        for character in ['\u{1b}', '\u{202e}', '\u{200b}', '\n', '\u{7}'] {
            assert!(HOSTILE_ID.contains(character));
        }
    }
}
