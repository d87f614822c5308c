use std::sync::Arc;

use jsonwebtoken::errors::ErrorKind;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{
    exception::{Exception, Kind, disabled, no_such_user},
    login::Login,
    pool::Pool,
    store::{Change, Snapshot},
    tokens::SCOPE,
    user::User,
};

/// Whom a valid access token speaks for. Whether it still may, the store knows: ask for the
/// [`user`](Self::user) in the same read or write that the answer depends on.
pub(crate) struct Bearer {
    sub: String,
    event_id: String,
}

/// The claims that decide. A token of another kind lacks some of them, or has others in their place.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    event_id: String,
    token_use: String,
    #[serde(default)]
    scope: String,
    exp: u64,
}

impl Bearer {
    /// Checks everything about a token that the token itself tells: signature, issuer, kind,
    /// expiry, scope.
    pub(crate) async fn read(pool: &Arc<Pool>, token: &SecretString) -> Result<Self, Exception> {
        let refused = |message: &'static str| Kind::NotAuthorized.because(message);
        let keys = pool.keys().await?;
        // EXPOSE: to verify the signature and read the claims.
        let claims = keys.access.verify::<Claims>(token.expose_secret(), &pool.issuer());
        let claims = claims.map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => refused("Could not verify signature for Access Token"),
            _ => refused("Invalid Access Token"),
        })?;
        if claims.token_use != "access" {
            return Err(refused("Invalid Access Token"));
        }
        if pool.now().seconds() >= claims.exp {
            return Err(refused("Access Token has expired"));
        }
        if !claims.scope.split(' ').any(|scope| scope == SCOPE) {
            return Err(refused("Access Token does not have required scopes"));
        }
        Ok(Self { sub: claims.sub, event_id: claims.event_id })
    }

    /// The user, unless deleted, disabled or signed out by now.
    pub(crate) fn user(&self, change: &Change) -> Result<User, Exception> {
        admit(change.user(&self.sub)?, change.login(&self.sub, &self.event_id)?)
    }

    /// As [`Bearer::user`], where nothing is to be changed.
    pub(crate) fn user_in(&self, state: &Snapshot) -> Result<User, Exception> {
        admit(state.user(&self.sub)?, state.login(&self.sub, &self.event_id)?)
    }
}

fn admit(user: Option<User>, login: Option<Login>) -> Result<User, Exception> {
    let user = user.ok_or_else(no_such_user)?;
    if !user.enabled {
        return Err(disabled());
    }
    if login.is_none_or(|login| login.revoked) {
        return Err(Kind::NotAuthorized.because("Access Token has been revoked"));
    }
    Ok(user)
}
