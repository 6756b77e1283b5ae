//! Who made a TPM, from its endorsement certificate.
//!
//! The certificate names manufacturer, model and version in a directory name of
//! its subject alternative name (TCG EK Credential Profile §3.2.9). The
//! manufacturer is four characters, written as `id:` and eight digits (TCG
//! Vendor ID Registry).

use std::borrow::Cow;

use crate::text::{RemoteText, Shown, sanitise_to};

/// What an endorsement certificate says about its TPM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TpmName {
    /// `id:` and eight hexadecimal digits.
    pub manufacturer: Option<RemoteText>,
    /// The maker's name for the part.
    pub model: Option<RemoteText>,
    /// `id:` and the firmware's version, usually.
    pub version: Option<RemoteText>,
}

/// Characters of a name that are shown.
const SHOWN: usize = 32;

/// Manufacturers of the TCG Vendor ID Registry.
const MANUFACTURERS: [(&str, &str); 27] = [
    ("AMD", "AMD"),
    ("AMZN", "Amazon"),
    ("ANT", "Ant Group"),
    ("ATML", "Atmel"),
    ("BRCM", "Broadcom"),
    ("CSCO", "Cisco"),
    ("FLYS", "Flyslice"),
    ("GOOG", "Google"),
    ("HISI", "Huawei"),
    ("HPE", "HPE"),
    ("HPI", "HP"),
    ("IBM", "IBM"),
    ("IFX", "Infineon"),
    ("INTC", "Intel"),
    ("LEN", "Lenovo"),
    ("MSFT", "Microsoft"),
    ("NSG", "NSING"),
    ("NSM", "National Semiconductor"),
    ("NTC", "Nuvoton"),
    ("NTZ", "Nationz"),
    ("QCOM", "Qualcomm"),
    ("ROCC", "Rockchip"),
    ("SEAL", "Wisekey"),
    ("SMSN", "Samsung"),
    ("SNS", "Sinosun"),
    ("STM", "STMicroelectronics"),
    ("WEC", "Winbond"),
];

impl TpmName {
    /// Whether the certificate says nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.manufacturer.is_none() && self.model.is_none() && self.version.is_none()
    }

    /// The four characters of the manufacturer, without the zeros behind them.
    fn letters(&self) -> Option<String> {
        let digits = self.manufacturer.as_ref()?.raw().strip_prefix("id:")?;
        let number = (digits.len() == 8).then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
        let bytes = number.to_be_bytes();
        let plain = bytes.iter().take_while(|byte| **byte != 0 && **byte != b' ');
        let letters: String = plain.map(|byte| char::from(*byte)).collect();
        letters.chars().all(|letter| letter.is_ascii_graphic()).then_some(letters).filter(|it| !it.is_empty())
    }

    /// The manufacturer as people call it; what is not in the registry as it stands.
    #[must_use]
    pub fn maker(&self) -> Option<Cow<'static, str>> {
        if let Some(letters) = self.letters() {
            let known = MANUFACTURERS.iter().find(|(id, _)| *id == letters);
            return Some(known.map_or(Cow::Owned(letters), |(_, name)| Cow::Borrowed(*name)));
        }
        // libtpms calls itself IBM by a number.
        if self.manufacturer.as_ref().is_some_and(|it| it.raw().eq_ignore_ascii_case("id:00001014")) {
            return Some(Cow::Borrowed("IBM"));
        }
        self.manufacturer.as_ref().map(|it| Cow::Owned(it.shown_to(SHOWN).into_string()))
    }

    /// What the TPM is, in a few words: `Infineon SLB9670 id:0D0B`.
    #[must_use]
    pub fn words(&self) -> Option<Shown> {
        let part = |text: &Option<RemoteText>| text.as_ref().map(|it| it.shown_to(SHOWN).into_string());
        let parts: Vec<_> = [self.maker().map(Cow::into_owned), part(&self.model), part(&self.version)]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        // Each part went through the sanitiser, which leaves its own output alone only when told so.
        (!parts.is_empty()).then(|| plain(&parts.join(" ")))
    }

    /// What kind of software this TPM is; none: as far as it says, a chip.
    #[must_use]
    pub fn software(&self) -> Option<&'static str> {
        let model = self.model.as_ref().map(|model| model.raw().to_ascii_lowercase()).unwrap_or_default();
        if model.contains("swtpm") || model.contains("libtpms") {
            return Some("swtpm, a TPM in software");
        }
        if model.contains("vtpm") || model.contains("virtual") {
            return Some("a virtual TPM");
        }
        match self.letters().as_deref() {
            Some("GOOG") => Some("the virtual TPM of Google Cloud"),
            Some("AMZN") => Some("the virtual TPM of Amazon EC2"),
            Some("MSFT") => Some("a virtual TPM of Microsoft (Hyper-V or Azure)"),
            Some("VMW") => Some("a virtual TPM of VMware"),
            _ => None,
        }
    }
}

/// Text whose parts are fit to be shown already, bounded.
fn plain(text: &str) -> Shown {
    sanitise_to(text, SHOWN * 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(manufacturer: &str, model: &str) -> TpmName {
        TpmName { manufacturer: Some(manufacturer.into()), model: Some(model.into()), version: None }
    }

    #[test]
    fn manufacturers_are_called_by_name() {
        assert_eq!(named("id:49465800", "SLB9670").maker().unwrap(), "Infineon");
        assert_eq!(named("id:494E5443", "x").maker().unwrap(), "Intel");
        assert_eq!(named("id:414d4400", "x").maker().unwrap(), "AMD");
        assert_eq!(named("id:58595A00", "x").maker().unwrap(), "XYZ", "not in the registry");
        assert_eq!(named("id:1", "x").maker().unwrap(), "id:1");
        assert_eq!(named("a\u{1b}[2J", "x").maker().unwrap(), "a\\u{1b}[2J");
        assert_eq!(named("id:00001014", "swtpm").words().unwrap().as_str(), "IBM swtpm");
        assert_eq!(TpmName::default().words(), None);
    }

    #[test]
    fn software_is_told_from_chips() {
        assert!(named("id:00001014", "swtpm").software().unwrap().contains("swtpm"));
        assert!(named("id:474F4F47", "vTPM").software().is_some());
        assert!(named("id:4D534654", "Hyper-V").software().unwrap().contains("Microsoft"));
        assert_eq!(named("id:49465800", "SLB9670").software(), None);
    }
}
