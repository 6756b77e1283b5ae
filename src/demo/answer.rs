//! A question to a server of the fleet and its answer.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response, StatusCode};

use super::clock::Moment;
use super::pages::{Measure, Pages, measure};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const HTML: &str = "text/html; charset=UTF-8";
const JSON: &str = "application/json";
const JSON_API: &str = "application/json; charset=UTF-8";

/// What a client asks.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) method: Method,
    /// As sent: path segments are not percent-decoded.
    pub(super) path: String,
    pub(super) query: String,
    /// It showed a certificate of the group's CA with a common name.
    pub(super) admin: bool,
    /// It sent an `Authorization` header, which turns the certificate off.
    pub(super) token: bool,
    if_none_match: Option<String>,
    request_id: String,
}

impl Question {
    /// The question of a request.
    pub(super) fn new<B>(request: &hyper::Request<B>, admin: bool) -> Self {
        let text = |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let word = |character: &char| character.is_ascii_alphanumeric() || *character == '_';
        Self {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().unwrap_or_default().to_owned(),
            admin,
            token: request.headers().contains_key(header::AUTHORIZATION),
            if_none_match: text(header::IF_NONE_MATCH).map(str::to_owned),
            request_id: text(REQUEST_ID).unwrap_or_default().chars().filter(word).take(36).collect(),
        }
    }

