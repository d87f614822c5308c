use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::put;
use crate::{
    exception::Exception,
    login::Login,
    pool::{Pool, rng},
    tokens::Claims,
    user::User,
};

/// `AuthenticationResult`: new tokens for a login, and the refresh token if there is a new one.
/// Call it when the login is durable.
pub(super) async fn authentication_result(
    pool: &Arc<Pool>,
    user: &User,
    login: &Login,
    refresh_token: Option<SecretString>,
) -> Result<Value, Exception> {
    let claims = Claims::new(user, login, &pool.issuer(), &pool.client, pool.now(), &mut rng());
    let keys = pool.keys().await?;
    let (access_token, id_token) = spawn_blocking(move || claims.sign(&keys)).await??;
    let mut result = json!({
        "AccessToken": access_token,
        "ExpiresIn": pool.client.access_token_lifetime().as_secs(),
        "IdToken": id_token,
        "TokenType": "Bearer",
    });
    if let Some(token) = refresh_token {
        // EXPOSE: the caller is who it is for.
        put(&mut result, "RefreshToken", token.expose_secret());
    }
    Ok(result)
}
