use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest line in bytes; the HTTP parser has given up long before.
const LINE_LIMIT: usize = 128 * 1024;
/// What takes the place of a fault: allowed nowhere outside of a body, so that the HTTP parser
/// refuses the message in its own way and ends the connection.
const POISON: u8 = 0;

/// A connection whose bytes are checked on their way to the HTTP parser.
///
/// hyper is lenient where RFC 9112 lets it be: it takes a bare LF for the end of a line, one of two
/// equal `Content-Length`, and `Transfer-Encoding` where both are there. A proxy in front may read
/// the same bytes otherwise, and then one's body is the other's next request (section 11.2).
pub(super) struct Checked<S> {
    stream: S,
    framing: Framing,
}

impl<S> Checked<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, framing: Framing::default() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Checked<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.framing.expected == Expected::Nothing {
            // An end: nothing is read any more.
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if let Some(read) = buf.filled_mut().get_mut(before..) {
            self.framing.check(read);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Checked<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Where in the messages of a connection the next byte stands.
#[derive(Default)]
struct Framing {
    expected: Expected,
    /// The line that has begun, in a part that consists of lines.
    line: Vec<u8>,
}

/// What comes next. The names are those of RFC 9112, sections 2.1 and 7.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Expected {
    #[default]
    RequestLine,
    FieldLine(BodyLength),
    /// So many bytes of a body with `Content-Length`.
    Body(u64),
    ChunkSize,
    /// So many bytes of a chunk.
    ChunkData(u64),
    ChunkEnd,
    TrailerLine,
    /// Nothing more: the connection has had its fault.
    Nothing,
}

/// What the head has said so far of how long its body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BodyLength {
    Unsaid,
    Bytes(u64),
    Chunked,
}

/// Something that two parsers may read differently.
#[derive(Debug, PartialEq, Eq)]
struct Ambiguous;

impl Framing {
    /// Follows `read`, and poisons the byte with which it becomes ambiguous and all that follow.
    fn check(&mut self, read: &mut [u8]) {
        let mut rest = read;
        while !rest.is_empty() {
            let Ok(length) = self.step(rest) else {
                // What comes before the fault is a line without its end.
                let is_line = self.expected != Expected::Nothing;
                let end = rest.iter().position(|byte| is_line && *byte == b'\n').unwrap_or(0);
                self.expected = Expected::Nothing;
                rest.iter_mut().skip(end).for_each(|byte| *byte = POISON);
                return;
            };
            rest = rest.split_at_mut(length).1;
        }
    }

    /// Takes the rest of a line, or of a number of bytes, from the front of `bytes`; gives how much.
    fn step(&mut self, bytes: &[u8]) -> Result<usize, Ambiguous> {
        match &mut self.expected {
            Expected::Nothing => Err(Ambiguous),
            Expected::Body(left) | Expected::ChunkData(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= taken as u64;
                self.expected = match self.expected {
                    Expected::Body(0) => Expected::RequestLine,
                    Expected::ChunkData(0) => Expected::ChunkEnd,
                    same => same,
                };
                Ok(taken)
            }
            _ => {
                let end = bytes.iter().position(|byte| *byte == b'\n');
                let taken = end.map_or(bytes.len(), |end| end + 1);
                self.line.extend(bytes.iter().take(taken));
                if end.is_some() {
                    let line = std::mem::take(&mut self.line);
                    self.expected = self.expected.after(content(&line)?)?;
                } else if self.line.len() > LINE_LIMIT {
                    return Err(Ambiguous);
                }
                Ok(taken)
            }
        }
    }
}

