//! Every operation of the crate by name, with what it is given.

use std::net::{IpAddr, Ipv4Addr};

use identity::{
    ConfirmationCode, Error, LogIn, NewPassword, RefreshToken, Session, SignUp as SignedUp,
    TotpCode, Username,
};

use crate::endpoint::{Answer, Endpoint, Refuse, Step};

/// Every operation of the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    SignUp,
    Confirm,
    Resend,
    LogIn,
    LogInWithCode,
    LogInWithNewPassword,
    Refresh,
    LogOut,
    Forgot,
    Reset,
    Delete,
    Profile,
    Change,
    SetUpMfa,
    EnableMfa,
    DisableMfa,
}
use Operation::{
    Change, Confirm, Delete, DisableMfa, EnableMfa, Forgot, LogIn as LogInOp, LogInWithCode,
    LogInWithNewPassword, LogOut, Profile, Refresh, Resend, Reset, SetUpMfa, SignUp,
};

pub(crate) const ALL: [Operation; 16] = [
    SignUp,
    Confirm,
    Resend,
    LogInOp,
    LogInWithCode,
    LogInWithNewPassword,
    Refresh,
    LogOut,
    Forgot,
    Reset,
    Delete,
    Profile,
    Change,
    SetUpMfa,
    EnableMfa,
    DisableMfa,
];

pub(crate) const NAME: &str = "zo\u{eb}@example.com";
pub(crate) const PASSWORD: &str = "correct-horse-battery";
pub(crate) const IP: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

