//! What the template says of the pool and its client, in the shape of the `CloudFormation`
//! properties.

mod client;
mod pool;

pub use client::ClientSettings;
pub(crate) use client::RefreshTokenRotation;
pub(crate) use pool::PasswordPolicy;
pub use pool::PoolSettings;

/// A setting that `CloudFormation` refuses too, or that this pool cannot honour.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadSetting {
    pub(crate) property: &'static str,
    pub(crate) reason: &'static str,
}
