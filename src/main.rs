//! limescope: the terminal operations console for Keylime attestation fleets.
//!
//! Only wiring; see the library for the rooms.

use std::process::ExitCode;

fn main() -> ExitCode {
    limescope::cli::main()
}
