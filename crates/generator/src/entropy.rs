//! log2 of big integers.

use num_bigint::BigUint;

/// log2 of `number`, which is at least 1; the error is a few units in the last place of the result.
pub(crate) fn log2(number: &BigUint) -> f64 {
    // 65 bits or more lead the number; f64 keeps the first 53 of them.
    let leading = number
        .iter_u32_digits()
        .rev()
        .take(3)
        .fold(0.0, |value, digit| value * 4_294_967_296.0 + f64::from(digit));
    number.iter_u32_digits().skip(3).fold(f64::log2(leading), |bits, _| bits + 32.0)
}

/// log2(N(N−1)…(N−c+1)): the entropy of `count` different passwords out of `number`, which is at least `count`.
pub(crate) fn log2_of_distinct(number: &BigUint, count: u32) -> f64 {
    (0..count).map(|taken| log2(&(number - taken))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_logarithms() {
        let one = BigUint::from(1_u32);
        let rows = [
            (one.clone(), 0.0),
            (BigUint::from(10_000_u32), 13.287_712_379_549_449),
            (&one << 32_u32, 32.0),
            (&one << 96_u32, 96.0),
            ((&one << 96_u32) - 1_u32, 96.0),
            (&one << 27_000_u32, 27_000.0),
            (BigUint::from(3_u32).pow(4_096), 6_492.006_402_953_856),
            (BigUint::from(88_u32).pow(4_096), 26_457.831_909_938_37),
        ];
        for (number, expected) in rows {
            assert!(
                (log2(&number) - expected).abs() < 1e-9,
                "{} bits: {}",
                expected,
                log2(&number)
            );
        }
    }

    #[test]
    fn distinct_passwords_are_worth_less_than_independent_ones() {
        let ten = BigUint::from(10_u32);
        assert!((log2_of_distinct(&ten, 1) - f64::log2(10.0)).abs() < 1e-12);
        assert!((log2_of_distinct(&ten, 3) - f64::log2(720.0)).abs() < 1e-12);
        assert!((log2_of_distinct(&ten, 10) - f64::log2(3_628_800.0)).abs() < 1e-12);
    }
}
