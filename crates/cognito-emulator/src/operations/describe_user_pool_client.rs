use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    constraint::{CLIENT_ID, USER_POOL_ID},
    exception::Exception,
    fields::Fields,
    pool::Pool,
};

/// Tells the settings of the app client that this emulator honours, and its secret.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    pool.check_client(&client_id)?;
    let client = &pool.client;
    let units = &client.token_validity_units;
    let mut described = json!({
        "AccessTokenValidity": client.access_token_validity.unwrap_or(1),
        "AllowedOAuthFlowsUserPoolClient": false,
        "AuthSessionValidity": client.auth_session_validity,
        "ClientId": pool.client_id,
        "ClientName": client.client_name,
        "CreationDate": pool.created.fractional_seconds(),
        "EnableTokenRevocation": client.enable_token_revocation,
        "ExplicitAuthFlows": client.explicit_auth_flows,
        "IdTokenValidity": client.id_token_validity.unwrap_or(1),
        "LastModifiedDate": pool.opened.fractional_seconds(),
        "PreventUserExistenceErrors": client.prevent_user_existence_errors,
        "RefreshTokenRotation": client.refresh_token_rotation,
        "RefreshTokenValidity": client.refresh_token_validity.unwrap_or(30),
        "TokenValidityUnits": units,
        "UserPoolId": pool.id,
    });
    if let (true, Some(described)) = (client.generate_secret, described.as_object_mut()) {
        // EXPOSE: the caller signed as an administrator; on AWS too this is where the secret is
        // read.
        described.insert("ClientSecret".to_owned(), pool.client_secret.expose_secret().into());
    }
    Ok(json!({ "UserPoolClient": described }))
}
