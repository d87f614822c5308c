use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    next_step::new_session,
    put,
    token_setup::{Setup, check_pool},
};
use crate::{
    exception::Exception,
    fields::Fields,
    pool::{Pool, rng},
    session::Step,
    software_token::SoftwareToken,
};

/// Gives a user a new software token. The one before it is gone at once: until the new one is
/// verified the user signs in without.
/// Source: Amazon Cognito developer guide, "TOTP software token MFA".
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let setup = Setup::read(&mut fields)?;
    fields.finish()?;

    let setup = setup.admit(pool).await?;
    let (context, now) = (Arc::clone(pool), pool.now());
    let (secret, session) = pool
        .store
        .write(move |change| {
            let pool = &context;
            let (user, session) = setup.user(change, &[Step::Associate, Step::Verify], now)?;
            check_pool(pool)?;
            let token = SoftwareToken::new(&mut rng());
            change.put_software_token(&user.sub, &token)?;
            let next = session.map(|session| {
                new_session((pool, change, now), &session.sub, &session.client_id, Step::Verify)
            });
            setup.finish(change)?;
            Ok((token.secret_code(), next.transpose()?))
        })
        .await?;
    // EXPOSE: the caller is who both are for.
    let mut answer = json!({ "SecretCode": secret.expose_secret() });
    if let Some(session) = session {
        put(&mut answer, "Session", session.expose_secret());
    }
    Ok(answer)
}
