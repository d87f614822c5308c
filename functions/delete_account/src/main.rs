//! The Lambda binary.

use identity::Identity;

fn main() -> Result<(), lambda::Error> {
    lambda::run("delete_account", |variable| {
        Identity::from_variables(variable).map(delete_account::DeleteAccount::new)
    })
}
