use std::fmt;

use local::{Data, Stack};

/// What is printed once a stack runs.
pub(crate) struct Greeting<'a> {
    /// The stack.
    pub(crate) stack: &'a Stack,
    /// Where its users live.
    pub(crate) data: &'a Data,
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
        writeln!(f)?;
        let body = r#"{"username":"ada@example.com","password":"a-long-enough-passphrase"}"#;
        writeln!(f, "Try:  curl {url}/register --json '{body}'")
    }
}
