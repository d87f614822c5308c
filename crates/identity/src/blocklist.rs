//! Passwords that are guessed first (NIST SP 800-63B-4, section 3.1.1.2; OWASP ASVS 6.2.4, 6.2.11).

use sha2::{Digest, Sha256};

/// Sorted fingerprints of common passwords in lower case; `data/README.md` says which.
const COMMON: &[u8] = include_bytes!("../data/common_passwords.bin");
/// Bytes of one fingerprint: the beginning of a SHA-256.
const FINGERPRINT: usize = 5;
/// The longest piece whose mere repetition is no password: `abcabcabcabcabc`.
const LONGEST_UNIT: usize = 6;
/// The shortest part of a sequence, and the shortest word, that counts as one.
const SHORTEST_PIECE: usize = 3;
/// As many digits and symbols beside sequences and words make a password no better: a date, an
/// exclamation mark, hyphens in between.
const MOST_PADDING: usize = 8;
/// Words that come to mind on the registration form of this service.
const WORDS: [&str; 3] = ["passmint", "password", "mint"];
/// What runs along an alphabet or a keyboard, forwards and backwards.
const SEQUENCES: [&str; 11] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
];

/// Whether `password`, in lower case, is one of the most used ones.
pub(crate) fn is_common(password: &str) -> bool {
    let digest = Sha256::digest(password.as_bytes());
    let (fingerprints, _) = COMMON.as_chunks::<FINGERPRINT>();
    let wanted = digest.first_chunk();
    wanted.is_some_and(|wanted| fingerprints.binary_search(wanted).is_ok())
}

/// Whether `password`, in lower case, is a short piece repeated, or sequences, repeated characters
/// and the name of this service with a little padding.
pub(crate) fn is_predictable(password: &str) -> bool {
    let password: Vec<char> = password.chars().collect();
    (1..=LONGEST_UNIT).any(|unit| {
        password.iter().skip(unit).eq(password.iter().take(password.len().saturating_sub(unit)))
    }) || is_made_of(&password, &WORDS)
}

/// Whether `password` is made of what belongs to the account `address`: the address itself, or the
/// words in it, with a little padding. Both are in lower case.
pub(crate) fn is_personal(password: &str, address: &str) -> bool {
    let password: Vec<char> = password.chars().collect();
    let local_part = address.split_once('@').map_or(address, |(local_part, _)| local_part);
    let mut words = vec![address, local_part];
    words.extend(address.split(|character: char| !character.is_alphanumeric()));
    words.extend(WORDS);
    is_made_of(&password, &words)
}

/// Whether nothing remains of `password` but a little padding once `words`, sequences and repeated
/// characters are taken away.
fn is_made_of(password: &[char], words: &[&str]) -> bool {
    // The least padding that leads to each place of the password.
    let mut least = vec![None; password.len() + 1];
    if let Some(first) = least.first_mut() {
        *first = Some(0);
    }
    for start in 0..password.len() {
        let Some(padding) = least.get(start).copied().flatten() else { continue };
        let rest = password.get(start..).unwrap_or_default();
        for (length, more) in pieces(rest, words) {
            if let Some(place) = least.get_mut(start + length) {
                *place =
                    Some(place.map_or(padding + more, |known: usize| known.min(padding + more)));
            }
        }
    }
    least.last().copied().flatten().is_some_and(|padding| padding <= MOST_PADDING)
}

/// The lengths of what `rest` can begin with, each with the padding that it is.
fn pieces(rest: &[char], words: &[&str]) -> Vec<(usize, usize)> {
    let same = rest.iter().take_while(|character| rest.first() == Some(character)).count();
    let longest = SEQUENCES.iter().map(|sequence| along(sequence, rest)).max().unwrap_or_default();
    let mut pieces: Vec<_> =
        (SHORTEST_PIECE..=same.max(longest)).map(|length| (length, 0)).collect();
    for word in words {
        let length = word.chars().count();
        if length >= SHORTEST_PIECE
            && rest.len() >= length
            && word.chars().eq(rest.iter().copied().take(length))
        {
            pieces.push((length, 0));
        }
    }
    if rest.first().is_some_and(|character| !character.is_alphabetic()) {
        pieces.push((1, 1));
    }
    pieces
}

/// How far `rest` runs along `sequence` from any place of it, in either direction.
fn along(sequence: &str, rest: &[char]) -> usize {
    let forwards: Vec<char> = sequence.chars().collect();
    let backwards: Vec<char> = sequence.chars().rev().collect();
    let run = |sequence: &[char], start| {
        let steps = sequence.iter().skip(start).zip(rest);
        steps.take_while(|(wanted, character)| wanted == character).count()
    };
    (0..forwards.len())
        .map(|start| run(&forwards, start).max(run(&backwards, start)))
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_long_enough() {
        let (fingerprints, rest) = COMMON.as_chunks::<FINGERPRINT>();
        assert!(rest.is_empty() && fingerprints.is_sorted());
        assert!(fingerprints.len() >= 3_000);
    }

    #[test]
    fn common_passwords() {
        for password in [
            "passwordpassword",
            "manchesterunited",
            "1qaz2wsx3edc4rfv",
            "iloveyouforever",
            "stairwaytoheaven",
            "correcthorsebatterystaple",
        ] {
            assert!(is_common(password), "{password}");
        }
        for password in ["correct-horse-battery", "manchesterunites", ""] {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn predictable_passwords() {
        for password in [
            "aaaaaaaaaaaaaaa",
            "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
            "abcabcabcabcabc",
            "s3cr3ts3cr3ts3cr3t",
            "abcdefghijklmnop",
            "zyxwvutsrqponmlk",
            "123456789012345",
            "qwertyuiopasdfgh",
            "1234qwer!asdf!zxcv",
            "1q2w3e4r5t6y7u8i9o",
            "passmint-password",
            "passmint2026!!!",
            "...passmint....",
        ] {
            assert!(is_predictable(password), "{password}");
        }
        for password in [
            "correct-horse-battery",
            "839201746352718",
            "passmint-is-not-enough",
            "s3cr3t-s3cr3t-s3cr4t",
            "\u{1f511}\u{1f5dd}\u{1f512}\u{1f513}\u{1f510}\u{1f4a1}\u{1f4a2}\u{1f4a3}\u{1f4a4}\u{1f4a5}\u{1f4a6}\u{1f4a7}\u{1f4a8}\u{1f4a9}\u{1f4aa}",
        ] {
            assert!(!is_predictable(password), "{password}");
        }
    }

    #[test]
    fn personal_passwords() {
        let address = "ada.lovelace@example.com";
        for password in [
            "ada.lovelace@example.com",
            "lovelace-ada-1815",
            "ada.lovelace2026!",
            "lovelace-passmint",
            "example-lovelace1",
        ] {
            assert!(is_personal(password, address), "{password}");
            assert!(!is_personal(password, "bob@mail.test"), "{password}");
        }
        for password in ["correct-horse-battery", "lovelace-and-horse", "ada839201746352"] {
            assert!(!is_personal(password, address), "{password}");
        }
    }
}
