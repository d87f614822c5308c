use serde_json::{Value, json};

use crate::{
    constraint::USER_POOL_ID, exception::Exception, fields::Fields, pool::Pool, record::PoolRecord,
    schema,
};

/// Shows the settings of the pool that this emulator honours, and for those it ignores the defaults.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let state = pool.store.read()?;
    let users = state.user_count()?;
    let record = state.pool()?;
    Ok(json!({ "UserPool": record.map(|record| described(&record, &pool.region.name, users)) }))
}

/// `UserPoolType`, of a pool with so many users.
pub(super) fn described(record: &PoolRecord, region: &str, users: u64) -> Value {
    let settings = &record.settings;
    let policy = settings.password_policy();
    let mut described = json!({
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                { "Name": "verified_email", "Priority": 1 },
                { "Name": "verified_phone_number", "Priority": 2 },
            ],
        },
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": settings.admin_create_user_config.allow_admin_create_user_only,
            "InviteMessageTemplate": settings.admin_create_user_config.invite_message_template,
            "UnusedAccountValidityDays": policy.temporary_password_validity_days,
        },
        // One machine has no account.
        "Arn": format!("arn:aws:cognito-idp:{region}:000000000000:userpool/{}", record.id),
        "AutoVerifiedAttributes": settings.auto_verified_attributes,
        "CreationDate": record.created.fractional_seconds(),
        "DeletionProtection": settings.deletion_protection,
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "EmailVerificationMessage": settings.email_verification_message,
        "EmailVerificationSubject": settings.email_verification_subject,
        "EstimatedNumberOfUsers": users,
        "Id": record.id,
        "IssuerConfiguration": { "Type": "ORIGINAL" },
        "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" },
        "LambdaConfig": {},
        "LastModifiedDate": record.modified.fractional_seconds(),
        "MfaConfiguration": settings.mfa_configuration,
        "Name": settings.user_pool_name,
        "Policies": { "PasswordPolicy": policy },
        "SchemaAttributes": schema::attributes(settings.email_required),
        "UserAttributeUpdateSettings": settings.user_attribute_update_settings,
        "UserPoolTags": {},
        "UserPoolTier": "ESSENTIALS",
        "UsernameAttributes": settings.username_attributes,
        "UsernameConfiguration": settings.username_configuration,
        "VerificationMessageTemplate": {
            "DefaultEmailOption": "CONFIRM_WITH_CODE",
            "EmailMessage": settings.verification_message_template.email_message,
            "EmailSubject": settings.verification_message_template.email_subject,
        },
    });
    drop_what_is_absent(&mut described);
    described
}

/// What is shown also if it is empty.
const SHOWN_EMPTY: [&str; 3] =
    ["AttributesRequireVerificationBeforeUpdate", "LambdaConfig", "UserPoolTags"];

/// AWS leaves out what else a pool has none of.
fn drop_what_is_absent(described: &mut Value) {
    let Some(members) = described.as_object_mut() else { return };
    for value in members.values_mut() {
        drop_what_is_absent(value);
    }
    members.retain(|name, value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty() || SHOWN_EMPTY.contains(&name.as_str()),
        Value::Object(members) => !members.is_empty() || SHOWN_EMPTY.contains(&name.as_str()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    });
}
