//! Drawing position by position: the characters of a policy, and whether a string of them satisfies it.

use std::num::NonZeroU32;
use std::ops::Range;

use secrecy::zeroize::Zeroizing;

use crate::Characters;
use crate::atoms::{Bounds, Quorum, Repetition};
use crate::model::Model;
use crate::normal_form::NormalForm;
use crate::password::Draft;
use crate::runs::Limits;
use crate::uniform::Uniform;

/// So many atoms are counted without allocating.
const FEW_ATOMS: usize = 16;

/// What drawing position by position needs: the characters, and the atoms that each rule counts.
#[derive(Debug)]
pub(crate) struct Letters {
    length: usize,
    first: Choice,
    between: Choice,
    last: Choice,
    /// How many atoms there are, those of no rule included.
    atoms: usize,
    rules: Vec<(Bounds, Vec<usize>)>,
    quorum: Option<Quorum>,
    repetition: Repetition,
    limits: Limits,
}

/// The characters that a position chooses from, each with the number of its atom.
#[derive(Debug)]
struct Choice {
    characters: Vec<(char, usize)>,
    size: NonZeroU32,
}

impl Letters {
    /// The characters of `form`, or nothing if some position has none.
    pub(crate) fn new(form: &NormalForm) -> Option<Self> {
        let model = Model::new(form);
        let atoms = model.atoms.iter().enumerate();
        let anywhere: Vec<(char, usize)> = atoms
            .flat_map(|(index, atom)| {
                atom.characters.iter().map(move |character| (*character, index))
            })
            .collect();
        let inner = model.inner.iter().map(|character| (*character, model.atoms.len()));
        let end = |set: Option<&Characters>| {
            let allowed =
                |(character, _): &(char, usize)| set.is_none_or(|set| set.contains(*character));
            Choice::new(anywhere.iter().copied().filter(allowed).collect())
        };
        // The only position of a password of length 1 is the first and the last.
        let only = (form.length == 1)
            .then(|| Some(form.first.as_ref()?.intersection(form.last.as_ref()?)))
            .flatten();
        let first = only.as_ref().or(form.first.as_ref());
        let first = first.or(form.last.as_ref().filter(|_| form.length == 1));
        let members = |rule: usize| {
            let atoms = model.atoms.iter().enumerate();
            atoms.filter(|(_, atom)| atom.rules.contains(&rule)).map(|(index, _)| index).collect()
        };
        let rules =
            model.rules.iter().enumerate().map(|(rule, bounds)| (*bounds, members(rule))).collect();
        Some(Self {
            length: model.length,
            first: end(first)?,
            last: end(form.last.as_ref())?,
            between: Choice::new(anywhere.iter().copied().chain(inner).collect())?,
            atoms: model.atoms.len() + 1,
            rules,
            quorum: model.quorum,
            repetition: model.repetition,
            limits: Limits::new(form),
        })
    }

    /// A string of the right characters, each equally likely, if it satisfies the rules.
    pub(crate) fn attempt(&self, source: &mut impl Uniform) -> Option<Draft> {
        let mut draft = Zeroizing::new(Vec::with_capacity(self.length));
        let (mut few, mut many) = ([0; FEW_ATOMS], Vec::new());
        let tally = if let Some(tally) = few.get_mut(..self.atoms) {
            tally
        } else {
            many.resize(self.atoms, 0);
            many.as_mut_slice()
        };
        for position in 0..self.length {
            let (character, atom) = self.choice(position).draw(source);
            if self.repetition == Repetition::Forbidden && draft.contains(&character) {
                return None;
            }
            draft.push(character);
            tally.get_mut(atom).map(|seen| *seen += 1)?;
        }
        (self.satisfied(tally) && self.limits.hold(&draft)).then_some(draft)
    }

    fn choice(&self, position: usize) -> &Choice {
        match position {
            0 => &self.first,
            _ if position + 1 == self.length => &self.last,
            _ => &self.between,
        }
    }

    fn satisfied(&self, tally: &[usize]) -> bool {
        let seen =
            |atoms: &[usize]| -> usize { atoms.iter().filter_map(|atom| tally.get(*atom)).sum() };
        let present = |classes: Range<usize>| {
            let classes = self.rules.get(classes).unwrap_or_default();
            classes.iter().filter(|(_, atoms)| seen(atoms) > 0).count()
        };
        self.rules.iter().all(|(bounds, atoms)| bounds.contains(seen(atoms)))
            && self.quorum.iter().all(|quorum| present(quorum.classes.clone()) >= quorum.count)
    }
}

impl Choice {
    fn new(characters: Vec<(char, usize)>) -> Option<Self> {
        let size = NonZeroU32::new(u32::try_from(characters.len()).ok()?)?;
        Some(Self { characters, size })
    }

    #[expect(clippy::indexing_slicing, reason = "the source answers below the number of letters")]
    fn draw(&self, source: &mut impl Uniform) -> (char, usize) {
        self.characters[usize::try_from(source.below(self.size)).unwrap_or(usize::MAX)]
    }
}
