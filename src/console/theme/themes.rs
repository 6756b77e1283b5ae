//! All themes: the built-in ones, and the operator's own.

use std::collections::BTreeMap;
use std::path::Path;

use super::parse::{self, File};
use super::{ColourDepth, Theme};
use crate::console::ConsoleError;
use crate::console::diagnose::{Faults, Source, did_you_mean};
use crate::text::sanitise;

/// The theme that is shown unless another is chosen.
pub const DEFAULT: &str = "terminal";

/// The theme without colours.
pub const MONO: &str = "mono";

/// The themes that come with the program: name and text.
pub const BUILT_IN: [(&str, &str); 6] = [
    (DEFAULT, include_str!("../../../themes/terminal.toml")),
    ("dark", include_str!("../../../themes/dark.toml")),
    ("light", include_str!("../../../themes/light.toml")),
    ("high-contrast", include_str!("../../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../../themes/colour-blind.toml")),
    (MONO, include_str!("../../../themes/mono.toml")),
];

/// All themes by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Themes {
    /// In the order of being offered.
    themes: Vec<(String, Theme)>,
}

impl Themes {
    /// The themes that come with the program.
    ///
    /// # Errors
    /// If an embedded file is broken, which a test excludes.
    pub fn built_in() -> Result<Self, ConsoleError> {
        let mut faults = Faults::default();
        let themes = Self::read(&[], &mut faults);
        match faults.is_empty() {
            true => Ok(themes),
            false => Err(ConsoleError::Asset { name: "themes", detail: faults.to_string() }),
        }
    }

    /// The built-in themes and the operator's own: a file `NAME.toml` each.
    /// What is wrong with these is added to the faults.
    pub fn read(own: &[Source<'_>], faults: &mut Faults) -> Self {
        let built_in =
            BUILT_IN.map(|(name, text)| (name.to_owned(), Source { origin: Path::new(name), text }));
        let own = own.iter().map(|source| {
            let name = source.origin.file_stem().unwrap_or_default().to_string_lossy();
            (sanitise(&name).into_string(), *source)
        });
        let mut files: Vec<(String, Source<'_>, File)> = Vec::new();
        for (name, source) in built_in.into_iter().chain(own) {
            if let Some(file) = parse::read(source, faults) {
                match files.iter_mut().find(|(other, ..)| *other == name) {
                    Some(same) => *same = (name, source, file),
                    None => files.push((name, source, file)),
                }
            }
        }
        let given: BTreeMap<&str, _> = files
            .iter()
            .map(|(name, source, file)| (name.as_str(), parse::styles(file, *source, faults)))
            .collect();
        let mut themes = Vec::new();
        for (name, ..) in &files {
            let mut styles =
                given.get(DEFAULT).into_iter().flatten().copied().collect::<super::HashMap<_, _>>();
            for ancestor in line_of(name, &files, faults) {
                styles.extend(given.get(ancestor).into_iter().flatten().copied());
            }
            themes.push((name.clone(), Theme { styles }));
        }
        Self { themes }
    }

    /// The names in the order of being offered.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.themes.iter().map(|(name, _)| name.as_str())
    }

    /// A theme in colours that the terminal has; the default one where there
    /// is none of that name.
    pub fn get(&self, name: &str, depth: ColourDepth) -> Theme {
        let find = |name: &str| self.themes.iter().find(|(other, _)| other == name);
        let mut theme =
            find(name).or_else(|| find(DEFAULT)).map(|(_, theme)| theme.clone()).unwrap_or_default();
        for style in theme.styles.values_mut() {
            *style = depth.fit(*style);
        }
        theme
    }
}

/// A theme's line of inheritance, the oldest first and the theme itself last.
fn line_of<'f>(name: &str, files: &'f [(String, Source<'_>, File)], faults: &mut Faults) -> Vec<&'f str> {
    let mut line: Vec<&str> = Vec::new();
    let mut next = files.iter().find(|(other, ..)| other == name);
    while let Some((name, source, file)) = next {
        line.insert(0, name);
        let Some(wanted) = &file.inherits else { break };
        next = files.iter().find(|(other, ..)| other == wanted.get_ref());
        // A fault belongs to the theme that has it, not to its heirs.
        let is_first = line.len() == 1;
        if next.is_none() && is_first {
            let message = format!("there is no theme {} to inherit", sanitise(wanted.get_ref()));
            let names = files.iter().map(|(name, ..)| name.as_str());
            let hint = did_you_mean(wanted.get_ref(), names);
            faults.add(*source, wanted.span(), "unknown-theme", message, Some(hint));
        }
        if next.is_some_and(|(name, ..)| line.contains(&name.as_str())) {
            let message = format!("{} inherits itself in a circle", sanitise(name));
            let hint = Some("remove one of the `inherits`".to_owned());
            faults.add(*source, wanted.span(), "theme-circle", message, hint);
            break;
        }
    }
    line
}
