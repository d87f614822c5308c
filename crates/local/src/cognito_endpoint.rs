use std::time::Instant;

use bytes::Bytes;
use cognito_emulator::{Emulator, MAX_BODY_BYTES};
use http::{Request, Response};
use hyper::body::Body;
use lambda::{Line, Log};

use shared::Origins;

use crate::{
    Hosts,
    clock::Clock,
    server::{Refused, check_head, check_page, read_body, readable_by},
};

/// The user pool as an endpoint of its own, for the AWS CLI and other SDKs.
///
/// It answers as Cognito does, but for two things: a request refused by its form gets an answer of
/// this server, and so does one of a page whose origin is not allowed. Cognito lets any page call,
/// since nobody without credentials can administer it; here the credentials are public.
pub(crate) struct CognitoEndpoint {
    /// The user pool.
    pub(crate) emulator: Emulator,
    /// The hosts that it answers to.
    pub(crate) hosts: Hosts,
    /// The origins of the pages that may call.
    pub(crate) origins: Origins,
    /// Takes one line for each request.
    pub(crate) log: Log,
    /// The time.
    pub(crate) clock: Clock,
}

impl CognitoEndpoint {
    /// Answers one request.
    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response<Bytes>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (received_at, start) = ((self.clock)(), Instant::now());
        let (response, refused) = match self.pass(request).await {
            Ok(response) => (response, None),
            Err(refused) => (refused.response(), Some(refused)),
        };
        let id = |name: &str| response.headers().get(name).and_then(|id| id.to_str().ok());
        let cause = refused.as_ref().map(ToString::to_string);
        let event = refused.as_ref().and_then(Refused::event);
        let (status, took) = (response.status().as_u16(), start.elapsed());
        let mut line = Line::answered("cognito", status, event, took, received_at);
        line.request_id = id("x-amzn-requestid");
        line.code = refused.as_ref().map(Refused::code);
        line.cause = cause.as_deref();
        self.log.write(&line);
        response
    }

    async fn pass<B>(&self, request: Request<B>) -> Result<Response<Bytes>, Refused>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (head, body) = request.into_parts();
        check_head(&head, &self.hosts)?;
        let origin = check_page(&head.headers, &self.origins)?;
        let body = read_body(body, MAX_BODY_BYTES).await?;
        Ok(readable_by(origin, self.emulator.handle(Request::from_parts(head, body)).await))
    }
}
