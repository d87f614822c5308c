//! Strict reading of JSON bodies: an object of known members, each once, and nothing after it.

use std::fmt;

use http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{FieldError, Kind, Problem, Request};

/// The largest body in bytes; every body of the API is far smaller.
pub const BODY_LIMIT: usize = 16 * 1024;

/// The members of a request's body, taken one by one; whatever is wrong with any of them is
/// collected, so that one answer names every fault.
#[derive(Debug)]
pub struct Members {
    left: Vec<(String, Member)>,
    errors: Vec<FieldError>,
}

/// What is wrong with a member's value: a stable code and a sentence that never repeats the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable code, `snake_case`.
    pub code: &'static str,
    /// What is wrong and what is allowed.
    pub detail: String,
}

/// Reads the text of a member.
pub type Parse<T> = fn(SecretString) -> Result<T, Fault>;

impl Members {
    /// Reads the body of `request`.
    ///
    /// # Errors
    /// [`Kind::UnsupportedMediaType`] unless it is declared as JSON in UTF-8,
    /// [`Kind::PayloadTooLarge`] above [`BODY_LIMIT`], [`Kind::MalformedRequest`] if it is not one
    /// JSON object (RFC 8259) in UTF-8 without a byte order mark.
    pub fn read(request: &Request) -> Result<Self, Problem> {
        object(request).map(|Object(members)| Self::new(members))
    }

    fn new(members: Vec<(String, Member)>) -> Self {
        let mut this = Self { left: Vec::with_capacity(members.len()), errors: Vec::new() };
        for (name, member) in members {
            if this.left.iter().any(|(known, _)| *known == name) {
                this.errors.push(FieldError::new(&name, "repeated", "is given more than once"));
            } else {
                this.left.push((name, member));
            }
        }
        this
    }

    /// Takes the text of the member `name` and reads it with `parse`; `None` if it is missing or
    /// at fault, which [`Members::finish`] will report.
    pub fn text<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(SecretString) -> Result<T, Fault>,
    ) -> Option<T> {
        let parsed = match self.remove(name) {
            None => Err(Fault::new("missing", "is required")),
            Some(Member::Text(text)) => parse(text),
            Some(Member::Scalar { what, .. } | Member::Other(what)) => {
                Err(Fault::new("wrong_type", format!("must be a string, not {what}")))
            }
        };
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.errors.push(FieldError::new(name, fault.code, fault.detail));
                None
            }
        }
    }

    /// As [`Members::text`], of a member that may be missing; `Some(None)` if it is.
    pub fn optional_text<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(SecretString) -> Result<T, Fault>,
    ) -> Option<Option<T>> {
        let is_there = self.left.iter().any(|(known, _)| known == name);
        if is_there { self.text(name, parse).map(Some) } else { Some(None) }
    }

    /// Gives back what was read, if every member was right and none is left over.
    ///
    /// # Errors
    /// [`Kind::MalformedRequest`] with one entry for each member at fault.
    pub fn finish<T>(mut self, read: Option<T>) -> Result<T, Problem> {
        for (name, _) in &self.left {
            self.errors.push(FieldError::new(name, "unknown", "is not known here"));
        }
        match read {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(Problem::of_fields(Kind::MalformedRequest, self.errors)),
        }
    }

    /// Takes the text of the one member of `either` that is there, and reads it with the function of
    /// its name. Gives `None` if it is at fault, if several are there or if all are missing;
    /// [`Members::finish`] will report each of them.
    pub fn one_of<T, const N: usize>(&mut self, either: [(&str, Parse<T>); N]) -> Option<T> {
        let is_there = |(name, _): &&(&str, _)| self.left.iter().any(|(known, _)| known == name);
        let given: Vec<_> = either.iter().filter(is_there).copied().collect();
        if let [(name, parse)] = given[..] {
            return self.text(name, parse);
        }
        let names = either.map(|(name, _)| name);
        let detail = format!("send exactly one of {}", names.join(" and "));
        let code = if given.is_empty() { "missing" } else { "conflicting" };
        for name in names {
            if given.is_empty() || self.remove(name).is_some() {
                self.errors.push(FieldError::new(name, code, &*detail));
            }
        }
        None
    }

    fn remove(&mut self, name: &str) -> Option<Member> {
        let at = self.left.iter().position(|(known, _)| known == name)?;
        Some(self.left.remove(at).1)
    }
}

