//! Rules on how often something may be tried. They are pure: the counts live in the store.

use std::time::Duration;

use crate::time::Moment;

/// How often something was tried, and a moment that gives the count its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attempts {
    pub(crate) count: u32,
    pub(crate) at: Moment,
}

impl Attempts {
    /// Nothing tried yet.
    pub(crate) const NONE: Self = Self { count: 0, at: Moment(0) };
}

/// Failed passwords in a row; `at` is the moment of the last one.
///
/// After `n` of them, from 5 on, the user is locked for 2^(n-5) seconds, at most 15 minutes. Tries
/// during a lock change nothing. 15 minutes without a failure after a lock, or a success, start the
/// count anew.
/// Source: Amazon Cognito developer guide, "Lockout behavior for failed sign-in attempts".
pub(crate) mod lockout {
    use super::{Attempts, Duration, Moment};

    /// The number of failures that lock.
    pub(crate) const FREE_FAILURES: u32 = 5;
    /// The longest lock, and the silence that is forgiven.
    pub(crate) const LONGEST: Duration = Duration::from_mins(15);

    /// Whether a password may not even be tried now.
    pub(crate) fn is_locked(failures: Attempts, now: Moment) -> bool {
        now < end(failures)
    }

    /// How many failures still count.
    pub(crate) fn counted(failures: Attempts, now: Moment) -> u32 {
        if now < end(failures).after(LONGEST) { failures.count } else { 0 }
    }

    /// The count after one more failure.
    pub(crate) fn failed(failures: Attempts, now: Moment) -> Attempts {
        Attempts { count: counted(failures, now).saturating_add(1), at: now }
    }

    /// The end of the lock that the last failure brought; the failure itself if it brought none.
    fn end(failures: Attempts) -> Moment {
        let Some(doublings) = failures.count.checked_sub(FREE_FAILURES) else { return failures.at };
        let seconds = 1_u64.checked_shl(doublings).unwrap_or(u64::MAX);
        failures.at.after(Duration::from_secs(seconds).min(LONGEST))
    }
}

/// Tries within an hour; `at` is the moment of the first one.
/// Source: Amazon Cognito developer guide, "Quotas in Amazon Cognito".
pub(crate) mod quota {
    use super::{Attempts, Duration, Moment};

    /// `ConfirmSignUp` per user and hour.
    pub(crate) const CONFIRM_SIGN_UP: u32 = 15;
    /// `ForgotPassword` per user and hour. The guide says 5 to 20, by the risk that AWS sees.
    pub(crate) const FORGOT_PASSWORD: u32 = 5;
    /// `ConfirmForgotPassword` per user and hour, likewise.
    pub(crate) const CONFIRM_FORGOT_PASSWORD: u32 = 5;
    /// `ChangePassword` per user and hour.
    pub(crate) const CHANGE_PASSWORD: u32 = 5;
    /// `GetUserAttributeVerificationCode` per user and hour.
    pub(crate) const GET_USER_ATTRIBUTE_VERIFICATION_CODE: u32 = 5;
    /// `VerifyUserAttribute` per user and hour.
    pub(crate) const VERIFY_USER_ATTRIBUTE: u32 = 15;
    /// `ResendConfirmationCode` per user and hour.
    pub(crate) const RESEND_CONFIRMATION_CODE: u32 = 5;

    const WINDOW: Duration = Duration::from_hours(1);

    /// The count after one more try, or nothing if that would be one too many.
    pub(crate) fn spend(spent: Attempts, limit: u32, now: Moment) -> Option<Attempts> {
        if spent.count == 0 || now >= spent.at.after(WINDOW) {
            return Some(Attempts { count: 1, at: now });
        }
        (spent.count < limit).then(|| Attempts { count: spent.count + 1, at: spent.at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: u64) -> Moment {
        Moment(1_790_000_000_000 + second * 1000)
    }

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        for (failures, locked_for) in [
            (1, 0),
            (4, 0),
            (5, 1),
            (6, 2),
            (7, 4),
            (10, 32),
            (14, 512),
            (15, 900),
            (16, 900),
            (69, 900),
            (u32::MAX, 900),
        ] {
            let attempts = Attempts { count: failures, at: second(0) };
            let locked: Vec<_> = [0, 1, 2, 4, 31, 32, 511, 512, 899, 900]
                .map(|at| lockout::is_locked(attempts, second(at)))
                .into();
            let expected: Vec<_> =
                [0, 1, 2, 4, 31, 32, 511, 512, 899, 900].map(|at| at < locked_for).into();
            assert_eq!(locked, expected, "{failures}");
        }
    }

    #[test]
    fn silence_of_a_quarter_of_an_hour_after_a_lock_is_forgiven() {
        for (failures, forgiven_at) in [(1, 900), (4, 900), (5, 901), (7, 904), (15, 1800)] {
            let attempts = Attempts { count: failures, at: second(0) };
            assert_eq!(lockout::counted(attempts, second(forgiven_at - 1)), failures);
            assert_eq!(lockout::counted(attempts, second(forgiven_at)), 0);
            assert_eq!(lockout::failed(attempts, second(forgiven_at)).count, 1);
        }
    }

    #[test]
    fn a_quota_fills_within_an_hour_of_its_first_try() {
        let mut spent = Attempts::NONE;
        for minute in 0..3 {
            spent = quota::spend(spent, 3, second(60 * minute)).unwrap();
        }
        assert_eq!(quota::spend(spent, 3, second(3599)), None);
        assert_eq!(
            quota::spend(spent, 3, second(3600)),
            Some(Attempts { count: 1, at: second(3600) })
        );
    }
}
