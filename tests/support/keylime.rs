//! Real Keylime 7.14.3 on loopback: three groups, started once per test binary.
//!
//! Agents that attest are ours ([`super::agent`]). Others are only enrolled through the API, as the tenant does it;
//! what no pull agent can be brought into, or not for long enough to be looked at, is made by editing rows of the push
//! verifier's database (it polls nobody, so nothing writes over them).

use std::sync::{Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::{Value, json};

use super::{
    agent::{
        Agent,
        face::Identity,
        keys::{Algorithm, Keys},
    },
    deployment::{Deployment, Mode},
    supervisor::Supervisor,
};

/// The name that Keylime gives every CA by default. Two of our groups have it, because deployments in the field do.
pub const DEFAULT_AUTHORITY: &str = "Keylime Certificate Authority";

/// The groups of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Two pull members on one database; an unreachable agent fails after 30 s (2 + 4 + 8 + 16).
    Pair,
    /// One push member that expects a quote every 60 s, so a success is fresh for 300 s. Nothing here changes by
    /// itself.
    Push,
    /// One pull member, to be killed. Enrol nothing here: tests of `check` count on a group without failures.
    Lone,
}

impl Group {
    /// All of them, in the order of the stack.
    pub const ALL: [Self; 3] = [Self::Pair, Self::Push, Self::Lone];

    /// Name of a verifier for [`Stack::kill`]; members count from 1.
    pub fn verifier(self, member: usize) -> String {
        format!("{}-verifier{member}", self.number())
    }

    /// Name of a registrar for [`Stack::kill`]; members count from 1.
    pub fn registrar(self, member: usize) -> String {
        format!("{}-registrar{member}", self.number())
    }

    fn index(self) -> usize {
        self as usize
    }

    fn number(self) -> usize {
        self.index() + 1
    }
}

/// The running stack.
pub struct Stack {
    supervisor: Mutex<Supervisor>,
    deployments: Vec<Deployment>,
    calm: [RwLock<()>; Group::ALL.len()],
}

/// What a test asked for with [`Stack::hold`]; kept while it is alive.
pub struct Held {
    _steady: Vec<RwLockReadGuard<'static, ()>>,
    _disturbed: Vec<RwLockWriteGuard<'static, ()>>,
}

/// A server that is down; it comes back with [`Killed::start`], or when this is dropped, for the tests to follow.
#[must_use]
pub struct Killed {
    stack: &'static Stack,
    what: Option<String>,
}

