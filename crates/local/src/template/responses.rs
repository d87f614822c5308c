use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::{TemplateError, unquoted};

/// What the gateway answers by itself, as the template words it.
#[derive(Debug)]
pub(crate) struct GatewayResponses {
    /// The answer for a token that the authorizer refuses.
    pub(crate) unauthorized: GatewayResponse,
    /// The answer for a path that no route has.
    pub(crate) missing_authentication_token: GatewayResponse,
    /// The answer in place of a function's answer that is not one; it has no type of its own.
    pub(crate) malformed_answer: GatewayResponse,
}

/// One answer of the gateway's own.
#[derive(Debug, Clone)]
pub(crate) struct GatewayResponse {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers, `Content-Type` among them.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

/// An entry of the template, by its type: see "Gateway response types for API Gateway" in the API
/// Gateway developer guide.
pub(super) type RawResponses = BTreeMap<String, RawResponse>;

#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct RawResponse {
    status_code: Option<Value>,
    #[serde(default)]
    response_parameters: RawParameters,
    response_templates: BTreeMap<String, String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RawParameters {
    headers: BTreeMap<String, String>,
}

impl GatewayResponses {
    pub(super) fn read(raw: &RawResponses, place: &str) -> Result<Self, TemplateError> {
        let read = |kind, default, status| {
            let (kind, raw) = [kind, default]
                .into_iter()
                .find_map(|kind| Some((kind, raw.get(kind)?)))
                .ok_or_else(|| TemplateError::new(place, format!("needs {kind} or {default}")))?;
            raw.read(status, &format!("{place}.{kind}"))
        };
        Ok(Self {
            unauthorized: read("UNAUTHORIZED", "DEFAULT_4XX", StatusCode::UNAUTHORIZED)?,
            missing_authentication_token: read(
                "MISSING_AUTHENTICATION_TOKEN",
                "DEFAULT_4XX",
                StatusCode::FORBIDDEN,
            )?,
            malformed_answer: read("DEFAULT_5XX", "DEFAULT_5XX", StatusCode::BAD_GATEWAY)?,
        })
    }
}

impl RawResponse {
    /// The answer; `status` is what API Gateway gives it if the entry does not say.
    fn read(&self, status: StatusCode, place: &str) -> Result<GatewayResponse, TemplateError> {
        let refused = |reason: String| TemplateError::new(place, reason);
        let body = self
            .response_templates
            .get("application/json")
            .ok_or_else(|| refused("needs a template for application/json".to_owned()))?;
        if body.contains('$') {
            return Err(refused("mapping variables are not understood".to_owned()));
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        for (name, value) in &self.response_parameters.headers {
            let value = unquoted(value, &format!("{place}.{name}"))?;
            let pair = (name.parse::<HeaderName>(), HeaderValue::try_from(value));
            let (Ok(name), Ok(value)) = pair else {
                return Err(refused(format!("{name:?} is no header")));
            };
            headers.insert(name, value);
        }
        let status = match &self.status_code {
            None => status,
            Some(code) => {
                parse_status(code).ok_or_else(|| refused(format!("{code} is no status")))?
            }
        };
        Ok(GatewayResponse { status, headers, body: Bytes::from(body.clone()) })
    }
}

/// The status as a number or, as CloudFormation also has it, a text.
fn parse_status(code: &Value) -> Option<StatusCode> {
    let text = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
    StatusCode::from_bytes(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use crate::template::tests::small;

    #[test]
    fn an_answer_has_its_own_entry_or_the_default_one() {
        let responses = small().gateway_responses;
        let rows = [
            (&responses.unauthorized, 401, r#"{"who":"are you"}"#, "application/problem+json"),
            (&responses.missing_authentication_token, 404, r#"{"no":"route"}"#, "application/json"),
            (&responses.malformed_answer, 502, r#"{"default":5}"#, "application/json"),
        ];
        for (response, status, body, content_type) in rows {
            assert_eq!(response.status, status);
            assert_eq!(response.body, body);
            assert_eq!(response.headers["content-type"], content_type);
        }
        assert_eq!(responses.unauthorized.headers["www-authenticate"], "Bearer");
    }

    #[test]
    fn a_type_without_an_entry_has_the_default_answer_and_its_own_status() {
        use crate::template::{Template, tests::*};
        let text = SMALL
            .replace("UNAUTHORIZED:", "REQUEST_TOO_LARGE:")
            .replace("MISSING_AUTHENTICATION_TOKEN:", "QUOTA_EXCEEDED:");
        let responses = Template::read(&text, &PARAMETERS).unwrap().gateway_responses;
        for (response, status) in
            [(responses.unauthorized, 401), (responses.missing_authentication_token, 403)]
        {
            assert_eq!(response.status, status);
            assert_eq!(response.body, r#"{"default":4}"#);
            assert_eq!(response.headers["x-default"], "yes");
        }
    }
}
