use http::{HeaderMap, HeaderValue, header::GetAll};
use serde::{Serialize, Serializer};
use shared::Response;

/// The answer that API Gateway's proxy integration takes. Source: "Output format of a Lambda
/// function for proxy integration" in the API Gateway developer guide.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProxyAnswer {
    status_code: u16,
    #[serde(serialize_with = "by_name")]
    multi_value_headers: HeaderMap,
    body: String,
    is_base64_encoded: bool,
}

impl From<Response> for ProxyAnswer {
    fn from(response: Response) -> Self {
        Self {
            status_code: response.status.as_u16(),
            multi_value_headers: response.headers,
            body: response.body,
            is_base64_encoded: false,
        }
    }
}

/// A map from names to lists of values.
fn by_name<S: Serializer>(headers: &HeaderMap, serializer: S) -> Result<S::Ok, S::Error> {
    serializer
        .collect_map(headers.keys().map(|name| (name.as_str(), Values(headers.get_all(name)))))
}

struct Values<'a>(GetAll<'a, HeaderValue>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let texts = self.0.iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        serializer.collect_seq(texts)
    }
}
