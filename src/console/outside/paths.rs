//! Paths as the operator writes them, and the names in a folder, to complete
//! them.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::console::Message;
use crate::console::command::{FolderNames, MAX_NAMES};
use crate::text::sanitise;

/// How long a folder is waited for: who pressed a key waits.
const PATIENCE: Duration = Duration::from_secs(2);
/// Names of a folder that are looked at in all.
const MAX_LOOKED_AT: usize = 200_000;

/// What a path means that the operator wrote: `~/` is their home folder.
pub(super) fn meant(path: impl AsRef<Path>) -> PathBuf {
    at_home(path.as_ref(), std::env::home_dir().as_deref())
}

fn at_home(path: &Path, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

/// The names in a folder that begin with something. The disk may be slow, or
/// somebody else's: it is read beside the console, and not waited for long.
pub(super) async fn list(number: u64, folder: String, prefix: String, is_folder: bool) -> Option<Message> {
    let place = folder.clone();
    let until = Instant::now() + PATIENCE;
    let read = tokio::task::spawn_blocking(move || names(folder, prefix, is_folder, until));
    let told = match tokio::time::timeout(PATIENCE, read).await {
        Ok(Ok(told)) => told,
        Ok(Err(error)) => Err(error.to_string()),
        Err(_elapsed) => Err(late(&place)),
    };
    Some(Message::Folder { number, told })
}

fn late(folder: &str) -> String {
    format!("{}: it does not tell its names in time", sanitise(folder))
}

fn names(folder: String, prefix: String, is_folder: bool, until: Instant) -> Result<FolderNames, String> {
    let place = if folder.is_empty() { PathBuf::from(".") } else { meant(&folder) };
    let refused = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => format!("{}: there is no such folder", sanitise(&folder)),
        ErrorKind::PermissionDenied => format!("{}: this user may not read it", sanitise(&folder)),
        ErrorKind::NotADirectory => format!("{}: this is no folder", sanitise(&folder)),
        _ => format!("{}: {error}", sanitise(&folder)),
    };
    let mut found = BTreeSet::new();
    let (mut left_out, mut is_cut) = (0, false);
    for (entry, number) in fs::read_dir(place).map_err(refused)?.zip(0..) {
        if Instant::now() > until {
            return Err(late(&folder));
        }
        if number >= MAX_LOOKED_AT {
            is_cut = true;
            break;
        }
        let entry = entry.map_err(refused)?;
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        // Hidden names are told only to whoever writes their dot.
        if !shown.starts_with(&prefix) || prefix.is_empty() && shown.starts_with('.') {
            continue;
        }
        // A link is what it leads to.
        let leads_to_folder = || entry.path().metadata().is_ok_and(|metadata| metadata.is_dir());
        let is_named_folder =
            entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_symlink() && leads_to_folder());
        if is_folder && !is_named_folder {
            continue;
        }
        // What the line cannot hold as it is would name something else.
        match name.to_str().filter(|name| is_written_as_it_is(name)) {
            Some(name) => {
                found.insert((name.to_owned(), is_named_folder));
            }
            None => left_out += 1,
        }
        if found.len() > MAX_NAMES {
            is_cut = true;
            found.pop_last();
        }
    }
    Ok(FolderNames { folder, prefix, is_folder, names: found.into_iter().collect(), left_out, is_cut })
}

/// Whether a line can hold the name: what it shows is what is there.
fn is_written_as_it_is(name: &str) -> bool {
    let name = name.replace('\\', "");
    sanitise(&name).as_str() == name
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    fn told(folder: &Path, prefix: &str, is_folder: bool) -> FolderNames {
        let folder = format!("{}/", folder.display());
        let until = Instant::now() + Duration::from_secs(30);
        names(folder, prefix.to_owned(), is_folder, until).unwrap()
    }

    #[test]
    fn names_are_told_in_order_and_hostile_ones_left_out() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path();
        fs::create_dir(path.join("bundles")).unwrap();
        for file in ["b.json", "a b.json", "c\\d", ".hidden", "\u{1b}[31mred", "\u{202e}gnp.x", "new\nline"] {
            fs::write(path.join(file), "").unwrap();
        }
        fs::write(path.join(std::ffi::OsStr::from_bytes(b"\xff")), "").unwrap();
        symlink("bundles", path.join("link")).unwrap();
        symlink("nothing", path.join("dangling")).unwrap();
        let all = told(path, "", false);
        let of = |told: &FolderNames| told.names.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(of(&all), ["a b.json", "b.json", "bundles", "c\\d", "dangling", "link"]);
        assert_eq!((all.left_out, all.is_cut), (4, false));
        assert_eq!(of(&told(path, "b", false)), ["b.json", "bundles"]);
        assert_eq!(of(&told(path, ".", false)), [".hidden"]);
        let folders = told(path, "", true);
        assert_eq!(folders.names, [("bundles".to_owned(), true), ("link".to_owned(), true)]);
    }

    #[test]
    fn a_large_folder_is_cut_to_its_first_names() {
        let place = tempfile::tempdir().unwrap();
        for number in 0..MAX_NAMES + 7 {
            fs::write(place.path().join(format!("{number:04}")), "").unwrap();
        }
        let all = told(place.path(), "", false);
        assert_eq!((all.names.len(), all.is_cut), (MAX_NAMES, true));
        assert_eq!(all.names.last().unwrap().0, format!("{:04}", MAX_NAMES - 1));
        let until = Instant::now() - Duration::from_secs(1);
        let late = names(format!("{}/", place.path().display()), String::new(), false, until);
        assert!(late.unwrap_err().contains("in time"));
    }

    #[test]
    fn what_is_no_folder_says_so() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("file");
        fs::write(&file, "").unwrap();
        let until = Instant::now() + Duration::from_secs(30);
        let refused = |name: &str| {
            names(format!("{}/{name}/", place.path().display()), String::new(), false, until).unwrap_err()
        };
        assert!(refused("nothing").ends_with("there is no such folder"));
        assert!(refused("file").ends_with("this is no folder"));
    }

    #[test]
    fn the_home_folder_is_written_with_its_sign() {
        let home = Some(Path::new("/home/u"));
        assert_eq!(at_home(Path::new("~/ev"), home), Path::new("/home/u/ev"));
        assert_eq!(at_home(Path::new("~"), home), Path::new("/home/u"));
        assert_eq!(at_home(Path::new("~v/ev"), home), Path::new("~v/ev"));
        assert_eq!(at_home(Path::new("./~/ev"), home), Path::new("./~/ev"));
        assert_eq!(at_home(Path::new("~/ev"), None), Path::new("~/ev"));
    }
}
