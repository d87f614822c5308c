use std::fmt;

use aws_sdk_cognitoidentityprovider::types::{
    SoftwareTokenMfaSettingsType, VerifySoftwareTokenResponseType,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use super::{Account, get_user};
use crate::{
    Error, TotpCode,
    cognito::within,
    error::{Refusal, of_token},
    log_in::incomplete,
};

/// What an authenticator app shows as the origin of the codes.
const ISSUER: &str = "Passmint";
/// All but the unreserved characters of RFC 3986, section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an authenticator app needs to make the codes of an account: TOTP (RFC 6238) with SHA-1, six
/// digits, 30 s. Its `Debug` shows nothing.
pub struct Enrolment {
    /// The key, in Base32 as people type it.
    pub secret: SecretString,
    /// The same as a URI, for a QR code: `otpauth://totp/Passmint:…`. Source: "Key Uri Format" of
    /// Google Authenticator.
    pub otpauth_uri: SecretString,
}

impl Account {
    /// Begins to set up an authenticator app: its first code, given to [`Account::enable_mfa`],
    /// ends it. A key that was made before and never proved is replaced.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::MfaAlreadyEnabled`] (a new key would end the protection of
    /// the old one before it is proved), and what befalls any call.
    pub async fn set_up_mfa(&self, access_token: &SecretString) -> Result<Enrolment, Error> {
        within(async {
            let profile = get_user(&self.cognito, access_token).await?;
            if profile.mfa_enabled {
                return Err(Error::MfaAlreadyEnabled);
            }
            // EXPOSE: to Cognito.
            let token = access_token.expose_secret();
            let call = self.cognito.associate_software_token().access_token(token);
            let output = call.send().await.map_err(|error| of_token(&error))?;
            let secret = output.secret_code.ok_or_else(incomplete)?;
            Ok(Enrolment {
                otpauth_uri: otpauth_uri(&profile.email, &secret).into(),
                secret: secret.into(),
            })
        })
        .await
    }

    /// Ends the set-up with a code of the app: from now on a log-in asks for one.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::MfaNotSetUp`], [`Error::InvalidTotpCode`],
    /// [`Error::TooManyAttempts`], and what befalls any call.
    pub async fn enable_mfa(
        &self,
        access_token: &SecretString,
        code: &TotpCode,
    ) -> Result<(), Error> {
        within(self.prefer_mfa(access_token, code, Mfa::On)).await
    }

    /// Has log-ins no longer ask for a code; the last one is given here. A wrong one changes nothing.
    ///
    /// # Errors
    /// Those of [`Account::enable_mfa`].
    pub async fn disable_mfa(
        &self,
        access_token: &SecretString,
        code: &TotpCode,
    ) -> Result<(), Error> {
        within(self.prefer_mfa(access_token, code, Mfa::Off)).await
    }

    async fn prefer_mfa(
        &self,
        access_token: &SecretString,
        code: &TotpCode,
        wanted: Mfa,
    ) -> Result<(), Error> {
        self.verify_code(access_token, code).await?;
        let on = wanted == Mfa::On;
        let settings =
            SoftwareTokenMfaSettingsType::builder().enabled(on).preferred_mfa(on).build();
        let call = self
            .cognito
            .set_user_mfa_preference()
            .access_token(access_token.expose_secret()) // EXPOSE: to Cognito.
            .software_token_mfa_settings(settings);
        call.send().await.map(drop).map_err(|error| of_token(&error))
    }

    async fn verify_code(&self, access_token: &SecretString, code: &TotpCode) -> Result<(), Error> {
        let call = self
            .cognito
            .verify_software_token()
            .access_token(access_token.expose_secret()) // EXPOSE: to Cognito.
            .user_code(code.expose());
        match call.send().await {
            Ok(output) if output.status == Some(VerifySoftwareTokenResponseType::Success) => Ok(()),
            Ok(_) => Err(Error::InvalidTotpCode),
            Err(error) => Err(match Refusal::of(&error).map(|refusal| refusal.code) {
                Some(
                    "CodeMismatchException"
                    | "EnableSoftwareTokenMFAException"
                    | "ExpiredCodeException",
                ) => Error::InvalidTotpCode,
                Some("SoftwareTokenMFANotFoundException") => Error::MfaNotSetUp,
                _ => of_token(&error),
            }),
        }
    }
}

/// Whether log-ins ask for a code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mfa {
    On,
    Off,
}

fn otpauth_uri(address: &str, secret: &str) -> String {
    let address = utf8_percent_encode(address, RESERVED);
    format!("otpauth://totp/{ISSUER}:{address}?secret={secret}&issuer={ISSUER}")
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_is_that_of_authenticator_apps() {
        assert_eq!(
            otpauth_uri("ada+mint&x=1@example.com", "JBSWY3DP"),
            "otpauth://totp/Passmint:ada%2Bmint%26x%3D1%40example.com?secret=JBSWY3DP&issuer=Passmint"
        );
    }
}
