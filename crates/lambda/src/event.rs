use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    net::IpAddr,
    time::{Duration, SystemTime},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use shared::{Caller, Request};

/// The members of a REST proxy event (payload version 1.0) that a handler can need; all others are
/// skipped unread. Source: "Input format of a Lambda function for proxy integration" in the API
/// Gateway developer guide.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProxyEvent<'a> {
    pub(crate) resource: String,
    http_method: String,
    /// Read only if there are no others.
    #[serde(borrow, default)]
    headers: Option<&'a RawValue>,
    #[serde(default)]
    multi_value_headers: Option<Headers>,
    #[serde(default)]
    query_string_parameters: Option<BTreeMap<String, String>>,
    #[serde(default)]
    multi_value_query_string_parameters: Option<BTreeMap<String, Vec<String>>>,
    pub(crate) request_context: Context,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Context {
    pub(crate) request_id: String,
    /// A client can choose `requestId`; this one it cannot.
    #[serde(default)]
    pub(crate) extended_request_id: Option<String>,
    #[serde(default)]
    request_time_epoch: u64,
    #[serde(default)]
    identity: Identity,
    #[serde(default)]
    authorizer: Option<Authorizer>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(default)]
    source_ip: Option<IpAddr>,
}

#[derive(Deserialize)]
struct Authorizer {
    #[serde(default)]
    claims: Option<Claims>,
}

/// The claims of the token that the authorizer verified.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// The app client that an access token was issued to.
    #[serde(default)]
    client_id: Option<String>,
}

/// The event does not hold an HTTP request: something other than API Gateway sent it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotHttp {
    Method,
    Headers,
    Base64,
}

impl ProxyEvent<'_> {
    /// Whether the authorizer let a token pass that was issued to another app client than `client_id`.
    /// API Gateway's takes the tokens of every client of the user pool.
    pub(crate) fn is_of_another_client(&self, client_id: &str) -> bool {
        let authorizer = self.request_context.authorizer.as_ref();
        let claims = authorizer.and_then(|authorizer| authorizer.claims.as_ref());
        claims.is_some_and(|claims| claims.client_id.as_deref() != Some(client_id))
    }

    pub(crate) fn into_request(self) -> Result<Request, NotHttp> {
        let claims = self.request_context.authorizer.and_then(|authorizer| authorizer.claims);
        Ok(Request {
            id: self.request_context.request_id,
            method: Method::from_bytes(self.http_method.as_bytes()).map_err(|_| NotHttp::Method)?,
            resource: self.resource,
            query: all_values(
                self.multi_value_query_string_parameters,
                self.query_string_parameters,
            )
            .collect(),
            headers: headers(self.multi_value_headers, self.headers)?,
            body: bytes(self.body.unwrap_or_default(), self.is_base64_encoded)?,
            caller: claims.and_then(|claims| Caller::from_sub(&claims.sub)),
            source_ip: self.request_context.identity.source_ip,
            received_at: SystemTime::UNIX_EPOCH
                + Duration::from_millis(self.request_context.request_time_epoch),
        })
    }
}

/// Every value of every name: the multi-value map has them all, the other only the last of each.
fn all_values(
    multi: Option<BTreeMap<String, Vec<String>>>,
    single: Option<BTreeMap<String, String>>,
) -> impl Iterator<Item = (String, String)> {
    let single = if multi.is_some() { None } else { single };
    let all = multi.into_iter().flatten();
    all.flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
        .chain(single.into_iter().flatten())
}

/// Every value of every header: the multi-value map has them all, the other only the last of each.
fn headers(multi: Option<Headers>, single: Option<&RawValue>) -> Result<HeaderMap, NotHttp> {
    if let Some(Headers(headers)) = multi {
        return Ok(headers);
    }
    let single = serde_json::from_str::<Option<BTreeMap<Text<'_>, Text<'_>>>>(
        single.map_or("null", RawValue::get),
    );
    let mut headers = HeaderMap::new();
    for (name, value) in single.map_err(|_| NotHttp::Headers)?.unwrap_or_default() {
        append(&mut headers, &name.0, &value);
    }
    Ok(headers)
}

/// Adds a header; one that HTTP does not allow cannot have been sent by HTTP, and is left out.
fn append(headers: &mut HeaderMap, name: &str, value: &Text<'_>) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value.0)) {
        headers.append(name, value);
    }
}

