use std::sync::Arc;

use serde_json::{Value, json};

use super::{account::count, get_user_attribute_verification_code::check_email};
use crate::{
    attempts::quota,
    attributes,
    bearer::Bearer,
    code::Purpose,
    constraint::{ATTRIBUTE_NAME, CONFIRMATION_CODE, TOKEN},
    exception::Exception,
    fields::Fields,
    name::Subject,
    pool::Pool,
    store::Counter,
};

const QUOTA: (Counter, u32) = (Counter::AttributeConfirmations, quota::VERIFY_USER_ATTRIBUTE);

/// Takes the code that was mailed to the address of a user, which proves the address. A new one that
/// waits for this is the user's from now on.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let token = fields.required_secret("AccessToken", &TOKEN)?;
    let attribute = fields.required("AttributeName", &ATTRIBUTE_NAME)?;
    let code = fields.required_secret("Code", &CONFIRMATION_CODE)?;
    fields.finish()?;

    let bearer = Bearer::read(pool, &token).await?;
    let (context, now) = (Arc::clone(pool), pool.now());
    pool.store
        .write(move |change| {
            let mut user = bearer.user(change)?;
            check_email(&attribute)?;
            count(change, &Subject::User(user.sub.clone()), QUOTA, now)?;
            change.spend_code(
                context.digest_key(),
                Purpose::EmailVerification,
                &user.sub,
                &code,
                now,
            )?;
            attributes::prove(&context, change, &mut user)?;
            user.modified = now;
            Ok(change.put_user(&user)?)
        })
        .await?;
    Ok(json!({}))
}
