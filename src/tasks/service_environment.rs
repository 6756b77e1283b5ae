//! The variables that an agent's service has, as far as its files tell.
//!
//! This shell's environment is not the service's. systemd gives that by
//! `Environment=` and `EnvironmentFile=` of the unit and its drop-ins (systemd.exec(5)).
//! Names and places are told, never values: what is in force in the end, only
//! systemd knows.

use std::path::{Path, PathBuf};

use super::agent_files::shown;
use crate::files::bounded;
use crate::servers::document::Mode;
use crate::text::sanitise_to;

/// Folders of units (systemd.unit(5)), the one that wins first.
const FOLDERS: [&str; 5] = [
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
];

/// What an agent's variables begin with.
const VARIABLES: &str = "KEYLIME_";

/// Bytes of a file that are read at most.
const MAX_BYTES: u64 = 256 * 1024;

/// Files of a drop-in folder that are read at most.
const MAX_FILES: usize = 256;

/// Places that are told at most.
const MAX_PLACES: usize = 8;

/// The services that read an agent's configuration in these modes.
pub(super) fn services(modes: &[Mode]) -> &'static [&'static str] {
    match modes {
        [Mode::Pull] => &["keylime_agent"],
        [Mode::Push] => &["keylime_push_model_agent"],
        _ => &["keylime_agent", "keylime_push_model_agent"],
    }
}

/// Where the services get variables from that win over an agent's files, below
/// this root folder; and where to look for those that are not seen here.
pub(super) fn words(root: &Path, modes: &[Mode]) -> Vec<String> {
    let services = services(modes);
    let mut words: Vec<String> = Vec::new();
    for service in services {
        for file in unit_files(root, service) {
            words.extend(of_unit(root, service, &file));
        }
    }
    words.dedup();
    if words.len() > MAX_PLACES {
        let more = words.len() - MAX_PLACES;
        words.truncate(MAX_PLACES);
        words.push(format!("warning: {more} more places give the service variables"));
    }
    let show = services.join(" ");
    words.push(format!(
        "variables are seen here as this shell and the service's files have them; what the service really has: \
         systemctl show -p Environment -p EnvironmentFiles {show}"
    ));
    words
}

/// The unit's own file and its drop-ins.
fn unit_files(root: &Path, service: &str) -> Vec<PathBuf> {
    let folders = || FOLDERS.iter().map(|folder| root.join(folder));
    let own = folders().map(|folder| folder.join(format!("{service}.service"))).find(|file| file.is_file());
    let mut files: Vec<_> = own.into_iter().collect();
    let mut names = Vec::new();
    for folder in folders() {
        let Ok(entries) = std::fs::read_dir(folder.join(format!("{service}.service.d"))) else { continue };
        let mut drop_ins: Vec<_> = entries.flatten().take(MAX_FILES).map(|entry| entry.path()).collect();
        drop_ins.sort();
        for file in drop_ins {
            // A file of the same name in a folder that wins stands for it.
            let name = file.file_name().map(ToOwned::to_owned);
            if file.extension().is_some_and(|end| end == "conf") && !names.contains(&name) {
                names.push(name);
                files.push(file);
            }
        }
    }
    files
}

fn of_unit(root: &Path, service: &str, file: &Path) -> Vec<String> {
    let Ok(text) = bounded::read_text(file, MAX_BYTES) else { return Vec::new() };
    let mut words = Vec::new();
    let mut is_service = false;
    for (number, line) in joined(&text) {
        if line.starts_with('[') {
            is_service = line.starts_with("[Service]");
        }
        let Some((key, value)) = line.split_once('=').filter(|_| is_service) else { continue };
        match key.trim() {
            "Environment" => {
                let names = named(value);
                if !names.is_empty() {
                    words.push(found(&format!("{}:{number}", shown(file)), service, &names));
                }
            }
            "EnvironmentFile" => {
                let named = value.trim().trim_start_matches('-');
                words.extend(of_environment_file(&root.join(named.trim_start_matches('/')), service));
            }
            _ => {}
        }
    }
    words
}

fn of_environment_file(file: &Path, service: &str) -> Option<String> {
    let text = bounded::read_text(file, MAX_BYTES).ok()?;
    let names: Vec<_> = text.lines().filter_map(variable).collect();
    (!names.is_empty()).then(|| found(&shown(file), service, &names))
}

