use std::sync::Arc;

use serde_json::{Value, json};

use super::delivery::delivery;
use crate::{
    attributes,
    bearer::Bearer,
    code::{ATTRIBUTE_LIFETIME, Purpose},
    constraint::TOKEN,
    exception::Exception,
    fields::Fields,
    pool::Pool,
    user::masked,
};

/// Changes attributes of a user; an empty value takes one away. A new address is unproved, and gets
/// a code if the pool verifies addresses.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let given = fields.required_attributes("UserAttributes")?;
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let (given, blank) = attributes::parted(given);
    let (context, now) = (Arc::clone(pool), pool.now());
    let sent = pool
        .store
        .write(move |change| {
            let pool = &context;
            let mut user = bearer.user(change)?;
            let before = user.email().map(str::to_owned);
            let given = attributes::of_user(given)?;
            blank.iter().try_for_each(|name| attributes::check_name_of_user(name))?;
            attributes::remove(pool, change, &mut user, &blank)?;
            attributes::set(pool, change, &mut user, given)?;
            user.modified = now;
            change.put_user(&user)?;
            let address = user
                .email()
                .map(str::to_owned)
                .filter(|new| pool.settings.verifies_email() && before.as_ref() != Some(new));
            let Some(address) = address else { return Ok(None) };
            let (code, stored) = pool.new_code(&user.sub, ATTRIBUTE_LIFETIME, now);
            change.put_code(Purpose::EmailVerification, &user.sub, &stored)?;
            Ok(Some((address, code)))
        })
        .await?;
    let details: Vec<_> = sent.iter().map(|(address, _)| delivery(&masked(address))).collect();
    if let Some((address, code)) = sent {
        pool.mail(address, code);
    }
    Ok(json!({ "CodeDeliveryDetailsList": details }))
}
