use std::{fmt, net::IpAddr};

use cognito_emulator::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
use local::{Data, REGION, Stack};

/// What is printed once a stack runs.
pub(crate) struct Greeting<'a> {
    /// The stack.
    pub(crate) stack: &'a Stack,
    /// Where its users live.
    pub(crate) data: &'a Data,
    /// The address of its ports.
    pub(crate) bind: IpAddr,
}

impl fmt::Display for Greeting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (url, pool) = (self.stack.url(), self.stack.pool_id());
        writeln!(f, "Passmint is running at {url}\n")?;
        writeln!(f, "  Cognito endpoint  {}", self.stack.cognito_url())?;
        writeln!(f, "  User pool ID      {pool}")?;
        writeln!(f, "  App client ID     {}", self.stack.client_id())?;
        match self.data {
            Data::Directory(path) => writeln!(f, "  Data              {}\n", path.display())?,
            Data::Ephemeral => writeln!(f, "  Data              in memory, gone when this ends\n")?,
        }
        if !self.bind.is_loopback() {
            f.write_str(OPEN_TO_OTHERS)?;
        }
        writeln!(f, "For the AWS CLI and SDKs:\n")?;
        writeln!(f, "export AWS_ENDPOINT_URL={}", self.stack.cognito_url())?;
        writeln!(f, "export AWS_ACCESS_KEY_ID={ACCESS_KEY_ID}")?;
        writeln!(f, "export AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}")?;
        writeln!(f, "export AWS_DEFAULT_REGION={REGION}")?;
        writeln!(f, "aws cognito-idp list-users --user-pool-id {pool}\n")?;
        let body = r#"{"username":"ada@example.com","password":"a-long-enough-passphrase"}"#;
        writeln!(f, "Try:  curl {url}/register -H 'Content-Type: application/json' -d '{body}'")
    }
}

const OPEN_TO_OTHERS: &str = "\
WARNING: other machines can reach both ports. They have no TLS, the credentials of the user pool are
public, and /_local/mail shows every mailed code. Use this only in a network that is yours alone, such as
that of your containers, and name with --allowed-hosts the hosts under which they reach this one.

";