pub(crate) const DONE: Step = Answer("{}");
pub(crate) const TOKENS: Step = Answer(
    r#"{"AuthenticationResult":{"AccessToken":"a","IdToken":"i","RefreshToken":"r","ExpiresIn":900,"TokenType":"Bearer"},"ChallengeParameters":{}}"#,
);
pub(crate) const CHALLENGE: Step = Answer(
    r#"{"ChallengeName":"SOFTWARE_TOKEN_MFA","Session":"a session","ChallengeParameters":{}}"#,
);
pub(crate) const NEW_PASSWORD_REQUIRED: Step = Answer(
    r#"{"ChallengeName":"NEW_PASSWORD_REQUIRED","Session":"a session","ChallengeParameters":{}}"#,
);
pub(crate) const USER: Step = Answer(
    r#"{"Username":"42","UserAttributes":[{"Name":"sub","Value":"42"},{"Name":"email","Value":"zoë@example.com"},{"Name":"email_verified","Value":"true"}]}"#,
);
pub(crate) const USER_WITH_MFA: Step = Answer(
    r#"{"Username":"42","UserAttributes":[{"Name":"sub","Value":"42"},{"Name":"email","Value":"zoë@example.com"}],"UserMFASettingList":["SOFTWARE_TOKEN_MFA"]}"#,
);
pub(crate) const KEY: Step = Answer(r#"{"SecretCode":"JBSWY3DP"}"#);
pub(crate) const VERIFIED: Step = Answer(r#"{"Status":"SUCCESS"}"#);
pub(crate) const THROTTLED: Step = Refuse("TooManyRequestsException", "Too many requests");
pub(crate) const LIMIT: Step =
    Refuse("LimitExceededException", "Attempt limit exceeded, please try after some time.");
pub(crate) const WRONG_HASH: Step =
    Refuse("NotAuthorizedException", "Unable to verify secret hash for client client");
pub(crate) const WRONG_PASSWORD: Step =
    Refuse("NotAuthorizedException", "Incorrect username or password.");
pub(crate) const WRONG_CODE: Step =
    Refuse("CodeMismatchException", "Invalid verification code provided, please try again.");
pub(crate) const REVOKED: Step = Refuse("NotAuthorizedException", "Access Token has been revoked");

impl Operation {
    /// The answers that make it a success, one for each of its calls.
    pub(crate) fn success(self) -> Vec<Step> {
        match self {
            SignUp => vec![DONE, Answer(r#"{"UserConfirmed":false,"UserSub":"s"}"#)],
            Confirm | Resend | LogOut | Forgot => vec![DONE],
            LogInOp | LogInWithCode | LogInWithNewPassword | Refresh => vec![TOKENS],
            Reset => vec![DONE, DONE],
            Delete => vec![USER, TOKENS, DONE, Answer("")],
            Profile => vec![USER],
            Change => vec![USER, DONE, DONE],
            SetUpMfa => vec![USER, TOKENS, DONE, KEY],
            EnableMfa => vec![USER, VERIFIED, DONE],
            DisableMfa => vec![USER, CHALLENGE, TOKENS, DONE, DONE],
        }
    }

    pub(crate) fn needs_secret(self) -> bool {
        ![Profile, Change, EnableMfa].contains(&self)
    }

    pub(crate) async fn run(self, endpoint: &Endpoint) -> Result<(), Error> {
        let (identity, account) = (endpoint.identity(), endpoint.account());
        let (token, password, ip) = ("an access token".into(), PASSWORD.into(), Some(IP));
        match self {
            SignUp => identity.sign_up(&username(), &new_password(), ip).await.map(drop),
            Confirm => identity.confirm_sign_up(&username(), &code(), ip).await,
            Resend => identity.resend_code(&username(), ip).await.map(drop),
            LogInOp => identity.log_in(&username(), &password, ip).await.map(drop),
            LogInWithCode => {
                let (username, session, code) = (username(), session(), totp_code());
                identity.log_in_with_code(&username, &session, &code, ip).await.map(drop)
            }
            LogInWithNewPassword => {
                let (username, session, new) = (username(), session(), new_password());
                identity.log_in_with_new_password(&username, &session, &new, ip).await.map(drop)
            }
            Refresh => identity.refresh(&refresh_token()).await.map(drop),
            LogOut => identity.log_out(&refresh_token()).await,
            Forgot => identity.forgot_password(&username(), ip).await.map(drop),
            Reset => identity.reset_password(&username(), &code(), &new_password(), ip).await,
            Delete => identity.delete_user(&token, &password, ip).await,
            Profile => account.profile(&token).await.map(drop),
            Change => account.change_password(&token, &password, &new_password()).await,
            SetUpMfa => identity.set_up_mfa(&token, &password, ip).await.map(drop),
            EnableMfa => identity.enable_mfa(&token, &totp_code()).await,
            DisableMfa => identity.disable_mfa(&token, &password, &totp_code(), ip).await,
        }
    }

    /// The outcome of a script, and how many calls it took.
    pub(crate) async fn of(self, steps: &[Step]) -> (Result<(), Error>, usize) {
        let endpoint = Endpoint::new(steps);
        (self.run(&endpoint).await, endpoint.calls())
    }
}

pub(crate) async fn log_in(steps: &[Step]) -> Result<LogIn, Error> {
    let identity = Endpoint::new(steps).identity();
    identity.log_in(&username(), &"a password".into(), None).await
}

/// A sign-up after its request for a new code.
pub(crate) async fn sign_up(steps: &[Step]) -> Result<SignedUp, Error> {
    let steps = [&[DONE], steps].concat();
    Endpoint::new(&steps).identity().sign_up(&username(), &new_password(), None).await
}

pub(crate) fn username() -> Username {
    Username::parse(NAME.into()).unwrap()
}

pub(crate) fn new_password() -> NewPassword {
    NewPassword::parse("incorrect-horse-battery".into()).unwrap()
}

pub(crate) fn code() -> ConfirmationCode {
    ConfirmationCode::parse("123456".into()).unwrap()
}

fn totp_code() -> TotpCode {
    TotpCode::parse("654321".into()).unwrap()
}

fn session() -> Session {
    Session::parse("a session of twenty characters".into()).unwrap()
}

pub(crate) fn refresh_token() -> RefreshToken {
    RefreshToken::parse("a-refresh-token".into()).unwrap()
}
