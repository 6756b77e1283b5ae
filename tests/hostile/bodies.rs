//! What goes wrong in the body of an answer, whatever it holds.

use crate::answers::{answer, answer_with, bulk, endless, head, record, versions};
use crate::authority::Authority;
use crate::case::Case;
use crate::script::{Step, say};

pub fn cases(authority: &Authority) -> Vec<Case> {
    let claims = |bytes: u64| format!("{}Content-Length: {bytes}\r\n\r\n{{", head("200 OK"));
    let too_large = format!("\"{}\"", "x".repeat(64 * 1024));
    let list = bulk([("agent-of-bodies", record())]);
    let half = |body: String| {
        let whole = answer("200 OK", body);
        whole[..whole.len() - 20].to_vec()
    };
    let gzip = |body: &[u8]| answer_with("200 OK", "Content-Encoding: gzip\r\n", body);
    let zipped = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &[0x63; 5000]].concat();
    let drip = |body: &str| {
        vec![
            Step::Say(format!("{}Content-Length: {}\r\n\r\n", head("200 OK"), body.len()).into()),
            Step::Drip(body.to_owned().into()),
        ]
    };
    vec![
        Case::at_once("version-drips", authority, drip(&versions()))
            .says("timed-out", "the answer comes too slowly: ")
            .slow(),
        Case::at_list("list-drips", authority, drip(&list))
            .says("timed-out", "less than 1024 bytes a second")
            .slow(),
        Case::at_list("list-stops", authority, vec![Step::Say(claims(1000).into()), Step::Silence])
            .says("timed-out", "less than 1024 bytes a second")
            .slow(),
        Case::at_once("version-without-end", authority, endless(&"x".repeat(1000)))
            .says("error", "it does not end; such an answer may have 65536 bytes"),
        Case::at_once(
            "version-claims-a-gigabyte",
            authority,
            vec![Step::Say(claims(1 << 30).into()), Step::Silence],
        )
        .says("error", "it claims 1073741824 bytes; such an answer may have 65536 bytes"),
        Case::at_list(
            "list-claims-a-gigabyte",
            authority,
            vec![Step::Say(claims(1 << 30).into()), Step::Silence],
        )
        .says("error", "it claims 1073741824 bytes; such an answer may have 134217728 bytes")
        .registrar_says("error", "it claims 1073741824 bytes; such an answer may have 33554432 bytes"),
        Case::at_list(
            "list-claims-too-much-to-count",
            authority,
            vec![Step::Say(claims(i64::MAX as u64).into()), Step::Silence],
        )
        .says("error", "it claims 9223372036854775807 bytes"),
        Case::at_once("version-just-too-large", authority, say(answer("200 OK", too_large)))
            .says("error", "such an answer may have 65536 bytes"),
        Case::at_list("refusal-without-end", authority, {
            let mut script = endless(&"x".repeat(16_000));
            script[0] = Step::Say(
                format!("{}Transfer-Encoding: chunked\r\n\r\n", head("500 Internal Server Error")).into(),
            );
            script
        })
        .says("error", "it does not end; such an answer may have 1048576 bytes"),
        Case::at_once("version-breaks-off", authority, say(half(versions())))
            .says("error", "closed before the answer was complete"),
        Case::at_list("list-breaks-off", authority, say(half(list.clone())))
            .says("error", "closed before the answer was complete"),
        Case::at_list("list-is-dropped", authority, vec![Step::Say(half(list.clone()).into()), Step::Abort])
            .says("error", "closed before the answer was complete"),
        Case::at_list(
            "chunk-is-garbage",
            authority,
            say(format!("{}Transfer-Encoding: chunked\r\n\r\nzz\r\nno chunk\r\n", head("200 OK"))),
        )
        .says("error", "Invalid chunk size line"),
        Case::at_list("list-is-empty", authority, say(answer("200 OK", ""))).says("error", "is not readable"),
        Case::at_once("version-is-empty", authority, say(answer("200 OK", "")))
            .says("not-keylime", "the answer to /version is not Keylime's"),
        Case::at_once("version-is-html", authority, say(answer("200 OK", "<html>hello</html>")))
            .says("not-keylime", "the answer to /version is not Keylime's"),
        Case::at_list("list-is-html", authority, say(answer("200 OK", "<html>hello</html>")))
            .says("error", "is not readable"),
        Case::at_list("list-claims-gzip", authority, say(gzip(&zipped))).says("error", "is not readable"),
        Case::at_once("version-claims-gzip", authority, say(gzip(&zipped)))
            .says("not-keylime", "the answer to /version is not Keylime's"),
    ]
}
