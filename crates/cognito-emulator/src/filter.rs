use crate::{
    exception::{Exception, Kind},
    name::folded,
    user::User,
};

/// The attributes that `ListUsers` can filter by; custom ones are not among them.
const NAMES: [&str; 10] = [
    "username",
    "email",
    "phone_number",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "cognito:user_status",
    "status",
    "sub",
];

/// The `Filter` of `ListUsers`: `name = "value"`, or `name ^= "value"` for a prefix. An empty one
/// lets everybody pass.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Filter(Option<Term>);

#[derive(Debug, PartialEq, Eq)]
struct Term {
    name: String,
    comparison: Comparison,
    value: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Comparison {
    Equals,
    StartsWith,
}

impl Filter {
    pub(crate) fn parse(text: &str) -> Result<Self, Exception> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let term = term(text)
            .ok_or_else(|| Kind::InvalidParameter.because("Error while parsing filter."))?;
        Ok(Self(Some(term)))
    }

    /// Addresses are compared as the pool compares them at sign-in.
    pub(crate) fn passes(&self, user: &User, fold_case: bool) -> bool {
        let Some(term) = &self.0 else { return true };
        let (found, fold) = match term.name.as_str() {
            "username" => (Some(user.username.as_str()), false),
            "status" => (Some(if user.enabled { "Enabled" } else { "Disabled" }), false),
            "cognito:user_status" => (Some(user.status.name()), true),
            name => (user.attribute(name), fold_case && name == "email"),
        };
        found.is_some_and(|found| {
            let (found, value) = if fold {
                (folded(found), folded(&term.value))
            } else {
                (found.to_owned(), term.value.clone())
            };
            match term.comparison {
                Comparison::Equals => found == value,
                Comparison::StartsWith => found.starts_with(&value),
            }
        })
    }
}

fn term(text: &str) -> Option<Term> {
    let (left, right) = text.split_once('=')?;
    let (left, comparison) = match left.strip_suffix('^') {
        Some(left) => (left, Comparison::StartsWith),
        None => (left, Comparison::Equals),
    };
    let name = left.trim();
    let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name);
    let value = quoted(right.trim())?;
    NAMES.contains(&name).then(|| Term { name: name.to_owned(), comparison, value })
}

/// The text between two quotation marks; a backslash makes the next character plain.
fn quoted(text: &str) -> Option<String> {
    let mut letters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '\\' => value.push(letters.next()?),
            '"' => return letters.as_str().is_empty().then_some(value),
            letter => value.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read() {
        for (text, name, comparison, value) in [
            (r#"email = "a@b.c""#, "email", Comparison::Equals, "a@b.c"),
            (r#"email="a@b.c""#, "email", Comparison::Equals, "a@b.c"),
            (r#""email"^="a""#, "email", Comparison::StartsWith, "a"),
            (
                r#" cognito:user_status  ^=  "CONF" "#,
                "cognito:user_status",
                Comparison::StartsWith,
                "CONF",
            ),
            (r#"name = "a \"b\" \\ = c""#, "name", Comparison::Equals, r#"a "b" \ = c"#),
            (r#"sub = """#, "sub", Comparison::Equals, ""),
        ] {
            let term = Term { name: name.to_owned(), comparison, value: value.to_owned() };
            assert_eq!(Filter::parse(text), Ok(Filter(Some(term))), "{text}");
        }
        assert_eq!(Filter::parse(""), Ok(Filter(None)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "foo",
            "email",
            "email =",
            "email = a",
            r#"email = "a"#,
            r#"email = "a" b"#,
            r#"custom:x = "a""#,
            r#"email ~= "a""#,
            r#"email = "a\"#,
        ] {
            let refused = Filter::parse(text).unwrap_err();
            assert_eq!(refused.message.as_deref(), Some("Error while parsing filter."), "{text}");
        }
    }
}
