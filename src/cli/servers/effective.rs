//! `limescope servers effective`: which value is in force, and since where.

use std::path::Path;
use std::process::ExitCode;

use color_eyre::eyre::Report;
use serde_json::{Value, json};

use super::{EffectiveOptions, Format};
use crate::cli::output;
use crate::servers::Severity;
use crate::servers::layers::{self, Effective, Given, Layer, ONLY_FILE, Origin};
use crate::tasks::agent_files::{self, AgentFiles, shown};

const INVALID: u8 = 1;

pub(super) fn run(options: &EffectiveOptions) -> Result<ExitCode, Report> {
    let environment = agent_files::environment();
    let root = options.root.as_deref().unwrap_or(Path::new("/"));
    let AgentFiles { only, layers } = agent_files::read(root, &environment);
    let found = layers::effective(&layers, &environment);
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{:#}", answer(&layers, &found, only.as_deref())),
        Format::Text => writeln!(out, "{}", words(&layers, &found, only.as_deref()).join("\n")),
    })?;
    let starts = found.problems.iter().all(|problem| problem.severity != Severity::Error);
    Ok(if starts { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

fn words(layers: &[Layer], found: &Effective, only: Option<&Path>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(file) = only {
        lines.push(format!("{ONLY_FILE} is set: {} is the only file that is read", shown(file)));
    }
    for problem in &found.problems {
        lines.push(format!("{}: {} [{}]", problem.severity, problem.message, problem.code));
    }
    for setting in &found.settings {
        let place = |given: &Given| match &given.origin {
            // A service has an environment of its own.
            Origin::Environment { variable } => format!("{variable} of this shell's environment"),
            origin => layers::place(layers, origin),
        };
        lines.push(format!("{} = {}  ({})", setting.key, setting.value.shown, place(&setting.value)));
        for given in &setting.overridden {
            lines.push(format!("    overrides {}  ({})", given.shown, place(given)));
        }
    }
    lines
}

fn answer(layers: &[Layer], found: &Effective, only: Option<&Path>) -> Value {
    let given = |given: &Given| {
        let (file, line, variable) = match &given.origin {
            Origin::Default => (None, None, None),
            Origin::File { layer, line } => (layers.get(*layer).map(|layer| &layer.name), Some(line), None),
            Origin::Environment { variable } => (None, None, Some(variable)),
        };
        json!({ "value": given.shown, "file": file, "line": line, "variable": variable })
    };
    json!({
        "only_file": only.map(shown),
        "files": layers.iter().map(|layer| &layer.name).collect::<Vec<_>>(),
        "settings": found.settings.iter().map(|setting| json!({
            "key": setting.key,
            "effective": given(&setting.value),
            "overridden": setting.overridden.iter().map(given).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "problems": found.problems.iter().map(|problem| json!({
            "severity": problem.severity.to_string(), "code": problem.code, "message": problem.message,
        })).collect::<Vec<_>>(),
    })
}
