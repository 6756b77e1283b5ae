//! `limescope servers headroom`: what can fail.

use std::process::ExitCode;

use color_eyre::eyre::Report;
use serde_json::json;

use super::one_mode::{self, Fleet};
use super::{Format, HeadroomOptions};
use crate::cli::output;
use crate::servers::{Availability, Headroom, PointKind, SinglePoint, availability, headroom};

const INVALID: u8 = 1;

pub(super) fn run(options: &HeadroomOptions) -> Result<ExitCode, Report> {
    let Some(fleet) = one_mode::read(&options.file, options.mode)? else {
        return Ok(ExitCode::from(INVALID));
    };
    let found = headroom(&fleet.backends, fleet.requested);
    let chance =
        options.availability.map(|each| (each, availability(&fleet.backends, fleet.requested, each)));
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{:#}", answer(&fleet, &found, chance)),
        Format::Text => writeln!(out, "{}", words(&fleet, &found, chance).join("\n")),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn answer(fleet: &Fleet, found: &Headroom, chance: Option<(f64, Availability)>) -> serde_json::Value {
    let kind = |point: &SinglePoint| match point.kind {
        PointKind::Server(role) => role.to_string(),
        PointKind::Host => "host".to_owned(),
    };
    json!({
        "mode": fleet.mode.word(),
        "requested": found.requested,
        "usable": found.usable,
        "blocks_may_fail": found.blocks_may_fail,
        "fewest_failures": found.fewest_failures,
        "weakest": found.weakest.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "blocks": found.blocks.iter().map(|(index, fewest)| json!({
            "index": index, "fewest_failures": fewest,
        })).collect::<Vec<_>>(),
        "single_points": found.single_points.iter().map(|point| json!({
            "name": point.name, "kind": kind(point), "blocks": point.blocks,
        })).collect::<Vec<_>>(),
        "availability": chance.map(|(each, chance)| json!({
            "each": each, "satisfied": chance.satisfied, "exact": chance.exact,
        })),
    })
}

fn words(fleet: &Fleet, found: &Headroom, chance: Option<(f64, Availability)>) -> Vec<String> {
    let mut lines = vec![format!(
        "{} mode: {} of {} usable blocks must be up",
        fleet.mode.word(),
        found.requested,
        found.usable
    )];
    lines.push(match found.blocks_may_fail {
        0 => "no block may fail".to_owned(),
        1 => "1 block may fail".to_owned(),
        count if count > 0 => format!("{count} blocks may fail"),
        _ => "this cannot be met".to_owned(),
    });
    for (index, fewest) in &found.blocks {
        let servers = if *fewest == 1 { "1 server" } else { &format!("{fewest} servers") };
        lines.push(format!("block {index} is lost when {servers} of one list fail"));
    }
    if found.single_points.is_empty() && found.blocks_may_fail >= 0 {
        let weakest: Vec<_> = found.weakest.iter().map(ToString::to_string).collect();
        lines.push("no single point of failure".to_owned());
        lines.push(format!("{} failures are enough: {}", found.fewest_failures, weakest.join(", ")));
    }
    for point in &found.single_points {
        let blocks: Vec<_> = point.blocks.iter().map(ToString::to_string).collect();
        let kind = match point.kind {
            PointKind::Server(role) => role.to_string(),
            PointKind::Host => "host".to_owned(),
        };
        let of = if blocks.len() == 1 { "block" } else { "blocks" };
        lines.push(format!("single point of failure: {kind} {} ({of} {})", point.name, blocks.join(", ")));
    }
    if let Some((each, chance)) = chance {
        let about = if chance.exact { "" } else { "about " };
        lines.push(format!(
            "with each server up {:.4} % of the time, alone: met {about}{:.6} % of the time",
            each * 100.0,
            chance.satisfied * 100.0
        ));
    }
    lines
}
