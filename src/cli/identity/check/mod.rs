//! `limescope identity check`: the evidence of agents, checked again.

mod json;
mod text;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use color_eyre::eyre::{Report, eyre};
use futures_util::stream::{self, StreamExt};

use crate::cli::arguments::Global;
use crate::cli::{load, output, status};
use crate::tasks::quotes::{AgentCheck, COST, CheckError, Found, Quotes, Source};
use crate::text::count::some;
use crate::text::{RemoteText, sanitise};

/// A step failed, or what proves something could not be checked.
const NOT_CLEAN: u8 = 1;

/// Agents whose evidence is fetched at the same time.
const AT_A_TIME: usize = 4;

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The agents' ids
    #[arg(value_name = "AGENT", required_unless_present = "all")]
    agents: Vec<String>,
    /// Every agent that the verifiers have
    #[arg(long, conflicts_with_all = ["agents", "ask_agent"])]
    all: bool,
    /// Only this group; may be repeated
    #[arg(long = "group", value_name = "NAME")]
    groups: Vec<String>,
    /// Ask the agent itself for a quote over a nonce of ours (pull mode). It costs its TPM a quote, and the agent
    /// resets and extends its PCR 16
    #[arg(long)]
    ask_agent: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    Text,
    Json,
}

/// What became of one agent in one group.
struct Checked {
    group: String,
    agent: RemoteText,
    result: Result<AgentCheck, CheckError>,
}

pub(super) fn run(global: &Global, arguments: &CheckArguments) -> Result<ExitCode, Report> {
    let mut config = load::load(global)?.config;
    status::check_names(&config, &arguments.groups)?;
    config.groups.retain(|group| arguments.groups.is_empty() || arguments.groups.contains(&group.name));
    let _log = load::start_log()?;
    if arguments.ask_agent {
        output::message(&format!("asking the agent itself: {COST}"));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let quotes = {
        let _inside = runtime.enter();
        Quotes::of(&config, load::limits(), &mut load::ask_passphrase)
    };
    let source = if arguments.ask_agent { Source::Agent } else { Source::Verifier };
    let checked = runtime.block_on(async {
        let Some(wanted) = wanted(&quotes, arguments).await? else { return Ok(None) };
        let check = |(group, agent): (String, RemoteText)| async {
            let result = quotes.check(&group, &agent, source).await;
            Checked { group, agent, result }
        };
        Ok::<_, Report>(Some(stream::iter(wanted).map(check).buffered(AT_A_TIME).collect::<Vec<_>>().await))
    });
    // A name lookup that hangs in the system must not hold up the end.
    runtime.shutdown_background();
    let Some(checked) = checked? else {
        output::message("nothing was checked: no verifier answered");
        return Ok(ExitCode::from(NOT_CLEAN));
    };
    if checked.is_empty() {
        output::message("there is no agent to check yet");
    }
    let mut known = Vec::new();
    let mut code = ExitCode::SUCCESS;
    let mut not_kept = 0;
    for Checked { group, agent, result } in &checked {
        match result {
            // Of all agents, those in pull mode are none to look at.
            Ok(check) if arguments.all && check.found == Found::NothingKept => not_kept += 1,
            Ok(check) => known.push(check),
            // An agent is not in every group.
            Err(CheckError::NotThere(_)) => {}
            Err(error @ CheckError::Failed { .. }) => {
                output::message(&format!("{}: {error}", agent.shown()));
                code = ExitCode::from(NOT_CLEAN);
            }
            // One agent's id must not keep anybody from looking at the others.
            Err(error @ CheckError::OddId) if arguments.all => {
                output::message(&format!("{}: {group}: {error}", agent.shown()));
                code = ExitCode::from(NOT_CLEAN);
            }
            Err(error) => return Err(eyre!("{}: {group}: {error}", agent.shown())),
        }
    }
    for agent in &arguments.agents {
        let of_agent = |checked: &&Checked| checked.agent.raw() == agent;
        if checked.iter().filter(of_agent).all(|one| matches!(one.result, Err(CheckError::NotThere(_)))) {
            return Err(eyre!("no group of the configuration knows the agent {}", sanitise(agent)));
        }
    }
    if not_kept > 0 {
        let agents = some(not_kept, "agent was", "agents were");
        output::message(&format!(
            "{agents} not checked: their verifiers are in pull mode and keep no evidence"
        ));
    }
    if known.iter().any(|check| !check.is_clean()) {
        code = ExitCode::from(NOT_CLEAN);
    }
    output::standard(|out| match arguments.format {
        CheckFormat::Json => json::write(out, &known),
        CheckFormat::Text => text::write(out, &known),
    })?;
    Ok(code)
}

/// Each agent with each group in which it is to be looked for; nothing where no group gave a list of its agents.
async fn wanted(
    quotes: &Quotes,
    arguments: &CheckArguments,
) -> Result<Option<Vec<(String, RemoteText)>>, Report> {
    let (mut wanted, mut answered) = (Vec::new(), false);
    for group in quotes.groups() {
        if !arguments.all {
            let named = arguments.agents.iter().map(|agent| RemoteText::from(agent.as_str()));
            wanted.extend(named.map(|agent| (group.clone(), agent)));
            answered = true;
            continue;
        }
        match quotes.agents(&group).await {
            Ok(agents) => {
                answered = true;
                wanted.extend(agents.into_iter().map(|agent| (group.clone(), agent)));
            }
            Err(error) => output::message(&format!("not checked: {error}")),
        }
    }
    Ok(answered.then_some(wanted))
}
