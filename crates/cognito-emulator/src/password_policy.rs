use crate::{
    exception::{Exception, Kind},
    settings::PasswordPolicy,
};

/// The characters that Cognito counts as symbols.
const SYMBOLS: &str = r#"^$*.[]{}()?"!@#%&/\,><':;|_~`=+-"#;

/// Refuses a password at sign-up that the policy does not allow, with the first reason in the order
/// of AWS.
pub(crate) fn check_at_sign_up(policy: &PasswordPolicy, password: &str) -> Result<(), Exception> {
    refuse("Password did not conform with policy", policy, password)
}

/// The same for a password that takes the place of another: AWS words it differently.
pub(crate) fn check(policy: &PasswordPolicy, password: &str) -> Result<(), Exception> {
    refuse("Password does not conform to policy", policy, password)
}

fn refuse(refusal: &str, policy: &PasswordPolicy, password: &str) -> Result<(), Exception> {
    fault(policy, password)
        .map_or(Ok(()), |fault| Err(Kind::InvalidPassword.because(format!("{refusal}: {fault}"))))
}

fn fault(policy: &PasswordPolicy, password: &str) -> Option<&'static str> {
    let has = |class: fn(char) -> bool| password.chars().any(class);
    if password.chars().count() < policy.minimum_length {
        Some("Password not long enough")
    } else if policy.require_uppercase && !has(char::is_uppercase) {
        Some("Password must have uppercase characters")
    } else if policy.require_lowercase && !has(char::is_lowercase) {
        Some("Password must have lowercase characters")
    } else if policy.require_numbers && !has(|c| c.is_ascii_digit()) {
        Some("Password must have numeric characters")
    } else if policy.require_symbols && !has(|c| SYMBOLS.contains(c)) {
        Some("Password must have symbol characters")
    } else {
        None
    }
}
