use serde_json::Value;

use crate::{
    constraint::USER_POOL_ID,
    exception::{Exception, Kind, no_such_pool},
    fields::Fields,
    pool::Pool,
    settings::DeletionProtection,
};

/// Deletes a pool with its clients and users. The answer is empty.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    pool.store
        .write(move |change| {
            let record = change.pool()?.ok_or_else(|| no_such_pool(&pool_id))?;
            if record.settings.deletion_protection == DeletionProtection::Active {
                return Err(Kind::InvalidParameter.because(
                    "The user pool cannot be deleted because deletion protection is activated. \
                     Deletion protection must be inactivated first.",
                ));
            }
            Ok(change.delete_pool()?)
        })
        .await?;
    pool.region.forget_keys_of(&pool.id);
    Ok(Value::Null)
}
