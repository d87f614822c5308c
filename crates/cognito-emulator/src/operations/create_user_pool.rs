use serde_json::{Value, json};

use super::{
    describe_user_pool::described,
    user_pool_input::{NotEmulated, check, schema, settings, verified_attributes},
};
use crate::{
    constraint::NAME,
    exception::{Exception, Kind},
    fields::Fields,
    pool::{Pool, rng},
    record::PoolRecord,
    settings::{MfaConfiguration, PoolSettings, UsernameConfiguration},
};

/// Makes a pool.
pub(super) async fn run(pool: &Pool, fields: Fields) -> Result<Value, Exception> {
    let settings = read(fields)?;
    if settings.mfa_configuration != MfaConfiguration::Off {
        return Err(needs_sms());
    }
    let region = &pool.region;
    let record = PoolRecord::new(&region.name, settings, pool.now(), &mut rng());
    let described = described(&record, &region.name, 0);
    region.add(record).await?;
    Ok(json!({ "UserPool": described }))
}

fn read(mut fields: Fields) -> Result<PoolSettings, Exception> {
    let mut refused = NotEmulated::default();
    let name = fields.required("PoolName", &NAME)?;
    let settings = PoolSettings {
        user_pool_name: name,
        username_attributes: verified_attributes(&mut fields, "UsernameAttributes")?,
        username_configuration: fields
            .structure("UsernameConfiguration", |fields| {
                let case_sensitive = fields.boolean("CaseSensitive")?.unwrap_or_default();
                Ok(UsernameConfiguration { case_sensitive })
            })?
            .unwrap_or_default(),
        ..settings(&mut fields, &mut refused)?
    };
    refused.note(&mut fields, "AliasAttributes");
    let email_required = schema(&mut fields, &settings, &mut refused)?;
    let settings = PoolSettings { email_required, ..settings };
    fields.finish()?;
    refused.refuse()?;
    check(&settings)?;
    Ok(settings)
}

/// A second factor is asked for, and the only one that can be had when a pool is created is SMS.
pub(super) fn needs_sms() -> Exception {
    Kind::InvalidParameter.because(
        "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
    )
}
