//! What an operator has to know once a file is saved.

use std::path::Path;

use super::agent_files::{self, AgentFiles, shown};
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
    words.extend([named.as_path(), path].into_iter().find_map(overriding).unwrap_or_default());
    words.push(restart(modes).to_owned());
    words
}

/// What wins over this file; `None`: it is in none of an agent's folders.
fn overriding(path: &Path) -> Option<Vec<String>> {
    let root = agent_files::root_of(path)?;
    let environment = agent_files::environment();
    let AgentFiles { only, layers } = agent_files::read(&root, &environment);
    let name = shown(path);
    let Some(ours) = layers.iter().position(|layer| layer.name == name) else {
        let instead = only.map(|only| {
            format!("warning: {ONLY_FILE} is set here: an agent that has it reads {} instead", shown(&only))
        });
        return Some(instead.into_iter().collect());
    };
    Some(from_others(&layers, ours, &environment))
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
            format!(
                "warning: {} of this file does nothing: {} gives {}, which wins",
                setting.key,
                layers::place(layers, &setting.value.origin),
                setting.value.shown
            )
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
