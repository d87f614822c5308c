//! What arrives at the sockets, byte for byte.

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, TcpListener},
    sync::{Arc, Mutex},
};

use local::{Data, Stack};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::{authority, get},
    process::{Passmint, passmint_in_memory},
    stack::start,
};

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

/// The pairs from which request smuggling is made; the HTTP library refuses them.
#[tokio::test]
async fn http_10_ambiguous_framing_is_refused_and_ends_the_connection() {
    let stack = stack().await;
    let head = "POST /login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let smuggled = "GET /_local/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for framing in [
        "content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        "content-length: +2\r\n\r\n{}",
        "transfer-encoding: gzip\r\n\r\n0\r\n\r\n",
        "transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        "transfer-encoding : chunked\r\n\r\n0\r\n\r\n",
        "x-a: 1\r\n folded\r\n\r\n",
    ] {
        let answer = exchange(&stack.url(), format!("{head}{framing}{smuggled}").as_bytes()).await;
        assert_eq!(status(&answer), "400", "{framing:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{framing:?}: {answer}");
    }
}

#[tokio::test]
async fn http_10_what_is_no_http_is_refused() {
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
async fn http_5_a_body_above_the_limit_is_not_taken() {
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
async fn http_5_an_endless_body_is_cut_off_in_flat_memory() {
    let passmint = Passmint::start(&mut passmint_in_memory());
    let endless = || async {
        let mut stream = TcpStream::connect(authority(passmint.url())).await.unwrap();
        let head = "POST /login HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        let mut sent = 0_usize;
        while stream.write_all(chunk.as_bytes()).await.is_ok() {
            sent += chunk.len();
            assert!(sent < 64 * 1024 * 1024, "the server reads on and on");
        }
    };
    // The first one fills what is kept for every one.
    endless().await;
    let before = passmint.memory();
    for _ in 0..16 {
        endless().await;
    }
    let grown = passmint.memory().zip(before).map_or(0, |(after, before)| after - before);
    assert!(grown < 4 * 1024 * 1024, "{grown} bytes more");
}

#[tokio::test]
async fn http_5_a_head_that_is_too_large_is_refused() {
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

#[tokio::test]
async fn http_8_a_method_that_is_not_there_is_told_the_others() {
    let stack = stack().await;
    for (path, allow) in [
        ("/register", "OPTIONS, POST"),
        ("/confirm_user", "OPTIONS, POST"),
        ("/resend_code", "OPTIONS, POST"),
        ("/login", "OPTIONS, POST"),
        ("/generate", "GET, OPTIONS, POST"),
        ("/_local/health", "GET"),
        ("/_local/mail", "GET"),
    ] {
        for method in ["TRACE", "CONNECT", "HEAD", "PUT", "PATCH", "DELETE", "FOO", "get"] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
            let answer = exchange(&stack.url(), request.as_bytes()).await;
            assert_eq!(status(&answer), "405", "{method} {path}: {answer}");
            assert!(answer.contains(&format!("\r\nallow: {allow}\r\n")), "{method}: {answer}");
        }
    }
    let tunnel =
        "CONNECT localhost:443 HTTP/1.1\r\nhost: localhost:443\r\nconnection: close\r\n\r\n";
    let answer = exchange(&stack.url(), tunnel.as_bytes()).await;
    assert_eq!(status(&answer), "404", "{answer}");
}

/// As many connections as slow clients have in the usual attack, one more that is in no hurry, and
/// somebody who wants an answer.
#[tokio::test]
async fn http_11_slow_clients_starve_nobody() {
    let passmint = Passmint::start(&mut passmint_in_memory());
    let mut slow = Vec::new();
    for n in 0..500 {
        let mut stream = TcpStream::connect(authority(passmint.url())).await.unwrap();
        let half = format!("POST /login HTTP/1.1\r\nhost: localhost\r\nx-{n}: ");
        stream.write_all(half.as_bytes()).await.unwrap();
        slow.push(stream);
    }
    for _ in 0..10 {
        assert_eq!(get(passmint.url(), "/_local/health").await.unwrap().status, 200);
    }
    drop(slow);
}

/// The names of the headers of an answer.
fn names(answer: &str) -> BTreeSet<String> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    let names = head.split("\r\n").skip(1).map(|line| line.split(':').next().unwrap().to_owned());
    names.collect()
}

/// What may be injected where: the request, in bytes, with `injected` in it.
fn injections(injected: &[u8]) -> [Vec<u8>; 5] {
    let percent = injected.iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let body = [br#"{"username":"ada"#, injected, br#"@example.com"}"#].concat();
    let head = format!(
        "POST /login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let get = |target: &[u8], header: &[u8]| {
        let head = b" HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\norigin: ";
        [b"GET ", target, head, header, b"\r\n\r\n"].concat()
    };
    [
        [head.as_bytes(), &body].concat(),
        get(&[b"/generate?a", injected, b"=b"].concat(), b"x"),
        get(format!("/generate?a{percent}=b{percent}").as_bytes(), b"x"),
        get(format!("/generate{percent}").as_bytes(), b"x"),
        get(b"/generate", &[b"http://localhost:5173", injected, b"x-injected: 1"].concat()),
    ]
}

#[tokio::test]
async fn http_12_no_byte_makes_a_header_or_a_line_of_the_log() {
    let (stack, _, log) = start(Data::Ephemeral).await.unwrap();
    let lines = |log: &Arc<Mutex<Vec<String>>>| std::mem::take(&mut *log.lock().unwrap());
    let known: BTreeSet<_> = {
        let ask = |target: &str| {
            format!(
                "GET {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\norigin: http://localhost:5173\r\n\r\n"
            )
        };
        let (found, missing) = (ask("/generate"), ask("/missing"));
        let found = exchange(&stack.url(), found.as_bytes()).await;
        let missing = exchange(&stack.url(), missing.as_bytes()).await;
        let functions = exchange(&stack.url(), &injections(b"")[0]).await;
        [found, missing, functions].iter().flat_map(|answer| names(answer)).collect()
    };
    lines(&log);
    let bytes = (0..=u8::MAX).map(|byte| vec![byte]);
    let endings =
        [&b"\r\n"[..], b"\n", b"\r\n\r\n", b"%0d%0a", b"\\r\\n", b"\xe5\x98\x8a\xe5\x98\x8d"];
    for injected in bytes.chain(endings.map(|ending| [ending, b"x-injected: 1"].concat())) {
        for request in injections(&injected) {
            let shown = String::from_utf8_lossy(&request).into_owned();
            let answer = exchange(&stack.url(), &request).await;
            assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{shown:?}: {answer}");
            assert!(["400", "401", "404"].contains(&status(&answer)), "{shown:?}: {answer}");
            let unknown: Vec<_> = names(&answer).difference(&known).cloned().collect();
            assert!(unknown.is_empty(), "{shown:?}: {unknown:?}");
            // What is no HTTP is answered by the parser, which has no id and writes no line.
            let expected = usize::from(answer.contains("\r\nx-amzn-requestid: "));
            let lines = lines(&log);
            assert_eq!(lines.len(), expected, "{shown:?}: {lines:?}");
            for line in lines {
                assert!(!line.contains('\n') && !line.contains("x-injected"), "{line}");
                assert!(serde_json::from_str::<Value>(&line).unwrap().is_object());
            }
        }
    }
}

/// Who listens on all interfaces leaves no port of another one free.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn http_14_plain_http_stays_on_the_loopback_interface() {
    let stack = stack().await;
    for url in [stack.url(), stack.cognito_url()] {
        let port = authority(&url).strip_prefix("127.0.0.1:").unwrap().parse::<u16>().unwrap();
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err());
        TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), port)).unwrap();
    }
}
