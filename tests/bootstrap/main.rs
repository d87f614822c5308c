//! Tests of the binaries that are deployed: each runs as Lambda would run it, with the variables that
//! template.yaml gives it. `scripts/check lambda` builds them and runs this.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "clippy.toml has no word for it, and this is all tests")]
#![expect(dead_code, reason = "of what the tests of the stack share, these need a part")]

#[path = "../administrator.rs"]
mod administrator;
#[path = "../client.rs"]
mod client;
#[path = "../contract.rs"]
mod contract;
#[path = "../events.rs"]
mod events;
#[path = "../stack.rs"]
mod stack;
#[path = "../totp.rs"]
mod totp;

mod answers;
mod binaries;
mod environment;
mod malformed;
mod outage;
