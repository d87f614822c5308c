use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::list_users::entry;
use crate::{
    attributes,
    constraint::{PASSWORD, USER_POOL_ID, USERNAME},
    exception::{Exception, Kind, account_exists, no_such_user},
    fields::{Attributes, Fields},
    ids,
    name::is_email,
    password_policy::{self, Wording},
    pool::{Pool, rng},
    time::Moment,
    user::{User, UserStatus},
};

struct Input {
    pool_id: String,
    username: String,
    attributes: Attributes,
    password: Option<SecretString>,
    action: Option<MessageAction>,
    mediums: Vec<Medium>,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum MessageAction {
    Resend,
    Suppress,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Medium {
    Sms,
    Email,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            pool_id: fields.required("UserPoolId", &USER_POOL_ID)?,
            username: fields.required("Username", &USERNAME)?,
            attributes: fields.attributes("UserAttributes")?,
            password: fields.optional("TemporaryPassword", &PASSWORD)?.map(Into::into),
            action: fields.choice("MessageAction", &["RESEND", "SUPPRESS"])?,
            mediums: fields
                .choices("DesiredDeliveryMediums", &["SMS", "EMAIL"])?
                .unwrap_or_default(),
        };
        fields.attributes("ValidationData")?;
        fields.boolean("ForceAliasCreation")?;
        fields.unused(&["ClientMetadata"], &[])?;
        fields.finish().map(|()| input)
    }
}

/// Creates a user with a temporary password and mails it, or mails a new one to a user who has not
/// signed in yet.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    pool.check_pool(&input.pool_id)?;
    let policy = pool.settings.password_policy();
    if let Some(password) = &input.password {
        // EXPOSE: the policy is about the characters of the password.
        password_policy::check(&policy, password.expose_secret(), Wording::AdminCreateUser)?;
    }
    let password = input.password.clone();
    let password = password.unwrap_or_else(|| password_policy::temporary(&policy, &mut rng()));
    let now = pool.now();
    let temporary = Temporary { until: pool.temporary_until(now), now, password };
    if input.action == Some(MessageAction::Resend) {
        resend(pool, input, temporary).await
    } else {
        create(pool, input, temporary).await
    }
}

/// A password that an administrator sets.
struct Temporary {
    password: SecretString,
    until: Moment,
    now: Moment,
}

async fn create(pool: &Pool, input: Input, temporary: Temporary) -> Result<Value, Exception> {
    let by_email = pool.settings.signs_in_by_email();
    if by_email && !is_email(&input.username) {
        return Err(Kind::InvalidParameter.because("Username should be an email."));
    }
    let mut attributes = attributes::of_administrator(input.attributes)?;
    if by_email {
        attributes.insert("email".to_owned(), input.username.clone());
    }
    let sub = ids::sub(&mut rng());
    let user = User {
        username: if by_email { sub.clone() } else { input.username.clone() },
        sub,
        attributes,
        password_hash: pool.hasher.hash(temporary.password.clone()).await?,
        status: UserStatus::ForceChangePassword,
        enabled: true,
        created: temporary.now,
        modified: temporary.now,
        sign_up_code: None,
        pending_email: None,
        temporary_password_expires: Some(temporary.until),
    };
    let invited = match input.action {
        Some(MessageAction::Suppress) => None,
        Some(MessageAction::Resend) | None => addressee(&user, &input.mediums)?,
    };
    let (name, stored) = (pool.name(&input.username), user.clone());
    pool.store
        .write(move |change| {
            if change.find(&name)?.is_some() {
                return Err(account_exists());
            }
            Ok(change.add_user(&name, &stored)?)
        })
        .await?;
    if let Some(address) = invited {
        pool.invite(address, &input.username, temporary.password);
    }
    Ok(json!({ "User": entry(&user, None) }))
}

async fn resend(pool: &Pool, input: Input, temporary: Temporary) -> Result<Value, Exception> {
    let hash = pool.hasher.hash(temporary.password.clone()).await?;
    let (name, username) = (pool.name(&input.username), input.username.clone());
    let (user, invited) = pool
        .store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            if user.status != UserStatus::ForceChangePassword {
                return Err(Kind::UnsupportedUserState.because(format!(
                    "Resend not possible. {username} status is not FORCE_CHANGE_PASSWORD"
                )));
            }
            let invited = addressee(&user, &input.mediums)?;
            change.forget_old_password(&user.sub)?;
            user.password_hash = hash;
            user.temporary_password_expires = Some(temporary.until);
            user.modified = temporary.now;
            change.put_user(&user)?;
            Ok((user, invited))
        })
        .await?;
    if let Some(address) = invited {
        pool.invite(address, &input.username, temporary.password);
    }
    Ok(json!({ "User": entry(&user, None) }))
}

/// Where the invitation goes. Without a medium AWS sends a text message, which is not emulated.
fn addressee(user: &User, mediums: &[Medium]) -> Result<Option<String>, Exception> {
    for (medium, attribute, message) in [
        (Medium::Email, "email", "No email provided but desired delivery medium was Email"),
        (
            Medium::Sms,
            "phone_number",
            "No phone number provided but desired delivery medium was SMS",
        ),
    ] {
        if mediums.contains(&medium) && user.attribute(attribute).is_none() {
            return Err(Kind::InvalidParameter.because(message));
        }
    }
    Ok(user.email().filter(|_| mediums.contains(&Medium::Email)).map(str::to_owned))
}
