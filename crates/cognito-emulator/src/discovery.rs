//! The documents below `/<pool id>/.well-known/`.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, header::HOST, uri::Authority};
use serde_json::{Value, json};

use crate::{
    exception::{Exception, no_such_pool},
    pools::Pools,
};

/// The document that a request is for, if documents live at such a path.
pub(crate) async fn document(
    pools: &Arc<Pools>,
    request: &Request<Bytes>,
) -> Option<Result<Value, Exception>> {
    let (pool_id, file) = request.uri().path().strip_prefix('/')?.split_once("/.well-known/")?;
    match file {
        "jwks.json" => Some(key_set(pools, pool_id).await),
        "openid-configuration" => {
            let pool = pools
                .pool(pool_id, None)
                .and_then(|pool| pool.ok_or_else(|| no_such_pool(pool_id)));
            Some(pool.map(|pool| {
                let issuer = pool.issuer();
                let keys_at = endpoint(request).map(|endpoint| format!("{endpoint}/{pool_id}"));
                configuration(&issuer, &keys_at.unwrap_or_else(|| issuer.clone()))
            }))
        }
        _ => None,
    }
}

async fn key_set(pools: &Arc<Pools>, pool_id: &str) -> Result<Value, Exception> {
    let pool = pools.pool(pool_id, None)?.ok_or_else(|| no_such_pool(pool_id))?;
    Ok(pool.keys().await?.jwks())
}

/// Where the caller reached this endpoint, as they call it.
fn endpoint(request: &Request<Bytes>) -> Option<String> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().authority().map(Authority::as_str))?;
    Some(format!("http://{host}"))
}

/// `OpenID` Connect Discovery 1.0 as AWS has it for a pool without a domain: the endpoints are
/// named, but not there. The keys are where the caller found this document; the issuer is that of the
/// tokens.
fn configuration(issuer: &str, keys_at: &str) -> Value {
    json!({
        "authorization_endpoint": format!("{issuer}/authorize"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer,
        "jwks_uri": format!("{keys_at}/.well-known/jwks.json"),
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": format!("{issuer}/revoke"),
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": format!("{issuer}/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": format!("{issuer}/userInfo"),
    })
}
