//! Chi-square tests through the public API, and generators in wide use that the same tests reject.
#![cfg(test)]

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use generator::{Characters, NormalForm, Policy, Recipe, Request, Rule};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use secrecy::ExposeSecret;

const SAMPLES: usize = 20_000;

/// Standard deviations by which a statistic may exceed its mean; chance alone does so less than once in a million.
const TOLERANCE: f64 = 6.0;

/// Disjoint classes that make up the whole alphabet.
struct Classes {
    length: usize,
    /// Characters and minimum of each class.
    classes: Vec<(Vec<char>, usize)>,
}

impl Classes {
    fn new(policy: &Policy) -> Self {
        let form = policy.normal_form();
        let classes: Vec<_> = form
            .rules
            .iter()
            .map(|rule| (rule.characters.iter().collect(), rule.min.into()))
            .collect();
        assert_eq!(
            classes.iter().map(|(characters, _): &(Vec<char>, _)| characters.len()).sum::<usize>(),
            form.alphabet.len()
        );
        let length = usize::from(form.length);
        // With one free position, placing the minimums and shuffling happens to be uniform.
        assert!(length >= classes.iter().map(|(_, min)| min).sum::<usize>() + 2);
        Self { length, classes }
    }

    fn alphabet(&self) -> Vec<char> {
        self.classes.iter().flat_map(|(characters, _)| characters.clone()).collect()
    }

    fn class(&self, character: char) -> usize {
        self.classes.iter().position(|(characters, _)| characters.contains(&character)).unwrap()
    }

    fn tally(&self, password: &[char]) -> Vec<usize> {
        let seen =
            |class| password.iter().filter(|character| self.class(**character) == class).count();
        (0..self.classes.len()).map(seen).collect()
    }

    fn valid(&self, password: &[char]) -> bool {
        self.tally(password).iter().zip(&self.classes).all(|(seen, (_, min))| seen >= min)
    }

    /// The probability of each vector of class counts, from the multinomial coefficients.
    fn tallies(&self) -> BTreeMap<Vec<usize>, f64> {
        let mut tallies = BTreeMap::from([(Vec::new(), 1.0)]);
        for (index, (characters, min)) in self.classes.iter().enumerate() {
            let mut longer = BTreeMap::new();
            for (tally, weight) in &tallies {
                let left = self.length - tally.iter().sum::<usize>();
                let last = index + 1 == self.classes.len();
                for count in if last { left.max(*min)..=left } else { *min..=left } {
                    let strings = (1..=count).map(|place| {
                        float(left + 1 - place) / float(place) * float(characters.len())
                    });
                    longer.insert(
                        [tally.as_slice(), &[count]].concat(),
                        weight * strings.product::<f64>(),
                    );
                }
            }
            tallies = longer;
        }
        let total: f64 = tallies.values().sum();
        tallies.into_iter().map(|(tally, weight)| (tally, weight / total)).collect()
    }

    /// The name of the first statistic that says the samples are not uniform.
    fn objection(&self, samples: &[Vec<char>]) -> Option<&'static str> {
        assert!(samples.iter().all(|sample| sample.len() == self.length && self.valid(sample)));
        let tallies = self.tallies();
        let mean = |value: &dyn Fn(&[usize]) -> f64| {
            tallies.iter().map(|(tally, p)| p * value(tally)).sum::<f64>()
        };
        let mut pairs = BTreeMap::new();
        let mut characters = BTreeMap::new();
        for (class, (members, _)) in self.classes.iter().enumerate() {
            for other in 0..self.classes.len() {
                let ordered = |tally: &[usize]| {
                    float(tally[class] * (tally[other] - usize::from(class == other)))
                };
                pairs.insert(
                    vec![class, other],
                    mean(&ordered) / float(self.length * (self.length - 1)),
                );
            }
            let share =
                mean(&|tally| float(tally[class])) / float(self.length) / float(members.len());
            characters.extend(members.iter().map(|character| (*character, share)));
        }
        let first = |sample: &Vec<char>| vec![self.class(sample[0]), self.class(sample[1])];
        let objections = [
            (excess(samples.iter().map(|sample| self.tally(sample)), &tallies), "class counts"),
            (excess(samples.iter().map(first), &pairs), "classes of the first two characters"),
            (excess(samples.iter().map(|sample| sample[2]), &characters), "characters"),
        ];
        objections.into_iter().find(|(excess, _)| *excess > TOLERANCE).map(|(_, name)| name)
    }
}

