use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Excludes, Outcome, Standing};
use crate::policy::Severity;

/// Debian's own, which the Keylime of the tests runs on.
const PYTHON: &str = "/usr/bin/python3";

/// Asks the real `re`: for every list of entries what the verifier's `valid_exclude_list` would say, and for every
/// path how many characters `.match` takes (null: no match).
const PROGRAM: &str = r#"
import json, re, sys, warnings
warnings.simplefilter("ignore")
asked = json.load(sys.stdin)
answers = []
for entries in asked["lists"]:
    try:
        compiled = re.compile("(" + ")|(".join(entries) + ")")
    except re.error as error:
        answers.append({"standing": "ignored", "why": str(error)})
        continue
    except Exception as error:
        answers.append({"standing": "raises", "why": repr(error)})
        continue
    ends = []
    for path in asked["paths"]:
        found = compiled.match(path)
        ends.append(None if found is None else len(path[: found.end()].encode()))
    answers.append({"standing": "effective", "ends": ends})
json.dump(answers, sys.stdout)
"#;

fn ask_python(lists: &[Vec<String>], paths: &[&str]) -> Vec<Value> {
    let mut child = Command::new(PYTHON)
        .args(["-c", PROGRAM])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{PYTHON} does not start: {error}; run make keylime"));
    let question = json!({"lists": lists, "paths": paths}).to_string();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(question.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

const PATHS: [&str; 40] = [
    "",
    "/",
    "a",
    "aa",
    "ab",
    "abab",
    "/a",
    "/a/a",
    "/b/a",
    "/tmp",
    "/tmp/x",
    "/tmpfoo",
    "/var/log/a.log",
    "/var/log/a.log.1",
    "/usr/bin/bash",
    "/usr/lib/x86_64-linux-gnu/libc.so.6",
    ".ima",
    ".evm",
    "kernel_version",
    "boot_aggregate",
    "/A/B",
    "AB",
    "/é/ő",
    "\u{e9}",
    "/\u{130}\u{131}iI",
    "/s\u{17f}SK\u{212a}k",
    "/with space",
    "/tab\there",
    "/line\nend",
    "/end\n",
    "a\n",
    "\n",
    "/\u{1c}\u{a0}x",
    "/\u{661}\u{b2}9",
    "/a{b}",
    "/a-b_c",
    "/[x]",
    "foofoo",
    "aaaaaaaa",
    "/\u{1f600}z",
];

/// Expressions by hand: each is a list of entries.
const LISTS: &[&[&str]] = &[
    &["/tmp"],
    &["/tmp/.*", "/var/log/.*\\.log"],
    &["/tmp$"],
    &["/tmp\\Z"],
    &["/tmp\\z"],
    &[""],
    &[".*"],
    &["*"],
    &["("],
    &[")"],
    &["\\"],
    &["a)|(.*"],
    &["a(?#", "b)c"],
    &["(?x: a #", "b\n)"],
    &["/(a|b)/\\1"],
    &["x", "/(a|b)/\\2"],
    &["/(a|b)/(\\1)", "q"],
    &["(?P<x>a)", "(?P<x>b)"],
    &["(?P<x>a)(?P=x)"],
    &["(?P=x)"],
    &["(?P<1x>a)"],
    &["(?i)a"],
    &["(?i:a)"],
    &["(?i:[a-z]+)"],
    &["(?i:[^a-z])"],
    &["(?i:/i+)"],
    &["(?ai:/\\w+k)"],
    &["(?a:\\w+)", "(?a:\\d)", "(?a:/\\s)"],
    &["/\\w+"],
    &["/\\W"],
    &["/\\s"],
    &["/\\S+\\s"],
    &["/\\d+"],
    &["/[\\w-]+"],
    &["/[\\W]"],
    &["/[^\\W]+"],
    &["/[]a]"],
    &["/[^]a]"],
    &["/[a-\\d]"],
    &["/[\\d-a]"],
    &["/[z-a]"],
    &["/[a&&b]"],
    &["/[[:alpha:]]"],
    &["/[a--b]"],
    &["/["],
    &["/a{"],
    &["/a{}"],
    &["/a{,2}"],
    &["/a{2}"],
    &["/a{2,1}"],
    &["a{2}{3}"],
    &["a**"],
    &["a*+"],
    &["a++b"],
    &["a?+a"],
    &["(?>a|ab)b"],
    &["(?>ab|a)b"],
    &["(?:)*"],
    &["(?:)+a"],
    &["^*"],
    &["\\b*"],
    &["\\b\\w+\\b"],
    &["\\B"],
    &["a\\B"],
    &["^a$"],
    &["(?m:^a$)"],
    &["(?s:.+)"],
    &[".+$"],
    &["a.$"],
    &["/(?=tmp)"],
    &["/(?!tmp)"],
    &["/tmp(?<=tmp)"],
    &["/tmp(?<!tmp)"],
    &["/tmp(?<=t|mp)"],
    &["(?<=a+)b"],
    &["(a)(?<=\\1)"],
    &["(a)(?<=\\2)"],
    &["(a)?(?(2)b|c)"],
    &["(a)?(?(2)b)"],
    &["(a)?(?(1)b|c)"],
    &["(a)?(?(9)b)"],
    &["(?(0)a)"],
    &["(?(x)a)"],
    &["(a)(?(2)a|b|c)"],
    &["a{99999999999}"],
    &["a{0,4294967294}"],
    &["a{0,4294967295}"],
    &["\\x61"],
    &["\\x6"],
    &["\\u0061"],
    &["\\U0001F600"],
    &["\\U00110000"],
    &["/\\ud800"],
    &["[\\ud800-\\uffff]+"],
    &["\\141"],
    &["\\400"],
    &["\\08"],
    &["[\\b]"],
    &["[\\B]"],
    &["[\\8]"],
    &["\\q"],
    &["\\_\\-\\/"],
    &["\\p{L}"],
    &["\\Q"],
    &["(?L:a)"],
    &["(?au:a)"],
    &["(?i-i:a)"],
    &["(?i-s:A.)"],
    &["(?-i:a)"],
    &["(?-a:a)"],
    &["(?t:a)"],
    &["(?q:a)"],
    &["(?"],
    &["(?P"],
    &["(?P>a)"],
    &["(?<a>b)"],
    &["(?<=)"],
    &["(?#x)a"],
    &["(?#x"],
    &["a(?#x)*"],
    &["(?x: / a  # comment\n)"],
    &["a||b"],
    &["|"],
    &["a|b", "c|/tmp"],
    &["/(?:usr|var)/(?:bin|log)/[^/]*$"],
    &["(aa|a)*$"],
    &["(a|b)*?b"],
    &["\\Aa"],
    &["x", "\\1"],
    &["x", "(\\1)"],
    &["(?:a|b)(?:a|b){2,3}?$"],
];

#[test]
fn each_expression_by_hand_is_judged_as_python_does() {
    let lists: Vec<Vec<String>> =
        LISTS.iter().map(|list| list.iter().map(|entry| (*entry).to_owned()).collect()).collect();
    let unsure = compare(&lists);
    assert!(unsure <= 3, "{unsure} lists could not be judged");
}

/// xorshift64*: the same lists in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

const PIECES: &[&str] = &[
    "a",
    "b",
    "/",
    "/tmp",
    "/usr/",
    ".",
    ".*",
    "a*",
    "[ab]",
    "[^/]",
    "[^/]*",
    "[a-z]+",
    "\\.",
    "\\w",
    "\\W",
    "\\d",
    "\\s",
    "\\S",
    "$",
    "^",
    "\\Z",
    "\\A",
    "\\b",
    "\\B",
    "(",
    ")",
    "|",
    "(?:",
    "(?=",
    "(?!",
    "(?<=",
    "(?<!",
    "(?P<x>",
    "(?P=x)",
    "(?i:",
    "(?s:",
    "(?m:",
    "(?a:",
    "(?x:",
    "(?-i:",
    "(?>",
    "?",
    "*",
    "+",
    "{2}",
    "{1,2}",
    "{,2}",
    "{",
    "}",
    "??",
    "*?",
    "++",
    "\\1",
    "\\2",
    "\\3",
    "(?(1)",
    "(?(2)a|b)",
    "[",
    "]",
    "[]a]",
    "[\\w.]",
    "[\\W]",
    "-",
    "é",
    "\\x61",
    "\\n",
    "\\0",
    "i",
    "K",
    "#",
    " ",
    "(?#c)",
    "\\-",
    "(a|b)",
    "(a)",
    "(?P<y>b)",
    "log",
    ",",
    "\\z",
    "(?i)",
    "\\ud800",
];

#[test]
fn seeded_lists_are_judged_as_python_does() {
    let mut seeded = Seeded(0x6c69_6d65_7363_6f70);
    let lists: Vec<Vec<String>> = (0..12_000)
        .map(|_| {
            (0..1 + seeded.below(3))
                .map(|_| {
                    let mut entry = String::new();
                    let mut open = 0;
                    for _ in 0..1 + seeded.below(7) {
                        let piece = PIECES[seeded.below(PIECES.len())];
                        open += piece.matches('(').count();
                        open = open.saturating_sub(piece.matches(')').count());
                        entry.push_str(piece);
                    }
                    // Most are balanced, or hardly any would be valid.
                    if seeded.below(5) > 0 {
                        entry.extend(std::iter::repeat_n(')', open));
                    }
                    entry
                })
                .collect()
        })
        .collect();
    let unsure = compare(&lists);
    assert!(unsure * 50 < lists.len(), "{unsure} of {} lists could not be judged", lists.len());
}

/// Compares all; how many lists we said nothing about, in part or at all.
fn compare(lists: &[Vec<String>]) -> usize {
    let answers = ask_python(lists, &PATHS);
    assert_eq!(answers.len(), lists.len());
    let mut unsure = 0;
    let mut wrong = Vec::new();
    for (list, answer) in lists.iter().zip(&answers) {
        let texts: Vec<&str> = list.iter().map(String::as_str).collect();
        let excludes = Excludes::new(&texts);
        let ours = match excludes.standing() {
            Standing::Empty => "empty",
            Standing::Effective => "effective",
            Standing::Ignored { .. } => "ignored",
            Standing::Raises { .. } => "raises",
            Standing::Unknown { .. } => {
                unsure += 1;
                continue;
            }
        };
        if ours != answer["standing"] {
            wrong.push(format!("{list:?}: we say {:?}, Python {answer}", excludes.standing()));
            continue;
        }
        let Some(ends) = answer["ends"].as_array() else { continue };
        let mut is_unsure = false;
        for (path, end) in PATHS.iter().zip(ends) {
            let expected = end.as_u64();
            match excludes.excludes(path) {
                Some(excluded) if excluded == expected.is_some() => {}
                None => is_unsure = true,
                Some(_) => wrong.push(format!("{list:?} on {path:?}: fast says the opposite of {end}")),
            }
            match excludes.which(path) {
                Outcome::Included if expected.is_none() => {}
                Outcome::Excluded(exclusion) if expected == Some(exclusion.matched as u64) => {}
                Outcome::Unknown { .. } => is_unsure = true,
                other => wrong.push(format!("{list:?} on {path:?}: {other:?} is not {end}")),
            }
        }
        unsure += usize::from(is_unsure);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
    unsure
}

fn codes(list: &[&str]) -> Vec<&'static str> {
    let mut codes: Vec<_> =
        Excludes::new(list).findings(&[".ima"], &[]).iter().map(|found| found.finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn what_is_dangerous_is_said() {
    let everything = ["exclude-matches-buffer", "exclude-matches-everything", "exclude-matches-keyring"];
    let with = |more: &'static str| {
        let mut all = everything.to_vec();
        all.push(more);
        all.sort_unstable();
        all
    };
    assert_eq!(codes(&[]), [""; 0]);
    assert_eq!(codes(&["/tmp/x$"]), [""; 0]);
    assert_eq!(codes(&["/tmp", "/tmp"]), ["exclude-duplicate", "excludes-unanchored"]);
    assert_eq!(codes(&[""]), with("excludes-unanchored"));
    assert_eq!(codes(&["/tmp$", ".*$"]), everything);
    assert_eq!(codes(&["/"]), ["exclude-matches-everything", "excludes-unanchored"]);
    assert_eq!(codes(&["/[a-z0].*$", "/[^a-z0].*$"]), ["exclude-matches-everything"]);
    assert_eq!(codes(&["\\.ima$"]), ["exclude-matches-keyring"]);
    assert_eq!(codes(&["a)|(.*"]), with("exclude-unbalanced"));
    assert_eq!(codes(&["/tmp$", "("]), ["exclude-invalid"]);
    assert_eq!(codes(&["*.log"]), ["exclude-invalid"]);
    assert_eq!(codes(&["/(?P<x>a)$", "/(?P<x>b)$"]), ["exclude-duplicate-group"]);
    assert_eq!(codes(&["(?i)/tmp$"]), ["exclude-global-flags"]);
    assert_eq!(codes(&["/a{99999999999}$"]), ["exclude-raises"]);
    assert_eq!(codes(&["/x$", "/(a|b)/\\1$"]), ["exclude-backreference"]);
    assert_eq!(codes(&["/x$", "/(a|b)/\\3$"]), ["exclude-backreference"]);
    assert_eq!(codes(&["/(a+)+$"]), ["exclude-catastrophic"]);
    assert_eq!(codes(&["/(a|a)*b$"]), ["exclude-catastrophic"]);
    assert_eq!(codes(&["/(?:[^/]+/)*x$"]), [""; 0]);
    assert_eq!(codes(&["/(?>a+)x$"]), ["exclude-needs-newer-python"]);
    assert_eq!(codes(&["/\\N{DIGIT ONE}$"]), ["exclude-not-evaluated"]);
}

#[test]
fn the_entry_at_fault_is_named() {
    let found = Excludes::new(&["/tmp$", "/var(", "/x$"]).findings(&[], &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].entry, Some(1));
    assert_eq!(found[0].finding.severity, Severity::Error);
    assert!(found[0].finding.message.contains("ignores ALL its excludes"), "{}", found[0].finding.message);
    let found = Excludes::new(&["/(?P<x>a)$", "/y$", "/(?P<x>b)$"]).findings(&[], &[]);
    assert_eq!(found[0].entry, Some(2));
}

#[test]
fn which_entry_excludes_a_path_and_why_is_told() {
    let excludes = Excludes::new(&["/root/\\.cache/.*", "/tmp", "/var/log/.*\\.log"]);
    let Outcome::Excluded(found) = excludes.which("/tmpfoo") else { panic!("not excluded") };
    assert_eq!((found.entry, found.last_entry, found.matched), (1, 1, 4));
    assert_eq!(found.why, "\"/tmp\" matches \"/tmp\" at its start; what follows does not matter");
    assert_eq!(excludes.which("/var/log/x"), Outcome::Included);
    assert!(matches!(Excludes::new(&["("]).which("/tmp"), Outcome::ListIgnored { .. }));
    // Never longer than the limits, and never shown raw.
    let hostile = "\u{1b}[2J".repeat(400);
    let Outcome::Excluded(found) = Excludes::new(&[&hostile.replace('[', "\\[")]).which(&hostile) else {
        panic!("not excluded")
    };
    assert!(!found.why.contains('\u{1b}') && found.why.len() < 2000);
}

#[test]
fn hostile_lists_are_bounded() {
    let started = std::time::Instant::now();
    let deep = format!("{}{}", "(".repeat(100_000), ")".repeat(100_000));
    assert!(matches!(Excludes::new(&[&deep]).standing(), Standing::Unknown { .. }));
    let big = "((a{1000}){1000}){1000}";
    let _ = Excludes::new(&[big]).findings(&[], &[]);
    let _ = Excludes::new(&["(?=((a{1000}){1000}){1000})x"]).which("/aaaa");
    let many = vec!["/x(a|b)*?$"; 20_000];
    let _ = Excludes::new(&many).findings(&[], &[]);
    let long = "a".repeat(super::MAX_LENGTH);
    assert!(matches!(Excludes::new(&[&long]).standing(), Standing::Unknown { .. }));
    let slow = Excludes::new(&["(?=x)y|(?:(a)|(a)|(b\\3))*(?!c)$"]);
    let _ = slow.which(&"a".repeat(5000));
    assert!(started.elapsed().as_secs() < 30, "took {:?}", started.elapsed());
}
