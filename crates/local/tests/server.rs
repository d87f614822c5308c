//! What arrives at the sockets, byte for byte.

use local::{Data, Stack};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{client::authority, stack::start};

async fn stack() -> Stack {
    start(Data::Ephemeral).await.unwrap().0
}

/// Sends `bytes` as they are, and reads until the server ends the connection.
async fn exchange(url: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(authority(url)).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn body(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn ambiguous_framing_is_refused_and_ends_the_connection() {
    let stack = stack().await;
    let head = "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let chunked = "transfer-encoding: chunked\r\n";
    let smuggled = "GET /_local/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for framing in [
        format!("{chunked}{chunked}\r\n0\r\n\r\n"),
        format!("{chunked}transfer-encoding: identity\r\n\r\n0\r\n\r\n"),
        "transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "transfer-encoding: gzip\r\n\r\n0\r\n\r\n".to_owned(),
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n".to_owned(),
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "content-length: 2\r\ncontent-length: 3\r\n\r\n{}".to_owned(),
        "content-length: 2, 2\r\n\r\n{}".to_owned(),
        "content-length: +2\r\n\r\n{}".to_owned(),
        "content-length: -2\r\n\r\n{}".to_owned(),
        "content-length: 0x2\r\n\r\n{}".to_owned(),
        "content-length: two\r\n\r\n{}".to_owned(),
        "content-length:\r\n\r\n{}".to_owned(),
        "content-length : 2\r\n\r\n{}".to_owned(),
        "x-a: 1\r\n folded\r\n\r\n".to_owned(),
        "x-a: \0\r\n\r\n".to_owned(),
        "x a: 1\r\n\r\n".to_owned(),
        ": 1\r\n\r\n".to_owned(),
        "host: localhost\r\n\r\n".to_owned(),
    ] {
        let answer = exchange(&stack.url(), format!("{head}{framing}{smuggled}").as_bytes()).await;
        assert_eq!(status(&answer), "400", "{framing:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{framing:?}: {answer}");
    }
}

#[tokio::test]
async fn of_two_framings_the_chunks_count_and_the_connection_ends() {
    let stack = stack().await;
    let smuggled = "GET /_local/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for framing in [
        "content-length: 99\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 2\r\n",
    ] {
        let request =
            format!("POST /login HTTP/1.1\r\nhost: localhost\r\n{framing}\r\n0\r\n\r\n{smuggled}");
        let answer = exchange(&stack.url(), request.as_bytes()).await;
        assert_eq!(status(&answer), "415", "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let stack = stack().await;
    for bytes in [
        "GET\r\n\r\n",
        "GET /_local/health\r\n\r\n",
        "GET /_local/health HTTP/9.9\r\nhost: localhost\r\n\r\n",
        "GET  /_local/health HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "GET /a b HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "GET /_local/health HTTP/1.1\r\n\r\n",
    ] {
        let answer = exchange(&stack.url(), bytes.as_bytes()).await;
        assert_eq!(status(&answer), "400", "{bytes:?}: {answer}");
    }
}

#[tokio::test]
async fn other_hosts_are_refused_on_both_ports() {
    let stack = stack().await;
    for url in [stack.url(), stack.cognito_url()] {
        for (host, target) in [
            ("evil.example", "/"),
            ("evil.example:3000", "/"),
            ("localhost", "http://evil.example/"),
        ] {
            let request = format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n");
            let answer = exchange(&url, request.as_bytes()).await;
            assert_eq!(
                (status(&answer), &body(&answer)["code"]),
                ("421", &json!("misdirected_request"))
            );
        }
        let request = format!(
            "GET / HTTP/1.1\r\nhost: [::1]:{}\r\nconnection: close\r\n\r\n",
            stack.url().len()
        );
        assert_ne!(status(&exchange(&url, request.as_bytes()).await), "421");
    }
}

#[tokio::test]
async fn a_body_above_the_limit_is_not_taken() {
    let stack = stack().await;
    let login = |framing: &str| {
        format!("POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{framing}\r\n\r\n")
    };
    for (length, expected) in [(16_384, "415"), (16_385, "413")] {
        let by_length = login(&format!("content-length: {length}")) + &"x".repeat(length);
        assert_eq!(status(&exchange(&stack.url(), by_length.as_bytes()).await), expected);
        let in_chunks = format!(
            "{}{length:x}\r\n{}\r\n0\r\n\r\n",
            login("transfer-encoding: chunked"),
            "x".repeat(length)
        );
        assert_eq!(status(&exchange(&stack.url(), in_chunks.as_bytes()).await), expected);
    }
    // Told beforehand, the server does not ask for the body at all.
    let huge = login("content-length: 1073741824\r\nexpect: 100-continue");
    let answer = exchange(&stack.url(), huge.as_bytes()).await;
    assert_eq!((status(&answer), &body(&answer)["code"]), ("413", &json!("payload_too_large")));
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let stack = stack().await;
    let mut stream = TcpStream::connect(authority(&stack.url())).await.unwrap();
    stream
        .write_all(b"POST /login HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n")
        .await
        .unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let mut sent = 0_usize;
    while stream.write_all(chunk.as_bytes()).await.is_ok() {
        sent += chunk.len();
        assert!(sent < 64 * 1024 * 1024, "the server reads on and on");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let stack = stack().await;
    for (length, headers) in [(10_300, true), (1_000_000, false)] {
        let token = "a".repeat(length);
        let mut stream = TcpStream::connect(authority(&stack.url())).await.unwrap();
        let request = format!(
            "GET /generate HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        // The server may have answered and gone before all of it is sent.
        drop(stream.write_all(request.as_bytes()).await);
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer).await);
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(status(&answer), "431");
        assert_eq!(answer.contains("cache-control: no-store"), headers, "{answer}");
    }
}
