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
    /// How many refresh tokens came after the first one.
    pub(crate) rotations: u32,
    /// When the newest refresh token came.
    pub(crate) rotated: Moment,
    pub(crate) revoked: bool,
}

/// What is kept of a refresh token, apart from its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuedToken {
    pub(crate) sub: String,
    pub(crate) event_id: String,
    /// Which of the login's refresh tokens it is, from 0.
    pub(crate) rotation: u32,
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
            rotations: 0,
            rotated: now,
            revoked: false,
        }
    }

    /// The login with one refresh token more.
    pub(crate) fn rotate(self, now: Moment) -> Self {
        Self { rotations: self.rotations.saturating_add(1), rotated: now, ..self }
    }

    /// Whether a refresh token still works beside its successors: the newest one does, and the one
    /// before it for a while.
    fn takes(&self, rotation: u32, grace: Duration, now: Moment) -> bool {
        rotation == self.rotations
            || (rotation.checked_add(1) == Some(self.rotations) && now < self.rotated.after(grace))
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
        if rotation.grace().is_some_and(|grace| !login.takes(token.rotation, grace, now)) {
            return Err(Kind::RefreshTokenReuse.because("Refresh token reuse detected"));
        }
        Ok((user, login))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_refresh_token_works_and_the_one_before_it_for_the_grace() {
        let login = Login {
            sub: String::new(),
            client_id: String::new(),
            origin_jti: String::new(),
            event_id: String::new(),
            auth_time: Moment(0),
            expires: Moment(u64::MAX),
            rotations: 2,
            rotated: Moment(1_000),
            revoked: false,
        };
        for (rotation, grace, now, works) in [
            (2, 0, 1_000, true),
            (2, 30, 9_000_000, true),
            (1, 0, 1_000, false),
            (1, 30, 1_000, true),
            (1, 30, 30_999, true),
            (1, 30, 31_000, false),
            (0, 30, 1_000, false),
            (3, 30, 1_000, false),
            (u32::MAX, 30, 1_000, false),
        ] {
            let taken = login.takes(rotation, Duration::from_secs(grace), Moment(now));
            assert_eq!(taken, works, "{rotation} {grace} {now}");
        }
    }
}
