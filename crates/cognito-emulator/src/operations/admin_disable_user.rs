use serde_json::{Value, json};

use super::user_of_pool::UserOfPool;
use crate::{
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Keeps a user from signing in, and ends all logins for good.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    fields.finish()?;

    let (name, now) = (user.name(pool)?, pool.now());
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            user.enabled = false;
            change.revoke_logins(&user.sub)?;
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
