use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
};

use cognito_emulator::Message;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

use crate::printable;

/// How many mails an address keeps; the oldest go first.
const MAILS: usize = 20;
/// How many addresses there are; of more, the one that has waited longest for a mail goes.
const ADDRESSES: usize = 1_000;

/// A mail that the user pool sent.
#[derive(Clone, Serialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The text, with the code in it.
    #[serde(serialize_with = "exposed")]
    pub body: SecretString,
    /// The code alone.
    #[serde(serialize_with = "exposed")]
    pub code: SecretString,
    /// When it was sent.
    pub sent_at: Timestamp,
}

/// The mails of all addresses, in memory. Addresses are compared without regard to case.
#[derive(Debug, Default)]
pub(crate) struct Inbox(Mutex<Boxes>);

#[derive(Debug, Default)]
struct Boxes {
    by_address: HashMap<String, VecDeque<Mail>>,
    /// Addresses by their last mail, the oldest in front.
    by_age: VecDeque<String>,
}

impl Inbox {
    /// Keeps `mail`.
    pub(crate) fn deliver(&self, mail: Mail) {
        let mut boxes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = key(&mail.to);
        boxes.by_age.retain(|known| *known != address);
        boxes.by_age.push_back(address.clone());
        if boxes.by_age.len() > ADDRESSES
            && let Some(oldest) = boxes.by_age.pop_front()
        {
            boxes.by_address.remove(&oldest);
        }
        let mails = boxes.by_address.entry(address).or_default();
        mails.push_front(mail);
        mails.truncate(MAILS);
    }

    /// The mails to `address`, newest first.
    pub(crate) fn to(&self, address: &str) -> Vec<Mail> {
        let boxes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        boxes.by_address.get(&key(address)).into_iter().flatten().cloned().collect()
    }
}

fn key(address: &str) -> String {
    address.trim().to_lowercase()
}

impl From<Message> for Mail {
    fn from(message: Message) -> Self {
        let Message { to, subject, body, code, sent_at } = message;
        Self {
            to,
            subject,
            body: body.into(),
            code,
            sent_at: sent_at.try_into().unwrap_or_default(),
        }
    }
}

/// The mail as a person reads it on the console. A caller of the user pool can choose an address
/// that would be a command to a terminal, or look like lines of ours.
impl fmt::Display for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // EXPOSE: on one machine the console is the mailbox.
        let body = self.body.expose_secret().trim_end().split('\n').map(printable);
        let body = body.collect::<Vec<_>>().join("\n  ");
        write!(f, "Mail to {}\n  {}\n  {body}", printable(&self.to), printable(&self.subject))
    }
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    // EXPOSE: whoever may connect to this machine's own port may read its mail.
    serializer.serialize_str(secret.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, code: usize) -> Mail {
        Mail {
            to: to.to_owned(),
            subject: "Your verification code".to_owned(),
            body: format!("Your confirmation code is {code}").into(),
            code: code.to_string().into(),
            sent_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn codes(inbox: &Inbox, address: &str) -> Vec<String> {
        inbox.to(address).iter().map(|mail| mail.code.expose_secret().to_owned()).collect()
    }

    #[test]
    fn sec_3_debug_shows_no_code() {
        let inbox = Inbox::default();
        inbox.deliver(mail("ada@example.com", 471_147));
        assert!(!format!("{inbox:?}").contains("471147"));
    }

    #[test]
    fn an_address_has_its_newest_mails_first() {
        let inbox = Inbox::default();
        for code in 0..MAILS + 5 {
            inbox.deliver(mail("Ada@Example.com", code));
        }
        inbox.deliver(mail("bob@example.com", 7));
        let newest: Vec<_> = (5..MAILS + 5).rev().map(|code| code.to_string()).collect();
        assert_eq!(codes(&inbox, " ada@example.COM"), newest);
        assert_eq!(codes(&inbox, "bob@example.com"), ["7"]);
        assert!(codes(&inbox, "carol@example.com").is_empty());
    }

    #[test]
    fn the_address_that_waited_longest_goes() {
        let inbox = Inbox::default();
        for n in 0..ADDRESSES {
            inbox.deliver(mail(&format!("{n}@example.com"), n));
        }
        inbox.deliver(mail("0@example.com", 0));
        inbox.deliver(mail("new@example.com", 0));
        assert!(codes(&inbox, "1@example.com").is_empty());
        assert_eq!(codes(&inbox, "0@example.com").len(), 2);
        assert_eq!(codes(&inbox, "2@example.com").len(), 1);
    }

    #[test]
    fn no_part_of_a_mail_commands_the_terminal_or_looks_like_another_line() {
        let nasty = "a\u{1b}]52;c;eA==\u{7}\nWARNING: x";
        let mail = Mail {
            subject: nasty.to_owned(),
            body: format!("{nasty}\u{9b}\n").into(),
            ..mail(nasty, 1)
        };
        let shown = "a\\u001b]52;c;eA==\\u0007";
        assert_eq!(
            mail.to_string(),
            format!(
                "Mail to {shown}\\u000aWARNING: x\n  {shown}\\u000aWARNING: x\n  {shown}\n  WARNING: x\\u009b"
            )
        );
    }

    #[test]
    fn a_person_and_a_program_can_read_it_and_a_log_cannot() {
        let mail = mail("ada@example.com", 123_456);
        assert_eq!(
            mail.to_string(),
            "Mail to ada@example.com\n  Your verification code\n  Your confirmation code is 123456"
        );
        assert_eq!(
            serde_json::to_value(&mail).unwrap(),
            serde_json::json!({
                "to": "ada@example.com", "subject": "Your verification code",
                "body": "Your confirmation code is 123456", "code": "123456", "sent_at": "1970-01-01T00:00:00Z",
            })
        );
        assert!(!format!("{mail:?}").contains("123456"));
    }
}
