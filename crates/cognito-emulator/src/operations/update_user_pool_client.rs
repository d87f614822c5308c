use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    app_client_input::{check, settings},
    describe_user_pool_client::described,
};
use crate::{
    constraint::{CLIENT_ID, NAME, USER_POOL_ID},
    exception::{Exception, no_such_client},
    fields::Fields,
    pool::Pool,
    settings::ClientSettings,
};

/// Gives an app client other settings: what the request leaves out has its default again, except
/// the name and whether there is a secret.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    let name = fields.optional("ClientName", &NAME)?;
    let settings = settings(&mut fields)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    pool.check_client(&client_id)?;
    check(&settings)?;
    let now = pool.now();
    let updated = pool
        .store
        .write(move |change| {
            let client = change.client(&client_id)?;
            let mut client = client.ok_or_else(|| no_such_client(&client_id))?;
            client.settings = ClientSettings {
                client_name: name.unwrap_or(client.settings.client_name),
                generate_secret: client.settings.generate_secret,
                ..settings
            };
            client.modified = now;
            change.put_client(&client)?;
            Ok(described(&client))
        })
        .await?;
    Ok(json!({ "UserPoolClient": updated }))
}
