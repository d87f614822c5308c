use std::sync::Arc;

use serde_json::{Value, json};

use super::user_of_pool::UserOfPool;
use crate::{
    attributes,
    constraint::ATTRIBUTE_NAME,
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Takes attributes away from a user. Those that the user is known by stay.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    let names = fields.required_strings("UserAttributeNames", &ATTRIBUTE_NAME)?;
    fields.finish()?;

    let (name, now) = (user.name(pool)?, pool.now());
    names.iter().try_for_each(|name| attributes::check_name_of_administrator(name))?;
    let context = Arc::clone(pool);
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            attributes::remove(&context, change, &mut user, &names)?;
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