impl Fault {
    /// A fault with a code and a sentence.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// Any text but none: what is tried as a password, whatever the rules for new ones.
///
/// # Errors
/// `empty`.
pub fn not_empty(text: SecretString) -> Result<SecretString, Fault> {
    // EXPOSE: only to see that it is not empty.
    if text.expose_secret().is_empty() {
        return Err(Fault::new("empty", "must not be empty"));
    }
    Ok(text)
}

/// The members of a request's body as the names and values of parameters: texts as they are, numbers
/// and Booleans as JSON writes them. Repeated names are kept, for the parameters' own rules.
///
/// # Errors
/// Those of [`Members::read`], and [`Kind::MalformedRequest`] for members that are null, an array
/// or an object.
pub fn pairs(request: &Request) -> Result<Vec<(String, String)>, Problem> {
    let Object(members) = object(request)?;
    let (mut pairs, mut errors) = (Vec::with_capacity(members.len()), Vec::new());
    for (name, member) in members {
        match member {
            // EXPOSE: parameters are no secrets.
            Member::Text(text) => pairs.push((name, text.expose_secret().to_owned())),
            Member::Scalar { text, .. } => pairs.push((name, text)),
            Member::Other(what) => {
                let detail = format!("must be a string, a number or a Boolean, not {what}");
                errors.push(FieldError::new(&name, "wrong_type", detail));
            }
        }
    }
    if errors.is_empty() {
        Ok(pairs)
    } else {
        Err(Problem::of_fields(Kind::MalformedRequest, errors))
    }
}

fn object(request: &Request) -> Result<Object, Problem> {
    if !is_json(&request.headers) {
        return Err(Problem::new(Kind::UnsupportedMediaType)
            .with_detail("send the body with Content-Type: application/json"));
    }
    if request.body.len() > BODY_LIMIT {
        return Err(Problem::new(Kind::PayloadTooLarge)
            .with_detail(format!("a body has at most {BODY_LIMIT} bytes")));
    }
    let text = str::from_utf8(&request.body).map_err(|_| malformed("the body is not UTF-8"))?;
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn malformed(detail: impl Into<String>) -> Problem {
    Problem::new(Kind::MalformedRequest).with_detail(detail.into())
}

/// The parser's own words for faults of syntax (they hold a place, never a value), ours for the rest.
fn unreadable(error: &serde_json::Error) -> Problem {
    match error.classify() {
        serde_json::error::Category::Data => malformed("the body must be a JSON object"),
        _ => malformed(format!("the body is not valid JSON: {error}")),
    }
}

/// Whether there is exactly one `Content-Type`, JSON, with no charset but UTF-8 (RFC 8259, section
/// 8.1). Asking for it also makes every cross-origin request ask for leave first.
fn is_json(headers: &HeaderMap) -> bool {
    let mut sent = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(Ok(content_type)), None) = (sent.next().map(|v| v.to_str()), sent.next()) else {
        return false;
    };
    let mut parts = content_type.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    media_type.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
                value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// The members of an object in their order, repeated names kept.
struct Object(Vec<(String, Member)>);

/// A member's value: a text, a number or Boolean with its kind, or the kind of something else. Its
/// `Debug` shows no value: a code can be sent as a number by mistake.
enum Member {
    Text(SecretString),
    Scalar { what: &'static str, text: String },
    Other(&'static str),
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "a string",
            Self::Scalar { what, .. } | Self::Other(what) => what,
        })
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MemberVisitor)
    }
}

struct MemberVisitor;

