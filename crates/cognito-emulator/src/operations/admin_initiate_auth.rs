use std::sync::Arc;

use serde_json::Value;

use super::initiate_auth::{FLOWS, Flow, Parameters, begin};
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

/// Signs a user in by password, on behalf of an administrator.
pub(super) async fn run(pool: &Arc<Pool>, fields: Fields) -> Result<Value, Exception> {
    let input = Input::read(fields)?;
    pool.check_pool(&input.pool_id)?;
    pool.check_client(&input.client_id)?;
    begin(pool, flow(pool, &input.flow)?, input.parameters).await
}

/// The flow of this name. One that is not built is answered as on AWS for a client that may not use
/// it.
fn flow(pool: &Pool, name: &str) -> Result<Flow, Exception> {
    let message = match name {
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH"
            if pool.client.allows_admin_password_flow() =>
        {
            return Ok(Flow::Password);
        }
        "USER_PASSWORD_AUTH" => "Initiate Auth method not supported.".to_owned(),
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            "Auth flow not enabled for this client".to_owned()
        }
        "USER_SRP_AUTH" | "CUSTOM_AUTH" => format!("{name} is not enabled for the client."),
        _ => format!("{name} flow not enabled for this client"),
    };
    Err(Kind::InvalidParameter.because(message))
}
