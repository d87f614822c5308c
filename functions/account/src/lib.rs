//! `GET /me`, `POST /change_password`, `POST /mfa/setup`, `POST /mfa/verify` and `DELETE /mfa`: what
//! a caller does with their own account, on the strength of their access token alone.

use http::{Method, StatusCode};
use identity::{Account, Enrolment, Error, NewPassword, Profile, TotpCode};
use lambda::Handler;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use shared::{
    Kind, Problem, Request, Response, SecurityEvent,
    json::{Members, not_empty},
};

/// The member for a new password.
const NEW_PASSWORD: &str = "new_password";

/// The handler of the routes of the caller's own account.
#[derive(Debug)]
pub struct OwnAccount {
    account: Account,
}

impl OwnAccount {
    /// Acts for callers by means of `account`.
    #[must_use]
    pub const fn new(account: Account) -> Self {
        Self { account }
    }

    async fn profile(&self, token: &SecretString) -> Result<Response, Problem> {
        let profile = self.account.profile(token).await?;
        let response = Response::json(StatusCode::OK, &Me::from(&profile));
        Ok(response.noting(SecurityEvent::SensitiveRead))
    }

    async fn change_password(
        &self,
        request: &Request,
        token: &SecretString,
    ) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let current = members.text("current_password", not_empty);
        let new = members.text(NEW_PASSWORD, Ok);
        let (current, new) = members.finish(current.zip(new))?;
        let about = |error: Error| {
            let problem = error.about(NEW_PASSWORD);
            problem.noting_if(Kind::InvalidCredentials, SecurityEvent::AuthnPasswordChangeFail)
        };
        let new =
            NewPassword::parse(new).map_err(|weakness| about(Error::WeakPassword(weakness)))?;
        self.account.change_password(token, &current, &new).await.map_err(about)?;
        Ok(Response::empty(StatusCode::NO_CONTENT).noting(SecurityEvent::AuthnPasswordChange))
    }

    async fn set_up_mfa(
        &self,
        request: &Request,
        token: &SecretString,
    ) -> Result<Response, Problem> {
        no_members(request)?;
        let enrolment = self.account.set_up_mfa(token).await?;
        let response = Response::json(StatusCode::OK, &Key::from(&enrolment));
        Ok(response.noting(SecurityEvent::SensitiveCreate))
    }

    async fn enable_mfa(
        &self,
        request: &Request,
        token: &SecretString,
    ) -> Result<Response, Problem> {
        self.account.enable_mfa(token, &code(request)?).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT).noting(SecurityEvent::UserUpdated))
    }

    async fn disable_mfa(
        &self,
        request: &Request,
        token: &SecretString,
    ) -> Result<Response, Problem> {
        self.account.disable_mfa(token, &code(request)?).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT).noting(SecurityEvent::UserUpdated))
    }
}

impl Handler for OwnAccount {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        let token = request.bearer_token()?;
        match (&request.method, request.resource.as_str()) {
            (&Method::GET, "/me") => self.profile(&token).await,
            (&Method::POST, "/change_password") => self.change_password(&request, &token).await,
            (&Method::POST, "/mfa/setup") => self.set_up_mfa(&request, &token).await,
            (&Method::POST, "/mfa/verify") => self.enable_mfa(&request, &token).await,
            (&Method::DELETE, "/mfa") => self.disable_mfa(&request, &token).await,
            (method, path) => {
                Err(Problem::internal(&format_args!("{method} {path} is not a route of account")))
            }
        }
    }

    async fn prepare(&self) {
        self.account.connect().await;
    }
}

/// Takes a request without a body, and one with an empty object.
fn no_members(request: &Request) -> Result<(), Problem> {
    if request.body.is_empty() {
        return Ok(());
    }
    Members::read(request)?.finish(Some(()))
}

fn code(request: &Request) -> Result<TotpCode, Problem> {
    let mut members = Members::read(request)?;
    let code = members.text("code", TotpCode::parse);
    members.finish(code)
}

/// The body of `GET /me`.
#[derive(Serialize)]
struct Me<'a> {
    sub: &'a str,
    email: &'a str,
    email_verified: bool,
    mfa_enabled: bool,
}

impl<'a> From<&'a Profile> for Me<'a> {
    fn from(profile: &'a Profile) -> Self {
        Self {
            sub: &profile.sub,
            email: &profile.email,
            email_verified: profile.email_verified,
            mfa_enabled: profile.mfa_enabled,
        }
    }
}

/// The body of `POST /mfa/setup`.
#[derive(Serialize)]
struct Key<'a> {
    secret: &'a str,
    otpauth_uri: &'a str,
}

impl<'a> From<&'a Enrolment> for Key<'a> {
    fn from(enrolment: &'a Enrolment) -> Self {
        // EXPOSE: the key is what was asked for.
        Self {
            secret: enrolment.secret.expose_secret(),
            otpauth_uri: enrolment.otpauth_uri.expose_secret(),
        }
    }
}
