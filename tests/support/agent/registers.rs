//! Changing an agent's PCRs.

use aws_lc_rs::digest::{SHA256, digest};
use tss_esapi::{
    handles::PcrHandle,
    interface_types::session_handles::AuthSession,
    structures::{Digest, DigestValues},
};

use super::{keys::Keys, quote::BANK};

impl Keys {
    /// Extends a PCR by a digest of SHA-256.
    pub fn extend(&mut self, number: u8, value: &[u8]) {
        let mut values = DigestValues::new();
        values.set(BANK, Digest::try_from(value).expect("a digest"));
        let context = &mut self.context;
        context
            .execute_with_session(Some(AuthSession::Password), |context| {
                context.pcr_extend(handle(number), values)
            })
            .expect("a PCR that can be extended");
    }

    /// Sets a PCR back to zero; the TPM allows it for PCR 16 and 23.
    pub fn reset(&mut self, number: u8) {
        let context = &mut self.context;
        context
            .execute_with_session(Some(AuthSession::Password), |context| context.pcr_reset(handle(number)))
            .expect("a PCR that can be set back");
    }
}

/// What a PCR that was zero holds after one extension, in hexadecimal.
pub fn extended_once(value: &[u8]) -> String {
    let whole = [&[0; 32], value].concat();
    digest(&SHA256, &whole).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn handle(number: u8) -> PcrHandle {
    PcrHandle::try_from(u32::from(number)).expect("a PCR's number")
}
