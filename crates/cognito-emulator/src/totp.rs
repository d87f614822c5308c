//! Time-based one-time passwords (RFC 6238) with what all authenticator apps do: SHA-1, six digits,
//! steps of 30 seconds.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::time::Moment;

/// How long a step is, in seconds.
pub(crate) const STEP_SECONDS: u64 = 30;
/// How many steps a user's clock may be off.
const SKEW: u64 = 1;
const MODULUS: u32 = 1_000_000;

/// The step that this code is of, if it is of the present one or a neighbour. Compares in constant
/// time.
pub(crate) fn step_of(secret: &[u8], sent: &SecretString, now: Moment) -> Option<u64> {
    let present = now.seconds() / STEP_SECONDS;
    let mut found = None;
    for step in present.saturating_sub(SKEW)..=present.saturating_add(SKEW) {
        // EXPOSE: to compare the code.
        if bool::from(code(secret, step).as_bytes().ct_eq(sent.expose_secret().as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// The code of a step: HOTP (RFC 4226, section 5.3).
pub(crate) fn code(secret: &[u8], step: u64) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("a key of any length");
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = digest.last().map_or(0, |byte| usize::from(byte & 0x0f));
    let chunk = digest.get(offset..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(chunk) & 0x7fff_ffff) % MODULUS)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_4226_appendix_d() {
        let expected = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, expected) in (0..).zip(expected) {
            assert_eq!(code(SECRET, step), expected);
        }
    }

    #[test]
    fn times_are_those_of_rfc_6238_appendix_b() {
        // The appendix has eight digits; six are their end.
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            let sent = SecretString::from(expected.split_at(2).1);
            let step = step_of(SECRET, &sent, Moment(seconds * 1000));
            assert_eq!(step, Some(seconds / STEP_SECONDS), "{seconds}");
        }
    }

    #[test]
    fn a_code_works_in_its_step_and_beside_it() {
        let sent = SecretString::from(code(SECRET, 10));
        for (second, works) in
            [(269, false), (270, true), (300, true), (329, true), (359, true), (360, false)]
        {
            let step = step_of(SECRET, &sent, Moment(second * 1000));
            assert_eq!(step, works.then_some(10), "{second}");
        }
        for sent in ["", "75522", "7552240", "75522x", " 755224"] {
            assert_eq!(step_of(SECRET, &sent.into(), Moment(0)), None, "{sent}");
        }
    }
}
