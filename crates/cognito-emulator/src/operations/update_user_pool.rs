use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    create_user_pool::needs_sms,
    user_pool_input::{NotEmulated, check, settings},
};
use crate::{
    constraint::{NAME, USER_POOL_ID},
    exception::{Exception, no_such_pool},
    fields::Fields,
    pool::Pool,
    settings::{Mfa, MfaConfiguration, PoolSettings},
};

/// Gives a pool other settings: what the request leaves out has its default again, except what
/// cannot change, the name, and `UserAttributeUpdateSettings`. AWS keeps the last, and so refuses a
/// request without `AutoVerifiedAttributes` (ekristen/aws-nuke issue 477).
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let mut refused = NotEmulated::default();
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let name = fields.optional("PoolName", &NAME)?;
    let new = settings(&mut fields, &mut refused)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    refused.refuse()?;
    let now = pool.now();
    pool.store
        .write(move |change| {
            let mut record = change.pool()?.ok_or_else(|| no_such_pool(&pool_id))?;
            let old = record.settings;
            let mfa = new.mfa_configuration != MfaConfiguration::Off;
            if mfa && !old.enabled_mfas.contains(&Mfa::SoftwareToken) {
                return Err(needs_sms());
            }
            let kept = old.user_attribute_update_settings;
            record.settings = PoolSettings {
                user_attribute_update_settings: new.user_attribute_update_settings.or(kept),
                user_pool_name: name.unwrap_or(old.user_pool_name),
                username_attributes: old.username_attributes,
                username_configuration: old.username_configuration,
                email_required: old.email_required,
                enabled_mfas: if mfa { old.enabled_mfas } else { Vec::new() },
                ..new
            };
            check(&record.settings)?;
            record.modified = now;
            Ok(change.put_pool(&record)?)
        })
        .await?;
    Ok(json!({}))
}
