//! `POST /confirm_user` and `POST /resend_code`: proves that an account's address is its user's.

use http::StatusCode;
use identity::{Asked, ConfirmationCode, Identity, Username};
use lambda::Handler;
use serde_json::json;
use shared::{Problem, Request, Response, SecurityEvent, json::Members};

/// The handler of `POST /confirm_user` and `POST /resend_code`.
#[derive(Debug)]
pub struct Confirm {
    identity: Identity,
}

impl Confirm {
    /// Confirms accounts of `identity`.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }

    async fn confirm(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        let code = members.text("confirmation_code", ConfirmationCode::parse);
        let (username, code) = members.finish(username.zip(code))?;
        self.identity.confirm_sign_up(&username, &code, request.source_ip).await?;
        let response =
            Response::json(StatusCode::OK, &json!({"message": "User confirmed successfully"}));
        Ok(response.noting(SecurityEvent::UserUpdated))
    }

    /// The answer is the same for every address, known or not.
    async fn resend(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        let username = members.finish(username)?;
        let asked = self.identity.resend_code(&username, request.source_ip).await?;
        let message = "If the account waits for confirmation, a new code is on its way";
        let response = Response::json(StatusCode::ACCEPTED, &json!({"message": message}));
        Ok(match asked {
            Asked::Heard => response,
            Asked::AboveLimit => response.noting(SecurityEvent::ExcessRateLimitExceeded),
        })
    }
}

impl Handler for Confirm {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        match request.resource.as_str() {
            "/confirm_user" => self.confirm(&request).await,
            "/resend_code" => self.resend(&request).await,
            other => Err(Problem::internal(&format_args!("{other} is not a route of confirm"))),
        }
    }

    async fn prepare(&self) {
        self.identity.fetch_secret().await;
    }
}
