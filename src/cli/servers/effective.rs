//! `limescope servers effective`: which value is in force, and since where.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use color_eyre::eyre::Report;
use serde_json::{Value, json};

use super::{EffectiveOptions, Format};
use crate::cli::output;
use crate::files::bounded::{self, ReadError};
use crate::servers::Severity;
use crate::servers::document::MAX_BYTES;
use crate::servers::layers::{self, Content, Effective, FOLDERS, Given, Layer, ONLY_FILE, Origin};
use crate::text::sanitise;

const INVALID: u8 = 1;

/// Files of a drop-in folder at most.
const MAX_DROP_INS: usize = 1_024;

pub(super) fn run(options: &EffectiveOptions) -> Result<ExitCode, Report> {
    let mut environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| name.starts_with("KEYLIME_"))
        .collect();
    environment.sort();
    let root = options.root.as_deref().unwrap_or(Path::new("/"));
    let only = environment.iter().find(|(name, value)| name == ONLY_FILE && !value.is_empty());
    let only = only.map(|(_, value)| below(root, value));
    let layers = match &only {
        Some(file) => vec![only_file(file)],
        None => all(root),
    };
    let found = layers::effective(&layers, &environment);
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{:#}", answer(&layers, &found, only.as_deref())),
        Format::Text => writeln!(out, "{}", words(&layers, &found, only.as_deref()).join("\n")),
    })?;
    let starts = found.problems.iter().all(|problem| problem.severity != Severity::Error);
    Ok(if starts { ExitCode::SUCCESS } else { ExitCode::from(INVALID) })
}

/// An absolute path as seen from another root.
fn below(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

fn only_file(path: &Path) -> Layer {
    let content = match bounded::read_text(path, MAX_BYTES as u64) {
        Ok(text) => Content::Text(text),
        Err(error @ ReadError::Missing { .. }) => Content::Missing(error.to_string()),
        Err(error) => Content::Unreadable(error.to_string()),
    };
    Layer { name: shown(path), drop_in: false, content }
}

/// Every file that the agent reads, in its order. What is not there is no layer.
fn all(root: &Path) -> Vec<Layer> {
    let mut layers = Vec::new();
    for folder in FOLDERS {
        layers.extend(layer(&below(root, &format!("{folder}/agent.conf")), false));
        let drop_ins = below(root, &format!("{folder}/agent.conf.d"));
        let mut files: Vec<PathBuf> = match std::fs::read_dir(&drop_ins) {
            Ok(entries) => {
                entries.flatten().map(|entry| entry.path()).filter(|path| !path.is_dir()).collect()
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                let why = format!("{}: {error}", shown(&drop_ins));
                layers.push(Layer {
                    name: shown(&drop_ins),
                    drop_in: false,
                    content: Content::Unreadable(why),
                });
                continue;
            }
        };
        files.sort();
        if files.len() > MAX_DROP_INS {
            let why =
                format!("{}: {} files; only {MAX_DROP_INS} are looked at", shown(&drop_ins), files.len());
            layers.push(Layer { name: shown(&drop_ins), drop_in: false, content: Content::Unreadable(why) });
        }
        layers.extend(files.iter().take(MAX_DROP_INS).filter_map(|file| layer(file, true)));
    }
    layers
}

fn layer(path: &Path, drop_in: bool) -> Option<Layer> {
    let content = match bounded::read_text(path, MAX_BYTES as u64) {
        Ok(text) => Content::Text(text),
        Err(ReadError::Missing { .. }) => return None,
        Err(error) => Content::Unreadable(error.to_string()),
    };
    Some(Layer { name: shown(path), drop_in, content })
}

fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_string()
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
        let place = |given: &Given| layers::place(layers, &given.origin);
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
