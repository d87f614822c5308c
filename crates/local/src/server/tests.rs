//! Time stands still and jumps to the next timer when nothing else is left to do.

use std::sync::Arc;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::Notify,
    time::Instant,
};

use super::*;

async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

async fn ok(_: Request<Incoming>, _: SocketAddr) -> Response<Bytes> {
    Response::new(Bytes::from_static(b"ok"))
}

#[tokio::test(start_paused = true)]
async fn http_11_a_client_that_does_not_finish_its_head_is_let_go() {
    let (listener, address) = listener().await;
    let server = tokio::spawn(serve(listener, ok, std::future::pending()));
    for sent in
        [&b""[..], b"GET / HTTP/1.1\r\nhost: loc", b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"]
    {
        let start = Instant::now();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sent).await.unwrap();
        // The third one is answered, and then idle.
        let mut answer = Vec::new();
        let end = tokio::time::timeout(2 * HEAD_TIMEOUT, stream.read_to_end(&mut answer));
        end.await.expect("the connection is still open").unwrap();
        assert!(start.elapsed() >= HEAD_TIMEOUT, "{sent:?}");
    }
    server.abort();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_does_not_end_is_cut_off() {
    let (listener, address) = listener().await;
    let (entered, stop) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, stopped) = (Arc::clone(&entered), Arc::clone(&stop));
    let never = move |_, _| {
        inside.notify_one();
        std::future::pending()
    };
    let server = tokio::spawn(serve(listener, never, async move { stopped.notified().await }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    entered.notified().await;
    let start = Instant::now();
    stop.notify_one();
    server.await.unwrap();
    assert_eq!(start.elapsed().as_secs(), GRACE.as_secs());
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn http_11_connections_above_the_limit_wait() {
    let (listener, address) = listener().await;
    let free = Arc::new(Semaphore::new(1));
    let clients =
        (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
    let first = accept(&listener, &free).await;
    {
        let mut second = pin!(accept(&listener, &free));
        assert!(futures_util::poll!(second.as_mut()).is_pending());
        drop(first);
        second.await;
    }
    drop(clients);
}
