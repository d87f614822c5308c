use std::path::PathBuf;

use clap::{Parser, builder::FalseyValueParser};
use local::Data;
use shared::{Origins, OriginsError};

/// Passmint on one machine: the API, and the user pool behind it.
#[derive(Debug, Parser)]
#[command(name = "passmint", version)]
pub(crate) struct Cli {
    /// Port of the API on 127.0.0.1 (0: any free one)
    #[arg(long, env = "PASSMINT_PORT", default_value_t = 3000)]
    pub(crate) port: u16,

    /// Port of the Cognito endpoint on 127.0.0.1 (0: any free one)
    #[arg(long, env = "PASSMINT_COGNITO_PORT", default_value_t = 9229)]
    pub(crate) cognito_port: u16,

    /// Directory for accounts and keys, made if it is not there
    #[arg(long, env = "PASSMINT_DATA_DIR", value_name = "DIR", default_value = ".passmint")]
    data_dir: PathBuf,

    /// Keep everything in memory, and use no directory
    #[arg(long, env = "PASSMINT_EPHEMERAL", value_parser = FalseyValueParser::new())]
    ephemeral: bool,

    /// Origins of pages that may call the API, separated by commas; the API's own always may
    #[arg(
        long,
        env = "PASSMINT_ALLOWED_ORIGINS",
        value_name = "ORIGINS",
        default_value = "http://localhost:5173"
    )]
    allowed_origins: String,
}

impl Cli {
    /// Where users live.
    pub(crate) fn data(&self) -> Data {
        if self.ephemeral { Data::Ephemeral } else { Data::Directory(self.data_dir.clone()) }
    }

    /// The origins given, and those that a page on the API's own port has. With port 0 the latter
    /// are not known yet; such a page is of the same origin and needs no leave.
    pub(crate) fn origins(&self) -> Result<Origins, OriginsError> {
        let port = match self.port {
            // A browser leaves the scheme's own port out.
            80 => String::new(),
            port => format!(":{port}"),
        };
        let own = format!("http://localhost{port},http://127.0.0.1{port}");
        format!("{},{own}", self.allowed_origins).parse()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::ORIGIN};

    use super::*;

    fn allows(arguments: &[&str], origin: &'static str) -> bool {
        let cli = Cli::parse_from([&["passmint"], arguments].concat());
        let request = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
        cli.origins().unwrap().allowed(&request).is_some()
    }

    #[test]
    fn the_definition_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }

    #[test]
    fn the_apis_own_pages_are_always_allowed() {
        let other = ["--port", "80", "--allowed-origins", "https://app.example"];
        for (arguments, origin, expected) in [
            (&[][..], "http://localhost:5173", true),
            (&[], "http://localhost:3000", true),
            (&[], "http://127.0.0.1:3000", true),
            (&[], "http://127.0.0.1:3001", false),
            (&other, "https://app.example", true),
            (&other, "http://localhost", true),
            (&other, "http://localhost:5173", false),
        ] {
            assert_eq!(allows(arguments, origin), expected, "{arguments:?} {origin}");
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        let cli = Cli::parse_from(["passmint", "--allowed-origins", "*"]);
        assert!(cli.origins().is_err());
    }
}
