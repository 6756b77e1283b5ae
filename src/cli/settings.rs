//! The operator's own keys, themes and views, from the XDG configuration folder.

use std::path::{Path, PathBuf};

use color_eyre::eyre::Report;

use super::arguments::Global;
use crate::console::{Files, Settings, Source};
use crate::files::bounded;
use crate::files::places::Places;

/// Largest keymap or theme that is read, in bytes.
const MAX_BYTES: u64 = 256 * 1024;

/// Themes that are read at most: nobody has more on purpose.
const MAX_THEMES: usize = 200;

/// Reads the operator's files over what is built in. `config` is the
/// configuration with its name, if there is one.
pub(super) fn read(global: &Global, config: Option<&(PathBuf, String)>) -> Result<Settings, Report> {
    let folder = Places::of_this_user().and_then(|places| places.config_file.parent().map(Path::to_owned));
    let themes = themes(folder.as_deref())?;
    let keymap = folder.as_deref().map(|folder| folder.join("keymap.toml")).filter(|path| path.exists());
    let keymap = keymap.map(with_text).transpose()?;
    let views_file = folder.as_deref().map(|folder| folder.join("views.toml"));
    // A file that cannot be read stops no start: it only holds what is handy.
    let views = views_file.clone().filter(|path| path.exists()).map(with_text).transpose();
    let files = Files {
        keymap: keymap.as_ref().map(source),
        config: config.map(source),
        themes: themes.iter().map(source).collect(),
        theme: global.theme.as_deref(),
        views: views.as_ref().ok().and_then(Option::as_ref).map(source),
        view: global.view.as_deref(),
    };
    let mut settings = Settings::read(&files)?;
    settings.views_file = views_file;
    if let Err(error) = &views {
        settings.views_fault = Some(error.to_string());
    }
    Ok(settings)
}

fn source((origin, text): &(PathBuf, String)) -> Source<'_> {
    Source { origin, text }
}

/// The files `themes/*.toml` in the order of their names.
fn themes(folder: Option<&Path>) -> Result<Vec<(PathBuf, String)>, Report> {
    let entries = folder.and_then(|folder| std::fs::read_dir(folder.join("themes")).ok());
    let paths = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    paths.sort();
    paths.truncate(MAX_THEMES);
    paths.into_iter().map(with_text).collect()
}

fn with_text(path: PathBuf) -> Result<(PathBuf, String), Report> {
    let text = bounded::read_text(&path, MAX_BYTES)?;
    Ok((path, text))
}
