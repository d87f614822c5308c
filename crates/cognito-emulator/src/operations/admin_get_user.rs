use serde_json::{Value, json};

use crate::{
    constraint::{USER_POOL_ID, USERNAME},
    exception::{Exception, no_such_user},
    fields::Fields,
    pool::Pool,
    software_token::SoftwareToken,
};

/// Tells an administrator all about a user.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let username = fields.required("Username", &USERNAME)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let state = pool.store.read()?;
    let user = state.find(&pool.name(&username))?.ok_or_else(no_such_user)?;
    let mut told = json!({
        "Enabled": user.enabled,
        "UserAttributes": user.attribute_list(),
        "UserCreateDate": user.created.fractional_seconds(),
        "UserLastModifiedDate": user.modified.fractional_seconds(),
        "UserStatus": user.status.name(),
        "Username": user.username,
    });
    SoftwareToken::describe(state.software_token(&user.sub)?.as_ref(), &mut told);
    Ok(told)
}
