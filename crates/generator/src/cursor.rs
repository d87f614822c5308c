//! Reading a text character by character, with the place of each.

use std::str::Chars;

/// Where a character stands in a text. All three count characters, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// In the whole text.
    pub(crate) position: usize,
    pub(crate) line: usize,
    /// In its line.
    pub(crate) column: usize,
}

/// What is left of a text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    rest: Chars<'a>,
    place: Place,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text.chars(), place: Place { position: 1, line: 1, column: 1 } }
    }

    /// The place of the next character, or one past the last.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    pub(crate) fn bump(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        self.place.position += 1;
        self.place.column += 1;
        if character == '\n' {
            self.place.line += 1;
            self.place.column = 1;
        }
        Some(character)
    }

    /// Goes past the next character if it is `expected`, and says whether it was.
    pub(crate) fn eat(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.bump();
        }
        found
    }

    /// Goes past the next `end`, or to the end of the text without one, and says which.
    pub(crate) fn take_to(&mut self, end: char) -> bool {
        self.take_while(|character| character != end);
        self.eat(end)
    }

    /// The characters up to the first that is not `wanted`, which is next.
    pub(crate) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let all = self.rest.as_str();
        while self.peek().is_some_and(&wanted) {
            self.bump();
        }
        all.get(..all.len() - self.rest.as_str().len()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let mut cursor = Cursor::new("é1\nab");
        assert_eq!(cursor.take_while(|character| character != '\n'), "é1");
        assert_eq!(cursor.place(), Place { position: 3, line: 1, column: 3 });
        assert!(cursor.eat('\n') && !cursor.eat('b'));
        assert_eq!(cursor.bump(), Some('a'));
        assert_eq!(cursor.place(), Place { position: 5, line: 2, column: 2 });
        assert_eq!(cursor.take_while(|_| true), "b");
        assert_eq!((cursor.peek(), cursor.bump()), (None, None));
        assert_eq!(cursor.place(), Place { position: 6, line: 2, column: 3 });
    }
}
