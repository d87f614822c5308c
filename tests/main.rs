//! Tests of the whole stack, through its front: one file a route, and one for each thing that holds
//! of the repository as a whole.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "clippy.toml has no word for it, and this is all tests")]

mod administrator;
mod architecture;
mod authorizer;
mod bodies;
mod change_password;
mod client;
mod clock;
mod confirm_user;
mod contract;
mod delete_me;
mod events;
mod examples;
mod forgot_password;
mod generate;
mod headers;
mod login;
mod login_mfa;
mod logout;
mod logs;
mod me;
mod mfa;
mod naughty;
mod parameters;
mod refresh;
mod register;
mod resend_code;
mod reset_password;
mod restart;
mod secrets;
mod stack;
mod token_table;
mod tokens;
mod totp;
