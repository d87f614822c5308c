//! Binomial coefficients, and the subset that stands at a given rank.

use std::iter;

use num_bigint::BigUint;

/// C(n, 0), C(n, 1), …, C(n, n).
pub(crate) fn row(n: usize) -> impl Iterator<Item = BigUint> {
    let next =
        move |(k, value): &(usize, BigUint)| (*k < n).then(|| (k + 1, value * (n - k) / (k + 1)));
    iter::successors(Some((0, BigUint::from(1_u32))), next).map(|(_, value)| value)
}

/// C(n, k).
pub(crate) fn binomial(n: usize, k: usize) -> BigUint {
    if k > n {
        return BigUint::ZERO;
    }
    (0..k.min(n - k)).fold(BigUint::from(1_u32), |value, taken| value * (n - taken) / (taken + 1))
}

/// Splits `items` into the subset of `take` items at `rank` below C(items, take), and the others; both keep their order.
pub(crate) fn subset<T>(items: Vec<T>, take: usize, mut rank: BigUint) -> (Vec<T>, Vec<T>) {
    let (mut left, mut missing) = (items.len(), take);
    let mut ways = binomial(left, missing);
    let (mut taken, mut others) =
        (Vec::with_capacity(take), Vec::with_capacity(left.saturating_sub(take)));
    for item in items {
        let with = &ways * missing / left;
        if rank < with {
            taken.push(item);
            missing -= 1;
            ways = with;
        } else {
            others.push(item);
            rank -= &with;
            ways -= with;
        }
        left -= 1;
    }
    (taken, others)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn rows_obey_pascals_rule() {
        assert_eq!(row(0).collect::<Vec<_>>(), [BigUint::from(1_u32)]);
        for n in 1..30 {
            for (k, value) in row(n).enumerate() {
                let left = if k == 0 { BigUint::ZERO } else { binomial(n - 1, k - 1) };
                assert_eq!(value, left + binomial(n - 1, k), "{n} choose {k}");
            }
        }
    }

    #[test]
    fn subset_is_a_bijection_from_ranks_to_subsets() {
        for n in 0..8_usize {
            for take in 0..=n {
                let count = binomial(n, take).iter_u32_digits().next().unwrap_or(0);
                let subsets: BTreeSet<_> = (0..count)
                    .map(|rank| subset((0..n).collect(), take, BigUint::from(rank)))
                    .collect();
                assert_eq!(subsets.len(), usize::try_from(count).unwrap());
                assert!(
                    subsets
                        .iter()
                        .all(|(taken, others)| taken.len() == take && others.len() == n - take)
                );
            }
        }
    }
}
