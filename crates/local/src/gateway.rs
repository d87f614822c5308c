//! What API Gateway does with a request: the route, the preflight, the authorizer, the proxy event
//! for the function, and the answers that are made here instead of there.

mod event;
mod ids;
mod proxy_answer;
mod refusal;
mod router;

#[cfg(test)]
mod tests;

use std::{
    net::SocketAddr,
    time::{Instant, SystemTime},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, request::Parts,
};
use hyper::body::Body;
use shared::{Origins, headers, json::BODY_LIMIT};

use crate::{
    answer,
    authorizer::Authorizer,
    clock::Clock,
    limits::Limits,
    local_routes::{LocalRoute, LocalRoutes},
    log::{Level, Line, Lines},
    server::{check_head, read_body},
    template::{Access, Cors, GatewayResponses},
};
use event::Passed;
use ids::RequestIds;
use refusal::Refusal;
use router::{Found, Resource};

pub(crate) use router::Router;
pub use router::UnknownFunction;

/// The gateway of one API.
pub(crate) struct Gateway {
    /// The routes and their functions.
    pub(crate) router: Router,
    /// What a preflight is answered.
    pub(crate) cors: Cors,
    /// What is answered in place of a function.
    pub(crate) responses: GatewayResponses,
    /// The stage, the first segment of every path in the cloud.
    pub(crate) stage: String,
    /// How many requests there may be; nothing for any number.
    pub(crate) limits: Option<Limits>,
    /// Verifies tokens.
    pub(crate) authorizer: Authorizer,
    /// The origins that may read answers.
    pub(crate) origins: Origins,
    /// What is here and not in the cloud.
    pub(crate) local: LocalRoutes,
    /// The port that clients connect to.
    pub(crate) port: u16,
    /// Takes one line for each request that no function logs.
    pub(crate) log: Lines,
    /// The time.
    pub(crate) clock: Clock,
}

/// One request, as far as the gateway knows it without reading it.
struct Exchange {
    ids: RequestIds,
    received_at: SystemTime,
    start: Instant,
    peer: SocketAddr,
}

/// An answer that is no refusal.
enum Reply {
    /// A function's, which the function has logged.
    Function(Response<Bytes>),
    /// The gateway's own.
    Own(Response<Bytes>),
}

