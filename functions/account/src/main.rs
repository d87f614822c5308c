//! The Lambda binary.

use identity::Account;

fn main() -> Result<(), lambda::Error> {
    lambda::run("account", |variable| {
        Account::from_variables(variable).map(account::OwnAccount::new)
    })
}
