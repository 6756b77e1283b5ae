//! Sorting long lists by their ids.

use crate::text::RemoteText;

/// Puts a list in order of its ids.
///
/// The ids of a fleet lie all over the memory, and many begin alike: to compare
/// two takes much longer than to compare two numbers. So what follows the
/// beginning that all have in common is compared as a number first.
pub(super) fn sort_by_id<T>(list: &mut [T], id: impl Fn(&T) -> &RemoteText) {
    if list.is_sorted_by(|left, right| id(left) <= id(right)) {
        return;
    }
    let Some(first) = list.first().map(|first| id(first).clone()) else { return };
    let in_common = |one: &T| {
        let pairs = first.raw().bytes().zip(id(one).raw().bytes());
        pairs.take_while(|(left, right)| left == right).count()
    };
    let common = list.iter().map(in_common).min().unwrap_or(0);
    // Texts of the same number differ further on, if at all.
    list.sort_by_cached_key(|one| (number(id(one).raw().as_bytes().get(common..)), id(one).clone()));
}

/// The first bytes of a text as a number that is ordered like them.
fn number(text: Option<&[u8]>) -> u128 {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(text.unwrap_or_default()).for_each(|(to, from)| *to = *from);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_the_texts(texts in prop::collection::vec("[a\0é]{0,2}[ab]{0,30}", 0..40), start in "[ab]{0,20}") {
            let mut texts: Vec<_> = texts.iter().map(|text| RemoteText::from(format!("{start}{text}"))).collect();
            let mut sorted = texts.clone();
            sorted.sort();
            sort_by_id(&mut texts, |text| text);
            prop_assert_eq!(texts, sorted);
        }
    }
}
