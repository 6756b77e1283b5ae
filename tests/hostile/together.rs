//! All cases in one configuration, beside a healthy group.

use std::sync::Arc;

use serde_json::Value;
use toml::Table;

use crate::authority::Authority;
use crate::case::{Case, Running, agents_of, configuration};
use crate::healthy::Healthy;
use crate::output::assert_clean;
use crate::support::command::{Finished, Place};
use crate::texts::{self, hostile_ids};
use crate::{bodies, certificates, connections, heads, shapes, statuses};

/// The most memory that a run may hold while all servers misbehave at once, in KiB (57 MB were measured). An endless
/// list has a test of its own.
const MEMORY_KIB: u64 = 128 * 1024;

struct Stage {
    authority: Authority,
    healthy: Healthy,
    running: Vec<Running>,
}

async fn stage(choose: impl Fn(&Case) -> bool) -> Stage {
    let authority = Authority::new();
    let mut running = Vec::new();
    for cases in [
        connections::cases,
        certificates::cases,
        heads::cases,
        statuses::cases,
        bodies::cases,
        shapes::cases,
        texts::cases,
    ] {
        for case in cases(&authority) {
            if choose(&case) {
                running.push(case.start(&authority).await);
            }
        }
    }
    Stage { authority, healthy: Healthy::start().await, running }
}

impl Stage {
    /// The healthy block in the midst of the hostile ones.
    fn blocks(&self) -> Vec<Table> {
        let mut blocks: Vec<_> = self.running.iter().map(|one| one.block.clone()).collect();
        blocks.insert(blocks.len() / 2, self.healthy.block());
        blocks
    }

    /// One run of `status` in this format, or of `check`; it holds nothing that it should not.
    async fn run(&self, blocks: Vec<Table>, format: &'static str) -> Finished {
        let key = self.authority.key_text();
        tokio::task::spawn_blocking(move || {
            let place = Arc::new(Place::new());
            let path = place.path().join("limescope.toml");
            std::fs::write(&path, configuration(blocks)).unwrap();
            let path = path.to_str().unwrap();
            let run = match format {
                "check" => place.run(&["check", "--config", path]),
                _ => place.run(&["status", "--format", format, "--config", path]),
            };
            // For `check` groups that are down are critical.
            let code = if format == "check" { 2 } else { 0 };
            assert_eq!(run.code, Some(code), "{format}: {} {}", run.stdout, run.stderr);
            assert_clean(&run, &place, &[&key], format);
            assert!(run.peak_memory_kib > 1024, "{format}: memory was not measured");
            assert!(run.peak_memory_kib < MEMORY_KIB, "{format}: {} KiB", run.peak_memory_kib);
            run
        })
        .await
        .unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_hostile_server_gets_its_words_and_costs_its_own_group_only() {
    let stage = stage(|_| true).await;
    assert!(stage.running.len() > 100, "{} cases", stage.running.len());
    let alone = stage.run(vec![stage.healthy.block()], "json").await;
    let together = stage.run(stage.blocks(), "json").await;
    let alone: Value = serde_json::from_str(&alone.stdout).unwrap();
    let together: Value = serde_json::from_str(&together.stdout).unwrap();
    let faults: Vec<_> = stage.running.iter().flat_map(|one| one.faults(&together)).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let differences = stage.healthy.differences(&alone, &together);
    assert!(differences.is_empty(), "the healthy group is not the same:\n{}", differences.join("\n"));
    assert_eq!(together["groups"].as_array().unwrap().len(), stage.running.len() + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_csv_and_check_hold_no_more_than_the_json() {
    let stage = stage(|case| !case.slow).await;
    let (table, csv) = tokio::join!(stage.run(stage.blocks(), "table"), stage.run(stage.blocks(), "csv"));
    let check = stage.run(stage.blocks(), "check").await;
    assert_eq!(check.stdout.lines().count(), 1, "{}", check.stdout);
    assert!(check.stdout.starts_with("LIMESCOPE CRITICAL - "), "{}", check.stdout);
    for one in &stage.running {
        let url = &one.verifier.url;
        let lines = table.stdout.lines().filter(|line| line.contains(url.as_str())).count();
        assert_eq!(lines, 1, "{}: {url} in the table", one.case.name);
    }
    let of_line_breaks = || table.stdout.lines().filter(|line| line.contains("feed: 1"));
    assert!(of_line_breaks().count() > 0, "the id with a line's end is in the table");
    assert!(of_line_breaks().all(|line| line.contains("line\\u{d}\\u{a}feed: 1")), "an id has ended a line");
    let rows: Vec<_> = records(&csv.stdout);
    assert!(rows.len() > hostile_ids().len(), "{} rows", rows.len());
    for row in &rows {
        assert_eq!(row.len(), rows[0].len(), "{row:?}");
        for field in row {
            let is_formula = field.starts_with([
                '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
            ]);
            assert!(!is_formula || field.parse::<f64>().is_ok(), "a spreadsheet executes {field:?}");
        }
    }
    let of_group = rows.iter().filter(|row| row.iter().any(|field| field == texts::IDS)).count();
    assert_eq!(of_group, hostile_ids().len(), "one row for each hostile id");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_member_does_not_hide_what_a_good_one_says() {
    let stage = stage(|case| {
        case.name == texts::IDS || case.name.starts_with("version-5") || case.name == "tls-is-garbage"
    })
    .await;
    assert_eq!(stage.running.len(), 6);
    let mut block = stage.healthy.block();
    for role in ["verifiers", "registrar_admin"] {
        let urls = block[role].as_array_mut().unwrap();
        let hostile = stage.running.iter().filter(|one| one.case.name != texts::IDS);
        urls.splice(
            0..0,
            hostile.map(|one| {
                toml::Value::from(match role {
                    "verifiers" => one.verifier.url.clone(),
                    _ => one.registrar.url.clone(),
                })
            }),
        );
    }
    let faces = block["registrar_admin"].as_array().unwrap().clone();
    block.insert("registrars".to_owned(), toml::Value::from(faces));
    block.remove("registrar_admin");
    let alone = stage.run(vec![stage.healthy.block()], "json").await;
    let together = stage.run(vec![block], "json").await;
    let alone: Value = serde_json::from_str(&alone.stdout).unwrap();
    let together: Value = serde_json::from_str(&together.stdout).unwrap();
    let name = stage.healthy.name();
    assert_eq!(agents_of(&together, name), agents_of(&alone, name));
    assert_eq!(crate::support::status::group(&together, name)["reachability"], "degraded");
}

/// Reads CSV (RFC 4180).
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => field.extend(characters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            other => field.push(other),
        }
    }
    assert!(field.is_empty() && record.is_empty() && !quoted, "the last line has an end");
    records
}
