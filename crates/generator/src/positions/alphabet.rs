//! The characters of a form with limits on runs, those that count alike taken together.
//!
//! The characters that can follow each other in a sequence stand in *lines*, such as 0 to 9. Within a line, strings are
//! as many read upwards as downwards, so lines that look alike from either side count alike, and so do the two halves
//! of a line that looks the same from both.

use std::collections::BTreeMap;

use crate::atoms::Atom;
use crate::normal_form::NormalForm;
use crate::runs::{Direction, Limits};

/// Kinds of characters, the runs that can begin with them, and the characters of each kind.
#[derive(Debug)]
pub(super) struct Alphabet {
    pub(super) kinds: Vec<Kind>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) members: Vec<Vec<char>>,
}

/// Characters that count alike.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) atom: usize,
    pub(super) size: usize,
    /// How many of them may stand first.
    pub(super) first: usize,
    /// Whether they may stand last.
    pub(super) last: bool,
    /// The runs that each of them can begin, one for each direction.
    pub(super) arrows: Vec<usize>,
}

/// A character and a direction in which runs are limited.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) kind: usize,
    pub(super) limit: usize,
    /// The next character in the same direction.
    pub(super) next: Option<usize>,
}

/// What tells characters apart but for their place in a line: the atom, and whether they may stand last.
type Label = (usize, bool);

impl Alphabet {
    pub(super) fn new(form: &NormalForm, atoms: &[Atom], limits: Limits) -> Self {
        let mut lines: BTreeMap<Vec<Label>, Vec<Vec<char>>> = BTreeMap::new();
        for (labels, line) in lines_of(form, atoms, limits) {
            lines.entry(labels).or_default().push(line);
        }
        let mut alphabet = Self { kinds: Vec::new(), arrows: Vec::new(), members: Vec::new() };
        for (labels, lines) in lines {
            alphabet.push(&labels, &lines, limits);
        }
        for (kind, members) in alphabet.kinds.iter_mut().zip(&alphabet.members) {
            kind.size = members.len();
            kind.first = members.iter().filter(|first| may_be_first(form, **first)).count();
        }
        alphabet
    }

    /// Adds lines that look alike.
    fn push(&mut self, labels: &[Label], lines: &[Vec<char>], limits: Limits) {
        let (length, base) = (labels.len(), self.kinds.len());
        let symmetric = is_symmetric(labels);
        let fold = |place: usize| if symmetric { place.min(length - 1 - place) } else { place };
        for (place, (atom, last)) in labels.iter().enumerate() {
            let at = |line: &Vec<char>| line.get(place).copied();
            let members = lines.iter().filter_map(at);
            if let Some(known) = self.members.get_mut(base + fold(place)) {
                known.extend(members);
            } else {
                self.members.push(members.collect());
                let (atom, last) = (*atom, *last);
                self.kinds.push(Kind { atom, size: 0, first: 0, last, arrows: Vec::new() });
            }
        }
        if let Some(limit) = limits.get(Direction::Same) {
            for kind in base..self.kinds.len() {
                let own = self.arrows.len();
                self.arrow(kind, Arrow { kind, limit, next: Some(own) });
            }
        }
        let Some(limit) = limits.get(Direction::Up).filter(|_| length > 1) else { return };
        let forwards = self.arrows.len();
        for place in 0..length {
            let next = (place + 1 < length).then_some(forwards + place + 1);
            let kind = base + fold(place);
            self.arrow(kind, Arrow { kind, limit, next });
        }
        // Backwards from one half of a symmetric line is forwards from the other, which the kind has already, except
        // for the character in the middle, whose two ways are one.
        let backwards = self.arrows.len();
        for place in 0..length {
            let kind = base + place;
            if !symmetric {
                let next = place.checked_sub(1).map(|next| backwards + next);
                self.arrow(kind, Arrow { kind, limit, next });
            } else if place * 2 + 1 == length {
                self.lead(kind, forwards + place);
            }
        }
    }

    fn arrow(&mut self, kind: usize, arrow: Arrow) {
        self.arrows.push(arrow);
        self.lead(kind, self.arrows.len() - 1);
    }

    fn lead(&mut self, kind: usize, arrow: usize) {
        if let Some(kind) = self.kinds.get_mut(kind) {
            kind.arrows.push(arrow);
        }
    }
}

/// Whether a character of the form may stand first.
pub(super) fn may_be_first(form: &NormalForm, character: char) -> bool {
    let within = form.first.as_ref().is_none_or(|set| set.contains(character));
    form.alphabet.contains(character) && within
}

/// The lines with the labels of their characters, each from the side that has the lesser labels.
fn lines_of(form: &NormalForm, atoms: &[Atom], limits: Limits) -> Vec<(Vec<Label>, Vec<char>)> {
    let mut labelled: Vec<(char, Label)> = Vec::new();
    for (number, atom) in atoms.iter().enumerate() {
        for character in &atom.characters {
            let within = form.last.as_ref().is_none_or(|set| set.contains(*character));
            labelled.push((*character, (number, form.alphabet.contains(*character) && within)));
        }
    }
    labelled.sort_unstable();
    let sequential = limits.get(Direction::Up).is_some();
    let joined = |(one, _): &(char, Label), (next, _): &(char, Label)| {
        sequential && Direction::Up.next(*one) == Some(*next)
    };
    let line = |line: &[(char, Label)]| {
        let (mut line, mut labels): (Vec<char>, Vec<Label>) = line.iter().copied().unzip();
        if labels.iter().rev().lt(&labels) {
            line.reverse();
            labels.reverse();
        }
        (labels, line)
    };
    labelled.chunk_by(joined).map(line).collect()
}

fn is_symmetric(labels: &[Label]) -> bool {
    labels.iter().eq(labels.iter().rev())
}
