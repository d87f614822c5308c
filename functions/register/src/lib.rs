//! `POST /register`: creates an account, which a mailed code must confirm.

use http::StatusCode;
use identity::{Error, Identity, NewPassword, SignUp, Username};
use lambda::Handler;
use serde_json::json;
use shared::{Problem, Request, Response, SecurityEvent, Tally, json::Members};

/// The handler of `POST /register`.
#[derive(Debug)]
pub struct Register {
    identity: Identity,
}

impl Register {
    /// Registers with the accounts of `identity`.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }
}

impl Handler for Register {
    /// The answer is the same whether or not the address has an account already: who may not read
    /// its mail shall not learn it. The log tells them apart.
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        let (username, password) = parse(&request)?;
        let sign_up = self.identity.sign_up(&username, &password, request.source_ip).await?;
        let response = Response::json(
            StatusCode::OK,
            &json!({"message": "User registration successful", "next": "confirm_user"}),
        );
        Ok(match sign_up {
            SignUp::Created => response.noting(SecurityEvent::UserCreated),
            SignUp::Known => response.counting(Tally::RegisteredAgain),
            SignUp::Unmailed => response.noting(SecurityEvent::ExcessRateLimitExceeded),
        })
    }

    async fn prepare(&self) {
        self.identity.fetch_secret().await;
    }
}

fn parse(request: &Request) -> Result<(Username, NewPassword), Problem> {
    let mut members = Members::read(request)?;
    let username = members.text("username", Username::parse);
    let password = members.text("password", Ok);
    let (username, password) = members.finish(username.zip(password))?;
    let password = NewPassword::parse(password).map_err(Error::WeakPassword)?;
    Ok((username, password))
}
