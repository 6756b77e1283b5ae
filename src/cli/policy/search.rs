//! `limescope policy search`: a digest or a part of a path, in many policies.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use color_eyre::eyre::Report;
use serde::Serialize;

use super::opened::{Opened, shown};
use super::{Format, Inputs};
use crate::cli::output;
use crate::policy::document::{DigestMap, PathSearch, Policy, digest_query, known_algorithm};
use crate::text::{count, sanitise};

/// It is in none of the policies.
const NOT_FOUND: u8 = 1;

/// One of the policies could not be searched.
const UNREADABLE: u8 = 2;

/// Digits from which on a text is looked for among the digests too.
const MIN_DIGITS: usize = 8;

/// Digests of one hit that are listed at most.
const MAX_DIGESTS: usize = 20;

#[derive(Debug, Args)]
pub(super) struct SearchOptions {
    /// A digest, how one begins (8 digits or more), or a part of a path
    #[arg(value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    text: String,
    /// The policies; `-` reads standard input, group:NAME/POLICY a group
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Matches of each policy that are listed
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The JSON of a search.
#[derive(Debug, Serialize)]
struct Answer {
    text: String,
    found: bool,
    files: Vec<Searched>,
}

/// What is in one policy.
#[derive(Debug, Default, Serialize)]
struct Searched {
    file: String,
    sha256: Option<String>,
    format: Option<&'static str>,
    /// Why it could not be searched.
    error: Option<String>,
    matches: usize,
    left_out: usize,
    results: Vec<Hit>,
}

/// A name that holds the text, or has such a digest.
#[derive(Debug, Serialize)]
struct Hit {
    /// The member of the policy.
    member: &'static str,
    by: &'static str,
    name: String,
    /// Those that match, or all of a name that matches; a few at most.
    digests: Vec<String>,
    /// Names of the checks that `digest_metadata` demands.
    checks: Vec<String>,
}

pub(super) fn run(options: &SearchOptions, inputs: &Inputs<'_>) -> Result<ExitCode, Report> {
    let wanted = Wanted::new(&options.text);
    let files: Vec<_> =
        options.files.iter().map(|file| searched(file, &wanted, options.limit, inputs)).collect();
    let found = files.iter().any(|file| file.matches > 0);
    let answer = Answer { text: shown(&options.text), found, files };
    let unreadable: Vec<_> = answer.files.iter().filter_map(|file| file.error.as_ref()).collect();
    output::standard(|out| match options.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string(&answer)?),
        Format::Text => text(out, &answer),
    })?;
    for error in &unreadable {
        output::message(&format!("limescope: {error}"));
    }
    Ok(match (unreadable.is_empty(), found) {
        (false, _) => ExitCode::from(UNREADABLE),
        (true, true) => ExitCode::SUCCESS,
        (true, false) => ExitCode::from(NOT_FOUND),
    })
}

/// What is looked for.
struct Wanted<'a> {
    fragment: &'a str,
    /// A digest, or how one begins.
    digits: Option<String>,
}

impl<'a> Wanted<'a> {
    fn new(fragment: &'a str) -> Self {
        let digits =
            digest_query(fragment).filter(|digits| digits.len() >= MIN_DIGITS && !fragment.contains('/'));
        Self { fragment, digits }
    }

    fn is_digest(&self, digest: &str) -> bool {
        self.digits.as_ref().is_some_and(|digits| digest.starts_with(digits.as_str()))
    }
}

