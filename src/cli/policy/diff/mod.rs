//! `limescope policy diff`.

mod answer;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::{Report, eyre};

use super::opened::Opened;
use super::{Format, Inputs};
use crate::cli::output;
use crate::policy::diff::{Comparison, compare};
use answer::{Answer, Relation};

/// The policies differ.
const DIFFERENT: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct DiffOptions {
    /// The policy that was; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "A")]
    left: PathBuf,
    /// The policy that is
    #[arg(value_name = "B")]
    right: PathBuf,
    /// Entries of each list that are printed; the rest is counted
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &DiffOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let (left, right) = (inputs.load(&options.left)?, inputs.load(&options.right)?);
    // Two of a million digests each are read on two cores.
    let (left, right) = std::thread::scope(|scope| {
        let left = scope.spawn(|| Opened::new(left, false));
        let right = Opened::new(right, false);
        left.join().map(|left| (left, right))
    })
    .map_err(|_panic| eyre!("a policy could not be read"))?;
    let (before, after) = (left.policy()?, right.policy()?);
    let sums = (left.examination.policy_sha256(), right.examination.policy_sha256());
    let relation = match &sums {
        _ if left.examination.sha256 == right.examination.sha256 => Some(Relation::Identical),
        (Some(one), Some(other)) if one == other => Some(Relation::ReSigned),
        _ => None,
    };
    let comparison = match relation {
        Some(_) => Comparison::default(),
        None => compare(before, after, &mut |_done| std::ops::ControlFlow::Continue(()))
            .ok_or_else(|| eyre!("the comparison was stopped"))?,
    };
    let relation = relation.unwrap_or(match comparison.is_same() {
        true => Relation::SameContent,
        false => Relation::Different,
    });
    let answer = Answer::new((&left, sums.0), (&right, sums.1), relation, &comparison, options.limit)?;
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&answer)?),
        Format::Text => words::write(out, &answer),
    })?;
    Ok(if comparison.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) })
}
