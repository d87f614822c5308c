//! The whole stack on one machine: `template.yaml`, served without a cloud.
//!
//! [`Stack::start`] opens two ports, by default on 127.0.0.1. Behind the first are the routes of the
//! template: a gateway that verifies tokens as API Gateway does, makes the same proxy events, and hands
//! them to the same functions through the same adapter. Behind the second is the user pool, for the AWS
//! CLI and other clients of Cognito. The functions reach the pool through the real AWS SDK, over a
//! connector that stays within the process.

mod answer;
mod authorizer;
mod clock;
mod cognito_endpoint;
mod connector;
mod console;
mod data_directory;
mod functions;
mod gateway;
mod hosts;
mod local_routes;
mod mail;
mod runner;
mod server;
mod stack;
mod template;

pub use clock::Clock;
pub use console::printable;
pub use data_directory::DataError;
pub use gateway::UnknownFunction;
pub use hosts::{Hosts, HostsError};
pub use lambda::metrics;
pub use mail::Mail;
pub use stack::{Data, Lines, Options, REGION, Stack, StartError};
pub use template::TemplateError;
