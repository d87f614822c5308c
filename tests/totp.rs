//! An authenticator app.

use ring::hmac;

use crate::stack::Running;

/// How long a code is the current one, in seconds.
pub(crate) const STEP: u64 = 30;

/// A code of the key `secret`, in Base32, as long as `step` steps from now, which may have passed.
pub(crate) fn code(stack: &Running, secret: &str, step: i64) -> String {
    let counter = (stack.now() / STEP).checked_add_signed(step).unwrap();
    digits(&decoded(secret), counter)
}

/// A code that none of the steps around now has.
pub(crate) fn wrong_code(stack: &Running, secret: &str) -> String {
    let near: Vec<_> = (-3..=3).map(|step| code(stack, secret, step)).collect();
    ["000000", "000001", "000002", "000003", "000004", "000005", "000006", "000007"]
        .into_iter()
        .find(|code| !near.iter().any(|known| known == code))
        .unwrap()
        .to_owned()
}

/// RFC 4226, section 5.3.
fn digits(key: &[u8], counter: u64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let mac = hmac::sign(&key, &counter.to_be_bytes());
    let mac = mac.as_ref();
    let offset = usize::from(mac[19] & 15);
    let number = u32::from_be_bytes(mac[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// RFC 4648, section 6, without padding.
fn decoded(secret: &str) -> Vec<u8> {
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for character in secret.bytes() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let value = alphabet.iter().position(|known| *known == character).unwrap();
        bits = bits << 5 | u32::try_from(value).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap());
        }
    }
    bytes
}

/// RFC 6238, appendix B, the last six digits.
#[test]
fn codes_are_those_of_the_standard() {
    for (seconds, expected) in
        [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
    {
        assert_eq!(digits(b"12345678901234567890", seconds / STEP), expected);
    }
    assert_eq!(decoded("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), b"12345678901234567890");
}
