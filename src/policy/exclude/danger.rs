//! Repetitions that make Python's engine try very many ways: a loop inside of a loop with nothing between that
//! tells where one turn ends, or a loop over alternatives that begin alike.
//!
//! Python tries them all as soon as something behind the loop does not fit. Our own engine has a limit or needs
//! linear time, so this is found in the expression and not by running it.

use super::syntax::{ENDLESS, Greed, Item, Node};

/// Alternatives that are compared with each other.
const MANY: usize = 64;

/// Whether an expression may need time that doubles with every character of a path.
pub(super) fn is_catastrophic(sequence: &[Node]) -> bool {
    let mut found = false;
    scan(sequence, false, &mut found);
    found
}

/// `followed`: whether something behind can fail, so that the loop is tried again.
fn scan(sequence: &[Node], followed: bool, found: &mut bool) {
    let mut behind = followed;
    for node in sequence.iter().rev() {
        scan_node(node, behind, found);
        behind |= can_fail(node);
    }
}

fn can_fail(node: &Node) -> bool {
    match node {
        Node::Repeat { least, body, .. } => *least > 0 && can_fail(body),
        Node::Group { body, .. } | Node::Atomic(body) => can_fail(body),
        Node::Branch(alternatives) => alternatives.iter().all(|alternative| alternative.iter().any(can_fail)),
        Node::Conditional { yes, no, .. } => yes.iter().any(can_fail) && no.iter().any(can_fail),
        _ => true,
    }
}

fn scan_node(node: &Node, followed: bool, found: &mut bool) {
    match node {
        Node::Repeat { most, kind, body, .. } => {
            if followed && *most > 9 && *kind != Greed::Possessive && is_ambiguous(body) {
                *found = true;
            }
            scan_node(body, followed || *most > 1 && *kind != Greed::Possessive && can_fail(body), found);
        }
        Node::Group { body, .. } => scan_node(body, followed, found),
        // What is inside is tried until it fits once.
        Node::Atomic(body) | Node::Look { body, .. } => scan_node(body, false, found),
        Node::Branch(alternatives) => {
            for alternative in alternatives {
                scan(alternative, followed, found);
            }
        }
        Node::Conditional { yes, no, .. } => {
            scan(yes, followed, found);
            scan(no, followed, found);
        }
        _ => {}
    }
}

/// Whether one text can be divided into turns of this body in many ways.
fn is_ambiguous(body: &Node) -> bool {
    let mut parts = Vec::new();
    flatten(body, &mut parts);
    if let [Node::Branch(alternatives)] = parts.as_slice() {
        let firsts: Vec<Set> = alternatives.iter().take(MANY).map(|one| first(one)).collect();
        let alike = firsts
            .iter()
            .enumerate()
            .any(|(index, one)| firsts.iter().skip(index + 1).any(|other| one.meets(other)));
        return alike || alternatives.iter().any(|one| one.iter().any(is_endless_repeat));
    }
    parts.iter().any(|part| {
        let Node::Repeat { most: ENDLESS, kind: Greed::Greedy | Greed::Lazy, body, .. } = part else {
            return false;
        };
        let inner = characters(body);
        // A part that must be there and that the inner loop cannot take marks the turns.
        !parts.iter().any(|other| is_one_character(other) && !characters(other).meets(&inner))
    })
}

fn is_endless_repeat(node: &Node) -> bool {
    matches!(node, Node::Repeat { most: ENDLESS, kind: Greed::Greedy | Greed::Lazy, .. })
}

fn is_one_character(node: &Node) -> bool {
    match node {
        Node::Literal(..) | Node::Class { .. } | Node::Any(_) => true,
        Node::Group { body, .. } => is_one_character(body),
        Node::Repeat { least, body, .. } => *least > 0 && is_one_character(body),
        _ => false,
    }
}

fn flatten<'a>(node: &'a Node, parts: &mut Vec<&'a Node>) {
    match node {
        Node::Group { body, .. } => flatten(body, parts),
        Node::Branch(alternatives) => match alternatives.as_slice() {
            [only] => only.iter().for_each(|inner| flatten(inner, parts)),
            _ => parts.push(node),
        },
        _ => parts.push(node),
    }
}

/// Characters, roughly: a category counts as everything.
#[derive(Default)]
struct Set {
    ranges: Vec<(u32, u32)>,
}

impl Set {
    fn everything() -> Self {
        Self { ranges: vec![(0, u32::MAX)] }
    }

    fn meets(&self, other: &Self) -> bool {
        self.ranges.iter().any(|(low, high)| other.ranges.iter().any(|(from, to)| low <= to && from <= high))
    }

    fn join(&mut self, other: Self) {
        self.ranges.extend(other.ranges);
    }
}

fn of_class(negated: bool, items: &[Item]) -> Set {
    let mut ranges = Vec::new();
    for item in items {
        match item {
            Item::Range(low, high) => ranges.push((*low, *high)),
            // Too much is only a warning too many, and a part that marks the turns must be certain.
            _ => return Set::everything(),
        }
    }
    if !negated {
        return Set { ranges };
    }
    ranges.sort_unstable();
    let mut rest = Vec::new();
    let mut from = 0;
    for (low, high) in ranges {
        if low > from {
            rest.push((from, low - 1));
        }
        from = from.max(high.saturating_add(1));
    }
    rest.push((from, u32::MAX));
    Set { ranges: rest }
}

/// All characters that a node can take.
fn characters(node: &Node) -> Set {
    match node {
        Node::Literal(code, flags) if !flags.ignore_case => Set { ranges: vec![(*code, *code)] },
        Node::Class { negated, items, flags } if !flags.ignore_case => of_class(*negated, items),
        Node::Any(flags) if !flags.dot_all => of_class(true, &[Item::Range(10, 10)]),
        Node::At(..) | Node::Look { .. } => Set::default(),
        Node::Group { body, .. } | Node::Atomic(body) | Node::Repeat { body, .. } => characters(body),
        Node::Branch(alternatives) => {
            let mut all = Set::default();
            alternatives.iter().flatten().for_each(|inner| all.join(characters(inner)));
            all
        }
        _ => Set::everything(),
    }
}

/// The characters that a sequence can begin with.
fn first(sequence: &[Node]) -> Set {
    let mut all = Set::default();
    for node in sequence {
        match node {
            Node::At(..) | Node::Look { .. } => continue,
            Node::Group { body, .. } | Node::Atomic(body) => all.join(first(std::slice::from_ref(body))),
            Node::Repeat { least: 0, body, .. } => {
                all.join(first(std::slice::from_ref(body)));
                continue;
            }
            Node::Repeat { body, .. } => all.join(first(std::slice::from_ref(body))),
            Node::Branch(alternatives) => {
                alternatives.iter().for_each(|alternative| all.join(first(alternative)));
                if alternatives.iter().any(Vec::is_empty) {
                    continue;
                }
            }
            other => all.join(characters(other)),
        }
        return all;
    }
    all
}
