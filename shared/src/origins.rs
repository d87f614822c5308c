use std::{fmt, str::FromStr};

use http::{HeaderMap, HeaderValue, Uri, header};

/// The web origins that may read our answers, compared byte for byte.
///
/// Never a wildcard and never `null`: a page that is not on the list cannot read an answer,
/// whatever token it holds. Source: the Fetch standard, "CORS protocol"; OWASP ASVS 3.4.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins(Vec<HeaderValue>);

/// A text that is not an origin as browsers send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginsError(String);

impl Origins {
    /// The origins of both lists.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// The request's origin, if it is on the list and the request has exactly one.
    #[must_use]
    pub fn allowed(&self, request: &HeaderMap) -> Option<&HeaderValue> {
        let mut sent = request.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (sent.next(), sent.next()) else {
            return None;
        };
        self.0.iter().find(|allowed| *allowed == origin)
    }
}

impl FromStr for Origins {
    type Err = OriginsError;

    /// Reads origins separated by commas, such as `https://app.example,http://localhost:5173`.
    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        origins.map(parse).collect::<Result<_, _>>().map(Self)
    }
}

/// An origin as browsers serialise it (RFC 6454, section 6.2): scheme and host in lower case, the
/// port only where it is not the scheme's own, no path, not even a slash.
fn parse(origin: &str) -> Result<HeaderValue, OriginsError> {
    let refused = || OriginsError(origin.to_owned());
    let uri: Uri = origin.parse().map_err(|_| refused())?;
    let (Some(scheme), Some(host)) = (uri.scheme_str(), uri.host()) else {
        return Err(refused());
    };
    let default_port = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return Err(refused()),
    };
    let canonical = match uri.port_u16() {
        Some(port) if port != default_port => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    };
    if canonical != origin || host.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(refused());
    }
    HeaderValue::from_str(origin).map_err(|_| refused())
}

impl fmt::Display for OriginsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not an origin: write scheme://host[:port] in lower case, with no path and no default port",
            self.0
        )
    }
}

impl std::error::Error for OriginsError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(sent: &[&str]) -> HeaderMap {
        sent.iter().map(|origin| (header::ORIGIN, origin.parse().unwrap())).collect()
    }

    #[test]
    fn only_the_exact_origin_is_allowed() {
        let origins: Origins = "https://app.example, http://localhost:5173".parse().unwrap();
        assert!(origins.allowed(&headers(&["https://app.example"])).is_some());
        assert!(origins.allowed(&headers(&["http://localhost:5173"])).is_some());
        let refused: [&[&str]; 12] = [
            &["https://app.example.evil"],
            &["https://evilapp.example"],
            &["http://app.example"],
            &["https://app.example:8443"],
            &["HTTPS://APP.EXAMPLE"],
            &["https://app.example."],
            &["https://app.example/"],
            &["null"],
            &["*"],
            &[""],
            &["https://app.example, http://localhost:5173"],
            &["https://app.example", "https://app.example"],
        ];
        for sent in refused {
            assert!(origins.allowed(&headers(sent)).is_none(), "{sent:?}");
        }
        assert!(origins.allowed(&headers(&[])).is_none());
    }

    #[test]
    fn what_no_browser_sends_cannot_be_listed() {
        for text in [
            "*",
            "null",
            "app.example",
            "https://app.example/",
            "https://App.example",
            "https://app.example:443",
            "http://app.example:80",
            "ftp://app.example",
            "https://user@app.example",
            "https://app.example/page",
        ] {
            assert_eq!(text.parse::<Origins>(), Err(OriginsError(text.into())));
        }
    }

    #[test]
    fn an_empty_list_allows_nobody() {
        let origins: Origins = "".parse().unwrap();
        assert!(origins.allowed(&headers(&["https://app.example"])).is_none());
        assert!(origins.allowed(&headers(&[""])).is_none());
    }
}
