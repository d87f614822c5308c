use std::sync::Arc;

use serde_json::{Value, json};

use crate::{bearer::Bearer, constraint::TOKEN, exception::Exception, fields::Fields, pool::Pool};

/// Tells users about themselves.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let user = bearer.user_in(&pool.store.read()?)?;
    Ok(json!({ "UserAttributes": user.attribute_list(), "Username": user.username }))
}
