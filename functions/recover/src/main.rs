//! The Lambda binary.

use identity::Identity;

fn main() -> Result<(), lambda::Error> {
    lambda::run("recover", |variable| Identity::from_variables(variable).map(recover::Recover::new))
}