impl Expected {
    /// What comes after the line `line`, which stands where this was expected.
    fn after(self, line: &[u8]) -> Result<Self, Ambiguous> {
        match self {
            // An empty line before a request is skipped (RFC 9112, section 2.2).
            Self::RequestLine | Self::TrailerLine if line.is_empty() => Ok(Self::RequestLine),
            Self::RequestLine => Ok(Self::FieldLine(BodyLength::Unsaid)),
            Self::FieldLine(length) if line.is_empty() => Ok(match length {
                BodyLength::Unsaid | BodyLength::Bytes(0) => Self::RequestLine,
                BodyLength::Bytes(length) => Self::Body(length),
                BodyLength::Chunked => Self::ChunkSize,
            }),
            Self::FieldLine(length) => Ok(Self::FieldLine(length.after(line)?)),
            Self::ChunkSize => match chunk_size(line)? {
                0 => Ok(Self::TrailerLine),
                size => Ok(Self::ChunkData(size)),
            },
            Self::ChunkEnd if line.is_empty() => Ok(Self::ChunkSize),
            Self::TrailerLine => field(line).map(|_| Self::TrailerLine),
            Self::ChunkEnd | Self::Body(_) | Self::ChunkData(_) | Self::Nothing => Err(Ambiguous),
        }
    }
}

impl BodyLength {
    /// What is known after the field line `line`: a length is said once, and in one way.
    fn after(self, line: &[u8]) -> Result<Self, Ambiguous> {
        let (name, value) = field(line)?;
        let said = if name.eq_ignore_ascii_case(b"content-length") {
            Self::Bytes(number(value, 10)?)
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Ambiguous);
            }
            Self::Chunked
        } else {
            return Ok(self);
        };
        if self == Self::Unsaid { Ok(said) } else { Err(Ambiguous) }
    }
}

/// A line without its CR LF; neither may stand alone (RFC 9112, section 2.2).
fn content(line: &[u8]) -> Result<&[u8], Ambiguous> {
    let content = line.strip_suffix(b"\r\n").ok_or(Ambiguous)?;
    if content.contains(&b'\r') { Err(Ambiguous) } else { Ok(content) }
}

/// Name and value of a field line. Without a name it goes on with the line before (obs-fold), and
/// a space before the colon is part of no name (RFC 9112, sections 5.1 and 5.2).
fn field(line: &[u8]) -> Result<(&[u8], &[u8]), Ambiguous> {
    let colon = line.iter().position(|byte| *byte == b':').ok_or(Ambiguous)?;
    let (name, value) = line.split_at(colon);
    let is_name = !name.is_empty() && name.iter().all(|byte| is_token(*byte));
    let value = value.strip_prefix(b":").ok_or(Ambiguous)?;
    if is_name { Ok((name, value.trim_ascii())) } else { Err(Ambiguous) }
}

/// The characters of a token (RFC 9110, section 5.6.2).
const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#'
                | b'$'
                | b'%'
                | b'&'
                | b'\''
                | b'*'
                | b'+'
                | b'-'
                | b'.'
                | b'^'
                | b'_'
                | b'`'
                | b'|'
                | b'~'
        )
}

/// The size of a chunk; extensions of it are not looked at.
fn chunk_size(line: &[u8]) -> Result<u64, Ambiguous> {
    let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
    number(size, 16)
}

