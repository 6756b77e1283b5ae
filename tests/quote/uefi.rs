//! Firmware logs, replayed to the PCRs of the boot.

use limescope::tpm::quote::{MAX_UEFI_LOG, Step, StepResult, replay_uefi};
use limescope::tpm::wire::{Hash, PcrBlob, PcrSelection, PcrSelections};

const BANKS: [Hash; 2] = [Hash::Sha1, Hash::Sha256];

/// A log of our own.
struct Log {
    bytes: Vec<u8>,
    values: Vec<(Hash, u8, Vec<u8>)>,
}

fn number(bytes: &mut Vec<u8>, number: u32) {
    bytes.extend(number.to_le_bytes());
}

impl Log {
    fn new() -> Self {
        let mut event = b"Spec ID Event03\0".to_vec();
        event.extend([0, 0, 0, 0, 0, 2, 0, 2]);
        number(&mut event, 2);
        for bank in BANKS {
            event.extend(bank.id().to_le_bytes());
            event.extend((bank.length() as u16).to_le_bytes());
        }
        event.push(0);
        let mut bytes = Vec::new();
        number(&mut bytes, 0);
        number(&mut bytes, 3);
        bytes.extend([0; 20]);
        number(&mut bytes, event.len() as u32);
        bytes.extend(event);
        let values = BANKS
            .iter()
            .flat_map(|bank| (0..24).map(|index| (*bank, index, vec![0; bank.length()])))
            .collect();
        Self { bytes, values }
    }

    fn event(&mut self, pcr: u8, kind: u32, data: &[u8]) {
        number(&mut self.bytes, u32::from(pcr));
        number(&mut self.bytes, kind);
        number(&mut self.bytes, 2);
        for bank in BANKS {
            let digest = if kind == 3 { vec![0; bank.length()] } else { bank.digest(&[data]).unwrap() };
            self.bytes.extend(bank.id().to_le_bytes());
            self.bytes.extend(&digest);
            if kind != 3 {
                let at = self.values.iter_mut().find(|(of, index, _)| *of == bank && *index == pcr).unwrap();
                at.2 = bank.digest(&[&at.2, &digest]).unwrap();
            }
        }
        number(&mut self.bytes, data.len() as u32);
        self.bytes.extend(data);
    }

    /// What firmware and a loader measure.
    fn boot(&mut self) {
        for pcr in 0..8 {
            self.event(pcr, 0x8000_0001, &[pcr; 300]);
            self.event(pcr, 4, &[0; 4]);
        }
        self.event(9, 13, b"grub.cfg");
        self.event(14, 13, b"MokList");
    }

    fn quoted(&self, bank: Hash, pcrs: &[u8]) -> PcrBlob {
        let mut bitmap = vec![0; 3];
        pcrs.iter().for_each(|pcr| bitmap[usize::from(pcr / 8)] |= 1 << (pcr % 8));
        let value = |pcr: &u8| {
            self.values.iter().find(|(of, index, _)| *of == bank && index == pcr).unwrap().2.clone()
        };
        PcrBlob {
            selections: PcrSelections(vec![PcrSelection { bank, bitmap }]),
            values: pcrs.iter().map(value).collect(),
        }
    }
}

const BOOT: [u8; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 14];

fn result(steps: &[Step]) -> (StepResult, &str) {
    let step = steps.iter().find(|step| step.code == "uefi-pcrs").unwrap_or_else(|| panic!("{steps:#?}"));
    (step.result, step.said.as_str())
}

#[test]
fn a_log_leads_to_its_pcrs_in_every_bank() {
    let mut log = Log::new();
    log.boot();
    for bank in BANKS {
        let steps = replay_uefi(&log.bytes, &log.quoted(bank, &BOOT));
        assert_eq!(result(&steps), (StepResult::Passed, "the log leads to 10 PCRs"), "{steps:#?}");
        for at in 0..BOOT.len() {
            let mut quoted = log.quoted(bank, &BOOT);
            quoted.values[at][3] ^= 1;
            let steps = replay_uefi(&log.bytes, &quoted);
            let said = format!("the log does not lead to the signed value of PCR {}", BOOT[at]);
            assert_eq!(result(&steps), (StepResult::Failed, said.as_str()));
        }
    }
}

