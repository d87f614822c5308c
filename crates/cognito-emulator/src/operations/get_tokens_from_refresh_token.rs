use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::refresh;
use crate::{
    constraint::{CLIENT_ID, CLIENT_SECRET, DEVICE_KEY, TOKEN},
    exception::Exception,
    fields::Fields,
    pool::Pool,
};

/// Makes new tokens of a refresh token.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("RefreshToken", &TOKEN)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    let secret = fields.optional("ClientSecret", &CLIENT_SECRET)?.map(SecretString::from);
    fields.optional("DeviceKey", &DEVICE_KEY)?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    pool.check_client(&client_id)?;
    pool.check_client_secret(secret.as_ref())?;
    Ok(json!({ "AuthenticationResult": refresh::rotated(pool, &token).await? }))
}
