//! Hosts: dotted quads, IPv6, and names as RFC 1123 and IDNA have them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

use super::address::Host;
use super::fault::{AddressError, Severity, quoted};
use super::grammar::Entry;

/// Characters of one label and of a whole name at most (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 253;

/// Reads a name or a dotted quad.
pub(super) fn name(entry: &mut Entry<'_>, span: Range<usize>) -> Result<Host, AddressError> {
    let mut span = span;
    let mut dotted = false;
    if span.len() > 1 && entry.slice(span.clone()).ends_with('.') {
        span.end -= 1;
        dotted = true;
    }
    let written = entry.slice(span.clone());
    if ends_in_a_number(written) {
        return match written.parse::<Ipv4Addr>() {
            Ok(address) if !dotted => check_ipv4(entry, address, span),
            _ => Err(entry.fault(
                "not-a-dotted-quad",
                span,
                "a host that ends in a number must be a dotted quad",
                Some("write four numbers from 0 to 255 without leading zeros, such as 192.0.2.7".to_owned()),
            )),
        };
    }
    if dotted {
        entry.notice(
            Severity::Warning,
            "trailing-dot",
            span.end..span.end + 1,
            "ends with a dot, which is ignored",
            Some("certificates never hold it; remove it"),
        );
    }
    let name =
        if written.is_ascii() { written.to_ascii_lowercase() } else { international(entry, span.clone())? };
    check_name(entry, &name, written, span)?;
    Ok(Host::Name(name))
}

/// Refuses IPv4 addresses that nobody can connect to.
pub(super) fn check_ipv4(
    entry: &Entry<'_>,
    address: Ipv4Addr,
    span: Range<usize>,
) -> Result<Host, AddressError> {
    connectable(entry, IpAddr::V4(address), span)?;
    Ok(Host::V4(address))
}

/// Refuses IPv6 addresses that nobody can connect to.
pub(super) fn check_ipv6(
    entry: &mut Entry<'_>,
    address: Ipv6Addr,
    span: Range<usize>,
) -> Result<Host, AddressError> {
    connectable(entry, address.to_canonical(), span.clone())?;
    if address.is_unicast_link_local() {
        entry.notice(
            Severity::Warning,
            "link-local",
            span,
            "is a link-local address, which no host reaches without a zone",
            Some("use a global address or a name"),
        );
    } else if let Some(mapped) = address.to_ipv4_mapped() {
        let what = format!("is the IPv4 address {mapped}");
        entry.notice(Severity::Info, "ipv4-mapped", span, &what, None);
    }
    Ok(Host::V6(address))
}

fn connectable(entry: &Entry<'_>, address: IpAddr, span: Range<usize>) -> Result<(), AddressError> {
    let (code, what) = if address.is_unspecified() {
        ("unspecified-address", "means every interface of a server; nobody can connect to it")
    } else if address.is_multicast() {
        ("multicast-address", "is a multicast address; no server answers there")
    } else if address == IpAddr::V4(Ipv4Addr::BROADCAST) {
        ("broadcast-address", "is the broadcast address; no server answers there")
    } else {
        return Ok(());
    };
    let hint = Some("write the address that clients reach".to_owned());
    Err(entry.fault(code, span, &format!("{address} {what}"), hint))
}

/// Whether other parsers might take this for an IPv4 address, in one of its
/// old forms (the URL standard's test).
fn ends_in_a_number(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

fn check_name(entry: &Entry<'_>, name: &str, written: &str, span: Range<usize>) -> Result<(), AddressError> {
    let refuse = |code, span, what: &str| Err(entry.fault(code, span, what, None));
    // Offsets fit the written text only where nothing was converted: a converted
    // name can be as long as the written one by chance.
    let same = name.eq_ignore_ascii_case(written);
    let mut start = 0;
    for label in name.split('.') {
        let here = if same { span.start + start..span.start + start + label.len() } else { span.clone() };
        start += label.len() + 1;
        if label.is_empty() {
            return refuse("empty-label", here, "nothing between two dots of the host name");
        }
        if label.len() > MAX_LABEL {
            return refuse("label-length", here, "a part of a host name has at most 63 characters");
        }
        if label.starts_with('-') || label.ends_with('-') {
            return refuse("hyphen", here, "a part of a host name neither begins nor ends with a hyphen");
        }
        let wrong = |character: &char| !character.is_ascii_alphanumeric() && *character != '-';
        if let Some((offset, character)) = label.char_indices().find(|(_, character)| wrong(character)) {
            let at = if same { here.start + offset..here.start + offset + 1 } else { here };
            let what = match character {
                '_' => "a host name has no underscore (RFC 1123)".to_owned(),
                '*' => "a wildcard is no host".to_owned(),
                other => format!("a host name has no {}", quoted(&other.to_string())),
            };
            return refuse("host-character", at, &what);
        }
    }
    if name.len() > MAX_NAME {
        return refuse("name-length", span, "a host name has at most 253 characters");
    }
    Ok(())
}

/// Converts a name with letters beyond ASCII into A-labels, and says so.
fn international(entry: &mut Entry<'_>, span: Range<usize>) -> Result<String, AddressError> {
    let written = entry.slice(span.clone());
    for (offset, character) in written.char_indices() {
        // Folded into plain digits, letters and dots by IDNA: a trap, never a need.
        let foldable = matches!(character, '\u{3002}' | '\u{ff00}'..='\u{ffef}')
            || (!character.is_ascii() && character.is_numeric());
        if foldable {
            let at = span.start + offset..span.start + offset + character.len_utf8();
            let what = format!("{} only looks like a plain character", quoted(&character.to_string()));
            return Err(entry.fault("look-alike", at, &what, Some("write it in ASCII".to_owned())));
        }
    }
    let Ok(converted) = idna::domain_to_ascii_cow(written.as_bytes(), idna::AsciiDenyList::EMPTY) else {
        let hint = Some("write the name in its ASCII form (xn--…)".to_owned());
        return Err(entry.fault("international-name", span, "no valid international name", hint));
    };
    for (label, ascii) in written.split('.').zip(converted.split('.')) {
        if !label.is_ascii() && !ascii.starts_with("xn--") {
            let what = format!("{} would silently become {}", quoted(label), quoted(ascii));
            return Err(entry.fault("look-alike", span, &what, Some("write it in ASCII".to_owned())));
        }
    }
    let converted = converted.into_owned();
    let what = format!("is looked up as {converted}");
    entry.notice(Severity::Info, "international-name", span.clone(), &what, None);
    let deceptive = written.split('.').filter(|label| !label.is_ascii()).any(|label| {
        let lower = label.to_lowercase();
        !lower.as_str().is_single_script() || skeleton(&lower).all(|character| character.is_ascii())
    });
    if deceptive {
        entry.notice(
            Severity::Warning,
            "confusable-name",
            span,
            "mixes scripts, or looks like another name",
            Some("compare the xn-- form with what the server's owner gave you"),
        );
    }
    Ok(converted)
}
