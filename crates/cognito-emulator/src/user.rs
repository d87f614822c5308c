use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{code::StoredCode, time::Moment};

/// A user as stored: one JSON record. It has no `Debug`, since it holds the hash of a password.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct User {
    /// Never changes, never comes again.
    pub(crate) sub: String,
    /// A new address that replaces the present one once a code proves it. Until then it is nobody's.
    pub(crate) pending_email: Option<String>,
    /// The name given at sign-up; in a pool that signs in by e-mail, the `sub`.
    pub(crate) username: String,
    /// All attributes but `sub`.
    pub(crate) attributes: BTreeMap<String, String>,
    /// In the PHC string format.
    pub(crate) password_hash: String,
    pub(crate) status: UserStatus,
    pub(crate) enabled: bool,
    pub(crate) created: Moment,
    pub(crate) modified: Moment,
    /// The newest code, until it is used.
    pub(crate) sign_up_code: Option<StoredCode>,
    /// When a password that an administrator set stops to work; nothing if it is the user's own.
    pub(crate) temporary_password_expires: Option<Moment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UserStatus {
    Unconfirmed,
    Confirmed,
    /// Has a temporary password, which the first sign-in must replace.
    ForceChangePassword,
    /// Must set a new password by a mailed code.
    ResetRequired,
}

impl UserStatus {
    /// The status on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "UNCONFIRMED",
            Self::Confirmed => "CONFIRMED",
            Self::ForceChangePassword => "FORCE_CHANGE_PASSWORD",
            Self::ResetRequired => "RESET_REQUIRED",
        }
    }
}

impl User {
    /// An attribute by name, `sub` included.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        if name == "sub" { Some(&self.sub) } else { self.attributes.get(name).map(String::as_str) }
    }

    /// Where mail goes.
    pub(crate) fn email(&self) -> Option<&str> {
        self.attribute("email")
    }

    /// Whether somebody proved the address, or an administrator says so.
    pub(crate) fn has_verified_email(&self) -> bool {
        self.attribute("email_verified").is_some_and(is_true)
    }

    /// The attributes as `AttributeListType`, in order of their names.
    pub(crate) fn attribute_list(&self) -> Vec<Value> {
        let mut all: BTreeMap<&str, &str> =
            self.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.insert("sub", &self.sub);
        all.into_iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
    }
}

/// Whether a flag is set, which AWS takes in any case.
pub(crate) fn is_true(flag: &str) -> bool {
    flag.eq_ignore_ascii_case("true")
}

/// A mail address with all but its first letters hidden, as AWS shows where a code went.
pub(crate) fn masked(address: &str) -> String {
    let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    format!("{}***@{}***", first(local), first(domain))
}
