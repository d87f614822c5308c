//! Runs: characters that repeat or follow each other within a password.
//!
//! A run of identical characters is as long as the character repeats without another between: `aab` has one of two. A
//! sequential run is a stretch in which each character is the successor of the one before, or in which each is the
//! predecessor: `abc`, `321`. Successors differ by one in their code points and are both digits, both lower-case or both
//! upper-case ASCII letters; so `9:`, `Z[` and `aB` are none, nor does a sequence go on from `z` to `a`. A run has one
//! direction: `abcba` has two of three, which share the `c`. These are the meanings of `max-repeating` and
//! `max-sequential` in Apple's password rules (<https://github.com/apple/password-manager-resources/pull/1255>).

use crate::NormalForm;

/// How the characters of a run follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Same,
    Up,
    Down,
}

impl Direction {
    pub(crate) const ALL: [Self; 3] = [Self::Same, Self::Up, Self::Down];

    /// The character that continues a run at `character`, if there is one.
    pub(crate) fn next(self, character: char) -> Option<char> {
        let step = match self {
            Self::Same => return Some(character),
            Self::Up => 1,
            Self::Down => -1,
        };
        let next = u8::try_from(character).ok()?.checked_add_signed(step).map(char::from)?;
        let common = [
            char::is_ascii_digit,
            |c: &char| c.is_ascii_lowercase(),
            |c: &char| c.is_ascii_uppercase(),
        ];
        common.iter().any(|class| class(&character) && class(&next)).then_some(next)
    }
}

/// The greatest length of a run in each direction, if it is limited at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    repeating: Option<usize>,
    sequential: Option<usize>,
}

impl Limits {
    /// The limits of `form` that some string of its length could exceed.
    pub(crate) fn new(form: &NormalForm) -> Self {
        let binding = |limit: u16| (limit < form.length).then_some(usize::from(limit));
        let repeating = form.max_repeating.filter(|_| !form.distinct);
        Self {
            repeating: repeating.and_then(|limit| binding(limit.get())),
            sequential: form.max_sequential.and_then(|limit| binding(limit.get())),
        }
    }

    /// Whether there is no limit.
    pub(crate) fn is_empty(self) -> bool {
        self.repeating.is_none() && self.sequential.is_none()
    }

    /// The limit in one direction.
    pub(crate) fn get(self, direction: Direction) -> Option<usize> {
        match direction {
            Direction::Same => self.repeating,
            Direction::Up | Direction::Down => self.sequential,
        }
    }

    /// Whether no run of `string` is too long.
    pub(crate) fn hold(self, string: &[char]) -> bool {
        Direction::ALL.iter().all(|direction| {
            self.get(*direction).is_none_or(|limit| longest(string, *direction) <= limit)
        })
    }
}

/// The length of the longest run in one direction.
fn longest(string: &[char], direction: Direction) -> usize {
    let (mut longest, mut run, mut expected) = (0, 0, None);
    for character in string {
        run = if expected == Some(*character) { run + 1 } else { 1 };
        longest = longest.max(run);
        expected = direction.next(*character);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_runs_of_strings() {
        let rows = [
            ("", [0, 0, 0]),
            ("a", [1, 1, 1]),
            ("aab", [2, 2, 1]),
            ("abcba", [1, 3, 3]),
            ("789:;", [1, 3, 1]),
            ("XYZ[", [1, 3, 1]),
            ("zab", [1, 2, 1]),
            ("aBc", [1, 1, 1]),
            ("90", [1, 1, 1]),
            ("/01`ab", [1, 2, 1]),
            ("3210aaa", [3, 1, 4]),
            ("!\"#$", [1, 1, 1]),
            ("éé", [2, 1, 1]),
        ];
        for (string, expected) in rows {
            let string: Vec<char> = string.chars().collect();
            assert_eq!(Direction::ALL.map(|direction| longest(&string, direction)), expected);
        }
    }
}
