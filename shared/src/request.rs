use std::{fmt, net::IpAddr, time::SystemTime};

use http::{HeaderMap, Method, header};
use secrecy::SecretString;

use crate::{Caller, Kind, Problem};

/// One HTTP request as a handler sees it.
///
/// Its `Debug` shows no query, header or body: those hold passwords, codes and tokens.
#[derive(Clone)]
pub struct Request {
    /// The id that API Gateway gave to the request; it stands in the log and in support mail.
    pub id: String,
    /// The method as sent.
    pub method: Method,
    /// The route as the template writes it, such as `/passwords/{name}`: no stage, no values.
    pub resource: String,
    /// The query, decoded, every value of a repeated name kept.
    pub query: Vec<(String, String)>,
    /// The headers as sent.
    pub headers: HeaderMap,
    /// The body's bytes; empty if there is none.
    pub body: Vec<u8>,
    /// Who sent it, on the routes that an authorizer guards.
    pub caller: Option<Caller>,
    /// The client's address as the gateway saw it; no header can change it.
    pub source_ip: Option<IpAddr>,
    /// When the gateway received the request, to the millisecond.
    pub received_at: SystemTime,
}

impl Request {
    /// The caller of a route that needs one.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] if no authorizer named a caller, which a correct deployment makes
    /// impossible: the function refuses rather than trusts the template.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(|| Problem::new(Kind::Unauthorized))
    }

    /// The access token that the authorizer let pass, for a function that acts for its bearer.
    ///
    /// API Gateway takes it with and without the scheme `Bearer`.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] if no authorizer named a caller, or if there is not exactly one token.
    pub fn bearer_token(&self) -> Result<SecretString, Problem> {
        self.caller()?;
        let mut sent = self.headers.get_all(header::AUTHORIZATION).iter();
        let (Some(Ok(value)), None) = (sent.next().map(|value| value.to_str()), sent.next()) else {
            return Err(Problem::new(Kind::Unauthorized));
        };
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
            _ => value,
        };
        Ok(token.into())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn request(caller: Option<Caller>, authorization: &[&str]) -> Request {
        Request {
            id: "id".to_owned(),
            method: Method::GET,
            resource: "/me".to_owned(),
            query: Vec::new(),
            headers: authorization
                .iter()
                .map(|value| (header::AUTHORIZATION, value.parse().unwrap()))
                .collect(),
            body: Vec::new(),
            caller,
            source_ip: None,
            received_at: SystemTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn sec_3_the_token_is_that_of_the_one_header_and_not_shown() {
        for authorization in ["Bearer a.b.c", "bearer  a.b.c", "a.b.c"] {
            let request = request(Caller::from_sub("42"), &[authorization]);
            assert_eq!(request.bearer_token().unwrap().expose_secret(), "a.b.c");
            assert!(!format!("{request:?}").contains("a.b.c"));
        }
    }

    #[test]
    fn without_an_authorizer_or_with_two_tokens_there_is_none() {
        for (caller, authorization) in [
            (None, &["Bearer a.b.c"][..]),
            (Caller::from_sub("42"), &[]),
            (Caller::from_sub("42"), &["Bearer a.b.c", "Bearer a.b.c"]),
        ] {
            let problem = request(caller, authorization).bearer_token().unwrap_err();
            assert_eq!(problem.kind(), Kind::Unauthorized);
        }
    }
}
