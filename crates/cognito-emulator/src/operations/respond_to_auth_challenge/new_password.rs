use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};

use super::Continued;
use crate::{
    attributes,
    constraint::PASSWORD,
    exception::Exception,
    fields::Fields,
    operations::{delivery::address_code, next_step::NextStep},
    password_policy::{self, Wording},
    pool::Pool,
    user::UserStatus,
};

/// What attributes that come with a new password are named by.
const ATTRIBUTE_PREFIX: &str = "userAttributes.";

/// Puts a password of the user's own in the place of a temporary one. A password that the policy
/// does not allow leaves the session alone.
pub(super) async fn set(
    pool: &Arc<Pool>,
    sign_in: Continued,
    password: SecretString,
    responses: BTreeMap<String, SecretString>,
) -> Result<NextStep, Exception> {
    let now = pool.now();
    let state = pool.store.read()?;
    sign_in.check(pool, state.session(&sign_in.digest)?, state.find(&sign_in.name)?, now)?;
    let policy = pool.settings.password_policy();
    // EXPOSE: what it must look like and the policy are about the characters of the password.
    Fields::check(password.expose_secret(), "newPassword", &PASSWORD)?;
    password_policy::check(&policy, password.expose_secret(), Wording::Replacement)?;
    let given = responses.into_iter().filter_map(|(name, value)| {
        let name = name.strip_prefix(ATTRIBUTE_PREFIX)?.to_owned();
        // EXPOSE: an attribute is no secret; it only travels among secrets.
        Some((name, value.expose_secret().to_owned()))
    });
    let given = attributes::of_user(given.collect())?;

    let password_hash = pool.hasher.hash(password).await?;
    let context = Arc::clone(pool);
    let (next, sent) = pool
        .store
        .write(move |change| {
            let at = (&*context, change, now);
            // Looked at again: another answer may have come first.
            let (mut user, session) = sign_in.admit(&context, change, now)?;
            user.password_hash = password_hash;
            user.status = UserStatus::Confirmed;
            user.temporary_password_expires = None;
            let pending = attributes::set(&context, change, &mut user, given)?;
            user.modified = now;
            change.put_user(&user)?;
            let sent = pending
                .map(|address| address_code(&context, change, &user.sub, address, now))
                .transpose()?;
            change.forget_old_password(&user.sub)?;
            // This sign-in goes on, and can still be told from one that never was.
            change.put_session(&sign_in.digest, &session.used())?;
            Ok((NextStep::after_own_password(at, user)?, sent))
        })
        .await?;
    if let Some((address, code)) = sent {
        pool.mail(address, code);
    }
    Ok(next)
}
