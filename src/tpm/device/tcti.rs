//! Which TPM: that of the environment, else the device of this host.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use tss_esapi::TctiNameConf;

use super::DeviceError;
use crate::text::sanitise_to;

/// Where tpm2-tools look first, then what the TSS itself knows.
const VARIABLES: [&str; 2] = ["TPM2TOOLS_TCTI", "TCTI"];

/// The first has a resource manager, so that several programs can share it.
const DEVICES: [&str; 2] = ["/dev/tpmrm0", "/dev/tpm0"];

/// Characters of a text that are shown where it is not understood.
const LONGEST_SHOWN: usize = 80;

/// The TPM that is to be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What it is called: a path, or the text of the environment.
    pub name: String,
    pub(super) configuration: TctiNameConf,
    device: Option<PathBuf>,
}

impl Choice {
    /// What the environment says, else the devices of this host.
    ///
    /// # Errors
    /// The environment's text is not understood, or there is no device.
    pub fn of_this_host() -> Result<Self, DeviceError> {
        Self::of(|name| std::env::var_os(name), &DEVICES.map(PathBuf::from))
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>, devices: &[PathBuf]) -> Result<Self, DeviceError> {
        for name in VARIABLES {
            if let Some(text) = variable(name).filter(|text| !text.is_empty()) {
                let text = text.into_string().map_err(|bytes| DeviceError::Tcti {
                    variable: name,
                    text: sanitise_to(&bytes.to_string_lossy(), LONGEST_SHOWN).into_string().into(),
                    reason: "it is no text",
                })?;
                return Self::named(name, &text);
            }
        }
        let device = devices.iter().find(|device| device.exists()).ok_or(DeviceError::NoDevice)?;
        Self::named("the system", &format!("device:{}", device.display()))
    }

    /// The TPM of a text such as `device:/dev/tpmrm0` or `swtpm:host=127.0.0.1,port=2321`.
    ///
    /// # Errors
    /// The text is not understood.
    pub fn named(variable: &'static str, text: &str) -> Result<Self, DeviceError> {
        let shown = || Box::from(sanitise_to(text, LONGEST_SHOWN).as_str());
        let wrong = |reason| DeviceError::Tcti { variable, text: shown(), reason };
        if text.chars().any(char::is_control) {
            return Err(wrong("it holds control characters"));
        }
        // tss-esapi passes over what it does not know, and then asks elsewhere than was meant.
        let known: &[&str] = match text.split_once(':') {
            Some(("swtpm" | "mssim", _)) => &["host=", "port="],
            Some(("tabrmd", _)) => &["bus_name=", "bus_type="],
            _ => &[],
        };
        let fields = text.split_once(':').filter(|_| !known.is_empty()).map_or("", |(_, fields)| fields);
        if fields
            .split(',')
            .any(|field| !field.is_empty() && !known.iter().any(|name| field.starts_with(name)))
        {
            return Err(wrong("one of its settings is not known"));
        }
        let configuration = TctiNameConf::from_str(text).map_err(|_words| wrong("it has another form"))?;
        let device = match &configuration {
            // The library's own default where no path follows.
            TctiNameConf::Device(_) => Some(PathBuf::from(
                text.strip_prefix("device:").filter(|path| !path.is_empty()).unwrap_or("/dev/tpm0"),
            )),
            _ => None,
        };
        let name = device.as_deref().map_or_else(|| text.to_owned(), |device| device.display().to_string());
        Ok(Self { name, configuration, device })
    }

    /// Opens the device for a moment: libtss2 says the same of a missing one and of one that may not be used.
    ///
    /// # Errors
    /// Why the device cannot be used.
    pub(super) fn check(&self) -> Result<(), DeviceError> {
        self.device.as_deref().map_or(Ok(()), check)
    }
}

fn check(path: &Path) -> Result<(), DeviceError> {
    const EBUSY: i32 = 16;
    let Err(error) = OpenOptions::new().read(true).write(true).open(path) else { return Ok(()) };
    let path = path.to_owned();
    Err(match error.kind() {
        ErrorKind::NotFound => DeviceError::NoSuchDevice(path),
        ErrorKind::PermissionDenied => DeviceError::NoRights(path),
        _ if error.raw_os_error() == Some(EBUSY) => DeviceError::Busy(path),
        _ => DeviceError::Device { path, reason: error.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)], devices: &[&str]) -> Result<String, DeviceError> {
        let variable =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, text)| text.into());
        let devices: Vec<_> = devices.iter().map(PathBuf::from).collect();
        Choice::of(variable, &devices).map(|choice| choice.name)
    }

    #[test]
    fn the_environment_comes_first_and_then_the_devices() {
        let (tools, tcti) = (("TPM2TOOLS_TCTI", "swtpm:host=127.0.0.1,port=7"), ("TCTI", "device:/dev/null"));
        assert_eq!(of(&[tcti, tools], &["/dev/zero"]).unwrap(), "swtpm:host=127.0.0.1,port=7");
        assert_eq!(of(&[tcti, ("TPM2TOOLS_TCTI", "")], &["/dev/zero"]).unwrap(), "/dev/null");
        assert_eq!(of(&[], &["/dev/none", "/dev/zero"]).unwrap(), "/dev/zero");
        assert_eq!(of(&[("TCTI", "device")], &[]).unwrap(), "/dev/tpm0");
        assert_eq!(of(&[], &["/dev/none"]), Err(DeviceError::NoDevice));
        for text in ["cmd:id", "/dev/tpm0", "swtpm:path=/x", "device:/dev/\u{1b}[2J"] {
            let error = of(&[("TCTI", text)], &["/dev/zero"]).unwrap_err();
            assert!(matches!(error, DeviceError::Tcti { variable: "TCTI", .. }), "{text}: {error}");
        }
    }

    #[test]
    fn a_missing_device_differs_from_one_that_may_not_be_used() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tpm0");
        assert_eq!(check(&path), Err(DeviceError::NoSuchDevice(path.clone())));
        std::fs::write(&path, "").unwrap();
        assert_eq!(check(&path), Ok(()));
        // Root may open everything; what the kernel would say to others is tested in tests/tpm.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
        assert!(matches!(check(&path), Ok(()) | Err(DeviceError::NoRights(_))));
        assert!(matches!(check(folder.path()), Err(DeviceError::Device { .. })));
    }
}
