use serde_json::{Value, json};

use super::put;
use crate::{
    constraint::USER_POOL_ID,
    exception::Exception,
    fields::Fields,
    pool::Pool,
    settings::{Mfa, PoolSettings},
};

/// Tells which second factors there are and who must have one.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    Ok(described(&pool.settings))
}

/// The output, also that of `SetUserPoolMfaConfig`. A factor that is off is left out.
pub(super) fn described(settings: &PoolSettings) -> Value {
    let mut described = json!({ "MfaConfiguration": settings.mfa_configuration });
    if settings.enabled_mfas.contains(&Mfa::SoftwareToken) {
        put(&mut described, "SoftwareTokenMfaConfiguration", json!({ "Enabled": true }));
    }
    described
}
