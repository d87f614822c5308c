//! The operations of the API: one file each, named as AWS names it.

mod admin_confirm_sign_up;
mod admin_get_user;
mod associate_software_token;
mod authentication_result;
mod change_password;
mod confirm_forgot_password;
mod confirm_sign_up;
mod delete_user;
mod delete_user_attributes;
mod delivery;
mod describe_user_pool;
mod describe_user_pool_client;
mod forgot_password;
mod get_tokens_from_refresh_token;
mod get_user;
mod get_user_attribute_verification_code;
mod global_sign_out;
mod initiate_auth;
mod list_users;
mod next_step;
mod one_time_code;
mod refresh;
mod resend_confirmation_code;
mod respond_to_auth_challenge;
mod revoke_token;
mod set_user_mfa_preference;
mod sign_in;
mod sign_up;
mod token_setup;
mod update_user_attributes;
mod verify_software_token;
mod verify_user_attribute;

use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use self::delivery::{delivery, shown_address};

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

/// An operation that this pool performs. Any other is unknown here.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    AdminConfirmSignUp,
    AdminGetUser,
    AssociateSoftwareToken,
    ChangePassword,
    ConfirmForgotPassword,
    ConfirmSignUp,
    DeleteUser,
    DeleteUserAttributes,
    DescribeUserPool,
    DescribeUserPoolClient,
    ForgotPassword,
    GetTokensFromRefreshToken,
    GetUser,
    GetUserAttributeVerificationCode,
    GlobalSignOut,
    InitiateAuth,
    ListUsers,
    ResendConfirmationCode,
    RespondToAuthChallenge,
    RevokeToken,
    SetUserMfaPreference,
    SignUp,
    UpdateUserAttributes,
    VerifySoftwareToken,
    VerifyUserAttribute,
}

impl Operation {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "AdminConfirmSignUp" => Self::AdminConfirmSignUp,
            "AdminGetUser" => Self::AdminGetUser,
            "AssociateSoftwareToken" => Self::AssociateSoftwareToken,
            "ChangePassword" => Self::ChangePassword,
            "ConfirmForgotPassword" => Self::ConfirmForgotPassword,
            "ConfirmSignUp" => Self::ConfirmSignUp,
            "DeleteUser" => Self::DeleteUser,
            "DeleteUserAttributes" => Self::DeleteUserAttributes,
            "DescribeUserPool" => Self::DescribeUserPool,
            "DescribeUserPoolClient" => Self::DescribeUserPoolClient,
            "ForgotPassword" => Self::ForgotPassword,
            "GetTokensFromRefreshToken" => Self::GetTokensFromRefreshToken,
            "GetUser" => Self::GetUser,
            "GetUserAttributeVerificationCode" => Self::GetUserAttributeVerificationCode,
            "GlobalSignOut" => Self::GlobalSignOut,
            "InitiateAuth" => Self::InitiateAuth,
            "ListUsers" => Self::ListUsers,
            "ResendConfirmationCode" => Self::ResendConfirmationCode,
            "RespondToAuthChallenge" => Self::RespondToAuthChallenge,
            "RevokeToken" => Self::RevokeToken,
            "SetUserMFAPreference" => Self::SetUserMfaPreference,
            "SignUp" => Self::SignUp,
            "UpdateUserAttributes" => Self::UpdateUserAttributes,
            "VerifySoftwareToken" => Self::VerifySoftwareToken,
            "VerifyUserAttribute" => Self::VerifyUserAttribute,
            _ => return None,
        })
    }

    /// Operations of users are open (`auth: none` in the API model); those of administrators are
    /// signed.
    pub(crate) fn needs_signature(self) -> bool {
        match self {
            Self::AdminConfirmSignUp
            | Self::AdminGetUser
            | Self::DescribeUserPool
            | Self::DescribeUserPoolClient
            | Self::ListUsers => true,
            Self::AssociateSoftwareToken
            | Self::ChangePassword
            | Self::ConfirmForgotPassword
            | Self::ConfirmSignUp
            | Self::ForgotPassword
            | Self::GetTokensFromRefreshToken
            | Self::DeleteUser
            | Self::DeleteUserAttributes
            | Self::GetUser
            | Self::GetUserAttributeVerificationCode
            | Self::GlobalSignOut
            | Self::InitiateAuth
            | Self::ResendConfirmationCode
            | Self::RespondToAuthChallenge
            | Self::RevokeToken
            | Self::SetUserMfaPreference
            | Self::SignUp
            | Self::UpdateUserAttributes
            | Self::VerifySoftwareToken
            | Self::VerifyUserAttribute => false,
        }
    }

    /// Reads the input and performs the operation. The output has its members in the order of their
    /// names, as on AWS; an operation that has none gives null.
    pub(crate) async fn run(self, pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
        match self {
            Self::AdminConfirmSignUp => admin_confirm_sign_up::run(pool, fields).await,
            Self::AdminGetUser => admin_get_user::run(pool, fields),
            Self::AssociateSoftwareToken => associate_software_token::run(pool, fields).await,
            Self::ChangePassword => change_password::run(pool, fields).await,
            Self::ConfirmForgotPassword => confirm_forgot_password::run(pool, fields).await,
            Self::ConfirmSignUp => confirm_sign_up::run(pool, fields).await,
            Self::DeleteUser => delete_user::run(pool, fields).await,
            Self::DeleteUserAttributes => delete_user_attributes::run(pool, fields).await,
            Self::DescribeUserPool => describe_user_pool::run(pool, fields),
            Self::DescribeUserPoolClient => describe_user_pool_client::run(pool, fields),
            Self::ForgotPassword => forgot_password::run(pool, fields).await,
            Self::GetTokensFromRefreshToken => {
                get_tokens_from_refresh_token::run(pool, fields).await
            }
            Self::GetUser => get_user::run(pool, fields).await,
            Self::GetUserAttributeVerificationCode => {
                get_user_attribute_verification_code::run(pool, fields).await
            }
            Self::GlobalSignOut => global_sign_out::run(pool, fields).await,
            Self::InitiateAuth => initiate_auth::run(pool, fields).await,
            Self::ListUsers => list_users::run(pool, fields),
            Self::ResendConfirmationCode => resend_confirmation_code::run(pool, fields).await,
            Self::RespondToAuthChallenge => respond_to_auth_challenge::run(pool, fields).await,
            Self::RevokeToken => revoke_token::run(pool, fields).await,
            Self::SetUserMfaPreference => set_user_mfa_preference::run(pool, fields).await,
            Self::SignUp => sign_up::run(pool, fields).await,
            Self::UpdateUserAttributes => update_user_attributes::run(pool, fields).await,
            Self::VerifySoftwareToken => verify_software_token::run(pool, fields).await,
            Self::VerifyUserAttribute => verify_user_attribute::run(pool, fields).await,
        }
    }
}

