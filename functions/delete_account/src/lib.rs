//! `DELETE /me`: the end of an account.

use http::StatusCode;
use identity::Identity;
use lambda::Handler;
use shared::{Problem, Request, Response, SecurityEvent, json::Members};

/// The handler of `DELETE /me`.
///
/// The password must be proved once more, by a login, which takes the app client's secret.
#[derive(Debug)]
pub struct DeleteAccount {
    identity: Identity,
}

impl DeleteAccount {
    /// Deletes accounts of `identity`.
    #[must_use]
    pub const fn new(identity: Identity) -> Self {
        Self { identity }
    }
}

impl Handler for DeleteAccount {
    async fn handle(&self, request: Request) -> Result<Response, Problem> {
        let token = request.bearer_token()?;
        let mut members = Members::read(&request)?;
        let password = members.text("password", shared::json::not_empty);
        let password = members.finish(password)?;
        self.identity.delete_user(&token, &password, request.source_ip).await?;
        Ok(Response::empty(StatusCode::NO_CONTENT).noting(SecurityEvent::UserDeleted))
    }

    async fn prepare(&self) {
        self.identity.fetch_secret().await;
    }
}