/// By how many standard deviations the chi-square statistic exceeds its mean.
fn excess<K: Ord>(observed: impl Iterator<Item = K>, expected: &BTreeMap<K, f64>) -> f64 {
    let mut seen: BTreeMap<K, usize> = BTreeMap::new();
    observed.for_each(|key| *seen.entry(key).or_default() += 1);
    assert!(seen.keys().all(|key| expected.contains_key(key)));
    let samples = float(seen.values().sum());
    let cell = |(key, p): (&K, &f64)| (float(seen.get(key).copied().unwrap_or(0)), p * samples);
    let (large, small): (Vec<_>, Vec<_>) =
        expected.iter().map(cell).partition(|(_, expected)| *expected >= 5.0);
    // The approximation needs five in a cell; the rare ones count as one.
    let rare = small.iter().fold((0.0, 0.0), |sum, cell| (sum.0 + cell.0, sum.1 + cell.1));
    let cells: Vec<_> =
        large.into_iter().chain([rare].into_iter().filter(|rare| rare.1 >= 5.0)).collect();
    let statistic: f64 =
        cells.iter().map(|(seen, expected)| (seen - expected).powi(2) / expected).sum();
    let freedom = float(cells.len() - 1);
    (statistic - freedom) / (2.0 * freedom).sqrt()
}

fn float(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap())
}

fn policy(pairs: &[(&str, &str)]) -> Policy {
    match Request::from_pairs(pairs.iter().copied()).unwrap().compile().unwrap() {
        Recipe::Policy(policy) => policy,
        Recipe::Passphrase(_) => panic!("not of words"),
    }
}

fn samples(policy: &Policy, number: usize, rng: &mut ChaCha8Rng) -> Vec<Vec<char>> {
    let one = |_| policy.generate(1, rng).unwrap().passwords[0].expose_secret().chars().collect();
    (0..number).map(one).collect()
}

/// Below `bound`, with a bias under 2^-57.
fn below(bound: usize, rng: &mut ChaCha8Rng) -> usize {
    let product = u128::from(rng.next_u64()) * u128::try_from(bound).unwrap();
    usize::try_from(product >> 64).unwrap()
}

fn eight() -> Policy {
    policy(&[("PasswordLength", "8")])
}

#[test]
fn pw_5_generated_passwords_pass() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let policies: [(&[(&str, &str)], usize); 3] = [
        (&[("PasswordLength", "8")], SAMPLES),
        (&[("symbols", "rds"), ("length", "12"), ("nums", "2")], SAMPLES),
        // Position by position this succeeds once in thousands, so these are drawn by rank.
        (&[("PasswordLength", "10"), ("nums", "5")], SAMPLES / 4),
    ];
    for (pairs, number) in policies {
        let policy = policy(pairs);
        let samples = samples(&policy, number, &mut rng);
        assert_eq!(Classes::new(&policy).objection(&samples), None, "{pairs:?}");
    }
}

#[test]
fn sequences_of_different_passwords_are_uniform() {
    let form = NormalForm {
        length: 3,
        alphabet: "ab".into(),
        inner: Characters::default(),
        rules: vec![Rule { name: "a".into(), characters: "a".into(), min: 1, max: Some(2) }],
        ..NormalForm::default()
    };
    let policy = Policy::compile(form).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (count, sequences) in [(1, 6), (2, 30), (3, 120), (4, 360)] {
        let mut sequence = || -> Vec<String> {
            let generated = policy.generate(count, &mut rng).unwrap();
            generated.passwords.iter().map(|password| password.expose_secret().to_owned()).collect()
        };
        let observed: Vec<_> = (0..SAMPLES / 2).map(|_| sequence()).collect();
        let expected: BTreeMap<_, _> =
            observed.iter().map(|key| (key.clone(), 1.0 / float(sequences))).collect();
        assert_eq!(expected.len(), sequences);
        assert!(excess(observed.into_iter(), &expected) <= TOLERANCE, "{count} passwords");
    }
}

/// Four characters of two, none more than twice in a row: 10 of the 16 strings.
fn limited() -> Policy {
    let form = NormalForm {
        length: 4,
        alphabet: "xy".into(),
        max_repeating: NonZeroU16::new(2),
        ..NormalForm::default()
    };
    Policy::compile(form).unwrap()
}

