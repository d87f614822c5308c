use std::sync::Arc;

use jsonwebtoken::decode_header;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{
    constraint::{CLIENT_ID, CLIENT_SECRET, TOKEN},
    exception::{Exception, Kind},
    fields::Fields,
    login::Login,
    pool::Pool,
    tokens::token_digest,
};

/// Ends the login of a refresh token, whichever of its refresh tokens that is. A token that is
/// unknown, or whose login has ended, is as good as revoked (RFC 7009, section 2.2).
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("Token", &TOKEN)?;
    let client_id = fields.required("ClientId", &CLIENT_ID)?;
    let secret = fields.optional("ClientSecret", &CLIENT_SECRET)?.map(SecretString::from);
    fields.finish()?;

    if client_id != pool.client_id || !pool.is_client_secret(secret.as_ref()) {
        return Err(Kind::Unauthorized.because("Invalid client or secret"));
    }
    if !pool.client.enable_token_revocation {
        return Err(
            Kind::UnsupportedOperation.because("Token revocation is not enabled for this client")
        );
    }
    if is_signed(&token) {
        return Err(Kind::UnsupportedTokenType.because("Unsupported token type"));
    }
    let digest = token_digest(&token);
    pool.store
        .write(move |change| {
            let Some(token) = change.refresh_token(&digest)? else { return Ok(()) };
            match change.login(&token.sub, &token.event_id)? {
                Some(login) if login.client_id == client_id => {
                    Ok(change.put_login(&Login { revoked: true, ..login })?)
                }
                Some(_) | None => Ok(()),
            }
        })
        .await?;
    Ok(json!({}))
}

/// Whether it is an access token or an ID token: these have three parts, and a header that names a
/// signature.
fn is_signed(token: &SecretString) -> bool {
    // EXPOSE: only to see what kind of token it is.
    let token = token.expose_secret();
    token.split('.').count() == 3 && decode_header(token).is_ok()
}
