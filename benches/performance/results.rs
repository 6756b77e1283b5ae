//! What was measured, as Markdown tables.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::{Outcome, say};

/// The text that grows while measuring.
pub struct Results {
    text: String,
}

impl Results {
    pub fn new(machine: &str) -> Self {
        let text = format!(
            "limescope {}, release build; servers in another process, all on loopback. Machine: {machine}. \
             Medians, ranges in brackets.\n",
            env!("CARGO_PKG_VERSION")
        );
        Self { text }
    }

    /// A sentence between tables.
    pub fn words(&mut self, words: &str) {
        self.text.push_str(&format!("\n{words}\n"));
    }

    /// A table; its rows may end early.
    pub fn table<const N: usize>(&mut self, head: [&str; N], rows: &[[String; N]]) {
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(String::as_str);
            cells.chain(head.get(column).copied()).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: [usize; N] = std::array::from_fn(width);
        let line = |cells: [&str; N]| {
            let cells: Vec<_> =
                cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        self.text.push('\n');
        self.text.push_str(&line(head));
        self.text.push_str(&line(widths.map(|width| "-".repeat(width)).each_ref().map(String::as_str)));
        for row in rows {
            self.text.push_str(&line(row.each_ref().map(String::as_str)));
        }
    }

    /// Prints the text, and writes it into a file with this name.
    pub fn tell(&self, name: &str) -> Outcome<()> {
        io::stdout().lock().write_all(self.text.as_bytes())?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{name}.md"));
        fs::write(&path, &self.text)?;
        say(&format!("written to {}", path.display()));
        Ok(())
    }
}

/// Whether a target is met, in words.
pub fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}
