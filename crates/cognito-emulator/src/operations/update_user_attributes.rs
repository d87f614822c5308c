use std::sync::Arc;

use serde_json::{Value, json};

use super::delivery::{address_code, delivery};
use crate::{
    attributes, bearer::Bearer, constraint::TOKEN, exception::Exception, fields::Fields,
    pool::Pool, user::masked,
};

/// Changes attributes of a user; an empty value takes one away. A new address gets a code if the pool
/// verifies addresses. It is the user's at once and unproved, or once the code proves it, as the pool
/// wants.
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
            let pending = attributes::set(pool, change, &mut user, given)?;
            user.modified = now;
            change.put_user(&user)?;
            let changed = user.email().filter(|new| before.as_deref() != Some(new));
            let unproved = changed.filter(|_| pool.settings.verifies_email()).map(str::to_owned);
            let address = pending.or(unproved);
            address.map(|address| address_code(pool, change, &user.sub, address, now)).transpose()
        })
        .await?;
    let details: Vec<_> = sent.iter().map(|(address, _)| delivery(&masked(address))).collect();
    if let Some((address, code)) = sent {
        pool.mail(address, code);
    }
    Ok(json!({ "CodeDeliveryDetailsList": details }))
}
