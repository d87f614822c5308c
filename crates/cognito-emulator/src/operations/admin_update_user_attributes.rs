use std::sync::Arc;

use serde_json::{Value, json};

use super::{delivery::address_code, user_of_pool::UserOfPool};
use crate::{
    attributes,
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Gives a user other attributes; an empty value takes one away. A new address that is not said to be
/// verified is not, or waits for a code if the pool wants so. In a pool that signs in by address the
/// user does so by the new one.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    let given = fields.required_attributes("UserAttributes")?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    let (name, now) = (user.name(pool)?, pool.now());
    let (given, blank) = attributes::parted(given);
    let given = attributes::of_administrator(given)?;
    blank.iter().try_for_each(|name| attributes::check_name_of_administrator(name))?;
    let context = Arc::clone(pool);
    let sent = pool
        .store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            attributes::remove(&context, change, &mut user, &blank)?;
            let pending = attributes::set(&context, change, &mut user, given)?;
            user.modified = now;
            change.put_user(&user)?;
            pending
                .map(|address| address_code(&context, change, &user.sub, address, now))
                .transpose()
        })
        .await?;
    if let Some((address, code)) = sent {
        pool.mail(address, code);
    }
    Ok(json!({}))
}
