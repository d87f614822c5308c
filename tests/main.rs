//! Tests of the whole stack, through its front: one file a route, and one for each thing that holds
//! of the repository as a whole.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "clippy.toml allows them in tests, and all of this crate is tests"
)]

mod architecture;
mod bodies;
mod client;
mod confirm_user;
mod contract;
mod events;
mod generate;
mod headers;
mod login;
mod register;
mod resend_code;
mod restart;
mod secrets;
mod stack;
mod tokens;
