use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    constraint::{CLIENT_ID, CLIENT_SECRET_ID, USER_POOL_ID},
    exception::{Exception, Kind, no_such_client},
    fields::Fields,
    pool::Pool,
};

/// Deletes a secret of an app client, unless it is the last one.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    let secret_id = fields.required("ClientSecretId", &CLIENT_SECRET_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    pool.check_client(&client_id)?;
    pool.store
        .write(move |change| {
            let client = change.client(&client_id)?;
            let mut client = client.ok_or_else(|| no_such_client(&client_id))?;
            if !client.active_secrets().iter().any(|secret| secret.id == secret_id) {
                return Err(Kind::ResourceNotFound
                    .because(format!("Client secret {secret_id} does not exist.")));
            }
            if client.secrets.len() == 1 {
                return Err(Kind::InvalidParameter
                    .because("The last secret of a client cannot be deleted."));
            }
            client.secrets.retain(|secret| secret.id != secret_id);
            Ok(change.put_client(&client)?)
        })
        .await?;
    Ok(json!({}))
}
