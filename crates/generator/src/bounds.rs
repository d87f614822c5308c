//! How many there may be of something.

/// The least and the greatest number of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) min: usize,
    pub(crate) max: Option<usize>,
}

impl Bounds {
    /// Any number.
    pub(crate) const ANY: Self = Self { min: 0, max: None };

    pub(crate) fn contains(self, number: usize) -> bool {
        self.min <= number && self.max.is_none_or(|max| number <= max)
    }

    pub(crate) fn intersection(self, other: Self) -> Self {
        let max = [self.max, other.max].into_iter().flatten().min();
        Self { min: self.min.max(other.min), max }
    }
}
