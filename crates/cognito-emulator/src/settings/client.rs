use std::{ops::RangeInclusive, time::Duration};

use serde::{Deserialize, Serialize};

use super::BadSetting;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What an ID or access token may be valid for, in seconds: 5 minutes to 1 day.
const SHORT_LIVED: RangeInclusive<u64> = 5 * MINUTE..=DAY;
/// What a refresh token may be valid for, in seconds: 1 hour to 10 years.
const LONG_LIVED: RangeInclusive<u64> = HOUR..=3650 * DAY;

/// What `AuthSessionValidity` may be.
const SESSION_MINUTES: RangeInclusive<u8> = 3..=15;
/// The most that `RetryGracePeriodSeconds` may be.
const LONGEST_GRACE: Duration = Duration::from_mins(1);

/// The properties of `AWS::Cognito::UserPoolClient` that this pool honours; others are ignored.
///
/// What is absent has the default of AWS: no secret, no password flow, tokens of 1 hour, refresh
/// tokens of 30 days, errors that tell whether a user exists (`LEGACY`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ClientSettings {
    pub(crate) client_name: String,
    pub(crate) explicit_auth_flows: Vec<ExplicitAuthFlow>,
    pub(crate) access_token_validity: Option<u64>,
    pub(crate) id_token_validity: Option<u64>,
    pub(crate) refresh_token_validity: Option<u64>,
    pub(crate) token_validity_units: TokenValidityUnits,
    pub(crate) auth_session_validity: u8,
    pub(crate) enable_token_revocation: bool,
    /// Kept to be shown: no context of a user changes an answer here.
    pub(crate) enable_propagate_additional_user_context_data: bool,
    pub(crate) generate_secret: bool,
    pub(crate) refresh_token_rotation: RefreshTokenRotation,
    pub(crate) prevent_user_existence_errors: ExistenceErrors,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            client_name: String::new(),
            explicit_auth_flows: vec![
                ExplicitAuthFlow::AllowUserSrpAuth,
                ExplicitAuthFlow::AllowRefreshTokenAuth,
                ExplicitAuthFlow::AllowCustomAuth,
            ],
            access_token_validity: None,
            id_token_validity: None,
            refresh_token_validity: None,
            token_validity_units: TokenValidityUnits::default(),
            auth_session_validity: 3,
            enable_token_revocation: true,
            enable_propagate_additional_user_context_data: false,
            generate_secret: false,
            refresh_token_rotation: RefreshTokenRotation::default(),
            prevent_user_existence_errors: ExistenceErrors::Legacy,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ExplicitAuthFlow {
    AdminNoSrpAuth,
    CustomAuthFlowOnly,
    UserPasswordAuth,
    AllowAdminUserPasswordAuth,
    AllowCustomAuth,
    AllowUserPasswordAuth,
    AllowUserSrpAuth,
    AllowRefreshTokenAuth,
    AllowUserAuth,
}

/// `PreventUserExistenceErrors`: may an answer tell that a user does not exist?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ExistenceErrors {
    /// It may.
    Legacy,
    /// Absent users are answered as present ones, where AWS does so.
    Enabled,
}

/// `RefreshTokenRotation`: whether a refresh brings a new refresh token, and for how many seconds
/// the one before it works beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RefreshTokenRotation {
    pub(crate) feature: Feature,
    pub(crate) retry_grace_period_seconds: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Feature {
    #[default]
    Disabled,
    Enabled,
}

impl RefreshTokenRotation {
    /// How long the token before the newest one works; nothing if tokens are not rotated at all.
    pub(crate) fn grace(&self) -> Option<Duration> {
        (self.feature == Feature::Enabled)
            .then(|| Duration::from_secs(self.retry_grace_period_seconds))
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(clippy::struct_field_names, reason = "the shape of the CloudFormation property")]
pub(crate) struct TokenValidityUnits {
    pub(crate) access_token: TimeUnit,
    pub(crate) id_token: TimeUnit,
    pub(crate) refresh_token: TimeUnit,
}

impl Default for TokenValidityUnits {
    fn default() -> Self {
        Self {
            access_token: TimeUnit::Hours,
            id_token: TimeUnit::Hours,
            refresh_token: TimeUnit::Days,
        }
    }
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TimeUnit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl TimeUnit {
    fn times(self, count: u64) -> Duration {
        let seconds = match self {
            Self::Seconds => 1,
            Self::Minutes => MINUTE,
            Self::Hours => HOUR,
            Self::Days => DAY,
        };
        Duration::from_secs(count.saturating_mul(seconds))
    }
}

impl ClientSettings {
    pub(crate) fn access_token_lifetime(&self) -> Duration {
        let hour = Duration::from_secs(HOUR);
        self.access_token_validity
            .map_or(hour, |count| self.token_validity_units.access_token.times(count))
    }

