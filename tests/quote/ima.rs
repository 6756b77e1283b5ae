//! IMA lists, replayed to PCR 10.

use limescope::tpm::quote::{ImaLog, ImaPart, Joining, Step, StepResult, replay_ima};
use limescope::tpm::wire::{Hash, PcrBlob, PcrSelection, PcrSelections};

use super::{attestation, bytes};

/// A list of our own, with the PCR that it leads to in three banks.
#[derive(Default)]
struct List {
    lines: Vec<String>,
    data: Vec<Option<Vec<u8>>>,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sized(bytes: &[u8]) -> Vec<u8> {
    [(bytes.len() as u32).to_le_bytes().as_slice(), bytes].concat()
}

impl List {
    fn push(&mut self, template: &str, fields: &str, data: Vec<u8>) {
        let hash = hex(&Hash::Sha1.digest(&[&data]).unwrap());
        self.lines.push(format!("10 {hash} {template} {fields}"));
        self.data.push(Some(data));
    }

    fn ng(&mut self, name: &str) {
        let digest = Hash::Sha256.digest(&[name.as_bytes()]).unwrap();
        let data =
            [sized(&[b"sha256:\0", digest.as_slice()].concat()), sized(format!("{name}\0").as_bytes())];
        self.push("ima-ng", &format!("sha256:{} {name}", hex(&digest)), data.concat());
    }

    fn with_last(&mut self, template: &str, name: &str, last: &[u8]) {
        let data = [
            sized(&[b"sha256:\0".as_slice(), &[7; 32]].concat()),
            sized(format!("{name}\0").as_bytes()),
            sized(last),
        ];
        self.push(template, &format!("sha256:{} {name} {}", "07".repeat(32), hex(last)), data.concat());
    }

    fn legacy(&mut self, name: &str) {
        let mut data = vec![9; 20];
        data.extend(name.as_bytes());
        data.resize(276, 0);
        self.push("ima", &format!("{} {name}", "09".repeat(20)), data);
    }

    fn violation(&mut self) {
        self.lines.push(format!("10 {} ima-ng sha256:{} /tmp/written", "00".repeat(20), "00".repeat(32)));
        self.data.push(None);
    }

    /// One of every template.
    fn all() -> Self {
        let mut list = Self::default();
        list.ng("boot_aggregate");
        list.with_last("ima-sig", "/usr/bin/signed", &[3, 2, 4, 1, 2, 3, 4, 0, 1, 9]);
        list.with_last("ima-sig", "/usr/bin/unsigned", &[]);
        list.with_last("ima-buf", ".ima", &[0x30; 700]);
        list.violation();
        list.legacy("/usr/bin/a name with spaces");
        list.ng("/usr/bin/ünïcode");
        list
    }

    /// The value of one bank after so many entries.
    fn pcr(&self, bank: Hash, entries: usize) -> Vec<u8> {
        self.data[..entries].iter().fold(vec![0; bank.length()], |running, data| {
            let extended = match data {
                Some(data) => bank.digest(&[data]).unwrap(),
                None => vec![0xff; bank.length()],
            };
            bank.digest(&[&running, &extended]).unwrap()
        })
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

fn quoted(values: &[(Hash, Vec<u8>)]) -> PcrBlob {
    let selections =
        values.iter().map(|(bank, _)| PcrSelection { bank: *bank, bitmap: vec![0, 4, 0] }).collect();
    PcrBlob {
        selections: PcrSelections(selections),
        values: values.iter().map(|(_, value)| value.clone()).collect(),
    }
}

fn whole(text: &str) -> ImaLog<'_> {
    ImaLog::join(&[ImaPart { index: 0, offset: 0, entries: text }])
}

fn of<'a>(steps: &'a [Step], code: &str) -> &'a Step {
    steps.iter().find(|step| step.code == code).unwrap_or_else(|| panic!("no {code} in {steps:#?}"))
}

#[test]
fn every_template_leads_to_every_bank() {
    let list = List::all();
    let text = list.text();
    for bank in [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let steps = replay_ima(&whole(&text), &quoted(&[(bank, list.pcr(bank, 7))]));
        assert!(steps.iter().all(|step| step.result == StepResult::Passed), "{bank:?}: {steps:#?}");
        assert_eq!(of(&steps, "ima-entries").value("violations"), Some("1"));
        assert_eq!(of(&steps, "ima-pcr").said, "all 7 entries lead to it");
    }
    let two = [(Hash::Sha1, list.pcr(Hash::Sha1, 7)), (Hash::Sha256, list.pcr(Hash::Sha256, 7))];
    let steps = replay_ima(&whole(&text), &quoted(&two));
    let banks: Vec<_> = steps.iter().filter_map(|step| step.value("bank")).collect();
    assert_eq!(banks, ["sha1", "sha256"]);
}

