use serde_json::Value;

use crate::{
    constraint::{CLIENT_ID, USER_POOL_ID},
    exception::{Exception, no_such_client},
    fields::Fields,
    pool::Pool,
};

/// Deletes an app client. Access tokens that it got go on working. The answer is empty.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    pool.check_client(&client_id)?;
    pool.store
        .write(move |change| {
            change.client(&client_id)?.ok_or_else(|| no_such_client(&client_id))?;
            Ok(change.delete_client(&client_id)?)
        })
        .await?;
    Ok(Value::Null)
}
