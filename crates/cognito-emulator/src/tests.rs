//! The pool from outside: request in, response out.

mod access_tokens;
mod administration;
mod codes;
mod limits;
mod lockout;
mod password_change;
mod password_reset;
mod protocol;
mod refreshing;
mod revocation;
mod sign_in;
mod sign_up;
mod signature;
mod steps;
mod storage;
mod support;
mod tokens;
