use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::page;
use crate::{
    constraint::{ATTRIBUTE_NAME, FILTER, PAGINATION_TOKEN, USER_POOL_ID},
    exception::{Exception, Kind},
    fields::Fields,
    filter::Filter,
    pool::Pool,
    user::User,
};

/// The most users on a page, and how many are on it if the caller does not say.
const MOST: usize = 60;

/// Lists users, or those that pass a filter, page by page. An attribute that is asked for must be
/// there of each.
pub(super) fn run(pool: &Pool, mut fields: Fields) -> Result<Value, Exception> {
    let pool_id = fields.required("UserPoolId", &USER_POOL_ID)?;
    let wanted = fields.strings("AttributesToGet", &ATTRIBUTE_NAME)?;
    let limit = fields.integer("Limit", 0..=60)?;
    let token = fields.optional("PaginationToken", &PAGINATION_TOKEN)?;
    let filter = fields.optional("Filter", &FILTER)?;
    fields.finish()?;

    pool.check_pool(&pool_id)?;
    let filter = Filter::parse(filter.as_deref().unwrap_or_default())?;
    let after = token.as_deref().map(page::position).transpose()?.unwrap_or_default();
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .filter(|limit| *limit > 0)
        .unwrap_or(MOST);

    let fold = !pool.settings.case_sensitive();
    let mut users =
        pool.store.read()?.users(&after, limit + 1, |user| filter.passes(user, fold))?;
    let more = users.len() > limit;
    users.truncate(limit);
    if !wanted.iter().flatten().all(|name| users.iter().all(|user| user.attribute(name).is_some()))
    {
        return Err(
            Kind::InvalidParameter.because("One or more requested attributes do not exist.")
        );
    }
    let entries: Vec<_> = users.iter().map(|user| entry(user, wanted.as_deref())).collect();
    let mut listed = json!({ "Users": entries });
    if let (true, Some(last), Some(members)) = (more, users.last(), listed.as_object_mut()) {
        members.insert("PaginationToken".to_owned(), URL_SAFE_NO_PAD.encode(&last.sub).into());
    }
    Ok(listed)
}

/// `UserType`, with all attributes or those wanted.
pub(super) fn entry(user: &User, wanted: Option<&[String]>) -> Value {
    let mut attributes = user.attribute_list();
    if let Some(wanted) = wanted {
        attributes.retain(|attribute| wanted.iter().any(|name| attribute["Name"] == name.as_str()));
    }
    json!({
        "Attributes": attributes,
        "Enabled": user.enabled,
        "UserCreateDate": user.created.fractional_seconds(),
        "UserLastModifiedDate": user.modified.fractional_seconds(),
        "UserStatus": user.status.name(),
        "Username": user.username,
    })
}
