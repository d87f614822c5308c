use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    bearer::Bearer, constraint::TOKEN, exception::Exception, fields::Fields, pool::Pool,
    software_token::SoftwareToken,
};

/// Tells users about themselves.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let state = pool.store.read()?;
    let user = bearer.user_in(&state)?;
    let mut told = json!({ "UserAttributes": user.attribute_list(), "Username": user.username });
    SoftwareToken::describe(state.software_token(&user.sub)?.as_ref(), &mut told);
    Ok(told)
}
