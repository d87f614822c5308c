//! The JSON form of a policy. Where Vault's own output has lists, a single object may stand instead.

use super::draft::{Attribute, Draft, DraftRule, RuleAttribute};
use super::lexer::{Lexer, Syntax, Token};
use super::{Error, Problem, VaultPolicy, error};
use crate::cursor::Place;

/// Reads a policy in JSON.
pub(super) fn parse(text: &str) -> Result<VaultPolicy, Error> {
    let mut lexer = Lexer::new(text, Syntax::Json);
    let mut draft = Draft::default();
    lexer.mark('{', OBJECT)?;
    members(&mut lexer, |lexer, name, place| match Attribute::named(name, place)? {
        Attribute::Rule => objects(lexer, |lexer| rule(lexer, &mut draft)),
        Attribute::Length => {
            let (value, place) = lexer.next()?;
            draft.length(&value, place)
        }
        Attribute::Consecutive => {
            let (value, place) = lexer.next()?;
            draft.consecutive(&value, place)
        }
    })?;
    match lexer.next()? {
        (Token::End, place) => draft.policy(place),
        (_, place) => Err(error(place, Problem::Expected("the end"))),
    }
}

const OBJECT: &str = "an opening brace";

/// A rule after its opening brace.
fn rule(lexer: &mut Lexer<'_>, draft: &mut Draft) -> Result<(), Error> {
    let charset = |lexer: &mut Lexer<'_>, name: &str, place| {
        if name != "charset" {
            return Err(error(place, Problem::RuleType));
        }
        objects(lexer, |lexer| {
            let mut rule = DraftRule::default();
            let end = members(lexer, |lexer, name, place| {
                let attribute = RuleAttribute::named(name, place)?;
                let (value, place) = lexer.next()?;
                rule.attribute(attribute, &value, place)
            })?;
            draft.charset(rule, end)
        })
    };
    members(lexer, charset).map(|_| ())
}

/// The members of an object after its opening brace; this is the place of the closing one.
fn members(
    lexer: &mut Lexer<'_>,
    mut each: impl FnMut(&mut Lexer<'_>, &str, Place) -> Result<(), Error>,
) -> Result<Place, Error> {
    let (mut token, mut place) = lexer.next()?;
    if token == Token::Mark('}') {
        return Ok(place);
    }
    loop {
        let Token::Text(name) = token else {
            return Err(error(place, Problem::Expected("a name in double quotes")));
        };
        lexer.mark(':', "a colon after a name")?;
        each(lexer, &name, place)?;
        match lexer.next()? {
            (Token::Mark('}'), place) => return Ok(place),
            (Token::Mark(','), _) => (token, place) = lexer.next()?,
            (_, place) => {
                return Err(error(place, Problem::Expected("a comma or a closing brace")));
            }
        }
    }
}

/// One object or a list of them; `each` reads what follows the opening brace.
fn objects(
    lexer: &mut Lexer<'_>,
    mut each: impl FnMut(&mut Lexer<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    match lexer.next()? {
        (Token::Mark('{'), _) => return each(lexer),
        (Token::Mark('['), _) => {}
        (_, place) => return Err(error(place, Problem::Expected("an object or a list"))),
    }
    loop {
        lexer.mark('{', OBJECT)?;
        each(lexer)?;
        match lexer.next()? {
            (Token::Mark(']'), _) => return Ok(()),
            (Token::Mark(','), _) => {}
            (_, place) => {
                return Err(error(place, Problem::Expected("a comma or a closing bracket")));
            }
        }
    }
}
