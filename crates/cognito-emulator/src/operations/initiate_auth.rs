use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{account::parameter, refresh, sign_in};
use crate::{
    constraint::CLIENT_ID,
    exception::{Exception, Kind},
    fields::Fields,
    pool::Pool,
};

/// The flows that the API model knows.
pub(super) const FLOWS: [&str; 8] = [
    "USER_SRP_AUTH",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "CUSTOM_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
];

/// `AuthParameters`.
pub(super) type Parameters = BTreeMap<String, SecretString>;

struct Input {
    flow: String,
    client_id: String,
    parameters: Parameters,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            flow: fields.one_of("AuthFlow", &FLOWS)?,
            client_id: fields.required("ClientId", &CLIENT_ID)?,
            parameters: fields.secrets("AuthParameters")?,
        };
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata", "UserContextData"])?;
        fields.finish().map(|()| input)
    }
}

/// Signs a user in by password, or makes new tokens of a refresh token.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    pool.check_client(&input.client_id)?;
    begin(pool, flow(pool, &input.flow)?, input.parameters).await
}

/// The flows that are built, whoever begins them.
pub(super) enum Flow {
    Password,
    RefreshToken,
}

/// Begins a flow that the client may use.
pub(super) async fn begin(
    pool: &Arc<Pool>,
    flow: Flow,
    mut parameters: Parameters,
) -> Result<Value, Exception> {
    match flow {
        Flow::Password => {
            let username = parameter(&mut parameters, "USERNAME")?;
            // EXPOSE: a user name is no secret; it only travels among secrets.
            let username = username.expose_secret();
            let password = parameter(&mut parameters, "PASSWORD")?;
            pool.check_secret_hash(username, parameters.get("SECRET_HASH"))?;
            sign_in::by_password(pool, username, password).await
        }
        Flow::RefreshToken => {
            let token = parameter(&mut parameters, "REFRESH_TOKEN")?;
            refresh::by_flow(pool, &token, &parameters).await
        }
    }
}

/// The flow that users and administrators have in common, or its refusal.
pub(super) fn refresh_flow(pool: &Pool, name: &str) -> Result<Flow, Exception> {
    if pool.client.refresh_token_rotation.grace().is_some() {
        return Err(
            Kind::UnsupportedOperation.because("This API does not support refresh token rotation")
        );
    }
    if pool.client.allows_refresh_flow() { Ok(Flow::RefreshToken) } else { Err(not_enabled(name)) }
}

/// Refuses a flow that the client may not use. One that is not built is answered likewise.
pub(super) fn not_enabled(name: &str) -> Exception {
    Kind::InvalidParameter.because(match name {
        "USER_SRP_AUTH" | "CUSTOM_AUTH" => format!("{name} is not enabled for the client."),
        _ => format!("{name} flow not enabled for this client"),
    })
}

fn flow(pool: &Pool, name: &str) -> Result<Flow, Exception> {
    match name {
        "USER_PASSWORD_AUTH" if pool.client.allows_password_flow() => Ok(Flow::Password),
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => refresh_flow(pool, name),
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            Err(Kind::InvalidParameter.because("Initiate Auth method not supported."))
        }
        _ => Err(not_enabled(name)),
    }
}
