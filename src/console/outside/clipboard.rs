//! Which way a text gets into a clipboard.

use std::ffi::OsString;
use std::path::Path;

/// Bytes of text that go through OSC 52 at most: terminals drop longer
/// sequences without a word (xterm's and hterm's limit is 100,000 bytes of
/// Base64).
pub const MAX_OSC52_BYTES: usize = 74_994;

/// A way into the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// An escape sequence to the terminal, which may or may not obey.
    Terminal {
        /// Whether tmux stands in between.
        in_tmux: bool,
    },
    /// A program that takes the text on its standard input.
    Tool {
        /// Its name.
        name: &'static str,
        /// Its arguments.
        arguments: &'static [&'static str],
    },
}

/// The programs, and the variable without which each is of no use.
const TOOLS: [(&str, &[&str], Option<&str>); 3] = [
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard", "-in"], Some("DISPLAY")),
    ("pbcopy", &[], None),
];

/// The way to take. Over SSH a program would reach the clipboard of the other
/// machine; inside tmux the variables tell where tmux was started, not who
/// looks at it now.
pub(super) fn way(variable: impl Fn(&str) -> Option<OsString>) -> Way {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let in_tmux = is_set("TMUX");
    if in_tmux || is_set("SSH_CONNECTION") || is_set("SSH_TTY") {
        return Way::Terminal { in_tmux };
    }
    let path = variable("PATH").unwrap_or_default();
    let exists = |name: &str| std::env::split_paths(&path).any(|folder| is_program(&folder.join(name)));
    let tool = TOOLS.iter().find(|(name, _, needs)| needs.is_none_or(is_set) && exists(name));
    tool.map_or(Way::Terminal { in_tmux }, |(name, arguments, _)| Way::Tool { name, arguments })
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// What to say after the sequence was sent: what became of it, nobody tells.
pub(super) fn words_for_terminal(what: &str, in_tmux: bool) -> String {
    // What is cut off on a narrow screen is only what was copied.
    match in_tmux {
        true => format!("sent to tmux by OSC 52 (needs set-clipboard on): {what}"),
        false => format!("sent to the terminal by OSC 52 (not every one takes it): {what}"),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn over_ssh_and_in_tmux_it_is_the_terminals_clipboard() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("xclip"), "").unwrap();
        let chosen = |set: &[&str]| {
            way(|name| match name {
                "PATH" => Some(OsString::from(folder.path())),
                name => set.contains(&name).then(|| std::ffi::OsStr::from_bytes(b"x").to_owned()),
            })
        };
        let xclip = Way::Tool { name: "xclip", arguments: &["-selection", "clipboard", "-in"] };
        assert_eq!(chosen(&["DISPLAY"]), xclip);
        assert_eq!(chosen(&["DISPLAY", "WAYLAND_DISPLAY"]), xclip, "wl-copy is not there");
        assert_eq!(chosen(&[]), Way::Terminal { in_tmux: false });
        assert_eq!(chosen(&["DISPLAY", "SSH_TTY"]), Way::Terminal { in_tmux: false });
        assert_eq!(chosen(&["DISPLAY", "TMUX"]), Way::Terminal { in_tmux: true });
    }

    #[test]
    fn nothing_is_claimed_that_cannot_be_known() {
        for in_tmux in [true, false] {
            let words = words_for_terminal("the id node-1", in_tmux);
            assert!(
                words.starts_with("sent to t")
                    && words.ends_with(": the id node-1")
                    && !words.contains("copied"),
                "{words}"
            );
        }
    }
}
