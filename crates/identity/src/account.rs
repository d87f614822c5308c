use std::fmt;

use aws_sdk_cognitoidentityprovider::{Client, config::http::HttpRequest};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Endpoint, Error, InvalidVariables, Wire, cognito::within, error::of_token, log_in::incomplete,
};

mod change_password;

/// What the bearer of an access token may do with their own account. Cheap to clone.
///
/// The token is the proof: neither the app client's secret nor a permission is needed. Each method
/// asks Cognito with the token itself, which refuses one that was revoked.
#[derive(Clone)]
pub struct Account {
    pub(crate) cognito: Client,
}

/// Who the bearer is. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// The id that never changes and is never given to another user.
    pub sub: String,
    /// The address.
    pub email: String,
    /// Whether a code that was sent there came back.
    pub email_verified: bool,
    /// Whether a log-in asks for a code of an authenticator app.
    pub mfa_enabled: bool,
}

impl Account {
    /// Accounts of the region that a function's environment variables name, over HTTPS.
    ///
    /// # Errors
    /// All variables that are missing or wrong; see [`Endpoint::from_variables`].
    pub fn from_variables(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, InvalidVariables> {
        Ok(Self::new(&Endpoint::from_variables(variable)?, &Wire::https()))
    }

    /// Accounts at `endpoint`. Nothing is sent before the first call.
    #[must_use]
    pub fn new(endpoint: &Endpoint, wire: &Wire) -> Self {
        Self { cognito: wire.client(endpoint, None) }
    }

    /// Opens the connection before a call needs it, by a request that is no operation: it has no
    /// effect and no quota, and whatever is answered will do. If it fails, the call opens one.
    pub async fn connect(&self) {
        let call = self.cognito.get_user().access_token("none").customize();
        let plain = call.mutate_request(|request| {
            *request = HttpRequest::get(request.uri()).unwrap_or_else(|_| HttpRequest::empty());
        });
        _ = plain.send().await;
    }

    /// Who the bearer of `access_token` is.
    ///
    /// # Errors
    /// [`Error::TokenRefused`] for a token that is forged, over or revoked, or whose user is disabled
    /// or gone; and what befalls any call.
    pub async fn profile(&self, access_token: &SecretString) -> Result<Profile, Error> {
        within(get_user(&self.cognito, access_token)).await
    }
}

pub(crate) async fn get_user(
    cognito: &Client,
    access_token: &SecretString,
) -> Result<Profile, Error> {
    // EXPOSE: to Cognito.
    let call = cognito.get_user().access_token(access_token.expose_secret());
    let output = call.send().await.map_err(|error| of_token(&error))?;
    let attribute = |name: &str| {
        let found = output.user_attributes.iter().find(|attribute| attribute.name == name);
        found.and_then(|attribute| attribute.value.clone())
    };
    let mfa = output.user_mfa_setting_list.as_ref();
    Ok(Profile {
        sub: attribute("sub").ok_or_else(incomplete)?,
        email: attribute("email").ok_or_else(incomplete)?,
        email_verified: attribute("email_verified").is_some_and(|value| value == "true"),
        mfa_enabled: mfa.is_some_and(|list| list.iter().any(|kind| kind == "SOFTWARE_TOKEN_MFA")),
    })
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(…)")
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile(…)")
    }
}