impl Stack {
    /// The stack of this test binary, started by whoever asks first (5 s on a quiet machine with two cores).
    pub fn shared() -> &'static Self {
        static STACK: OnceLock<Result<Stack, String>> = OnceLock::new();
        match STACK.get_or_init(Self::start) {
            Ok(stack) => stack,
            Err(error) => panic!("the Keylime stack does not start: {error}"),
        }
    }

    fn start() -> Result<Self, String> {
        let mut supervisor = Supervisor::start(env!("CARGO_CRATE_NAME"))?;
        let group = |modes: &[&str], quote_interval: u32, authority_name: &str| {
            json!({"modes": modes, "quote_interval": quote_interval, "authority_name": authority_name,
                   "retry_interval": 2, "max_retries": 4})
        };
        let described = supervisor.ask(&json!({"op": "up", "groups": [
            group(&["pull", "pull"], 2, DEFAULT_AUTHORITY),
            group(&["push"], 60, DEFAULT_AUTHORITY),
            group(&["pull"], 2, "A Third Certificate Authority"),
        ]}))?;
        let deployments = ["pair", "push", "lone"]
            .iter()
            .enumerate()
            .map(|(index, name)| deployment(name, &described[index]))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| format!("the supervisor described its groups in an unknown way: {described}"))?;
        Ok(Self { supervisor: Mutex::new(supervisor), deployments, calm: Default::default() })
    }

    /// One group's addresses and files.
    pub fn deployment(&self, group: Group) -> &Deployment {
        &self.deployments[group.index()]
    }

    /// All groups, in order.
    pub fn deployments(&self) -> &[Deployment] {
        &self.deployments
    }

    /// Waits until nobody disturbs the `steady` groups and nobody else uses the `disturbed` ones, and keeps it so.
    /// Every test holds what it uses, in one call.
    pub fn hold(&'static self, steady: &[Group], disturbed: &[Group]) -> Held {
        let mut held = Held { _steady: Vec::new(), _disturbed: Vec::new() };
        // Always in the same order, so that two tests cannot wait for each other.
        for group in Group::ALL {
            let lock = &self.calm[group.index()];
            if disturbed.contains(&group) {
                held._disturbed.push(lock.write().unwrap_or_else(PoisonError::into_inner));
            } else if steady.contains(&group) {
                held._steady.push(lock.read().unwrap_or_else(PoisonError::into_inner));
            }
        }
        held
    }

    /// Kills a server's whole process group with SIGKILL; hold its group as disturbed.
    pub fn kill(&'static self, what: &str) -> Killed {
        self.ask(json!({"op": "kill", "what": what}));
        Killed { stack: self, what: Some(what.to_owned()) }
    }

    /// One request as the group's operator, made by Python: not by the client under test. Status and body (a
    /// string where it is no JSON).
    pub fn exchange(&self, group: Group, method: &str, url: &str, body: Option<&Value>) -> (u64, Value) {
        self.exchange_with(group, method, url, &[], body)
    }

    /// As [`Stack::exchange`], with headers more. A server that is shown a token does not look at the certificate.
    pub fn exchange_with(
        &self,
        group: Group,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> (u64, Value) {
        let headers: serde_json::Map<_, _> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let mut answer = self.ask(json!({"op": "exchange", "group": group.number(), "method": method,
                                         "url": url, "body": body, "headers": headers}));
        (answer["status"].as_u64().unwrap(), answer["body"].take())
    }

    /// What the group's verifier itself says about all its agents: id → record.
    pub fn bulk(&self, group: Group, member: usize) -> Value {
        let url = format!("{}/v2.6/agents/?bulk=true", self.verifier(group, member));
        let (status, mut body) = self.exchange(group, "GET", &url, None);
        assert_eq!(status, 200, "{url}: {body}");
        body["results"].take()
    }

    /// Enrols an agent at a member of the group. Nothing listens where it is said to be.
    pub fn enrol(&self, group: Group, member: usize, id: &str) {
        self.enrol_with(group, member, id, &json!({}));
    }

    /// As [`Stack::enrol`], with keys of the request (upstream's names) added or replaced.
    pub fn enrol_with(&self, group: Group, member: usize, id: &str, keys: &Value) {
        let public = Keys::make(Algorithm::EllipticCurve).attestation_public();
        let identity = Identity::make(id, &self.deployment(group).ca);
        let mut body = Self::enrolment(&public, identity.certificate(), self.port());
        for (key, value) in keys.as_object().unwrap() {
            body[key] = value.clone();
        }
        self.add(group, member, id, &body);
    }

    /// What the tenant sends about an agent without policies: its AK (TPM2B_PUBLIC in base64), its certificate in
    /// PEM, and its port on 127.0.0.1.
    pub fn enrolment(attestation_key: &str, certificate: &str, port: u16) -> Value {
        json!({
            "v": null,
            "cloudagent_ip": "127.0.0.1",
            "cloudagent_port": port,
            "tpm_policy": "{\"mask\": \"0x0\"}",
            "runtime_policy": "",
            "runtime_policy_name": "",
            "runtime_policy_key": "",
            "mb_policy": null,
            "mb_policy_name": "",
            "ima_sign_verification_keys": "",
            "metadata": "{}",
            "revocation_key": "",
            "accept_tpm_hash_algs": ["sha512", "sha384", "sha256"],
            "accept_tpm_encryption_algs": ["ecc", "rsa"],
            "accept_tpm_signing_algs": ["ecdsa", "rsassa"],
            "ak_tpm": attestation_key,
            "mtls_cert": certificate,
            "supported_version": "2.6",
        })
    }

    /// Adds an agent at a member of the group with this request.
    pub fn add(&self, group: Group, member: usize, id: &str, body: &Value) {
        let url = format!("{}/v2.6/agents/{id}", self.verifier(group, member));
        let (status, answer) = self.exchange(group, "POST", &url, Some(body));
        assert_eq!(status, 200, "POST {url}: {answer}");
    }

    /// Registers an agent at the group's first registrar, activated; nothing more is heard of it.
    pub fn register(&'static self, group: Group, id: &str) {
        drop(Agent::start(self, group, id));
    }

    /// Has the agent's verifier ask a failed agent again, as an operator does.
    pub fn reactivate(&self, group: Group, member: usize, id: &str) {
        self.put(group, member, id, "reactivate");
    }

    /// Has the agent's verifier stop asking the agent, as an operator does.
    pub fn stop(&self, group: Group, member: usize, id: &str) {
        self.put(group, member, id, "stop");
    }

    fn put(&self, group: Group, member: usize, id: &str, action: &str) {
        let url = format!("{}/v2.6/agents/{id}/{action}", self.verifier(group, member));
        let (status, answer) = self.exchange(group, "PUT", &url, None);
        assert_eq!(status, 200, "PUT {url}: {answer}");
    }

    /// A port on 127.0.0.1 where nobody listens; whoever asks for another one gets another one.
    pub fn port(&self) -> u16 {
        self.ask(json!({"op": "port"})).as_u64().and_then(|port| port.try_into().ok()).expect("a port")
    }

    /// Edits columns of an agent's row in the push verifier's database: `operational_state`,
    /// `accept_attestations`, `consecutive_attestation_failures`, `attestation_count`, `last_received_quote`,
    /// `last_successful_attestation` (Unix seconds), `last_event_id`, `severity_level`, `ip`, `port`, …
    /// With `ip` and `port` the agent reads as a pull agent, in any state one likes.
    pub fn edit_push_agent(&self, id: &str, columns: &[(&str, Value)]) {
        let assignments: Vec<_> = columns.iter().map(|(column, _)| format!("{column} = ?")).collect();
        let mut values: Vec<_> = columns.iter().map(|(_, value)| value.clone()).collect();
        values.push(json!(id));
        let statement = format!("UPDATE verifiermain SET {} WHERE agent_id = ?", assignments.join(", "));
        let done = self.ask(json!({"op": "sql", "group": Group::Push.number(), "database": "verifier",
                                   "statement": statement, "values": values}));
        assert_eq!(done["changed"], 1, "{statement} of {id}");
    }

    /// Address of a group's verifier; members count from 1.
    pub fn verifier(&self, group: Group, member: usize) -> &str {
        &self.deployment(group).verifiers[member - 1].0
    }

    fn ask(&self, request: Value) -> Value {
        let mut supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner);
        supervisor.ask(&request).unwrap_or_else(|error| panic!("{request}: {error}"))
    }
}