/// The same chance for each of the passwords of `policy`, all of which are among the samples.
fn each(policy: &Policy, samples: &[Vec<char>]) -> BTreeMap<Vec<char>, f64> {
    let space = usize::try_from(policy.count()).unwrap();
    let each: BTreeMap<_, _> =
        samples.iter().map(|sample| (sample.clone(), 1.0 / float(space))).collect();
    assert_eq!(each.len(), space);
    each
}

#[test]
fn passwords_with_limited_runs_pass() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let pin =
        |pairs: &[(&'static str, &'static str)]| policy(&[&[("kind", "pin")], pairs].concat());
    let policies = [
        limited(),
        pin(&[
            ("length", "4"),
            ("exclude", "6789"),
            ("max_consecutive", "1"),
            ("max_sequential", "1"),
        ]),
        pin(&[("length", "4"), ("exclude", "89"), ("distinct", "1"), ("max_sequential", "2")]),
        // Position by position these succeed so rarely that they are drawn by rank.
        pin(&[
            ("length", "12"),
            ("exclude", "3456789"),
            ("max_repeating", "1"),
            ("max_sequential", "1"),
        ]),
        pin(&[("length", "14"), ("exclude", "13456789"), ("max_repeating", "1")]),
    ];
    for policy in policies {
        let samples = samples(&policy, SAMPLES, &mut rng);
        let each = each(&policy, &samples);
        assert!(excess(samples.into_iter(), &each) <= TOLERANCE, "{:?}", policy.normal_form());
    }
}

#[test]
fn redrawing_the_character_that_makes_a_run_too_long_is_rejected() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut password = || {
        let mut password = Vec::new();
        while password.len() < 4 {
            let next = ['x', 'y'][below(2, &mut rng)];
            if !password.ends_with(&[next, next]) {
                password.push(next);
            }
        }
        password
    };
    let samples: Vec<_> = (0..SAMPLES).map(|_| password()).collect();
    let each = each(&limited(), &samples);
    assert!(excess(samples.into_iter(), &each) > TOLERANCE);
}

#[test]
fn placing_the_minimums_filling_up_and_shuffling_is_rejected() {
    let classes = Classes::new(&eight());
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut password = || {
        let mut password: Vec<char> = classes
            .classes
            .iter()
            .map(|(characters, _)| characters[below(characters.len(), &mut rng)])
            .collect();
        let alphabet = classes.alphabet();
        password.resize_with(classes.length, || alphabet[below(alphabet.len(), &mut rng)]);
        (1..password.len()).rev().for_each(|last| password.swap(last, below(last + 1, &mut rng)));
        password
    };
    let samples: Vec<_> = (0..SAMPLES).map(|_| password()).collect();
    assert_eq!(classes.objection(&samples), Some("class counts"));
}

#[test]
fn a_remainder_of_a_byte_is_rejected() {
    let classes = Classes::new(&eight());
    let alphabet = classes.alphabet();
    assert_eq!(alphabet.len(), 94);
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let samples = until_valid(&classes, || {
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        bytes.iter().map(|byte| alphabet[usize::from(byte % 94)]).collect()
    });
    assert!(classes.objection(&samples).is_some());
}

#[test]
fn a_doubled_character_is_rejected() {
    let classes = Classes::new(&eight());
    let mut alphabet = classes.alphabet();
    alphabet.push('a');
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let samples = until_valid(&classes, || {
        (0..classes.length).map(|_| alphabet[below(alphabet.len(), &mut rng)]).collect()
    });
    assert!(classes.objection(&samples).is_some());
}

#[test]
fn sorting_by_narrow_random_keys_is_rejected() {
    let policy = eight();
    let classes = Classes::new(&policy);
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut samples = samples(&policy, SAMPLES, &mut rng);
    for sample in &mut samples {
        sample.sort_by_key(|character| classes.class(*character));
        sample.sort_by_cached_key(|_| rng.next_u32() % 8);
    }
    assert_eq!(classes.objection(&samples), Some("classes of the first two characters"));
}

#[test]
fn without_a_fault_the_same_ways_pass() {
    let classes = Classes::new(&eight());
    let alphabet = classes.alphabet();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let samples = until_valid(&classes, || {
        (0..classes.length).map(|_| alphabet[below(alphabet.len(), &mut rng)]).collect()
    });
    assert_eq!(classes.objection(&samples), None);
}

/// As many strings as samples are needed that have all the minimums.
fn until_valid(classes: &Classes, mut string: impl FnMut() -> Vec<char>) -> Vec<Vec<char>> {
    std::iter::repeat_with(&mut string)
        .filter(|string| classes.valid(string))
        .take(SAMPLES)
        .collect()
}
