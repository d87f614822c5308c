//! `POST /login`: a user name and a password for tokens.

use http::StatusCode;
use identity::{Identity, LogIn, Tokens, Username};
use lambda::Handler;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use shared::{
    Problem, Request, Response,
    json::{Fault, Members},
};

/// The handler of `POST /login`.
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
}

impl Handler for Login {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        let (username, password) = parse(&request)?;
        let body = match self.identity.log_in(&username, &password).await? {
            LogIn::Tokens(tokens) => logged_in(&tokens),
            LogIn::SoftwareTokenMfa { session } => json!({
                "challenge": "SOFTWARE_TOKEN_MFA",
                "session": session.expose_secret(), // EXPOSE: the client sends it back with its code.
            }),
        };
        Ok(Response::json(StatusCode::OK, &body))
    }
}

fn parse(request: &Request) -> Result<(Username, SecretString), Problem> {
    let mut members = Members::read(request)?;
    let username = members.text("username", Username::parse);
    let password = members.text("password", existing_password);
    members.finish(username.zip(password))
}

/// Any text can be tried as a password; the rules for new ones may have been others in the past.
fn existing_password(text: SecretString) -> Result<SecretString, Fault> {
    if text.expose_secret().is_empty() {
        return Err(Fault::new("empty", "must not be empty"));
    }
    Ok(text)
}

fn logged_in(tokens: &Tokens) -> Value {
    json!({
        "message": "Login successful",
        "id_token": tokens.id.expose_secret(), // EXPOSE: these three are what was asked for.
        "access_token": tokens.access.expose_secret(),
        "refresh_token": tokens.refresh.expose_secret(),
        "token_type": "Bearer",
        "expires_in": tokens.expires_in.as_secs(),
    })
}
