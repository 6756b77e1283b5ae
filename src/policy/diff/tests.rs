use std::ops::ControlFlow;

use bytes::Bytes;

use crate::policy::document::{Policy, read};
use crate::policy::json::Limits;

use super::*;

fn digest(number: usize) -> String {
    format!("{number:064x}")
}

fn policy(text: &str) -> Policy {
    let reading = read(Bytes::from(text.to_owned()), &Limits::default(), &mut |_| ControlFlow::Continue(()));
    reading.policy.unwrap_or_else(|| panic!("{:?}\n{text}", reading.findings))
}

fn with(digests: &str, members: &str) -> Policy {
    policy(&format!(
        "{{\"meta\": {{\"version\": 1, \"generator\": 3}}, \"release\": 0, \"digests\": {{{digests}}}{members}}}"
    ))
}

fn compared(left: &Policy, right: &Policy) -> Comparison {
    compare(left, right, &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn a_policy_is_the_same_however_it_is_spelled() {
    let (one, two) = (digest(0xa1), digest(0xb2));
    let left = with(
        &format!("\"/a\": [\"{one}\", \"{two}\"], \"/b\": [\"{two}\"]"),
        ", \"excludes\": [\"/tmp\"], \"x\": {\"a\": 1, \"b\": [true]}",
    );
    let right = with(
        &format!(
            "\"\\/b\" :[ \"{}\" ],\n\"/a\": [\"{two}\", \"{one}\", \"{one}\"]",
            two.replacen('0', "\\u0030", 1)
        ),
        ",\"x\":{\"b\":[ true ],\"\\u0061\":1},\"excludes\":[\"\\/tmp\"]",
    );
    let comparison = compared(&left, &right);
    assert!(comparison.is_same(), "{comparison:?}");
    assert!(compared(&left, &left).is_same());
}

#[test]
fn every_kind_of_change_is_told() {
    let left = with(
        &format!("\"/a\": [\"{}\"], \"/b\": [\"{}\"], \"/c\": [\"{}\"]", digest(1), digest(2), digest(3)),
        &format!(
            ", \"excludes\": [\"/tmp\", \"/var\"], \"keyrings\": {{\".ima\": [\"{0}\"]}}, \"ima-buf\": {{}}, \
             \"ima\": {{\"ignored_keyrings\": [\"x\", \"y\"], \"log_hash_alg\": \"sha1\"}}, \
             \"digest_metadata\": {{\"{0}\": {{}}, \"{1}\": {{\"x\": 1}}}}, \"gone\": 1, \
             \"verification-keys\": \"{{\\\"pubkeys\\\": [\\\"AAAA\\\"], \\\"keyids\\\": []}}\"",
            digest(1),
            digest(2)
        ),
    );
    let right = with(
        &format!("\"/c\": [\"{}\"], \"/a\": [\"{}\"], \"/d\": [\"{}\"]", digest(3), digest(4), digest(1)),
        &format!(
            ", \"excludes\": [\"/var\", \"/opt\", \"/var\"], \"keyrings\": {{}}, \"ima-buf\": {{\"k\": [\"{0}\"]}}, \
             \"ima\": {{\"ignored_keyrings\": [\"y\", \"x\"], \"log_hash_alg\": \"sha256\", \"new\": null}}, \
             \"digest_metadata\": {{\"{1}\": {{\"x\": 2}}, \"{2}\": {{}}}}, \
             \"verification-keys\": \"{{\\\"pubkeys\\\": [\\\"BBBB\\\", \\\"AAAA\\\"], \\\"keyids\\\": []}}\"",
            digest(1),
            digest(2),
            digest(3)
        ),
    );
    let comparison = compared(&left, &right);
    let changes = |added: &[u32], removed: &[u32], changed: &[(u32, u32)]| MapChanges {
        added: added.to_vec(),
        removed: removed.to_vec(),
        changed: changed.to_vec(),
    };
    assert_eq!(comparison.paths, changes(&[2], &[1], &[(0, 1)]));
    assert_eq!(comparison.keyrings, changes(&[], &[0], &[]));
    assert_eq!(comparison.buffers, changes(&[0], &[], &[]));
    assert_eq!(comparison.metadata, changes(&[1], &[0], &[(1, 0)]));
    assert!(!comparison.metadata_lost);
    // The digest of /a moved to /d: it is not new.
    let said = |policy: &Policy, at: u32| {
        String::from_utf8(policy.text()[at as usize + 1..at as usize + 65].to_vec()).unwrap()
    };
    let added: Vec<_> = comparison.digests.added.iter().map(|at| said(&right, *at)).collect();
    let removed: Vec<_> = comparison.digests.removed.iter().map(|at| said(&left, *at)).collect();
    assert_eq!((added, removed), (vec![digest(4)], vec![digest(2)]));
    assert_eq!(comparison.excludes, ListChanges { added: vec![1, 2], removed: vec![0], reordered: false });
    assert_eq!(comparison.ignored_keyrings, ListChanges { reordered: true, ..ListChanges::default() });
    assert_eq!(comparison.keys, ListChanges { added: vec![0], removed: vec![], reordered: false });
    let members: Vec<_> = comparison.members.iter().map(|change| change.name.as_str()).collect();
    assert_eq!(members, ["gone", "ima.log_hash_alg", "ima.new", "verification-keys"]);
    assert!(comparison.members[0].right.is_none() && comparison.members[2].left.is_none());
}

#[test]
fn lost_metadata_is_told() {
    let left = with("", &format!(", \"digest_metadata\": {{\"{}\": {{}}}}", digest(1)));
    let right = with("", "");
    assert!(compared(&left, &right).metadata_lost);
    assert!(!compared(&right, &left).metadata_lost);
    assert!(!compared(&left, &with("", ", \"digest_metadata\": {}")).metadata_lost);
}

/// Against a slow and simple comparison, for policies that differ here and there.
#[test]
fn large_policies_are_compared_as_small_ones() {
    use std::collections::{BTreeMap, BTreeSet};
    type Simple = BTreeMap<String, BTreeSet<String>>;
    let text = |map: &[(String, Vec<String>)]| {
        let entries: Vec<_> = map.iter().map(|(path, digests)| format!("\"{path}\": {digests:?}")).collect();
        entries.join(", ")
    };
    let left: Vec<_> = (0..3_000).map(|number| (format!("/f{number}"), vec![digest(number % 700)])).collect();
    for (turn, step) in [(0, 7), (1_000, 11), (5, 2)] {
        let mut right = left.clone();
        right.rotate_left(turn);
        for (place, entry) in right.iter_mut().enumerate().filter(|(place, _)| place % step == 0) {
            match place % 3 {
                0 => entry.0 = format!("/g{place}"),
                1 => entry.1.push(digest(place + 600)),
                _ => entry.1 = vec![digest(place % 900 + 650)],
            }
        }
        let (one, other) = (with(&text(&left), ""), with(&text(&right), ""));
        let comparison = compared(&one, &other);
        let simple = |map: &[(String, Vec<String>)]| -> Simple {
            map.iter().map(|(path, digests)| (path.clone(), digests.iter().cloned().collect())).collect()
        };
        let (before, after) = (simple(&left), simple(&right));
        let path = |policy: &Policy, number: u32| policy.entry(number as usize).unwrap().path().into_owned();
        let added: BTreeSet<_> = comparison.paths.added.iter().map(|number| path(&other, *number)).collect();
        let removed: BTreeSet<_> =
            comparison.paths.removed.iter().map(|number| path(&one, *number)).collect();
        let changed: BTreeSet<_> = comparison.paths.changed.iter().map(|pair| path(&other, pair.1)).collect();
        assert!(comparison.paths.changed.iter().all(|pair| path(&one, pair.0) == path(&other, pair.1)));
        let only = |of: &Simple, from: &Simple| -> BTreeSet<String> {
            of.keys().filter(|path| !from.contains_key(*path)).cloned().collect()
        };
        assert_eq!(added, only(&after, &before));
        assert_eq!(removed, only(&before, &after));
        let differ =
            after.iter().filter(|(path, digests)| before.get(*path).is_some_and(|was| was != *digests));
        assert_eq!(changed, differ.map(|(path, _)| path.clone()).collect());
        let all = |map: &Simple| -> BTreeSet<String> { map.values().flatten().cloned().collect() };
        let said = |policy: &Policy, at: &u32| {
            String::from_utf8(policy.text()[*at as usize + 1..*at as usize + 65].to_vec()).unwrap()
        };
        let new: Vec<_> = comparison.digests.added.iter().map(|at| said(&other, at)).collect();
        let old: Vec<_> = comparison.digests.removed.iter().map(|at| said(&one, at)).collect();
        assert_eq!(new.len() + old.len(), comparison.digests.added.len() + comparison.digests.removed.len());
        assert_eq!(new.iter().cloned().collect::<BTreeSet<_>>(), &all(&after) - &all(&before));
        assert_eq!(old.iter().cloned().collect::<BTreeSet<_>>(), &all(&before) - &all(&after));
        assert_eq!(new.len(), new.iter().collect::<BTreeSet<_>>().len(), "each once");
    }
}

#[test]
fn a_comparison_can_be_stopped() {
    let left = with(&format!("\"/a\": [\"{}\"]", digest(1)), "");
    assert!(compare(&left, &left, &mut |_| ControlFlow::Break(())).is_none());
}
