//! Changing a file: show the diff, judge the result, save where that is wanted.
//!
//! The commands that write differ only in what they do to the text. No
//! `limescope.toml` is read for them as settings, so that `read_only`, which is
//! about servers, does not concern them: without `--write` nothing is changed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use color_eyre::eyre::{Report, eyre};

use super::ModeName;
use super::judged::Judged;
use crate::cli::output;
use crate::files::bounded::{self, ReadError};
use crate::files::saving::{Links, OpenError, Original, SaveError};
use crate::servers::document::{MAX_BYTES, Mode};
use crate::servers::edit::{Document, EditError};
use crate::servers::unified;
use crate::tasks::{after_saving, agent_files};

/// The file has errors, or would have.
const REFUSED: u8 = 1;

#[derive(Debug, Args)]
pub(super) struct ChangeOptions {
    /// The file; `-` reads standard input and prints the new text
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Who reads the file [default: limescope where it is called limescope.toml, else both kinds of agent]
    #[arg(long, value_enum)]
    pub mode: Option<ModeName>,
    /// Save the file; without it the change is only shown
    #[arg(long)]
    pub write: bool,
    /// Where the file is a symbolic link, save the file that it leads to
    #[arg(long)]
    pub follow: bool,
    /// Take the result although it has errors that the file does not have
    #[arg(long)]
    pub force: bool,
}

impl ChangeOptions {
    fn is_input(&self) -> bool {
        self.file == Path::new("-")
    }

    fn name(&self) -> PathBuf {
        if self.is_input() { PathBuf::from("standard input") } else { self.file.clone() }
    }

    fn modes(&self) -> Vec<Mode> {
        let is_console = self.file.file_name().is_some_and(|name| name == "limescope.toml");
        match self.mode {
            None if is_console => vec![Mode::Console],
            mode => ModeName::modes(mode),
        }
    }
}

/// A new text, and what is to be said about how it came to be.
pub(super) struct Changed {
    pub text: String,
    pub notes: Vec<String>,
}

/// One change by the editor, for commands that need nothing else.
pub(super) fn edit(
    options: &ChangeOptions,
    change: impl FnOnce(&mut Document) -> Result<(), EditError>,
) -> Result<ExitCode, Report> {
    run(options, |text, _| {
        let mut document = Document::new(text)?;
        change(&mut document)?;
        Ok(Changed { text: document.text().to_owned(), notes: Vec::new() })
    })
}

