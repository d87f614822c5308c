use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use shared::Origins;

use super::Refused;

/// Where a browser says from where a request comes. Source: W3C "Fetch Metadata Request Headers".
const SEC_FETCH_SITE: &str = "sec-fetch-site";
/// The values for an address that the user typed, and for a page of the same origin.
const OWN_SITES: [&str; 2] = ["none", "same-origin"];

/// Refuses a request that a browser sends for a page of none of `origins`, and returns the origin of
/// one that may read the answer.
///
/// Programs send neither header. Browsers send `Origin` with everything but a plain GET, such as
/// that of an image, and `Sec-Fetch-Site` with that.
pub(crate) fn check_page<'a>(
    headers: &HeaderMap,
    origins: &'a Origins,
) -> Result<Option<&'a HeaderValue>, Refused> {
    if headers.contains_key(header::ORIGIN) {
        return origins.allowed(headers).map(Some).ok_or(Refused::ForeignPage);
    }
    let is_own = |site: &HeaderValue| OWN_SITES.iter().any(|own| site == own);
    let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
    if sites.all(is_own) { Ok(None) } else { Err(Refused::ForeignPage) }
}

/// Lets only a page of `origin` read `response`, whatever its CORS headers say.
pub(crate) fn readable_by(
    origin: Option<&HeaderValue>,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    match origin {
        Some(origin) => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        }
        None => remove_cors(headers),
    }
    response
}

/// Removes every CORS header.
pub(crate) fn remove_cors(headers: &mut HeaderMap) {
    let names = headers.keys().filter(|name| name.as_str().starts_with("access-control-"));
    for name in names.cloned().collect::<Vec<_>>() {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sent: &[(&'static str, &str)]) -> Result<Option<String>, Refused> {
        let sent = sent.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let origins = "https://app.example".parse().unwrap();
        let origin = check_page(&sent.collect(), &origins)?;
        Ok(origin.map(|origin| origin.to_str().unwrap().to_owned()))
    }

    #[test]
    fn programs_and_addresses_that_a_user_types_pass() {
        for sent in [
            &[][..],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin")],
            &[("referer", "https://evil.example/")],
        ] {
            assert_eq!(check(sent), Ok(None), "{sent:?}");
        }
    }

    #[test]
    fn an_allowed_page_passes_from_any_site_and_is_named() {
        for site in ["same-origin", "same-site", "cross-site"] {
            let sent = [("origin", "https://app.example"), ("sec-fetch-site", site)];
            assert_eq!(check(&sent), Ok(Some("https://app.example".to_owned())));
        }
    }

    #[test]
    fn every_other_page_is_refused() {
        for sent in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "*")],
            &[("origin", "https://app.example.evil")],
            &[("origin", "https://app.example"), ("origin", "https://evil.example")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "something-new")],
            &[("sec-fetch-site", "")],
            &[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")],
        ] {
            assert_eq!(check(sent), Err(Refused::ForeignPage), "{sent:?}");
        }
    }
}
