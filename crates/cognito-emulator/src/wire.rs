//! HTTP in and out: AWS JSON 1.1 (Smithy specification, "AWS JSON 1.1 protocol") as Cognito's
//! endpoint speaks it.

use std::sync::Arc;

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD, CONTENT_TYPE,
    },
};
use serde_json::{Value, json};

use crate::{
    discovery,
    exception::{Exception, Kind},
    fields::Fields,
    ids,
    operations::Operation,
    pool::rng,
    pools::Pools,
    sigv4,
};

/// The longest request body that is read.
pub const MAX_BODY_BYTES: usize = 128 * 1024;

const AMZ_JSON: &str = "application/x-amz-json-1.1";
const JSON: &str = "application/json";
const TARGET: &str = "AWSCognitoIdentityProviderService.";
const EXPOSED: &str = "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date";
/// How long a browser may keep the answer to a preflight, in seconds.
const PREFLIGHT_MAX_AGE: &str = "172800";

/// Answers a request to the endpoint.
pub(crate) async fn answer(pools: &Arc<Pools>, request: Request<Bytes>) -> Response<Bytes> {
    let path = request.uri().path();
    let mut response = match *request.method() {
        Method::OPTIONS => preflight(request.headers()),
        Method::POST if path == "/" => post(pools, &request).await,
        Method::GET => match discovery::document(pools, &request).await {
            Some(Ok(document)) => body(StatusCode::OK, JSON, document.to_string()),
            Some(Err(exception)) => refusal(&exception),
            None => not_understood(),
        },
        _ => not_understood(),
    };
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(ids::uuid(&mut rng())) {
        headers.insert("x-amzn-requestid", id);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    response
}

async fn post(pools: &Arc<Pools>, request: &Request<Bytes>) -> Response<Bytes> {
    if request.body().len() > MAX_BODY_BYTES {
        return refusal(&Kind::RequestEntityTooLarge.bare());
    }
    let content_type = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(JSON) {
        return other_protocol();
    }
    if !media_type.eq_ignore_ascii_case(AMZ_JSON) {
        return body(StatusCode::NOT_FOUND, "", "<UnknownOperationException/>\n");
    }
    match call(pools, request).await {
        // An operation without an output shape.
        Ok(Value::Null) => body(StatusCode::OK, AMZ_JSON, ""),
        Ok(output) => body(StatusCode::OK, AMZ_JSON, output.to_string()),
        Err(exception) => refusal(&exception),
    }
}

async fn call(pools: &Arc<Pools>, request: &Request<Bytes>) -> Result<Value, Exception> {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let operation = target.strip_prefix(TARGET).and_then(Operation::named);
    let operation = operation.ok_or_else(|| Kind::UnknownOperation.bare())?;
    let fields = Fields::parse(request.body())?;
    if operation.needs_signature() {
        sigv4::verify(request, pools.region.now())?;
    }
    let pool = pools.addressed(&fields)?;
    operation.run(&pool, fields).await
}

/// A refusal in the words of the protocol: the bare name of the exception, and in a header the name
/// with a colon.
fn refusal(exception: &Exception) -> Response<Bytes> {
    let status = match exception.kind {
        Kind::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::RequestEntityTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    let name = exception.kind.name();
    // Written by hand for the order of the members.
    let text = match &exception.message {
        Some(message) => {
            format!(
                r#"{{"__type":"{name}","{}":{}}}"#,
                exception.kind.message_member(),
                Value::from(message.as_ref())
            )
        }
        None => format!(r#"{{"__type":"{name}"}}"#),
    };
    let mut response = body(status, AMZ_JSON, text);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::try_from(format!("{name}:")) {
        headers.insert("x-amzn-errortype", value);
    }
    // A message that quotes a caller's control characters cannot stand in a header.
    if let Some(Ok(value)) = exception.message.as_deref().map(HeaderValue::try_from) {
        headers.insert("x-amzn-errormessage", value);
    }
    response
}

/// AWS reads `application/json` as an older protocol, in which Cognito has no operations.
fn other_protocol() -> Response<Bytes> {
    let unknown =
        json!({ "__type": "com.amazon.coral.service#UnknownOperationException", "message": null });
    body(StatusCode::OK, JSON, json!({ "Output": unknown, "Version": "1.0" }).to_string())
}

fn not_understood() -> Response<Bytes> {
    let text = r#"{"code":"BadRequest","message":"The server did not understand the operation that was requested.","type":"client"}"#;
    body(StatusCode::BAD_REQUEST, JSON, text)
}

/// Any page may call the endpoint; what it asks for is what it gets.
fn preflight(asked: &HeaderMap) -> Response<Bytes> {
    let mut response = body(StatusCode::OK, "", "");
    let headers = response.headers_mut();
    for (question, answer) in [
        (ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_ALLOW_HEADERS),
        (ACCESS_CONTROL_REQUEST_METHOD, ACCESS_CONTROL_ALLOW_METHODS),
    ] {
        if let Some(value) = asked.get(question) {
            headers.insert(answer, value.clone());
        }
    }
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE));
    response
}

fn body(status: StatusCode, content_type: &'static str, text: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    if !content_type.is_empty() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}