fn searched(file: &Path, wanted: &Wanted<'_>, limit: usize, inputs: &Inputs<'_>) -> Searched {
    let unreadable = |error: &Report, opened: Option<&Opened>| Searched {
        file: sanitise(&file.to_string_lossy()).into_string(),
        sha256: opened.map(|opened| opened.examination.sha256.to_string()),
        format: opened.map(|opened| opened.examination.format.word()),
        error: Some(output::words(error)),
        ..Searched::default()
    };
    let opened = match inputs.load(file) {
        Ok(loaded) => Opened::new(loaded, false),
        Err(error) => return unreadable(&error, None),
    };
    let policy = match opened.policy() {
        Ok(policy) => policy,
        Err(error) => return unreadable(&error, Some(&opened)),
    };
    let mut hits = Hits { limit, matches: 0, found: Vec::new() };
    hits.all(policy, wanted);
    Searched {
        sha256: Some(opened.examination.sha256.to_string()),
        format: Some(opened.examination.format.word()),
        error: None,
        matches: hits.matches,
        left_out: hits.matches - hits.found.len(),
        results: hits.found,
        file: opened.file,
    }
}

struct Hits {
    limit: usize,
    matches: usize,
    found: Vec<Hit>,
}

impl Hits {
    fn all(&mut self, policy: &Policy, wanted: &Wanted<'_>) {
        self.map("digests", policy.digests(), policy, wanted);
        self.map("keyrings", policy.keyrings(), policy, wanted);
        self.map("ima-buf", policy.ima_buf(), policy, wanted);
        if wanted.digits.is_none() {
            return;
        }
        let entries = policy.metadata().entries();
        for entry in entries.filter(|entry| wanted.is_digest(&entry.digest())) {
            self.add(|| Hit {
                member: "digest_metadata",
                by: "digest",
                name: shown(&entry.digest()),
                digests: Vec::new(),
                checks: entry.checks().iter().map(|check| shown(&check.name.value())).collect(),
            });
        }
    }

    fn map(&mut self, member: &'static str, map: DigestMap<'_>, policy: &Policy, wanted: &Wanted<'_>) {
        let having: BTreeSet<usize> = match &wanted.digits {
            Some(digest) if known_algorithm(digest.len()).is_some() => map.holding(digest).collect(),
            Some(digits) => map.holding_prefix(digits).collect(),
            None => BTreeSet::new(),
        };
        let named = PathSearch::all(wanted.fragment, map);
        let named = named.into_iter().filter(|number| !having.contains(number)).map(|number| (number, false));
        for (number, by_digest) in having.iter().map(|number| (*number, true)).chain(named) {
            let Some(entry) = map.entry(number) else { continue };
            self.add(|| {
                let digests = entry.digests().map(|digest| digest.value());
                let digests = digests.filter(|digest| !by_digest || wanted.is_digest(digest));
                let digests: Vec<_> = digests.take(MAX_DIGESTS).collect();
                let of = |digest: &str| policy.metadata().find(digest);
                let demanded = digests.iter().filter_map(|digest| policy.metadata().entry(of(digest)?));
                let checks: BTreeSet<_> = demanded
                    .flat_map(|entry| {
                        let checks = entry.checks();
                        checks.into_iter().map(|check| shown(&check.name.value()))
                    })
                    .collect();
                Hit {
                    member,
                    by: if by_digest { "digest" } else { "name" },
                    name: shown(&entry.path()),
                    digests: digests.iter().map(|digest| shown(digest)).collect(),
                    checks: checks.into_iter().collect(),
                }
            });
        }
    }

    fn add(&mut self, hit: impl FnOnce() -> Hit) {
        self.matches += 1;
        if self.found.len() < self.limit {
            self.found.push(hit());
        }
    }
}

fn text(out: &mut dyn Write, answer: &Answer) -> io::Result<()> {
    for file in answer.files.iter().filter(|file| file.error.is_none()) {
        writeln!(out, "{}: {}", file.file, count::some(file.matches, "match", "matches"))?;
        for hit in &file.results {
            writeln!(out, "  {}: {}", hit.member, hit.name)?;
            hit.digests.iter().try_for_each(|digest| writeln!(out, "    {digest}"))?;
            if !hit.checks.is_empty() {
                writeln!(out, "    demanded: {}", hit.checks.join(", "))?;
            }
        }
        if file.left_out > 0 {
            writeln!(out, "  {} left out; --limit lists more", file.left_out)?;
        }
    }
    Ok(())
}
