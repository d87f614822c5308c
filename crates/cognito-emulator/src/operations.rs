//! The operations of the API: one file each, named as AWS names it.

mod account;
mod add_user_pool_client_secret;
mod admin_confirm_sign_up;
mod admin_create_user;
mod admin_delete_software_token;
mod admin_delete_user;
mod admin_delete_user_attributes;
mod admin_disable_user;
mod admin_enable_user;
mod admin_get_user;
mod admin_initiate_auth;
mod admin_reset_user_password;
mod admin_respond_to_auth_challenge;
mod admin_set_user_password;
mod admin_update_user_attributes;
mod admin_user_global_sign_out;
mod app_client_input;
mod associate_software_token;
mod authentication_result;
mod change_password;
mod confirm_forgot_password;
mod confirm_sign_up;
mod create_user_pool;
mod create_user_pool_client;
mod delete_user;
mod delete_user_attributes;
mod delete_user_pool;
mod delete_user_pool_client;
mod delete_user_pool_client_secret;
mod delivery;
mod describe_user_pool;
mod describe_user_pool_client;
mod forgot_password;
mod get_tokens_from_refresh_token;
mod get_user;
mod get_user_attribute_verification_code;
mod get_user_pool_mfa_config;
mod global_sign_out;
mod initiate_auth;
mod list_user_pool_client_secrets;
mod list_user_pool_clients;
mod list_user_pools;
mod list_users;
mod next_step;
mod one_time_code;
mod operation;
mod page;
mod refresh;
mod resend_confirmation_code;
mod respond_to_auth_challenge;
mod revoke_token;
mod set_user_mfa_preference;
mod set_user_pool_mfa_config;
mod sign_in;
mod sign_up;
mod token_setup;
mod update_user_attributes;
mod update_user_pool;
mod update_user_pool_client;
mod user_of_pool;
mod user_pool_input;
mod verify_software_token;
mod verify_user_attribute;

use std::sync::Arc;

use serde_json::Value;

pub(crate) use self::operation::Operation;
use crate::{exception::Exception, fields::Fields, pool::Pool};

impl Operation {
    /// Reads the input and performs the operation. The output has its members in the order of their
    /// names, as on AWS; an operation that has none gives null.
    #[expect(clippy::too_many_lines, reason = "an arm for each operation")]
    pub(crate) async fn run(self, pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
        match self {
            Self::AddUserPoolClientSecret => add_user_pool_client_secret::run(pool, fields).await,
            Self::AdminConfirmSignUp => admin_confirm_sign_up::run(pool, fields).await,
            Self::AdminCreateUser => admin_create_user::run(pool, fields).await,
            Self::AdminDeleteSoftwareToken => admin_delete_software_token::run(pool, fields).await,
            Self::AdminDeleteUser => admin_delete_user::run(pool, fields).await,
            Self::AdminDeleteUserAttributes => {
                admin_delete_user_attributes::run(pool, fields).await
            }
            Self::AdminDisableUser => admin_disable_user::run(pool, fields).await,
            Self::AdminEnableUser => admin_enable_user::run(pool, fields).await,
            Self::AdminGetUser => admin_get_user::run(pool, fields),
            Self::AdminInitiateAuth => admin_initiate_auth::run(pool, fields).await,
            Self::AdminResetUserPassword => admin_reset_user_password::run(pool, fields).await,
            Self::AdminRespondToAuthChallenge => {
                admin_respond_to_auth_challenge::run(pool, fields).await
            }
            Self::AdminSetUserPassword => admin_set_user_password::run(pool, fields).await,
            Self::AdminUpdateUserAttributes => {
                admin_update_user_attributes::run(pool, fields).await
            }
            Self::AdminUserGlobalSignOut => admin_user_global_sign_out::run(pool, fields).await,
            Self::AssociateSoftwareToken => associate_software_token::run(pool, fields).await,
            Self::ChangePassword => change_password::run(pool, fields).await,
            Self::ConfirmForgotPassword => confirm_forgot_password::run(pool, fields).await,
            Self::ConfirmSignUp => confirm_sign_up::run(pool, fields).await,
            Self::CreateUserPool => create_user_pool::run(pool, fields).await,
            Self::CreateUserPoolClient => create_user_pool_client::run(pool, fields).await,
            Self::DeleteUser => delete_user::run(pool, fields).await,
            Self::DeleteUserAttributes => delete_user_attributes::run(pool, fields).await,
            Self::DeleteUserPool => delete_user_pool::run(pool, fields).await,
            Self::DeleteUserPoolClient => delete_user_pool_client::run(pool, fields).await,
            Self::DeleteUserPoolClientSecret => {
                delete_user_pool_client_secret::run(pool, fields).await
            }
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
            Self::GetUserPoolMfaConfig => get_user_pool_mfa_config::run(pool, fields),
            Self::GlobalSignOut => global_sign_out::run(pool, fields).await,
            Self::InitiateAuth => initiate_auth::run(pool, fields).await,
            Self::ListUserPoolClientSecrets => list_user_pool_client_secrets::run(pool, fields),
            Self::ListUserPoolClients => list_user_pool_clients::run(pool, fields),
            Self::ListUserPools => list_user_pools::run(pool, fields),
            Self::ListUsers => list_users::run(pool, fields),
            Self::ResendConfirmationCode => resend_confirmation_code::run(pool, fields).await,
            Self::RespondToAuthChallenge => respond_to_auth_challenge::run(pool, fields).await,
            Self::RevokeToken => revoke_token::run(pool, fields).await,
            Self::SetUserMfaPreference => set_user_mfa_preference::run(pool, fields).await,
            Self::SetUserPoolMfaConfig => set_user_pool_mfa_config::run(pool, fields).await,
            Self::SignUp => sign_up::run(pool, fields).await,
            Self::UpdateUserAttributes => update_user_attributes::run(pool, fields).await,
            Self::UpdateUserPool => update_user_pool::run(pool, fields).await,
            Self::UpdateUserPoolClient => update_user_pool_client::run(pool, fields).await,
            Self::VerifySoftwareToken => verify_software_token::run(pool, fields).await,
            Self::VerifyUserAttribute => verify_user_attribute::run(pool, fields).await,
        }
    }
}

/// Adds a member to an output.
fn put(output: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = output.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
