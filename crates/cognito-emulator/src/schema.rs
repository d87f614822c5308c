//! The schema of attributes that every pool has, as AWS describes it.

use serde_json::{Value, json};

/// The standard attributes in the order of AWS.
const NAMES: [&str; 20] = [
    "sub",
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "preferred_username",
    "profile",
    "picture",
    "website",
    "email",
    "email_verified",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "phone_number",
    "phone_number_verified",
    "address",
    "updated_at",
];

/// `SchemaAttributes` of a pool.
pub(crate) fn attributes(email_required: bool) -> Value {
    let required = |name: &str| name == "sub" || (name == "email" && email_required);
    NAMES.iter().map(|name| attribute(name, required(name))).collect()
}

/// The constraints of a standard attribute, and the member of `SchemaAttributeType` that has them.
pub(crate) fn constraints(name: &str) -> Option<(&'static str, Value)> {
    let lengths = |least, most| {
        ("StringAttributeConstraints", json!({ "MaxLength": most, "MinLength": least }))
    };
    match name {
        "email_verified" | "phone_number_verified" => None,
        "updated_at" => Some(("NumberAttributeConstraints", json!({ "MinValue": "0" }))),
        "birthdate" => Some(lengths("10", "10")),
        "sub" => Some(lengths("1", "2048")),
        _ => Some(lengths("0", "2048")),
    }
}

/// `SchemaAttributeType` of a standard attribute.
fn attribute(name: &str, required: bool) -> Value {
    let mut attribute = json!({
        "AttributeDataType": data_type(name),
        "DeveloperOnlyAttribute": false,
        "Mutable": name != "sub",
        "Name": name,
        "Required": required,
    });
    if let (Some((member, constraints)), Some(members)) =
        (constraints(name), attribute.as_object_mut())
    {
        members.insert(member.to_owned(), constraints);
    }
    attribute
}

fn data_type(name: &str) -> &'static str {
    match name {
        "email_verified" | "phone_number_verified" => "Boolean",
        "updated_at" => "Number",
        _ => "String",
    }
}
