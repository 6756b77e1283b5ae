//! `vendor_roots` of the configuration, in `limescope identity audit`.

use std::path::PathBuf;

use serde_json::Value;

use crate::identity::{Scene, codes};

/// The fleet's configuration, with this folder of vendor roots in it.
fn configured(scene: &Scene, name: &str, folder: &str) -> PathBuf {
    let file = scene.place.path().join(name);
    std::fs::write(&file, format!("vendor_roots = {folder:?}\n{}", scene.fleet.config_toml())).unwrap();
    file
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chains_are_judged_by_the_configurations_folder_unless_another_is_given() {
    let scene = Scene::of(12, 1).await;
    // Relative paths begin at the folder of the file.
    let makers = scene.place.path().join("tpm/makers");
    std::fs::create_dir_all(&makers).unwrap();
    std::fs::copy(scene.fleet.vendor_folder().join("manufacturer.pem"), makers.join("lime.pem")).unwrap();
    std::fs::write(makers.join("README"), "where they come from").unwrap();
    let config = configured(&scene, "own.toml", "tpm/makers");
    let run = scene.run_by(&config, &["--format", "json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    let audit = json(&run.stdout);
    assert_eq!(audit["vendor_certificates"], 1);
    let roots = &audit["vendor_roots"];
    assert_eq!(roots["folder"], makers.to_str().unwrap(), "{roots}");
    assert_eq!(
        (&roots["certificates"], &roots["roots"], &roots["error"]),
        (&1.into(), &1.into(), &Value::Null)
    );
    let read = audit["agents"].as_array().unwrap().iter().filter(|agent| agent["record"] == "read");
    assert!(read.clone().count() > 5);
    assert!(read.clone().all(|agent| agent["trusted_root"] == "CN=limescope demo TPM manufacturer"));
    assert!(
        run.stderr.contains("1 file in the folder of vendor roots held no certificate ("),
        "{}",
        run.stderr
    );
    let table = scene.run_by(&config, &[]);
    let words = format!(
        "Chains to TPM makers were judged by 1 certificate (1 root) in {}.",
        makers.to_str().unwrap()
    );
    assert!(table.stdout.contains(&words), "{}", table.stdout);

    // The flag wins: other makers vouch for nobody here.
    let other = Scene::of(1, 2).await;
    let others = other.fleet.vendor_folder().to_str().unwrap();
    let run = scene.run_by(&config, &["--vendor-roots", others, "--format", "json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let audit = json(&run.stdout);
    assert_eq!(codes(&audit, "findings"), ["ek-certificate-untrusted"]);
    assert_eq!(audit["vendor_roots"]["folder"], others);
    // And what is demanded by it is demanded: nobody is asked without.
    let run = scene.run_by(&config, &["--vendor-roots", "/nowhere"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_used_is_told_and_everything_else_is_audited() {
    let scene = Scene::of(12, 1).await;
    let empty = scene.place.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for (folder, why) in
        [("/nowhere", "No such file"), (empty.to_str().unwrap(), "no root certificate is in it")]
    {
        let config = configured(&scene, "own.toml", folder);
        let run = scene.run_by(&config, &["--format", "json"]);
        // Without findings too: what was to be judged was not.
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let audit = json(&run.stdout);
        assert_eq!((&audit["vendor_certificates"], codes(&audit, "findings").len()), (&Value::Null, 0));
        assert!(audit["vendor_roots"]["error"].as_str().unwrap().contains(why), "{audit}");
        assert!(audit["agents"].as_array().unwrap().len() > 5);
        assert!(audit["agents"].as_array().unwrap().iter().all(|agent| agent["trusted_root"].is_null()));
        assert!(
            run.stderr.contains("no chain to a TPM maker was judged, for vendor_roots cannot be used")
                && run.stderr.contains(why),
            "{}",
            run.stderr
        );
        let table = scene.run_by(&config, &[]);
        assert!(
            table.stdout.contains("vendor_roots cannot be used: no chain was checked."),
            "{}",
            table.stdout
        );
    }
    // Findings are findings.
    let scene = Scene::of(120, 1).await;
    let run = scene.run_by(&configured(&scene, "own.toml", "/nowhere"), &[]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_vouches_for_nothing_is_named_and_the_others_are_used() {
    let scene = Scene::of(12, 1).await;
    let makers = scene.place.path().join("makers");
    std::fs::create_dir(&makers).unwrap();
    let own = std::fs::read_to_string(scene.fleet.vendor_folder().join("manufacturer.pem")).unwrap();
    std::fs::write(makers.join("lime.pem"), &own).unwrap();
    std::fs::write(makers.join("damaged.pem"), own.replace("MI", "!!")).unwrap();
    let run = scene.run_by(&configured(&scene, "own.toml", makers.to_str().unwrap()), &["--format", "json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let roots = &json(&run.stdout)["vendor_roots"];
    assert_eq!((&roots["certificates"], &roots["error"]), (&1.into(), &Value::Null));
    let words = "1 certificate of TPM makers vouches for nothing (";
    assert!(roots["remarks"][0].as_str().unwrap().starts_with(words), "{roots}");
    assert!(run.stderr.contains(words) && run.stderr.contains("damaged.pem: its PEM text is damaged"));
}
