//! `GET /me` and `POST /change_password`: what a caller does with their own account by means of their
//! access token.

use http::{Method, StatusCode};
use identity::{Account, Error, NewPassword, Profile};
use lambda::Handler;
use secrecy::SecretString;
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
}

impl Handler for OwnAccount {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        let token = request.bearer_token()?;
        match (&request.method, request.resource.as_str()) {
            (&Method::GET, "/me") => self.profile(&token).await,
            (&Method::POST, "/change_password") => self.change_password(&request, &token).await,
            (method, path) => {
                Err(Problem::internal(&format_args!("{method} {path} is not a route of account")))
            }
        }
    }

    async fn prepare(&self) {
        self.account.connect().await;
    }
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
