//! `limescope print`: texts to start from, and the program's own documents.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::arguments::{Arguments, CompletedShell, PrintOptions, Printed};
use super::output;
use crate::config::SAMPLE;
use crate::console::{documentation, keymap, theme};

pub(super) fn run(options: &PrintOptions) -> color_eyre::Result<ExitCode> {
    let text = match options.what {
        Printed::Config => SAMPLE.as_bytes().to_vec(),
        Printed::Keymap => keymap::BUILT_IN.as_bytes().to_vec(),
        Printed::Themes => themes().into_bytes(),
        Printed::Commands => documentation::commands()?.into_bytes(),
        Printed::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
            page
        }
        Printed::Completions => {
            // The command line demands the shell here.
            let shell = match options.shell.unwrap_or(CompletedShell::Bash) {
                CompletedShell::Bash => Shell::Bash,
                CompletedShell::Zsh => Shell::Zsh,
                CompletedShell::Fish => Shell::Fish,
            };
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "limescope", &mut script);
            script
        }
    };
    output::standard(|out| out.write_all(&text))?;
    Ok(ExitCode::SUCCESS)
}

/// The built-in themes one after the other, each below its file's name.
fn themes() -> String {
    theme::BUILT_IN.iter().map(|(name, text)| format!("# ==== themes/{name}.toml ====\n{text}\n")).collect()
}
