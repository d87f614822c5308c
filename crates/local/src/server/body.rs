use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;

use super::Refused;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of a body that is too large is read and thrown away, so that a client which is still
/// sending gets to read its answer; what is larger loses its connection.
const DISCARD_LIMIT: usize = 1024 * 1024;

/// Reads a body of at most `limit` bytes, which is below [`DISCARD_LIMIT`]; never holds more.
pub(crate) async fn read_body<B>(body: B, limit: usize) -> Result<Bytes, Refused>
where
    B: Body<Data = Bytes> + Unpin,
{
    let read = tokio::time::timeout(BODY_TIMEOUT, collect(body, limit));
    read.await.unwrap_or(Err(Refused::BodyTimeout))
}

async fn collect<B>(mut body: B, limit: usize) -> Result<Bytes, Refused>
where
    B: Body<Data = Bytes> + Unpin,
{
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut seen = 0_usize;
    let mut kept = BytesMut::new();
    while declared.max(seen) <= DISCARD_LIMIT {
        let Some(frame) = body.frame().await else {
            return if seen > limit {
                Err(Refused::PayloadTooLarge { limit })
            } else {
                Ok(kept.freeze())
            };
        };
        let frame = frame.map_err(|_| Refused::Malformed("the body broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        seen = seen.saturating_add(data.len());
        if seen <= limit {
            kept.extend_from_slice(&data);
        }
    }
    Err(Refused::PayloadTooLarge { limit })
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use http_body_util::Full;
    use hyper::body::{Frame, SizeHint};

    use super::*;

    /// A body that goes on with `chunk` for `chunks` times, and then ends, or never does.
    struct Stream {
        chunk: Bytes,
        chunks: usize,
        declared: u64,
        given: usize,
        ends: bool,
    }

    impl Body for Stream {
        type Data = Bytes;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
            if self.given == self.chunks {
                return if self.ends { Poll::Ready(None) } else { Poll::Pending };
            }
            self.given += 1;
            Poll::Ready(Some(Ok(Frame::data(self.chunk.clone()))))
        }

        fn size_hint(&self) -> SizeHint {
            let mut hint = SizeHint::new();
            hint.set_lower(self.declared);
            hint
        }
    }

    fn stream(chunks: usize) -> Stream {
        Stream {
            chunk: Bytes::from_static(&[b'x'; 1024]),
            chunks,
            declared: 0,
            given: 0,
            ends: true,
        }
    }

    const TOO_LARGE: Refused = Refused::PayloadTooLarge { limit: 16 * 1024 };

    async fn read(stream: &mut Stream) -> Result<usize, Refused> {
        read_body(stream, 16 * 1024).await.map(|body| body.len())
    }

    #[tokio::test]
    async fn the_limit_is_exact() {
        for (length, expected) in [(0, Ok(0)), (16_384, Ok(16_384)), (16_385, Err(TOO_LARGE))] {
            let body = read_body(Full::new(Bytes::from(vec![b'x'; length])), 16 * 1024).await;
            assert_eq!(body.map(|body| body.len()), expected);
        }
        assert_eq!(read(&mut stream(16)).await, Ok(16_384));
        assert_eq!(read(&mut stream(17)).await, Err(TOO_LARGE));
    }

    #[tokio::test]
    async fn an_endless_stream_is_left_after_a_bounded_part() {
        let mut endless = stream(usize::MAX);
        assert_eq!(read(&mut endless).await, Err(TOO_LARGE));
        assert_eq!(endless.given, DISCARD_LIMIT / 1024 + 1);
    }

    #[tokio::test]
    async fn what_is_declared_far_too_large_is_not_read_at_all() {
        let mut huge = Stream { declared: DISCARD_LIMIT as u64 + 1, ..stream(1) };
        assert_eq!(read(&mut huge).await, Err(TOO_LARGE));
        assert_eq!(huge.given, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn http_11_a_body_that_does_not_come_is_given_up() {
        let mut stalled = Stream { ends: false, ..stream(1) };
        let start = tokio::time::Instant::now();
        assert_eq!(read(&mut stalled).await, Err(Refused::BodyTimeout));
        assert_eq!(start.elapsed(), BODY_TIMEOUT);
    }
}
