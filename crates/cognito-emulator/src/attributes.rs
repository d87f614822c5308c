//! The attributes of a user: which there are, who may write them, what follows from a change.

use std::collections::BTreeMap;

use crate::{
    code::Purpose,
    exception::{Exception, Kind},
    fields::Attributes,
    name::is_email,
    pool::Pool,
    store::Change,
    user::User,
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
pub(crate) fn set(
    pool: &Pool,
    change: &Change,
    user: &mut User,
    given: BTreeMap<String, String>,
) -> Result<(), Exception> {
    // In order of their names, so that an address comes before what is said of it.
    for (name, value) in given {
        if user.attribute(&name) == Some(&value) {
            continue;
        }
        if name == "email" {
            readdress(pool, change, user, &value)?;
        }
        if let Some(flag) = flag_of(&name) {
            user.attributes.insert(flag.to_owned(), "false".to_owned());
        }
        user.attributes.insert(name, value);
    }
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

/// A code proves the address that it was mailed to and no other.
fn readdress(pool: &Pool, change: &Change, user: &User, address: &str) -> Result<(), Exception> {
    change.drop_code(Purpose::EmailVerification, &user.sub)?;
    if !pool.settings.signs_in_by_email() {
        return Ok(());
    }
    let new = pool.name(address);
    if change.find(&new)?.is_some_and(|owner| owner.sub != user.sub) {
        return Err(Kind::AliasExists.because("An account with the given email already exists."));
    }
    Ok(change.rename_user(&pool.name_of(user), &new, &user.sub)?)
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