/// The members that tell whose account an operation of users is about, and prove the app client.
struct Account {
    client_id: String,
    secret_hash: Option<SecretString>,
    username: String,
}

impl Account {
    fn read(fields: &mut Fields) -> Result<Self, Exception> {
        Ok(Self {
            client_id: fields.required("ClientId", &CLIENT_ID)?,
            secret_hash: fields.optional("SecretHash", &SECRET_HASH)?.map(Into::into),
            username: fields.required("Username", &USERNAME)?,
        })
    }

    /// Checks client and hash; gives the user name, which need not exist.
    fn username(self, pool: &Pool) -> Result<String, Exception> {
        pool.check_client(&self.client_id)?;
        pool.check_secret_hash(&self.username, self.secret_hash.as_ref())?;
        Ok(self.username)
    }
}

/// A parameter or response that must be there, and not empty.
fn parameter(
    parameters: &mut BTreeMap<String, SecretString>,
    name: &str,
) -> Result<SecretString, Exception> {
    // EXPOSE: only to see that it is not empty.
    let value = parameters.remove(name).filter(|value| !value.expose_secret().is_empty());
    value
        .ok_or_else(|| Kind::InvalidParameter.because(format!("Missing required parameter {name}")))
}

/// Adds a member to an output.
fn put(output: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = output.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// Finds the user of `name` and counts one try of theirs against an hourly `limit`; a name that
/// nobody has is counted too, unless the client may know that nobody has it.
fn counted_user(
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
fn count(
    change: &Change,
    subject: &Subject,
    (counter, limit): (Counter, u32),
    now: Moment,
) -> Result<(), Exception> {
    let spent = change.attempts(counter, subject)?;
    let spent = quota::spend(spent, limit, now).ok_or_else(limit_exceeded)?;
    Ok(change.put_attempts(counter, subject, spent)?)
}
