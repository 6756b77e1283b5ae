//! The embedded fleet, seen from outside: it answers as Keylime does, it holds
//! everything that it promises from its first second on, and its story happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../support/mod.rs"]
mod support;

mod likeness;
mod observer;
mod policies;
mod promises;
mod story;
mod upkeep;

use limescope::demo::{DemoFleet, DemoGroup, DemoOptions};
use support::deployment::{Deployment, Mode};

async fn start(options: &DemoOptions) -> DemoFleet {
    DemoFleet::start(options).await.unwrap()
}

/// A group as a deployment under test; verifiers that refuse are left out.
fn deployment(group: &DemoGroup) -> Deployment {
    let lit = group.verifiers.iter().filter(|verifier| !verifier.dark);
    Deployment {
        name: group.name.clone(),
        verifiers: lit
            .map(|verifier| (verifier.url.clone(), if verifier.push { Mode::Push } else { Mode::Pull }))
            .collect(),
        registrars: group.registrars.clone(),
        registrar_agent_faces: group.registrar_agent_faces.clone(),
        ca: group.ca.clone(),
        cert: group.cert.clone(),
        key: group.key.clone(),
    }
}
