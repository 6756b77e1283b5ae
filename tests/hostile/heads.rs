//! What goes wrong in the head of an answer.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::answers::{answer, answer_with, bulk, head, http_date, record, versions, when_asked};
use crate::authority::Authority;
use crate::case::{Case, agents_of};
use crate::script::{Step, say};

pub fn cases(authority: &Authority) -> Vec<Case> {
    let versions_with = |headers: &str| answer_with("200 OK", headers, versions());
    let many: String = (0..300).map(|number| format!("X-Number-{number}: {number}\r\n")).collect();
    let huge = format!("X-Huge: {}\r\n", "h".repeat(1_000_000));
    let garbage: Vec<u8> =
        (0..3000_u32).map(|number| (number.wrapping_mul(40_503) >> 5) as u8 | 0x80).collect();
    let flood = "HTTP/1.1 103 Early Hints\r\nLink: </version>\r\n\r\n".repeat(100);
    let mut cases = vec![
        Case::at_once("head-drips", authority, vec![Step::Drip(versions_with("").into())])
            .says("timed-out", "the first byte of the answer did not come within 10 s")
            .slow(),
        Case::at_once("head-never-comes", authority, vec![Step::Silence])
            .says("timed-out", "the first byte of the answer did not come within 10 s")
            .slow(),
        Case::at_once("informed-for-ever", authority, vec![Step::Forever(flood.into())])
            .says("timed-out", "the first byte of the answer did not come within 10 s")
            .slow(),
        Case::at_once("head-is-garbage", authority, say(garbage)).says("not-keylime", "does not speak HTTP"),
        Case::at_once("head-breaks-off", authority, say("HTTP/1.1 200 OK\r\nContent-Le"))
            .says("error", "closed before the answer was complete"),
        Case::at_once("head-has-300-lines", authority, say(versions_with(&many)))
            .says("not-keylime", "does not speak HTTP"),
        Case::at_list("list-head-has-300-lines", authority, say(answer_with("200 OK", &many, "{}")))
            .says("not-keylime", "does not speak HTTP"),
        Case::at_once("header-of-a-megabyte", authority, say(versions_with(&huge)))
            .says("not-keylime", "does not speak HTTP"),
        Case::at_list("list-header-of-a-megabyte", authority, say(answer_with("200 OK", &huge, "{}")))
            .says("not-keylime", "does not speak HTTP"),
        Case::at_once(
            "head-without-end",
            authority,
            vec![Step::Say("HTTP/1.1 200 OK\r\n".into()), Step::Forever("X-Again: and again\r\n".into())],
        )
        .says("not-keylime", "does not speak HTTP"),
        Case::at_once("two-lengths", authority, say(versions_with("Content-Length: 3\r\n")))
            .says("not-keylime", "does not speak HTTP"),
        Case::at_once(
            "length-is-negative",
            authority,
            say(format!("{}Content-Length: -1\r\n\r\n{{}}", head("200 OK"))),
        )
        .says("not-keylime", "does not speak HTTP"),
    ];
    let list = bulk([("agent-of-heads", record())]);
    // A tag that is longer than any of Keylime's is not worth sending back.
    let tag = format!("ETag: \"{}\"\r\n", "e".repeat(100_000));
    cases.push(up("tag-of-100-kB", authority, &tag, &list, "attested"));
    cases.push(up("tag-is-no-text", authority, "ETag: \"\u{9b}31m\u{1}\"\r\n", &list, ""));
    cases.push(up("date-is-missing", authority, "", &list, "attested"));
    cases.push(up("date-is-garbage", authority, "Date: yesterday, at tea time\r\n", &list, "attested"));
    cases.push(up("date-far-ahead", authority, "Date: Fri, 01 Jan 9999 00:00:00 GMT\r\n", &list, "stale"));
    // The end of all time is no time: it is taken for a missing one.
    let end = "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\n";
    cases.push(up("date-at-the-end", authority, end, &list, "attested"));
    let before = http_date(Timestamp::now() - SignedDuration::from_hours(24 * 365));
    cases.push(up("date-long-ago", authority, &format!("Date: {before}\r\n"), &list, "attested"));
    cases
}

/// A list with these headers; the one agent in it has this verdict. With none, the head is refused.
fn up(name: &str, authority: &Authority, headers: &str, list: &str, verdict: &'static str) -> Case {
    let script = say(answer_with("200 OK", headers, list));
    let play = when_asked(script);
    let ids = say(answer("200 OK", crate::answers::ids(["agent-of-heads"])));
    let play = std::sync::Arc::new(move |head: &str| match crate::answers::question(head) {
        crate::answers::Question::Ids => ids.clone(),
        _ => play(head),
    });
    let case = Case::playing(name, authority, play);
    if verdict.is_empty() {
        return case.says("not-keylime", "does not speak HTTP").registrar_says("up", "");
    }
    let group = name.to_owned();
    case.and(move |status: &Value| match &agents_of(status, &group)[..] {
        [(_, agent)] if agent["verdict"] == verdict => Ok(()),
        other => Err(format!("expected one agent that is {verdict}, found {other:?}")),
    })
}