/// A text that is copied only if it has escapes.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(transparent)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A map from names to lists of values, put together without a map in between: headers are most of
/// an event.
struct Headers(HeaderMap);

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Lists)
    }
}

struct Lists;

impl<'de> Visitor<'de> for Lists {
    type Value = Headers;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lists of values by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
        let mut headers = HeaderMap::new();
        while let Some((name, values)) = map.next_entry::<Text<'de>, Vec<Text<'de>>>()? {
            for value in values {
                append(&mut headers, &name.0, &value);
            }
        }
        Ok(Headers(headers))
    }
}

fn bytes(body: String, is_base64_encoded: bool) -> Result<Vec<u8>, NotHttp> {
    if is_base64_encoded {
        STANDARD.decode(body).map_err(|_| NotHttp::Base64)
    } else {
        Ok(body.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(members: &Value) -> Result<Request, NotHttp> {
        let mut event = json!({
            "resource": "/generate",
            "httpMethod": "GET",
            "requestContext": {"requestId": "id", "requestTimeEpoch": 1_500},
        });
        event.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        serde_json::from_str::<ProxyEvent<'_>>(&event.to_string()).unwrap().into_request()
    }

    #[test]
    fn absent_and_null_members_are_empty() {
        let bare = read(&json!({})).unwrap();
        let null = read(&json!({
            "headers": null, "multiValueHeaders": null, "queryStringParameters": null,
            "multiValueQueryStringParameters": null, "body": null,
        }));
        for request in [bare, null.unwrap()] {
            assert!(request.headers.is_empty() && request.query.is_empty());
            assert!(request.body.is_empty() && request.caller.is_none());
            assert_eq!(request.received_at, SystemTime::UNIX_EPOCH + Duration::from_millis(1_500));
        }
    }

    #[test]
    fn every_value_of_a_name_arrives() {
        let request = read(&json!({
            "queryStringParameters": {"length": "2"},
            "multiValueQueryStringParameters": {"length": ["1", "2"], "nums": [""]},
            "headers": {"Origin": "b"},
            "multiValueHeaders": {"Origin": ["a", "b"], "bad name": ["x"], "X": ["\r\n"]},
        }));
        let request = request.unwrap();
        let query = [("length", "1"), ("length", "2"), ("nums", "")];
        assert_eq!(request.query, query.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert_eq!(request.headers.get_all("origin").iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(request.headers.len(), 2);
    }

    #[test]
    fn the_single_value_maps_serve_where_the_others_are_absent() {
        let request =
            read(&json!({"queryStringParameters": {"length": "2"}, "headers": {"A": "b"}}));
        let request = request.unwrap();
        assert_eq!(request.query, [("length".to_owned(), "2".to_owned())]);
        assert_eq!(request.headers["a"], "b");
        let escaped = json!({"headers": {"A": "\"b\\"}});
        assert_eq!(read(&escaped).unwrap().headers["a"], "\"b\\");
        for wrong in [json!(1), json!(["a"]), json!({"a": 1}), json!({"a": ["b"]})] {
            assert_eq!(read(&json!({"headers": wrong})).unwrap_err(), NotHttp::Headers);
        }
    }

    #[test]
    fn bodies() {
        let body = |body: &str, encoded| read(&json!({"body": body, "isBase64Encoded": encoded}));
        assert_eq!(body("{}", false).unwrap().body, b"{}");
        assert_eq!(body("e30=", true).unwrap().body, b"{}");
        assert_eq!(body("e30", true).unwrap_err(), NotHttp::Base64);
    }

    #[test]
    fn the_caller_is_the_sub_of_the_verified_claims() {
        let of = |authorizer: Value| {
            let context = json!({"requestId": "id", "authorizer": authorizer});
            read(&json!({"requestContext": context, "headers": {"sub": "x"}})).unwrap().caller
        };
        let claims = json!({"claims": {"sub": "42", "username": "ada"}});
        assert_eq!(of(claims).unwrap().sub(), "42");
        for none in
            [json!(null), json!({}), json!({"claims": null}), json!({"claims": {"sub": ""}})]
        {
            assert!(of(none).is_none());
        }
    }
}
