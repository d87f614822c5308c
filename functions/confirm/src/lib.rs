//! `POST /confirm_user` and `POST /resend_code`: proves that an account's address is its user's.

use http::StatusCode;
use identity::{Asked, ConfirmationCode, EarlierLogins, Error, Identity, NewPassword, Username};
use lambda::Handler;
use serde_json::json;
use shared::{Problem, Request, Response, SecurityEvent, json::Members};

/// What to do about a confirmation with a password that got no answer: it may have worked.
const UNANSWERED: &str = "no answer came: try again, and if the code is refused then, choose the \
                          password with POST /forgot_password";

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

    /// Whoever has the code decides the password, unless none is sent: anybody may have registered the
    /// address.
    async fn confirm(&self, request: &Request) -> Result<Response, Problem> {
        let (username, code, password) = parse(request)?;
        let logins = match password {
            None => {
                self.identity.confirm_sign_up(&username, &code, request.source_ip).await?;
                EarlierLogins::Ended
            }
            Some(password) => {
                let confirmed = self.identity.confirm_sign_up_with_password(
                    &username,
                    &code,
                    &password,
                    request.source_ip,
                );
                confirmed.await.map_err(with_password)?
            }
        };
        let response =
            Response::json(StatusCode::OK, &json!({"message": "User confirmed successfully"}))
                .noting(SecurityEvent::UserUpdated);
        Ok(match logins {
            EarlierLogins::Ended => response,
            EarlierLogins::MayGoOn(cause) => response.because(&cause),
        })
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

fn parse(request: &Request) -> Result<(Username, ConfirmationCode, Option<NewPassword>), Problem> {
    let mut members = Members::read(request)?;
    let username = members.text("username", Username::parse);
    let code = members.text("confirmation_code", ConfirmationCode::parse);
    let password = members.optional_text("password", Ok);
    let ((username, code), password) = members.finish(username.zip(code).zip(password))?;
    let password = password.map(NewPassword::parse).transpose().map_err(Error::WeakPassword)?;
    Ok((username, code, password))
}

/// The problem of a confirmation with a password.
fn with_password(error: Error) -> Problem {
    let is_unanswered = matches!(error, Error::Unavailable(_));
    let problem = Problem::from(error);
    if is_unanswered { problem.with_detail(UNANSWERED) } else { problem }
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
