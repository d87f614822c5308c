use http::{HeaderMap, Uri, header, request::Parts, uri::Authority};

use super::Refused;
use crate::Hosts;

/// The longest path and query in bytes.
pub(super) const URL_LIMIT: usize = 2048;
/// The most bytes that all names and values of headers may have together. Source: "Amazon API
/// Gateway quotas", total combined size of header values of a REST API.
pub(super) const HEADERS_LIMIT: usize = 10_240;

/// Refuses a request by its head alone: too long, or for none of `hosts`.
pub(crate) fn check_head(head: &Parts, hosts: &Hosts) -> Result<(), Refused> {
    check_host(&head.uri, &head.headers, hosts)?;
    if head.uri.path_and_query().map_or(0, |url| url.as_str().len()) > URL_LIMIT {
        return Err(Refused::UriTooLong);
    }
    let size: usize =
        head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > HEADERS_LIMIT { Err(Refused::HeadersTooLarge) } else { Ok(()) }
}

fn check_host(uri: &Uri, headers: &HeaderMap, known: &Hosts) -> Result<(), Refused> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Refused::Malformed("a request has one Host"));
    };
    let host = Authority::try_from(host.as_bytes()).ok();
    // A request target in absolute form wins over Host (RFC 9112, section 3.2.2).
    let target = uri.authority();
    if host.is_some_and(|host| known.contain(&host))
        && target.is_none_or(|target| known.contain(target))
    {
        Ok(())
    } else {
        Err(Refused::Misdirected)
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn check(uri: &str, headers: &[(&str, &str)]) -> Result<(), Refused> {
        let mut request = Request::builder().uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        check_head(&request.body(()).unwrap().into_parts().0, &Hosts::default())
    }

    #[test]
    fn only_loopback_names_are_served() {
        for host in
            ["127.0.0.1", "127.0.0.1:3000", "localhost", "LocalHost:1", "[::1]:3000", "[::1]"]
        {
            assert_eq!(check("/", &[("host", host)]), Ok(()), "{host}");
            assert_eq!(check(&format!("http://{host}/"), &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:3000",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "localhost.",
            "127.0.0.2",
            "0.0.0.0:3000",
            "127.1",
            "user@localhost",
            "::1",
            "",
            "localhost/",
        ] {
            assert_eq!(check("/", &[("host", host)]), Err(Refused::Misdirected), "{host}");
        }
        assert_eq!(
            check("http://evil.example/", &[("host", "localhost")]),
            Err(Refused::Misdirected)
        );
        for hosts in [&[][..], &[("host", "localhost"), ("host", "localhost")]] {
            assert!(matches!(check("/", hosts), Err(Refused::Malformed(_))));
        }
    }

    #[test]
    fn lengths_are_limited() {
        let url = |length: usize| format!("/?{}", "a".repeat(length - 2));
        let host = ("host", "localhost");
        assert_eq!(check(&url(URL_LIMIT), &[host]), Ok(()));
        assert_eq!(check(&url(URL_LIMIT + 1), &[host]), Err(Refused::UriTooLong));
        let rest = HEADERS_LIMIT - "hostlocalhost".len() - "x".len();
        assert_eq!(check("/", &[host, ("x", &"v".repeat(rest))]), Ok(()));
        assert_eq!(
            check("/", &[host, ("x", &"v".repeat(rest + 1))]),
            Err(Refused::HeadersTooLarge)
        );
    }
}
