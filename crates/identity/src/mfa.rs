use std::{fmt, net::IpAddr};

use aws_sdk_cognitoidentityprovider::types::{
    SoftwareTokenMfaSettingsType, VerifySoftwareTokenResponseType,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Error, Identity, Profile, TotpCode,
    account::get_user,
    cognito::within,
    error::{Refusal, of_token},
    log_in::incomplete,
    proof::Proof,
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

impl Identity {
    /// Begins to set up an authenticator app for the bearer of `access_token`, who proves with the
    /// password that it is not somebody who found the token. The app's first code, given to
    /// [`Identity::enable_mfa`], ends the set-up. A key that was made before and never proved is
    /// replaced.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::InvalidCredentials`] for a wrong password, [`Error::Locked`]
    /// after too many of them, [`Error::MfaAlreadyEnabled`] where the login asks for a code (a new
    /// key would end the protection of the old one before it is proved), and what befalls any call.
    pub async fn set_up_mfa(
        &self,
        access_token: &SecretString,
        password: &SecretString,
        source_ip: Option<IpAddr>,
    ) -> Result<Enrolment, Error> {
        within(async {
            let profile = get_user(&self.cognito, access_token).await?;
            match self.prove_password(&profile, password, source_ip).await? {
                Proof::Complete => self.make_key(access_token, &profile).await,
                Proof::CodeRequired { .. } => Err(Error::MfaAlreadyEnabled),
            }
        })
        .await
    }

    /// Ends the set-up with a code of the app: from now on a log-in asks for one.
    ///
    /// An app in use is left alone: wrong codes would lock its owner out.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::MfaAlreadyEnabled`], [`Error::MfaNotSetUp`], which a new
    /// set-up between the calls causes too, [`Error::InvalidTotpCode`], [`Error::TooManyAttempts`],
    /// and what befalls any call.
    pub async fn enable_mfa(
        &self,
        access_token: &SecretString,
        code: &TotpCode,
    ) -> Result<(), Error> {
        within(async {
            if get_user(&self.cognito, access_token).await?.mfa_enabled {
                return Err(Error::MfaAlreadyEnabled);
            }
            self.verify_code(access_token, code).await?;
            self.prefer_mfa(access_token, Mfa::On).await
        })
        .await
    }

    /// Has log-ins no longer ask for a code. The bearer of `access_token` proves password and app by
    /// a login, which is ended at once.
    ///
    /// # Errors
    /// [`Error::TokenRefused`], [`Error::InvalidCredentials`] for a wrong password,
    /// [`Error::MfaNotSetUp`] where the login asks for no code, [`Error::InvalidTotpCode`],
    /// [`Error::Locked`] after too many wrong passwords or codes, and what befalls any call.
    pub async fn disable_mfa(
        &self,
        access_token: &SecretString,
        password: &SecretString,
        code: &TotpCode,
        source_ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        within(async {
            let profile = get_user(&self.cognito, access_token).await?;
            match self.prove_password(&profile, password, source_ip).await? {
                Proof::Complete => Err(Error::MfaNotSetUp),
                Proof::CodeRequired { session } => {
                    self.prove_code(&profile, &session, code, source_ip).await?;
                    self.prefer_mfa(access_token, Mfa::Off).await
                }
            }
        })
        .await
    }

    async fn make_key(
        &self,
        access_token: &SecretString,
        profile: &Profile,
    ) -> Result<Enrolment, Error> {
        // EXPOSE: to Cognito.
        let call =
            self.cognito.associate_software_token().access_token(access_token.expose_secret());
        let output = call.send().await.map_err(|error| of_token(&error))?;
        let secret = output.secret_code.ok_or_else(incomplete)?;
        Ok(Enrolment {
            otpauth_uri: otpauth_uri(&profile.email, &secret).into(),
            secret: secret.into(),
        })
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

    async fn prefer_mfa(&self, access_token: &SecretString, wanted: Mfa) -> Result<(), Error> {
        let on = wanted == Mfa::On;
        let settings =
            SoftwareTokenMfaSettingsType::builder().enabled(on).preferred_mfa(on).build();
        let call = self
            .cognito
            .set_user_mfa_preference()
            .access_token(access_token.expose_secret()) // EXPOSE: to Cognito.
            .software_token_mfa_settings(settings);
        let Err(error) = call.send().await else {
            return Ok(());
        };
        Err(match Refusal::of(&error).map(|refusal| refusal.code) {
            // The parameters are always the same, so it is about the user: a new set-up has taken the
            // place of the one whose code was verified.
            Some("InvalidParameterException") => Error::MfaNotSetUp,
            _ => of_token(&error),
        })
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
