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
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header,
    request::Parts,
};
use hyper::body::Body;
use lambda::{Line, Log, known};
use shared::{Origins, SecurityEvent, headers, json::BODY_LIMIT};

use crate::{
    Hosts, answer,
    authorizer::Authorizer,
    clock::Clock,
    local_routes::{LocalRoute, LocalRoutes, is_local},
    server::{check_head, check_page, read_body, remove_cors},
    template::{Access, Cors, GatewayResponses},
};
use event::Passed;
use ids::RequestIds;
use proxy_answer::Malformed;
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
    /// Verifies tokens.
    pub(crate) authorizer: Authorizer,
    /// The hosts that it answers to.
    pub(crate) hosts: Hosts,
    /// The origins that may read answers.
    pub(crate) origins: Origins,
    /// The API's own origins, whose pages may ask for what is here and not in the cloud.
    pub(crate) own_origins: Origins,
    /// What is here and not in the cloud.
    pub(crate) local: LocalRoutes,
    /// The port that clients connect to.
    pub(crate) port: u16,
    /// Takes one line for each request that no function logs.
    pub(crate) log: Log,
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
    /// The gateway's own to a page that is not on the list of origins, which it keeps from calling.
    Foreign(Response<Bytes>),
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
                self.log.write(&exchange.line(&head.method, route, response.status(), None));
                self.completed(response, &head.headers)
            }
            Ok(Reply::Foreign(response)) => {
                let event = Some(SecurityEvent::MaliciousCors);
                let mut line = exchange.line(&head.method, route, response.status(), event);
                line.cause = Some("the origin is not one of --allowed-origins");
                self.log.write(&line);
                self.completed(response, &head.headers)
            }
            Err(refusal) => {
                let response = refusal.response(&self.responses, &head.headers, &self.origins);
                let (status, cause) = (response.status(), refusal.to_string());
                let mut line = exchange.line(&head.method, route, status, refusal.event());
                line.code = Some(refusal.code());
                line.cause = Some(&cause);
                self.log.write(&line);
                self.completed(typed(response, &refusal), &head.headers)
            }
        };
        if is_local(head.uri.path()) {
            remove_cors(response.headers_mut());
        }
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
        check_head(head, &self.hosts)?;
        if is_local(head.uri.path()) {
            check_page(&head.headers, &self.own_origins)?;
        }
        let body = read_body(body, BODY_LIMIT).await?;
        if let Some(route) = LocalRoute::find(head.uri.path()) {
            if head.method != Method::GET {
                return Err(no_method(&["GET"]));
            }
            return Ok(Reply::Own(self.local.answer(route, head.uri.query())));
        }
        let found = found.ok_or_else(|| self.no_path(head))?;
        if head.method == Method::OPTIONS {
            let response = self.preflight(found.resource);
            let foreign = head.headers.contains_key(header::ORIGIN)
                && self.origins.allowed(&head.headers).is_none();
            return Ok(if foreign { Reply::Foreign(response) } else { Reply::Own(response) });
        }
        let endpoint = found.resource.endpoint(&head.method);
        let endpoint = endpoint.ok_or_else(|| no_method(&found.resource.methods()))?;
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
        let answer = endpoint.function.invoke(passed.event().to_string()).await;
        let answer = answer.ok_or(Malformed::NotAnAnswer)?;
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
}

impl Exchange {
    /// The line of a request that no function has logged.
    fn line<'a>(
        &'a self,
        method: &Method,
        route: Option<&'a str>,
        status: StatusCode,
        event: Option<SecurityEvent>,
    ) -> Line<'a> {
        let (status, took) = (status.as_u16(), self.start.elapsed());
        let mut line = Line::answered("gateway", status, event, took, self.received_at);
        line.request_id = Some(&self.ids.request);
        line.extended_request_id = Some(&self.ids.extended);
        line.method = Some(known(method));
        line.route = route;
        line
    }
}

fn no_method(methods: &[&str]) -> Refusal {
    Refusal::NoMethod { allow: methods.join(", ") }
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
