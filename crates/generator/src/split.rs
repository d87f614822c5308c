//! Normal forms split into simpler ones, so that each password belongs to exactly one of them.
//!
//! At least k of some classes means exactly these classes or exactly those: a form for every set of classes that is
//! large enough, in which those classes have a minimum of 1 and the others no character. Where the first or the last
//! position has a set of its own, that position is filled first, and what it holds is no longer asked of the others: a
//! form for every kind of character it can hold, with a length and minimums and maximums less by as much.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use crate::Characters;
use crate::normal_form::{NormalForm, Rule};

/// The characters that the first and the last position choose from, if they are filled apart from the others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ends {
    pub(crate) first: Option<Vec<char>>,
    pub(crate) last: Option<Vec<char>>,
    /// Whether both choose from the same characters and none may stand twice.
    pub(crate) shared: bool,
}

/// A form without sets for its first and last position and without a number of classes.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) form: NormalForm,
    /// What may stand at the ends beside each password of `form`.
    pub(crate) ends: Vec<Ends>,
}

impl Ends {
    /// In how many ways the ends can be filled.
    pub(crate) fn ways(&self) -> usize {
        let choices = |end: &Option<Vec<char>>| end.as_ref().map_or(1, Vec::len);
        choices(&self.first) * (choices(&self.last) - usize::from(self.shared))
    }

    /// The characters at the ends in the way with this number.
    pub(crate) fn fill(&self, way: usize) -> (Option<char>, Option<char>) {
        let firsts = self.first.as_ref().map_or(1, Vec::len);
        let (first, mut last) = (way % firsts, way / firsts);
        if self.shared && last >= first {
            last += 1;
        }
        let choose = |end: &Option<Vec<char>>, index| end.as_ref()?.get(index).copied();
        (choose(&self.first, first), choose(&self.last, last))
    }

    /// The characters that the form of the others has lost: as many of each kind as stand at the ends.
    pub(crate) fn spent(&self) -> impl Iterator<Item = char> {
        let first = self.first.as_ref().and_then(|end| end.first());
        let last = self.last.as_ref().and_then(|end| end.get(usize::from(self.shared)));
        first.into_iter().chain(last).copied()
    }
}

/// The parts of `form`.
pub(crate) fn parts(form: &NormalForm) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (form, ends) in by_classes(form).iter().flat_map(by_ends) {
        match parts.iter_mut().find(|part| part.form == form) {
            Some(part) => part.ends.push(ends),
            None => parts.push(Part { form, ends: vec![ends] }),
        }
    }
    parts
}

/// The forms for the sets of classes that may be present.
fn by_classes(form: &NormalForm) -> Vec<NormalForm> {
    let Some(needed) = &form.min_classes else { return vec![form.clone()] };
    let with = |present: u32| {
        let is_present = |index: usize| present >> index & 1 == 1;
        let (mut form, mut absent) = (form.clone(), Characters::default());
        form.min_classes = None;
        for (index, class) in needed.classes.iter().enumerate() {
            if is_present(index) {
                form.rules.push(Rule {
                    name: String::new(),
                    characters: class.clone(),
                    min: 1,
                    max: None,
                });
            } else {
                absent = absent.union(class);
            }
        }
        form.alphabet = form.alphabet.difference(&absent);
        let form = form.reduced();
        let possible = form.rules.iter().all(|rule| rule.min == 0 || !rule.characters.is_empty());
        possible.then_some(form)
    };
    let sets = 0..1_u32 << needed.classes.len();
    sets.filter(|present| present.count_ones() >= needed.count.into()).filter_map(with).collect()
}

/// The forms for the characters that may stand at the ends.
fn by_ends(form: &NormalForm) -> Vec<(NormalForm, Ends)> {
    if form.length == 0 || (form.first.is_none() && form.last.is_none()) {
        let plain = NormalForm { first: None, last: None, ..form.clone() };
        return vec![(plain, Ends::default())];
    }
    let kinds = kinds(form);
    let within = |set: &Option<Characters>, kind: &[char]| {
        set.as_ref().is_none_or(|set| kind.iter().all(|character| set.contains(*character)))
    };
    let single = form.length == 1;
    let (first, last) = (
        |kind: &&Vec<char>| within(&form.first, kind),
        |kind: &&Vec<char>| within(&form.last, kind),
    );
    let both = |kind: &&Vec<char>| first(kind) && (!single || last(kind));
    // A position with no set of its own is like the others, unless some characters may not stand at the ends.
    let fixes = |set: &Option<Characters>| set.is_some() || !form.inner.is_empty();
    let open = [None];
    let firsts: Vec<Option<&Vec<char>>> = if fixes(&form.first) || single {
        kinds.iter().filter(both).map(Some).collect()
    } else {
        open.to_vec()
    };
    let lasts: Vec<Option<&Vec<char>>> = if fixes(&form.last) && !single {
        kinds.iter().filter(last).map(Some).collect()
    } else {
        open.to_vec()
    };
    let pairs = firsts.iter().flat_map(|first| lasts.iter().map(move |last| (*first, *last)));
    pairs
        .filter_map(|(first, last)| {
            let ends = Ends {
                first: first.cloned(),
                last: last.cloned(),
                shared: form.distinct && first.is_some() && first == last,
            };
            Some((between(form, &ends)?, ends))
        })
        .collect()
}

/// The characters that may stand at the ends, in sets that neither a rule nor an end tells apart.
fn kinds(form: &NormalForm) -> Vec<Vec<char>> {
    let ends = [&form.first, &form.last];
    let mut kinds: BTreeMap<Vec<bool>, Vec<char>> = BTreeMap::new();
    for character in form.alphabet.iter() {
        let rules = form.rules.iter().map(|rule| rule.characters.contains(character));
        let ends = ends.iter().map(|end| end.as_ref().is_none_or(|end| end.contains(character)));
        kinds.entry(rules.chain(ends).collect()).or_default().push(character);
    }
    kinds.into_values().collect()
}

/// The form of the positions that `ends` leave, or nothing if it has no passwords for certain: the ends exceed a
/// maximum, have too few characters, or have taken all that a rule asks for.
fn between(form: &NormalForm, ends: &Ends) -> Option<NormalForm> {
    let fixed = [&ends.first, &ends.last].map(|end| end.as_ref().and_then(|end| end.first()));
    let spent: Characters =
        if form.distinct { ends.spent().collect() } else { Characters::default() };
    let fixed = || fixed.iter().flatten();
    let length = form.length.checked_sub(u16::try_from(fixed().count()).ok()?)?;
    let rules = form.rules.iter().map(|rule| {
        let taken = fixed().filter(|character| rule.characters.contains(***character)).count();
        let taken = u16::try_from(taken).ok()?;
        let max = match rule.max {
            Some(max) => Some(max.checked_sub(taken)?),
            None => None,
        };
        let (min, name) = (rule.min.saturating_sub(taken), rule.name.clone());
        let characters = rule.characters.difference(&spent);
        (min == 0 || !characters.is_empty()).then_some(Rule { name, characters, min, max })
    });
    let rules = rules.collect::<Option<_>>()?;
    let alphabet = form.alphabet.union(&form.inner).difference(&spent);
    (ends.ways() > 0).then(|| NormalForm {
        length,
        alphabet,
        rules,
        distinct: form.distinct,
        ..NormalForm::default()
    })
}

/// The number of ways as a factor.
pub(crate) fn ways(ends: &[Ends]) -> BigUint {
    BigUint::from(ends.iter().map(Ends::ways).sum::<usize>())
}
