//! The operations of the API: one file each, named as AWS names it.

mod add_user_pool_client_secret;
mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_delete_user;
mod admin_delete_user_attributes;
mod admin_disable_user;
mod admin_enable_user;
mod admin_get_user;
mod admin_initiate_auth;
mod admin_reset_user_password;
mod admin_set_user_password;
mod admin_update_user_attributes;
mod admin_user_global_sign_out;
mod app_client_input;
mod attributes;
mod confirm_sign_up;
mod create_user_pool;
mod create_user_pool_client;
mod delete_user_pool;
mod delete_user_pool_client;
mod delete_user_pool_client_secret;
mod describe_user_pool;
mod describe_user_pool_client;
mod get_user_pool_mfa_config;
mod initiate_auth;
mod list_user_pool_client_secrets;
mod list_user_pool_clients;
mod list_user_pools;
mod list_users;
mod page;
mod resend_confirmation_code;
mod set_user_pool_mfa_config;
mod sign_in;
mod sign_up;
mod update_user_pool;
mod update_user_pool_client;
mod user_of_pool;
mod user_pool_input;

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    attempts::quota,
    constraint::{CLIENT_ID, SECRET_HASH, USERNAME},
    exception::{Exception, limit_exceeded, no_such_combination},
    fields::Fields,
    name::SignInName,
    pool::Pool,
    store::{Change, Counter},
    time::Moment,
    user::User,
};

/// An operation that this pool performs. Any other is unknown here.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    AddUserPoolClientSecret,
    AdminConfirmSignUp,
    AdminCreateUser,
    AdminDeleteUser,
    AdminDeleteUserAttributes,
    AdminDisableUser,
    AdminEnableUser,
    AdminGetUser,
    AdminInitiateAuth,
    AdminResetUserPassword,
    AdminSetUserPassword,
    AdminUpdateUserAttributes,
    AdminUserGlobalSignOut,
    ConfirmSignUp,
    CreateUserPool,
    CreateUserPoolClient,
    DeleteUserPool,
    DeleteUserPoolClient,
    DeleteUserPoolClientSecret,
    DescribeUserPool,
    DescribeUserPoolClient,
    GetUserPoolMfaConfig,
    InitiateAuth,
    ListUserPoolClientSecrets,
    ListUserPoolClients,
    ListUserPools,
    ListUsers,
    ResendConfirmationCode,
    SetUserPoolMfaConfig,
    SignUp,
    UpdateUserPool,
    UpdateUserPoolClient,
}

