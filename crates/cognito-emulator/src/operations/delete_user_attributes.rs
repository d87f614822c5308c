use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    attributes,
    bearer::Bearer,
    constraint::{ATTRIBUTE_NAME, TOKEN},
    exception::Exception,
    fields::Fields,
    pool::Pool,
};

/// Takes attributes of a user away.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let names = fields.required_strings("UserAttributeNames", &ATTRIBUTE_NAME)?;
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let (context, now) = (Arc::clone(pool), pool.now());
    pool.store
        .write(move |change| {
            let mut user = bearer.user(change)?;
            names.iter().try_for_each(|name| attributes::check_name_of_user(name))?;
            attributes::remove(&context, change, &mut user, &names)?;
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
