//! Tests of the whole stack, through its front: one file a route, and one for each thing that holds
//! of the repository as a whole.

#![cfg(test)]

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
