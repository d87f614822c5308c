//! Drawing passwords: position by position if that soon succeeds, else by rank.

use std::num::NonZeroU32;

use secrecy::ExposeSecret;
use secrecy::zeroize::Zeroizing;

use crate::Password;
use crate::model::{Bounds, Model};
use crate::password::Draft;
use crate::policy::Policy;
use crate::uniform::Uniform;

/// What drawing position by position needs: the characters, and the atoms that each rule counts.
#[derive(Debug)]
pub(crate) struct Letters {
    length: usize,
    /// Those that may stand anywhere come first. A character's number is that of its atom.
    characters: Vec<(char, usize)>,
    anywhere: NonZeroU32,
    between: NonZeroU32,
    atoms: usize,
    rules: Vec<(Bounds, Vec<usize>)>,
}

impl Letters {
    /// The characters of `model`, or nothing if it has none that may stand anywhere.
    pub(crate) fn new(model: &Model) -> Option<Self> {
        let atoms = model.atoms.iter().enumerate();
        let mut characters: Vec<(char, usize)> = atoms
            .flat_map(|(index, atom)| {
                atom.characters.iter().map(move |character| (*character, index))
            })
            .collect();
        let anywhere = NonZeroU32::new(u32::try_from(characters.len()).ok()?)?;
        characters.extend(model.inner.iter().map(|character| (*character, model.atoms.len())));
        let between = NonZeroU32::new(u32::try_from(characters.len()).ok()?)?;
        let members = |rule: usize| {
            let atoms = model.atoms.iter().enumerate();
            atoms.filter(|(_, atom)| atom.rules.contains(&rule)).map(|(index, _)| index).collect()
        };
        let rules =
            model.rules.iter().enumerate().map(|(rule, bounds)| (*bounds, members(rule))).collect();
        Some(Self {
            length: model.length,
            characters,
            anywhere,
            between,
            atoms: model.atoms.len(),
            rules,
        })
    }

    /// A string of the right characters, each equally likely, if it satisfies the rules.
    fn attempt(&self, source: &mut impl Uniform) -> Option<Draft> {
        let mut draft = Zeroizing::new(Vec::with_capacity(self.length));
        let mut tally = vec![0; self.atoms + 1];
        for position in 0..self.length {
            let end = position == 0 || position + 1 == self.length;
            let (character, atom) =
                self.letter(source.below(if end { self.anywhere } else { self.between }));
            draft.push(character);
            tally.get_mut(atom).map(|seen| *seen += 1)?;
        }
        self.satisfied(&tally).then_some(draft)
    }

    #[expect(clippy::indexing_slicing, reason = "the source answers below the number of letters")]
    fn letter(&self, index: u32) -> (char, usize) {
        self.characters[usize::try_from(index).unwrap_or(usize::MAX)]
    }

    fn satisfied(&self, tally: &[usize]) -> bool {
        let seen = |atoms: &[usize]| atoms.iter().filter_map(|atom| tally.get(*atom)).sum();
        self.rules.iter().all(|(bounds, atoms)| bounds.contains(seen(atoms)))
    }
}

/// One password of `policy`, each equally likely, after at most `tries` attempts position by position.
pub(crate) fn one(policy: &Policy, source: &mut impl Uniform, tries: u32) -> Draft {
    let attempt = (0..tries).find_map(|_| policy.letters().attempt(source));
    attempt.unwrap_or_else(|| policy.ranking().unrank(source.below_big(policy.count())))
}

/// `count` different passwords of `policy`, each sequence of them equally likely; the policy has that many.
pub(crate) fn distinct(
    policy: &Policy,
    count: u32,
    source: &mut impl Uniform,
    tries: u32,
) -> Vec<Password> {
    match u32::try_from(policy.count()) {
        Ok(space) if space < count * 2 => by_ranks(policy, space, count, source),
        _ => by_rejection(policy, count, source, tries),
    }
}

/// Draws again what has been drawn before. Of at least 2·`count` passwords, fewer than half have been drawn, so a draw is
/// new with probability over 1/2.
fn by_rejection(
    policy: &Policy,
    count: u32,
    source: &mut impl Uniform,
    tries: u32,
) -> Vec<Password> {
    let mut passwords: Vec<Password> = Vec::new();
    while passwords.len() < usize::try_from(count).unwrap_or(usize::MAX) {
        let password = Password::from(&one(policy, source, tries));
        if passwords.iter().all(|other| other.expose_secret() != password.expose_secret()) {
            passwords.push(password);
        }
    }
    passwords
}

/// Draws a sequence of different ranks (Fisher and Yates): no rank twice, so nothing is drawn again.
fn by_ranks(policy: &Policy, space: u32, count: u32, source: &mut impl Uniform) -> Vec<Password> {
    let mut ranks: Vec<u32> = (0..space).collect();
    let mut draw = || {
        let left = NonZeroU32::new(u32::try_from(ranks.len()).ok()?)?;
        let rank = ranks.swap_remove(usize::try_from(source.below(left)).ok()?);
        Some(Password::from(&policy.ranking().unrank(rank.into())))
    };
    (0..count).map_while(|_| draw()).collect()
}
