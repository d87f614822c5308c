//! What operations of users have in common that name the user.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};

use crate::{
    attempts::quota,
    constraint::{CLIENT_ID, SECRET_HASH, USERNAME},
    exception::{Exception, Kind, limit_exceeded, no_such_combination},
    fields::Fields,
    name::{SignInName, Subject},
    pool::Pool,
    store::{Change, Counter},
    time::Moment,
    user::User,
};

/// The members that tell whose account an operation of users is about, and prove the app client.
pub(super) struct Account {
    client_id: String,
    secret_hash: Option<SecretString>,
    username: String,
}

impl Account {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, Exception> {
        Ok(Self {
            client_id: fields.required("ClientId", &CLIENT_ID)?,
            secret_hash: fields.optional("SecretHash", &SECRET_HASH)?.map(Into::into),
            username: fields.required("Username", &USERNAME)?,
        })
    }

    /// Reads an input that says nothing else.
    pub(super) fn alone(mut fields: Fields) -> Result<Self, Exception> {
        let account = Self::read(&mut fields)?;
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata", "UserContextData"])?;
        fields.finish().map(|()| account)
    }

    /// Checks client and hash; gives the user name, which need not exist.
    pub(super) fn username(self, pool: &Pool) -> Result<String, Exception> {
        pool.check_client(&self.client_id)?;
        pool.check_secret_hash(&self.username, self.secret_hash.as_ref())?;
        Ok(self.username)
    }
}

/// A parameter or response that must be there, and not empty.
pub(super) fn parameter(
    parameters: &mut BTreeMap<String, SecretString>,
    name: &str,
) -> Result<SecretString, Exception> {
    // EXPOSE: only to see that it is not empty.
    let value = parameters.remove(name).filter(|value| !value.expose_secret().is_empty());
    value
        .ok_or_else(|| Kind::InvalidParameter.because(format!("Missing required parameter {name}")))
}

/// Finds the user of `name` and counts one try of theirs against an hourly `limit`; a name that
/// nobody has is counted too, unless the client may know that nobody has it.
pub(super) fn counted_user(
    pool: &Pool,
    change: &Change,
    name: &SignInName,
    quota: (Counter, u32),
    now: Moment,
) -> Result<Option<User>, Exception> {
    let user = pool.visible(change.find(name)?);
    if user.is_none() && !pool.client.hides_existence() {
        return Err(no_such_combination());
    }
    count(change, &pool.subject(name, user.as_ref()), quota, now)?;
    Ok(user)
}

/// Counts one try against an hourly limit.
pub(super) fn count(
    change: &Change,
    subject: &Subject,
    (counter, limit): (Counter, u32),
    now: Moment,
) -> Result<(), Exception> {
    let spent = change.attempts(counter, subject)?;
    let spent = quota::spend(spent, limit, now).ok_or_else(limit_exceeded)?;
    Ok(change.put_attempts(counter, subject, spent)?)
}
