//! A regular expression as Python reads it: a tree with the flags already worked out for every leaf.

/// Python's `MAXREPEAT`: a count that large is refused, and it stands for "without end".
pub(super) const ENDLESS: u64 = 4_294_967_295;

/// What is matched one after the other.
pub(super) type Sequence = Vec<Node>;

/// The flags that a leaf is read under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) dot_all: bool,
    pub(super) verbose: bool,
    pub(super) ascii: bool,
}

/// One element of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// One code point; a surrogate (`\ud800`) matches nothing that a path can hold.
    Literal(u32, Flags),
    /// One of several, or none of them.
    Class { negated: bool, items: Vec<Item>, flags: Flags },
    /// `.`
    Any(Flags),
    /// A place, not a character.
    At(Place, Flags),
    /// A group; those with a number capture.
    Group { number: Option<usize>, body: Box<Node> },
    /// One of several sequences.
    Branch(Vec<Sequence>),
    /// The body again and again.
    Repeat { least: u64, most: u64, kind: Greed, body: Box<Node> },
    /// `(?>…)`
    Atomic(Box<Node>),
    /// Look-ahead and look-behind.
    Look { behind: bool, negated: bool, body: Box<Node> },
    /// What a group of the whole, joined expression matched.
    Reference(usize, Flags),
    /// `(?(1)…|…)`
    Conditional { group: usize, yes: Sequence, no: Sequence },
}

/// Part of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Item {
    Range(u32, u32),
    Digit { negated: bool },
    Space { negated: bool },
    Word { negated: bool },
}

/// A place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `^`
    LineStart,
    /// `$`
    LineEnd,
    /// `\A`
    TextStart,
    /// `\Z`
    TextEnd,
    /// `\b`
    Boundary,
    /// `\B`
    NoBoundary,
}

/// How a repetition tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// Why an expression was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// Python's own words where it has some.
    pub(super) message: String,
    /// Characters from the start of the expression.
    pub(super) position: usize,
}

/// What follows from a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// Python raises `re.error`, which the verifier catches.
    Refused,
    /// The same, because of a reference to a group that is not there (in an entry alone it may be).
    Reference,
    /// The same, for a group name that occurs twice.
    DuplicateName,
    /// The same, for `(?i)` and the like.
    GlobalFlags,
    /// Python raises something that the verifier does not catch.
    Raises,
    /// We cannot say.
    Unsure,
}

/// The number of characters that a part matches, at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Width {
    pub(super) least: u64,
    pub(super) most: u64,
}

impl Width {
    fn none() -> Self {
        Self { least: 0, most: 0 }
    }

    fn clamped(least: u128, most: u128) -> Self {
        let limit = u128::from(ENDLESS);
        Self {
            least: u64::try_from(least.min(limit - 1)).unwrap_or(ENDLESS - 1),
            most: u64::try_from(most.min(limit)).unwrap_or(ENDLESS),
        }
    }

    fn either(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// The width of a sequence, as `SubPattern.getwidth` of Python's `re` counts it.
pub(super) fn width(sequence: &[Node], groups: &[Option<Width>]) -> Width {
    let (mut least, mut most) = (0_u128, 0_u128);
    for node in sequence {
        let one = width_of(node, groups);
        least += u128::from(one.least);
        most += u128::from(one.most);
    }
    Width::clamped(least, most)
}

/// The width of one node.
pub(super) fn width_of(node: &Node, groups: &[Option<Width>]) -> Width {
    match node {
        Node::Literal(..) | Node::Class { .. } | Node::Any(_) => Width { least: 1, most: 1 },
        Node::At(..) | Node::Look { .. } => Width::none(),
        Node::Group { body, .. } | Node::Atomic(body) => width_of(body, groups),
        Node::Branch(alternatives) => alternatives
            .iter()
            .map(|one| width(one, groups))
            .reduce(Width::either)
            .unwrap_or_else(Width::none),
        Node::Repeat { least, most, body, .. } => {
            let one = width_of(body, groups);
            Width::clamped(
                u128::from(one.least) * u128::from(*least),
                u128::from(one.most) * u128::from(*most),
            )
        }
        Node::Reference(group, _) => groups.get(*group).copied().flatten().unwrap_or_else(Width::none),
        Node::Conditional { yes, no, .. } => width(yes, groups).either(width(no, groups)),
    }
}
