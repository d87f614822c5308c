use serde_json::{Value, json};

use super::user_of_pool::UserOfPool;
use crate::{
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Takes a user's software token off, verified or not, with the preference for it. A user without one
/// is left as they are.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    fields.finish()?;

    let name = user.name(pool)?;
    pool.store
        .write(move |change| {
            let user = change.find(&name)?.ok_or_else(no_such_user)?;
            Ok(change.delete_software_token(&user.sub)?)
        })
        .await?;
    Ok(json!({}))
}
