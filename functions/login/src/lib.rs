//! `POST /login`, `POST /login/mfa`, `POST /refresh` and `POST /logout`: from a password to tokens,
//! to newer ones, and out again.

use http::StatusCode;
use identity::{Identity, LogIn, RefreshToken, Session, Tokens, TotpCode, Username};
use lambda::Handler;
use secrecy::ExposeSecret;
use serde::Serialize;
use shared::{
    Kind, Problem, Request, Response, SecurityEvent,
    json::{Members, not_empty},
};

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
        Ok(match log_in {
            LogIn::Tokens(tokens) => logged_in(&tokens),
            LogIn::SoftwareTokenMfa { session } => Response::json(
                StatusCode::OK,
                // EXPOSE: the next step sends it back.
                &Challenge { challenge: "SOFTWARE_TOKEN_MFA", session: session.expose_secret() },
            )
            .noting(SecurityEvent::SessionCreated),
        })
    }

    async fn log_in_with_code(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        let session = members.text("session", Session::parse);
        let code = members.text("code", TotpCode::parse);
        let ((username, session), code) = members.finish(username.zip(session).zip(code))?;
        let log_in = self.identity.log_in_with_code(&username, &session, &code, request.source_ip);
        let tokens = log_in.await.map_err(|error| {
            let problem = Problem::from(error);
            problem.noting_if(Kind::InvalidCode, SecurityEvent::AuthnLoginFail)
        })?;
        Ok(logged_in(&tokens))
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
            "/login/mfa" => self.log_in_with_code(&request).await,
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

fn logged_in(tokens: &Tokens) -> Response {
    tokens_of("Login successful", tokens).noting(SecurityEvent::AuthnLoginSuccess)
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

/// The body of a success that is the first of two.
#[derive(Serialize)]
struct Challenge<'a> {
    challenge: &'static str,
    session: &'a str,
}
