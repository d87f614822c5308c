use rand::{CryptoRng, RngExt};

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The digits of base 32 as AWS writes client ids and secrets.
const BASE32: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";

/// A user pool id: the region, an underscore and nine alphanumerics.
pub(crate) fn pool_id(region: &str, rng: &mut impl CryptoRng) -> String {
    format!("{region}_{}", draw(ALPHANUMERIC, 9, rng))
}

/// An app client id: 26 digits of base 32 (130 bits).
pub(crate) fn client_id(rng: &mut impl CryptoRng) -> String {
    draw(BASE32, 26, rng)
}

/// An app client secret: 51 digits of base 32 (255 bits).
pub(crate) fn client_secret(rng: &mut impl CryptoRng) -> String {
    draw(BASE32, 51, rng)
}

/// A user's `sub`: shaped as a UUID, with `70` where AWS has it, hence not of version 4 (RFC 9562).
pub(crate) fn sub(rng: &mut impl CryptoRng) -> String {
    uuid_text(rng.random::<u128>() & !(0xff << 72) | 0x70 << 72)
}

/// A random UUID (version 4 of RFC 9562), for request, event and token ids.
pub(crate) fn uuid(rng: &mut impl CryptoRng) -> String {
    let (version, variant) = (0b0100 << 76, 0b10 << 62);
    uuid_text(rng.random::<u128>() & !(0b1111 << 76) & !(0b11 << 62) | version | variant)
}

fn uuid_text(bits: u128) -> String {
    let group = |shift: u32| (bits >> shift) & 0xffff;
    let (first, last) = (bits >> 96, bits & 0xffff_ffff_ffff);
    format!("{first:08x}-{:04x}-{:04x}-{:04x}-{last:012x}", group(80), group(64), group(48))
}

fn draw(alphabet: &[u8], length: usize, rng: &mut impl CryptoRng) -> String {
    (0..length)
        .filter_map(|_| alphabet.get(rng.random_range(0..alphabet.len())))
        .map(|byte| char::from(*byte))
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::{rand_core::UnwrapErr, rngs::SysRng};

    use super::*;

    #[test]
    fn ids_have_the_alphabets_and_lengths_of_aws() {
        let rng = &mut UnwrapErr(SysRng);
        for _ in 0..100 {
            let pool = pool_id("eu-west-1", rng);
            let (region, rest) = pool.split_once('_').unwrap();
            assert_eq!((region, rest.len()), ("eu-west-1", 9));
            assert!(rest.chars().all(|c| c.is_ascii_alphanumeric()));

            for (id, length) in [(client_id(rng), 26), (client_secret(rng), 51)] {
                assert_eq!(id.len(), length);
                assert!(id.chars().all(|c| matches!(c, '0'..='9' | 'a'..='v')), "{id}");
            }
        }
    }

    #[test]
    fn subs_and_uuids_are_shaped_as_uuids() {
        let rng = &mut UnwrapErr(SysRng);
        for _ in 0..100 {
            for (id, third) in [(sub(rng), "70"), (uuid(rng), "4")] {
                let groups: Vec<_> = id.split('-').map(str::len).collect();
                assert_eq!(groups, [8, 4, 4, 4, 12], "{id}");
                assert!(id.split('-').nth(2).unwrap().starts_with(third), "{id}");
                assert!(id.chars().all(|c| c == '-' || matches!(c, '0'..='9' | 'a'..='f')), "{id}");
            }
        }
    }
}
