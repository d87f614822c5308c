//! The documents below `/<pool id>/.well-known/`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    exception::{Exception, Kind},
    pool::Pool,
};

/// The document at this path, if documents live at such a path.
pub(crate) async fn document(pool: &Arc<Pool>, path: &str) -> Option<Result<Value, Exception>> {
    let (pool_id, file) = path.strip_prefix('/')?.split_once("/.well-known/")?;
    match file {
        "jwks.json" | "openid-configuration" if pool_id != pool.id => Some(Err(
            Kind::ResourceNotFound.because(format!("User pool {pool_id} does not exist.")),
        )),
        "jwks.json" => Some(pool.keys().await.map(|keys| keys.jwks())),
        "openid-configuration" => Some(Ok(configuration(&pool.issuer()))),
        _ => None,
    }
}

/// `OpenID` Connect Discovery 1.0 as AWS has it for a pool without a domain: the endpoints are
/// named, but not there.
fn configuration(issuer: &str) -> Value {
    json!({
        "authorization_endpoint": format!("{issuer}/authorize"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": format!("{issuer}/revoke"),
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": format!("{issuer}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": format!("{issuer}/userInfo"),
    })
}
