//! The pool from outside: request in, response out.

mod administration;
mod codes;
mod format;
mod limits;
mod lockout;
mod protocol;
mod sign_in;
mod sign_up;
mod signature;
mod storage;
mod support;
mod tokens;
