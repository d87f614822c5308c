use std::{
    collections::BTreeMap,
    net::IpAddr,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{ids::RequestIds, router::Found};
use crate::authorizer::Claims;

/// What the cloud would fill with the ids of an account and an API.
const LOCAL: &str = "local";
/// Headers that API Gateway does not pass on: they are about the connection.
const NOT_PASSED: [header::HeaderName; 3] =
    [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// A request that has passed the gateway.
pub(super) struct Passed<'a> {
    /// Method, URL and headers.
    pub(super) head: &'a Parts,
    /// The body.
    pub(super) body: &'a Bytes,
    /// The route.
    pub(super) found: &'a Found<'a>,
    /// The claims of the caller's token, on routes that need one.
    pub(super) claims: Option<&'a Claims>,
    /// The ids of the request.
    pub(super) ids: &'a RequestIds,
    /// When it was received.
    pub(super) received_at: SystemTime,
    /// The client's address.
    pub(super) source_ip: IpAddr,
    /// The gateway's port.
    pub(super) port: u16,
    /// The stage of the API.
    pub(super) stage: &'a str,
}

impl Passed<'_> {
    /// The REST proxy event (payload version 1.0) as API Gateway sends it. Names of headers are in
    /// lower case, as the HTTP parser gives them.
    ///
    /// Source: "Input format of a Lambda function for proxy integration" in the API Gateway
    /// developer guide, and events seen.
    pub(super) fn event(&self) -> Value {
        let headers = self.headers();
        let query = self.query();
        let (body, is_base64_encoded) = self.body();
        json!({
            "resource": self.found.resource.path,
            "path": self.head.uri.path(),
            "httpMethod": self.head.method.as_str(),
            "headers": last_values(&headers),
            "multiValueHeaders": headers,
            "queryStringParameters": null_if_empty(last_values(&query)),
            "multiValueQueryStringParameters": null_if_empty(&query),
            "pathParameters": null_if_empty(&self.found.parameters),
            "stageVariables": null,
            "requestContext": self.context(),
            "body": body,
            "isBase64Encoded": is_base64_encoded,
        })
    }

    fn context(&self) -> Value {
        let received_at = Timestamp::try_from(self.received_at).unwrap_or_default();
        let epoch = self.received_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut context = json!({
            "accountId": "000000000000",
            "apiId": LOCAL,
            "deploymentId": LOCAL,
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "extendedRequestId": self.ids.extended,
            "httpMethod": self.head.method.as_str(),
            "identity": self.identity(),
            "path": format!("/{}{}", self.stage, self.head.uri.path()),
            "protocol": format!("{:?}", self.head.version),
            "requestId": self.ids.request,
            "requestTime": received_at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "requestTimeEpoch": u64::try_from(epoch.as_millis()).unwrap_or(u64::MAX),
            "resourceId": LOCAL,
            "resourcePath": self.found.resource.path,
            "stage": self.stage,
        });
        if let (Some(claims), Some(context)) = (self.claims, context.as_object_mut()) {
            context.insert("authorizer".to_owned(), json!({"claims": claims.for_event()}));
        }
        context
    }

    fn identity(&self) -> Value {
        let user_agent = self.head.headers.get(header::USER_AGENT);
        json!({
            "accessKey": null,
            "accountId": null,
            "caller": null,
            "cognitoAuthenticationProvider": null,
            "cognitoAuthenticationType": null,
            "cognitoIdentityId": null,
            "cognitoIdentityPoolId": null,
            "principalOrgId": null,
            "sourceIp": self.source_ip,
            "user": null,
            "userAgent": user_agent.map(|value| String::from_utf8_lossy(value.as_bytes())),
            "userArn": null,
        })
    }

    /// The headers as sent, and what API Gateway adds. A client may claim to be behind a proxy, but
    /// its own address stands last, and nothing reads it from here.
    fn headers(&self) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in self.head.headers.iter().filter(|(name, _)| !NOT_PASSED.contains(name))
        {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            all.entry(name.as_str().to_owned()).or_default().push(value);
        }
        for (name, value) in [
            ("X-Forwarded-For", self.forwarded_for(&self.head.headers)),
            ("X-Forwarded-Port", self.port.to_string()),
            ("X-Forwarded-Proto", "http".to_owned()),
            ("X-Amzn-Trace-Id", self.ids.trace.clone()),
        ] {
            all.remove(&name.to_ascii_lowercase());
            all.insert(name.to_owned(), vec![value]);
        }
        all
    }

    fn forwarded_for(&self, headers: &HeaderMap) -> String {
        let mut hops: Vec<_> = headers
            .get_all("x-forwarded-for")
            .iter()
            .map(|hop| String::from_utf8_lossy(hop.as_bytes()).into_owned())
            .collect();
        hops.push(self.source_ip.to_string());
        hops.join(", ")
    }

    fn query(&self) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::<String, Vec<String>>::new();
        let query = self.head.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            all.entry(name.into_owned()).or_default().push(value.into_owned());
        }
        all
    }

    fn body(&self) -> (Option<String>, bool) {
        match str::from_utf8(self.body) {
            Ok("") => (None, false),
            Ok(text) => (Some(text.to_owned()), false),
            Err(_) => (Some(STANDARD.encode(self.body)), true),
        }
    }
}

fn last_values(all: &BTreeMap<String, Vec<String>>) -> Map<String, Value> {
    all.iter().map(|(name, values)| (name.clone(), json!(values.last()))).collect()
}

