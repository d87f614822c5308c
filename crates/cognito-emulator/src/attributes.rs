use std::collections::BTreeMap;

use crate::{
    exception::{Exception, Kind},
    fields::Attributes,
    name::is_email,
};

/// The attributes that OpenID Connect Core 1.0 (section 5.1) has and that a user may give, which
/// every pool knows.
const STANDARD: [&str; 17] = [
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

/// The attributes that users may set for themselves, unless there is another one among them.
pub(crate) fn permitted(attributes: Attributes) -> Result<BTreeMap<String, String>, Exception> {
    for (name, value) in &attributes {
        check_name(name)?;
        if name == "email" && !value.is_empty() && !is_email(value) {
            return Err(Kind::InvalidParameter.because("Invalid email address format."));
        }
    }
    Ok(attributes.into_iter().collect())
}

/// Refuses an attribute that this pool does not have, or that is not for users to write.
pub(crate) fn check_name(name: &str) -> Result<(), Exception> {
    if matches!(name, "sub" | "email_verified" | "phone_number_verified") {
        return Err(
            Kind::NotAuthorized.because("A client attempted to write unauthorized attribute")
        );
    }
    if STANDARD.contains(&name) {
        return Ok(());
    }
    Err(Kind::InvalidParameter.because(format!(
        "Attributes did not conform to the schema: {name}: Attribute does not exist in the schema."
    )))
}
