use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{list_user_pool_client_secrets::descriptor, put};
use crate::{
    constraint::{CLIENT_ID, CLIENT_SECRET, USER_POOL_ID},
    exception::{Exception, Kind, no_such_client},
    fields::Fields,
    ids,
    pool::{Pool, rng},
};

/// How many secrets a client may have at once.
const MOST: usize = 2;

/// Gives an app client a second secret. Its value is told once, and only if the caller did not
/// bring it.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    let given: Option<SecretString> =
        fields.optional("ClientSecret", &CLIENT_SECRET)?.map(Into::into);
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    pool.check_client(&client_id)?;
    let now = pool.now();
    let described = pool
        .store
        .write(move |change| {
            let client = change.client(&client_id)?;
            let mut client = client.ok_or_else(|| no_such_client(&client_id))?;
            if !client.settings.generate_secret {
                return Err(Kind::InvalidParameter
                    .because(format!("Client {client_id} is not configured with a secret.")));
            }
            if client.secrets.len() >= MOST {
                return Err(Kind::LimitExceeded
                    .because(format!("Client {client_id} already has {MOST} secrets.")));
            }
            // EXPOSE: a secret is kept readable, since hashes are made with it.
            let brought = given.as_ref().map(|given| given.expose_secret().to_owned());
            let value = brought.unwrap_or_else(|| ids::client_secret(&mut rng()));
            let secret = client.add_secret(value, now);
            let mut described = descriptor(secret);
            if given.is_none() {
                put(&mut described, "ClientSecretValue", secret.value.as_str());
            }
            change.put_client(&client)?;
            Ok(described)
        })
        .await?;
    Ok(json!({ "ClientSecretDescriptor": described }))
}
