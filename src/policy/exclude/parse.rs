//! The parser: `re._parser` of Python 3.11 to 3.13, rule by rule, so that the verdict "valid" is Python's.

use std::collections::HashMap;

use super::{
    escape::{self, Escaped},
    flags,
    syntax::{ENDLESS, Fault, FaultKind, Flags, Greed, Item, Node, Place, Sequence, Width, width, width_of},
    tokens::{Token, Tokens},
};

/// Groups nested deeper are not judged: Python itself gives up somewhere below 500.
const MAX_DEPTH: usize = 200;

/// An expression that Python takes.
pub(super) struct Parsed {
    /// The alternatives at the top, with where each begins and ends in characters.
    pub(super) branches: Vec<(Sequence, usize, usize)>,
    /// Whether it needs Python 3.11: `(?>…)` and possessive repetition.
    pub(super) needs_new_python: bool,
    /// Whether a group is referred to by number or name.
    pub(super) refers: bool,
}

struct Parser<'a> {
    tokens: Tokens<'a>,
    groups: Vec<Option<Width>>,
    names: HashMap<String, usize>,
    lookbehind: Option<usize>,
    conditions: Vec<(usize, usize)>,
    deferred: Option<Fault>,
    needs_new_python: bool,
    refers: bool,
}

/// Reads a whole expression.
///
/// # Errors
/// What Python would raise, or that we cannot say.
pub(super) fn parse(characters: &[char]) -> Result<Parsed, Fault> {
    let mut parser = Parser {
        tokens: Tokens::new(characters)?,
        groups: vec![None],
        names: HashMap::new(),
        lookbehind: None,
        conditions: Vec::new(),
        deferred: None,
        needs_new_python: false,
        refers: false,
    };
    let mut branches = Vec::new();
    loop {
        let begin = parser.tokens.tell();
        let sequence = parser.sequence(Flags::default(), 0)?;
        branches.push((sequence, begin, parser.tokens.tell()));
        if !parser.tokens.take('|')? {
            break;
        }
    }
    if parser.tokens.next.is_some() {
        return Err(parser.tokens.fault("unbalanced parenthesis"));
    }
    if let Some((group, position)) =
        parser.conditions.iter().copied().find(|(group, _)| *group >= parser.groups.len())
    {
        let message = format!("invalid group reference {group}");
        return Err(Fault { kind: FaultKind::Reference, message, position });
    }
    if let Some(fault) = parser.deferred {
        return Err(fault);
    }
    Ok(Parsed { branches, needs_new_python: parser.needs_new_python, refers: parser.refers })
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|character| character == '_' || character.is_alphanumeric())
}

fn one(mut sequence: Sequence) -> Node {
    match (sequence.len(), sequence.pop()) {
        (1, Some(node)) => node,
        (_, last) => {
            sequence.extend(last);
            Node::Branch(vec![sequence])
        }
    }
}

