use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{parameter, refresh, sign_in};
use crate::{
    constraint::CLIENT_ID,
    exception::{Exception, Kind},
    fields::Fields,
    pool::Pool,
};

/// The flows that the API model knows.
const FLOWS: [&str; 8] = [
    "USER_SRP_AUTH",
    "REFRESH_TOKEN_AUTH",
    "REFRESH_TOKEN",
    "CUSTOM_AUTH",
    "ADMIN_NO_SRP_AUTH",
    "USER_PASSWORD_AUTH",
    "ADMIN_USER_PASSWORD_AUTH",
    "USER_AUTH",
];

struct Input {
    flow: String,
    client_id: String,
    parameters: BTreeMap<String, SecretString>,
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
    let mut input = Input::read(fields)?;
    pool.check_client(&input.client_id)?;
    match flow(pool, &input.flow)? {
        Flow::Password => {
            let username = parameter(&mut input.parameters, "USERNAME")?;
            // EXPOSE: a user name is no secret; it only travels among secrets.
            let username = username.expose_secret();
            let password = parameter(&mut input.parameters, "PASSWORD")?;
            pool.check_secret_hash(username, input.parameters.get("SECRET_HASH"))?;
            sign_in::by_password(pool, username, password).await
        }
        Flow::RefreshToken => {
            let token = parameter(&mut input.parameters, "REFRESH_TOKEN")?;
            refresh::by_flow(pool, &token, &input.parameters).await
        }
    }
}

/// The flows that are built.
enum Flow {
    Password,
    RefreshToken,
}

/// The flow of this name. One that is not built is answered as on AWS for a client that may not use
/// it.
fn flow(pool: &Pool, name: &str) -> Result<Flow, Exception> {
    let message = match name {
        "USER_PASSWORD_AUTH" if pool.client.allows_password_flow() => return Ok(Flow::Password),
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN"
            if pool.client.refresh_token_rotation.grace().is_some() =>
        {
            return Err(Kind::UnsupportedOperation
                .because("This API does not support refresh token rotation"));
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" if pool.client.allows_refresh_flow() => {
            return Ok(Flow::RefreshToken);
        }
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            "Initiate Auth method not supported.".to_owned()
        }
        "USER_SRP_AUTH" | "CUSTOM_AUTH" => format!("{name} is not enabled for the client."),
        _ => format!("{name} flow not enabled for this client"),
    };
    Err(Kind::InvalidParameter.because(message))
}
