use std::{fmt, net::IpAddr, time::SystemTime};

use http::{HeaderMap, Method};

use crate::{Caller, Kind, Problem};

/// One HTTP request as a handler sees it.
///
/// Its `Debug` shows no query, header or body: those hold passwords, codes and tokens.
#[derive(Clone)]
pub struct Request {
    /// The id that API Gateway gave to the request; it stands in the log and in support mail.
    pub id: String,
    /// The method as sent.
    pub method: Method,
    /// The route as the template writes it, such as `/passwords/{name}`: no stage, no values.
    pub resource: String,
    /// The query, decoded, every value of a repeated name kept.
    pub query: Vec<(String, String)>,
    /// The headers as sent.
    pub headers: HeaderMap,
    /// The body's bytes; empty if there is none.
    pub body: Vec<u8>,
    /// Who sent it, on the routes that an authorizer guards.
    pub caller: Option<Caller>,
    /// The client's address as the gateway saw it; no header can change it.
    pub source_ip: Option<IpAddr>,
    /// When the gateway received the request, to the millisecond.
    pub received_at: SystemTime,
}

impl Request {
    /// The caller of a route that needs one.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] if no authorizer named a caller, which a correct deployment makes
    /// impossible: the function refuses rather than trusts the template.
    pub fn caller(&self) -> Result<&Caller, Problem> {
        self.caller.as_ref().ok_or_else(|| Problem::new(Kind::Unauthorized))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}
