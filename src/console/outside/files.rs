//! Opening and saving the files that are edited.

use std::path::Path;

use super::Auditor;
use crate::config::{self, Config};
use crate::console::Message;
use crate::console::state::SaveOutcome;
use crate::files::saving::{Links, Original, SaveError, Saved};
use crate::servers::document::Mode;
use crate::tasks::{Director, after_saving};

/// Opens a file. Reading may wait for a slow disk: not on the console's thread.
/// A link is followed: the page says where it leads before anything is saved.
pub(super) async fn open(path: std::path::PathBuf) -> Option<Message> {
    let open =
        move || Original::open(&path, config::MAX_BYTES, Links::Follow).map_err(|error| error.to_string());
    let opened = tokio::task::spawn_blocking(open).await.unwrap_or_else(|error| Err(error.to_string()));
    Some(Message::Opened(opened))
}

/// In whom the console's own configuration takes effect.
pub(super) struct Effect {
    /// Who follows the groups; none: nobody.
    pub director: Option<Director>,
    /// Who audits identities.
    pub auditor: Auditor,
}

/// Saves a file; the console's own takes effect at once.
pub(super) async fn save(
    mut original: Original,
    text: String,
    is_push: bool,
    effect: Option<Effect>,
) -> Option<Message> {
    let is_own = effect.is_some();
    let before = original.text().unwrap_or_default().to_owned();
    let saved = tokio::task::spawn_blocking(move || {
        let saved = original.save(&text);
        (original, text, saved)
    });
    let Ok((original, text, saved)) = saved.await else {
        let words = "not saved: an error of this program; the log says more".to_owned();
        return Some(Message::FileSaved(SaveOutcome::Failed { words }));
    };
    let mut words = match saved {
        Ok(saved) => told(&original, saved, is_own, is_push).await,
        // The new text is in place: what is missing is said.
        Err(error @ SaveError::Backup { .. }) => vec![error.to_string()],
        Err(SaveError::Changed { .. }) => {
            let again = move || original.again().map_err(|error| error.to_string());
            let now = tokio::task::spawn_blocking(again);
            let outcome = match now.await.unwrap_or_else(|error| Err(error.to_string())) {
                Ok(original) => SaveOutcome::Changed { original },
                Err(words) => SaveOutcome::Failed { words: format!("not saved: {words}") },
            };
            return Some(Message::FileSaved(outcome));
        }
        Err(error) => {
            return Some(Message::FileSaved(SaveOutcome::Failed { words: format!("not saved: {error}") }));
        }
    };
    if let Some(effect) = effect {
        words.insert(0, take_effect(&before, &text, original.named(), effect).await);
    }
    Some(Message::FileSaved(SaveOutcome::Saved { original, words }))
}

/// What to know once it is saved: the backup, what still wins over the file,
/// what to restart. Other files are read for it.
async fn told(original: &Original, saved: Saved, is_own: bool, is_push: bool) -> Vec<String> {
    let (path, named) = (original.path().to_owned(), original.named().to_owned());
    let mode = match (is_own, is_push) {
        (true, _) => Mode::Console,
        (false, true) => Mode::Push,
        (false, false) => Mode::Pull,
    };
    let look = move || after_saving::words(&path, &named, &saved, &[mode]);
    tokio::task::spawn_blocking(look).await.unwrap_or_else(|_broken| vec!["saved".to_owned()])
}

/// The console follows the groups of its new configuration. Its relative paths
/// begin where the file is named, as at the start: at the link, if it is one.
async fn take_effect(before: &str, text: &str, path: &Path, effect: Effect) -> String {
    let home = std::env::home_dir();
    let config: Config = match config::parse(text, path, home.as_deref()) {
        Ok((config, _)) => config,
        Err(errors) => {
            let words = errors.to_string();
            let first = words.lines().next().unwrap_or_default();
            return format!("the groups stay as they were, because it cannot be used: {first}");
        }
    };
    let later = config::parse(before, path, home.as_deref()).map(|(before, _)| held_back(&before, &config));
    let vendor_roots = config.vendor_roots.clone();
    let redirected = match effect.director {
        Some(director) => director.redirect(config).await,
        None => None,
    };
    let Some(redirected) = redirected else { return "it holds from the next start".to_owned() };
    let judged_anew = match effect.auditor.take_vendor_roots(vendor_roots) {
        true => "; the next audit of identities goes by the new vendor_roots",
        false => "",
    };
    format!("{redirected}{judged_anew}{}", later.unwrap_or_default())
}

/// The changed settings of the console itself, which a running one keeps.
fn held_back(before: &Config, now: &Config) -> String {
    let changed = [
        ("read_only", before.read_only != now.read_only),
        ("anchor", before.anchor != now.anchor),
        ("theme", before.theme != now.theme),
        ("keys", before.keys != now.keys),
    ];
    let names: Vec<_> = changed.iter().filter(|(_, is_other)| *is_other).map(|(name, _)| *name).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("; {one} holds from the next start"),
        several => format!("; {} hold from the next start", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_running_console_keeps_is_named() {
        let config = |text: &str| {
            let text = format!("{text}[[servers]]\nregistrars = [\"r\"]\nverifiers = [\"v\"]\n");
            config::parse(&text, Path::new("/x/limescope.toml"), None).unwrap().0
        };
        let before = config("poll_interval_s = 5\n");
        assert_eq!(held_back(&before, &config("poll_interval_s = 7\n")), "", "that one it takes over");
        assert_eq!(
            held_back(&before, &config("read_only = true\n")),
            "; read_only holds from the next start"
        );
        let both = config("theme = \"dark\"\nkeys = { quit = \"x\" }\n");
        assert_eq!(held_back(&before, &both), "; theme, keys hold from the next start");
    }
}
