//! The Lambda binary.

use identity::Identity;

fn main() -> Result<(), lambda::Error> {
    lambda::run("mfa", |variable| Identity::from_variables(variable).map(mfa::SecondFactor::new))
}
