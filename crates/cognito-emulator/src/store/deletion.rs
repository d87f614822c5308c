use redb::ReadableTable;

use super::{
    Change, Counter,
    tables::{ATTEMPTS, LOGINS, NAMES, USERS},
};
use crate::{code::Purpose, name::SignInName};

impl Change {
    /// Deletes a user with everything that is filed under their `sub`. Only their refresh tokens
    /// are still known, as tokens of nobody.
    pub(crate) fn delete_user(&self, name: &SignInName, sub: &str) -> Result<(), redb::Error> {
        self.open(&USERS)?.remove(sub)?;
        self.open(&NAMES)?.remove(name.folded())?;
        self.delete_software_token(sub)?;
        for counter in Counter::ALL {
            self.open(&ATTEMPTS)?.remove((counter.key(), sub))?;
        }
        for purpose in Purpose::ALL {
            self.drop_code(purpose, sub)?;
        }
        let mut logins = self.open(&LOGINS)?;
        let mut own = Vec::new();
        for entry in logins.range((sub, "")..)? {
            let (key, _) = entry?;
            let (owner, event_id) = key.value();
            if owner != sub {
                break;
            }
            own.push(event_id.to_owned());
        }
        for event_id in own {
            logins.remove((sub, event_id.as_str()))?;
        }
        self.drop_sessions(sub)
    }
}
