//! What embedded fleet is wanted.

/// Most groups that one embedded fleet may have.
pub const MAX_GROUPS: usize = 64;

/// Most agent ids that one embedded fleet may have.
pub const MAX_AGENTS: usize = 500_000;

/// What embedded fleet is wanted. The same options give the same fleet: the
/// same ids in the same groups with the same states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoOptions {
    /// Groups, 1 to [`MAX_GROUPS`]. From two groups on, one of them (`lab`)
    /// has a verifier that refuses, so that `unknown` exists; with one group
    /// that verdict cannot exist beside the others.
    pub groups: usize,
    /// Distinct agent ids over all groups together, 1 to [`MAX_AGENTS`].
    /// Every verdict exists from nine ids on (and two groups), every flag of
    /// the story from about thirty on.
    pub agents: usize,
    /// Everything that is chosen at random follows from this number.
    pub seed: u64,
    /// No story and a clock that stands: two equal questions get equal answers.
    pub still: bool,
    /// How long answers take.
    pub pace: Pace,
}

impl Default for DemoOptions {
    fn default() -> Self {
        Self { groups: 4, agents: 120, seed: 1, still: false, pace: Pace::Instant }
    }
}

/// How long answers take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As fast as they can be made.
    #[default]
    Instant,
    /// As a verifier with one worker does: a bulk answer takes 0.55 ms per
    /// agent (measured at 200 to 5,000 agents), and that address answers
    /// nothing else meanwhile, handshakes included.
    Keylime,
}
