//! The document reader: no panic, every place inside the text, no userinfo on
//! the screen, fixes that can be applied, and blocks that read the same again
//! when they are written out.

use std::fs;
use std::path::Path;

use limescope::servers::document::{Document, Mode, read};
use limescope::servers::layers::{Content, Layer, effective};
use limescope::servers::tidy::tidy;
use limescope::servers::{Backend, backends};

use crate::mutate;

pub const PIECES: &[&str] = &[
    "[[servers]]\n",
    "[servers]\n",
    "[agent]\n",
    "[[agent.servers]]\n",
    "[servers.tls]\n",
    "registrars = ",
    "verifiers = ",
    "[\"r\"]\n",
    "[\"https://v\", 'w:1']\n",
    "verification_duplication = 2\n",
    "verification_duplication = 9e9\n",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\u0040",
    "[",
    "]",
    "{",
    "}",
    ",",
    "=",
    ".",
    "#",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\0",
    "user:SECRET@h",
    "99999999999999999999",
    "1979-05-27",
    "inf",
    "registrar_ip = \"x\"\n",
    "verifier_url = \"https://v\"\n",
    "ä",
];

/// What was tidied is tidy, can be edited, and lost no comment.
fn tidy_once(text: &str, modes: &[Mode]) {
    let Ok(once) = tidy(text, modes) else { return };
    let twice = tidy(&once.text, modes).unwrap_or_else(|error| panic!("{error}\n{text}\n→\n{}", once.text));
    assert_eq!(twice.text, once.text, "\n{text}");
    if once.done.is_empty() {
        assert_eq!(once.text, text);
    }
    assert_eq!(once.text.matches('#').count(), text.matches('#').count(), "{text}\n→\n{}", once.text);
}

/// Tries one text.
pub fn try_one(text: &str) {
    for modes in [&[Mode::Pull, Mode::Push][..], &[Mode::Console]] {
        let document = read(text, modes);
        let lines = text.matches('\n').count() + 1;
        for found in &document.diagnostics {
            assert!(text.get(found.span.clone()).is_some(), "{found:?}\n{text}");
            assert!((1..=lines).contains(&found.line) && found.column >= 1, "{found:?}\n{text}");
            assert!(!found.modes.is_empty());
            if let Some(fix) = &found.fix {
                let after = fix.apply(text).unwrap_or_else(|| panic!("{fix:?}\n{text}"));
                assert_ne!(after, text, "{found:?}");
                assert!(
                    read(&after, modes).diagnostics.iter().all(|found| found.code != "syntax"),
                    "{fix:?}\n{text}\n→\n{after}"
                );
            }
        }
        for mode in modes {
            stable(&document, *mode, text);
        }
        tidy_once(text, modes);
        let shown = document.render(text, Path::new("fuzz"));
        assert_eq!(shown.len(), document.diagnostics.len());
    }
    let layer = Layer { name: "fuzz".to_owned(), drop_in: true, content: Content::Text(text.to_owned()) };
    let _ = effective(&[layer.clone(), layer], &[]);
}

/// Writes the blocks out and reads them again.
fn stable(document: &Document, mode: Mode, text: &str) {
    if mode == Mode::Console {
        return;
    }
    let before = backends(document, mode);
    let written: String = before.iter().map(written).collect();
    let mut again = backends(&read(&written, &[mode]), mode);
    if before.is_empty() {
        // Nothing written means the defaults.
        again.clear();
    }
    let lists = |backends: &[Backend]| -> Vec<_> {
        backends.iter().map(|backend| (backend.registrars.clone(), backend.verifiers.clone())).collect()
    };
    assert_eq!(lists(&again), lists(&before), "{text}\n→\n{written}");
}

fn written(backend: &Backend) -> String {
    let list = |endpoints: &[limescope::servers::Endpoint]| -> Vec<String> {
        endpoints.iter().map(ToString::to_string).collect()
    };
    let (registrars, verifiers) = (list(&backend.registrars), list(&backend.verifiers));
    format!("[[servers]]\nregistrars = {registrars:?}\nverifiers = {verifiers:?}\n")
}

pub fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for place in ["tests/fuzz/corpus", "tests/servers"] {
        files.extend(fs::read_dir(folder.join(place)).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml" || extension == "conf"));
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn documents() {
    mutate::run(&corpus(), PIECES, mutate::rounds(3_000), try_one);
}
