//! What every function shares: requests, answers, problems, CORS and `SECRET_HASH`.
//!
//! Nothing here knows AWS, Lambda or an HTTP server: a handler takes a [`Request`] and gives a
//! [`Response`] or a [`Problem`], wherever it runs.

pub mod accept;
mod caller;
pub mod headers;
pub mod json;
mod origins;
mod problem;
mod request;
mod response;
mod secret_hash;
mod security_event;

pub use caller::{Caller, SubHash};
pub use origins::{Origins, OriginsError};
pub use problem::{FieldError, Kind, Problem};
pub use request::Request;
pub use response::{Response, Tally};
pub use secret_hash::{EmptySecret, secret_hash};
pub use security_event::SecurityEvent;
