//! N of each part of a form, by the cheapest way there is.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use crate::Limit;
use crate::atoms::Repetition;
use crate::budget::{MAX_COST, MAX_WORDS};
use crate::costs::{product, words};
use crate::family::{Family, Shape};
use crate::inclusion::Sum;
use crate::interior::Interior;

/// Sums that cost no more nanoseconds than this are taken without looking for anything cheaper.
const CHEAP: usize = 1 << 14;

/// How parts are counted whose classes share no character, and whose characters may stand again.
enum Way {
    /// Each by a sum of its own.
    Sums(Vec<Sum>),
    /// In families, each with the places of its members.
    Families(Vec<(Family, Vec<usize>)>),
    /// From the tables for drawing passwords.
    Tables,
}

/// A part and its place among all parts.
type Placed<'a> = (usize, &'a Interior);

/// The passwords of each of `interiors`, in order, and about how many nanoseconds it takes to count them, unless that
/// takes too much work or memory.
pub(crate) fn counts(interiors: &[Interior]) -> Result<(Vec<BigUint>, usize), Limit> {
    let (plain, others): (Vec<Placed>, Vec<Placed>) =
        interiors.iter().enumerate().partition(|(_, interior)| is_plain(interior));
    let (way, cost) = cheapest(&plain);
    let tables = match way {
        Way::Tables => interiors.iter().enumerate().collect(),
        Way::Sums(_) | Way::Families(_) => others,
    };
    let words: usize = tables.iter().map(|(_, interior)| interior.price.words).sum();
    let cost = cost.saturating_add(tables_cost(&tables));
    if cost > MAX_COST {
        return Err(Limit::Work);
    }
    if words > MAX_WORDS {
        return Err(Limit::Memory);
    }
    let places = plain.iter().map(|(place, _)| *place);
    let mut counts: BTreeMap<usize, BigUint> = match &way {
        Way::Sums(sums) => places.zip(sums.iter().map(Sum::count)).collect(),
        Way::Families(families) => families
            .iter()
            .flat_map(|(family, places)| places.iter().copied().zip(family.counts()))
            .collect(),
        Way::Tables => BTreeMap::new(),
    };
    counts.extend(tables.iter().map(|(place, interior)| (*place, interior.ranking().count())));
    Ok((counts.into_values().collect(), cost))
}

/// Whether all characters may stand again, and all sets of them are disjoint.
fn is_plain(interior: &Interior) -> bool {
    interior.model.repetition == Repetition::Allowed
        && interior.blocks.iter().all(|block| block.as_growing().is_some())
}

/// The cheapest way to count all `parts`, and what it costs in nanoseconds besides tables.
fn cheapest(parts: &[Placed]) -> (Way, usize) {
    let sums: Vec<Sum> = parts
        .iter()
        .filter_map(|(_, interior)| Sum::new(&interior.model, &interior.blocks))
        .collect();
    let sums_cost = sums.iter().map(Sum::cost).fold(0, usize::saturating_add);
    if sums_cost <= CHEAP {
        return (Way::Sums(sums), sums_cost);
    }
    let families = families(parts);
    let families_cost =
        families.iter().map(|(family, _)| family.cost()).fold(0, usize::saturating_add);
    match sums_cost.min(families_cost) {
        cost if cost > tables_cost(parts) => (Way::Tables, 0),
        cost if cost == sums_cost => (Way::Sums(sums), cost),
        cost => (Way::Families(families), cost),
    }
}

fn tables_cost(parts: &[Placed]) -> usize {
    let cost = |(_, interior): &Placed| {
        let product = product(words(&interior.model));
        interior.price.cost.saturating_add(product.saturating_mul(interior.model.length + 1))
    };
    parts.iter().map(cost).fold(0, usize::saturating_add)
}

