//! What an operator has to know once a file is saved.

use std::path::Path;

use super::agent_files::{self, AgentFiles, shown};
use super::service_environment;
use crate::files::saving::Saved;
use crate::servers::Severity;
use crate::servers::document::{DUPLICATION, LEGACY_KEYS, Mode, SERVERS};
use crate::servers::layers::{self, Layer, ONLY_FILE, Origin};

/// Where the backup is, what still overrides the file, and what to restart.
/// `named` is the file as it was named: a link, perhaps.
pub(crate) fn words(path: &Path, named: &Path, saved: &Saved, modes: &[Mode]) -> Vec<String> {
    let mut words = vec![match &saved.backup {
        Some(backup) => format!("saved {}; what it held before is in {}", shown(path), shown(backup)),
        None => format!("saved {}", shown(path)),
    }];
    if modes.contains(&Mode::Console) {
        return words;
    }
    let named = std::path::absolute(named).unwrap_or_else(|_unknown| named.to_owned());
    let overrides = |path: &Path| overriding(path, modes);
    words.extend([named.as_path(), path].into_iter().find_map(overrides).unwrap_or_default());
    words.push(restart(modes).to_owned());
    words
}

/// What wins over this file; `None`: it is in none of an agent's folders.
fn overriding(path: &Path, modes: &[Mode]) -> Option<Vec<String>> {
    let root = agent_files::root_of(path)?;
    let mut environment = agent_files::environment();
    let AgentFiles { only, mut layers } = agent_files::read(&root, &environment);
    let name = shown(path);
    let place = |layers: &[Layer]| layers.iter().position(|layer| layer.name == name);
    let mut words = Vec::new();
    if let (Some(only), None) = (&only, place(&layers)) {
        words.push(format!(
            "warning: {ONLY_FILE} is set in this shell: an agent that has it too reads {} instead",
            shown(only)
        ));
        // An agent that has it not reads its folders.
        environment.retain(|(variable, _)| variable != ONLY_FILE);
        layers = agent_files::read(&root, &environment).layers;
    }
    if let Some(ours) = place(&layers) {
        words.extend(from_others(&layers, ours, &environment));
    }
    words.extend(service_environment::words(&root, modes));
    Some(words)
}

fn from_others(layers: &[Layer], ours: usize, environment: &[(String, String)]) -> Vec<String> {
    let found = layers::effective(layers, environment);
    let is_ours = |origin: &Origin| matches!(origin, Origin::File { layer, .. } if *layer == ours);
    let about_servers = |key: &str| key == SERVERS || key == DUPLICATION || LEGACY_KEYS.contains(&key);
    let mut words: Vec<_> = found
        .settings
        .iter()
        .filter(|setting| about_servers(&setting.key) && !is_ours(&setting.value.origin))
        .filter(|setting| setting.overridden.iter().any(|given| is_ours(&given.origin)))
        .map(|setting| {
            let (place, value) = (layers::place(layers, &setting.value.origin), &setting.value.shown);
            match setting.value.origin {
                // The service has an environment of its own.
                Origin::Environment { .. } => format!(
                    "warning: {} of this file does nothing for an agent that has this shell's variable {place}, \
                     which gives {value} and wins",
                    setting.key
                ),
                _ => format!(
                    "warning: {} of this file does nothing: {place} gives {value}, which wins",
                    setting.key
                ),
            }
        })
        .collect();
    let stops = found.problems.iter().filter(|problem| problem.severity == Severity::Error);
    words.extend(stops.map(|problem| format!("warning: {}", problem.message)));
    words
}

/// An agent reads its configuration once (keylime_agent.service and
/// keylime_push_model_agent.service exclude each other).
fn restart(modes: &[Mode]) -> &'static str {
    match modes {
        [Mode::Pull] => "an agent reads it when it starts: systemctl restart keylime_agent",
        [Mode::Push] => "an agent reads it when it starts: systemctl restart keylime_push_model_agent",
        _ => {
            "an agent reads it when it starts: systemctl restart keylime_agent (in push mode: \
             keylime_push_model_agent)"
        }
    }
}
