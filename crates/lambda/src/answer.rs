use std::collections::BTreeMap;

use serde::Serialize;
use shared::Response;

/// The answer that API Gateway's proxy integration takes. Source: "Output format of a Lambda
/// function for proxy integration" in the API Gateway developer guide.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProxyAnswer {
    status_code: u16,
    multi_value_headers: BTreeMap<String, Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

impl From<Response> for ProxyAnswer {
    fn from(response: Response) -> Self {
        let mut multi_value_headers = BTreeMap::<String, Vec<String>>::new();
        for (name, value) in &response.headers {
            let values = multi_value_headers.entry(name.as_str().to_owned()).or_default();
            values.push(String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        Self {
            status_code: response.status.as_u16(),
            multi_value_headers,
            body: response.body,
            is_base64_encoded: false,
        }
    }
}
