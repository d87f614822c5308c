//! The headers that every answer carries, whoever made it.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::Origins;

/// The security headers of every answer.
///
/// The API serves JSON to scripts: nothing of it may be cached, sniffed, framed or run. Source: the
/// OWASP REST security cheat sheet. `template.yaml` gives the gateway's own answers the same ones.
pub const SECURITY: [(HeaderName, HeaderValue); 7] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        header::STRICT_TRANSPORT_SECURITY,
        HeaderValue::from_static("max-age=31536000; includeSubDomains"),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// Adds the security headers and, for an allowed origin, the CORS headers.
///
/// `request` are the headers of the request that is answered.
pub fn complete(answer: &mut HeaderMap, request: &HeaderMap, origins: &Origins) {
    answer.extend(SECURITY);
    answer.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origins.allowed(request) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        // Without this a page cannot read how long to wait, or which request to ask about.
        answer.insert(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static("ETag, Retry-After, x-amzn-RequestId"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(origin: &str) -> HeaderMap {
        let origins = "https://app.example".parse().unwrap();
        let request = HeaderMap::from_iter([(header::ORIGIN, origin.parse().unwrap())]);
        let mut answer = HeaderMap::new();
        complete(&mut answer, &request, &origins);
        answer
    }

    #[test]
    fn an_allowed_origin_is_named() {
        let answer = completed("https://app.example");
        assert_eq!(answer[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example");
        assert_eq!(answer[header::VARY], "Origin");
        assert_eq!(answer[header::CACHE_CONTROL], "no-store");
    }

    #[test]
    fn another_origin_is_not_and_the_rest_stays() {
        let answer = completed("https://app.example.evil");
        assert!(!answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
        assert_eq!(answer[header::VARY], "Origin");
        assert_eq!(answer[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}
