use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;
use shared::{FieldError, Kind, Problem};

use crate::{answer, mail::Inbox};

/// Returns true for the paths that exist on one machine only. They show mailed codes, so no page of
/// another origin may ask for them or read them.
pub(crate) fn is_local(path: &str) -> bool {
    path == "/_local" || path.starts_with("/_local/")
}

/// The routes that exist on one machine only: `GET`, and no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocalRoute {
    /// `/_local/health`: the stack answers.
    Health,
    /// `/_local/mail?to=ADDRESS`: the mails to an address, newest first.
    Mail,
}

/// What the local routes show.
#[derive(Debug)]
pub(crate) struct LocalRoutes {
    /// The mails that the user pool sent.
    pub(crate) inbox: Arc<Inbox>,
}

impl LocalRoute {
    /// The route with the path `path`.
    pub(crate) fn find(path: &str) -> Option<Self> {
        match path {
            "/_local/health" => Some(Self::Health),
            "/_local/mail" => Some(Self::Mail),
            _ => None,
        }
    }
}

impl LocalRoutes {
    /// Answers `GET` of `route`.
    pub(crate) fn answer(&self, route: LocalRoute, query: Option<&str>) -> Response<Bytes> {
        match route {
            LocalRoute::Health => json(&json!({"status": "ok"})),
            LocalRoute::Mail => match address(query.unwrap_or_default()) {
                Ok(address) => json(&self.inbox.to(&address)),
                Err(problem) => answer::problem(problem),
            },
        }
    }
}

fn json(body: &impl Serialize) -> Response<Bytes> {
    match serde_json::to_vec(body) {
        Ok(body) => answer::with_body(StatusCode::OK, "application/json; charset=utf-8", body),
        Err(error) => answer::problem(Problem::internal(&error)),
    }
}

/// The one parameter, `to`.
fn address(query: &str) -> Result<String, Problem> {
    let refused = |name: &str, code, detail| {
        Problem::of_fields(Kind::MalformedRequest, vec![FieldError::new(name, code, detail)])
    };
    let mut to = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "to" {
            return Err(refused(&name, "unknown", "is not known here"));
        }
        if to.replace(value.into_owned()).is_some() {
            return Err(refused("to", "repeated", "is given more than once"));
        }
    }
    to.filter(|to| !to.is_empty())
        .ok_or_else(|| refused("to", "missing", "is required: an e-mail address"))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::Value;

    use super::*;
    use crate::mail::Mail;

    fn get(path: &str, query: Option<&str>) -> (StatusCode, Value) {
        let local = LocalRoutes { inbox: Arc::default() };
        local.inbox.deliver(Mail {
            to: "a+b@example.com".to_owned(),
            subject: "subject".to_owned(),
            body: "body".to_owned().into(),
            code: "123456".to_owned().into(),
            sent_at: Timestamp::UNIX_EPOCH,
        });
        let response = local.answer(LocalRoute::find(path).unwrap(), query);
        (response.status(), serde_json::from_slice(response.body()).unwrap())
    }

    #[test]
    fn health_is_ok() {
        assert_eq!(get("/_local/health", None), (StatusCode::OK, json!({"status": "ok"})));
        for path in ["/_local/", "/_local", "/_local/health/", "/_local/other"] {
            assert_eq!(LocalRoute::find(path), None);
        }
    }

    #[test]
    fn mail_is_found_by_its_address() {
        let (status, mails) = get("/_local/mail", Some("to=A%2Bb@example.com"));
        assert_eq!((status, &mails[0]["code"]), (StatusCode::OK, &json!("123456")));
        assert_eq!(get("/_local/mail", Some("to=nobody@example.com")), (StatusCode::OK, json!([])));
    }

    #[test]
    fn mail_wants_one_address() {
        for (query, field, code) in [
            (None, "to", "missing"),
            (Some(""), "to", "missing"),
            (Some("to="), "to", "missing"),
            (Some("to=a&to=b"), "to", "repeated"),
            (Some("too=a"), "too", "unknown"),
        ] {
            let (status, problem) = get("/_local/mail", query);
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert_eq!(
                (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
                (&json!(field), &json!(code))
            );
        }
    }
}
