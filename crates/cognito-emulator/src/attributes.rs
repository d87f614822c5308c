//! The attributes of a user: which there are, who may write them, what follows from a change.

use std::collections::BTreeMap;

use crate::{
    code::Purpose,
    exception::{Exception, Kind},
    fields::Attributes,
    name::is_email,
    pool::Pool,
    store::Change,
    user::{User, is_true},
};

/// The attributes that OpenID Connect Core 1.0 (section 5.1) has and that a user may give, which
/// every pool knows.
pub(crate) const STANDARD: [&str; 17] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];
/// The attributes that somebody may have to prove, and what says whether they did.
const VERIFIABLE: [(&str, &str); 2] =
    [("email", "email_verified"), ("phone_number", "phone_number_verified")];

/// The attributes that users may set for themselves, unless there is another one among them.
pub(crate) fn of_user(attributes: Attributes) -> Result<BTreeMap<String, String>, Exception> {
    for (name, value) in &attributes {
        check_name_of_user(name)?;
        check_value(name, value)?;
    }
    Ok(attributes.into_iter().collect())
}

/// The attributes that administrators may set of a user, unless there is another one among them.
pub(crate) fn of_administrator(
    attributes: Attributes,
) -> Result<BTreeMap<String, String>, Exception> {
    for (name, value) in &attributes {
        check_name_of_administrator(name)?;
        check_value(name, value)?;
    }
    Ok(attributes.into_iter().collect())
}

/// Refuses an attribute that this pool does not have, or that is not for users to write.
pub(crate) fn check_name_of_user(name: &str) -> Result<(), Exception> {
    if name == "sub" || is_flag(name) {
        return Err(
            Kind::NotAuthorized.because("A client attempted to write unauthorized attribute")
        );
    }
    check_name(name)
}

/// Refuses an attribute that this pool does not have, or that stays as it is, whoever asks.
pub(crate) fn check_name_of_administrator(name: &str) -> Result<(), Exception> {
    if name == "sub" {
        return Err(Kind::InvalidParameter.because("Cannot modify the non-mutable attribute sub"));
    }
    check_name(name)
}

/// Those to be set, and the names of those that an empty value takes away.
pub(crate) fn parted(given: Attributes) -> (Attributes, Vec<String>) {
    let (blank, set): (Vec<_>, Vec<_>) = given.into_iter().partition(|(_, value)| value.is_empty());
    (set, blank.into_iter().map(|(name, _)| name).collect())
}

/// Puts attributes in the place of those of the same name. What is new about an address must be
/// proved anew, unless it comes with word that it was, and a new address that users sign in with must
/// be nobody else's. The user is not stored; the name is.
///
/// Returns a new address that the pool wants to be proved first. The user keeps the present one until
/// [`prove`].
pub(crate) fn set(
    pool: &Pool,
    change: &Change,
    user: &mut User,
    mut given: BTreeMap<String, String>,
) -> Result<Option<String>, Exception> {
    let pending = pending_address(pool, user, &mut given);
    if let Some(address) = &pending {
        check_free(pool, change, user, address)?;
    }
    if pending.is_some() || (given.contains_key("email") && user.pending_email.is_some()) {
        change.drop_code(Purpose::EmailVerification, &user.sub)?;
        user.pending_email.clone_from(&pending);
    }
    // In order of their names, so that an address comes before what is said of it.
    for (name, value) in given {
        if user.attribute(&name) == Some(&value) {
            continue;
        }
        if name == "email" {
            // A code proves the address that it was mailed to and no other.
            change.drop_code(Purpose::EmailVerification, &user.sub)?;
            readdress(pool, change, user, &value)?;
        }
        if let Some(flag) = flag_of(&name) {
            user.attributes.insert(flag.to_owned(), "false".to_owned());
        }
        user.attributes.insert(name, value);
    }
    Ok(pending)
}

