use serde_json::{Value, json};

use super::put;
use crate::{
    constraint::{CLIENT_ID, USER_POOL_ID},
    exception::{Exception, no_such_client},
    fields::Fields,
    pool::Pool,
    record::ClientRecord,
};

/// Shows the settings of the app client that this emulator honours, and its original secret.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let client = pool.store.read()?.client(&client_id)?;
    let client = client.ok_or_else(|| no_such_client(&client_id))?;
    Ok(json!({ "UserPoolClient": described(&client) }))
}

/// `UserPoolClientType`.
pub(super) fn described(record: &ClientRecord) -> Value {
    let client = &record.settings;
    let units = &client.token_validity_units;
    let mut described = json!({
        "AccessTokenValidity": client.access_token_validity.unwrap_or(1),
        "AllowedOAuthFlowsUserPoolClient": false,
        "AuthSessionValidity": client.auth_session_validity,
        "ClientId": record.id,
        "ClientName": client.client_name,
        "CreationDate": record.created.fractional_seconds(),
        "EnablePropagateAdditionalUserContextData":
            client.enable_propagate_additional_user_context_data,
        "EnableTokenRevocation": client.enable_token_revocation,
        "ExplicitAuthFlows": client.explicit_auth_flows,
        "IdTokenValidity": client.id_token_validity.unwrap_or(1),
        "LastModifiedDate": record.modified.fractional_seconds(),
        "PreventUserExistenceErrors": client.prevent_user_existence_errors,
        "RefreshTokenRotation": client.refresh_token_rotation,
        "RefreshTokenValidity": client.refresh_token_validity.unwrap_or(30),
        "TokenValidityUnits": units,
        "UserPoolId": record.pool_id,
    });
    // A secret that was added later never takes its place, also not after it was deleted.
    if let Some(original) = record.original_secret() {
        put(&mut described, "ClientSecret", original.value.as_str());
    }
    described
}