impl Gateway {
    /// Answers one request of the client at `peer`.
    pub(crate) async fn answer<B>(&self, request: Request<B>, peer: SocketAddr) -> Response<Bytes>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let received_at = (self.clock)();
        let ids = RequestIds::new(received_at);
        let exchange = Exchange { ids, received_at, start: Instant::now(), peer };
        let (head, body) = request.into_parts();
        let found = self.router.find(head.uri.path());
        let reply = self.reply(&exchange, &head, body, found.as_ref()).await;
        let route = found.as_ref().map(|found| found.resource.path.as_str());
        let mut response = match reply {
            Ok(Reply::Function(response)) => traced(response, &exchange.ids),
            Ok(Reply::Own(response)) => {
                self.log(&exchange, &head.method, route, response.status(), None);
                self.completed(response, &head.headers)
            }
            Err(refusal) => {
                let response = refusal.response(&self.responses, &head.headers, &self.origins);
                self.log(&exchange, &head.method, route, response.status(), Some(&refusal));
                self.completed(typed(response, &refusal), &head.headers)
            }
        };
        set(response.headers_mut(), "x-amzn-requestid", &exchange.ids.request);
        set(response.headers_mut(), "x-amz-apigw-id", &exchange.ids.extended);
        response
    }

    async fn reply<B>(
        &self,
        exchange: &Exchange,
        head: &Parts,
        body: B,
        found: Option<&Found<'_>>,
    ) -> Result<Reply, Refusal>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        check_head(head)?;
        let body = read_body(body, BODY_LIMIT).await?;
        if let Some(route) = LocalRoute::find(head.uri.path()) {
            if head.method != Method::GET {
                return Err(no_method(&["GET"]));
            }
            return Ok(Reply::Own(self.local.answer(route, head.uri.query())));
        }
        if let Some(limits) = &self.limits {
            limits.check_address(exchange.peer.ip(), &head.method, head.uri.path())?;
        }
        let found = found.ok_or_else(|| self.no_path(head))?;
        if head.method == Method::OPTIONS {
            return Ok(Reply::Own(self.preflight(found.resource)));
        }
        let endpoint = found.resource.endpoint(&head.method);
        let endpoint = endpoint.ok_or_else(|| no_method(&found.resource.methods()))?;
        if let Some(limits) = &self.limits {
            limits.check_method(&head.method, &found.resource.path)?;
        }
        let claims = match &endpoint.access {
            Access::Anybody => None,
            Access::Token { scopes } => {
                Some(self.authorizer.authorize(&head.headers, scopes, (self.clock)()).await?)
            }
        };
        let passed = Passed {
            head,
            body: &body,
            found,
            claims: claims.as_ref(),
            ids: &exchange.ids,
            received_at: exchange.received_at,
            source_ip: exchange.peer.ip(),
            port: self.port,
            stage: &self.stage,
        };
        let answer = endpoint.function.invoke(&passed.event().to_string()).await;
        Ok(Reply::Function(proxy_answer::read(&answer)?))
    }

    fn no_path(&self, head: &Parts) -> Refusal {
        Refusal::NoPath { nearest: self.router.nearest(head.uri.path()).map(str::to_owned) }
    }

    /// The answer to `OPTIONS`, as the mock integration that SAM makes of the `Cors` block gives
    /// it: always 200 and an empty object, without an authorizer.
    fn preflight(&self, resource: &Resource) -> Response<Bytes> {
        let mut response = answer::with_body(StatusCode::OK, "application/json", "{}\n");
        let methods =
            self.cors.allow_methods.clone().unwrap_or_else(|| resource.methods().join(","));
        for (name, value) in [
            ("access-control-allow-methods", Some(&methods)),
            ("access-control-allow-headers", self.cors.allow_headers.as_ref()),
            ("access-control-max-age", self.cors.max_age.as_ref()),
        ] {
            if let Some(value) = value {
                set(response.headers_mut(), name, value);
            }
        }
        response
    }

    /// Adds the headers of every answer, where `response` does not have them.
    fn completed(&self, mut response: Response<Bytes>, request: &HeaderMap) -> Response<Bytes> {
        let mut all = HeaderMap::new();
        headers::complete(&mut all, request, &self.origins);
        all.extend(std::mem::take(response.headers_mut()));
        *response.headers_mut() = all;
        response
    }

    fn log(
        &self,
        exchange: &Exchange,
        method: &Method,
        route: Option<&str>,
        status: StatusCode,
        refusal: Option<&Refusal>,
    ) {
        let line = Line {
            level: refusal.map_or(Level::Info, Refusal::level),
            timestamp: exchange.received_at.try_into().unwrap_or_default(),
            message: "request answered",
            service: "passmint",
            function_name: "gateway",
            request_id: &exchange.ids.request,
            extended_request_id: Some(&exchange.ids.extended),
            method: Some(known(method)),
            route,
            status: status.as_u16(),
            code: refusal.map(Refusal::code),
            duration_ms: (exchange.start.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            cause: refusal.map(ToString::to_string),
        };
        line.write(&self.log);
    }
}

fn no_method(methods: &[&str]) -> Refusal {
    Refusal::NoMethod { allow: methods.join(", ") }
}

/// The method, unless a client made it up.
fn known(method: &Method) -> &str {
    let standard = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    if standard.contains(method) { method.as_str() } else { "other" }
}

fn traced(mut response: Response<Bytes>, ids: &RequestIds) -> Response<Bytes> {
    set(response.headers_mut(), "x-amzn-trace-id", &ids.answered_trace());
    response
}

fn typed(mut response: Response<Bytes>, refusal: &Refusal) -> Response<Bytes> {
    if let Some(kind) = refusal.error_type() {
        set(response.headers_mut(), "x-amzn-errortype", kind);
    }
    response
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