/// All parts in one family if that is possible, else each in the first that takes it.
fn families(parts: &[Placed]) -> Vec<(Family, Vec<usize>)> {
    let shapes: Vec<(usize, Shape)> = parts
        .iter()
        .filter_map(|(place, interior)| {
            Some((*place, Shape::new(&interior.model, &interior.blocks)?))
        })
        .collect();
    let all: Vec<&Shape> = shapes.iter().map(|(_, shape)| shape).collect();
    if let Some(family) = Family::new(&all) {
        return vec![(family, shapes.iter().map(|(place, _)| *place).collect())];
    }
    let mut groups: Vec<(Family, Vec<&Shape>, Vec<usize>)> = Vec::new();
    for (place, shape) in &shapes {
        let joined = groups.iter_mut().find_map(|group| {
            let shapes = [group.1.as_slice(), &[shape]].concat();
            Some((Family::new(&shapes)?, group, shapes))
        });
        match joined {
            Some((family, group, shapes)) => {
                (group.0, group.1) = (family, shapes);
                group.2.push(*place);
            }
            None => groups
                .extend(Family::new(&[shape]).map(|family| (family, vec![shape], vec![*place]))),
        }
    }
    groups.into_iter().map(|(family, _, places)| (family, places)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ranking::Ranking;
    use crate::split::parts;
    use crate::{MinClasses, NormalForm, Rule};

    const CLASSES: [&str; 4] = ["abc", "AB", "0123", "!"];

    /// Disjoint classes with bounds, split by their ends and by how many are present.
    fn forms() -> impl Strategy<Value = NormalForm> {
        let bounds = (0..6_u16, prop::option::of(0..8_u16));
        let bounds = prop::collection::vec(bounds, 0..=CLASSES.len());
        let end =
            || prop::option::of(prop::sample::select(vec!["abcAB", "0123xy", "!", "abcAB0123"]));
        let needed = prop::option::of(1..4_u8);
        let free = prop::sample::select(vec!["", "xy"]);
        let inner = prop::sample::select(vec!["", "", " _"]);
        (0..20_u16, bounds, free, inner, end(), end(), needed).prop_map(
            |(length, bounds, free, inner, first, last, needed)| {
                let rule = |(class, (min, max)): (&&str, &(u16, Option<u16>))| Rule {
                    name: (*class).into(),
                    characters: (*class).into(),
                    min: *min,
                    max: *max,
                };
                let classes: Vec<_> = CLASSES.iter().map(|class| (*class).into()).collect();
                NormalForm {
                    length,
                    alphabet: (CLASSES.concat() + free).as_str().into(),
                    inner: inner.into(),
                    rules: CLASSES.iter().zip(&bounds).map(rule).collect(),
                    first: first.map(Into::into),
                    last: last.map(Into::into),
                    min_classes: needed.map(|count| MinClasses { count, classes }),
                    ..NormalForm::default()
                }
            },
        )
    }

    fn interiors(form: &NormalForm) -> Vec<Interior> {
        let parts = parts(&form.clone().reduced());
        parts.iter().map(|part| Interior::new(&part.form).unwrap()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn all_ways_lead_to_the_same_counts(form in forms()) {
            let interiors = interiors(&form);
            let placed: Vec<Placed> = interiors.iter().enumerate().collect();
            let (counts, _) = counts(&interiors).unwrap();
            let mut met = vec![0; interiors.len()];
            for (family, places) in families(&placed) {
                for (place, count) in places.into_iter().zip(family.counts()) {
                    prop_assert_eq!(&count, &counts[place]);
                    met[place] += 1;
                }
            }
            prop_assert!(met.iter().all(|met| *met == 1));
            for (interior, count) in interiors.iter().zip(&counts) {
                prop_assert_eq!(&Ranking::new(&interior.model, &interior.blocks).count(), count);
                let sum = Sum::new(&interior.model, &interior.blocks).unwrap();
                if sum.terms() < 1000 {
                    prop_assert_eq!(&sum.count(), count);
                }
            }
        }
    }

    #[test]
    fn the_parts_of_ordinary_forms_are_one_family() {
        let rule = |class: &&str, min, max| Rule {
            name: String::new(),
            characters: (*class).into(),
            min,
            max,
        };
        for (mins, max) in
            [([3; 4], None), ([0, 5, 0, 1], None), ([2, 3, 4, 5], Some(9)), ([0; 4], Some(6))]
        {
            for (free, inner) in [("", ""), ("xy", ""), ("xy", " ")] {
                for count in [None, Some(1), Some(3)] {
                    let rules = CLASSES
                        .iter()
                        .zip(mins)
                        .map(|(class, min)| rule(class, min, max))
                        .collect();
                    let classes = CLASSES.iter().map(|class| (*class).into()).collect();
                    let form = NormalForm {
                        length: 24,
                        alphabet: (CLASSES.concat() + free).as_str().into(),
                        inner: inner.into(),
                        rules,
                        first: Some("abcAB".into()),
                        last: Some("abcAB0123".into()),
                        min_classes: count.map(|count| MinClasses { count, classes }),
                        ..NormalForm::default()
                    };
                    let interiors = interiors(&form);
                    let placed: Vec<Placed> = interiors.iter().enumerate().collect();
                    // With no other characters, absent classes leave the others higher minimums.
                    let raised = max == Some(6) && free.is_empty() && count.is_some();
                    assert_eq!(families(&placed).len(), 1 + usize::from(raised), "{form:?}");
                }
            }
        }
    }
}
