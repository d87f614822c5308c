use crate::{constraint::is_visible, mac::hmac_sha256, user::User};

/// A name that somebody signs in with, or is looked up by: a user name, an e-mail address or a
/// `sub`.
pub(crate) struct SignInName {
    sent: String,
    folded: String,
}

/// Whom attempts are counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A user, by `sub`, whatever name was used.
    User(String),
    /// A name that belongs to nobody, by a digest that only this pool can compute.
    Stranger([u8; 16]),
}

impl SignInName {
    pub(crate) fn new(sent: &str, case_sensitive: bool) -> Self {
        let folded = if case_sensitive { sent.to_owned() } else { folded(sent) };
        Self { sent: sent.to_owned(), folded }
    }

    pub(crate) fn as_sent(&self) -> &str {
        &self.sent
    }

    /// In the form that equal names share.
    pub(crate) fn folded(&self) -> &str {
        &self.folded
    }

    /// An address for a name that belongs to nobody, always the same.
    pub(crate) fn made_up_address(&self, key: &[u8]) -> String {
        let letter = |byte: u8| char::from(b'a' + byte % 26);
        let [local, domain, ..] = hmac_sha256(key, &[b"address\0", self.folded.as_bytes()]);
        format!("{}@{}", letter(local), letter(domain))
    }

    pub(crate) fn subject(&self, user: Option<&User>, key: &[u8]) -> Subject {
        if let Some(user) = user {
            return Subject::User(user.sub.clone());
        }
        let digest = hmac_sha256(key, &[b"stranger\0", self.folded.as_bytes()]);
        Subject::Stranger(digest.first_chunk().copied().unwrap_or_default())
    }
}

/// The form that all spellings of a name share that differ in case only. Each letter is folded by
/// itself: a sigma at the end of a word is the same as elsewhere.
pub(crate) fn folded(name: &str) -> String {
    name.chars().flat_map(char::to_lowercase).collect()
}

/// Whether the text is an address as Cognito demands it: one `@`, something before it that can be
/// seen, a dotted domain after it.
pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        let label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        !local.is_empty()
            && local.chars().all(is_visible)
            && domain.contains('.')
            && domain.split('.').all(label)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_other_names() {
        for good in ["a@b.c", "a+b@x-y.example", "\u{fc}@\u{e9}.example"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b.c", "a@", "a@b", "a@b.", "a@.c", "a@b@c.d", "a@b..c", "a@b_c.d"] {
            assert!(!is_email(bad), "{bad}");
        }
        for hidden in
            ["\u{1b}]52;c;eA\u{7}", "a b", "a\n", "\u{200b}", "a\u{202e}", "\u{ad}", "\u{9b}"]
        {
            for bad in [format!("{hidden}@b.c"), format!("a@b{hidden}.c")] {
                assert!(!is_email(&bad), "{bad:?}");
            }
        }
    }
}
