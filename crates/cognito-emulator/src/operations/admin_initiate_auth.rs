use std::sync::Arc;

use serde_json::Value;

use super::initiate_auth::{FLOWS, Flow, Parameters, begin, not_enabled, refresh_flow};
use crate::{
    constraint::{CLIENT_ID, USER_POOL_ID},
    exception::{Exception, Kind},
    fields::Fields,
    pool::Pool,
};

struct Input {
    pool_id: String,
    client_id: String,
    flow: String,
    parameters: Parameters,
}

impl Input {
    fn read(mut fields: Fields) -> Result<Self, Exception> {
        let input = Self {
            pool_id: fields.required("UserPoolId", &USER_POOL_ID)?,
            client_id: fields.required("ClientId", &CLIENT_ID)?,
            flow: fields.one_of("AuthFlow", &FLOWS)?,
            parameters: fields.secrets("AuthParameters")?,
        };
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata", "ContextData"])?;
        fields.finish().map(|()| input)
    }
}

/// Signs a user in by password, or makes new tokens of a refresh token, on behalf of an administrator.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    pool.check_pool(&input.pool_id)?;
    pool.check_client(&input.client_id)?;
    begin(pool, flow(pool, &input.flow)?, input.parameters).await
}

fn flow(pool: &Pool, name: &str) -> Result<Flow, Exception> {
    match name {
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            if pool.client.allows_admin_password_flow() {
                return Ok(Flow::Password);
            }
            Err(Kind::InvalidParameter.because("Auth flow not enabled for this client"))
        }
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => refresh_flow(pool, name),
        "USER_PASSWORD_AUTH" => {
            Err(Kind::InvalidParameter.because("Initiate Auth method not supported."))
        }
        _ => Err(not_enabled(name)),
    }
}