#[test]
fn what_follows_the_quote_is_not_covered_by_it() {
    let list = List::all();
    let text = list.text();
    for entries in 0..7 {
        let steps = replay_ima(&whole(&text), &quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, entries))]));
        let step = of(&steps, "ima-pcr");
        assert_eq!(step.result, StepResult::Passed);
        let said = format!(
            "{entries} of 7 entries lead to it; {} came after the quote, which does not cover what is later",
            7 - entries
        );
        assert_eq!(step.said, said);
    }
}

#[test]
fn a_changed_list_leads_elsewhere() {
    let list = List::all();
    let quote = quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, 7))]);
    for at in 0..7 {
        // Taken away; but for the last, which then is only missing.
        let mut lines = list.lines.clone();
        lines.remove(at);
        let text = lines.join("\n");
        assert_eq!(of(&replay_ima(&whole(&text), &quote), "ima-pcr").result, StepResult::Failed, "{at}");
    }
    // Another file hash: the template hash is no longer right, and Keylime says so too.
    let text = list.text().replacen("/usr/bin/ünïcode", "/usr/bin/unicode", 1);
    let steps = replay_ima(&whole(&text), &quote);
    assert_eq!(of(&steps, "ima-pcr").result, StepResult::Failed);
    let entries = of(&steps, "ima-entries");
    assert_eq!((entries.result, entries.value("wrong")), (StepResult::Failed, Some("1")));
    assert!(
        entries.said.starts_with("entry 7: its template hash is not that of its fields: 10 "),
        "{}",
        entries.said
    );
    // A template hash alone changes nothing that a bank of SHA-256 got.
    let mut lines = list.lines.clone();
    lines[0].replace_range(3..5, "ff");
    let steps = replay_ima(&whole(&lines.join("\n")), &quote);
    assert_eq!(of(&steps, "ima-entries").result, StepResult::Failed);
    assert_eq!(of(&steps, "ima-pcr").result, StepResult::Passed);
}

#[test]
fn parts_are_put_together() {
    let list = List::all();
    let [one, two, three] = [0..4, 3..5, 5..7].map(|lines| list.lines[lines].join("\n"));
    let part = |index, offset, entries| ImaPart { index, offset, entries };
    let parts = [part(0, 0, one.as_str()), part(3, 3, two.as_str()), part(4, 5, three.as_str())];
    let log = ImaLog::join(&parts);
    assert_eq!((log.joining, log.lines.len(), log.covered), (Joining::Whole, 7, 5));
    let steps = replay_ima(&log, &quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, 7))]));
    assert!(steps.iter().all(|step| step.result == StepResult::Passed), "{steps:#?}");
    // A value that stood before what was covered already: a replayed quote.
    let steps = replay_ima(&log, &quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, 4))]));
    assert_eq!(of(&steps, "ima-pcr").result, StepResult::Failed);

    let gap = ImaLog::join(&[parts[0], parts[2]]);
    assert_eq!(gap.joining, Joining::Gap(4, 5));
    let steps = replay_ima(&gap, &quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, 7))]));
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].result, StepResult::NotCheckable, "pruned by the verifier: no failure");
    let late = ImaLog::join(&[parts[2]]);
    assert_eq!(late.joining, Joining::Gap(0, 5));

    let other = list.lines[2..5].join("\n");
    let differs = ImaLog::join(&[parts[0], part(3, 3, other.as_str())]);
    assert_eq!(differs.joining, Joining::Differs(3));
    let steps = replay_ima(&differs, &quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, 7))]));
    assert_eq!(steps[0].result, StepResult::Failed);
    assert_eq!(ImaLog::join(&[]).joining, Joining::Whole);
}

