use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::STANDARD};

/// The names that API Gateway gives to a request; none of them is a secret.
#[derive(Debug, Clone)]
pub(crate) struct RequestIds {
    /// `requestId` and `x-amzn-RequestId`, a version 4 UUID.
    pub(crate) request: String,
    /// `extendedRequestId` and `x-amz-apigw-id`.
    pub(crate) extended: String,
    /// The root of the trace: version, second of the request, 96 random bits.
    pub(crate) trace: String,
}

impl RequestIds {
    /// New ids for a request received at `now`.
    pub(crate) fn new(now: SystemTime) -> Self {
        let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let trace = rand::random::<u128>() >> 32;
        Self {
            request: uuid(rand::random()),
            extended: STANDARD.encode(rand::random::<[u8; 11]>()),
            trace: format!("Root=1-{seconds:08x}-{trace:024x}"),
        }
    }

    /// `X-Amzn-Trace-Id` of an answer that a function made.
    pub(crate) fn answered_trace(&self) -> String {
        let (parent, lineage) = rand::random::<(u64, u32)>();
        format!("{};Parent={parent:016x};Sampled=0;Lineage=1:{lineage:08x}:0", self.trace)
    }
}

/// A version 4 UUID (RFC 9562, section 5.4) of the random bits `bits`.
fn uuid(bits: u128) -> String {
    let version_and_variant = (4_u128 << 76) | (2_u128 << 62);
    let bits = bits & !((0xf_u128 << 76) | (3_u128 << 62)) | version_and_variant;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        bits >> 96,
        (bits >> 80) & 0xffff,
        (bits >> 64) & 0xffff,
        (bits >> 48) & 0xffff,
        bits & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_its_version() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(
            uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }

    #[test]
    fn ids_have_the_shape_of_the_cloud_and_differ() {
        let ids = RequestIds::new(UNIX_EPOCH);
        assert_eq!(ids.extended.len(), 16);
        assert!(ids.extended.ends_with('='));
        assert!(
            ids.trace.starts_with("Root=1-00000000-") && ids.trace.len() == 40,
            "{}",
            ids.trace
        );
        assert!(ids.answered_trace().starts_with(&format!("{};Parent=", ids.trace)));
        let others = RequestIds::new(UNIX_EPOCH);
        assert!(
            ids.request != others.request
                && ids.extended != others.extended
                && ids.trace != others.trace
        );
    }
}
