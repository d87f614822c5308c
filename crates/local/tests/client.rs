//! The HTTP client of these tests.

use std::error::Error;

use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The `host:port` of a base URL.
pub fn authority(url: &str) -> &str {
    url.strip_prefix("http://").unwrap()
}

/// Sends one request over a connection of its own.
pub async fn send(
    url: &str,
    request: Request<Full<Bytes>>,
) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let stream = TcpStream::connect(authority(url)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    connection.abort();
    Ok(Answer { status: head.status, headers: head.headers, body })
}

pub async fn get(url: &str, path: &str) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    send(url, Request::get(path).header("host", authority(url)).body(Full::default())?).await
}

pub async fn post(
    url: &str,
    path: &str,
    body: &Value,
) -> Result<Answer, Box<dyn Error + Send + Sync>> {
    let request = Request::post(path)
        .header("host", authority(url))
        .header("content-type", "application/json");
    send(url, request.body(Full::from(body.to_string()))?).await
}
