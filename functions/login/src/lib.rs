//! `POST /login`, `POST /login/mfa`, `POST /refresh` and `POST /logout`: from a password to tokens,
//! to newer ones, and out again.

use http::StatusCode;
use identity::{
    Error, Identity, LogIn, NewPassword, RefreshToken, Session, Tokens, TotpCode, Username,
};
use lambda::Handler;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use shared::{
    Kind, Problem, Request, Response, SecurityEvent,
    json::{Members, not_empty},
};

/// The member for a new password.
const NEW_PASSWORD: &str = "new_password";

/// The handler of the routes of logins.
#[derive(Debug)]
pub struct Login {
    identity: Identity,
}

impl Login {
    /// Logs in with the accounts of `identity`.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }

    async fn log_in(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        // The rules for new passwords may have been others in the past.
        let password = members.text("password", not_empty);
        let (username, password) = members.finish(username.zip(password))?;
        let log_in = self.identity.log_in(&username, &password, request.source_ip).await?;
        Ok(next_step(&log_in))
    }

    /// Goes on with a login that was answered with a challenge. The member that comes with the session
    /// says which challenge it is.
    async fn go_on(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        let session = members.text("session", Session::parse);
        let reply = members.one_of([
            ("code", |text| TotpCode::parse(text).map(Reply::Code)),
            (NEW_PASSWORD, |text| Ok(Reply::NewPassword(text))),
        ]);
        let ((username, session), reply) = members.finish(username.zip(session).zip(reply))?;
        let ip = request.source_ip;
        let log_in = match reply {
            Reply::Code(code) => {
                let log_in = self.identity.log_in_with_code(&username, &session, &code, ip);
                log_in.await.map(LogIn::Tokens)
            }
            Reply::NewPassword(text) => {
                let password =
                    NewPassword::parse(text).map_err(Error::WeakPassword).map_err(about)?;
                self.identity.log_in_with_new_password(&username, &session, &password, ip).await
            }
        };
        Ok(next_step(&log_in.map_err(about)?))
    }

    async fn refresh(&self, request: &Request) -> Result<Response, Problem> {
        let tokens = self.identity.refresh(&refresh_token(request)?).await?;
        Ok(tokens_of("Refresh successful", &tokens).noting(SecurityEvent::SessionRenewed))
    }

    async fn log_out(&self, request: &Request) -> Result<Response, Problem> {
        self.identity.log_out(&refresh_token(request)?).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT).noting(SecurityEvent::AuthnTokenRevoked))
    }
}

impl Handler for Login {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        match request.resource.as_str() {
            "/login" => self.log_in(&request).await,
            "/login/mfa" => self.go_on(&request).await,
            "/refresh" => self.refresh(&request).await,
            "/logout" => self.log_out(&request).await,
            other => Err(Problem::internal(&format_args!("{other} is not a route of login"))),
        }
    }

    async fn prepare(&self) {
        self.identity.fetch_secret().await;
    }
}

fn refresh_token(request: &Request) -> Result<RefreshToken, Problem> {
    let mut members = Members::read(request)?;
    let token = members.text("refresh_token", RefreshToken::parse);
    members.finish(token)
}

/// The answer to a challenge.
enum Reply {
    Code(TotpCode),
    NewPassword(SecretString),
}

/// The problem of a login that does not go on.
fn about(error: Error) -> Problem {
    error.about(NEW_PASSWORD).noting_if(Kind::InvalidCode, SecurityEvent::AuthnLoginFail)
}

fn next_step(log_in: &LogIn) -> Response {
    match log_in {
        LogIn::Tokens(tokens) => {
            tokens_of("Login successful", tokens).noting(SecurityEvent::AuthnLoginSuccess)
        }
        LogIn::SoftwareTokenMfa { session } => challenge("SOFTWARE_TOKEN_MFA", session),
        LogIn::NewPasswordRequired { session } => challenge("NEW_PASSWORD_REQUIRED", session),
    }
}

fn challenge(challenge: &'static str, session: &SecretString) -> Response {
    // EXPOSE: the next step sends it back.
    let challenge = Challenge { challenge, session: session.expose_secret() };
    Response::json(StatusCode::OK, &challenge).noting(SecurityEvent::SessionCreated)
}

fn tokens_of(message: &'static str, tokens: &Tokens) -> Response {
    // EXPOSE: the tokens are what was asked for.
    let answer = Answer {
        message,
        id_token: tokens.id.expose_secret(),
        access_token: tokens.access.expose_secret(),
        refresh_token: tokens.refresh.expose_secret(),
        token_type: "Bearer",
        expires_in: tokens.expires_in.as_secs(),
    };
    Response::json(StatusCode::OK, &answer)
}

/// The body of a success with tokens.
#[derive(Serialize)]
struct Answer<'a> {
    message: &'static str,
    id_token: &'a str,
    access_token: &'a str,
    refresh_token: &'a str,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
}

/// The body of a success that is not the last step.
#[derive(Serialize)]
struct Challenge<'a> {
    challenge: &'static str,
    session: &'a str,
}
