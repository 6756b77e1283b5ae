//! Reading the files and variables that an agent takes its configuration from.

use std::path::{Path, PathBuf};

use crate::files::bounded::{self, ReadError};
use crate::servers::document::MAX_BYTES;
use crate::servers::layers::{Content, FOLDERS, Layer, ONLY_FILE};
use crate::text::sanitise;

/// Files of a drop-in folder at most.
const MAX_DROP_INS: usize = 1_024;

/// What an agent reads.
pub(crate) struct AgentFiles {
    /// The one file that the environment names instead of all others.
    pub only: Option<PathBuf>,
    /// The files in the agent's order.
    pub layers: Vec<Layer>,
}

/// The variables that an agent would look at, by name.
pub(crate) fn environment() -> Vec<(String, String)> {
    let mut environment: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.to_string_lossy().into_owned())))
        .filter(|(name, _)| name.starts_with("KEYLIME_"))
        .collect();
    environment.sort();
    environment
}

/// Reads what an agent with this root folder reads.
pub(crate) fn read(root: &Path, environment: &[(String, String)]) -> AgentFiles {
    let only = environment.iter().find(|(name, value)| name == ONLY_FILE && !value.is_empty());
    let only = only.map(|(_, value)| below(root, value));
    let layers = match &only {
        Some(file) => vec![only_file(file)],
        None => all(root),
    };
    AgentFiles { only, layers }
}

/// The root folder of the agent that reads this file; `None`: it is in none of
/// an agent's folders. The path is absolute.
pub(crate) fn root_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let folder = match path.file_name()?.to_str() {
        Some("agent.conf") => folder,
        _ if folder.file_name()? == "agent.conf.d" => folder.parent()?,
        _ => return None,
    };
    // /usr/etc/keylime ends as /etc/keylime does: it comes first.
    let depth = FOLDERS.iter().find_map(|known| {
        let known = known.trim_start_matches('/');
        folder.ends_with(known).then(|| Path::new(known).components().count())
    })?;
    folder.ancestors().nth(depth).map(Path::to_owned)
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

pub(crate) fn shown(path: &Path) -> String {
    sanitise(&path.to_string_lossy()).into_string()
}
