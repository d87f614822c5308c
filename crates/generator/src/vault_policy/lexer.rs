//! The tokens of HCL and JSON.

use super::{Error, Problem, error};
use crate::cursor::{Cursor, Place};

/// A token of either syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, `true` or `false`.
    Word(String),
    /// A string without its quotes and escapes.
    Text(String),
    /// Something that starts like a number, as it is written.
    Number(String),
    /// One of `{}[]=:,`.
    Mark(char),
    /// The end of the text.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Hcl,
    Json,
}

/// Reads tokens, each with the place where it starts.
pub(super) struct Lexer<'a> {
    cursor: Cursor<'a>,
    syntax: Syntax,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, syntax: Syntax) -> Self {
        Self { cursor: Cursor::new(text), syntax }
    }

    pub(super) fn next(&mut self) -> Result<(Token, Place), Error> {
        self.skip()?;
        let place = self.cursor.place();
        let token = match self.cursor.peek() {
            None => Token::End,
            Some('"') => Token::Text(self.string(place)?),
            Some(mark) if "{}[]=:,".contains(mark) => {
                self.cursor.bump();
                Token::Mark(mark)
            }
            Some(first) if first == '-' || first.is_ascii_digit() => Token::Number(self.word()),
            Some(first) if first == '_' || first.is_ascii_alphabetic() => Token::Word(self.word()),
            Some(_) => return Err(error(place, Problem::Character)),
        };
        Ok((token, place))
    }

    /// The next token must be `mark`, which errors call `name`; this is its place.
    pub(super) fn mark(&mut self, mark: char, name: &'static str) -> Result<Place, Error> {
        let (token, place) = self.next()?;
        let found = token == Token::Mark(mark);
        found.then_some(place).ok_or(error(place, Problem::Expected(name)))
    }

    fn word(&mut self) -> String {
        let part =
            |character: char| character.is_ascii_alphanumeric() || "-_.+".contains(character);
        self.cursor.take_while(part).to_owned()
    }

    /// Goes past white space, and in HCL past comments.
    fn skip(&mut self) -> Result<(), Error> {
        loop {
            self.cursor.take_while(|character| " \t\r\n".contains(character));
            match self.cursor.peek() {
                Some('#') if self.syntax == Syntax::Hcl => self.skip_line(),
                Some('/') if self.syntax == Syntax::Hcl => self.comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), Error> {
        let start = self.cursor.place();
        self.cursor.bump();
        match self.cursor.peek() {
            Some('/') => self.skip_line(),
            Some('*') => {
                self.cursor.bump();
                while !(self.cursor.take_to('*') && self.cursor.eat('/')) {
                    if self.cursor.peek().is_none() {
                        return Err(error(start, Problem::Open));
                    }
                }
            }
            _ => return Err(error(start, Problem::Character)),
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        self.cursor.take_while(|character| character != '\n');
    }

    /// A string whose opening quote is at `start`.
    fn string(&mut self, start: Place) -> Result<String, Error> {
        let mut text = String::new();
        self.cursor.bump();
        loop {
            let place = self.cursor.place();
            match self.cursor.bump() {
                None | Some('\n') => return Err(error(start, Problem::Open)),
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape().ok_or(error(place, Problem::Escape))?),
                Some('$') if self.syntax == Syntax::Hcl && self.cursor.peek() == Some('{') => {
                    text.push('$');
                    self.interpolation(&mut text).ok_or(error(start, Problem::Open))?;
                }
                Some(character) => text.push(character),
            }
        }
    }

    /// HCL 1 takes what stands between `${` and its closing brace as it is, quotes and all.
    fn interpolation(&mut self, text: &mut String) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let character = self.cursor.bump()?;
            text.push(character);
            match character {
                '{' => depth += 1,
                '}' if depth == 1 => return Some(()),
                '}' => depth -= 1,
                _ => {}
            }
        }
    }

    /// The character of an escape sequence after its backslash.
    fn escape(&mut self) -> Option<char> {
        let first = self.cursor.bump()?;
        match (first, self.syntax) {
            ('"' | '\\', _) | ('/', Syntax::Json) => Some(first),
            ('b', _) => Some('\u{8}'),
            ('f', _) => Some('\u{c}'),
            ('n', _) => Some('\n'),
            ('r', _) => Some('\r'),
            ('t', _) => Some('\t'),
            ('u', Syntax::Json) => self.utf16(),
            ('u', Syntax::Hcl) => char::from_u32(self.code(4, 16)?),
            ('U', Syntax::Hcl) => char::from_u32(self.code(8, 16)?),
            ('a', Syntax::Hcl) => Some('\u{7}'),
            ('v', Syntax::Hcl) => Some('\u{b}'),
            // These stand for bytes, of which only those of ASCII are characters.
            ('x', Syntax::Hcl) => self.code(2, 16).and_then(ascii),
            ('0'..='7', Syntax::Hcl) => {
                let rest = self.code(2, 8)?;
                ascii(first.to_digit(8)? * 64 + rest)
            }
            _ => None,
        }
    }

    /// One code unit, or the two of a surrogate pair.
    fn utf16(&mut self) -> Option<char> {
        let first = u16::try_from(self.code(4, 16)?).ok()?;
        if let Some(Ok(character)) = char::decode_utf16([first]).next() {
            return Some(character);
        }
        let pair = self.cursor.eat('\\') && self.cursor.eat('u');
        let second = if pair { u16::try_from(self.code(4, 16)?).ok()? } else { return None };
        char::decode_utf16([first, second]).next()?.ok()
    }

    /// The number that exactly `digits` digits make.
    fn code(&mut self, digits: u8, base: u32) -> Option<u32> {
        let digit = |number: u32, _| {
            let digit = self.cursor.peek()?.to_digit(base)?;
            self.cursor.bump();
            number.checked_mul(base)?.checked_add(digit)
        };
        (0..digits).try_fold(0, digit)
    }
}

fn ascii(code: u32) -> Option<char> {
    char::from_u32(code).filter(char::is_ascii)
}
