//! The Lambda Runtime API on one machine.
//!
//! An [`Environment`] starts a built function, the `bootstrap` that Lambda would start, as Lambda
//! does: with the variables of a [`Function`] and no others, and an address at which it asks for
//! events. It hands it one event at a time and tells when the process was started, when it asked
//! for an event, and when it answered.
//!
//! Sources: "Lambda runtime API", "Building a custom runtime for AWS Lambda" and "Defined runtime
//! environment variables" in the AWS Lambda developer guide.
//!
//! Everything blocks, and nothing but the standard library is below it. Moments are taken by the
//! thread that reads from and writes to the function's socket, next to the system call, so waking
//! the caller is in no measured time; that thread and its listener wait before the function starts.

mod environment;
mod exchange;
mod function;
mod http;
mod output;
mod server;

pub use environment::{Environment, Failure, INIT_TIMEOUT};
pub use exchange::{Answer, Invocation};
pub use function::Function;
pub use server::MAX_ANSWER_BYTES;