    pub(crate) fn id_token_lifetime(&self) -> Duration {
        let hour = Duration::from_secs(HOUR);
        self.id_token_validity.map_or(hour, |count| self.token_validity_units.id_token.times(count))
    }

    /// 30 days if the template says nothing or, as on AWS, zero.
    pub(crate) fn refresh_token_lifetime(&self) -> Duration {
        let month = Duration::from_secs(30 * DAY);
        let given = self.refresh_token_validity.filter(|count| *count > 0);
        given.map_or(month, |count| self.token_validity_units.refresh_token.times(count))
    }

    /// How long a sign-in may take from one step to the next.
    pub(crate) fn session_lifetime(&self) -> Duration {
        Duration::from_secs(u64::from(self.auth_session_validity) * MINUTE)
    }

    pub(crate) fn allows_password_flow(&self) -> bool {
        let flows = &self.explicit_auth_flows;
        flows.contains(&ExplicitAuthFlow::AllowUserPasswordAuth)
            || flows.contains(&ExplicitAuthFlow::UserPasswordAuth)
    }

    /// Whether an administrator may sign a user in by password.
    pub(crate) fn allows_admin_password_flow(&self) -> bool {
        let flows = &self.explicit_auth_flows;
        flows.contains(&ExplicitAuthFlow::AllowAdminUserPasswordAuth)
            || flows.contains(&ExplicitAuthFlow::AdminNoSrpAuth)
    }

    /// Whether `REFRESH_TOKEN_AUTH` works. The values of before there was one for it allow it too.
    pub(crate) fn allows_refresh_flow(&self) -> bool {
        use ExplicitAuthFlow::{
            AdminNoSrpAuth, AllowRefreshTokenAuth, CustomAuthFlowOnly, UserPasswordAuth,
        };
        self.explicit_auth_flows.iter().any(|flow| {
            matches!(
                flow,
                AllowRefreshTokenAuth | AdminNoSrpAuth | CustomAuthFlowOnly | UserPasswordAuth
            )
        })
    }

    /// Whether absent users must not be told from present ones.
    pub(crate) fn hides_existence(&self) -> bool {
        self.prevent_user_existence_errors == ExistenceErrors::Enabled
    }

    pub(crate) fn check(&self) -> Result<(), BadSetting> {
        for (property, lifetime) in [
            ("AccessTokenValidity", self.access_token_lifetime()),
            ("IdTokenValidity", self.id_token_lifetime()),
        ] {
            if !SHORT_LIVED.contains(&lifetime.as_secs()) {
                return Err(BadSetting { property, reason: "must be 5 minutes to 1 day" });
            }
        }
        if !LONG_LIVED.contains(&self.refresh_token_lifetime().as_secs()) {
            return Err(BadSetting {
                property: "RefreshTokenValidity",
                reason: "must be 1 hour to 10 years",
            });
        }
        if !SESSION_MINUTES.contains(&self.auth_session_validity) {
            return Err(BadSetting { property: "AuthSessionValidity", reason: "must be 3 to 15" });
        }
        self.check_rotation()
    }

    fn check_rotation(&self) -> Result<(), BadSetting> {
        let flow = ExplicitAuthFlow::AllowRefreshTokenAuth;
        let Some(grace) = self.refresh_token_rotation.grace() else { return Ok(()) };
        if grace > LONGEST_GRACE {
            return Err(BadSetting {
                property: "RetryGracePeriodSeconds",
                reason: "must be 0 to 60",
            });
        }
        if self.explicit_auth_flows.contains(&flow) {
            return Err(BadSetting {
                property: "ExplicitAuthFlows",
                reason: "cannot have ALLOW_REFRESH_TOKEN_AUTH when refresh token rotation is enabled",
            });
        }
        Ok(())
    }
}