impl Killed {
    /// Starts the server again on its old port and waits until it answers.
    pub fn start(mut self) {
        if let Some(what) = self.what.take() {
            self.stack.ask(json!({"op": "start", "what": what}));
        }
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        if let Some(what) = self.what.take() {
            // The test has failed already; a second panic here would abort the whole run.
            let mut supervisor = self.stack.supervisor.lock().unwrap_or_else(PoisonError::into_inner);
            drop(supervisor.ask(&json!({"op": "start", "what": what})));
        }
    }
}

fn deployment(name: &str, described: &Value) -> Option<Deployment> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let texts = |value: &Value| value.as_array()?.iter().map(text).collect::<Option<Vec<_>>>();
    let verifiers = described["verifiers"].as_array()?.iter().map(|verifier| {
        let mode = if verifier["mode"] == "push" { Mode::Push } else { Mode::Pull };
        Some((text(&verifier["address"])?, mode))
    });
    Some(Deployment {
        name: name.to_owned(),
        verifiers: verifiers.collect::<Option<Vec<_>>>()?,
        registrars: texts(&described["registrars"])?,
        registrar_agent_faces: texts(&described["registrar_agent_faces"])?,
        ca: text(&described["ca"])?.into(),
        cert: text(&described["cert"])?.into(),
        key: text(&described["key"])?.into(),
    })
}
