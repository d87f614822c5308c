//! The two operations that make new tokens of a refresh token: one that rotates them, and the older
//! flow of `InitiateAuth`.

use std::{collections::BTreeMap, sync::Arc};

use secrecy::SecretString;
use serde_json::{Value, json};

use super::authentication_result::authentication_result;
use crate::{
    exception::{Exception, Kind},
    pool::{Pool, rng},
    tokens::{refresh_token, token_digest},
};

/// New tokens, and a new refresh token if the client rotates them.
pub(super) async fn rotated(pool: &Arc<Pool>, token: &SecretString) -> Result<Value, Exception> {
    let digest = token_digest(token);
    if pool.client.refresh_token_rotation.grace().is_none() {
        let (user, login) = pool.store.read()?.presented(&digest)?.admit(
            &pool.client_id,
            &pool.client.refresh_token_rotation,
            pool.now(),
        )?;
        return authentication_result(pool, &user, &login, None).await;
    }
    // Made before they are promised.
    pool.keys().await?;
    let (context, now) = (Arc::clone(pool), pool.now());
    let (user, login, next) = pool
        .store
        .write(move |change| {
            let (user, login) = change.presented(&digest)?.admit(
                &context.client_id,
                &context.client.refresh_token_rotation,
                now,
            )?;
            let next = refresh_token(&mut rng());
            change.replace_refresh_token(&digest, &login, now)?;
            change.add_refresh_token(&token_digest(&next), &login)?;
            Ok((user, login, next))
        })
        .await?;
    authentication_result(pool, &user, &login, Some(next)).await
}

/// The flow `REFRESH_TOKEN_AUTH`. The secret hash is over the name that the user has within the
/// pool, which in a pool that signs in by e-mail is the `sub`.
pub(super) async fn by_flow(
    pool: &Arc<Pool>,
    token: &SecretString,
    parameters: &BTreeMap<String, SecretString>,
) -> Result<Value, Exception> {
    let presented = pool.store.read()?.presented(&token_digest(token))?;
    let (user, login) =
        presented.admit(&pool.client_id, &pool.client.refresh_token_rotation, pool.now())?;
    let sent = parameters.get("SECRET_HASH");
    pool.check_secret_hash(&user.username, sent).map_err(|refusal| {
        let id = &pool.client_id;
        let mismatch = || {
            Kind::NotAuthorized.because(format!("SecretHash does not match for the client: {id}"))
        };
        sent.map_or(refusal, |_| mismatch())
    })?;
    let result = authentication_result(pool, &user, &login, None).await?;
    Ok(json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
}
