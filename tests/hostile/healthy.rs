//! The healthy group beside the hostile ones.

use limescope::demo::{DemoFleet, DemoOptions};
use serde_json::{Value, json};
use toml::Table;

use crate::case::agents_of;
use crate::support::status;

/// Its agents.
pub const AGENTS: usize = 40;

/// An embedded fleet of one group whose clock stands: its answers are the same for ever.
pub struct Healthy {
    fleet: DemoFleet,
}

impl Healthy {
    pub async fn start() -> Self {
        let options = DemoOptions { groups: 1, agents: AGENTS, still: true, ..DemoOptions::default() };
        Self { fleet: DemoFleet::start(&options).await.unwrap() }
    }

    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.fleet.groups()[0].name
    }

    /// Its block.
    pub fn block(&self) -> Table {
        let configuration: Table = toml::from_str(self.fleet.config_toml()).unwrap();
        configuration["servers"][0].as_table().unwrap().clone()
    }

    /// How a status differs from one that was taken without hostile groups.
    pub fn differences(&self, alone: &Value, together: &Value) -> Vec<String> {
        let (alone, together) = (self.picture(alone), self.picture(together));
        let lines = |picture: &[Value]| picture.iter().map(Value::to_string).collect::<Vec<_>>();
        let (alone, together) = (lines(&alone), lines(&together));
        let missing = alone.iter().filter(|line| !together.contains(line)).map(|line| format!("- {line}"));
        let new = together.iter().filter(|line| !alone.contains(line)).map(|line| format!("+ {line}"));
        missing.chain(new).collect()
    }

    /// All that a status says of it, piece by piece, without what differs from one run to the next.
    fn picture(&self, status: &Value) -> Vec<Value> {
        let group = status::group(status, self.name());
        let mut pieces = vec![group["mode"].clone(), group["reachability"].clone(), group["counts"].clone()];
        for address in group["addresses"].as_array().unwrap() {
            let mut address = address.clone();
            let latency = address.as_object_mut().unwrap().remove("latency_ms");
            // Which member is asked is chosen at random.
            address.as_object_mut().unwrap().remove("in_use");
            assert!(latency.is_some_and(|latency| latency.is_number()), "{address}: it was not measured");
            pieces.push(address);
        }
        let agents = agents_of(status, self.name());
        assert_eq!(agents.len(), AGENTS, "the healthy group lacks agents");
        pieces.extend(agents.into_iter().map(|(id, agent)| json!([id, agent])));
        pieces
    }
}