/// Nested values are skipped, not kept: no member of the API nests, and skipping needs no stack.
impl<'de> Visitor<'de> for MemberVisitor {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Member, E> {
        Ok(Member::Text(text.into()))
    }

    fn visit_unit<E>(self) -> Result<Member, E> {
        Ok(Member::Other("null"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Member, E> {
        Ok(Member::Scalar { what: "a Boolean", text: value.to_string() })
    }

    fn visit_i64<E>(self, value: i64) -> Result<Member, E> {
        Ok(Member::Scalar { what: "a number", text: value.to_string() })
    }

    fn visit_u64<E>(self, value: u64) -> Result<Member, E> {
        Ok(Member::Scalar { what: "a number", text: value.to_string() })
    }

    /// Written with its fraction or exponent, which no integer parameter takes.
    fn visit_f64<E>(self, value: f64) -> Result<Member, E> {
        Ok(Member::Scalar { what: "a number", text: format!("{value:?}") })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Member, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Member, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Other("an object"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use http::Method;

    fn request(content_type: &[&str], body: &[u8]) -> Request {
        Request {
            id: "id".to_owned(),
            method: Method::POST,
            resource: "/login".to_owned(),
            query: Vec::new(),
            headers: content_type
                .iter()
                .map(|value| (header::CONTENT_TYPE, value.parse().unwrap()))
                .collect(),
            body: body.to_vec(),
            caller: None,
            source_ip: None,
            received_at: SystemTime::UNIX_EPOCH,
        }
    }

    /// Reads a body that must have the members `a` and `b`.
    fn read(content_type: &[&str], body: &[u8]) -> Result<(String, String), Problem> {
        let mut members = Members::read(&request(content_type, body))?;
        let own = |text: SecretString| Ok(text.expose_secret().to_owned());
        let a = members.text("a", own);
        let b = members.text("b", own);
        members.finish(a.zip(b))
    }

    fn refusal(body: &[u8]) -> Problem {
        read(&["application/json"], body).unwrap_err()
    }

    #[test]
    fn a_plain_object_is_read() {
        let read = read(&["application/json"], br#" {"b":"\u00e9","a":"x y"} "#).unwrap();
        assert_eq!(read, ("x y".to_owned(), "é".to_owned()));
    }

    #[test]
    fn sec_3_debug_shows_no_value() {
        let body = br#"{"a":"4711","b":4711,"c":4711.5,"d":["4711"],"e":{"4711":4711},"f":"4711"}"#;
        let request = request(&["application/json"], body);
        let mut members = Members::read(&request).unwrap();
        let shown = format!("{request:?} {members:?}");
        assert!(!shown.contains("4711"), "{shown}");
        members.text("a", |_| Err::<(), _>(Fault::new("invalid", "must be better")));
        let problem = members.finish::<()>(None).unwrap_err();
        assert!(!format!("{problem:?}").contains("4711"), "{problem:?}");
    }

    #[test]
    fn content_types() {
        let body = br#"{"a":"1","b":"2"}"#;
        let accepted = [
            "application/json",
            "Application/JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
        ];
        for content_type in accepted {
            assert!(read(&[content_type], body).is_ok(), "{content_type}");
        }
        let refused: [&[&str]; 6] = [
            &[],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["application/json; charset=utf-16"],
            &["application/jsonx"],
            &["application/json", "application/json"],
        ];
        for content_type in refused {
            let problem = read(content_type, body).unwrap_err();
            assert_eq!(problem.kind(), Kind::UnsupportedMediaType, "{content_type:?}");
        }
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let problem = refusal(br#"{"a":7,"c":"x","d":[],"c":null}"#);
        let body: serde_json::Value = serde_json::from_str(&problem.body()).unwrap();
        let errors: Vec<_> = body["errors"].as_array().unwrap().iter().collect();
        let named: Vec<_> = errors
            .iter()
            .map(|error| (error["field"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        assert_eq!(
            named,
            [
                ("c", "repeated"),
                ("a", "wrong_type"),
                ("b", "missing"),
                ("c", "unknown"),
                ("d", "unknown")
            ]
        );
    }

    #[test]
    fn exactly_one_of_several_members_is_taken() {
        let read = |body: &[u8]| {
            let mut members = Members::read(&request(&["application/json"], body)).unwrap();
            let a = |text: SecretString| Ok(format!("a {}", text.expose_secret()));
            let b = |text: SecretString| Ok(format!("b {}", text.expose_secret()));
            let either = members.one_of([("a", a), ("b", b)]);
            members.finish(either).map_err(|problem| problem.body())
        };
        assert_eq!(read(br#"{"a":"1"}"#), Ok("a 1".to_owned()));
        assert_eq!(read(br#"{"b":"1"}"#), Ok("b 1".to_owned()));
        for (body, code, times) in [
            (&b"{}"[..], "missing", 2),
            (br#"{"a":"1","b":"1"}"#, "conflicting", 2),
            (br#"{"a":"1","b":null}"#, "conflicting", 2),
            (br#"{"a":null}"#, "wrong_type", 1),
            (br#"{"a":"1","c":"1"}"#, "unknown", 1),
        ] {
            let body = read(body).unwrap_err();
            assert_eq!(body.matches(&format!(r#""code":"{code}""#)).count(), times, "{body}");
        }
    }

    #[test]
    fn what_is_not_one_object_is_refused() {
        let deep = [b"[".repeat(8000), b"]".repeat(8000)].concat();
        let nested = [br#"{"a":"#.repeat(2000), b"1".to_vec(), b"}".repeat(2000)].concat();
        let bodies: [&[u8]; 16] = [
            b"",
            b" ",
            b"null",
            b"\"secret\"",
            b"[]",
            b"{",
            br#"{"a":"1","b":"2"} x"#,
            br#"{"a":"1","b":"2"}{}"#,
            br#"{"a":"1","b":"2",}"#,
            br#"{"a":"1" "b":"2"}"#,
            br#"{a:"1",b:"2"}"#,
            b"\xef\xbb\xbf{\"a\":\"1\",\"b\":\"2\"}",
            b"{\"a\":\"\xff\",\"b\":\"2\"}",
            b"{\"a\":\"\\ud800\",\"b\":\"2\"}",
            &deep,
            &nested,
        ];
        for body in bodies {
            let problem = refusal(body);
            assert_eq!(problem.kind(), Kind::MalformedRequest);
            assert!(!problem.body().contains("secret"));
        }
    }

    #[test]
    fn parameters_are_texts_numbers_and_booleans() {
        let body =
            br#"{"length":24,"symbols":"-_","strength":true,"nums":2.0,"x":-1,"length":1e400}"#;
        let read = pairs(&request(&["application/json"], body));
        assert_eq!(
            read.unwrap_err().kind(),
            Kind::MalformedRequest,
            "1e400 is no number of JSON's users"
        );
        let body = br#"{"length":24,"symbols":"-_","strength":true,"nums":2.0,"x":-1,"length":8}"#;
        let read = pairs(&request(&["application/json"], body)).unwrap();
        let read: Vec<_> =
            read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            read,
            [
                ("length", "24"),
                ("symbols", "-_"),
                ("strength", "true"),
                ("nums", "2.0"),
                ("x", "-1"),
                ("length", "8")
            ]
        );
        let problem = pairs(&request(&["application/json"], br#"{"a":null,"b":[1],"c":{}}"#));
        assert_eq!(problem.unwrap_err().body().matches("wrong_type").count(), 3);
    }

    #[test]
    fn the_limit_is_exact() {
        let body = |length: usize| {
            let padding = " ".repeat(length - br#"{"a":"1","b":"2"}"#.len());
            format!(r#"{{"a":"1","b":"2"{padding}}}"#)
        };
        assert!(read(&["application/json"], body(BODY_LIMIT).as_bytes()).is_ok());
        let problem = refusal(body(BODY_LIMIT + 1).as_bytes());
        assert_eq!(problem.kind(), Kind::PayloadTooLarge);
    }
}
