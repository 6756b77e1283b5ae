//! libtss2 at run time: the one place with `unsafe` code, so that one binary serves every host.
//!
//! A program linked to libtss2 does not start on a host without it. tss-esapi-sys
//! declares `links`, so `.cargo/config.toml` may replace its build script, and
//! nothing of libtss2 stands on the link line. The C symbols that tss-esapi calls
//! are ours: each jumps through a slot. Every slot holds a function
//! that fails, until [`load`] has opened the libraries and found every symbol.
//!
//! `unsafe` is needed four times, and nowhere else: for the stubs themselves, to
//! open a library (its constructors run), to look up a symbol, and to set an
//! environment variable.
#![allow(unsafe_code, reason = "the symbols of a C library; each use says why it is sound")]

mod quiet;
mod symbols;

use std::sync::OnceLock;

use libloading::Library;
use thiserror::Error;

pub use quiet::keep_quiet;

/// Why libtss2 is not at hand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LinkError {
    /// The dynamic linker does not find the library, or cannot read it.
    #[error(
        "libtss2 is not installed, or cannot be loaded ({reason}); on Debian and Ubuntu: apt-get install \
         libtss2-esys-3.0.2-0 libtss2-tctildr0"
    )]
    Library {
        /// The dynamic linker's own words; they name the library.
        reason: String,
    },
    /// The library lacks a symbol: it is older than 2.4.6, or another library of that name.
    #[error("{library} does not fit: it lacks {symbol} ({reason}); libtss2 2.4.6 or newer is needed")]
    Symbol {
        /// The library's file name.
        library: &'static str,
        /// The symbol's name.
        symbol: &'static str,
        /// The dynamic linker's own words.
        reason: String,
    },
}

/// The libraries, for as long as the process lives: the slots point into them.
static LIBRARIES: OnceLock<Result<Vec<Library>, LinkError>> = OnceLock::new();

/// Opens libtss2 and fills the slots. Done once; later calls give the first one's answer.
///
/// To be called before anything of tss-esapi. Without it, or after an error, each
/// of its functions fails with [`ABSENT`].
///
/// # Errors
/// When a library or one of its symbols is missing. No slot is filled then.
pub fn load() -> Result<(), LinkError> {
    LIBRARIES.get_or_init(open).as_ref().map(|_| ()).map_err(Clone::clone)
}

/// The names of the C symbols that tss-esapi finds here instead of in libtss2.
pub fn names() -> impl Iterator<Item = &'static str> {
    symbols::LIBRARIES.iter().flat_map(|(_, symbols)| symbols.iter()).map(|symbol| symbol.name)
}

/// What every function returns while libtss2 is absent: `TSS2_ESYS_RC_NOT_IMPLEMENTED`.
pub const ABSENT: u32 = (7 << 16) | 2;

fn open() -> Result<Vec<Library>, LinkError> {
    let libraries = symbols::LIBRARIES.iter().map(|(library, _)| open_library(library));
    let libraries = libraries.collect::<Result<Vec<_>, _>>()?;
    let mut found = Vec::new();
    for (library, (name, symbols)) in libraries.iter().zip(symbols::LIBRARIES) {
        for symbol in *symbols {
            found.push((symbol, address(library, name, symbol.name)?));
        }
    }
    for (symbol, address) in found {
        symbol.slot.fill(address);
    }
    Ok(libraries)
}

/// A kept library does the opening: it turns dlerror(3) into an error per call, which libc alone leaves to us.
fn open_library(name: &str) -> Result<Library, LinkError> {
    // SAFETY: the constructors of libtss2 only read TSS2_LOG and TSS2_LOGFILE, on first use. The name is a constant
    // without a slash, so that it is the system's own library, as if the program were linked to it.
    unsafe { Library::new(name) }.map_err(|error| LinkError::Library { reason: words(&error) })
}

fn address(
    library: &Library,
    file: &'static str,
    symbol: &'static str,
) -> Result<symbols::Address, LinkError> {
    // SAFETY: the type asked for is that of any function; the address is only stored, and called by stubs whose
    // callers know the signature from the library's own header.
    let found = unsafe { library.get::<symbols::Address>(symbol) };
    let reason =
        |error: libloading::Error| LinkError::Symbol { library: file, symbol, reason: words(&error) };
    found.map(|address| *address).map_err(reason)
}

/// The dynamic linker's words, which are the cause and not the error.
fn words(error: &libloading::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use tss_esapi::constants::Tss2ResponseCode;

    use super::*;

    #[test]
    fn it_loads_and_loads_again() {
        assert_eq!(load(), Ok(()));
        assert_eq!(load(), Ok(()));
        assert_eq!(names().count(), 89);
    }

    #[test]
    fn a_library_that_is_not_there_is_named() {
        let error = open_library("libtss2-of-no-host.so.0").unwrap_err().to_string();
        assert!(error.contains("libtss2-of-no-host.so.0"), "{error}");
        assert!(error.contains("apt-get install"), "{error}");
    }

    #[test]
    fn a_symbol_that_is_not_there_is_named() {
        let library = open_library("libtss2-mu.so.0").unwrap();
        let error = address(&library, "libtss2-mu.so.0", "Tss2_MU_Of_No_Release").unwrap_err().to_string();
        assert!(error.contains("libtss2-mu.so.0") && error.contains("Tss2_MU_Of_No_Release"), "{error}");
    }

    /// Run in a process of its own, in which the dynamic linker finds something else under the library's name.
    #[test]
    #[ignore = "only as a part of `without_the_library_every_call_fails`"]
    fn child_without_the_library() {
        let error = load().unwrap_err();
        assert!(error.to_string().contains("libtss2-esys.so.0"), "{error}");
        assert_eq!(load(), Err(error));
        let attempt = tss_esapi::Context::new(tss_esapi::TctiNameConf::Device(Default::default()));
        let failure = attempt.expect_err("no TPM without libtss2");
        let tss_esapi::Error::Tss2Error(Tss2ResponseCode::FormatZero(code)) = failure else {
            panic!("{failure}")
        };
        assert!(code.to_string().ends_with(&format!("{ABSENT:#x}")), "{code}");
    }

    #[test]
    fn without_the_library_every_call_fails() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("libtss2-esys.so.0"), "no library").unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tpm::link::tests::child_without_the_library", "--ignored"])
            .env("LD_LIBRARY_PATH", folder.path())
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&child.stdout);
        assert!(child.status.success() && output.contains("1 passed"), "{output}");
    }
}
