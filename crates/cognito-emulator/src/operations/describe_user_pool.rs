use serde_json::{Value, json};

use crate::{constraint::USER_POOL_ID, exception::Exception, fields::Fields, pool::Pool};

/// Tells the settings of the pool that this emulator honours. AWS lists more, such as the schema of
/// attributes.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let settings = &pool.settings;
    let mut described = json!({
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": settings.admin_create_user_config.allow_admin_create_user_only,
        },
        // One machine has no account.
        "Arn": format!("arn:aws:cognito-idp:{}:000000000000:userpool/{}", pool.region, pool.id),
        "CreationDate": pool.created.fractional_seconds(),
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "EstimatedNumberOfUsers": pool.store.read()?.user_count()?,
        "Id": pool.id,
        "LambdaConfig": {},
        "LastModifiedDate": pool.modified.fractional_seconds(),
        "MfaConfiguration": "OFF",
        "Name": settings.user_pool_name,
        "Policies": { "PasswordPolicy": settings.password_policy() },
        "UserPoolTags": {},
        "UsernameConfiguration": settings.username_configuration,
    });
    for (name, attributes) in [
        ("AutoVerifiedAttributes", &settings.auto_verified_attributes),
        ("UsernameAttributes", &settings.username_attributes),
    ] {
        if let (false, Some(described)) = (attributes.is_empty(), described.as_object_mut()) {
            described.insert(name.to_owned(), json!(attributes));
        }
    }
    Ok(json!({ "UserPool": described }))
}
