use std::{io, path::PathBuf};

/// Why nothing, or not all, could be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program to measure that is not there.
    #[error("there is no {path}: {advice}")]
    Missing {
        /// Where it should be.
        path: String,
        /// What to do.
        advice: &'static str,
    },
    /// A command that is not there, or that failed and has said why.
    #[error("{0} failed, or is not there")]
    Command(String),
    /// A file that cannot be read or written.
    #[error("{}", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// The figures cannot be written as JSON.
    #[error("the figures cannot be written")]
    Json(#[from] serde_json::Error),
    /// An RSA key that cannot be made.
    #[error("no RSA key: {0}")]
    Key(String),
    /// A certificate that cannot be made.
    #[error("no certificate")]
    Certificate(#[from] rcgen::Error),
    /// Certificates that TLS cannot use.
    #[error("no TLS")]
    Tls(#[from] rustls::Error),
    /// The endpoint that plays Cognito has no port.
    #[error("the endpoint that plays Cognito")]
    Cognito(#[source] io::Error),
    /// No control group for a share of a CPU.
    #[error(
        "no share of a CPU can be set here; it takes root, and control groups with the controller `cpu`"
    )]
    Quota(#[source] io::Error),
    /// A process that is not there, or not told of by the system.
    #[error("process {0}")]
    Process(u32, #[source] io::Error),
    /// A function that did not start or did not answer.
    #[error("{0}")]
    Function(&'static str, #[source] runtime_api::Failure),
    /// A function that answered something else than a success.
    #[error("{0} answered {1}")]
    Refused(&'static str, String),
    /// No start was measured.
    #[error("nothing was measured")]
    Nothing,
}
