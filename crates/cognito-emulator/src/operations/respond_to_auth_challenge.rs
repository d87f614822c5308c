use std::{collections::BTreeMap, sync::Arc};

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::{
    account::parameter,
    next_step::{At, NextStep},
    one_time_code,
};
use crate::{
    constraint::{CLIENT_ID, SESSION},
    exception::{Exception, Kind, disabled},
    fields::Fields,
    name::SignInName,
    pool::Pool,
    session::{Session, Step, invalid_session},
    store::Change,
    time::Moment,
    tokens::token_digest,
    user::User,
};

mod new_password;

/// The challenges that the API model knows.
const CHALLENGES: [&str; 16] = [
    "SMS_MFA",
    "EMAIL_OTP",
    "SOFTWARE_TOKEN_MFA",
    "SELECT_MFA_TYPE",
    "MFA_SETUP",
    "PASSWORD_VERIFIER",
    "CUSTOM_CHALLENGE",
    "SELECT_CHALLENGE",
    "DEVICE_SRP_AUTH",
    "DEVICE_PASSWORD_VERIFIER",
    "ADMIN_NO_SRP_AUTH",
    "NEW_PASSWORD_REQUIRED",
    "SMS_OTP",
    "PASSWORD",
    "WEB_AUTHN",
    "PASSWORD_SRP",
];

/// The members that answer a challenge, whoever answers.
pub(super) struct Response {
    client_id: String,
    challenge: String,
    session: Option<SecretString>,
    responses: BTreeMap<String, SecretString>,
}

impl Response {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, Exception> {
        let response = Self {
            client_id: fields.required("ClientId", &CLIENT_ID)?,
            challenge: fields.one_of("ChallengeName", &CHALLENGES)?,
            session: fields.optional("Session", &SESSION)?.map(Into::into),
            responses: fields.secrets("ChallengeResponses")?,
        };
        fields.unused(&["ClientMetadata"], &["AnalyticsMetadata"])?;
        Ok(response)
    }
}

/// A sign-in that goes on: by its session, and by the name of the user whom it must be of.
struct Continued {
    digest: [u8; 32],
    name: SignInName,
    step: Step,
}

impl Continued {
    /// The user and the session, unless the session is over or of another user.
    fn admit(
        &self,
        pool: &Pool,
        change: &Change,
        now: Moment,
    ) -> Result<(User, Session), Exception> {
        self.check(pool, change.session(&self.digest)?, change.find(&self.name)?, now)
    }

    fn check(
        &self,
        pool: &Pool,
        session: Option<Session>,
        user: Option<User>,
        now: Moment,
    ) -> Result<(User, Session), Exception> {
        let own = session.filter(|session| {
            session.client_id == pool.client_id
                && user.as_ref().is_some_and(|user| user.sub == session.sub)
        });
        let session = Session::admit(own, self.step, now)?;
        let user = user.ok_or_else(invalid_session)?;
        if user.enabled { Ok((user, session)) } else { Err(disabled()) }
    }
}

/// Takes the next step of a sign-in.
pub(super) async fn run(pool: &Arc<Pool>, mut fields: Fields) -> Result<Value, Exception> {
    let response = Response::read(&mut fields)?;
    fields.unused(&[], &["UserContextData"])?;
    fields.finish()?;
    go_on(pool, response).await
}

/// Goes on with a sign-in after this response.
pub(super) async fn go_on(pool: &Arc<Pool>, mut response: Response) -> Result<Value, Exception> {
    pool.check_client(&response.client_id)?;
    let step = match response.challenge.as_str() {
        "NEW_PASSWORD_REQUIRED" => Step::NewPassword,
        "SOFTWARE_TOKEN_MFA" => Step::SoftwareToken,
        "MFA_SETUP" => Step::MfaSetup,
        // No sign-in here ever asks for another one.
        _ => return Err(invalid_session()),
    };
    let session = response
        .session
        .as_ref()
        .ok_or_else(|| Kind::InvalidParameter.because("Missing required parameter Session"))?;
    let username = parameter(&mut response.responses, "USERNAME")?;
    let answer = match step {
        Step::NewPassword => Some(parameter(&mut response.responses, "NEW_PASSWORD")?),
        Step::SoftwareToken => Some(parameter(&mut response.responses, "SOFTWARE_TOKEN_MFA_CODE")?),
        Step::Associate | Step::Verify | Step::MfaSetup => None,
    };
    // EXPOSE: a user name is no secret; it only travels among secrets.
    let username = username.expose_secret();
    pool.check_secret_hash(username, response.responses.get("SECRET_HASH"))?;

    let sign_in = Continued { digest: token_digest(session), name: pool.name(username), step };
    // Made before they are promised.
    pool.keys().await?;
    let next = match (step, answer) {
        (Step::NewPassword, Some(password)) => {
            new_password::set(pool, sign_in, password, response.responses).await?
        }
        (_, code) => {
            let (context, now) = (Arc::clone(pool), pool.now());
            pool.store
                .write(move |change| {
                    second_factor((&context, change, now), &sign_in, code.as_ref())
                })
                .await?
        }
    };
    next.answer(pool).await
}

/// Lets a user in who has a code of the software token, or has just shown to have the token.
fn second_factor(
    at: At,
    sign_in: &Continued,
    code: Option<&SecretString>,
) -> Result<NextStep, Exception> {
    let (pool, change, now) = at;
    let (user, session) = sign_in.admit(pool, change, now)?;
    if let Some(code) = code {
        let token = change.software_token(&user.sub)?.filter(|token| token.verified);
        let token = token.ok_or_else(|| {
            Kind::SoftwareTokenMfaNotFound
                .because("Software Token MFA does not exist for the user.")
        })?;
        let wrong = || Kind::CodeMismatch.because("Invalid code received for user");
        let token = one_time_code::spend(change, &user.sub, token, code, now, wrong)?;
        change.put_software_token(&user.sub, &token)?;
    }
    change.put_session(&sign_in.digest, &session.used())?;
    NextStep::tokens(at, user)
}