impl Operation {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "AddUserPoolClientSecret" => Self::AddUserPoolClientSecret,
            "AdminConfirmSignUp" => Self::AdminConfirmSignUp,
            "AdminCreateUser" => Self::AdminCreateUser,
            "AdminDeleteUser" => Self::AdminDeleteUser,
            "AdminDeleteUserAttributes" => Self::AdminDeleteUserAttributes,
            "AdminDisableUser" => Self::AdminDisableUser,
            "AdminEnableUser" => Self::AdminEnableUser,
            "AdminGetUser" => Self::AdminGetUser,
            "AdminInitiateAuth" => Self::AdminInitiateAuth,
            "AdminResetUserPassword" => Self::AdminResetUserPassword,
            "AdminSetUserPassword" => Self::AdminSetUserPassword,
            "AdminUpdateUserAttributes" => Self::AdminUpdateUserAttributes,
            "AdminUserGlobalSignOut" => Self::AdminUserGlobalSignOut,
            "ConfirmSignUp" => Self::ConfirmSignUp,
            "CreateUserPool" => Self::CreateUserPool,
            "CreateUserPoolClient" => Self::CreateUserPoolClient,
            "DeleteUserPool" => Self::DeleteUserPool,
            "DeleteUserPoolClient" => Self::DeleteUserPoolClient,
            "DeleteUserPoolClientSecret" => Self::DeleteUserPoolClientSecret,
            "DescribeUserPool" => Self::DescribeUserPool,
            "DescribeUserPoolClient" => Self::DescribeUserPoolClient,
            "GetUserPoolMfaConfig" => Self::GetUserPoolMfaConfig,
            "InitiateAuth" => Self::InitiateAuth,
            "ListUserPoolClientSecrets" => Self::ListUserPoolClientSecrets,
            "ListUserPoolClients" => Self::ListUserPoolClients,
            "ListUserPools" => Self::ListUserPools,
            "ListUsers" => Self::ListUsers,
            "ResendConfirmationCode" => Self::ResendConfirmationCode,
            "SetUserPoolMfaConfig" => Self::SetUserPoolMfaConfig,
            "SignUp" => Self::SignUp,
            "UpdateUserPool" => Self::UpdateUserPool,
            "UpdateUserPoolClient" => Self::UpdateUserPoolClient,
            _ => return None,
        })
    }

    /// Operations of users are open (`auth: none` in the API model); those of administrators are
    /// signed.
    pub(crate) fn needs_signature(self) -> bool {
        match self {
            Self::AddUserPoolClientSecret
            | Self::AdminConfirmSignUp
            | Self::AdminCreateUser
            | Self::AdminDeleteUser
            | Self::AdminDeleteUserAttributes
            | Self::AdminDisableUser
            | Self::AdminEnableUser
            | Self::AdminGetUser
            | Self::AdminInitiateAuth
            | Self::AdminResetUserPassword
            | Self::AdminSetUserPassword
            | Self::AdminUpdateUserAttributes
            | Self::AdminUserGlobalSignOut
            | Self::CreateUserPool
            | Self::CreateUserPoolClient
            | Self::DeleteUserPool
            | Self::DeleteUserPoolClient
            | Self::DeleteUserPoolClientSecret
            | Self::DescribeUserPool
            | Self::DescribeUserPoolClient
            | Self::GetUserPoolMfaConfig
            | Self::ListUserPoolClientSecrets
            | Self::ListUserPoolClients
            | Self::ListUserPools
            | Self::ListUsers
            | Self::SetUserPoolMfaConfig
            | Self::UpdateUserPool
            | Self::UpdateUserPoolClient => true,
            Self::ConfirmSignUp
            | Self::InitiateAuth
            | Self::ResendConfirmationCode
            | Self::SignUp => false,
        }
    }

    /// Reads the input and performs the operation. The output has its members in the order of their
    /// names, as on AWS.
    pub(crate) async fn run(self, pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
        match self {
            Self::AddUserPoolClientSecret => add_user_pool_client_secret::run(pool, fields).await,
            Self::AdminConfirmSignUp => admin_confirm_sign_up::run(pool, fields).await,
            Self::AdminCreateUser => admin_create_user::run(pool, fields).await,
            Self::AdminDeleteUser => admin_delete_user::run(pool, fields).await,
            Self::AdminDeleteUserAttributes => {
                admin_delete_user_attributes::run(pool, fields).await
            }
            Self::AdminDisableUser => admin_disable_user::run(pool, fields).await,
            Self::AdminEnableUser => admin_enable_user::run(pool, fields).await,
            Self::AdminGetUser => admin_get_user::run(pool, fields),
            Self::AdminInitiateAuth => admin_initiate_auth::run(pool, fields).await,
            Self::AdminResetUserPassword => admin_reset_user_password::run(pool, fields).await,
            Self::AdminSetUserPassword => admin_set_user_password::run(pool, fields).await,
            Self::AdminUpdateUserAttributes => {
                admin_update_user_attributes::run(pool, fields).await
            }
            Self::AdminUserGlobalSignOut => admin_user_global_sign_out::run(pool, fields).await,
            Self::ConfirmSignUp => confirm_sign_up::run(pool, fields).await,
            Self::CreateUserPool => create_user_pool::run(pool, fields).await,
            Self::CreateUserPoolClient => create_user_pool_client::run(pool, fields).await,
            Self::DeleteUserPool => delete_user_pool::run(pool, fields).await,
            Self::DeleteUserPoolClient => delete_user_pool_client::run(pool, fields).await,
            Self::DeleteUserPoolClientSecret => {
                delete_user_pool_client_secret::run(pool, fields).await
            }
            Self::DescribeUserPool => describe_user_pool::run(pool, fields),
            Self::DescribeUserPoolClient => describe_user_pool_client::run(pool, fields),
            Self::GetUserPoolMfaConfig => get_user_pool_mfa_config::run(pool, fields),
            Self::InitiateAuth => initiate_auth::run(pool, fields).await,
            Self::ListUserPoolClientSecrets => list_user_pool_client_secrets::run(pool, fields),
            Self::ListUserPoolClients => list_user_pool_clients::run(pool, fields),
            Self::ListUserPools => list_user_pools::run(pool, fields),
            Self::ListUsers => list_users::run(pool, fields),
            Self::ResendConfirmationCode => resend_confirmation_code::run(pool, fields).await,
            Self::SetUserPoolMfaConfig => set_user_pool_mfa_config::run(pool, fields).await,
            Self::SignUp => sign_up::run(pool, fields).await,
            Self::UpdateUserPool => update_user_pool::run(pool, fields).await,
            Self::UpdateUserPoolClient => update_user_pool_client::run(pool, fields).await,
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

/// Finds the user of `name` and counts one try of theirs against an hourly `limit`; a name that
/// nobody has is counted too, unless the client may know that nobody has it.
fn counted_user(
    pool: &Pool,
    change: &Change,
    name: &SignInName,
    (counter, limit): (Counter, u32),
    now: Moment,
) -> Result<Option<User>, Exception> {
    let user = pool.visible(change.find(name)?);
    if user.is_none() && !pool.client.hides_existence() {
        return Err(no_such_combination());
    }
    let subject = pool.subject(name, user.as_ref());
    let spent = change.attempts(counter, &subject)?;
    let spent = quota::spend(spent, limit, now).ok_or_else(limit_exceeded)?;
    change.put_attempts(counter, &subject, spent)?;
    Ok(user)
}

/// `CodeDeliveryDetails`: where a code went, as far as that is shown.
fn delivery(destination: &str) -> Value {
    json!({ "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": destination })
}

/// Adds a member to an output.
fn add(output: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = output.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
