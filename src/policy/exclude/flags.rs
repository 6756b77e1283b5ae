//! Inline flags: `(?i:…)`, `(?i-s:…)` and, refused inside of an expression, `(?i)`.

use super::{
    syntax::{Fault, Flags},
    tokens::{Token, Tokens},
};

/// Whether the letter begins flags.
pub(super) fn is_flag(character: char) -> bool {
    matches!(character, 'i' | 'L' | 'm' | 's' | 'x' | 'a' | 't' | 'u')
}

fn set(flags: &mut Flags, letter: char, on: bool) {
    match letter {
        'i' => flags.ignore_case = on,
        'm' => flags.multiline = on,
        's' => flags.dot_all = on,
        'x' => flags.verbose = on,
        'a' => flags.ascii = true,
        'u' => flags.ascii = false,
        _ => {}
    }
}

fn plain(token: Option<Token>) -> Option<char> {
    match token {
        Some(Token::Plain(character)) => Some(character),
        _ => None,
    }
}

fn wrong(tokens: &Tokens<'_>, token: Option<Token>, otherwise: &str) -> Fault {
    match plain(token) {
        Some(character) if character.is_alphabetic() => tokens.fault("unknown flag"),
        _ => tokens.fault(otherwise),
    }
}

/// The flags inside of the group, or nothing when they are meant for the whole expression.
pub(super) fn read(tokens: &mut Tokens<'_>, first: char, outer: Flags) -> Result<Option<Flags>, Fault> {
    let mut flags = outer;
    let mut on = String::new();
    let mut letter = first;
    if letter != '-' {
        loop {
            if letter == 'L' {
                return Err(tokens.fault("bad inline flags: cannot use 'L' flag with a str pattern"));
            }
            on.push(letter);
            if on.contains('a') && on.contains('u') {
                return Err(tokens.fault("bad inline flags: flags 'a', 'u' and 'L' are incompatible"));
            }
            set(&mut flags, letter, true);
            let next = tokens.get()?;
            match plain(next) {
                Some(character @ (')' | '-' | ':')) => {
                    letter = character;
                    break;
                }
                Some(character) if is_flag(character) => letter = character,
                _ => return Err(wrong(tokens, next, "missing -, : or )")),
            }
        }
    }
    if letter == ')' {
        return Ok(None);
    }
    if on.contains('t') {
        return Err(tokens.fault("bad inline flags: cannot turn on global flag"));
    }
    if letter == '-' {
        turn_off(tokens, &mut flags, &on)?;
    }
    Ok(Some(flags))
}

fn turn_off(tokens: &mut Tokens<'_>, flags: &mut Flags, on: &str) -> Result<(), Fault> {
    let mut off = String::new();
    let next = tokens.get()?;
    let mut letter = match plain(next) {
        Some(character) if is_flag(character) => character,
        _ => return Err(wrong(tokens, next, "missing flag")),
    };
    loop {
        if matches!(letter, 'a' | 'u' | 'L') {
            return Err(tokens.fault("bad inline flags: cannot turn off flags 'a', 'u' and 'L'"));
        }
        off.push(letter);
        set(flags, letter, false);
        let next = tokens.get()?;
        match plain(next) {
            Some(':') => break,
            Some(character) if is_flag(character) => letter = character,
            _ => return Err(wrong(tokens, next, "missing :")),
        }
    }
    if off.contains('t') {
        return Err(tokens.fault("bad inline flags: cannot turn off global flag"));
    }
    if on.chars().any(|letter| off.contains(letter)) {
        return Err(tokens.fault("bad inline flags: flag turned on and off"));
    }
    Ok(())
}
