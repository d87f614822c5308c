//! What the template says of the pool and its client, in the shape of the `CloudFormation`
//! properties.

mod client;
mod pool;

pub use client::ClientSettings;
pub(crate) use client::{
    ExistenceErrors, ExplicitAuthFlow, Feature, RefreshTokenRotation, TimeUnit, TokenValidityUnits,
};
pub use pool::PoolSettings;
pub(crate) use pool::{
    AdminCreateUserConfig, DeletionProtection, InviteMessageTemplate, Mfa, MfaConfiguration,
    PasswordPolicy, Policies, UserAttributeUpdateSettings, UsernameConfiguration,
    VerificationMessageTemplate, VerifiedAttribute,
};

/// A setting that `CloudFormation` refuses too, or that this pool cannot honour.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadSetting {
    pub(crate) property: &'static str,
    pub(crate) reason: &'static str,
}
