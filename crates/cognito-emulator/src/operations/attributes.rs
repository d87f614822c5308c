//! What may be written into the attributes of a user.

use std::collections::BTreeMap;

use crate::{
    exception::{Exception, Kind},
    fields::Attributes,
    name::is_email,
};

/// The attributes that OpenID Connect Core 1.0 (section 5.1) has and that a user may give, which
/// every pool knows.
pub(super) const STANDARD: [&str; 17] = [
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

/// Says whether an address is the user's own. Only administrators write these.
const VERIFIED: [&str; 2] = ["email_verified", "phone_number_verified"];

/// The attributes that users may set of themselves.
pub(super) fn of_user(attributes: Attributes) -> Result<BTreeMap<String, String>, Exception> {
    for (name, value) in &attributes {
        if name == "sub" || VERIFIED.contains(&name.as_str()) {
            return Err(
                Kind::NotAuthorized.because("A client attempted to write unauthorized attribute")
            );
        }
        check(name, value)?;
    }
    Ok(attributes.into_iter().collect())
}

/// The attributes that administrators may set of a user.
pub(super) fn of_administrator(
    attributes: Attributes,
) -> Result<BTreeMap<String, String>, Exception> {
    for (name, value) in &attributes {
        if name == "sub" {
            return Err(unchangeable(name));
        }
        if !VERIFIED.contains(&name.as_str()) {
            check(name, value)?;
        }
    }
    Ok(attributes.into_iter().collect())
}

/// An attribute that stays as it is, whoever asks.
pub(super) fn unchangeable(name: &str) -> Exception {
    Kind::InvalidParameter.because(format!("Cannot modify the non-mutable attribute {name}"))
}

/// Refuses what the schema does not know.
pub(super) fn check_name(name: &str) -> Result<(), Exception> {
    if STANDARD.contains(&name) || VERIFIED.contains(&name) {
        return Ok(());
    }
    Err(Kind::InvalidParameter.because(format!(
        "Attributes did not conform to the schema: {name}: Attribute does not exist in the schema."
    )))
}

fn check(name: &str, value: &str) -> Result<(), Exception> {
    check_name(name)?;
    if name == "email" && !is_email(value) {
        return Err(Kind::InvalidParameter.because("Invalid email address format."));
    }
    Ok(())
}
