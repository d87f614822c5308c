use redb::ReadableTable;

use super::{
    Change, Counter, decode,
    tables::{ATTEMPTS, LOGINS, NAMES, SESSIONS, SOFTWARE_TOKENS, USERS},
};
use crate::{code::Purpose, name::SignInName, session::Session};

impl Change {
    /// Deletes a user with everything that is filed under their `sub`. Only their refresh tokens
    /// are still known, as tokens of nobody.
    pub(crate) fn delete_user(&self, name: &SignInName, sub: &str) -> Result<(), redb::Error> {
        self.transaction.open_table(USERS)?.remove(sub)?;
        self.transaction.open_table(NAMES)?.remove(name.folded())?;
        self.transaction.open_table(SOFTWARE_TOKENS)?.remove(sub)?;
        for counter in Counter::ALL {
            self.transaction.open_table(ATTEMPTS)?.remove((counter.key(), sub))?;
        }
        for purpose in Purpose::ALL {
            self.drop_code(purpose, sub)?;
        }
        let mut logins = self.transaction.open_table(LOGINS)?;
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
        self.transaction.open_table(SESSIONS)?.retain(|_, record| {
            decode::<Session>(record).is_ok_and(|session| session.sub != sub)
        })?;
        Ok(())
    }
}
