use serde_json::{Value, json};

use crate::{
    constraint::{CLIENT_ID, PAGINATION_TOKEN, USER_POOL_ID},
    exception::{Exception, no_such_client},
    fields::Fields,
    pool::Pool,
    record::ClientSecret,
};

/// Lists the secrets of an app client, but not their values. There are never enough for a second
/// page.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    fields.optional("NextToken", &PAGINATION_TOKEN)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let client = pool.store.read()?.client(&client_id)?;
    let client = client.ok_or_else(|| no_such_client(&client_id))?;
    let secrets: Vec<_> = client.active_secrets().iter().map(descriptor).collect();
    Ok(json!({ "ClientSecrets": secrets }))
}

/// `ClientSecretDescriptorType`, without the value.
pub(super) fn descriptor(secret: &ClientSecret) -> Value {
    json!({
        "ClientSecretCreateDate": secret.created.fractional_seconds(),
        "ClientSecretId": secret.id,
    })
}
