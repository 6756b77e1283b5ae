//! `[scheme://]host[:port]`, taken apart strictly.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::text::{nearest::nearest, sanitise};

use super::address::{Address, Host, Role, Scheme};
use super::faces::{DEFAULT_REGISTRAR_PORT, DEFAULT_REGISTRAR_TLS_PORT, DEFAULT_VERIFIER_PORT};
use super::fault::{AddressError, AddressNotice, Severity, quoted};
use super::host;
use super::mask::userinfo;

/// Takes apart one entry of `registrars` or `verifiers`.
///
/// # Errors
/// Everything that is not exactly `[scheme://]host[:port]`, hosts that nobody
/// can connect to (`0.0.0.0`, multicast, an IPv6 zone), and `http://` for a
/// verifier, which never listens without TLS.
pub fn parse_address(entry: &str, role: Role) -> Result<(Address, Vec<AddressNotice>), AddressError> {
    let reading = match role {
        Role::Registrar => Reading::Agents,
        Role::Verifier => Reading::Verifier,
    };
    Entry::new(entry, reading).parse()
}

/// Takes apart one entry of `registrar_admin`: a registrar as operators use it.
///
/// # Errors
/// As [`parse_address`]; `http://` is refused, because a registrar answers
/// operators over TLS only.
pub fn parse_admin_address(entry: &str) -> Result<(Address, Vec<AddressNotice>), AddressError> {
    Entry::new(entry, Reading::Operators).parse()
}

/// Takes a host alone, without scheme and port: a name that a certificate
/// should hold.
///
/// # Errors
/// As [`parse_address`], and where a scheme or a port stands beside the host.
pub fn parse_host(text: &str) -> Result<(Host, Vec<AddressNotice>), AddressError> {
    let entry = Entry::new(text, Reading::Name);
    let (address, notices) = Entry::new(text, Reading::Name).parse()?;
    if address.scheme.is_some() || address.port.is_some() {
        return Err(entry.fault("host-only", 0..text.len(), "only a host name belongs here", None));
    }
    Ok((address.host, notices))
}

/// What the entry is read as; decides defaults and which ports look swapped.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Agents,
    Operators,
    Verifier,
    Name,
}

impl Reading {
    pub(super) fn read(self, entry: &str) -> Result<(Address, Vec<AddressNotice>), AddressError> {
        Entry::new(entry, self).parse()
    }

    fn defaults(self) -> Option<String> {
        let tls = DEFAULT_REGISTRAR_TLS_PORT;
        match self {
            Self::Agents => Some(format!(
                "the default is http and port {DEFAULT_REGISTRAR_PORT} (operators: https and port {tls})"
            )),
            Self::Operators => Some(format!("the default is https and port {tls}")),
            Self::Verifier => Some(format!("the default is https and port {DEFAULT_VERIFIER_PORT}")),
            Self::Name => None,
        }
    }
}

/// A port with its bytes of the entry.
type Port = (u16, Range<usize>);
type HostAndPort = (Host, Option<Port>);

/// One entry on its way to an address. All spans are bytes of the whole entry.
pub(super) struct Entry<'e> {
    text: &'e str,
    reading: Reading,
    notices: Vec<AddressNotice>,
}

impl<'e> Entry<'e> {
    fn new(text: &'e str, reading: Reading) -> Self {
        Self { text, reading, notices: Vec::new() }
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'e str {
        self.text.get(range).unwrap_or_default()
    }

    pub(super) fn fault(
        &self,
        code: &'static str,
        span: Range<usize>,
        what: &str,
        hint: Option<String>,
    ) -> AddressError {
        let character = self.slice(0..span.start).chars().count() + 1;
        let hint = [hint, self.reading.defaults()].into_iter().flatten().collect::<Vec<_>>().join("; ");
        AddressError {
            code,
            message: format!("{}, character {character}: {what}", quoted(self.text)),
            span,
            hint: (!hint.is_empty()).then_some(hint),
        }
    }

    pub(super) fn notice(
        &mut self,
        severity: Severity,
        code: &'static str,
        span: Range<usize>,
        what: &str,
        hint: Option<&str>,
    ) {
        let message = format!("{} {what}", quoted(self.text));
        self.notices.push(AddressNotice { severity, code, message, span, hint: hint.map(str::to_owned) });
    }

