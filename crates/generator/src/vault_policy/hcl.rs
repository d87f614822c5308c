//! The part of HCL that policies use: attributes, and blocks without blocks inside of them.

use super::draft::{Attribute, Draft, DraftRule, RuleAttribute};
use super::lexer::{Lexer, Syntax, Token};
use super::{Error, Problem, VaultPolicy, error};
use crate::cursor::Place;

/// Reads a policy in HCL.
pub(super) fn parse(text: &str) -> Result<VaultPolicy, Error> {
    let mut lexer = Lexer::new(text, Syntax::Hcl);
    let mut draft = Draft::default();
    loop {
        let (token, place) = lexer.next()?;
        let name = match token {
            Token::End => return draft.policy(place),
            Token::Word(name) | Token::Text(name) => name,
            Token::Number(_) | Token::Mark(_) => return Err(error(place, Problem::Attribute)),
        };
        match Attribute::named(&name, place)? {
            Attribute::Rule => {
                let (rule, end) = rule(&mut lexer)?;
                draft.charset(rule, end)?;
            }
            Attribute::Length => {
                let (value, place) = value(&mut lexer)?;
                draft.length(&value, place)?;
            }
            Attribute::Consecutive => {
                let (value, place) = value(&mut lexer)?;
                draft.consecutive(&value, place)?;
            }
        }
    }
}

/// What follows `rule`, and the place of its closing brace.
fn rule(lexer: &mut Lexer<'_>) -> Result<(DraftRule, Place), Error> {
    match lexer.next()? {
        (Token::Text(kind) | Token::Word(kind), _) if kind == "charset" => {}
        (_, place) => return Err(error(place, Problem::RuleType)),
    }
    lexer.mark('{', "an opening brace after the type of a rule")?;
    let mut rule = DraftRule::default();
    let mut after_attribute = false;
    loop {
        let (token, place) = lexer.next()?;
        let name = match token {
            Token::Mark('}') => return Ok((rule, place)),
            Token::Mark(',') if after_attribute => {
                after_attribute = false;
                continue;
            }
            Token::Word(name) | Token::Text(name) => name,
            Token::Number(_) | Token::Mark(_) | Token::End => {
                return Err(error(
                    place,
                    Problem::Expected("charset, min-chars or a closing brace"),
                ));
            }
        };
        let attribute = RuleAttribute::named(&name, place)?;
        let (value, place) = value(lexer)?;
        rule.attribute(attribute, &value, place)?;
        after_attribute = true;
    }
}

/// What follows the name of an attribute.
fn value(lexer: &mut Lexer<'_>) -> Result<(Token, Place), Error> {
    lexer.mark('=', "an equals sign after the name of an attribute")?;
    lexer.next()
}
