//! `limescope tpm test GROUP`: the key of a group, towards the TPM and towards its servers.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use color_eyre::eyre::{Report, eyre};

use super::REFUSED;
use crate::cli::arguments::Global;
use crate::cli::{load, output, status};
use crate::config::KeySource;
use crate::tasks;
use crate::text::sanitise;
use crate::tpm::device::{Kind, Way};

#[derive(Debug, Args)]
pub(super) struct TestOptions {
    /// The group; its `key` is `tpm:FILE`
    #[arg(value_name = "GROUP")]
    group: String,
}

pub(super) fn run(global: &Global, options: &TestOptions) -> Result<ExitCode, Report> {
    let config = load::load(global)?.config;
    status::check_names(&config, std::slice::from_ref(&options.group))?;
    let group = config.groups.iter().find(|group| group.name == options.group);
    let Some((group, KeySource::Tpm(path))) = group.and_then(|group| Some((group, group.tls.key.as_ref()?)))
    else {
        let name = sanitise(&options.group);
        return Err(eyre!(
            "the group {name} has no key in a TPM: set key = \"tpm:FILE\" in its [servers.tls]"
        ));
    };
    let key = tasks::key_of_device(group.tls.passphrase.as_ref(), path, &mut load::ask_passphrase)?;
    let (way, kind) = match key.file().kind() {
        kind @ Kind::P256 => (Way::Ecdsa, kind),
        kind @ Kind::Rsa(_) => (Way::RsaPss, kind),
    };
    let began = Instant::now();
    // The digest of nothing in particular: what a test signs must be of no use to anybody.
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"limescope tpm test");
    if let Err(error) = key.sign(way, digest.as_ref()) {
        output::message(&format!("TPM: {error} (key {})", sanitise(&path.to_string_lossy())));
        return Ok(ExitCode::from(REFUSED));
    }
    let took = began.elapsed().as_millis();
    let (snapshot, _taken_at) = status::take(&config, |name| name == group.name)?;
    let mut all_up = true;
    output::standard(|out| {
        writeln!(out, "TPM: signed with the {} key in {took} ms", kind.words())?;
        let group = snapshot.groups.iter().find(|shown| *shown.name == *group.name);
        for address in group.iter().flat_map(|group| &group.addresses) {
            let report = address.report.as_ref();
            let failure = report.and_then(|report| report.failure.as_ref());
            let counts = address.role != crate::keylime::AddressRole::RegistrarAgentFace;
            all_up &= !counts || (report.is_some() && failure.is_none());
            let state = report.map_or("error", |report| report.state().word());
            let words = failure.map(|failure| format!(": {}", failure.words)).unwrap_or_default();
            writeln!(out, "{:<16} {}  {state}{words}", address.role.word(), address.address)?;
            if let Some(failure) = failure {
                writeln!(out, "{:<16} → {}", "", failure.state.next_step())?;
            }
        }
        Ok(())
    })?;
    Ok(if all_up { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}
