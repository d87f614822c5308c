/// An operation that is emulated. Any other is unknown here.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operation {
    AddUserPoolClientSecret,
    AdminConfirmSignUp,
    AdminCreateUser,
    AdminDeleteSoftwareToken,
    AdminDeleteUser,
    AdminDeleteUserAttributes,
    AdminDisableUser,
    AdminEnableUser,
    AdminGetUser,
    AdminInitiateAuth,
    AdminResetUserPassword,
    AdminRespondToAuthChallenge,
    AdminSetUserPassword,
    AdminUpdateUserAttributes,
    AdminUserGlobalSignOut,
    AssociateSoftwareToken,
    ChangePassword,
    ConfirmForgotPassword,
    ConfirmSignUp,
    CreateUserPool,
    CreateUserPoolClient,
    DeleteUser,
    DeleteUserAttributes,
    DeleteUserPool,
    DeleteUserPoolClient,
    DeleteUserPoolClientSecret,
    DescribeUserPool,
    DescribeUserPoolClient,
    ForgotPassword,
    GetTokensFromRefreshToken,
    GetUser,
    GetUserAttributeVerificationCode,
    GetUserPoolMfaConfig,
    GlobalSignOut,
    InitiateAuth,
    ListUserPoolClientSecrets,
    ListUserPoolClients,
    ListUserPools,
    ListUsers,
    ResendConfirmationCode,
    RespondToAuthChallenge,
    RevokeToken,
    SetUserMfaPreference,
    SetUserPoolMfaConfig,
    SignUp,
    UpdateUserAttributes,
    UpdateUserPool,
    UpdateUserPoolClient,
    VerifySoftwareToken,
    VerifyUserAttribute,
}

impl Operation {
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "AddUserPoolClientSecret" => Self::AddUserPoolClientSecret,
            "AdminConfirmSignUp" => Self::AdminConfirmSignUp,
            "AdminCreateUser" => Self::AdminCreateUser,
            "AdminDeleteSoftwareToken" => Self::AdminDeleteSoftwareToken,
            "AdminDeleteUser" => Self::AdminDeleteUser,
            "AdminDeleteUserAttributes" => Self::AdminDeleteUserAttributes,
            "AdminDisableUser" => Self::AdminDisableUser,
            "AdminEnableUser" => Self::AdminEnableUser,
            "AdminGetUser" => Self::AdminGetUser,
            "AdminInitiateAuth" => Self::AdminInitiateAuth,
            "AdminResetUserPassword" => Self::AdminResetUserPassword,
            "AdminRespondToAuthChallenge" => Self::AdminRespondToAuthChallenge,
            "AdminSetUserPassword" => Self::AdminSetUserPassword,
            "AdminUpdateUserAttributes" => Self::AdminUpdateUserAttributes,
            "AdminUserGlobalSignOut" => Self::AdminUserGlobalSignOut,
            "AssociateSoftwareToken" => Self::AssociateSoftwareToken,
            "ChangePassword" => Self::ChangePassword,
            "ConfirmForgotPassword" => Self::ConfirmForgotPassword,
            "ConfirmSignUp" => Self::ConfirmSignUp,
            "CreateUserPool" => Self::CreateUserPool,
            "CreateUserPoolClient" => Self::CreateUserPoolClient,
            "DeleteUser" => Self::DeleteUser,
            "DeleteUserAttributes" => Self::DeleteUserAttributes,
            "DeleteUserPool" => Self::DeleteUserPool,
            "DeleteUserPoolClient" => Self::DeleteUserPoolClient,
            "DeleteUserPoolClientSecret" => Self::DeleteUserPoolClientSecret,
            "DescribeUserPool" => Self::DescribeUserPool,
            "DescribeUserPoolClient" => Self::DescribeUserPoolClient,
            "ForgotPassword" => Self::ForgotPassword,
            "GetTokensFromRefreshToken" => Self::GetTokensFromRefreshToken,
            "GetUser" => Self::GetUser,
            "GetUserAttributeVerificationCode" => Self::GetUserAttributeVerificationCode,
            "GetUserPoolMfaConfig" => Self::GetUserPoolMfaConfig,
            "GlobalSignOut" => Self::GlobalSignOut,
            "InitiateAuth" => Self::InitiateAuth,
            "ListUserPoolClientSecrets" => Self::ListUserPoolClientSecrets,
            "ListUserPoolClients" => Self::ListUserPoolClients,
            "ListUserPools" => Self::ListUserPools,
            "ListUsers" => Self::ListUsers,
            "ResendConfirmationCode" => Self::ResendConfirmationCode,
            "RespondToAuthChallenge" => Self::RespondToAuthChallenge,
            "RevokeToken" => Self::RevokeToken,
            "SetUserMFAPreference" => Self::SetUserMfaPreference,
            "SetUserPoolMfaConfig" => Self::SetUserPoolMfaConfig,
            "SignUp" => Self::SignUp,
            "UpdateUserAttributes" => Self::UpdateUserAttributes,
            "UpdateUserPool" => Self::UpdateUserPool,
            "UpdateUserPoolClient" => Self::UpdateUserPoolClient,
            "VerifySoftwareToken" => Self::VerifySoftwareToken,
            "VerifyUserAttribute" => Self::VerifyUserAttribute,
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
            | Self::AdminDeleteSoftwareToken
            | Self::AdminDeleteUser
            | Self::AdminDeleteUserAttributes
            | Self::AdminDisableUser
            | Self::AdminEnableUser
            | Self::AdminGetUser
            | Self::AdminInitiateAuth
            | Self::AdminResetUserPassword
            | Self::AdminRespondToAuthChallenge
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
            Self::AssociateSoftwareToken
            | Self::ChangePassword
            | Self::ConfirmForgotPassword
            | Self::ConfirmSignUp
            | Self::DeleteUser
            | Self::DeleteUserAttributes
            | Self::ForgotPassword
            | Self::GetTokensFromRefreshToken
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
}
