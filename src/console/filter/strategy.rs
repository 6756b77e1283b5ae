//! Filters of every kind, for tests that try many.

use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z=!,\"\\\\ ~/<>]{1,8}",
        Just("split".to_owned()),
        any::<String>().prop_filter("not empty", |text| !text.is_empty())
    ]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 1..4)
}

fn test() -> impl Strategy<Value = Test> {
    let verdict = prop::sample::select(Verdict::ALL.to_vec());
    let flag = prop::sample::select(Flag::ALL.to_vec());
    let kind = prop::sample::select(EventKind::ALL.to_vec());
    prop_oneof![
        text().prop_map(Test::Text),
        texts().prop_map(Test::Id),
        texts().prop_map(Test::Group),
        prop::collection::vec(verdict, 1..4).prop_map(Test::Verdict),
        prop::collection::vec(flag, 1..4).prop_map(Test::Flag),
        prop::collection::vec(kind, 1..4).prop_map(Test::Kind),
        prop_oneof![r#"[a-z.^$"=! /~]{1,9}"#, r"\\[dws/]"]
            .prop_filter_map("an expression", |text: String| Pattern::new(&text).ok())
            .prop_map(Test::Expression),
        (any::<bool>(), prop_oneof![0u64..200_000, any::<u64>()])
            .prop_map(|(is_older, seconds)| Test::Age(Age { is_older, seconds })),
        texts().prop_map(Test::Keylime),
        texts().prop_map(Test::Event),
        Just(Test::Split),
    ]
}

/// Any filter.
pub fn filter() -> impl Strategy<Value = Filter> {
    prop::collection::vec((any::<bool>(), test()), 0..5).prop_map(|terms| {
        let terms = terms.into_iter().map(|(negated, test)| Term { negated, test }).collect();
        Filter { terms }
    })
}
