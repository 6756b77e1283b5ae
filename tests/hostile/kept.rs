//! Looks again and again: over the connection that is there while all is well, and never by what that one alone says.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use limescope::keylime::{AddressReport, AddressState, Limits, Looks, TlsSetup};
use limescope::servers::Endpoint;

use crate::answers::versions;
use crate::authority::Authority;
use crate::case::{Case, Running, configuration};
use crate::script::{Play, Script, Step};
use crate::secret::{credentials, parsed};
use crate::support::wait::until;

/// A server, and someone who looks at it.
struct Looker {
    running: Running,
    endpoint: Endpoint,
    tls: TlsSetup,
    looks: Looks,
}

impl Looker {
    /// The server plays the first script after the request on its first connection, the second one on all others.
    async fn at(first: Script, later: Script) -> Self {
        let authority = Authority::new();
        let count = AtomicUsize::new(0);
        let play: Play =
            Arc::new(
                move |_head| {
                    if count.fetch_add(1, Ordering::SeqCst) == 0 { first.clone() } else { later.clone() }
                },
            );
        let running = Case::playing("kept", &authority, play).start(&authority).await;
        let config = parsed(&configuration([running.block.clone()]));
        let endpoint = config.groups[0].verifiers[0].clone();
        let tls = TlsSetup::new(&credentials(&authority)).unwrap();
        Self { running, endpoint, tls, looks: Looks::default() }
    }

    async fn look(&mut self) -> AddressReport {
        let limits = Limits { first_byte: Duration::from_secs(2), ..Limits::default() };
        let look = self.looks.look(&self.endpoint, &self.tls, &limits);
        tokio::time::timeout(crate::support::wait::LIMIT, look).await.expect("a look ends in time")
    }

    /// The second connection, to a server that is well.
    async fn looks_full_and_well(&mut self, name: &str) {
        let report = self.look().await;
        assert_eq!(report.failure, None, "{name}: the server is well");
        assert!(report.tls.is_some_and(|tls| tls.verified), "{name}");
        assert_eq!(self.connections(), 2, "{name}");
    }

    fn connections(&self) -> usize {
        self.running.verifier.seen.connections()
    }
}

/// An answer after which the connection stays.
fn staying(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn version() -> Step {
    Step::Say(staying(&versions()).into())
}

fn broken() -> Script {
    vec![Step::Say(staying("<html>").into())]
}

#[tokio::test]
async fn a_look_uses_the_connection_that_is_there_and_tells_the_same() {
    let first = vec![version(), Step::Hear, version(), Step::Hear, version(), Step::Silence];
    let mut looker = Looker::at(first, broken()).await;
    let report = looker.look().await;
    assert_eq!(report.failure, None);
    for _ in 0..2 {
        let again = looker.look().await;
        assert_eq!(
            AddressReport { latency: None, ..again },
            AddressReport { latency: None, ..report.clone() }
        );
    }
    assert_eq!(looker.connections(), 1);
    looker.looks.forget();
    assert_eq!(looker.look().await.state(), AddressState::NotKeylime);
    assert_eq!(looker.connections(), 2);
}

#[tokio::test]
async fn a_connection_that_ends_or_says_what_nobody_asked_is_given_up() {
    let unasked = |bytes: &'static str| vec![version(), Step::Say(bytes.into()), Step::Silence];
    for (name, first) in [
        ("it ended", vec![version()]),
        ("it broke", vec![version(), Step::Abort]),
        ("an answer before the question", vec![version(), version(), Step::Silence]),
        ("unasked bytes", unasked("more")),
        ("unasked bytes without end", vec![version(), Step::Forever(vec![b'x'; 16 * 1024].into())]),
    ] {
        let mut looker = Looker::at(first, vec![version(), Step::Silence]).await;
        assert_eq!(looker.look().await.failure, None, "{name}");
        until(name, async || (!looker.looks.keeps_connection()).then_some(())).await;
        looker.looks_full_and_well(name).await;
    }
}

#[tokio::test]
async fn what_goes_wrong_on_a_kept_connection_only_leads_to_a_full_look() {
    for (name, then) in [
        ("it broke", vec![Step::Abort]),
        ("not HTTP", vec![Step::Say("hello".into()), Step::Silence]),
        ("nonsense", [broken(), vec![Step::Silence]].concat()),
        ("silence", vec![Step::Silence]),
        ("a trickle", vec![Step::Drip(staying(&versions()).into())]),
        (
            "a body without end",
            vec![Step::Say("HTTP/1.1 200 OK\r\n\r\n".into()), Step::Forever(vec![b'x'; 16 * 1024].into())],
        ),
    ] {
        let first = [vec![version(), Step::Hear], then].concat();
        let mut looker = Looker::at(first, vec![version(), Step::Silence]).await;
        assert_eq!(looker.look().await.failure, None, "{name}");
        assert!(looker.looks.keeps_connection(), "{name}");
        looker.looks_full_and_well(name).await;
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_is_another_one_is_found_at_the_next_look() {
    let hung = vec![version(), Step::Hear, Step::Silence];
    let mut looker = Looker::at(hung.clone(), vec![Step::Silence]).await;
    assert_eq!(looker.look().await.failure, None);
    assert_eq!(looker.look().await.state(), AddressState::TimedOut);
    let mut looker = Looker::at(hung, broken()).await;
    assert_eq!(looker.look().await.failure, None);
    assert_eq!(looker.look().await.state(), AddressState::NotKeylime);
    // Nothing is kept of a look that found something wrong.
    assert_eq!(looker.look().await.state(), AddressState::NotKeylime);
    assert_eq!(looker.connections(), 3);
}

#[tokio::test]
async fn a_full_look_is_made_every_few_minutes_whatever_the_connection_says() {
    let mut looker = Looker::at(vec![version(), Step::Silence], vec![version(), Step::Silence]).await;
    assert_eq!(looker.look().await.failure, None);
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(260)).await;
    assert!(looker.looks.keeps_connection());
    tokio::time::advance(Duration::from_secs(40)).await;
    assert!(!looker.looks.keeps_connection());
    tokio::time::resume();
    looker.looks_full_and_well("after five minutes").await;
}
