use std::sync::Arc;

use serde_json::Value;

use super::user_of_pool::UserOfPool;
use crate::{
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Deletes a user. The answer is empty.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    fields.finish()?;

    let name = user.name(pool)?;
    let context = Arc::clone(pool);
    pool.store
        .write(move |change| {
            let user = change.find(&name)?.ok_or_else(no_such_user)?;
            Ok(change.delete_user(&context.name_of(&user), &user.sub)?)
        })
        .await?;
    Ok(Value::Null)
}
