//! The nearest right name for a wrong one.

/// The candidate that `wrong` was most likely meant to be, if one is near:
/// at most a third of its letters away, counting swaps as one.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    let length = wrong.chars().count();
    candidates
        .into_iter()
        .map(|candidate| (candidate, candidate.chars().count()))
        .map(|(candidate, letters)| (candidate, letters, (letters / 3).max(1)))
        // As many letters as one has more than the other are away at least.
        .filter(|(_, letters, most)| letters.abs_diff(length) <= *most)
        .map(|(candidate, _, most)| {
            (most, strsim::damerau_levenshtein(&wrong, &candidate.to_lowercase()), candidate)
        })
        .filter(|(most, distance, _)| distance <= most)
        .map(|(_, distance, candidate)| (distance, candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
}
