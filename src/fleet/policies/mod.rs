//! The policies that all groups store, and whether they are the same ones.
//! Pure: it is told small facts about texts, never the texts.
//!
//! Two sums decide: that of the stored text, and that of the policy inside.
//! Equal texts are the same; other texts around an equal policy are
//! *re-signed*; everything else under one name is *drift*, and it is said who
//! differs from whom. An envelope whose signature is wrong has no policy inside
//! that could be equal to another: it is drift, and why is said. Where no key
//! is trusted nobody can know that, so equal payloads are *re-signed*, with the
//! words that no trusted key vouches for it. A policy stored under an agent's id is that agent's, and
//! those that Keylime makes for agents without a policy are hidden, as long as
//! they are as empty as Keylime makes them.

mod catalogue;
mod comparison;
mod facts;
mod reference;

pub use catalogue::{
    Catalogue, GroupPolicies, Looked, PolicyList, PolicyRow, Standing, Visibility, catalogue,
};
pub use comparison::{Agreement, Comparison, Side, against, compare};
pub use facts::{Counts, Judged, PolicyFacts, Relation, relation};
pub use reference::{PolicyReference, ReferenceError, reference};
