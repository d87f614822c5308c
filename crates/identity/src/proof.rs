use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use crate::{Error, Identity, LogIn, Profile, Tokens, TotpCode};

/// The outcome of a login that only proves the password.
pub(crate) enum Proof {
    /// Nothing more was asked for, and the login has been ended.
    Complete,
    /// The login waits for a code of the authenticator app.
    CodeRequired {
        /// Identifies the login to [`Identity::prove_code`].
        session: SecretString,
    },
}

impl Identity {
    /// Proves by a login that `password` is the password of the user of `profile`, who must come from
    /// the caller's own token.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`], [`Error::Locked`] after too many wrong passwords, and the other
    /// errors of [`Identity::log_in`]. [`Error::ChallengeUnsupported`] comes after the right password.
    pub(crate) async fn prove_password(
        &self,
        profile: &Profile,
        password: &SecretString,
        source_ip: Option<IpAddr>,
    ) -> Result<Proof, Error> {
        // EXPOSE: to Cognito.
        match self.try_password(&profile.email, password.expose_secret(), source_ip).await? {
            LogIn::Tokens(tokens) => {
                self.give_up(&tokens).await?;
                Ok(Proof::Complete)
            }
            LogIn::SoftwareTokenMfa { session } => Ok(Proof::CodeRequired { session }),
            LogIn::NewPasswordRequired { .. } => {
                Err(Error::ChallengeUnsupported("NEW_PASSWORD_REQUIRED".to_owned()))
            }
        }
    }

    /// Proves that `code` comes from the authenticator app of the user of `profile`, by finishing the
    /// login that [`Identity::prove_password`] began.
    ///
    /// # Errors
    /// [`Error::InvalidTotpCode`], [`Error::Locked`] after too many wrong codes, and what befalls any
    /// call. The session is new, so that only a lost answer can have used it up: that is
    /// [`Error::Unavailable`].
    pub(crate) async fn prove_code(
        &self,
        profile: &Profile,
        session: &SecretString,
        code: &TotpCode,
        source_ip: Option<IpAddr>,
    ) -> Result<(), Error> {
        // EXPOSE: to Cognito.
        let login = self.try_code(&profile.email, session.expose_secret(), code, source_ip);
        match login.await {
            Ok(tokens) => self.give_up(&tokens).await,
            Err(Error::SessionOver) => {
                Err(Error::Unavailable("the session of the proof was used up".to_owned()))
            }
            Err(error) => Err(error),
        }
    }

    /// Ends a login whose tokens nobody is to have.
    async fn give_up(&self, tokens: &Tokens) -> Result<(), Error> {
        self.revoke(tokens.refresh.expose_secret()).await // EXPOSE: to Cognito.
    }
}