#[test]
fn the_locality_of_the_start_is_in_pcr_0() {
    let mut log = Log::new();
    log.event(0, 3, b"StartupLocality\0\x03");
    for (bank, _, value) in log.values.iter_mut().filter(|(_, index, _)| *index == 0) {
        value[bank.length() - 1] = 3;
    }
    log.boot();
    let steps = replay_uefi(&log.bytes, &log.quoted(Hash::Sha256, &BOOT));
    assert_eq!(result(&steps).0, StepResult::Passed, "{steps:#?}");
    assert_eq!(steps[0].value("locality"), Some("3"));
}

#[test]
fn what_others_extend_is_not_judged() {
    let mut log = Log::new();
    log.boot();
    log.event(11, 13, b"a unified kernel");
    let mut quoted = log.quoted(Hash::Sha256, &[0, 7, 10, 11, 16, 23]);
    // IMA, systemd and a debugger extended without the log.
    for at in 2..6 {
        quoted.values[at][0] ^= 1;
    }
    let steps = replay_uefi(&log.bytes, &quoted);
    let said = "the log leads to 2 PCRs; PCR 11 is extended by what runs later, without the log";
    assert_eq!(result(&steps), (StepResult::Passed, said));
    // A PCR of the boot without any event must be as it started.
    let mut quoted = log.quoted(Hash::Sha256, &[0, 8]);
    assert_eq!(result(&replay_uefi(&log.bytes, &quoted)).0, StepResult::Passed);
    quoted.values[1][0] = 1;
    assert_eq!(result(&replay_uefi(&log.bytes, &quoted)).0, StepResult::Failed);
    // Nothing of the boot, or a bank without digests.
    for quoted in [log.quoted(Hash::Sha256, &[10, 16]), log.quoted(Hash::Sha256, &[])] {
        assert_eq!(result(&replay_uefi(&log.bytes, &quoted)).0, StepResult::NotCheckable);
    }
    let mut other = log.quoted(Hash::Sha256, &[0]);
    other.selections.0[0].bank = Hash::Sha384;
    assert_eq!(result(&replay_uefi(&log.bytes, &other)).0, StepResult::NotCheckable);
}

#[test]
fn broken_and_hostile_logs_end_in_words() {
    let mut log = Log::new();
    log.boot();
    let quoted = log.quoted(Hash::Sha256, &BOOT);
    let mut whole = 0;
    for cut in 0..log.bytes.len() {
        let steps = replay_uefi(&log.bytes[..cut], &quoted);
        // At the end of an event the log is whole, and leads elsewhere.
        assert!(steps.iter().any(|step| step.result == StepResult::Failed), "{cut}: {steps:#?}");
        whole += usize::from(steps[0].result == StepResult::Passed);
    }
    assert_eq!(whole, 18);
    // Every bit of what leads to a PCR.
    for bit in (0..log.bytes.len() * 8).step_by(7) {
        let mut bytes = log.bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let steps = replay_uefi(&bytes, &quoted);
        assert!(steps.iter().all(|step| step.said.len() < 300));
    }
    let unsupported = replay_uefi(&vec![0; MAX_UEFI_LOG + 1], &quoted);
    assert_eq!(unsupported[0].result, StepResult::NotCheckable);
    // The form of TPM 1.2: one SHA-1 digest per event.
    let mut old = Vec::new();
    number(&mut old, 0);
    number(&mut old, 8);
    old.extend([1; 20]);
    number(&mut old, 4);
    old.extend([0; 4]);
    let steps = replay_uefi(&old, &quoted);
    assert_eq!((steps.len(), steps[0].result), (1, StepResult::NotCheckable));
    // Many empty events.
    let mut many = Log::new();
    for _ in 0..70_000 {
        number(&mut many.bytes, 1);
        number(&mut many.bytes, 4);
        number(&mut many.bytes, 0);
        number(&mut many.bytes, 0);
    }
    assert_eq!(replay_uefi(&many.bytes, &quoted)[0].result, StepResult::NotCheckable);
}