    fn parse(mut self) -> Result<(Address, Vec<AddressNotice>), AddressError> {
        let whole = self.trimmed()?;
        let start = whole.start;
        self.refuse_userinfo_and_odd_characters(whole.clone())?;
        let (scheme, rest) = self.scheme(whole)?;
        let authority = self.authority(rest)?;
        let (host, port) = self.host_and_port(authority.clone(), scheme)?;
        let read = start..authority.end;
        if self.slice(read.clone()).bytes().any(|byte| byte.is_ascii_uppercase()) {
            self.notice(Severity::Info, "lower-cased", read, "is read in lower case", None);
        }
        self.mode_notices(scheme, port.as_ref());
        Ok((Address { scheme, host, port: port.map(|(port, _)| port) }, self.notices))
    }

    /// Bytes of the entry without the blanks around it.
    fn trimmed(&mut self) -> Result<Range<usize>, AddressError> {
        let start = self.text.len() - self.text.trim_start_matches(' ').len();
        let end = self.text.trim_end_matches(' ').len();
        if start >= end {
            let hint = Some("write [scheme://]host[:port], or remove the entry".to_owned());
            return Err(self.fault("empty-entry", 0..self.text.len(), "the entry is empty", hint));
        }
        if start > 0 || end < self.text.len() {
            let blanks = if start > 0 { 0..start } else { end..self.text.len() };
            self.notice(
                Severity::Warning,
                "blanks-around",
                blanks,
                "has blanks around it, which are ignored",
                Some("remove them"),
            );
        }
        Ok(start..end)
    }

    fn refuse_userinfo_and_odd_characters(&self, whole: Range<usize>) -> Result<(), AddressError> {
        if let Some((start, end)) = userinfo(self.text) {
            return Err(self.fault(
                "userinfo",
                start..end,
                "a user name or password has no place in an address",
                Some("Keylime knows operators by their client certificate: see [servers.tls]".to_owned()),
            ));
        }
        for (offset, character) in self.slice(whole.clone()).char_indices() {
            if character.is_ascii_alphanumeric()
                || matches!(character, '.' | '-' | ':' | '/' | '[' | ']' | '_')
            {
                continue;
            }
            let at = whole.start + offset;
            let span = at..at + character.len_utf8();
            if character == ' ' {
                return Err(self.fault("inner-blank", span, "a blank inside the address", None));
            }
            let mut buffer = [0; 4];
            let plain: &str = character.encode_utf8(&mut buffer);
            // A combining mark alone is escaped too, but inside a name it is legal.
            let odd = sanitise(&format!("a{plain}")).as_str() != format!("a{plain}");
            if odd {
                let what = format!("the character {} has no place in an address", sanitise(plain));
                return Err(self.fault("odd-character", span, &what, None));
            }
        }
        Ok(())
    }

