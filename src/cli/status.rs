//! `limescope status`: one poll of every group, printed.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use color_eyre::eyre::{Report as Failure, eyre};
use jiff::Timestamp;

use super::arguments::{Format, Global, StatusOptions};
use super::report::{self, group_name, shown, words};
use super::{load, output};
use crate::config::Config;
use crate::fleet::{AgentView, GroupView, Reachability, Snapshot, Verdict};
use crate::tasks;
use crate::text::count::some;
use crate::text::csv;

pub(super) fn run(global: &Global, options: &StatusOptions) -> Result<ExitCode, Failure> {
    let config = load::load(global)?.config;
    check_names(&config, &options.groups)?;
    let _log = load::start_log()?;
    let chosen = |name: &str| options.groups.is_empty() || options.groups.iter().any(|chosen| chosen == name);
    let (snapshot, taken_at) = take(&config, chosen)?;
    let groups: Vec<_> =
        snapshot.groups.iter().filter(|group| chosen(&group.name)).map(|group| &**group).collect();
    output::standard(|out| match options.format {
        Format::Json => report::json(out, &snapshot, &groups, taken_at),
        Format::Csv => csv_rows(out, &snapshot),
        Format::Table => table(out, &snapshot, &groups),
    })?;
    // As with the model.
    std::mem::forget(snapshot);
    Ok(ExitCode::SUCCESS)
}

/// One poll of every chosen group, on a network runtime of its own.
pub(super) fn take(config: &Config, chosen: impl Fn(&str) -> bool) -> Result<(Snapshot, Timestamp), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut fleet = runtime.block_on(tasks::once(config, chosen, load::limits(), &mut load::ask_passphrase));
    let snapshot = fleet.snapshot();
    // The process ends soon: giving back every agent of a large fleet would only keep the caller waiting.
    std::mem::forget(fleet);
    // A name lookup that hangs in the system must not hold up the end.
    runtime.shutdown_background();
    Ok((snapshot, Timestamp::now()))
}

/// Whether all these groups are configured.
pub(super) fn check_names(config: &Config, names: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = names.iter().find(|name| !config.groups.iter().any(|group| group.name == **name)) {
        let known: Vec<_> = config.groups.iter().map(|group| group.name.as_str()).collect();
        let near = crate::text::nearest::nearest(unknown, known.iter().copied());
        let hint = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        return Err(eyre!(
            "there is no group {}{hint} (configured: {})",
            crate::text::sanitise(unknown),
            known.join(", ")
        ));
    }
    Ok(())
}

fn csv_rows(out: &mut dyn Write, snapshot: &Snapshot) -> io::Result<()> {
    writeln!(
        out,
        "id,verdict,split,have,want,flags,group,group_verdict,group_flags,attestation_status,operational_state,age_s,event_id,severity,reason"
    )?;
    for agent in snapshot.agents.iter() {
        for here in &agent.groups {
            let record = here.record.as_deref();
            let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
            let text = |text: Option<crate::text::Shown>| csv::field(text.unwrap_or_default().as_str());
            let fields = [
                csv::field(agent.shown.as_str()),
                agent.verdict.word().to_owned(),
                agent.split.to_string(),
                agent.coverage.have.to_string(),
                agent.coverage.want.to_string(),
                words(agent.flags).join(" "),
                csv::field(group_name(here, snapshot)),
                here.judgement.verdict.word().to_owned(),
                words(here.judgement.flags).join(" "),
                text(shown(record, |record| record.attestation_status.as_ref())),
                number(record.and_then(|record| record.operational_state)),
                here.judgement.age.map(|age| age.to_string()).unwrap_or_default(),
                text(shown(record, |record| record.last_event_id.as_ref())),
                number(record.and_then(|record| record.severity_level)),
                csv::field(&here.reason_words()),
            ];
            writeln!(out, "{}", fields.join(","))?;
        }
    }
    Ok(())
}

fn table(out: &mut dyn Write, snapshot: &Snapshot, groups: &[&GroupView]) -> io::Result<()> {
    for group in groups {
        group_lines(out, group)?;
    }
    let mut agents: Vec<&Arc<AgentView>> = snapshot.agents.iter().collect();
    agents.sort_by_key(|agent| agent.verdict);
    if !agents.is_empty() {
        writeln!(out)?;
        let width =
            agents.iter().map(|agent| agent.shown.as_str().chars().count()).max().unwrap_or(0).clamp(5, 64);
        writeln!(out, "{:<10}  {:<width$}  COVER  GROUP: WHY", "VERDICT", "AGENT")?;
        for agent in agents {
            agent_line(out, agent, width, snapshot)?;
        }
    }
    Ok(())
}

fn group_lines(out: &mut dyn Write, group: &GroupView) -> io::Result<()> {
    let (up, counted) = group.addresses_up();
    let reachability = group.reachability.unwrap_or(Reachability::Down).word();
    let share = group.verifier_time_share.map(|_| format!(", {} of the verifier's time", group.share_words));
    writeln!(
        out,
        "{}: {reachability}, {} mode, {up} of {} up{}",
        group.name,
        group.mode.word(),
        some(counted, "address", "addresses"),
        share.unwrap_or_default()
    )?;
    let counts: Vec<_> = Verdict::ALL
        .into_iter()
        .filter(|verdict| group.counts.get(*verdict) > 0)
        .map(|verdict| format!("{} {}", group.counts.get(verdict), verdict.word()))
        .collect();
    writeln!(out, "  agents: {}", if counts.is_empty() { "none".to_owned() } else { counts.join(", ") })?;
    for address in &group.addresses {
        let failure = address.report.as_ref().and_then(|report| report.failure.as_ref());
        let state = address.report.as_ref().map_or("error", |report| report.state().word());
        let words = failure.map(|failure| format!(": {}", failure.words)).unwrap_or_default();
        writeln!(out, "  {:<16} {}  {state}{words}", address.role.word(), address.address)?;
        if let Some(failure) = failure {
            writeln!(out, "  {:<16} → {}", "", failure.state.next_step())?;
        }
    }
    if let Some(warning) = group.certificate_warning() {
        writeln!(out, "  {warning}")?;
    }
    Ok(())
}

fn agent_line(out: &mut dyn Write, agent: &AgentView, width: usize, snapshot: &Snapshot) -> io::Result<()> {
    let why: Vec<_> = agent
        .groups
        .iter()
        .map(|here| format!("{}: {}", group_name(here, snapshot), here.reason_words()))
        .collect();
    let flags = words(agent.flags);
    let flags = if flags.is_empty() { String::new() } else { format!(" [{}]", flags.join(" ")) };
    let split = if agent.split { " (the groups differ)" } else { "" };
    let cover = format!("{}/{}", agent.coverage.have, agent.coverage.want);
    writeln!(
        out,
        "{:<10}  {:<width$}  {cover:<5}  {}{split}{flags}",
        agent.verdict.word(),
        agent.shown.as_str(),
        why.join("; ")
    )
}
