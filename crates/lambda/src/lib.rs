//! The adapter between API Gateway proxy events and the handlers.
//!
//! A handler takes a [`shared::Request`] and gives a [`shared::Response`] or a
//! [`shared::Problem`]. This crate turns a REST proxy event (payload version 1.0) into the former
//! and the latter into the proxy answer, with the headers that every answer has, one log line with
//! its metrics, and a panic answered as a 500. [`run`] serves the Lambda Runtime API; the local gateway calls
//! [`Function::invoke`] with the same events.
//!
//! Of `lambda_http` only the runtime below it is used: its typed events and its conversion to
//! `http::Request` cost as much again as the rest of a warm invocation.

mod answer;
mod event;
mod function;
mod log;
pub mod metrics;
mod run;
mod source;

pub use function::{Function, Handler};
pub use log::{Line, Log, known};
pub use run::{Error, log_panics, run};
pub use source::Source;
