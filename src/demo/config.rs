//! The `limescope.toml` of the embedded fleet.

use std::fmt::Write;

use super::DemoGroup;
use super::json::push_string;

/// The configuration for these groups. TOML's basic strings take the same
/// escapes as JSON's.
pub(super) fn config_toml(groups: &[DemoGroup]) -> String {
    // One group per agent is asked for: with two, nine agents of ten would be flagged.
    let mut text = "# Made by `limescope demo`: an embedded fleet. It ends with the program that made it.\n\
         verification_duplication = 1\n\
         poll_interval_s = 2\n"
        .to_owned();
    for group in groups {
        text.push_str("\n[[servers]]\n");
        push(&mut text, "name", &group.name);
        push_list(&mut text, "registrars", &group.registrar_agent_faces);
        push_list(&mut text, "registrar_admin", &group.registrars);
        let verifiers: Vec<&str> = group.verifiers.iter().map(|verifier| verifier.url.as_str()).collect();
        push_list(&mut text, "verifiers", &verifiers);
        text.push_str("[servers.tls]\n");
        push(&mut text, "ca", &group.ca.to_string_lossy());
        push(&mut text, "cert", &group.cert.to_string_lossy());
        push(&mut text, "key", &group.key.to_string_lossy());
    }
    text
}

fn push(text: &mut String, key: &str, value: &str) {
    let _always_fits = write!(text, "{key} = ");
    push_string(text, value);
    text.push('\n');
}

fn push_list<S: AsRef<str>>(text: &mut String, key: &str, values: &[S]) {
    let _always_fits = write!(text, "{key} = [");
    for (position, value) in values.iter().enumerate() {
        if position > 0 {
            text.push_str(", ");
        }
        push_string(text, value.as_ref());
    }
    text.push_str("]\n");
}
