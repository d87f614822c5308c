use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    code::{ATTRIBUTE_LIFETIME, Purpose},
    exception::Exception,
    name::is_email,
    pool::Pool,
    store::Change,
    time::Moment,
    user::masked,
};

/// Mails a code that is durable, if somebody gets one, and gives the answer for `username`, which is
/// the same if nobody does.
pub(super) fn mailed(pool: &Pool, username: &str, sent: Option<(String, SecretString)>) -> Value {
    let address = sent.as_ref().map(|(address, _)| address.as_str());
    let shown = shown_address(pool, username, address);
    if let Some((address, code)) = sent {
        pool.mail(address, code);
    }
    json!({ "CodeDeliveryDetails": delivery(&shown) })
}

/// Where the mail seems to have gone. If the caller named an address, nothing but that address is
/// shown, in their own spelling; if not, a name that gets no mail has an address made up, always
/// the same.
fn shown_address(pool: &Pool, username: &str, address: Option<&str>) -> String {
    if is_email(username) {
        return masked(username);
    }
    address.map_or_else(|| masked(&pool.name(username).made_up_address(pool.digest_key())), masked)
}

/// A code for this address of a user, kept in the place of the one before it. Mail it when it is
/// durable.
pub(super) fn address_code(
    pool: &Pool,
    change: &Change,
    sub: &str,
    address: String,
    now: Moment,
) -> Result<(String, SecretString), Exception> {
    let (code, stored) = pool.new_code(sub, ATTRIBUTE_LIFETIME, now);
    change.put_code(Purpose::EmailVerification, sub, &stored)?;
    Ok((address, code))
}

/// `CodeDeliveryDetails`: where a code went, as far as that is shown.
pub(super) fn delivery(destination: &str) -> Value {
    json!({ "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": destination })
}
