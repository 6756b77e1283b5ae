//! What goes wrong before a request: TCP and TLS.

use std::time::Duration;

use crate::answers::{always, answer};
use crate::authority::Authority;
use crate::case::Case;
use crate::script::{Step, say};
use crate::server::Transport;

pub fn cases(authority: &Authority) -> Vec<Case> {
    // The head of a TLS record that announces a ServerHello and never brings it.
    let half_a_record = [0x16, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3].to_vec();
    let garbage: Vec<u8> =
        (0..4096_u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let plain = answer("400 Bad Request", "<html>this is a plain HTTP port</html>");
    vec![
        Case::at_connection("tcp-silent", vec![Step::Silence])
            .says("timed-out", "the TLS handshake did not come within 5 s")
            .slow(),
        Case::at_connection("tls-never-ends", vec![Step::Drip(half_a_record.into()), Step::Silence])
            .says("timed-out", "the TLS handshake did not come within 5 s")
            .slow(),
        Case::at_connection("tls-is-garbage", vec![Step::Hear, Step::Say(garbage.into()), Step::Silence])
            .says("not-keylime", "does not speak TLS"),
        Case::at_connection("tls-is-plain-http", vec![Step::Hear, Step::Say(plain.into())])
            .says("not-keylime", "does not speak TLS"),
        Case::at_connection("closed-at-hello", vec![Step::Hear])
            .says("not-keylime", "closed the connection during the TLS handshake"),
        // An alert of level fatal: access_denied.
        Case::at_connection(
            "alert-at-hello",
            vec![
                Step::Hear,
                Step::Say(vec![0x15, 3, 3, 0, 2, 2, 49].into()),
                Step::Pause(Duration::from_millis(50)),
            ],
        )
        .says("client-cert-refused", "refused our client certificate"),
        Case::at_once("closed-after-handshake", authority, vec![])
            .says("error", "closed before the answer was complete"),
        Case::at_once("dropped-after-handshake", authority, vec![Step::Abort])
            .says("error", "closed before the answer was complete"),
        Case::of(
            "tls-on-registrar-only",
            Transport::Bare(vec![Step::Hear, Step::Abort]),
            Transport::Tls(authority.good(), always(say("no HTTP at all\r\n\r\n"))),
        )
        .says("not-keylime", "closed the connection during the TLS handshake")
        .registrar_says("not-keylime", "does not speak HTTP"),
    ]
}