fn null_if_empty(map: impl serde::Serialize) -> Value {
    let map = json!(map);
    if map.as_object().is_some_and(Map::is_empty) { Value::Null } else { map }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::Request;

    use super::*;
    use crate::{functions::tests::echoes, gateway::router::Router, template::tests::small};

    fn event(request: Request<Bytes>) -> Value {
        let router = Router::new(small().routes, &echoes(&["F", "G"])).unwrap();
        let (head, body) = request.into_parts();
        let received_at = UNIX_EPOCH + Duration::from_millis(1_790_280_995_123);
        Passed {
            found: &router.find(head.uri.path()).unwrap(),
            head: &head,
            body: &body,
            claims: None,
            ids: &RequestIds {
                request: "id".into(),
                extended: "extended".into(),
                trace: "Root=1".into(),
            },
            received_at,
            source_ip: [127, 0, 0, 1].into(),
            port: 3000,
            stage: "v1",
        }
        .event()
    }

    fn get(url: &str) -> http::request::Builder {
        Request::get(url).header("host", "localhost:3000")
    }

    #[test]
    fn an_event_has_every_member_of_the_cloud() {
        let event =
            event(get("/items/a%20b").header("user-agent", "test").body(Bytes::new()).unwrap());
        let expected = json!({
            "resource": "/items/{name}",
            "path": "/items/a%20b",
            "httpMethod": "GET",
            "headers": {
                "host": "localhost:3000", "user-agent": "test", "X-Amzn-Trace-Id": "Root=1",
                "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Port": "3000", "X-Forwarded-Proto": "http",
            },
            "multiValueHeaders": {
                "host": ["localhost:3000"], "user-agent": ["test"], "X-Amzn-Trace-Id": ["Root=1"],
                "X-Forwarded-For": ["127.0.0.1"], "X-Forwarded-Port": ["3000"], "X-Forwarded-Proto": ["http"],
            },
            "queryStringParameters": null,
            "multiValueQueryStringParameters": null,
            "pathParameters": {"name": "a b"},
            "stageVariables": null,
            "requestContext": {
                "accountId": "000000000000", "apiId": "local", "deploymentId": "local",
                "domainName": "localhost", "domainPrefix": "localhost", "extendedRequestId": "extended",
                "httpMethod": "GET",
                "identity": {
                    "accessKey": null, "accountId": null, "caller": null, "cognitoAuthenticationProvider": null,
                    "cognitoAuthenticationType": null, "cognitoIdentityId": null, "cognitoIdentityPoolId": null,
                    "principalOrgId": null, "sourceIp": "127.0.0.1", "user": null, "userAgent": "test",
                    "userArn": null,
                },
                "path": "/v1/items/a%20b", "protocol": "HTTP/1.1", "requestId": "id",
                "requestTime": "24/Sep/2026:20:16:35 +0000", "requestTimeEpoch": 1_790_280_995_123_u64,
                "resourceId": "local", "resourcePath": "/items/{name}", "stage": "v1",
            },
            "body": null,
            "isBase64Encoded": false,
        });
        assert_eq!(event, expected);
    }

    #[test]
    fn a_query_is_decoded_and_the_last_value_wins() {
        let event = event(
            get("/open?a=1&a=2&b=a%2Bb&c=&d&e+f=%C3%A4&=x&g=%FF").body(Bytes::new()).unwrap(),
        );
        assert_eq!(
            event["queryStringParameters"],
            json!({"a": "2", "b": "a+b", "c": "", "d": "", "e f": "ä", "": "x", "g": "\u{fffd}"})
        );
        assert_eq!(event["multiValueQueryStringParameters"]["a"], json!(["1", "2"]));
        assert_eq!(event["path"], "/open");
    }

    #[test]
    fn every_value_of_a_header_is_there_and_the_connections_are_not() {
        let request =
            get("/open").header("x-a", "1").header("x-a", "2").header("connection", "keep-alive");
        let request = request.header("content-length", "0").header("transfer-encoding", "chunked");
        let event = event(request.body(Bytes::new()).unwrap());
        assert_eq!(event["multiValueHeaders"]["x-a"], json!(["1", "2"]));
        assert_eq!(event["headers"]["x-a"], "2");
        for name in ["connection", "content-length", "transfer-encoding"] {
            assert_eq!(event["headers"].get(name), None, "{name}");
        }
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        let request =
            get("/open").header("x-forwarded-for", "1.2.3.4").header("x-forwarded-for", "5.6.7.8");
        let request =
            request.header("x-forwarded-proto", "https").header("x-amzn-trace-id", "Root=mine");
        let event = event(request.body(Bytes::new()).unwrap());
        assert_eq!(event["headers"]["X-Forwarded-For"], "1.2.3.4, 5.6.7.8, 127.0.0.1");
        assert_eq!(event["headers"]["X-Forwarded-Proto"], "http");
        assert_eq!(event["headers"]["X-Amzn-Trace-Id"], "Root=1");
        assert_eq!(event["headers"].as_object().unwrap().len(), 5);
        assert_eq!(event["requestContext"]["identity"]["sourceIp"], "127.0.0.1");
    }

    #[test]
    fn a_body_is_text_or_base64() {
        for (body, text, encoded) in [
            (&b"{\"a\":1}"[..], json!("{\"a\":1}"), false),
            (b"", json!(null), false),
            (b"\xff\x00", json!("/wA="), true),
        ] {
            let event = event(get("/open").body(Bytes::copy_from_slice(body)).unwrap());
            assert_eq!((&event["body"], &event["isBase64Encoded"]), (&text, &json!(encoded)));
        }
    }
}
