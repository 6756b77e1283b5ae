//! The C symbols that tss-esapi calls, each a jump through a slot of ours.
//!
//! The list is that of tss-esapi 7.7.0; `tests/house.rs` compares it with the
//! source of the release in use. The stubs are naked functions and not
//! `global_asm!`: only functions take part in what rustc tells the linker to keep,
//! and with the other GNU ld failed to link some tests.

use std::arch::naked_asm;
use std::ffi::c_void;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::ABSENT;

/// The address of some function; only its callers know its signature.
pub(super) type Address = unsafe extern "C" fn() -> u32;

/// One symbol of a library.
pub(super) struct Symbol {
    /// As the library's header has it.
    pub(super) name: &'static str,
    /// Where its stub jumps to.
    pub(super) slot: &'static Slot,
}

/// Where a stub jumps to: one pointer, read by the stub on every call.
#[repr(transparent)]
pub(super) struct Slot(AtomicPtr<c_void>);

impl Slot {
    const fn absent() -> Slot {
        Slot(AtomicPtr::new(absent as *mut c_void))
    }

    /// From now on the stub is the function at `address`.
    pub(super) fn fill(&self, address: Address) {
        // One aligned pointer: a call at the same time sees the old function or the new one, both of them whole.
        self.0.store(address as *mut c_void, Ordering::Release);
    }
}

/// Stands in for every function; the arguments it is given are none of its business in the C calling convention.
unsafe extern "C" fn absent() -> u32 {
    ABSENT
}

/// One stub: the registers and the stack are left as the caller set them, so it has the signature of its target.
#[cfg(target_arch = "x86_64")]
macro_rules! stub {
    ($name:ident) => {
        // SAFETY: the name is libtss2's, which is not linked; where a build links it nevertheless, the program's own
        // symbol comes first, and leads to the same function. The body is a tail call.
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name() {
            naked_asm!("endbr64", "jmp *{slot}(%rip)", slot = sym super::slot::$name, options(att_syntax))
        }
    };
}

#[cfg(target_arch = "aarch64")]
macro_rules! stub {
    ($name:ident) => {
        // SAFETY: as on x86_64; x16 is the register that the procedure call standard leaves to such veneers.
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name() {
            naked_asm!(
                "bti c",
                "adrp x16, {slot}",
                "ldr x16, [x16, :lo12:{slot}]",
                "br x16",
                slot = sym super::slot::$name
            )
        }
    };
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
compile_error!(
    "the jumps to libtss2 are written for Linux on x86_64 and aarch64; see src/tpm/link/symbols.rs"
);

macro_rules! libraries {
    ($($library:literal: $($name:ident)*;)*) => {
        #[allow(non_upper_case_globals, reason = "each slot is named like its symbol")]
        mod slot {
            use super::Slot;
            $($(pub(super) static $name: Slot = Slot::absent();)*)*
        }

        #[allow(non_snake_case, reason = "the names are libtss2's")]
        mod stub {
            use super::naked_asm;
            $($(stub!($name);)*)*
        }

        /// Each library by the name that the dynamic linker knows, with its symbols.
        pub(super) const LIBRARIES: &[(&str, &[Symbol])] = &[
            $(($library, &[$(Symbol { name: stringify!($name), slot: &slot::$name }),*])),*
        ];
    };
}

libraries! {
    "libtss2-esys.so.0":
        Esys_ActivateCredential Esys_Certify Esys_Clear Esys_ClearControl Esys_ContextLoad Esys_ContextSave
        Esys_Create Esys_CreatePrimary Esys_Duplicate Esys_ECDH_KeyGen Esys_ECDH_ZGen Esys_EncryptDecrypt2
        Esys_EvictControl Esys_Finalize Esys_FlushContext Esys_GetCapability Esys_GetRandom Esys_GetTestResult
        Esys_GetTime Esys_HMAC Esys_Hash Esys_HierarchyChangeAuth Esys_Import Esys_Initialize Esys_Load
        Esys_LoadExternal Esys_MakeCredential Esys_NV_DefineSpace Esys_NV_Increment Esys_NV_Read
        Esys_NV_ReadPublic Esys_NV_UndefineSpace Esys_NV_Write Esys_ObjectChangeAuth Esys_PCR_Extend
        Esys_PCR_Read Esys_PCR_Reset Esys_PolicyAuthValue Esys_PolicyAuthorize Esys_PolicyCommandCode
        Esys_PolicyCpHash Esys_PolicyDuplicationSelect Esys_PolicyGetDigest Esys_PolicyLocality
        Esys_PolicyNameHash Esys_PolicyNvWritten Esys_PolicyOR Esys_PolicyPCR Esys_PolicyPassword
        Esys_PolicyPhysicalPresence Esys_PolicyRestart Esys_PolicySecret Esys_PolicySigned Esys_PolicyTemplate
        Esys_Quote Esys_RSA_Decrypt Esys_RSA_Encrypt Esys_ReadPublic Esys_SelfTest Esys_Shutdown Esys_Sign
        Esys_StartAuthSession Esys_Startup Esys_StirRandom Esys_TRSess_GetAttributes Esys_TRSess_SetAttributes
        Esys_TR_Close Esys_TR_FromTPMPublic Esys_TR_GetName Esys_TR_SetAuth Esys_TestParms Esys_Unseal
        Esys_VerifySignature;
    "libtss2-tctildr.so.0":
        Tss2_TctiLdr_Finalize Tss2_TctiLdr_FreeInfo Tss2_TctiLdr_GetInfo Tss2_TctiLdr_Initialize;
    "libtss2-mu.so.0":
        Tss2_MU_TPM2B_PUBLIC_Marshal Tss2_MU_TPM2B_PUBLIC_Unmarshal Tss2_MU_TPM2B_SENSITIVE_Marshal
        Tss2_MU_TPM2B_SENSITIVE_Unmarshal Tss2_MU_TPMS_ATTEST_Marshal Tss2_MU_TPMS_ATTEST_Unmarshal
        Tss2_MU_TPMT_PUBLIC_Marshal Tss2_MU_TPMT_PUBLIC_Unmarshal Tss2_MU_TPMT_SENSITIVE_Marshal
        Tss2_MU_TPMT_SENSITIVE_Unmarshal Tss2_MU_TPMT_SIGNATURE_Marshal Tss2_MU_TPMT_SIGNATURE_Unmarshal;
}
