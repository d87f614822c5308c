use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{
    app_client_input::{check, settings},
    describe_user_pool_client::described,
};
use crate::{
    constraint::{CLIENT_SECRET, NAME, USER_POOL_ID},
    exception::Exception,
    fields::Fields,
    ids,
    pool::{Pool, rng},
    record::ClientRecord,
    settings::ClientSettings,
};

/// Makes an app client of a pool; with a secret if the caller gives one or asks for one.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let name = fields.required("ClientName", &NAME)?;
    let generate = fields.boolean("GenerateSecret")?.unwrap_or_default();
    let given: Option<SecretString> =
        fields.optional("ClientSecret", &CLIENT_SECRET)?.map(Into::into);
    let settings = settings(&mut fields)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    check(&settings)?;
    let settings = ClientSettings {
        client_name: name,
        generate_secret: generate || given.is_some(),
        ..settings
    };
    let (now, rng) = (pool.now(), &mut rng());
    // EXPOSE: a secret is kept readable, since hashes are made with it.
    let given = given.map(|given| given.expose_secret().to_owned());
    let secret = settings.generate_secret.then(|| given.unwrap_or_else(|| ids::client_secret(rng)));
    let client = ClientRecord::new(&pool.id, settings, secret, now, rng);
    let described = described(&client);
    pool.store.write(move |change| Ok(change.put_client(&client)?)).await?;
    Ok(json!({ "UserPoolClient": described }))
}
