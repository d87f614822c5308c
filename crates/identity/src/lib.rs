//! The accounts of a Cognito user pool.
//!
//! The only crate that names Cognito's client. Each operation is one file: the calls, and what each
//! refusal means to us. Two types say what a function may do: [`Identity`] is the app client, which
//! proves itself by its secret, and [`Account`] the bearer of an access token.
//!
//! Operations of users are public ones in Cognito and are not signed. Signed are only the reading of
//! the client's secret, the end of all logins after a reset, and the password of whoever confirms an
//! account.

mod account;
mod blocklist;
mod client;
mod code;
mod cognito;
mod confirm_sign_up;
mod delete_user;
mod error;
mod forgot_password;
mod https;
mod log_in;
mod log_in_with_code;
mod log_in_with_new_password;
mod log_out;
mod mfa;
mod new_password;
mod proof;
mod refresh;
mod refresh_token;
mod resend_code;
mod reset_password;
mod retry;
mod session;
mod settings;
mod sign_up;
mod totp_code;
mod username;

pub use account::{Account, Profile};
pub use client::Identity;
pub use code::ConfirmationCode;
pub use cognito::{Clock, Wire};
pub use confirm_sign_up::EarlierLogins;
pub use error::Error;
pub use log_in::{LogIn, Tokens};
pub use mfa::Enrolment;
pub use new_password::{NewPassword, Weakness};
pub use refresh_token::RefreshToken;
pub use resend_code::Asked;
pub use session::Session;
pub use settings::{Credentials, Endpoint, InvalidVariables, Settings};
pub use sign_up::SignUp;
pub use totp_code::TotpCode;
pub use username::Username;
