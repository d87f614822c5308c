use std::time::Duration;

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::{
    exception::{Exception, Kind, disabled},
    ids,
    settings::RefreshTokenRotation,
    time::Moment,
    user::User,
};

/// How long a login is remembered after its refresh tokens expired: as long as an access token can
/// be valid, since one may come from the last moment.
pub(crate) const REMEMBERED: Duration = Duration::from_hours(24);

/// What all tokens of one login share, also those it will be refreshed into.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) sub: String,
    pub(crate) client_id: String,
    pub(crate) origin_jti: String,
    /// In every token, and what the login is filed under.
    pub(crate) event_id: String,
    pub(crate) auth_time: Moment,
    /// When its refresh tokens stop to work. Rotation does not move it.
    pub(crate) expires: Moment,
    pub(crate) revoked: bool,
}

/// What is kept of a refresh token, apart from its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuedToken {
    pub(crate) sub: String,
    pub(crate) event_id: String,
    /// When it was first exchanged for another one.
    pub(crate) replaced: Option<Moment>,
}

impl IssuedToken {
    /// Whether it still works: a token that was exchanged does for the grace that began then, whatever
    /// became of its successors.
    fn works(&self, grace: Duration, now: Moment) -> bool {
        self.replaced.is_none_or(|replaced| now < replaced.after(grace))
    }
}

/// What the store knows of a refresh token that somebody presents.
#[derive(Default)]
pub(crate) struct Presented {
    pub(crate) token: Option<IssuedToken>,
    pub(crate) login: Option<Login>,
    pub(crate) user: Option<User>,
}

impl Login {
    pub(crate) fn new(
        user: &User,
        client_id: &str,
        lifetime: Duration,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Self {
        Self {
            sub: user.sub.clone(),
            client_id: client_id.to_owned(),
            origin_jti: ids::uuid(rng),
            event_id: ids::uuid(rng),
            auth_time: now,
            expires: now.after(lifetime),
            revoked: false,
        }
    }
}

impl Presented {
    /// The user and the login, unless the token does not work for this client.
    pub(crate) fn admit(
        self,
        client_id: &str,
        rotation: &RefreshTokenRotation,
        now: Moment,
    ) -> Result<(User, Login), Exception> {
        let refused = |message: &'static str| Kind::NotAuthorized.because(message);
        let token = self.token.ok_or_else(|| refused("Invalid Refresh Token"))?;
        let user = self
            .user
            .ok_or_else(|| refused("The user has been deleted for the associated refresh token"))?;
        let login = self.login.ok_or_else(|| refused("Invalid Refresh Token"))?;
        if login.client_id != client_id {
            return Err(refused("Refresh Token has different Client"));
        }
        if !user.enabled {
            return Err(disabled());
        }
        if now >= login.expires {
            return Err(refused("Refresh Token has expired"));
        }
        if login.revoked {
            return Err(match rotation.grace() {
                Some(_) => Kind::NotAuthorized.bare(),
                None => refused("Refresh Token has been revoked"),
            });
        }
        if rotation.grace().is_some_and(|grace| !token.works(grace, now)) {
            return Err(Kind::RefreshTokenReuse.because("Refresh token reuse detected"));
        }
        Ok((user, login))
    }
}