/// Notes that the user has read the code that was mailed to their address: to the new one if there
/// is one that waits for it, which then takes the place of the present one.
pub(crate) fn prove(pool: &Pool, change: &Change, user: &mut User) -> Result<(), Exception> {
    if let Some(address) = user.pending_email.take() {
        readdress(pool, change, user, &address)?;
        user.attributes.insert("email".to_owned(), address);
    }
    user.attributes.insert("email_verified".to_owned(), "true".to_owned());
    Ok(())
}

/// Takes attributes away, and with an address whether it was proved.
pub(crate) fn remove(
    pool: &Pool,
    change: &Change,
    user: &mut User,
    names: &[String],
) -> Result<(), Exception> {
    for name in names {
        if name == "email" {
            if pool.settings.signs_in_by_email() {
                return Err(Kind::InvalidParameter.because(
                    "Attributes did not conform to the schema: email: The attribute is required",
                ));
            }
            change.drop_code(Purpose::EmailVerification, &user.sub)?;
            user.pending_email = None;
        }
        if let Some(flag) = flag_of(name) {
            user.attributes.remove(flag);
        }
        user.attributes.remove(name);
    }
    Ok(())
}

/// The attributes of a new user, none of whose addresses is proved.
pub(crate) fn with_flags(mut attributes: BTreeMap<String, String>) -> BTreeMap<String, String> {
    for (name, flag) in VERIFIABLE {
        if attributes.contains_key(name) {
            attributes.insert(flag.to_owned(), "false".to_owned());
        }
    }
    attributes
}

fn check_name(name: &str) -> Result<(), Exception> {
    if STANDARD.contains(&name) || is_flag(name) {
        return Ok(());
    }
    Err(Kind::InvalidParameter.because(format!(
        "Attributes did not conform to the schema: {name}: Attribute does not exist in the schema."
    )))
}

fn check_value(name: &str, value: &str) -> Result<(), Exception> {
    if name == "email" && !is_email(value) {
        return Err(Kind::InvalidParameter.because("Invalid email address format."));
    }
    if name == "phone_number" && !is_phone_number(value) {
        return Err(Kind::InvalidParameter.because("Invalid phone number format."));
    }
    Ok(())
}

fn is_flag(name: &str) -> bool {
    VERIFIABLE.iter().any(|(_, flag)| *flag == name)
}

fn flag_of(name: &str) -> Option<&'static str> {
    VERIFIABLE.into_iter().find(|(address, _)| *address == name).map(|(_, flag)| flag)
}

/// Takes out a new address that must be proved first, unless it comes with word that it was.
fn pending_address(
    pool: &Pool,
    user: &User,
    given: &mut BTreeMap<String, String>,
) -> Option<String> {
    let is_new = given.get("email").is_some_and(|address| user.email() != Some(address));
    let proved = given.get("email_verified").is_some_and(|flag| is_true(flag));
    if pool.settings.verifies_email_before_update() && is_new && !proved {
        given.remove("email")
    } else {
        None
    }
}

/// Files a user under their new address, if users sign in with it.
fn readdress(pool: &Pool, change: &Change, user: &User, address: &str) -> Result<(), Exception> {
    if !pool.settings.signs_in_by_email() {
        return Ok(());
    }
    check_free(pool, change, user, address)?;
    Ok(change.rename_user(&pool.name_of(user), &pool.name(address), &user.sub)?)
}

/// Refuses an address that another user signs in with.
fn check_free(pool: &Pool, change: &Change, user: &User, address: &str) -> Result<(), Exception> {
    if !pool.settings.signs_in_by_email() {
        return Ok(());
    }
    match change.find(&pool.name(address))? {
        Some(owner) if owner.sub != user.sub => {
            Err(Kind::AliasExists.because("An account with the given email already exists."))
        }
        Some(_) | None => Ok(()),
    }
}

/// E.164: a plus sign and up to fifteen digits.
fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_told_from_other_texts() {
        for (text, expected) in [
            ("+1", true),
            ("+123456789012345", true),
            ("+1234567890123456", false),
            ("123", false),
            ("+", false),
            ("+12a", false),
            ("+1 2", false),
        ] {
            assert_eq!(is_phone_number(text), expected, "{text}");
        }
    }
}