#[test]
fn what_is_not_known_is_not_a_failure() {
    let list = List::all();
    // Another bank than those that the quote has, or none of PCR 10.
    let text = list.text();
    let sm3 = replay_ima(&whole(&text), &quoted(&[(Hash::Sm3, vec![1; 32])]));
    assert_eq!(of(&sm3, "ima-pcr").result, StepResult::NotCheckable);
    let none = replay_ima(&whole(&text), &quoted(&[]));
    assert_eq!(of(&none, "ima-pcr").result, StepResult::NotCheckable);
    // A template of tomorrow: SHA-1 still can be replayed, from the list's own hashes.
    let mut lines = list.lines.clone();
    let data = b"fields";
    let hash = Hash::Sha1.digest(&[data]).unwrap();
    lines.push(format!("10 {} ima-next 1 2 3", hex(&hash)));
    let text = lines.join("\n");
    let sha1 = Hash::Sha1.digest(&[&list.pcr(Hash::Sha1, 7), &hash]).unwrap();
    let steps = replay_ima(&whole(&text), &quoted(&[(Hash::Sha1, sha1), (Hash::Sha256, vec![1; 32])]));
    assert_eq!(of(&steps, "ima-entries").result, StepResult::NotCheckable);
    assert_eq!(steps[2].result, StepResult::Passed);
    assert_eq!(steps[3].result, StepResult::NotCheckable);
    assert_eq!(
        steps[3].said,
        "entry 8: what the template ima-next put into the bank sha256 is not known here"
    );
}

#[test]
fn hostile_lists_end_in_words() {
    let quote = quoted(&[(Hash::Sha256, vec![1; 32])]);
    for line in [
        "",
        " ",
        "10",
        "10 00 ima-ng sha256:00 /a",
        "10 zz ima-ng x y",
        "x 0000000000000000000000000000000000000001 ima-ng sha256:00 /a",
        "10 0000000000000000000000000000000000000001 ima-ng",
        "10 0000000000000000000000000000000000000001 ima-sig sha256:00 /a",
        "10 0000000000000000000000000000000000000001 ima-buf sha256:00 /a 0",
        "10 0000000000000000000000000000000000000001 ima-ng sha256:é /a",
        "99999999999 0000000000000000000000000000000000000001 ima-ng sha256:00 /a",
        "10 0000000000000000000000000000000000000001 \u{1b}[31m\u{202e} a",
    ] {
        let log = whole(line);
        for step in replay_ima(&log, &quote) {
            assert!(step.said.chars().all(|character| !character.is_control() && character != '\u{202e}'));
            assert!(step.said.chars().count() < 400, "{}", step.said);
        }
    }
    // Much of it: a long list, and one line of many bytes.
    let list = List::all();
    let text = list.text().repeat(2_000);
    let log = whole(&text);
    assert_eq!(log.lines.len(), 14_000);
    assert_eq!(of(&replay_ima(&log, &quote), "ima-pcr").result, StepResult::Failed);
    let long = format!("10 {} ima-buf sha256:00 /a {}", "01".repeat(20), "0".repeat(3_000_000));
    assert_eq!(of(&replay_ima(&whole(&long), &quote), "ima-entries").result, StepResult::Failed);
    // Entries of another PCR are passed over, and counted.
    let text = list.text().replace("\n10 ", "\n11 ");
    let steps = replay_ima(&whole(&text), &quoted(&[(Hash::Sha256, list.pcr(Hash::Sha256, 1))]));
    assert_eq!(of(&steps, "ima-pcr").result, StepResult::Passed);
    assert_eq!(of(&steps, "ima-pcr").value("other-pcrs"), Some("6"));
}

#[test]
fn real_lists_lead_to_real_quotes() {
    let log = |name: &str| {
        let record = attestation(name);
        let item = &record["data"]["attributes"]["evidence"][1];
        let offset = item["chosen_parameters"]["starting_offset"].as_u64().unwrap();
        (offset, item["data"]["entries"].as_str().unwrap_or_default().to_owned())
    };
    for (agent, entries) in [("push-ima-ok", 6), ("push-ima-fail", 7)] {
        let (first, latest) = (log(&format!("0-{agent}")), log(&format!("latest-{agent}")));
        let parts = [
            ImaPart { index: 0, offset: first.0, entries: &first.1 },
            ImaPart { index: 25, offset: latest.0, entries: &latest.1 },
        ];
        let joined = ImaLog::join(&parts);
        assert_eq!((joined.joining, joined.lines.len()), (Joining::Whole, entries));
        let pcrs = PcrBlob::read(&bytes(&attestation(&format!("latest-{agent}")), "subject_data")).unwrap();
        let steps = replay_ima(&joined, &pcrs);
        assert!(steps.iter().all(|step| step.result == StepResult::Passed), "{agent}: {steps:#?}");
        // The newest alone starts too late.
        assert_eq!(replay_ima(&ImaLog::join(&parts[1..]), &pcrs)[0].result, StepResult::NotCheckable);
    }
}
