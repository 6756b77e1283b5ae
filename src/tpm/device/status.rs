//! What a TPM says of itself.

use tss_esapi::Context;
use tss_esapi::constants::{CapabilityType, PropertyTag};
use tss_esapi::structures::CapabilityData;

use super::lockout::Lockout;
use super::{DeviceError, Tpm};
use crate::text::{RemoteText, sanitise_to};

/// Bits of TPM_PT_PERMANENT (TPMA_PERMANENT, Part 2, 8.6).
const OWNER_AUTH_SET: u32 = 1;

/// A TPM that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What it is called: a path, or the text of the environment.
    pub name: String,
    /// The maker's code in the TCG's registry, such as `IFX`; fit to be shown.
    pub manufacturer: String,
    /// The maker's name for it; fit to be shown.
    pub model: String,
    /// The firmware's version, four numbers.
    pub firmware: String,
    /// Whether the owner has set a password: then keys and indexes of the owner cannot be made or used.
    pub owner_password: bool,
    /// How close it is to its lockout.
    pub lockout: Option<Lockout>,
}

/// Asks the TPM what it is.
///
/// # Errors
/// [`DeviceError`]: no TPM answers.
pub fn status(tpm: &Tpm) -> Result<Status, DeviceError> {
    tpm.call(move |connection| {
        let manufacturer = connection.command(|context| property(context, PropertyTag::Manufacturer))?;
        let mut get =
            |tag| connection.command(|context| property(context, tag)).map(Option::unwrap_or_default);
        let vendor = [
            PropertyTag::VendorString1,
            PropertyTag::VendorString2,
            PropertyTag::VendorString3,
            PropertyTag::VendorString4,
        ];
        let vendor = vendor.into_iter().map(&mut get).collect::<Result<Vec<_>, _>>()?;
        let [first, second] = [get(PropertyTag::FirmwareVersion1)?, get(PropertyTag::FirmwareVersion2)?];
        let permanent = get(PropertyTag::Permanent)?;
        let half = |number: u32| format!("{}.{}", number >> 16, number & 0xffff);
        Ok(Status {
            name: connection.name().to_owned(),
            manufacturer: text(&[manufacturer.unwrap_or_default()]),
            model: text(&vendor),
            firmware: format!("{}.{}", half(first), half(second)),
            owner_password: permanent & OWNER_AUTH_SET != 0,
            lockout: connection.lockout(),
        })
    })
}

/// Whether a TPM answers.
///
/// # Errors
/// [`DeviceError`]: why none does.
pub fn answers(tpm: &Tpm) -> Result<(), DeviceError> {
    tpm.call(|connection| {
        connection.command(|context| property(context, PropertyTag::Manufacturer)).map(drop)
    })
}

/// A property as it is now; tss-esapi would remember those that change.
pub(super) fn property(context: &mut Context, tag: PropertyTag) -> tss_esapi::Result<Option<u32>> {
    let (data, _more) = context.execute_without_session(|context| {
        context.get_capability(CapabilityType::TpmProperties, tag.into(), 1)
    })?;
    Ok(match data {
        CapabilityData::TpmProperties(found) => found.find(tag).map(|found| found.value()),
        _ => None,
    })
}

/// The characters that the TPM packs into numbers.
fn text(numbers: &[u32]) -> String {
    let bytes: Vec<u8> =
        numbers.iter().flat_map(|number| number.to_be_bytes()).filter(|byte| *byte != 0).collect();
    let text = RemoteText::from(String::from_utf8_lossy(&bytes).trim().to_owned());
    sanitise_to(text.shown().as_str(), 40).into_string()
}
