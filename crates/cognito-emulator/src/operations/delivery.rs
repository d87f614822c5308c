use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{name::is_email, pool::Pool, user::masked};

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

/// `CodeDeliveryDetails`: where a code went, as far as that is shown.
pub(super) fn delivery(destination: &str) -> Value {
    json!({ "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": destination })
}
