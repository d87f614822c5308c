//! Numbers that only meet small ones: 64-bit words, the lowest first, without zeros at the top.
//!
//! Division by a small number is what the counts spend their time on. Where nothing remains, the quotient can be had
//! word by word from below, with a product by the inverse of the divisor modulo 2^64 in place of each division.

use num_bigint::BigUint;

/// A natural number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limbs(Vec<u64>);

impl From<&BigUint> for Limbs {
    fn from(number: &BigUint) -> Self {
        Self(number.iter_u64_digits().collect())
    }
}

impl From<&Limbs> for BigUint {
    fn from(number: &Limbs) -> Self {
        Self::new(
            number.0.iter().flat_map(|word| [low_half(*word), low_half(word >> 32)]).collect(),
        )
    }
}

impl Limbs {
    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn multiply(&mut self, factor: u64) {
        let mut carry = 0;
        for word in &mut self.0 {
            let product = u128::from(*word) * u128::from(factor) + u128::from(carry);
            (*word, carry) = (low(product), high(product));
        }
        self.0.push(carry);
        self.trim();
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let length = self.0.len().max(other.0.len()) + 1;
        self.0.resize(length, 0);
        let mut carry = false;
        let (below, above) = self.0.split_at_mut(other.0.len());
        for (word, other) in below.iter_mut().zip(&other.0) {
            let (sum, one) = word.overflowing_add(*other);
            let (sum, two) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, one | two);
        }
        for word in above {
            (*word, carry) = word.overflowing_add(u64::from(carry));
        }
        self.trim();
    }

    /// Subtracts `other`, which is not greater.
    pub(crate) fn subtract(&mut self, other: &Self) {
        let mut borrow = false;
        let common = other.0.len().min(self.0.len());
        let (below, above) = self.0.split_at_mut(common);
        for (word, other) in below.iter_mut().zip(&other.0) {
            let (difference, one) = word.overflowing_sub(*other);
            let (difference, two) = difference.overflowing_sub(u64::from(borrow));
            (*word, borrow) = (difference, one | two);
        }
        for word in above {
            (*word, borrow) = word.overflowing_sub(u64::from(borrow));
        }
        self.trim();
    }

    /// Multiplies by `factor` and divides by `divisor`, which is not 0 and leaves no remainder.
    pub(crate) fn scale(&mut self, factor: u64, divisor: u64) {
        let shift = divisor.trailing_zeros();
        let odd = divisor >> shift;
        let inverse = inverse(odd);
        let (mut carry, mut borrow) = (0, 0);
        let mut quotient = |word: u64| {
            let (difference, under) = word.overflowing_sub(borrow);
            let digit = difference.wrapping_mul(inverse);
            borrow = high(u128::from(digit) * u128::from(odd)) + u64::from(under);
            digit
        };
        // Each word of the product waits for the next one, whose low bits the shift brings in.
        let mut waiting = None;
        let mut scaled = Vec::with_capacity(self.0.len() + 2);
        for word in self.0.iter().chain(&[0]) {
            let product = u128::from(*word) * u128::from(factor) + u128::from(carry);
            carry = high(product);
            if let Some(waiting) = waiting.replace(low(product)) {
                scaled.push(quotient(shifted(low(product), waiting, shift)));
            }
        }
        scaled.extend(waiting.map(|waiting| quotient(shifted(carry, waiting, shift))));
        self.0 = scaled;
        self.trim();
    }

    fn trim(&mut self) {
        let zeros = self.0.iter().rev().take_while(|word| **word == 0).count();
        self.0.truncate(self.0.len() - zeros);
    }
}

/// The inverse of an odd number modulo 2^64. Each round doubles the number of right bits, from three on.
fn inverse(odd: u64) -> u64 {
    (0..5)
        .fold(odd, |inverse, _| inverse.wrapping_mul(2_u64.wrapping_sub(odd.wrapping_mul(inverse))))
}

/// The low word of two words shifted down.
fn shifted(above: u64, below: u64, shift: u32) -> u64 {
    low((u128::from(above) << 64 | u128::from(below)) >> shift)
}

#[expect(clippy::cast_possible_truncation, reason = "the high word is asked for apart")]
fn low(double: u128) -> u64 {
    double as u64
}

fn high(double: u128) -> u64 {
    low(double >> 64)
}

#[expect(clippy::cast_possible_truncation, reason = "the high half is asked for apart")]
fn low_half(word: u64) -> u32 {
    word as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers around the borders of words.
    fn numbers() -> Vec<BigUint> {
        let one = BigUint::from(1_u32);
        let mut numbers =
            vec![BigUint::ZERO, one.clone(), 95_u32.into(), BigUint::from(3_u32).pow(4096)];
        for bits in [63_u32, 64, 65, 128, 192, 1000] {
            let power = &one << bits;
            numbers.extend([&power - &one, power.clone(), power + &one]);
        }
        numbers
    }

    #[test]
    fn arithmetic_is_that_of_the_library() {
        for number in numbers() {
            let limbs = Limbs::from(&number);
            assert_eq!(
                (BigUint::from(&limbs), limbs.is_zero()),
                (number.clone(), number == BigUint::ZERO)
            );
            for factor in [0, 1, 2, 95, 4096, u64::from(u32::MAX), u64::MAX] {
                let mut product = limbs.clone();
                product.multiply(factor);
                assert_eq!(BigUint::from(&product), &number * factor);
            }
            for other in numbers() {
                let mut sum = limbs.clone();
                sum.add(&Limbs::from(&other));
                assert_eq!(BigUint::from(&sum), &number + &other);
                sum.subtract(&limbs);
                assert_eq!(BigUint::from(&sum), other);
            }
        }
    }

    #[test]
    fn scaling_divides_exactly() {
        for number in numbers() {
            for divisor in
                [1, 2, 3, 7, 12, 64, 95, 4095, 4096, 1 << 40, (1 << 40) + 1, 3 << 61, u64::MAX]
            {
                for factor in [1, 5, 4096, u64::MAX] {
                    let mut limbs = Limbs::from(&(&number * divisor));
                    limbs.scale(factor, divisor);
                    assert_eq!(BigUint::from(&limbs), &number * factor, "{factor} / {divisor}");
                }
            }
            // The factor and the number each hold a part of the divisor.
            let mut limbs = Limbs::from(&(&number * 35_u32));
            limbs.scale(12, 60);
            assert_eq!(BigUint::from(&limbs), &number * 7_u32);
        }
    }
}
