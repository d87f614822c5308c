use std::sync::Arc;

use serde_json::{Value, json};

use crate::{bearer::Bearer, constraint::TOKEN, exception::Exception, fields::Fields, pool::Pool};

/// Ends all logins of a user.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    pool.store
        .write(move |change| {
            let user = bearer.user(change)?;
            Ok(change.revoke_logins(&user.sub)?)
        })
        .await?;
    Ok(json!({}))
}
