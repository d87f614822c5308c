//! The Lambda binary.

use identity::Identity;

fn main() -> Result<(), lambda::Error> {
    lambda::run("login", |variable| Identity::from_variables(variable).map(login::Login::new))
}
