//! `limescope servers pick`: whom would an agent talk to?

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use color_eyre::eyre::{Report, eyre};
use serde_json::{Value, json};

use super::one_mode::{self, Fleet};
use super::{Format, PickOptions};
use crate::cli::output;
use crate::servers::document::Mode;
use crate::servers::{
    Duplicates, Endpoint, Pair, Role, Standing, mask_userinfo, parse_address, registrar_agent_face,
    registrar_operator_face, verifier_endpoint,
};
use crate::text::sanitise;

const INVALID: u8 = 1;

/// What one draw ended with.
struct Drawn<'f> {
    standing: Standing,
    picks: Vec<Pair<'f>>,
}

pub(super) fn run(options: &PickOptions) -> Result<ExitCode, Report> {
    let Some(fleet) = one_mode::read(&options.file, options.mode)? else {
        return Ok(ExitCode::from(INVALID));
    };
    let mut down = BTreeSet::new();
    for address in &options.down {
        down.extend(servers_of(&fleet, address)?);
    }
    let first = draw(&fleet, options.seed, &down);
    let mut counts = Counts::default();
    for number in 0..options.draws {
        counts.add(&draw(&fleet, options.seed.wrapping_add(number.into()), &down));
    }
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{:#}", answer(&fleet, options, &first, &counts)),
        Format::Text if options.draws == 1 => writeln!(out, "{}", words(&fleet, &first).join("\n")),
        Format::Text => writeln!(out, "{}", counts.words(&fleet, options.draws).join("\n")),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The servers of the file that an address of the command line means.
fn servers_of(fleet: &Fleet, text: &str) -> Result<Vec<(Role, Endpoint)>, Report> {
    let shown = sanitise(&mask_userinfo(text));
    let mut found = Vec::new();
    let mut refused = None;
    for role in [Role::Registrar, Role::Verifier] {
        let address = match parse_address(text, role) {
            Ok((address, _)) => address,
            Err(error) => {
                refused = Some(error);
                continue;
            }
        };
        let face = match role {
            Role::Verifier => verifier_endpoint(&address),
            Role::Registrar if fleet.mode == Mode::Console => registrar_operator_face(&address),
            Role::Registrar => registrar_agent_face(&address),
        };
        let known = fleet.backends.iter().any(|backend| {
            let list = if role == Role::Registrar { &backend.registrars } else { &backend.verifiers };
            list.iter().any(|endpoint| endpoint.canonical() == face.canonical())
        });
        if known {
            found.push((role, face.canonical()));
        }
    }
    match (found.is_empty(), refused) {
        (false, _) => Ok(found),
        (true, Some(error)) if parse_address(text, Role::Registrar).is_err() => Err(eyre!("--down {error}")),
        (true, _) => Err(eyre!("--down {shown}: no usable block names this address")),
    }
}

/// One draw, until all that is in use is up or nothing is left to try.
fn draw<'f>(fleet: &'f Fleet, seed: u64, down: &BTreeSet<(Role, Endpoint)>) -> Drawn<'f> {
    let requested = NonZeroUsize::new(fleet.requested).unwrap_or(NonZeroUsize::MIN);
    let mut duplicates = Duplicates::among(&fleet.backends, requested, seed);
    let now = Duration::ZERO;
    let is_down = |role, endpoint: Option<&Endpoint>| {
        endpoint.is_some_and(|endpoint| down.contains(&(role, endpoint.canonical())))
    };
    let servers: usize =
        fleet.backends.iter().map(|backend| backend.registrars.len() + backend.verifiers.len()).sum();
    // Each failure takes one server out of the choice.
    for _ in 0..=servers {
        let failing = duplicates.picks(now).into_iter().find_map(|pick| {
            let pair = pick.pair(&fleet.backends)?;
            if is_down(Role::Registrar, pair.registrar) {
                Some((pick.block, Role::Registrar))
            } else if is_down(Role::Verifier, pair.verifier) {
                Some((pick.block, Role::Verifier))
            } else {
                None
            }
        });
        match failing {
            Some((block, role)) => duplicates.failed(block, role, now),
            None => break,
        }
    }
    let pairs = duplicates.picks(now).into_iter().filter_map(|pick| pick.pair(&fleet.backends));
    Drawn { standing: duplicates.standing(), picks: pairs.collect() }
}

