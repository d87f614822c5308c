//! The Lambda binary.

use identity::Identity;

fn main() -> Result<(), lambda::Error> {
    lambda::run("confirm", |variable| Identity::from_variables(variable).map(confirm::Confirm::new))
}
