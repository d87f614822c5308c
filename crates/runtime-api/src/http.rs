use std::io::{self, BufRead, Read};

/// How long a line of a head may be, its end included, and how many there may be, in bytes.
const MAX_LINE_BYTES: u64 = 8 * 1024;
const MAX_LINES: usize = 100;

/// A request of HTTP/1.1, as far as a runtime's requests differ.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
}

/// What a connection brings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Received {
    Request(Request),
    /// A body that is longer than it may be.
    TooLarge,
    /// No HTTP/1.1, or a body whose length is not told.
    Malformed,
    /// The end of the connection.
    End,
}

/// Reads one request, with a body of `limit` bytes at most.
///
/// # Errors
/// What the connection says.
pub(crate) fn receive(stream: &mut impl BufRead, limit: usize) -> io::Result<Received> {
    let Some(first) = line(stream)? else { return Ok(Received::End) };
    let mut words = first.split(' ');
    let (Some(method), Some(path), Some("HTTP/1.1")) = (words.next(), words.next(), words.next())
    else {
        return Ok(Received::Malformed);
    };
    let Some(length) = body_length(stream)? else { return Ok(Received::Malformed) };
    if length > limit {
        // All of it is read, so that the sender gets to read the refusal, and to send again.
        io::copy(&mut stream.take(length as u64), &mut io::sink())?;
        return Ok(Received::TooLarge);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Received::Request(Request { method: method.to_owned(), path: path.to_owned(), body }))
}

/// Reads the fields of a head for the length of the body; `None` if there is no telling.
fn body_length(stream: &mut impl BufRead) -> io::Result<Option<usize>> {
    let mut length = Some(0);
    for _ in 0..MAX_LINES {
        let Some(field) = line(stream)? else { return Ok(None) };
        if field.is_empty() {
            return Ok(length);
        }
        let (name, value) = field.split_once(':').unwrap_or((&field, ""));
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().ok();
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            length = None;
        }
    }
    Ok(None)
}

/// The next line without its end; `None` at the end of the connection, or if it is too long.
fn line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\n").map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    Ok(line.map(|line| String::from_utf8_lossy(line).into_owned()))
}

/// An answer with a JSON body; `fields` are whole lines.
pub(crate) fn answer(status: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{fields}Content-Length: {length}\r\n\r\n"
    );
    let mut answer = Vec::with_capacity(head.len() + length);
    answer.extend_from_slice(head.as_bytes());
    answer.extend_from_slice(body);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, path: &str, body: &[u8]) -> Received {
        let (method, path, body) = (method.to_owned(), path.to_owned(), body.to_owned());
        Received::Request(Request { method, path, body })
    }

    #[test]
    fn requests_follow_one_another() {
        let mut bytes: &[u8] =
            b"GET /a HTTP/1.1\r\nHost: x\r\n\r\nPOST /b HTTP/1.1\r\ncontent-LENGTH: 3 \r\n\r\na\nbGET /c HTTP/1.1\r\n\r\n";
        assert_eq!(receive(&mut bytes, 3).unwrap(), request("GET", "/a", b""));
        assert_eq!(receive(&mut bytes, 3).unwrap(), request("POST", "/b", b"a\nb"));
        assert_eq!(receive(&mut bytes, 3).unwrap(), request("GET", "/c", b""));
        assert_eq!(receive(&mut bytes, 3).unwrap(), Received::End);
    }

    #[test]
    fn what_is_no_request() {
        let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(8 * 1024));
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(101));
        for (bytes, expected) in [
            ("hello\r\n\r\n", Received::Malformed),
            ("GET / HTTP/2\r\n\r\n", Received::Malformed),
            ("GET / HTTP/1.1\r\nA: b\r\n", Received::Malformed),
            ("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", Received::Malformed),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", Received::Malformed),
            (&many, Received::Malformed),
            ("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd", Received::TooLarge),
            (&long, Received::End),
            ("", Received::End),
        ] {
            assert_eq!(receive(&mut bytes.as_bytes(), 3).unwrap(), expected, "{bytes:.40}");
        }
        assert!(receive(&mut &b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na"[..], 3).is_err());
    }

    #[test]
    fn an_answer_tells_its_length() {
        let text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nA: b\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(answer("200 OK", "A: b\r\n", b"{}"), text.as_bytes());
    }
}