    /// The scheme, and where the rest begins.
    fn scheme(&mut self, whole: Range<usize>) -> Result<(Option<Scheme>, Range<usize>), AddressError> {
        let text = self.slice(whole.clone());
        let Some(position) = text.find("://") else {
            if let Some(colon) = text.find(':') {
                let before = text.get(..colon).unwrap_or_default().to_lowercase();
                let slash = text.get(colon + 1..).is_some_and(|after| after.starts_with('/'));
                if slash || before == "http" || before == "https" {
                    return Err(self.fault(
                        "malformed-scheme",
                        whole.start + colon..whole.end,
                        "between scheme and host stands ://",
                        Some("write https://host".to_owned()),
                    ));
                }
            }
            return Ok((None, whole));
        };
        let written = text.get(..position).unwrap_or_default();
        let span = whole.start..whole.start + position;
        let rest = whole.start + position + 3..whole.end;
        let scheme = match written.to_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            "" => {
                return Err(self.fault(
                    "empty-scheme",
                    span.start..rest.start,
                    "no scheme before ://",
                    Some("write https://host, or the host alone".to_owned()),
                ));
            }
            other => {
                let hint = match nearest(other, ["https", "http"]) {
                    Some(near) => format!("did you mean {near}://?"),
                    None => "Keylime speaks https:// and http://".to_owned(),
                };
                let what = format!("the scheme {} is unknown", quoted(written));
                return Err(self.fault("unknown-scheme", span, &what, Some(hint)));
            }
        };
        if scheme == Scheme::Http && self.reading == Reading::Verifier {
            return Err(self.fault(
                "http-verifier",
                span,
                "a verifier never listens without TLS",
                Some("write https://".to_owned()),
            ));
        }
        if scheme == Scheme::Http && self.reading == Reading::Operators {
            return Err(self.fault(
                "http-registrar-admin",
                span,
                "a registrar answers operators over TLS only",
                Some("write https://".to_owned()),
            ));
        }
        let after = self.slice(rest.clone());
        if after.starts_with('/') {
            return Err(self.fault(
                "malformed-scheme",
                rest.start..rest.start + 1,
                "one slash too many after ://",
                None,
            ));
        }
        Ok((Some(scheme), rest))
    }

    /// Refuses path, query and fragment; strips one slash at the end.
    fn authority(&mut self, rest: Range<usize>) -> Result<Range<usize>, AddressError> {
        let text = self.slice(rest.clone());
        let Some(position) = text.find(['/', '?', '#']) else { return Ok(rest) };
        let at = rest.start + position;
        let tail = text.get(position..).unwrap_or_default();
        if tail == "/" {
            if position > 0 {
                self.notice(
                    Severity::Info,
                    "trailing-slash",
                    at..rest.end,
                    "ends with a slash, which is ignored",
                    None,
                );
            }
            return Ok(rest.start..at);
        }
        let (code, what) = match tail.chars().next() {
            Some('?') => ("query", "a query has no place here"),
            Some('#') => ("fragment", "a fragment has no place here"),
            _ => ("path", "a path has no place here"),
        };
        let hint = Some("only scheme, host and port".to_owned());
        Err(self.fault(code, at..rest.end, what, hint))
    }

    fn host_and_port(
        &mut self,
        authority: Range<usize>,
        scheme: Option<Scheme>,
    ) -> Result<HostAndPort, AddressError> {
        let text = self.slice(authority.clone());
        if text.is_empty() {
            let start = authority.start;
            return Err(self.fault("empty-host", start..start, "there is no host", None));
        }
        if text.starts_with('[') {
            return self.bracketed(authority);
        }
        if let Some(position) = text.find(['[', ']']) {
            let at = authority.start + position;
            let what = "a bracket without its partner before the address";
            return Err(self.fault("bracket", at..at + 1, what, Some("write [2001:db8::5]:port".to_owned())));
        }
        if let Some(percent) = text.find('%')
            && text.get(..percent).is_some_and(|before| before.parse::<Ipv6Addr>().is_ok())
        {
            return Err(self.zone(authority.start + percent..authority.end));
        }
        match text.matches(':').count() {
            0 => Ok((host::name(self, authority)?, None)),
            1 => {
                let colon = authority.start + text.find(':').unwrap_or_default();
                if colon == authority.start {
                    return Err(self.fault(
                        "empty-host",
                        colon..colon,
                        "there is no host before the port",
                        None,
                    ));
                }
                let host = host::name(self, authority.start..colon)?;
                Ok((host, Some(self.port(colon + 1..authority.end)?)))
            }
            _ => Ok((self.bare_ipv6(authority, scheme)?, None)),
        }
    }

    fn bracketed(&mut self, authority: Range<usize>) -> Result<HostAndPort, AddressError> {
        let text = self.slice(authority.clone());
        let open = authority.start;
        let Some(position) = text.find(']') else {
            return Err(self.fault("bracket", open..open + 1, "the bracket is never closed", None));
        };
        let close = open + position;
        let inside = self.slice(open + 1..close);
        let host = if let Ok(address) = inside.parse::<Ipv6Addr>() {
            host::check_ipv6(self, address, open..close + 1)?
        } else if let Ok(address) = inside.parse::<Ipv4Addr>() {
            let span = open..close + 1;
            self.notice(
                Severity::Warning,
                "bracketed-ipv4",
                span.clone(),
                "has brackets around an IPv4 address",
                Some("brackets are for IPv6; remove them"),
            );
            host::check_ipv4(self, address, span)?
        } else if inside.is_empty() {
            return Err(self.fault("empty-host", open..close + 1, "nothing between the brackets", None));
        } else if let Some(percent) = inside.find('%') {
            return Err(self.zone(open + 1 + percent..close));
        } else {
            return Err(self.fault(
                "ipv6-invalid",
                open + 1..close,
                "between the brackets is no IPv6 address",
                None,
            ));
        };
        match self.slice(close + 1..authority.end).chars().next() {
            None => Ok((host, None)),
            Some(':') => Ok((host, Some(self.port(close + 2..authority.end)?))),
            Some(_) => Err(self.fault(
                "bracket",
                close + 1..authority.end,
                "after the bracket only :port may follow",
                None,
            )),
        }
    }

    fn bare_ipv6(&mut self, authority: Range<usize>, scheme: Option<Scheme>) -> Result<Host, AddressError> {
        let text = self.slice(authority.clone());
        let parsed = text.parse::<Ipv6Addr>().ok();
        let split = text.rsplit_once(':').filter(|(address, port)| {
            address.parse::<Ipv6Addr>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit())
        });
        if let Some(scheme) = scheme {
            let hint = match (split, parsed) {
                (Some((address, port)), _) if port.len() > 3 => {
                    format!("write {scheme}://[{address}]:{port}")
                }
                (_, Some(_)) => format!("write {scheme}://[{text}]"),
                _ => format!("write {scheme}://[2001:db8::5]:port"),
            };
            let what = "an IPv6 address after a scheme needs brackets";
            return Err(self.fault("ipv6-needs-brackets", authority, what, Some(hint)));
        }
        match (parsed, split) {
            (Some(address), Some((before, port))) if port.len() == 4 => {
                self.notice(
                    Severity::Warning,
                    "ambiguous-ipv6",
                    authority.clone(),
                    "is read as one IPv6 address without a port",
                    Some(&format!("did you mean [{before}]:{port}?")),
                );
                host::check_ipv6(self, address, authority)
            }
            (Some(address), _) => host::check_ipv6(self, address, authority),
            (None, Some((before, port))) => Err(self.fault(
                "ipv6-needs-brackets",
                authority,
                "an IPv6 address with a port needs brackets",
                Some(format!("write [{before}]:{port}")),
            )),
            (None, None) => {
                let second = text.match_indices(':').nth(1).map_or(0, |(position, _)| position);
                let hexadecimal =
                    text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
                if hexadecimal {
                    return Err(self.fault("ipv6-invalid", authority, "no IPv6 address", None));
                }
                let at = authority.start + second;
                Err(self.fault("second-colon", at..authority.end, "a second colon", None))
            }
        }
    }

    fn zone(&self, span: Range<usize>) -> AddressError {
        let what = "an IPv6 zone is not supported: it means something on one machine only";
        self.fault("ipv6-zone", span, what, Some("use a global address or a name".to_owned()))
    }

    fn port(&self, span: Range<usize>) -> Result<Port, AddressError> {
        let text = self.slice(span.clone());
        let what = if text.is_empty() {
            "there is no port after the colon"
        } else if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            "the port is no number of the digits 0 to 9"
        } else if text.bytes().all(|byte| byte == b'0') {
            "port 0 cannot be connected to"
        } else if text.starts_with('0') {
            "the port begins with a zero"
        } else if let Ok(port) = text.parse::<u16>() {
            return Ok((port, span));
        } else {
            "the port is above 65535"
        };
        Err(self.fault("port", span, what, Some("write a port from 1 to 65535".to_owned())))
    }

    fn mode_notices(&mut self, scheme: Option<Scheme>, port: Option<&Port>) {
        let other_role = port.and_then(|(port, span)| {
            let belongs = match (self.reading, *port) {
                (Reading::Agents | Reading::Operators, DEFAULT_VERIFIER_PORT) => "the verifier's port",
                (Reading::Verifier, DEFAULT_REGISTRAR_PORT | DEFAULT_REGISTRAR_TLS_PORT) => {
                    "a registrar's port"
                }
                (Reading::Operators, DEFAULT_REGISTRAR_PORT) => "the agents' port, which has no TLS",
                _ => return None,
            };
            Some((span.clone(), format!("has port {port}: by default {belongs}")))
        });
        if let Some((span, what)) = other_role {
            self.notice(Severity::Warning, "port-of-other-role", span, &what, None);
        }
        if self.reading == Reading::Agents && scheme != Some(Scheme::Https) {
            self.notice(
                Severity::Info,
                "clear-text",
                0..self.text.len(),
                "is what agents use, in clear text (http); operators use https on port 8891 of the same host",
                None,
            );
        }
    }
}
