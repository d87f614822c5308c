use crate::{
    exception::{Exception, Kind},
    settings::PasswordPolicy,
};

/// The characters that Cognito counts as symbols.
const SYMBOLS: &str = r#"^$*.[]{}()?"!@#%&/\,><':;|_~`=+-"#;

/// Refuses a password at sign-up that the policy does not allow, with the first reason in the order
/// of AWS.
pub(crate) fn check(policy: &PasswordPolicy, password: &str) -> Result<(), Exception> {
    let has = |class: fn(char) -> bool| password.chars().any(class);
    let reason = if password.chars().count() < policy.minimum_length {
        "Password not long enough"
    } else if policy.require_uppercase && !has(char::is_uppercase) {
        "Password must have uppercase characters"
    } else if policy.require_lowercase && !has(char::is_lowercase) {
        "Password must have lowercase characters"
    } else if policy.require_numbers && !has(|c| c.is_ascii_digit()) {
        "Password must have numeric characters"
    } else if policy.require_symbols && !has(|c| SYMBOLS.contains(c)) {
        "Password must have symbol characters"
    } else {
        return Ok(());
    };
    Err(Kind::InvalidPassword.because(format!("Password did not conform with policy: {reason}")))
}
