//! Numbers with what they count.

/// `1 address`, `2 addresses`.
pub fn some(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let words = [0, 1, 2].map(|number| some(number, "agent", "agents"));
        assert_eq!(words, ["0 agents", "1 agent", "2 agents"]);
    }
}
