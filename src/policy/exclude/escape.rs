//! Escapes, inside and outside of a class.

use super::{
    syntax::{Fault, FaultKind, Item, Place},
    tokens::{Token, Tokens},
};

/// What an escape stands for.
pub(super) enum Escaped {
    Code(u32),
    Category(Item),
    Place(Place),
    Reference(usize),
}

fn hexadecimal(character: char) -> bool {
    character.is_ascii_hexdigit()
}

fn octal(character: char) -> bool {
    ('0'..='7').contains(&character)
}

fn value(digits: &str, radix: u32) -> u32 {
    u32::from_str_radix(digits, radix).unwrap_or(u32::MAX)
}

fn category(character: char) -> Option<Item> {
    Some(match character {
        'd' => Item::Digit { negated: false },
        'D' => Item::Digit { negated: true },
        's' => Item::Space { negated: false },
        'S' => Item::Space { negated: true },
        'w' => Item::Word { negated: false },
        'W' => Item::Word { negated: true },
        _ => return None,
    })
}

fn control(character: char) -> Option<u32> {
    Some(match character {
        'a' => 7,
        'f' => 12,
        'n' => 10,
        'r' => 13,
        't' => 9,
        'v' => 11,
        '\\' => 92,
        _ => return None,
    })
}

/// `\x`, `\u`, `\U` and `\N`, which mean the same everywhere.
fn code(tokens: &mut Tokens<'_>, character: char) -> Result<Option<u32>, Fault> {
    let length = match character {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        'N' => {
            if !tokens.take('{')? {
                return Err(tokens.fault("missing {"));
            }
            let name = tokens.until('}', "character name")?;
            return Err(tokens.fault_of(
                FaultKind::Unsure,
                format!("the character name {name:?} is looked up in Python's own table"),
            ));
        }
        _ => return Ok(None),
    };
    let digits = tokens.while_fits(length, hexadecimal)?;
    if digits.len() != length {
        return Err(tokens.fault(format!("incomplete escape \\{character}{digits}")));
    }
    let code = value(&digits, 16);
    if code > 0x0010_ffff {
        return Err(tokens.fault(format!("bad escape \\{character}{digits}")));
    }
    Ok(Some(code))
}

fn other(tokens: &Tokens<'_>, character: char) -> Result<u32, Fault> {
    if character.is_ascii_alphanumeric() {
        return Err(tokens.fault(format!("bad escape \\{character}")));
    }
    Ok(u32::from(character))
}

fn small(tokens: &Tokens<'_>, digits: &str) -> Result<u32, Fault> {
    let code = value(digits, 8);
    if code > 0o377 {
        return Err(tokens.fault(format!("octal escape value \\{digits} outside of range 0-0o377")));
    }
    Ok(code)
}

/// Inside of a class.
pub(super) fn in_class(tokens: &mut Tokens<'_>, character: char) -> Result<Escaped, Fault> {
    if character == 'b' {
        return Ok(Escaped::Code(8));
    }
    if let Some(code) = control(character) {
        return Ok(Escaped::Code(code));
    }
    if let Some(item) = category(character) {
        return Ok(Escaped::Category(item));
    }
    if let Some(code) = code(tokens, character)? {
        return Ok(Escaped::Code(code));
    }
    if octal(character) {
        let digits = format!("{character}{}", tokens.while_fits(2, octal)?);
        return Ok(Escaped::Code(small(tokens, &digits)?));
    }
    Ok(Escaped::Code(other(tokens, character)?))
}

/// Outside of a class; whoever reads checks the reference.
pub(super) fn outside(tokens: &mut Tokens<'_>, character: char) -> Result<Escaped, Fault> {
    let place = match character {
        'A' => Some(Place::TextStart),
        'Z' => Some(Place::TextEnd),
        'b' => Some(Place::Boundary),
        'B' => Some(Place::NoBoundary),
        _ => None,
    };
    if let Some(place) = place {
        return Ok(Escaped::Place(place));
    }
    if let Some(item) = category(character) {
        return Ok(Escaped::Category(item));
    }
    if let Some(code) = control(character) {
        return Ok(Escaped::Code(code));
    }
    if let Some(code) = code(tokens, character)? {
        return Ok(Escaped::Code(code));
    }
    if character == '0' {
        let digits = format!("0{}", tokens.while_fits(2, octal)?);
        return Ok(Escaped::Code(value(&digits, 8)));
    }
    if !character.is_ascii_digit() {
        return Ok(Escaped::Code(other(tokens, character)?));
    }
    let mut digits = character.to_string();
    if let Some(Token::Plain(second)) = tokens.next
        && second.is_ascii_digit()
    {
        tokens.get()?;
        digits.push(second);
        if let Some(Token::Plain(third)) = tokens.next
            && octal(character)
            && octal(second)
            && octal(third)
        {
            tokens.get()?;
            digits.push(third);
            return Ok(Escaped::Code(small(tokens, &digits)?));
        }
    }
    Ok(Escaped::Reference(usize::try_from(value(&digits, 10)).unwrap_or(usize::MAX)))
}
