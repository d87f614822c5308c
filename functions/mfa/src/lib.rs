//! `POST /mfa/setup`, `POST /mfa/verify` and `DELETE /mfa`: sets up and removes the caller's
//! authenticator app.

use http::{Method, StatusCode};
use identity::{Enrolment, Identity, TotpCode};
use lambda::Handler;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use shared::{
    Problem, Request, Response, SecurityEvent,
    json::{Members, not_empty},
};

/// The handler of the routes of the second factor.
///
/// An access token is not enough for setting up or removing an app: whoever found one could lock its
/// owner out. The password is proved by a login, which takes the app client's secret.
#[derive(Debug)]
pub struct SecondFactor {
    identity: Identity,
}

impl SecondFactor {
    /// Acts for callers among the accounts of `identity`.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }

    async fn set_up(&self, request: &Request, token: &SecretString) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let password = members.text("password", not_empty);
        let password = members.finish(password)?;
        let enrolment = self.identity.set_up_mfa(token, &password, request.source_ip).await?;
        let response = Response::json(StatusCode::OK, &Key::from(&enrolment));
        Ok(response.noting(SecurityEvent::SensitiveCreate))
    }

    async fn verify(&self, request: &Request, token: &SecretString) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let code = members.text("code", TotpCode::parse);
        let code = members.finish(code)?;
        self.identity.enable_mfa(token, &code).await?;
        Ok(updated())
    }

    async fn remove(&self, request: &Request, token: &SecretString) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let password = members.text("password", not_empty);
        let code = members.text("code", TotpCode::parse);
        let (password, code) = members.finish(password.zip(code))?;
        self.identity.disable_mfa(token, &password, &code, request.source_ip).await?;
        Ok(updated())
    }
}

impl Handler for SecondFactor {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        let token = request.bearer_token()?;
        match (&request.method, request.resource.as_str()) {
            (&Method::POST, "/mfa/setup") => self.set_up(&request, &token).await,
            (&Method::POST, "/mfa/verify") => self.verify(&request, &token).await,
            (&Method::DELETE, "/mfa") => self.remove(&request, &token).await,
            (method, path) => {
                Err(Problem::internal(&format_args!("{method} {path} is not a route of mfa")))
            }
        }
    }

    async fn prepare(&self) {
        self.identity.fetch_secret().await;
    }
}

fn updated() -> Response {
    Response::empty(StatusCode::NO_CONTENT).noting(SecurityEvent::UserUpdated)
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
