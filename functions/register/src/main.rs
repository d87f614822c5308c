//! The Lambda binary.

use identity::Identity;

fn main() -> Result<(), lambda::Error> {
    lambda::run("register", |variable| {
        Identity::from_variables(variable).map(register::Register::new)
    })
}
