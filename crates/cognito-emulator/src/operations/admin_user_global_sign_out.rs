use serde_json::{Value, json};

use super::user_of_pool::UserOfPool;
use crate::{
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Ends all logins of a user.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    fields.finish()?;

    let name = user.name(pool)?;
    pool.store
        .write(move |change| {
            let user = change.find(&name)?.ok_or_else(no_such_user)?;
            Ok(change.revoke_logins(&user.sub)?)
        })
        .await?;
    Ok(json!({}))
}
