use std::sync::Arc;

use serde_json::Value;

use crate::{bearer::Bearer, constraint::TOKEN, exception::Exception, fields::Fields, pool::Pool};

/// Deletes a user with everything that is kept of them.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let context = Arc::clone(pool);
    pool.store
        .write(move |change| {
            let user = bearer.user(change)?;
            Ok(change.delete_user(&context.name_of(&user), &user.sub)?)
        })
        .await?;
    Ok(Value::Null)
}
