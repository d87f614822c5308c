use std::fmt;

use local::{Data, RateLimits, Stack};

/// What is printed once a stack runs.
pub(crate) struct Greeting<'a> {
    /// The stack.
    pub(crate) stack: &'a Stack,
    /// Where its users live.
    pub(crate) data: &'a Data,
    /// Whether its limits by address and route hold.
    pub(crate) rate_limits: RateLimits,
}

impl fmt::Display for Greeting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.stack.url();
        writeln!(f, "Passmint is running at {url}\n")?;
        writeln!(f, "  Cognito endpoint  {}", self.stack.cognito_url())?;
        writeln!(f, "  User pool ID      {}", self.stack.pool_id())?;
        writeln!(f, "  App client ID     {}", self.stack.client_id())?;
        match self.data {
            Data::Directory(path) => writeln!(f, "  Data              {}", path.display())?,
            Data::Ephemeral => writeln!(f, "  Data              in memory, gone when this ends")?,
        }
        let rate_limits = match self.rate_limits {
            RateLimits::Enforced => "on",
            RateLimits::Off => "off for addresses and routes, on for accounts",
        };
        writeln!(f, "  Rate limits       {rate_limits}\n")?;
        let body = r#"{"username":"ada@example.com","password":"a-long-enough-passphrase"}"#;
        writeln!(f, "Try:  curl {url}/register --json '{body}'")
    }
}