/// Carries a change out.
///
/// # Errors
/// Wrong usage, and what the system does not allow.
pub(super) fn run(
    options: &ChangeOptions,
    change: impl FnOnce(&str, &[Mode]) -> Result<Changed, EditError>,
) -> Result<ExitCode, Report> {
    if options.is_input() && options.write {
        return Err(eyre!("--write needs a file: the new text of standard input goes to standard output"));
    }
    let Some(mut source) = Source::open(options)? else { return Ok(ExitCode::from(REFUSED)) };
    let (modes, name) = (options.modes(), options.name());
    let old = source.text().to_owned();
    let changed = match change(&old, &modes) {
        Ok(changed) => changed,
        Err(EditError::Nothing { why }) => {
            output::message(&format!("nothing to change: {why}"));
            Changed { text: old.clone(), notes: Vec::new() }
        }
        Err(error @ (EditError::NoBlock { .. } | EditError::NoEntry { .. })) => {
            return Err(Report::new(error).wrap_err(agent_files::shown(&name)));
        }
        Err(error) => {
            Judged::of(&old, &modes, &name).errors.iter().for_each(|words| output::message(words));
            output::message(&format!("{}: {error}", agent_files::shown(&name)));
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let Changed { text: new, notes } = changed;
    notes.iter().for_each(|note| output::message(note));
    let accepted = new == old || accepts(&old, &new, options);
    match &mut source {
        Source::Input(_) => {
            let hides = Judged::of(&new, &modes, &name).has_userinfo && !options.force;
            if hides {
                output::message(
                    "the text holds a user name or password in an address, which is not shown; give the file \
                     itself, or --force",
                );
            }
            if !accepted || hides {
                return Ok(ExitCode::from(REFUSED));
            }
            output::standard(|out| out.write_all(new.as_bytes()))?;
        }
        Source::File(original) => {
            let shown = unified(&name, &old, &new);
            output::standard(|out| out.write_all(shown.as_bytes()))?;
            if !accepted {
                return Ok(ExitCode::from(REFUSED));
            }
            match (new == old, options.write) {
                (true, _) => output::message("the file stays as it is"),
                (false, false) => output::message("nothing is written; to save it, add --write"),
                (false, true) => save(original, &new, options, &modes)?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether the result may be taken. What speaks against it is said.
fn accepts(old: &str, new: &str, options: &ChangeOptions) -> bool {
    let (modes, name) = (options.modes(), options.name());
    let (before, after) = (Judged::of(old, &modes, &name), Judged::of(new, &modes, &name));
    let lost = after.lost(&before);
    if lost.is_empty() && !after.is_worse(&before) {
        return true;
    }
    after.errors.iter().for_each(|words| output::message(words));
    if !after.is_worse(&before) {
        output::message(&format!("the result is no longer right in {} mode", lost.join(" and ")));
        return true;
    }
    output::message(match options.force {
        true => "the result has these errors; it is taken because of --force",
        false => "refused, because the result has errors; correct them, or take it all the same with --force",
    });
    options.force
}

fn save(original: &mut Original, new: &str, options: &ChangeOptions, modes: &[Mode]) -> Result<(), Report> {
    original.warnings().iter().for_each(|warning| output::message(&format!("warning: {warning}")));
    let saved = original.save(new).map_err(|error| match error {
        error @ SaveError::Changed { .. } => {
            Report::new(error).wrap_err("nothing is saved; run this again to see the change to the new text")
        }
        error => Report::new(error),
    })?;
    after_saving::words(original.path(), &options.file, &saved, modes)
        .iter()
        .for_each(|words| output::message(words));
    if modes.contains(&Mode::Console) {
        output::message("it counts from the next start of limescope");
    }
    Ok(())
}

/// Where the text comes from.
enum Source {
    Input(String),
    File(Box<Original>),
}

impl Source {
    /// `None`: it is no text that can be changed, which was said.
    fn open(options: &ChangeOptions) -> Result<Option<Self>, Report> {
        let limit = MAX_BYTES as u64;
        let read = if options.is_input() {
            bounded::read_text_from(std::io::stdin().lock(), "standard input", limit)
                .map(Self::Input)
                .map_err(OpenError::Read)
        } else {
            // To look through a link harms nobody.
            let links = if options.write && !options.follow { Links::Refuse } else { Links::Follow };
            Original::open(&options.file, limit, links).map(|original| Self::File(Box::new(original)))
        };
        match read {
            Ok(Self::File(original)) if original.text().is_none() => {
                Err(ReadError::Missing { path: options.file.clone() }.into())
            }
            Ok(source) => Ok(Some(source)),
            Err(OpenError::Read(error @ (ReadError::TooLarge { .. } | ReadError::NotUtf8 { .. }))) => {
                output::message(&format!("error: {error}"));
                Ok(None)
            }
            Err(error @ OpenError::Link { .. }) => {
                Err(Report::new(error).wrap_err("a link is saved through only with --follow"))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Input(text) => text,
            Self::File(original) => original.text().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_saved_in_between_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent.conf");
        std::fs::write(&file, "# ours\n").unwrap();
        let options =
            ChangeOptions { file: file.clone(), mode: None, write: true, follow: false, force: false };
        let Some(Source::File(mut original)) = Source::open(&options).unwrap() else { panic!("a file") };
        std::fs::write(&file, "# theirs\n").unwrap();
        let error = save(&mut original, "# new\n", &options, &options.modes()).unwrap_err();
        let words = format!("{error:#}");
        assert!(words.contains("nothing is saved; run this again"), "{words}");
        assert!(words.contains("somebody else changed it"), "{words}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "# theirs\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing of ours is left");
    }
}