impl Parser<'_> {
    fn alternatives(&mut self, flags: Flags, depth: usize) -> Result<Node, Fault> {
        if depth > MAX_DEPTH {
            return Err(self.tokens.fault_of(FaultKind::Unsure, "groups are nested too deeply"));
        }
        let mut found = vec![self.sequence(flags, depth)?];
        while self.tokens.take('|')? {
            found.push(self.sequence(flags, depth)?);
        }
        if found.len() == 1 {
            return Ok(one(found.pop().unwrap_or_default()));
        }
        Ok(Node::Branch(found))
    }

    fn sequence(&mut self, flags: Flags, depth: usize) -> Result<Sequence, Fault> {
        let mut sequence = Vec::new();
        loop {
            match self.tokens.next {
                None | Some(Token::Plain('|' | ')')) => return Ok(sequence),
                Some(token) => {
                    self.tokens.get()?;
                    self.element(token, flags, depth, &mut sequence)?;
                }
            }
        }
    }

    fn element(
        &mut self,
        token: Token,
        flags: Flags,
        depth: usize,
        sequence: &mut Sequence,
    ) -> Result<(), Fault> {
        let character = match token {
            Token::Escape(character) => {
                let node = self.escaped(character, flags)?;
                sequence.push(node);
                return Ok(());
            }
            Token::Plain(character) => character,
        };
        if flags.verbose {
            if matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}') {
                return Ok(());
            }
            if character == '#' {
                while !matches!(self.tokens.get()?, None | Some(Token::Plain('\n'))) {}
                return Ok(());
            }
        }
        match character {
            '[' => {
                let class = self.class(flags)?;
                sequence.push(class);
            }
            '*' | '+' | '?' | '{' => return self.repeat(character, flags, sequence),
            '.' => sequence.push(Node::Any(flags)),
            '(' => {
                if let Some(node) = self.group(flags, depth)? {
                    sequence.push(node);
                }
            }
            '^' => sequence.push(Node::At(Place::LineStart, flags)),
            '$' => sequence.push(Node::At(Place::LineEnd, flags)),
            other => sequence.push(Node::Literal(u32::from(other), flags)),
        }
        Ok(())
    }

    fn escaped(&mut self, character: char, flags: Flags) -> Result<Node, Fault> {
        Ok(match escape::outside(&mut self.tokens, character)? {
            Escaped::Code(code) => Node::Literal(code, flags),
            Escaped::Category(item) => Node::Class { negated: false, items: vec![item], flags },
            Escaped::Place(place) => Node::At(place, flags),
            Escaped::Reference(group) => {
                if group >= self.groups.len() {
                    return Err(self.bad_reference(format!("invalid group reference {group}")));
                }
                self.reference(group)?;
                Node::Reference(group, flags)
            }
        })
    }

    fn is_closed(&self, group: usize) -> bool {
        self.groups.get(group).copied().flatten().is_some()
    }

    fn reference(&mut self, group: usize) -> Result<(), Fault> {
        if !self.is_closed(group) {
            return Err(self.bad_reference("cannot refer to an open group"));
        }
        self.refers = true;
        self.check_lookbehind(group)
    }

    fn check_lookbehind(&self, group: usize) -> Result<(), Fault> {
        let Some(first) = self.lookbehind else { return Ok(()) };
        if !self.is_closed(group) {
            return Err(self.bad_reference("cannot refer to an open group"));
        }
        if group >= first {
            let message = "cannot refer to group defined in the same lookbehind subpattern";
            return Err(self.bad_reference(message));
        }
        Ok(())
    }

    fn bad_reference(&self, message: impl Into<String>) -> Fault {
        self.tokens.fault_of(FaultKind::Reference, message)
    }

    fn class(&mut self, flags: Flags) -> Result<Node, Fault> {
        let negated = self.tokens.take('^')?;
        let mut items = Vec::new();
        loop {
            let this = self.tokens.get()?;
            if this == Some(Token::Plain(']')) && !items.is_empty() {
                break;
            }
            let low = self.member(this)?;
            if !self.tokens.take('-')? {
                items.push(low);
                continue;
            }
            let that = self.tokens.get()?;
            if that == Some(Token::Plain(']')) {
                items.extend([low, Item::Range(0x2d, 0x2d)]);
                break;
            }
            match (low, self.member(that)?) {
                (Item::Range(low, _), Item::Range(high, _)) if low <= high => {
                    items.push(Item::Range(low, high));
                }
                _ => return Err(self.tokens.fault("bad character range")),
            }
        }
        Ok(Node::Class { negated, items, flags })
    }

    fn member(&mut self, token: Option<Token>) -> Result<Item, Fault> {
        let code = match token {
            None => return Err(self.tokens.fault("unterminated character set")),
            Some(Token::Plain(character)) => u32::from(character),
            Some(Token::Escape(character)) => match escape::in_class(&mut self.tokens, character)? {
                Escaped::Code(code) => code,
                Escaped::Category(item) => return Ok(item),
                Escaped::Place(_) | Escaped::Reference(_) => {
                    return Err(self.tokens.fault(format!("bad escape \\{character}")));
                }
            },
        };
        Ok(Item::Range(code, code))
    }

    fn repeat(&mut self, character: char, flags: Flags, sequence: &mut Sequence) -> Result<(), Fault> {
        let (least, most) = match character {
            '?' => (0, 1),
            '*' => (0, ENDLESS),
            '+' => (1, ENDLESS),
            _ => match self.counts()? {
                Some(counts) => counts,
                None => {
                    sequence.push(Node::Literal(u32::from('{'), flags));
                    return Ok(());
                }
            },
        };
        match sequence.last() {
            None | Some(Node::At(..)) => return Err(self.tokens.fault("nothing to repeat")),
            Some(Node::Repeat { .. }) => return Err(self.tokens.fault("multiple repeat")),
            Some(_) => {}
        }
        let Some(body) = sequence.pop() else { return Err(self.tokens.fault("nothing to repeat")) };
        let kind = if self.tokens.take('?')? {
            Greed::Lazy
        } else if self.tokens.take('+')? {
            self.needs_new_python = true;
            Greed::Possessive
        } else {
            Greed::Greedy
        };
        sequence.push(Node::Repeat { least, most, kind, body: Box::new(body) });
        Ok(())
    }

    /// The counts after `{`; nothing when the brace stands for itself.
    fn counts(&mut self) -> Result<Option<(u64, u64)>, Fault> {
        if self.tokens.next == Some(Token::Plain('}')) {
            return Ok(None);
        }
        let here = self.tokens.tell();
        let is_digit = |character: char| character.is_ascii_digit();
        let low = self.tokens.while_fits(usize::MAX, is_digit)?;
        let high =
            if self.tokens.take(',')? { self.tokens.while_fits(usize::MAX, is_digit)? } else { low.clone() };
        if !self.tokens.take('}')? {
            self.tokens.seek(here)?;
            return Ok(None);
        }
        let count = |digits: &str, missing: u64| {
            if digits.is_empty() {
                return Ok(missing);
            }
            match digits.parse::<u64>() {
                Ok(count) if count < ENDLESS => Ok(count),
                _ => Err(self.tokens.fault_of(FaultKind::Raises, "the repetition number is too large")),
            }
        };
        let (least, most) = (count(&low, 0)?, count(&high, ENDLESS)?);
        if most < least {
            return Err(self.tokens.fault("min repeat greater than max repeat"));
        }
        Ok(Some((least, most)))
    }

    fn close(&mut self) -> Result<(), Fault> {
        if self.tokens.take(')')? {
            return Ok(());
        }
        Err(self.tokens.fault("missing ), unterminated subpattern"))
    }

    /// A group; comments are none.
    fn group(&mut self, flags: Flags, depth: usize) -> Result<Option<Node>, Fault> {
        if !self.tokens.take('?')? {
            return self.capturing(None, flags, depth).map(Some);
        }
        let Some(token) = self.tokens.get()? else {
            return Err(self.tokens.fault("unexpected end of pattern"));
        };
        let Token::Plain(character) = token else {
            return Err(self.tokens.fault("unknown extension"));
        };
        match character {
            'P' => self.named(flags, depth).map(Some),
            ':' => self.plain(flags, depth).map(Some),
            '#' => loop {
                match self.tokens.get()? {
                    None => return Err(self.tokens.fault("missing ), unterminated comment")),
                    Some(Token::Plain(')')) => return Ok(None),
                    Some(_) => {}
                }
            },
            '=' | '!' => self.look(character, false, flags, depth).map(Some),
            '<' => match self.tokens.get()? {
                None => Err(self.tokens.fault("unexpected end of pattern")),
                Some(Token::Plain(sign @ ('=' | '!'))) => self.look(sign, true, flags, depth).map(Some),
                Some(_) => Err(self.tokens.fault("unknown extension ?<")),
            },
            '(' => self.conditional(flags, depth).map(Some),
            '>' => {
                self.needs_new_python = true;
                let body = self.alternatives(flags, depth + 1)?;
                self.close()?;
                Ok(Some(Node::Atomic(Box::new(body))))
            }
            character if character == '-' || flags::is_flag(character) => {
                match flags::read(&mut self.tokens, character, flags)? {
                    Some(inner) => self.plain(inner, depth).map(Some),
                    // The joined expression begins with "(", so these never stand at its start.
                    None => Err(self
                        .tokens
                        .fault_of(FaultKind::GlobalFlags, "global flags not at the start of the expression")),
                }
            }
            other => Err(self.tokens.fault(format!("unknown extension ?{other}"))),
        }
    }

    fn plain(&mut self, flags: Flags, depth: usize) -> Result<Node, Fault> {
        let body = self.alternatives(flags, depth + 1)?;
        self.close()?;
        Ok(Node::Group { number: None, body: Box::new(body) })
    }

    fn capturing(&mut self, name: Option<String>, flags: Flags, depth: usize) -> Result<Node, Fault> {
        let number = self.groups.len();
        self.groups.push(None);
        if let Some(name) = name {
            if let Some(before) = self.names.get(&name) {
                let message =
                    format!("redefinition of group name '{name}' as group {number}; was group {before}");
                return Err(self.tokens.fault_of(FaultKind::DuplicateName, message));
            }
            self.names.insert(name, number);
        }
        let body = self.alternatives(flags, depth + 1)?;
        self.close()?;
        let found = width_of(&body, &self.groups);
        if let Some(slot) = self.groups.get_mut(number) {
            *slot = Some(found);
        }
        Ok(Node::Group { number: Some(number), body: Box::new(body) })
    }

    fn named(&mut self, flags: Flags, depth: usize) -> Result<Node, Fault> {
        if self.tokens.take('<')? {
            let name = self.tokens.until('>', "group name")?;
            self.check_name(&name)?;
            return self.capturing(Some(name), flags, depth);
        }
        if self.tokens.take('=')? {
            let name = self.tokens.until(')', "group name")?;
            self.check_name(&name)?;
            let Some(&group) = self.names.get(&name) else {
                return Err(self.bad_reference(format!("unknown group name '{name}'")));
            };
            self.reference(group)?;
            return Ok(Node::Reference(group, flags));
        }
        Err(self.tokens.fault("unknown extension ?P"))
    }

    fn check_name(&self, name: &str) -> Result<(), Fault> {
        if is_identifier(name) {
            return Ok(());
        }
        Err(self.tokens.fault(format!("bad character in group name '{name}'")))
    }

    fn look(&mut self, sign: char, behind: bool, flags: Flags, depth: usize) -> Result<Node, Fault> {
        let outer = self.lookbehind;
        if behind && outer.is_none() {
            self.lookbehind = Some(self.groups.len());
        }
        let body = self.alternatives(flags, depth + 1)?;
        if behind {
            self.lookbehind = outer;
        }
        self.close()?;
        if behind {
            let found = width(std::slice::from_ref(&body), &self.groups);
            // Python finds this only when it has read everything.
            if found.least != found.most && self.deferred.is_none() {
                self.deferred = Some(self.tokens.fault("look-behind requires fixed-width pattern"));
            }
        }
        Ok(Node::Look { behind, negated: sign == '!', body: Box::new(body) })
    }

    fn conditional(&mut self, flags: Flags, depth: usize) -> Result<Node, Fault> {
        let name = self.tokens.until(')', "group name")?;
        let group = if is_identifier(&name) {
            match self.names.get(&name) {
                Some(&group) => group,
                None => return Err(self.tokens.fault(format!("unknown group name '{name}'"))),
            }
        } else {
            self.condition_number(&name)?
        };
        self.refers = true;
        self.check_lookbehind(group)?;
        if depth > MAX_DEPTH {
            return Err(self.tokens.fault_of(FaultKind::Unsure, "groups are nested too deeply"));
        }
        let yes = self.sequence(flags, depth + 1)?;
        let no = if self.tokens.take('|')? {
            let no = self.sequence(flags, depth + 1)?;
            if self.tokens.next == Some(Token::Plain('|')) {
                return Err(self.tokens.fault("conditional backref with more than two branches"));
            }
            no
        } else {
            Vec::new()
        };
        self.close()?;
        Ok(Node::Conditional { group, yes, no })
    }

    fn condition_number(&mut self, name: &str) -> Result<usize, Fault> {
        if !name.is_ascii() {
            return Err(self.tokens.fault_of(FaultKind::Unsure, "a group number in other digits"));
        }
        let digits = name.trim();
        let digits = digits.strip_prefix('+').unwrap_or(digits);
        let well_formed = !digits.is_empty()
            && digits
                .split('_')
                .all(|part| !part.is_empty() && part.chars().all(|character| character.is_ascii_digit()));
        if !well_formed {
            let zero = digits
                .strip_prefix('-')
                .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|character| character == '0'));
            let message = if zero {
                "bad group number".to_owned()
            } else {
                format!("bad character in group name '{name}'")
            };
            return Err(self.tokens.fault(message));
        }
        let group: usize = digits.replace('_', "").parse().unwrap_or(usize::MAX);
        if group == 0 {
            return Err(self.tokens.fault("bad group number"));
        }
        if group >= 1_073_741_823 {
            return Err(self.tokens.fault(format!("invalid group reference {group}")));
        }
        self.conditions.push((group, self.tokens.tell()));
        Ok(group)
    }
}