/// A number of digits and nothing else.
fn number(digits: &[u8], radix: u32) -> Result<u64, Ambiguous> {
    // `from_str_radix` takes a sign.
    let is_number = digits.iter().all(|digit| char::from(*digit).is_digit(radix));
    let text = str::from_utf8(digits).map_err(|_| Ambiguous)?;
    let number = u64::from_str_radix(text, radix).map_err(|_| Ambiguous)?;
    if is_number { Ok(number) } else { Err(Ambiguous) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the HTTP parser gets of `sent`, if it arrives in pieces of `size` bytes.
    fn passed(sent: &[u8], size: usize) -> Vec<u8> {
        let (mut framing, mut bytes) = (Framing::default(), sent.to_vec());
        bytes.chunks_mut(size).for_each(|piece| framing.check(piece));
        bytes
    }

    const GET: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";
    const HEAD: &str = "POST / HTTP/1.1\r\nhost: localhost\r\n";

    #[test]
    fn what_is_clear_passes_unchanged_however_it_arrives() {
        let messages = [
            GET.to_owned(),
            format!("\r\n\r\n{GET}"),
            format!("{HEAD}content-length: 0\r\n\r\n"),
            format!("{HEAD}Content-Length:  5\t\r\n\r\na\nb\r\n"),
            format!("{HEAD}content-length: 0005\r\n\r\n\0\0\0\0\0"),
            format!("{HEAD}transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            format!(
                "{HEAD}Transfer-Encoding: Chunked\r\n\r\n5;x=\"y\"\r\na\nb\r\n\r\n00A\r\n0123456789\r\n0\r\n\r\n"
            ),
            format!("{HEAD}transfer-encoding: chunked\r\n\r\n0\r\nx-trailer: a\r\n\r\n"),
            format!("{HEAD}x: \u{80}\u{ff}:,\t\r\nx:\r\nx!#$%&'*+-.^_`|~9: y\r\n\r\n"),
        ];
        let all = messages.concat();
        for size in 1..all.len() {
            assert_eq!(passed(all.as_bytes(), size), all.as_bytes(), "{size}");
        }
    }

    #[test]
    fn what_is_ambiguous_goes_no_further() {
        for fault in [
            "content-length: 2\r\ncontent-length: 2\r\n",
            "content-length: 2\r\ncontent-length: 3\r\n",
            "content-length: 2, 2\r\n",
            "content-length: 2\r\ntransfer-encoding: chunked\r\n",
            "transfer-encoding: chunked\r\nContent-Length: 2\r\n",
            "transfer-encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
            "transfer-encoding: chunked, chunked\r\n",
            "transfer-encoding: gzip, chunked\r\n",
            "transfer-encoding: identity\r\n",
            "transfer-encoding: \x0bchunked\r\n",
            "transfer-encoding:\r\n",
            "content-length:\r\n",
            "content-length: +2\r\n",
            "content-length: -2\r\n",
            "content-length: 0x2\r\n",
            "content-length: 2 2\r\n",
            "content-length: \u{661}\r\n",
            "content-length: 18446744073709551616\r\n",
            "content-length : 2\r\n",
            " content-length: 2\r\n",
            "\tfolded\r\n",
            "x: 1\r\n folded\r\n",
            "x: 1\n",
            "x: 1\r\r\n",
            "x: 1\ry: 2\r\n",
            "no colon\r\n",
            ": no name\r\n",
            "x\0: 1\r\n",
            "\n",
            "transfer-encoding: chunked\r\n\r\n5\nabcde\r\n",
            "transfer-encoding: chunked\r\n\r\n5 \r\nabcde\r\n",
            "transfer-encoding: chunked\r\n\r\n+5\r\nabcde\r\n",
            "transfer-encoding: chunked\r\n\r\n0x5\r\nabcde\r\n",
            "transfer-encoding: chunked\r\n\r\n\r\n",
            "transfer-encoding: chunked\r\n\r\n10000000000000000\r\n",
            "transfer-encoding: chunked\r\n\r\n5;\n\r\nabcde\r\n",
            "transfer-encoding: chunked\r\n\r\n5\r\nabcdef\r\n",
            "transfer-encoding: chunked\r\n\r\n5\r\nabcde\n",
            "transfer-encoding: chunked\r\n\r\n0\r\nx : y\r\n",
            "transfer-encoding: chunked\r\n\r\n0\r\n\n",
        ] {
            let sent = format!("{GET}{HEAD}{fault}\r\n{GET}");
            let before = GET.len() + HEAD.len() + fault.len();
            for size in 1..sent.len() {
                let passed = passed(sent.as_bytes(), size);
                let whole = passed.iter().zip(sent.as_bytes()).take_while(|(a, b)| a == b).count();
                assert!(whole < before, "{fault:?} in {size}: {whole}");
                assert!(passed.iter().skip(whole).all(|byte| *byte == POISON), "{fault:?}");
            }
        }
    }

    #[test]
    fn a_line_has_an_end() {
        let sent = vec![b'a'; LINE_LIMIT + 2];
        assert!(passed(&sent, 1).ends_with(&[b'a', POISON, POISON]));
    }
}
