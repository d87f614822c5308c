//! `POST /login`: a user name and a password for tokens.

use http::StatusCode;
use identity::{Identity, LogIn, Username};
use lambda::Handler;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
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
        let log_in = self.identity.log_in(&username, &password).await?;
        Ok(Response::json(StatusCode::OK, &Answer::from(&log_in)))
    }
}

/// The body of a success.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Tokens {
        message: &'static str,
        id_token: &'a str,
        access_token: &'a str,
        refresh_token: &'a str,
        token_type: &'static str,
        /// Seconds.
        expires_in: u64,
    },
    Challenge {
        challenge: &'static str,
        session: &'a str,
    },
}

impl<'a> From<&'a LogIn> for Answer<'a> {
    fn from(log_in: &'a LogIn) -> Self {
        // EXPOSE: the tokens, or the session that the next step sends back, are what was asked for.
        match log_in {
            LogIn::Tokens(tokens) => Self::Tokens {
                message: "Login successful",
                id_token: tokens.id.expose_secret(),
                access_token: tokens.access.expose_secret(),
                refresh_token: tokens.refresh.expose_secret(),
                token_type: "Bearer",
                expires_in: tokens.expires_in.as_secs(),
            },
            LogIn::SoftwareTokenMfa { session } => Self::Challenge {
                challenge: "SOFTWARE_TOKEN_MFA",
                session: session.expose_secret(),
            },
        }
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
