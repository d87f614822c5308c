use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    next_step::new_session,
    one_time_code, put,
    token_setup::{Setup, check_pool},
};
use crate::{
    constraint::{ANY, USER_CODE},
    exception::{Exception, Kind},
    fields::Fields,
    pool::Pool,
    session::Step,
};

/// Takes the first code of a new software token, which shows that the user has it.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let setup = Setup::read(&mut fields)?;
    let code = fields.required_secret("UserCode", &USER_CODE)?;
    let device = fields.optional("FriendlyDeviceName", &ANY)?.filter(|name| !name.is_empty());
    fields.finish()?;

    let setup = setup.admit(pool).await?;
    let (context, now) = (Arc::clone(pool), pool.now());
    let session = pool
        .store
        .write(move |change| {
            let pool = &context;
            let (user, session) = setup.user(change, &[Step::Verify], now)?;
            check_pool(pool)?;
            let token = change.software_token(&user.sub)?.ok_or_else(|| {
                Kind::SoftwareTokenMfaNotFound
                    .because("Software Token MFA does not exist for the user.")
            })?;
            let wrong = || Kind::EnableSoftwareTokenMfa.because("Code mismatch");
            let mut token = one_time_code::spend(change, &user.sub, token, &code, now, wrong)?;
            token.verified = true;
            token.device = device.or(token.device);
            let Some(session) = session else {
                change.put_software_token(&user.sub, &token)?;
                return Ok(None);
            };
            // Nobody can choose before the first sign-in is over.
            (token.enabled, token.preferred) = (true, true);
            change.put_software_token(&user.sub, &token)?;
            setup.finish(change)?;
            let at = (&**pool, change, now);
            new_session(at, &session.sub, &session.client_id, Step::MfaSetup).map(Some)
        })
        .await?;
    let mut answer = json!({ "Status": "SUCCESS" });
    if let Some(session) = session {
        // EXPOSE: the caller is who it is for.
        put(&mut answer, "Session", session.expose_secret());
    }
    Ok(answer)
}