/// The agent's variable that a line of an environment file sets.
fn variable(line: &str) -> Option<String> {
    let (name, _) = line.split_once('=')?;
    named(&format!("{}=", name.trim())).into_iter().next().filter(|_| name.trim().starts_with(VARIABLES))
}

fn found(place: &str, service: &str, names: &[String]) -> String {
    format!("warning: {place} gives {service} {}, which wins over every file", names.join(", "))
}

/// The lines with their numbers; what a backslash ends goes on in the next one.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.starts_with(['#', ';']) {
            continue;
        }
        let (part, continues) = match line.strip_suffix('\\') {
            Some(part) => (part, true),
            None => (line, false),
        };
        match lines.last_mut().filter(|_| goes_on) {
            Some((_, before)) => before.push_str(&format!(" {part}")),
            None => lines.push((number, part.to_owned())),
        }
        goes_on = continues;
    }
    lines
}

/// The agent's variables that assignments name: `"KEYLIME_AGENT_UUID=a b" X=1`.
fn named(assignments: &str) -> Vec<String> {
    let starts = assignments.match_indices(VARIABLES).filter(|(at, _)| {
        let before = assignments.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| before.is_whitespace() || matches!(before, '"' | '\''))
    });
    let names = starts.filter_map(|(at, _)| {
        let name = assignments.get(at..)?.split_once('=')?.0;
        let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_name.then(|| sanitise_to(name, 80).into_string())
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, name: &str, text: &str) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn what_the_units_files_give_is_told_by_name_and_place() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(
            root,
            "usr/lib/systemd/system/keylime_agent.service",
            "[Unit]\nEnvironment=KEYLIME_AGENT_NO=1\n[Service]\nEnvironment=RUST_LOG=info\n\
             # Environment=KEYLIME_AGENT_COMMENT=1\nEnvironmentFile=-/etc/sysconfig/keylime\n",
        );
        write(
            root,
            "etc/systemd/system/keylime_agent.service.d/10-ours.conf",
            "[Service]\nEnvironment=\"KEYLIME_AGENT_REGISTRAR_IP=10.0.0.1 KEYLIME_X\" A=KEYLIME_B=1 \\\n\
             \u{20}  'KEYLIME_DIR=/k'\n",
        );
        write(
            root,
            "usr/lib/systemd/system/keylime_agent.service.d/10-ours.conf",
            "[Service]\nEnvironment=KEYLIME_OLD=1\n",
        );
        write(
            root,
            "etc/systemd/system/keylime_agent.service.d/README",
            "[Service]\nEnvironment=KEYLIME_README=1\n",
        );
        write(
            root,
            "etc/sysconfig/keylime",
            "# KEYLIME_NO=1\nKEYLIME_AGENT_CONFIG = \"/x hunter2\"\nA=\"KEYLIME_B=1\"\n",
        );
        let found = words(root, &[Mode::Pull]);
        let place = |name: &str| shown(&root.join(name));
        assert_eq!(
            found,
            [
                format!("warning: {} gives keylime_agent KEYLIME_AGENT_CONFIG, which wins over every file", place("etc/sysconfig/keylime")),
                format!(
                    "warning: {}:2 gives keylime_agent KEYLIME_AGENT_REGISTRAR_IP, KEYLIME_DIR, which wins over every file",
                    place("etc/systemd/system/keylime_agent.service.d/10-ours.conf")
                ),
                "variables are seen here as this shell and the service's files have them; what the service really has: \
                 systemctl show -p Environment -p EnvironmentFiles keylime_agent"
                    .to_owned(),
            ]
        );
        assert_eq!(words(root, &[Mode::Push]).len(), 1, "another service");
        assert!(
            words(root, &[Mode::Pull, Mode::Push])
                .last()
                .unwrap()
                .ends_with("keylime_agent keylime_push_model_agent")
        );
    }

    #[test]
    fn many_places_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..20 {
            let name = format!("etc/systemd/system/keylime_agent.service.d/{number}.conf");
            write(folder.path(), &name, "[Service]\nEnvironment=KEYLIME_DIR=/k\n");
        }
        let found = words(folder.path(), &[Mode::Pull]);
        assert_eq!(found.len(), MAX_PLACES + 2);
        assert!(found.iter().any(|words| words.contains("12 more places")), "{found:?}");
    }
}
