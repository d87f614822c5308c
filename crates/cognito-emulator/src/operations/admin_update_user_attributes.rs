use serde_json::{Value, json};

use super::{attributes, user_of_pool::UserOfPool};
use crate::{
    exception::{Exception, Kind, no_such_user},
    fields::Fields,
    pool::Pool,
};

/// Gives a user other attributes. An address that is not said to be verified is not. In a pool that
/// signs in by address the user does so by the new one.
pub(super) async fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let user = UserOfPool::read(&mut fields)?;
    let given = fields.required_attributes("UserAttributes")?;
    fields.unused(&["ClientMetadata"], &[])?;
    fields.finish()?;

    let (name, now) = (user.name(pool)?, pool.now());
    let mut given = attributes::of_administrator(given)?;
    if given.contains_key("email") {
        given.entry("email_verified".to_owned()).or_insert_with(|| "false".to_owned());
    }
    let email = given.get("email").filter(|_| pool.settings.signs_in_by_email());
    let new_name = email.map(|email| pool.name(email));
    pool.store
        .write(move |change| {
            let mut user = change.find(&name)?.ok_or_else(no_such_user)?;
            if let Some(new_name) = new_name {
                let owner = change.find(&new_name)?;
                if owner.is_some_and(|owner| owner.sub != user.sub) {
                    return Err(
                        Kind::AliasExists.because("An account with the email already exists.")
                    );
                }
                change.rename_user(&new_name, &user.sub)?;
            }
            user.attributes.extend(given);
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
