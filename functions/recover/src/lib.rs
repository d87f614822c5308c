//! `POST /forgot_password` and `POST /reset_password`: replaces a password that was forgotten.

use http::StatusCode;
use identity::{Asked, ConfirmationCode, Error, Identity, NewPassword, Username};
use lambda::Handler;
use serde_json::json;
use shared::{Kind, Problem, Request, Response, SecurityEvent, json::Members};

/// The member for a new password.
const NEW_PASSWORD: &str = "new_password";

/// The handler of `POST /forgot_password` and `POST /reset_password`.
#[derive(Debug)]
pub struct Recover {
    identity: Identity,
}

impl Recover {
    /// Recovers accounts of `identity`.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }

    /// The answer is the same for every address, known or not.
    async fn forgot(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        let username = members.finish(username)?;
        let asked = self.identity.forgot_password(&username, request.source_ip).await?;
        let message = "If the account can be recovered, a code is on its way";
        let response = Response::json(StatusCode::ACCEPTED, &json!({"message": message}));
        Ok(match asked {
            Asked::Heard => response,
            Asked::AboveLimit => response.noting(SecurityEvent::ExcessRateLimitExceeded),
        })
    }

    /// Does not log in: who resets a password gives the second factor like anybody else.
    async fn reset(&self, request: &Request) -> Result<Response, Problem> {
        let mut members = Members::read(request)?;
        let username = members.text("username", Username::parse);
        let code = members.text("confirmation_code", ConfirmationCode::parse);
        let password = members.text(NEW_PASSWORD, Ok);
        let ((username, code), password) = members.finish(username.zip(code).zip(password))?;
        let about = |error: Error| {
            let problem = error.about(NEW_PASSWORD);
            problem.noting_if(Kind::InvalidCode, SecurityEvent::AuthnPasswordChangeFail)
        };
        let password = NewPassword::parse(password)
            .map_err(|weakness| about(Error::WeakPassword(weakness)))?;
        let reset = self.identity.reset_password(&username, &code, &password, request.source_ip);
        reset.await.map_err(about)?;
        let response =
            Response::json(StatusCode::OK, &json!({"message": "Password reset successfully"}));
        Ok(response.noting(SecurityEvent::AuthnPasswordChange))
    }
}

impl Handler for Recover {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        match request.resource.as_str() {
            "/forgot_password" => self.forgot(&request).await,
            "/reset_password" => self.reset(&request).await,
            other => Err(Problem::internal(&format_args!("{other} is not a route of recover"))),
        }
    }

    async fn prepare(&self) {
        self.identity.fetch_secret().await;
    }
}
