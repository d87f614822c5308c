use std::{
    io::{self, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Instant,
};

use crate::{
    exchange::{Answer, Exchange},
    http::{Received, Request, answer, receive},
};

/// How long an answer may be: 6 MB and a hundred bytes, as AWS has it, in bytes.
pub const MAX_ANSWER_BYTES: usize = 6 * 1024 * 1024 + 100;

/// How many connections are served at once. A runtime uses one, and another one if it loses that.
const THREADS: usize = 4;

const INVOCATION: &str = "/2018-06-01/runtime/invocation/";
const INIT_ERROR: &str = "/2018-06-01/runtime/init/error";

/// The Runtime API on a port of 127.0.0.1. Its threads wait before anything connects, so that the
/// start of none is in a function's INIT.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    exchange: Arc<Exchange>,
    threads: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts to listen.
    ///
    /// # Errors
    /// If there is no port or no thread left.
    pub(crate) fn start(exchange: &Arc<Exchange>) -> io::Result<Self> {
        let listener = Arc::new(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?);
        let address = listener.local_addr()?;
        let exchange = Arc::clone(exchange);
        let mut server = Self { address, exchange, threads: Vec::new() };
        for _ in 0..THREADS {
            let (listener, exchange) = (Arc::clone(&listener), Arc::clone(&server.exchange));
            let thread = thread::Builder::new().name("runtime-api".to_owned());
            server.threads.push(thread.spawn(move || accept(&listener, &exchange))?);
        }
        Ok(server)
    }
}

/// Ends the threads. The function's process must have ended, and with it its connections.
impl Drop for Server {
    fn drop(&mut self) {
        self.exchange.close();
        for _ in &self.threads {
            drop(TcpStream::connect(self.address));
        }
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}

fn accept(listener: &TcpListener, exchange: &Exchange) {
    while let Ok((stream, _)) = listener.accept() {
        if exchange.is_closed() {
            return;
        }
        exchange.connected();
        // A connection that breaks off is the function's affair, which shows in what it answers.
        drop(serve(&stream, exchange));
        exchange.disconnected();
    }
}

fn serve(mut stream: &TcpStream, exchange: &Exchange) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let received = receive(&mut reader, MAX_ANSWER_BYTES)?;
        let now = Instant::now();
        let answer = match received {
            Received::Request(request) => respond(request, now, exchange),
            Received::TooLarge => Some(refusal("413 Payload Too Large", "RequestEntityTooLarge")),
            Received::Malformed => {
                // Where the next request would begin is not known.
                return stream.write_all(&refusal("400 Bad Request", "MalformedRequest"));
            }
            Received::End => None,
        };
        let Some(answer) = answer else { return Ok(()) };
        stream.write_all(&answer)?;
    }
}

/// The answer to a request that was read at `now`; `None` if the connection ends without one.
fn respond(request: Request, now: Instant, exchange: &Exchange) -> Option<Vec<u8>> {
    let Request { method, path, body } = request;
    let invocation = path.strip_prefix(INVOCATION).map(|rest| rest.split_once('/'));
    match (method.as_str(), invocation) {
        ("GET", Some(None)) if path.ends_with("/next") => exchange.next(now),
        ("POST", Some(Some((id, "response")))) => {
            Some(receipt(exchange.answer(id, now, Answer::Response(body))))
        }
        ("POST", Some(Some((id, "error")))) => {
            Some(receipt(exchange.answer(id, now, Answer::Error(body))))
        }
        ("POST", None) if path == INIT_ERROR => {
            exchange.fail_init(body);
            Some(receipt(true))
        }
        _ => Some(refusal("404 Not Found", "UnknownPath")),
    }
}

fn receipt(is_known: bool) -> Vec<u8> {
    if is_known {
        answer("202 Accepted", "", br#"{"status":"OK"}"#)
    } else {
        refusal("400 Bad Request", "InvalidRequestID")
    }
}

fn refusal(status: &str, kind: &str) -> Vec<u8> {
    let body = format!(r#"{{"errorMessage":"refused","errorType":"{kind}"}}"#);
    answer(status, "", body.as_bytes())
}
