//! The nearest right name for a wrong one.

/// The candidate that `wrong` was most likely meant to be, if one is near:
/// at most a third of its letters away, counting swaps as one.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    near(wrong, candidates).min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// The candidates that `wrong` may have been meant to be, `most` of them at
/// most: those that it is a part of, then the near ones, the nearest first.
pub fn nearest_of<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
    most: usize,
) -> Vec<&'a str> {
    let part = wrong.to_lowercase();
    let holding = candidates.clone().into_iter().filter(|candidate| {
        !part.is_empty() && candidate.len() > part.len() && candidate.to_lowercase().contains(&part)
    });
    let mut found: Vec<_> = holding.take(most).collect();
    if found.len() < most {
        let mut near: Vec<_> = near(wrong, candidates).collect();
        near.sort_by_key(|(distance, _)| *distance);
        let near = near.into_iter().map(|(_, candidate)| candidate);
        let others: Vec<_> = near.filter(|candidate| !found.contains(candidate)).collect();
        found.extend(others);
        found.truncate(most);
    }
    found
}

/// The candidates that are near, and how far away they are.
fn near<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = (usize, &'a str)> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (candidate, candidate.chars().count()))
        .map(|(candidate, letters)| (candidate, letters, (letters / 3).max(1)))
        // As many letters as one has more than the other are away at least.
        .filter(move |(_, letters, most)| letters.abs_diff(length) <= *most)
        .map(move |(candidate, _, most)| {
            (most, strsim::damerau_levenshtein(&wrong, &candidate.to_lowercase()), candidate)
        })
        .filter(|(most, distance, _)| distance <= most)
        .map(|(_, distance, candidate)| (distance, candidate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_rejects_strangers() {
        let names = ["registrars", "verifiers", "registrar_admin", "tls"];
        assert_eq!(nearest("registrar", names), Some("registrars"));
        assert_eq!(nearest("verifer", names), Some("verifiers"));
        assert_eq!(nearest("TLS", names), Some("tls"));
        assert_eq!(nearest("colour", names), None);
    }

    #[test]
    fn finds_several_those_first_that_hold_it() {
        let names = ["node-10", "node-2", "node-1", "mode-3", "db"];
        assert_eq!(nearest_of("node-1x", names, 3), ["node-10", "node-1", "node-2"]);
        assert_eq!(nearest_of("ode", names, 2), ["node-10", "node-2"]);
        assert_eq!(nearest_of("NODE-1", names, 9), ["node-10", "node-1", "node-2", "mode-3"]);
        assert_eq!(nearest_of("", names, 3), [""; 0]);
        assert_eq!(nearest_of("printer", names, 3), [""; 0]);
    }
}
