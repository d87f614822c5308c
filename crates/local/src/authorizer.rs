//! What API Gateway's Cognito authorizer does: verifies bearer tokens of the user pool.
//!
//! As seen on AWS: a method with scopes takes access tokens that have one of them, a method without
//! scopes takes ID tokens; a token is taken bare or after `Bearer `. Beyond AWS, an access token
//! must be of this app client. Nothing in a token chooses how it is verified (RFC 8725).

mod claims;
mod denied;
mod keys;
#[cfg(test)]
pub(crate) mod tests;
mod token;

use std::time::SystemTime;

use http::HeaderMap;
use jsonwebtoken::Algorithm;

pub(crate) use claims::Claims;
pub(crate) use denied::Denied;
pub(crate) use keys::{FetchKeys, KeySet};
use token::Token;

/// The verifier of one user pool's tokens, for one app client.
pub(crate) struct Authorizer {
    /// The user pool's keys.
    pub(crate) keys: KeySet,
    /// The `iss` of every token, compared exactly.
    pub(crate) issuer: String,
    /// The app client.
    pub(crate) client_id: String,
}

impl Authorizer {
    /// The claims of the one token in the `Authorization` header of `headers`, if it holds at
    /// `now`: an access token with one of `scopes`, or an ID token if there are none.
    pub(crate) async fn authorize(
        &self,
        headers: &HeaderMap,
        scopes: &[String],
        now: SystemTime,
    ) -> Result<Claims, Denied> {
        let token = Token::find(headers)?;
        let key = self.keys.get(&token.key_id()?).await?;
        let signed = jsonwebtoken::crypto::verify(
            token.signature,
            token.signed_part.as_bytes(),
            &key,
            Algorithm::RS256,
        );
        if !matches!(signed, Ok(true)) {
            return Err(Denied::Signature);
        }
        let claims = Claims::read(token.payload)?;
        claims.check_issuer(&self.issuer)?;
        claims.check_times(now)?;
        claims.check_use(scopes, &self.client_id)?;
        Ok(claims)
    }
}
