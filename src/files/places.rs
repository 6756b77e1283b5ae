//! Where our files are, after the XDG base directory specification.

use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

/// The name of the configuration file.
pub const CONFIG_FILE: &str = "limescope.toml";

/// The folders of this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The configuration file that is read unless another is given:
    /// `$XDG_CONFIG_HOME/limescope/limescope.toml`.
    pub config_file: PathBuf,
    /// The folder for the log and for what we remember:
    /// `$XDG_STATE_HOME/limescope`.
    pub state_folder: PathBuf,
    /// The keys and certificates that are trusted to sign policies:
    /// `$XDG_DATA_HOME/limescope/trust.toml`.
    pub trust_file: PathBuf,
    /// The home folder, which `~/` means.
    pub home: PathBuf,
}

impl Places {
    /// The places of the user who runs this; `None` where the system knows no
    /// home folder for them.
    pub fn of_this_user() -> Option<Self> {
        let project = ProjectDirs::from("", "", "limescope")?;
        // Only Linux has a state folder of its own.
        let state = project.state_dir().unwrap_or_else(|| project.data_local_dir());
        Some(Self {
            config_file: project.config_dir().join(CONFIG_FILE),
            state_folder: state.to_owned(),
            trust_file: project.data_dir().join("trust.toml"),
            home: BaseDirs::new()?.home_dir().to_owned(),
        })
    }
}

impl Places {
    /// The keys with which agents were first seen:
    /// `$XDG_STATE_HOME/limescope/identities.jsonl`.
    #[must_use]
    pub fn identity_file(&self) -> PathBuf {
        self.state_folder.join("identities.jsonl")
    }
}

/// Which configuration file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigPlace {
    /// Given with `--config`: it must be there. `-` is standard input.
    Given(PathBuf),
    /// The user's own.
    Own(PathBuf),
    /// None: where the user's own would be, if the system knows a place.
    None(Option<PathBuf>),
}

/// The order of looking: `--config FILE`, else the user's own file if it
/// exists (`exists` is asked).
pub fn config_place(
    given: Option<&Path>,
    places: Option<&Places>,
    exists: impl Fn(&Path) -> bool,
) -> ConfigPlace {
    if let Some(path) = given {
        return ConfigPlace::Given(path.to_owned());
    }
    match places.map(|places| places.config_file.clone()) {
        Some(own) if exists(&own) => ConfigPlace::Own(own),
        own => ConfigPlace::None(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_given_file_wins_over_the_users_own() {
        let places = Places {
            config_file: "/home/u/.config/limescope/limescope.toml".into(),
            state_folder: "/home/u/.local/state/limescope".into(),
            trust_file: "/home/u/.local/share/limescope/trust.toml".into(),
            home: "/home/u".into(),
        };
        let own = places.config_file.clone();
        let given = Path::new("other.toml");
        assert_eq!(config_place(Some(given), Some(&places), |_| true), ConfigPlace::Given(given.into()));
        assert_eq!(config_place(None, Some(&places), |path| path == own), ConfigPlace::Own(own.clone()));
        assert_eq!(config_place(None, Some(&places), |_| false), ConfigPlace::None(Some(own)));
        assert_eq!(config_place(None, None, |_| true), ConfigPlace::None(None));
    }
}
