//! The settings of an app client as `CreateUserPoolClient` and `UpdateUserPoolClient` take them.

use crate::{
    exception::{Exception, Kind, not_emulated},
    fields::Fields,
    settings::{
        ClientSettings, ExistenceErrors, ExplicitAuthFlow, Feature, RefreshTokenRotation, TimeUnit,
        TokenValidityUnits,
    },
};

const FLOWS: [&str; 9] = [
    "ADMIN_NO_SRP_AUTH",
    "CUSTOM_AUTH_FLOW_ONLY",
    "USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_CUSTOM_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_USER_AUTH",
];

/// The settings that both operations take. What is absent has its default.
pub(super) fn settings(fields: &mut Fields) -> Result<ClientSettings, Exception> {
    if fields.boolean("PublishSecretsInAWSSecretsManager")?.unwrap_or_default() {
        return Err(not_emulated("PublishSecretsInAWSSecretsManager"));
    }
    let default = ClientSettings::default();
    let rotation = fields.structure("RefreshTokenRotation", rotation)?.unwrap_or_default();
    let mut default_flows = default.explicit_auth_flows.clone();
    if rotation.grace().is_some() {
        default_flows.retain(|flow| *flow != ExplicitAuthFlow::AllowRefreshTokenAuth);
    }
    let session = fields.integer("AuthSessionValidity", 3..=15)?;
    Ok(ClientSettings {
        explicit_auth_flows: fields.choices("ExplicitAuthFlows", &FLOWS)?.unwrap_or(default_flows),
        access_token_validity: validity(fields, "AccessTokenValidity", 1, 86_400)?,
        id_token_validity: validity(fields, "IdTokenValidity", 1, 86_400)?,
        refresh_token_validity: validity(fields, "RefreshTokenValidity", 0, 315_360_000)?
            .filter(|count| *count > 0),
        token_validity_units: fields.structure("TokenValidityUnits", units)?.unwrap_or_default(),
        auth_session_validity: session
            .and_then(|minutes| u8::try_from(minutes).ok())
            .unwrap_or(default.auth_session_validity),
        enable_token_revocation: fields
            .boolean("EnableTokenRevocation")?
            .unwrap_or(default.enable_token_revocation),
        enable_propagate_additional_user_context_data: fields
            .boolean("EnablePropagateAdditionalUserContextData")?
            .unwrap_or_default(),
        refresh_token_rotation: rotation,
        prevent_user_existence_errors: fields
            .choice("PreventUserExistenceErrors", &["LEGACY", "ENABLED"])?
            .unwrap_or(ExistenceErrors::Legacy),
        ..default
    })
}

/// Refuses settings that contradict each other.
pub(super) fn check(settings: &ClientSettings) -> Result<(), Exception> {
    let refresh = settings.explicit_auth_flows.contains(&ExplicitAuthFlow::AllowRefreshTokenAuth);
    if refresh && settings.refresh_token_rotation.grace().is_some() {
        return Err(Kind::InvalidParameter.because(
            "ALLOW_REFRESH_TOKEN_AUTH is not a permitted ExplicitAuthFlow when refresh token rotation is enabled.",
        ));
    }
    settings
        .check()
        .map_err(|_| Kind::InvalidParameter.because("Invalid range for token validity."))
}

fn validity(
    fields: &mut Fields,
    name: &str,
    least: i64,
    most: i64,
) -> Result<Option<u64>, Exception> {
    let count = fields.integer(name, least..=most)?;
    Ok(count.and_then(|count| u64::try_from(count).ok()))
}

fn units(fields: &mut Fields) -> Result<TokenValidityUnits, Exception> {
    let default = TokenValidityUnits::default();
    let mut unit = |name, default| -> Result<TimeUnit, Exception> {
        Ok(fields.choice(name, &["seconds", "minutes", "hours", "days"])?.unwrap_or(default))
    };
    Ok(TokenValidityUnits {
        access_token: unit("AccessToken", default.access_token)?,
        id_token: unit("IdToken", default.id_token)?,
        refresh_token: unit("RefreshToken", default.refresh_token)?,
    })
}

fn rotation(fields: &mut Fields) -> Result<RefreshTokenRotation, Exception> {
    let feature = fields.one_of("Feature", &["ENABLED", "DISABLED"])?;
    let grace = fields.integer("RetryGracePeriodSeconds", 0..=60)?;
    Ok(RefreshTokenRotation {
        feature: if feature == "ENABLED" { Feature::Enabled } else { Feature::Disabled },
        retry_grace_period_seconds: grace
            .and_then(|seconds| u64::try_from(seconds).ok())
            .unwrap_or_default(),
    })
}
