//! Tests of the whole stack, through its front: one file a route, and one for each thing that holds
//! of the repository as a whole.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "clippy.toml has no word for it, and this is all tests")]

mod architecture;
mod authorizer;
mod bodies;
mod client;
mod confirm_user;
mod contract;
mod events;
mod generate;
mod headers;
mod limits;
mod login;
mod parameters;
mod register;
mod resend_code;
mod restart;
mod secrets;
mod stack;
mod token_table;
mod tokens;