#[derive(Default)]
struct Counts {
    satisfied: u32,
    blocks: BTreeMap<usize, u32>,
    servers: BTreeMap<(usize, Role, Endpoint), u32>,
}

impl Counts {
    fn add(&mut self, drawn: &Drawn<'_>) {
        self.satisfied += u32::from(drawn.standing.is_satisfied());
        for pick in &drawn.picks {
            *self.blocks.entry(pick.backend.index).or_default() += 1;
            for (role, server) in [(Role::Registrar, pick.registrar), (Role::Verifier, pick.verifier)] {
                if let Some(server) = server {
                    *self.servers.entry((pick.backend.index, role, server.clone())).or_default() += 1;
                }
            }
        }
    }

    fn words(&self, fleet: &Fleet, draws: u32) -> Vec<String> {
        let mut lines = vec![format!(
            "{} mode: {} of {draws} draws found the {} of {} blocks that are demanded",
            fleet.mode.word(),
            self.satisfied,
            fleet.requested,
            fleet.backends.len()
        )];
        for backend in &fleet.backends {
            let index = backend.index;
            lines.push(format!("block {index}: {}", self.blocks.get(&index).copied().unwrap_or_default()));
            for (role, list) in [(Role::Registrar, &backend.registrars), (Role::Verifier, &backend.verifiers)]
            {
                for server in list {
                    let count = self.servers.get(&(index, role, server.clone())).copied().unwrap_or_default();
                    lines.push(format!("  {role:<9} {server}: {count}"));
                }
            }
        }
        lines
    }
}

fn words(fleet: &Fleet, drawn: &Drawn<'_>) -> Vec<String> {
    let Standing { alive, requested } = drawn.standing;
    let state = if drawn.standing.is_satisfied() { "satisfied" } else { "DEGRADED" };
    let mut lines = vec![format!("{} mode: {state} {alive}/{requested}", fleet.mode.word())];
    for pick in &drawn.picks {
        let name = |server: Option<&Endpoint>| server.map_or("all are down".to_owned(), ToString::to_string);
        let mut line = format!("block {}: registrar {}", pick.backend.index, name(pick.registrar));
        if fleet.mode.needs_verifiers() {
            line.push_str(&format!(", verifier {}", name(pick.verifier)));
        }
        lines.push(line);
    }
    lines
}

fn answer(fleet: &Fleet, options: &PickOptions, first: &Drawn<'_>, counts: &Counts) -> Value {
    let name = |server: Option<&Endpoint>| server.map(ToString::to_string);
    let servers = |wanted: Role| -> Vec<Value> {
        let of_role = counts.servers.iter().filter(|((_, role, _), _)| *role == wanted);
        of_role
            .map(|((block, _, server), count)| json!({ "block": block, "url": server.to_string(), "count": count }))
            .collect()
    };
    json!({
        "mode": fleet.mode.word(),
        "seed": options.seed,
        "draws": options.draws,
        "requested": fleet.requested,
        "usable": fleet.backends.len(),
        "satisfied_draws": counts.satisfied,
        "first": {
            "satisfied": first.standing.is_satisfied(),
            "alive": first.standing.alive,
            "picks": first.picks.iter().map(|pick| json!({
                "block": pick.backend.index, "registrar": name(pick.registrar), "verifier": name(pick.verifier),
            })).collect::<Vec<_>>(),
        },
        "counts": {
            "blocks": counts.blocks.iter().map(|(block, count)| json!({ "block": block, "count": count })).collect::<Vec<_>>(),
            "registrars": servers(Role::Registrar),
            "verifiers": servers(Role::Verifier),
        },
    })
}
