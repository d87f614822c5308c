//! What the two operations have in common that set up a software token: they take an access token,
//! or the session of a sign-in to a pool that demands multi-factor authentication.

use std::sync::Arc;

use secrecy::SecretString;

use crate::{
    bearer::Bearer,
    constraint::{SESSION, TOKEN},
    exception::{Exception, Kind, disabled},
    fields::Fields,
    pool::Pool,
    session::{Session, Step, invalid_session},
    store::Change,
    time::Moment,
    tokens::token_digest,
    user::User,
};

/// How a caller proves whose token is set up.
pub(super) enum Setup {
    AccessToken(SecretString),
    Session(SecretString),
    /// Neither or both.
    Unclear,
}

/// The same, as far as it can be checked outside of a change.
pub(super) enum Admitted {
    Bearer(Bearer),
    Session([u8; 32]),
}

impl Setup {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, Exception> {
        let token = fields.optional("AccessToken", &TOKEN)?;
        let session = fields.optional("Session", &SESSION)?;
        Ok(match (token, session) {
            (Some(token), None) => Self::AccessToken(token.into()),
            (None, Some(session)) => Self::Session(session.into()),
            (None, None) | (Some(_), Some(_)) => Self::Unclear,
        })
    }

    pub(super) async fn admit(self, pool: &Arc<Pool>) -> Result<Admitted, Exception> {
        match self {
            Self::AccessToken(token) => Ok(Admitted::Bearer(Bearer::read(pool, &token).await?)),
            Self::Session(session) => Ok(Admitted::Session(token_digest(&session))),
            Self::Unclear => Err(Kind::InvalidParameter
                .because("Only one of AccessToken and Session must be provided")),
        }
    }
}

impl Admitted {
    /// The user, and the session if it is by one: it must be for one of these steps.
    pub(super) fn user(
        &self,
        change: &Change,
        steps: &[Step],
        now: Moment,
    ) -> Result<(User, Option<Session>), Exception> {
        let digest = match self {
            Self::Bearer(bearer) => return Ok((bearer.user(change)?, None)),
            Self::Session(digest) => digest,
        };
        let found = change.session(digest)?.filter(|session| steps.contains(&session.step));
        let step = found.as_ref().map_or(Step::Associate, |session| session.step);
        let session = Session::admit(found, step, now)?;
        let user = change.user(&session.sub)?.ok_or_else(invalid_session)?;
        if user.enabled { Ok((user, Some(session))) } else { Err(disabled()) }
    }

    /// Uses the session up, if it is by one.
    pub(super) fn finish(&self, change: &Change) -> Result<(), Exception> {
        if let Self::Session(digest) = self
            && let Some(session) = change.session(digest)?
        {
            change.put_session(digest, &session.used())?;
        }
        Ok(())
    }
}

/// Refuses software tokens in a pool that has none.
pub(super) fn check_pool(pool: &Pool) -> Result<(), Exception> {
    if pool.settings.has_software_token_mfa() {
        return Ok(());
    }
    Err(Kind::SoftwareTokenMfaNotFound
        .because("Software Token MFA has not been enabled by the userPool"))
}
