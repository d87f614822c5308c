use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::{account::Account, delivery::delivery};
use crate::{
    attributes,
    constraint::PASSWORD,
    exception::{Exception, Kind},
    fields::{Attributes, Fields},
    ids,
    name::is_email,
    password_policy::{self, Wording},
    pool::{Pool, rng},
    user::{User, UserStatus, masked},
};

struct Input {
    account: Account,
    password: SecretString,
    attributes: Attributes,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            account: Account::read(&mut fields)?,
            password: fields.required_secret("Password", &PASSWORD)?,
            attributes: fields.attributes("UserAttributes")?,
        };
        fields.attributes("ValidationData")?;
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata", "UserContextData"])?;
        fields.finish().map(|()| input)
    }
}

/// Registers a user, who must then confirm.
pub(super) async fn run(pool: &Pool, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    let username = input.account.username(pool)?;
    if pool.settings.admin_create_user_config.allow_admin_create_user_only {
        return Err(Kind::NotAuthorized.because("SignUp is not permitted for this user pool"));
    }
    let by_email = pool.settings.signs_in_by_email();
    if by_email && !is_email(&username) {
        return Err(Kind::InvalidParameter.because("Username should be an email."));
    }
    let policy = pool.settings.password_policy();
    // EXPOSE: the policy is about the characters of the password.
    password_policy::check(&policy, input.password.expose_secret(), Wording::SignUp)?;
    let mut attributes = attributes::of_user(input.attributes)?;
    if by_email {
        attributes.insert("email".to_owned(), username.clone());
    }
    let attributes = attributes::with_flags(attributes);

    // Hashed before the name is looked up, so that a name that is taken costs the same time.
    let password_hash = pool.hasher.hash(input.password).await?;
    let (sub, now) = (ids::sub(&mut rng()), pool.now());
    let user = User {
        username: if by_email { sub.clone() } else { username.clone() },
        sub,
        attributes,
        password_hash,
        status: UserStatus::Unconfirmed,
        enabled: true,
        created: now,
        modified: now,
        sign_up_code: None,
        pending_email: None,
        temporary_password_expires: None,
    };
    store(pool, &username, user).await
}

/// Stores the user unless the name is taken, mails a code if the pool verifies addresses, and
/// answers.
async fn store(pool: &Pool, name: &str, mut user: User) -> Result<Value, Exception> {
    let name = pool.name(name);
    let taken = if pool.settings.signs_in_by_email() {
        "An account with the given email already exists."
    } else {
        "User already exists"
    };
    let (code, stored) = pool.new_sign_up_code(&user.sub, user.created);
    let address = user.email().filter(|_| pool.settings.verifies_email()).map(str::to_owned);
    user.sign_up_code = address.is_some().then_some(stored);
    let mut answer = json!({ "UserConfirmed": false, "UserSub": user.sub });
    pool.store
        .write(move |change| {
            if change.find(&name)?.is_some() {
                return Err(Kind::UsernameExists.because(taken));
            }
            Ok(change.add_user(&name, &user)?)
        })
        .await?;
    if let (Some(address), Some(answer)) = (address, answer.as_object_mut()) {
        answer.insert("CodeDeliveryDetails".to_owned(), delivery(&masked(&address)));
        pool.mail(address, code);
    }
    Ok(answer)
}
