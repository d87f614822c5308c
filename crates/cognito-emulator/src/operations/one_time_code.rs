use secrecy::SecretString;

use crate::{
    attempts::{Attempts, lockout},
    exception::{Exception, Kind},
    name::Subject,
    software_token::{SoftwareToken, Verdict},
    store::{Change, Counter},
    time::Moment,
};

/// Tries a code against a user's software token, which is then as it should be stored. Wrong codes
/// are counted and lock as wrong passwords do, but on their own.
pub(super) fn spend(
    change: &Change,
    sub: &str,
    mut token: SoftwareToken,
    code: &SecretString,
    now: Moment,
    wrong: fn() -> Exception,
) -> Result<SoftwareToken, Exception> {
    let subject = Subject::User(sub.to_owned());
    let failures = change.attempts(Counter::FailedOneTimeCodes, &subject)?;
    if lockout::is_locked(failures, now) {
        return Err(Kind::NotAuthorized.because("Password attempts exceeded"));
    }
    match token.spend(code, now) {
        Verdict::Right => {
            change.put_attempts(Counter::FailedOneTimeCodes, &subject, Attempts::NONE)?;
            Ok(token)
        }
        Verdict::Wrong => {
            let failures = lockout::failed(failures, now);
            change.put_attempts(Counter::FailedOneTimeCodes, &subject, failures)?;
            Err(wrong())
        }
        Verdict::UsedBefore => {
            Err(Kind::ExpiredCode.because("Your software token has already been used once."))
        }
    }
}
