//! The HTTP server below the gateway and the Cognito endpoint: connections, limits, an orderly end.

mod body;
mod head;
mod page;
mod refused;
#[cfg(test)]
mod tests;

use std::{
    convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

pub(crate) use body::read_body;
pub(crate) use head::check_head;
pub(crate) use page::{check_page, readable_by, remove_cors};
pub(crate) use refused::Refused;

/// The most connections of one listener; further ones wait in the operating system's queue.
const CONNECTIONS: usize = 1024;
/// How long a request's head may take, and how long a connection may stay idle.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head in bytes that is parsed at all; the limits that get an answer with all its
/// headers are smaller.
const HEAD_BUFFER: usize = 64 * 1024;
/// How long requests under way may go on when the server ends: with the rest of the work this
/// stays below 5 s.
const GRACE: Duration = Duration::from_secs(4);
/// How long to wait when the operating system cannot give another connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers the connections of `listener` until `stop`; then no new one is taken, and requests under
/// way have [`GRACE`] to finish.
pub(crate) async fn serve<A, F>(listener: TcpListener, answer: A, stop: impl Future<Output = ()>)
where
    A: Fn(Request<Incoming>, SocketAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Bytes>> + Send + 'static,
{
    let graceful = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            (stream, peer, permit) = accept(&listener, &free) => {
                connections.spawn(connection(stream, peer, answer.clone(), graceful.watcher(), permit));
            }
        }
    }
    drop(listener);
    // What is still open when the time is over is cut off by the next line.
    drop(tokio::time::timeout(GRACE, graceful.shutdown()).await);
    connections.shutdown().await;
}

/// One of `listener`'s connections of at most [`CONNECTIONS`]. The semaphore is never closed, so there
/// always is a permit.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    let permit = Arc::clone(free).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, permit),
            // No file descriptor left, or a client that is gone already: both pass.
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection<A, F>(
    stream: TcpStream,
    peer: SocketAddr,
    answer: A,
    watcher: Watcher,
    _permit: Option<OwnedSemaphorePermit>,
) where
    A: Fn(Request<Incoming>, SocketAddr) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Bytes>> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answered = answer(request, peer);
        async move { Ok::<_, Infallible>(answered.await.map(Full::new)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    // A client that breaks off or sends no HTTP has had its answer, if there is one.
    drop(watcher.watch(connection).await);
}
