//! The pools from outside: request in, response out.

mod admin_attributes;
mod admin_create_user;
mod admin_sign_in;
mod admin_users;
mod administration;
mod client_secrets;
mod clients;
mod codes;
mod format;
mod limits;
mod lockout;
mod mfa_config;
mod pools;
mod protocol;
mod several_pools;
mod sign_in;
mod sign_up;
mod signature;
mod storage;
mod support;
mod tokens;
