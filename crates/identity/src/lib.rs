//! The accounts of a Cognito user pool: sign up, confirm, resend, log in.
//!
//! The only crate that names Cognito's client. Each operation is one file: the call, and what each
//! refusal means to us. The operations are public ones in Cognito, so no credentials are loaded and
//! nothing is signed; the app client proves itself by `SECRET_HASH`.

mod client;
mod code;
mod confirm_sign_up;
mod error;
mod log_in;
mod new_password;
mod resend_code;
mod retry;
mod settings;
mod sign_up;
mod username;

pub use client::Identity;
pub use code::ConfirmationCode;
pub use error::Error;
pub use log_in::{LogIn, Tokens};
pub use new_password::{NewPassword, Weakness};
pub use settings::{MissingVariables, Settings};
pub use username::Username;
