use std::sync::Arc;

use serde_json::Value;

use super::{get_user_pool_mfa_config::described, user_pool_input::NotEmulated};
use crate::{
    constraint::USER_POOL_ID,
    exception::{Exception, Kind, no_such_pool},
    fields::Fields,
    pool::Pool,
    settings::{Mfa, MfaConfiguration},
};

/// Sets which second factors there are and who must have one. What is absent is off.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let mut refused = NotEmulated::default();
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let software_token = fields
        .structure("SoftwareTokenMfaConfiguration", |fields| fields.boolean("Enabled"))?
        .flatten()
        .unwrap_or_default();
    let mfa: MfaConfiguration =
        fields.choice("MfaConfiguration", &["OFF", "ON", "OPTIONAL"])?.unwrap_or_default();
    refused.note(&mut fields, "SmsMfaConfiguration");
    refused.note(&mut fields, "EmailMfaConfiguration");
    refused.note(&mut fields, "WebAuthnConfiguration");
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    refused.refuse()?;
    let fault = match (mfa, software_token) {
        (MfaConfiguration::Off, true) => Some("turn off MFA and configure an MFA together."),
        (MfaConfiguration::On | MfaConfiguration::Optional, false) => {
            Some("disable all MFAs with a required or optional configuration.")
        }
        (MfaConfiguration::Off, false)
        | (MfaConfiguration::On | MfaConfiguration::Optional, true) => None,
    };
    if let Some(fault) = fault {
        let message = format!("Invalid MFA configuration given, can't {fault}");
        return Err(Kind::InvalidParameter.because(message));
    }
    let now = pool.now();
    pool.store
        .write(move |change| {
            let mut record = change.pool()?.ok_or_else(|| no_such_pool(&pool_id))?;
            record.settings.mfa_configuration = mfa;
            record.settings.enabled_mfas =
                software_token.then_some(Mfa::SoftwareToken).into_iter().collect();
            record.modified = now;
            change.put_pool(&record)?;
            Ok(described(&record.settings))
        })
        .await
}
