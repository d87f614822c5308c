use serde_json::{Value, json};

use super::{page::page, put};
use crate::{
    constraint::PAGINATION_TOKEN, exception::Exception, fields::Fields, pool::Pool,
    record::PoolRecord,
};

/// Lists the pools, page by page.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.optional("NextToken", &PAGINATION_TOKEN)?;
    let limit = fields.required_integer("MaxResults", 1..=60)?;
    fields.finish()?;

    let limit = usize::try_from(limit).unwrap_or_default();
    let all = pool.region.catalog.pools()?;
    let (pools, next) = page(all, |pool| &pool.id, token.as_deref(), limit)?;
    let mut listed = json!({ "UserPools": pools.iter().map(entry).collect::<Vec<_>>() });
    if let Some(next) = next {
        put(&mut listed, "NextToken", next);
    }
    Ok(listed)
}

/// `UserPoolDescriptionType`.
fn entry(pool: &PoolRecord) -> Value {
    json!({
        "CreationDate": pool.created.fractional_seconds(),
        "Id": pool.id,
        "LambdaConfig": {},
        "LastModifiedDate": pool.modified.fractional_seconds(),
        "Name": pool.settings.user_pool_name,
    })
}
