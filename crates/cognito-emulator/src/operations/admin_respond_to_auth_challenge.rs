use std::sync::Arc;

use serde_json::Value;

use super::respond_to_auth_challenge::{Response, go_on};
use crate::{constraint::USER_POOL_ID, exception::Exception, fields::Fields, pool::Pool};

/// Takes the next step of a sign-in, on behalf of an administrator.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let response = Response::read(&mut fields)?;
    fields.unused(&[], &["ContextData"])?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    go_on(pool, response).await
}