    /// A parameter of the query; blank ones count as absent, as in Keylime.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, value)| *key == name && !value.is_empty())
            .map(|(_, value)| percent_decoded(value))
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digit = |position: usize| after.get(position).and_then(|digit| char::from(*digit).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _, _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a server says.
pub(super) struct Answer {
    status: StatusCode,
    content_type: &'static str,
    location: Option<String>,
    content: Content,
}

enum Content {
    Text(String),
    Pages(Pages, Measure),
}

impl Answer {
    /// Only a status: unknown paths, wrong methods, handlers that broke.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self { status, content_type: HTML, location: None, content: Content::Text(String::new()) }
    }

    /// A redirect without a body.
    pub(super) fn redirect(location: &str) -> Self {
        Self { location: Some(location.to_owned()), ..Self::empty(StatusCode::TEMPORARY_REDIRECT) }
    }

    /// The v2 API's JSON, complete.
    pub(super) fn json(status: StatusCode, text: String) -> Self {
        Self { status, content_type: JSON, location: None, content: Content::Text(text) }
    }

    /// JSON in the forms of JSON:API.
    pub(super) fn json_api(status: StatusCode, text: String) -> Self {
        Self { content_type: JSON_API, ..Self::json(status, text) }
    }

    /// A status with a `Location`, as for attestations.
    pub(super) fn located(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    /// A bulk answer.
    pub(super) fn pages((pages, measure): (Pages, Measure)) -> Self {
        Self {
            status: StatusCode::OK,
            content_type: JSON,
            location: None,
            content: Content::Pages(pages, measure),
        }
    }

    /// The refusal of someone who is not an operator.
    pub(super) fn refused(action: &str, demand: &str) -> Self {
        Self::json_api(
            StatusCode::FORBIDDEN,
            format!(
                r#"{{"errors": [{{"status": "403", "title": "Forbidden", "detail": "Action {action} requires {demand}"}}]}}"#
            ),
        )
    }

    /// The refusal of any token: the demo has no agents that could have one.
    pub(super) fn token_refused() -> Self {
        let text = r#"{"errors": [{"status": "401", "title": "Unauthorized", "detail": "Invalid authentication token"}]}"#;
        Self::json_api(StatusCode::UNAUTHORIZED, text.to_owned())
    }

    /// The answer to `question` at `moment` on the wire, with the headers of
    /// Keylime 7.14.3.
    pub(super) fn into_response(self, question: &Question, moment: Moment) -> Response<AnswerBody> {
        let measured = match &self.content {
            Content::Pages(_, measured) => Some(measured.clone()),
            Content::Text(text) if self.status == StatusCode::OK => {
                Some(measure([Bytes::copy_from_slice(text.as_bytes())].into_iter()))
            }
            Content::Text(_) => None,
        };
        let unchanged = measured
            .as_ref()
            .zip(question.if_none_match.as_ref())
            .is_some_and(|(measured, known)| matches_tag(known, &measured.tag));
        let mut headers = HeaderMap::with_capacity(8);
        let mut put = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        put(header::SERVER, "TornadoServer/6.6.1");
        if !unchanged {
            put(header::CONTENT_TYPE, self.content_type);
        }
        put(header::DATE, &http_date(moment.unix()));
        put(REQUEST_ID, &question.request_id);
        if let Some(location) = &self.location {
            put(header::LOCATION, location);
        }
        if let Some(measured) = &measured {
            put(header::ETAG, &measured.tag);
        }
        let body = match self.content {
            _ if unchanged => AnswerBody::empty(),
            Content::Text(text) => {
                AnswerBody { left: text.len() as u64, text: Some(text.into()), pages: None }
            }
            Content::Pages(pages, measured) => {
                AnswerBody { left: measured.length, text: None, pages: Some(Box::new(pages)) }
            }
        };
        if !unchanged {
            put(header::CONTENT_LENGTH, &body.left.to_string());
        }
        let mut response = Response::new(body);
        *response.status_mut() = if unchanged { StatusCode::NOT_MODIFIED } else { self.status };
        *response.headers_mut() = headers;
        response
    }
}

/// Whether `If-None-Match` names the tag (RFC 9110 section 13.1.2, weak comparison).
fn matches_tag(known: &str, tag: &str) -> bool {
    known.trim() == "*" || known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag)
}

fn http_date(unix: u64) -> String {
    i64::try_from(unix)
        .ok()
        .and_then(|unix| jiff::Timestamp::from_second(unix).ok())
        .and_then(|time| jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok())
        .unwrap_or_default()
}

/// A body of known length: one text, or pieces made while they are sent.
pub(super) struct AnswerBody {
    text: Option<Bytes>,
    pages: Option<Box<Pages>>,
    left: u64,
}

impl AnswerBody {
    fn empty() -> Self {
        Self { text: None, pages: None, left: 0 }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let piece = self.text.take().or_else(|| self.pages.as_mut().and_then(|pages| pages.next()));
        let piece = piece.filter(|piece| !piece.is_empty());
        self.left = self.left.saturating_sub(piece.as_ref().map_or(0, |piece| piece.len() as u64));
        Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(query: &str) -> Question {
        Question::new(&hyper::Request::get(format!("/v2/agents/?{query}")).body(()).unwrap(), true)
    }

    #[test]
    fn blank_parameters_are_absent() {
        assert_eq!(question("bulk=false").parameter("bulk").as_deref(), Some("false"));
        assert_eq!(question("bulk=&verifier=a%2Db").parameter("bulk"), None);
        assert_eq!(question("bulk=&verifier=a%2Db+c%").parameter("verifier").as_deref(), Some("a-b c%"));
        assert_eq!(question("bulk").parameter("bulk"), None);
    }

    #[test]
    fn request_ids_come_back_without_what_is_no_word() {
        let request = hyper::Request::get("/").header("x-request-id", "ab-cd_1!é").body(()).unwrap();
        assert_eq!(Question::new(&request, false).request_id, "");
        let request = hyper::Request::get("/").header("x-request-id", "ab-cd_1!").body(()).unwrap();
        assert_eq!(Question::new(&request, false).request_id, "abcd_1");
    }

    #[test]
    fn tags_are_compared_weakly() {
        assert!(matches_tag("\"a\"", "\"a\""));
        assert!(matches_tag("\"b\", W/\"a\"", "\"a\""));
        assert!(matches_tag("*", "\"a\""));
        assert!(!matches_tag("\"b\"", "\"a\""));
    }

    #[test]
    fn dates_are_those_of_http() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
