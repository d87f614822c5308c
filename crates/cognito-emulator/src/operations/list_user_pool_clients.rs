use serde_json::{Value, json};

use super::{page::page, put};
use crate::{
    constraint::{PAGINATION_TOKEN, USER_POOL_ID},
    exception::Exception,
    fields::Fields,
    pool::Pool,
};

/// The most clients on a page, and how many are on it if the caller does not say.
const MOST: usize = 60;

/// Lists the app clients of a pool, page by page.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let limit = fields.integer("MaxResults", 1..=60)?;
    let token = fields.optional("NextToken", &PAGINATION_TOKEN)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(MOST);
    let all = pool.store.read()?.clients()?;
    let (clients, next) = page(all, |client| &client.id, token.as_deref(), limit)?;
    let entries: Vec<_> = clients
        .iter()
        .map(|client| {
            json!({
                "ClientId": client.id,
                "ClientName": client.settings.client_name,
                "UserPoolId": client.pool_id,
            })
        })
        .collect();
    let mut listed = json!({ "UserPoolClients": entries });
    if let Some(next) = next {
        put(&mut listed, "NextToken", next);
    }
    Ok(listed)
}
