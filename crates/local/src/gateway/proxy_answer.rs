use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Deserialize;

/// Headers of a function that API Gateway gives another name. Source: "Amazon API Gateway important
/// notes for REST APIs" in the API Gateway developer guide.
const REMAPPED: [&str; 10] = [
    "connection",
    "content-md5",
    "date",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "www-authenticate",
];
/// Headers that the server sets by the body it sends, whatever the function says.
const NOT_PASSED: [HeaderName; 2] = [header::CONTENT_LENGTH, header::TRANSFER_ENCODING];

/// A function's answer that API Gateway would turn into a 502.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// Not JSON, or not the members that an answer may have.
    #[error("the function's answer is not a proxy answer")]
    NotAnAnswer,
    /// No status of a final answer.
    #[error("the function's answer has no valid statusCode")]
    Status,
    /// A name or value that HTTP does not allow.
    #[error("the function's answer has a header that HTTP does not allow")]
    Header,
}

/// The HTTP answer that the proxy answer `json` stands for.
///
/// No member is required, none but these five is allowed. A body that says it is in base64 stays as
/// it is, since the API names no binary media types. Source: "Output format of a Lambda function
/// for proxy integration" in the API Gateway developer guide.
pub(super) fn read(json: &str) -> Result<Response<Bytes>, Malformed> {
    let answer: ProxyAnswer = serde_json::from_str(json).map_err(|_| Malformed::NotAnAnswer)?;
    let mut response = Response::new(Bytes::from(answer.body.unwrap_or_default()));
    *response.status_mut() = answer.status_code.map_or(Ok(StatusCode::OK), Code::status)?;
    *response.headers_mut() = headers(answer.headers, answer.multi_value_headers)?;
    Ok(response)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ProxyAnswer {
    status_code: Option<Code>,
    headers: Option<BTreeMap<String, Text>>,
    multi_value_headers: Option<BTreeMap<String, Vec<Text>>>,
    body: Option<String>,
    #[serde(rename = "isBase64Encoded")]
    _is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Number(u16),
    Text(String),
}

impl Code {
    fn status(self) -> Result<StatusCode, Malformed> {
        let code = match self {
            Self::Number(code) => code,
            Self::Text(text) => text.parse().map_err(|_| Malformed::Status)?,
        };
        // Nothing below 200 ends a request.
        let code = Some(code).filter(|code| (200..600).contains(code));
        code.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(Malformed::Status)
    }
}

#[derive(PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Text {
    Text(String),
    Flag(bool),
}

impl Text {
    fn value(self) -> Result<HeaderValue, Malformed> {
        let text = match self {
            Self::Text(text) => text,
            Self::Flag(flag) => flag.to_string(),
        };
        HeaderValue::try_from(text).map_err(|_| Malformed::Header)
    }
}

/// Both maps as one list; a pair that is in both counts once.
fn headers(
    single: Option<BTreeMap<String, Text>>,
    multi: Option<BTreeMap<String, Vec<Text>>>,
) -> Result<HeaderMap, Malformed> {
    let mut all = multi.unwrap_or_default();
    for (name, value) in single.unwrap_or_default() {
        let values = all.entry(name).or_default();
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let mut headers = HeaderMap::new();
    for (name, values) in all {
        let name = name.parse().map_err(|_| Malformed::Header)?;
        for value in values {
            headers.append(remapped(&name)?, value.value()?);
        }
    }
    for name in NOT_PASSED {
        headers.remove(name);
    }
    let default = HeaderValue::from_static("application/json");
    headers.entry(header::CONTENT_TYPE).or_insert(default);
    Ok(headers)
}

fn remapped(name: &HeaderName) -> Result<HeaderName, Malformed> {
    if REMAPPED.contains(&name.as_str()) {
        format!("x-amzn-remapped-{name}").parse().map_err(|_| Malformed::Header)
    } else {
        Ok(name.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_becomes_http() {
        let response = read(
            &json!({
                "statusCode": 201,
                "headers": {"X-A": "1", "X-B": "2", "X-Flag": true, "WWW-Authenticate": "Bearer", "Content-Length": "9"},
                "multiValueHeaders": {"X-A": ["1", "3"], "Content-Type": ["text/plain"], "Transfer-Encoding": ["chunked"]},
                "body": "text",
                "isBase64Encoded": false,
            })
            .to_string(),
        );
        let response = response.unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.body(), "text");
        let values = |name: &str| {
            response.headers().get_all(name).iter().map(|v| v.to_str().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(values("x-a"), ["1", "3"]);
        assert_eq!(values("x-b"), ["2"]);
        assert_eq!(values("x-flag"), ["true"]);
        assert_eq!(values("content-type"), ["text/plain"]);
        assert_eq!(values("x-amzn-remapped-www-authenticate"), ["Bearer"]);
        for gone in ["www-authenticate", "content-length", "transfer-encoding"] {
            assert!(!response.headers().contains_key(gone));
        }
    }

    #[test]
    fn nothing_is_required() {
        for answer in [
            json!({}),
            json!({"statusCode": null, "headers": null, "multiValueHeaders": null, "body": null}),
        ] {
            let response = read(&answer.to_string()).unwrap();
            assert_eq!((response.status(), response.body().len()), (StatusCode::OK, 0));
            assert_eq!(response.headers()["content-type"], "application/json");
        }
        assert_eq!(read(r#"{"statusCode":"404"}"#).unwrap().status(), 404);
    }

    #[test]
    fn what_is_no_answer_is_malformed() {
        for (answer, reason) in [
            ("", Malformed::NotAnAnswer),
            ("null", Malformed::NotAnAnswer),
            ("[]", Malformed::NotAnAnswer),
            ("\"text\"", Malformed::NotAnAnswer),
            (r#"{"errorMessage":"x"}"#, Malformed::NotAnAnswer),
            (r#"{"statusCode":200,"cookies":[]}"#, Malformed::NotAnAnswer),
            (r#"{"body":{"a":1}}"#, Malformed::NotAnAnswer),
            (r#"{"headers":["a"]}"#, Malformed::NotAnAnswer),
            (r#"{"headers":{"a":1}}"#, Malformed::NotAnAnswer),
            (r#"{"multiValueHeaders":{"a":"b"}}"#, Malformed::NotAnAnswer),
            (r#"{"statusCode":200.5}"#, Malformed::NotAnAnswer),
            (r#"{"statusCode":-200}"#, Malformed::NotAnAnswer),
            (r#"{"statusCode":"ok"}"#, Malformed::Status),
            (r#"{"statusCode":99}"#, Malformed::Status),
            (r#"{"statusCode":101}"#, Malformed::Status),
            (r#"{"statusCode":600}"#, Malformed::Status),
            (r#"{"headers":{"a b":"c"}}"#, Malformed::Header),
            (r#"{"headers":{"a":"b\r\nc: d"}}"#, Malformed::Header),
        ] {
            assert_eq!(read(answer).unwrap_err(), reason, "{answer}");
        }
    }
}
