//! Binomial coefficients, and the subset that stands at a given rank.

use std::iter;

use num_bigint::BigUint;

/// C(n, 0), C(n, 1), …, C(n, n).
pub(crate) fn row(n: usize) -> impl Iterator<Item = BigUint> {
    upwards(n, 0, BigUint::from(1_u32)).map(|(_, value)| value)
}

/// C(n, k).
pub(crate) fn binomial(n: usize, k: usize) -> BigUint {
    if k > n {
        return BigUint::ZERO;
    }
    (0..k.min(n - k)).fold(BigUint::from(1_u32), |value, taken| value * (n - taken) / (taken + 1))
}

/// Every k of 0..=n with C(n, k), from `start` outwards: `start`, `start − 1`, `start + 1`, `start − 2`, …
pub(crate) fn outwards(n: usize, start: usize) -> impl Iterator<Item = (usize, BigUint)> {
    let start = start.min(n);
    let value = binomial(n, start);
    let mut down = downwards(n, start, value.clone()).skip(1);
    let mut up = upwards(n, start, value);
    let mut upward = false;
    iter::from_fn(move || {
        upward = !upward;
        if upward { up.next().or_else(|| down.next()) } else { down.next().or_else(|| up.next()) }
    })
}

fn upwards(n: usize, k: usize, value: BigUint) -> impl Iterator<Item = (usize, BigUint)> {
    iter::successors(Some((k, value)), move |(k, value)| {
        (*k < n).then(|| (k + 1, value * (n - k) / (k + 1)))
    })
}

fn downwards(n: usize, k: usize, value: BigUint) -> impl Iterator<Item = (usize, BigUint)> {
    iter::successors(Some((k, value)), move |(k, value)| {
        (*k > 0).then(|| (k - 1, value * *k / (n - k + 1)))
    })
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
    fn outwards_meets_every_index_once_with_its_value_from_any_start() {
        for n in 0..12 {
            for start in 0..15 {
                let met: Vec<_> = outwards(n, start).collect();
                assert_eq!(met.first().unwrap().0, start.min(n));
                assert_eq!(met.len(), n + 1);
                assert_eq!(met.iter().map(|(k, _)| *k).collect::<BTreeSet<_>>(), (0..=n).collect());
                assert!(met.iter().all(|(k, value)| *value == binomial(n, *k)));
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
