use std::{net::IpAddr, path::PathBuf};

use clap::{Parser, builder::FalseyValueParser};
use local::{Data, Hosts};
use shared::Origins;

/// Passmint on one machine: the API, and the user pool behind it.
#[derive(Debug, Parser)]
#[command(name = "passmint", version)]
pub(crate) struct Cli {
    /// Address of both ports; any but a loopback address opens them to other machines
    #[arg(long, env = "PASSMINT_BIND", value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(crate) bind: IpAddr,

    /// Port of the API (0: any free one)
    #[arg(long, env = "PASSMINT_PORT", default_value_t = 3000)]
    pub(crate) port: u16,

    /// Port of the Cognito endpoint (0: any free one)
    #[arg(long, env = "PASSMINT_COGNITO_PORT", default_value_t = 9229)]
    pub(crate) cognito_port: u16,

    /// Directory for accounts and keys, made if it is not there
    #[arg(long, env = "PASSMINT_DATA_DIR", value_name = "DIR", default_value = ".passmint")]
    data_dir: PathBuf,

    /// Keep everything in memory, and use no directory
    #[arg(long, env = "PASSMINT_EPHEMERAL", value_parser = FalseyValueParser::new())]
    ephemeral: bool,

    /// Hosts that both ports answer to, besides the loopback names, separated by commas
    #[arg(long, env = "PASSMINT_ALLOWED_HOSTS", value_name = "HOSTS", default_value = "")]
    pub(crate) allowed_hosts: Hosts,

    /// Origins of pages that may call both ports, separated by commas; the API's own always may
    #[arg(
        long,
        env = "PASSMINT_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        default_value = "http://localhost:5173"
    )]
    pub(crate) allowed_origins: Origins,
}

impl Cli {
    /// Where users live.
    pub(crate) fn data(&self) -> Data {
        if self.ephemeral { Data::Ephemeral } else { Data::Directory(self.data_dir.clone()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
