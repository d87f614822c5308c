use std::{
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use http::uri::Authority;
use shared::{Origins, OriginsError};

/// The names of the loopback interface.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The hosts that both ports answer to, whatever the port in `Host`: the loopback names, and others
/// that were given.
///
/// A page whose name resolves to 127.0.0.1 (DNS rebinding) still sends its own name, and is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts(Vec<String>);

/// A text that is not the name of a host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a host: write a name or an address without scheme and port, IPv6 in brackets"
)]
pub struct HostsError(String);

impl Hosts {
    /// Adds the address that is listened on, unless that means all addresses.
    pub(crate) fn with_address(mut self, address: IpAddr) -> Self {
        if !address.is_unspecified() {
            self.0.push(match address {
                IpAddr::V4(address) => address.to_string(),
                IpAddr::V6(address) => format!("[{address}]"),
            });
        }
        self
    }

    /// Whether `authority` is one of these hosts, with any port or none.
    pub(crate) fn contain(&self, authority: &Authority) -> bool {
        let host = authority.host();
        !authority.as_str().contains('@')
            && self.0.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The origins that pages on `port` of these hosts have.
    pub(crate) fn origins(&self, port: u16) -> Result<Origins, OriginsError> {
        let port = match port {
            // A browser leaves the scheme's own port out.
            80 => String::new(),
            port => format!(":{port}"),
        };
        let origins = self.0.iter().map(|host| format!("http://{host}{port}"));
        origins.collect::<Vec<_>>().join(",").parse()
    }
}

impl Default for Hosts {
    fn default() -> Self {
        Self(LOOPBACK.map(str::to_owned).to_vec())
    }
}

impl FromStr for Hosts {
    type Err = HostsError;

    /// Reads hosts separated by commas, such as `host.docker.internal,cognito`, besides the
    /// loopback names.
    fn from_str(list: &str) -> Result<Self, HostsError> {
        let given = list.split(',').map(str::trim).filter(|host| !host.is_empty());
        let mut hosts = Self::default();
        for host in given {
            if !is_host(host) {
                return Err(HostsError(host.to_owned()));
            }
            hosts.0.push(host.to_ascii_lowercase());
        }
        Ok(hosts)
    }
}

fn is_host(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => text.bytes().all(is_of_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contain(hosts: &Hosts, authority: &str) -> bool {
        hosts.contain(&authority.parse().unwrap())
    }

    #[test]
    fn hosts_are_added_to_those_of_the_loopback_interface() {
        let hosts: Hosts = "host.docker.internal, Cognito,[fd00::1]".parse().unwrap();
        for host in ["host.docker.internal:9229", "cognito", "COGNITO:1", "[fd00::1]:80", "[::1]"] {
            assert!(contain(&hosts, host), "{host}");
        }
        for host in ["evil.example", "a.cognito", "cognito.", "user@cognito", "[fd00::2]"] {
            assert!(!contain(&hosts, host), "{host}");
        }
        assert_eq!(" , ".parse(), Ok(Hosts::default()));
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in ["*", "http://cognito", "cognito:80", "a/b", "a@b", "fd00::1", "[cognito]", "é"]
        {
            assert_eq!(text.parse::<Hosts>(), Err(HostsError(text.to_owned())));
        }
    }

    #[test]
    fn the_address_that_is_listened_on_is_one_of_them() {
        let bound = |address: &str| Hosts::default().with_address(address.parse().unwrap());
        assert!(contain(&bound("192.0.2.1"), "192.0.2.1:3000"));
        assert!(contain(&bound("fd00::1"), "[fd00::1]:3000"));
        assert_eq!((bound("0.0.0.0"), bound("::")), (Hosts::default(), Hosts::default()));
    }

    #[test]
    fn their_pages_have_their_origins() {
        let origins = |port| Hosts::default().origins(port).unwrap();
        let expected = "http://127.0.0.1:3000,http://localhost:3000,http://[::1]:3000";
        assert_eq!(origins(3000), expected.parse().unwrap());
        let expected = "http://127.0.0.1,http://localhost,http://[::1]";
        assert_eq!(origins(80), expected.parse().unwrap());
    }
}
