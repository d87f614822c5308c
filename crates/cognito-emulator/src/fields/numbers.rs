use std::ops::RangeInclusive;

use super::{Fields, json::integer};
use crate::exception::Exception;

impl Fields {
    /// A whole number that may be absent or null. A fraction is cut off.
    pub(crate) fn integer(
        &mut self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Exception> {
        let value = integer(self.members.remove(name))?;
        if let Some(number) = value {
            let shown = format!("Value '{number}'");
            if number < *range.start() {
                let rule =
                    format!("Member must have value greater than or equal to {}", range.start());
                self.violate(&shown, &self.path(name), &rule);
            }
            if number > *range.end() {
                let rule = format!("Member must have value less than or equal to {}", range.end());
                self.violate(&shown, &self.path(name), &rule);
            }
        }
        Ok(value)
    }

    /// A whole number that must be there.
    pub(crate) fn required_integer(
        &mut self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<i64, Exception> {
        self.require(name);
        Ok(self.integer(name, range)?.unwrap_or_default())
    }
}
