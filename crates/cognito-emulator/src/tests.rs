//! The pool from outside: request in, response out.

mod access_tokens;
mod administration;
mod attributes;
mod codes;
mod deletion;
mod limits;
mod lockout;
mod password_change;
mod password_reset;
mod protocol;
mod refreshing;
mod required_mfa;
mod revocation;
mod second_factor;
mod sign_in;
mod sign_up;
mod signature;
mod software_tokens;
mod steps;
mod storage;
mod support;
mod temporary_passwords;
mod tokens;
