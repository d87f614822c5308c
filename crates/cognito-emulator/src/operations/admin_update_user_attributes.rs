use std::sync::Arc;

use serde_json::{Value, json};

use super::user_of_pool::UserOfPool;
use crate::{
    attributes,
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Gives a user other attributes; an empty value takes one away. A new address that is not said to be
/// verified is not. In a pool that signs in by address the user does so by the new one.
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
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            attributes::remove(&context, change, &mut user, &blank)?;
            attributes::set(&context, change, &mut user, given)?;
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
