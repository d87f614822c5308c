//! What the crate sends to Cognito and makes of the answers, over a scripted endpoint: the faults
//! that no user pool gives on request.
#![cfg(test)]

mod confirm;
mod endpoint;
mod failures;
mod operations;
mod prepare;
mod printed;
mod refusals;
mod repeats;
mod secret;
mod sent;
