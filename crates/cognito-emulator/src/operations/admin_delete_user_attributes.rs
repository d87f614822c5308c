use serde_json::{Value, json};

use super::{attributes, user_of_pool::UserOfPool};
use crate::{
    constraint::ATTRIBUTE_NAME,
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Takes attributes away from a user. Those that the user is known by stay.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    let names = fields.required_strings("UserAttributeNames", &ATTRIBUTE_NAME)?;
    fields.finish()?;

    let (name, now) = (user.name(pool)?, pool.now());
    for name in &names {
        if name == "sub" || (name == "email" && pool.settings.signs_in_by_email()) {
            return Err(attributes::unchangeable(name));
        }
        attributes::check_name(name)?;
    }
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            user.attributes.retain(|name, _| !names.contains(name));
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
