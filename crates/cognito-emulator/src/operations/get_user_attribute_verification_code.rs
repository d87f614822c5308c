use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    account::count,
    delivery::{address_code, delivery},
};
use crate::{
    attempts::quota,
    bearer::Bearer,
    constraint::{ATTRIBUTE_NAME, TOKEN},
    exception::{Exception, Kind},
    fields::Fields,
    name::Subject,
    pool::Pool,
    store::Counter,
    user::masked,
};

const QUOTA: (Counter, u32) =
    (Counter::AttributeCodes, quota::GET_USER_ATTRIBUTE_VERIFICATION_CODE);

/// Mails a code that proves the address of a user: a new one that waits for it, or the present one.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    let attribute = fields.required("AttributeName", &ATTRIBUTE_NAME)?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let (context, now) = (Arc::clone(pool), pool.now());
    let (address, code) = pool
        .store
        .write(move |change| {
            let user = bearer.user(change)?;
            check_email(&attribute)?;
            let address = user.pending_email.as_deref().or(user.email()).ok_or_else(|| {
                Kind::InvalidParameter.because("User does not have an email address.")
            })?;
            count(change, &Subject::User(user.sub.clone()), QUOTA, now)?;
            address_code(&context, change, &user.sub, address.to_owned(), now)
        })
        .await?;
    let answer = json!({ "CodeDeliveryDetails": delivery(&masked(&address)) });
    pool.mail(address, code);
    Ok(answer)
}

/// Refuses attributes that cannot be proved here.
pub(super) fn check_email(attribute: &str) -> Result<(), Exception> {
    if attribute == "email" {
        return Ok(());
    }
    Err(Kind::InvalidParameter.because("Invalid attribute name provided."))
}
