//! Random requests and random policies: an independent reading of the request accepts every password, and nothing
//! panics or hangs.
#![cfg(test)]

use std::num::NonZeroU16;

use generator::{Characters, Error, MinClasses, NormalForm, Policy, Recipe, Request, Rule};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use secrecy::ExposeSecret;

/// A name and what may be given for it, valid or not.
const PARAMETERS: [(&str, &[&str]); 28] = [
    ("length", &["8", "9", "12", "20", "32", "64", "7", "x"]),
    ("PasswordLength", &["1", "4", "8", "20", "0"]),
    ("nums", &["0", "1", "2", "5", "8", "40", "-1"]),
    ("special_chars", &["0", "1", "3", "12"]),
    ("uppercase", &["0", "1", "4", "9"]),
    ("lowercase", &["0", "1", "6", "20"]),
    ("include_numbers", &["true", "false", "maybe"]),
    ("include_symbols", &["true", "false"]),
    ("include_uppercase", &["1", "0"]),
    ("include_lowercase", &["TRUE", "False"]),
    ("exclude_numbers", &["true", "false"]),
    ("exclude_punctuation", &["true", "false"]),
    ("exclude_uppercase", &["true", "false"]),
    ("exclude_lowercase", &["true", "false"]),
    ("ExcludeNumbers", &["true", "false"]),
    ("ExcludePunctuation", &["true", "false"]),
    ("ExcludeUppercase", &["true", "false"]),
    ("ExcludeLowercase", &["true", "false"]),
    ("include_space", &["true", "false"]),
    ("IncludeSpace", &["true", "false"]),
    ("require_each_included_type", &["true", "false"]),
    ("RequireEachIncludedType", &["true", "false"]),
    ("exclude", &["", "abc", "0123456789", "!@#$%^&*(),.?:{}|<>", " xyzXYZ"]),
    ("ExcludeCharacters", &["", "abc", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]),
    ("exclude_ambiguous", &["true", "false"]),
    ("symbols", &["default", "all", "rds", "url", "shell", "json", "!", "-_", "letters"]),
    ("count", &["1", "2", "5", "100", "101"]),
    ("surprise", &["1"]),
];

/// Up to six parameters, rarely one twice.
fn requests() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let parameter = (0..PARAMETERS.len(), any::<prop::sample::Index>())
        .prop_map(|(index, value)| (PARAMETERS[index].0, *value.get(PARAMETERS[index].1)));
    prop::collection::vec(parameter, 0..6)
}

/// What a request means, read once more from its pairs, which are known to be consistent.
struct Reading<'a>(&'a [(&'static str, &'static str)]);

impl Reading<'_> {
    fn get(&self, names: &[&str]) -> Option<&'static str> {
        self.0.iter().find(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }

    fn flag(&self, yes: &[&str], no: &[&str], default: bool) -> bool {
        let read = |value: &str| value == "1" || value.eq_ignore_ascii_case("true");
        self.get(yes)
            .map(read)
            .or_else(|| self.get(no).map(|value| !read(value)))
            .unwrap_or(default)
    }

    fn aws(&self) -> bool {
        self.0.iter().any(|(name, _)| name.starts_with(|first: char| first.is_uppercase()))
    }

    fn length(&self) -> usize {
        let default = if self.aws() { "32" } else { "20" };
        self.get(&["length", "PasswordLength"]).unwrap_or(default).parse().unwrap()
    }

    fn count(&self) -> usize {
        self.get(&["count"]).unwrap_or("1").parse().unwrap()
    }

    fn space(&self) -> bool {
        self.flag(&["include_space", "IncludeSpace"], &[], false) && !self.dropped(' ')
    }

    fn dropped(&self, character: char) -> bool {
        let excluded =
            self.get(&["exclude", "exclude_characters", "ExcludeCharacters"]).unwrap_or("");
        let ambiguous = self.flag(&["exclude_ambiguous"], &[], false);
        excluded.contains(character) || (ambiguous && "lI1O0o|".contains(character))
    }

    /// The characters of each included class, those of them that count, and the minimum.
    fn classes(&self) -> Vec<(Vec<char>, Vec<char>, usize)> {
        let all: String =
            ('!'..='~').filter(|character| !character.is_ascii_alphanumeric()).collect();
        let without = |dropped: &str| {
            all.chars().filter(|character| !dropped.contains(*character)).collect::<String>()
        };
        let (symbols, counted) = match (self.get(&["symbols"]), self.aws()) {
            (None, false) => ("!@#$%^&*()_+-=[]{};:,.<>?|".into(), "!@#$%^&*(),.?:{}|<>".into()),
            (None, true) | (Some("all" | "aws"), _) => (all.clone(), all),
            (Some(preset), _) => {
                let chosen = match preset {
                    "default" => "!@#$%^&*()_+-=[]{};:,.<>?|".into(),
                    "rds" => without("/\"@&'"),
                    "url" => "-._~".into(),
                    "shell" => "%+,-./:=@_".into(),
                    "json" => without("\\\""),
                    own => own.to_owned(),
                };
                (chosen.clone(), chosen)
            }
        };
        let numbers: String = ('0'..='9').collect();
        let (upper, lower): (String, String) = (('A'..='Z').collect(), ('a'..='z').collect());
        let rows = [
            ("include_numbers", ["exclude_numbers", "ExcludeNumbers"], "nums", &numbers, &numbers),
            (
                "include_symbols",
                ["exclude_punctuation", "ExcludePunctuation"],
                "special_chars",
                &symbols,
                &counted,
            ),
            (
                "include_uppercase",
                ["exclude_uppercase", "ExcludeUppercase"],
                "uppercase",
                &upper,
                &upper,
            ),
            (
                "include_lowercase",
                ["exclude_lowercase", "ExcludeLowercase"],
                "lowercase",
                &lower,
                &lower,
            ),
        ];
        let each = self.flag(&["require_each_included_type", "RequireEachIncludedType"], &[], true);
        let left = |characters: &String| {
            characters.chars().filter(|character| !self.dropped(*character)).collect()
        };
        rows.into_iter()
            .filter(|(yes, no, ..)| self.flag(&[yes], no, true))
            .map(|(_, _, minimum, characters, counted)| {
                let min =
                    self.get(&[minimum]).map_or(usize::from(each), |value| value.parse().unwrap());
                (left(characters), left(counted), min)
            })
            .collect()
    }

    /// Whether any password satisfies the request; the classes are disjoint.
    fn satisfiable(&self) -> bool {
        let classes = self.classes();
        classes.iter().any(|(characters, ..)| !characters.is_empty())
            && classes.iter().all(|(_, counted, min)| *min == 0 || !counted.is_empty())
            && classes.iter().map(|(.., min)| min).sum::<usize>() <= self.length()
    }

    fn accepts(&self, password: &str) -> bool {
        let classes = self.classes();
        let characters: Vec<char> = password.chars().collect();
        let known = |character: &char| {
            classes.iter().any(|(members, ..)| members.contains(character))
                || (*character == ' ' && self.space())
        };
        let seen = |counted: &[char]| {
            characters.iter().filter(|character| counted.contains(character)).count()
        };
        characters.len() == self.length()
            && characters.iter().all(known)
            && classes.iter().all(|(_, counted, min)| seen(counted) >= *min)
            && characters.first() != Some(&' ')
            && characters.last() != Some(&' ')
    }
}

/// Some of `characters`.
fn some_of(characters: &str, most: usize) -> impl Strategy<Value = Characters> + use<> {
    let all: Vec<char> = characters.chars().collect();
    prop::sample::subsequence(all, 0..=most).prop_map(|some| some.into_iter().collect())
}

/// Normal forms so small that every string can be tried, many of them contradictory.
fn small_forms() -> impl Strategy<Value = NormalForm> {
    let rule = (some_of("abcd1x", 4), 0..4_u16, prop::option::of(0..5_u16))
        .prop_map(|(characters, min, max)| Rule { name: "rule".into(), characters, min, max });
    let plain =
        (0..6_u16, some_of("abcd1", 4), some_of(" a", 1), prop::collection::vec(rule, 0..4));
    let end = || prop::option::weighted(0.2, some_of("abcd1", 4));
    let limit = || {
        prop::option::weighted(0.3, (1..4_u16).prop_map(|limit| NonZeroU16::new(limit).unwrap()))
    };
    let classes = (0..4_u8, prop::collection::vec(some_of("abcd1x", 3), 0..4))
        .prop_map(|(count, classes)| MinClasses { count, classes });
    let classes = prop::option::weighted(0.3, classes);
    let further = (end(), end(), prop::bool::weighted(0.2), limit(), limit(), classes);
    (plain, further).prop_map(|((length, alphabet, inner, rules), further)| {
        let (first, last, distinct, max_repeating, max_sequential, min_classes) = further;
        NormalForm {
            length,
            alphabet,
            inner,
            rules,
            first,
            last,
            distinct,
            max_repeating,
            max_sequential,
            min_classes,
        }
    })
}

/// Whether `string` satisfies `form`, by its definition.
fn satisfies(form: &NormalForm, string: &[char]) -> bool {
    let place = |(index, character): (usize, &char)| {
        let between = index > 0 && index + 1 < string.len();
        form.alphabet.contains(*character) || (between && form.inner.contains(*character))
    };
    let rule = |rule: &Rule| {
        let counts = |character: &&char| {
            rule.characters.contains(**character) && form.alphabet.contains(**character)
        };
        let seen = string.iter().filter(counts).count();
        seen >= rule.min.into() && rule.max.is_none_or(|max| seen <= max.into())
    };
    let end = |set: &Option<Characters>, character: Option<&char>| {
        character.is_none_or(|end| set.as_ref().is_none_or(|set| set.contains(*end)))
    };
    let present = |class: &&Characters| {
        string.iter().any(|next| class.contains(*next) && form.alphabet.contains(*next))
    };
    let groups = ["0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    let successive =
        |one: char, two: char| groups.iter().any(|group| group.contains(&format!("{one}{two}")));
    let longest = |follows: &dyn Fn(char, char) -> bool| {
        let runs = string.chunk_by(|one, two| follows(*one, *two)).map(<[char]>::len);
        runs.max().unwrap_or(0)
    };
    let within =
        |limit: Option<NonZeroU16>, run: usize| limit.is_none_or(|limit| run <= limit.get().into());
    let mut once = string.to_vec();
    once.sort_unstable();
    once.dedup();
    string.len() == usize::from(form.length)
        && string.iter().enumerate().all(place)
        && form.rules.iter().all(rule)
        && end(&form.first, string.first())
        && end(&form.last, string.last())
        && (!form.distinct || once.len() == string.len())
        && within(form.max_repeating, longest(&|one, two| one == two))
        && within(form.max_sequential, longest(&|one, two| successive(one, two)))
        && within(form.max_sequential, longest(&|one, two| successive(two, one)))
        && form.min_classes.as_ref().is_none_or(|needed| {
            needed.classes.iter().filter(present).count() >= needed.count.into()
        })
}

fn brute_force(form: &NormalForm) -> usize {
    let mut strings = vec![Vec::new()];
    for _ in 0..form.length {
        let longer = |string: &Vec<char>| {
            let string = string.clone();
            form.alphabet
                .union(&form.inner)
                .iter()
                .map(|next| [string.as_slice(), &[next]].concat())
                .collect::<Vec<_>>()
        };
        strings = strings.iter().flat_map(longer).collect();
    }
    strings.iter().filter(|string| satisfies(form, string)).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_request_gives_acceptable_passwords_or_an_error(pairs in requests(), seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let request = match Request::from_pairs(pairs.iter().copied()) {
            Ok(request) => request,
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                let named = |error: &Error| pairs.iter().any(|(name, _)| error.parameter() == Some(name));
                prop_assert!(errors.iter().all(named), "{errors:?}");
                return Ok(());
            }
        };
        let reading = Reading(&pairs);
        let recipe = request.compile();
        prop_assert_eq!(recipe.is_ok(), reading.satisfiable(), "{:?}", recipe);
        let Ok(Recipe::Policy(policy)) = recipe else { return Ok(()) };
        match policy.generate(request.count(), &mut rng) {
            Ok(generated) => {
                let mut passwords: Vec<&str> = generated.passwords.iter().map(ExposeSecret::expose_secret).collect();
                prop_assert!(passwords.iter().all(|password| reading.accepts(password)), "{passwords:?}");
                prop_assert_eq!(passwords.len(), reading.count());
                passwords.sort_unstable();
                passwords.dedup();
                prop_assert_eq!(passwords.len(), reading.count());
                prop_assert!(generated.entropy_bits.is_finite() && generated.entropy_bits >= 0.0);
            }
            Err(error) => {
                prop_assert_eq!(error.code(), "count_exceeds_space");
                prop_assert!(*policy.count() < u32::from(request.count()).into());
            }
        }
    }

    #[test]
    fn a_small_form_has_the_count_of_brute_force_and_valid_passwords(form in small_forms(), seed: u64) {
        let expected = brute_force(&form);
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        match Policy::compile(form.clone()) {
            Ok(policy) => {
                prop_assert_eq!(policy.count().to_string(), expected.to_string());
                let password = policy.generate(1, &mut rng).unwrap().passwords.remove(0);
                prop_assert!(satisfies(&form, &password.expose_secret().chars().collect::<Vec<_>>()));
            }
            // A position without characters is at fault even in the empty password.
            Err(Error::Unsatisfiable(_)) => prop_assert!(expected == 0 || form.length == 0),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}

proptest! {
    // Few, since one of them can take as long as all others together.
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_hostile_form_gives_a_valid_password_or_an_error(form in hostile_forms(), seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let in_form = form.clone();
        match Policy::compile(form) {
            Ok(policy) => {
                let password = policy.generate(1, &mut rng).unwrap().passwords.remove(0);
                let password: Vec<char> = password.expose_secret().chars().collect();
                prop_assert!(satisfies(&in_form, &password), "{password:?}");
            }
            Err(error) => prop_assert!(["unsatisfiable", "policy_too_complex"].contains(&error.code())),
        }
    }
}

/// How many characters of a password each class has.
fn numbers(password: &str) -> [usize; 4] {
    let count = |is_in: &dyn Fn(char) -> bool| password.chars().filter(|next| is_in(*next)).count();
    let symbols = "!@#$%^&*(),.?:{}|<>";
    [
        count(&|next| next.is_ascii_digit()),
        count(&|next| symbols.contains(next)),
        count(&|next| next.is_ascii_uppercase()),
        count(&|next| next.is_ascii_lowercase()),
    ]
}

const MINIMUMS: [&str; 4] = ["nums", "special_chars", "uppercase", "lowercase"];
const MAXIMUMS: [&str; 4] = ["max_nums", "max_special_chars", "max_uppercase", "max_lowercase"];

/// Compiles the pairs and checks a password, if one is wanted, against minimums and maximums.
fn answers(length: u16, bounds: [(u16, u16); 4], others: &[(&str, &str)], seed: u64) {
    let texts = bounds.map(|(min, max)| (min.to_string(), max.min(length).to_string()));
    let length = length.to_string();
    let mut pairs = vec![("length", length.as_str())];
    pairs.extend(MINIMUMS.into_iter().zip(texts.iter().map(|(min, _)| min.as_str())));
    pairs.extend(MAXIMUMS.into_iter().zip(texts.iter().map(|(_, max)| max.as_str())));
    pairs.extend(others);
    let recipe = Request::from_pairs(pairs.iter().copied()).unwrap().compile();
    let recipe = recipe.unwrap_or_else(|error| panic!("{pairs:?}: {error}"));
    let generated = recipe.generate(1, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap();
    let password = generated.passwords[0].expose_secret();
    for (number, (min, max)) in numbers(password).into_iter().zip(bounds) {
        assert!((min.into()..=max.into()).contains(&number), "{pairs:?}: {password}");
    }
    let is_given = |pair| others.contains(&pair);
    let (first, last) = (password.chars().next().unwrap(), password.chars().last().unwrap());
    assert!(!is_given(("first", "letter")) || first.is_ascii_alphabetic(), "{password}");
    assert!(!is_given(("last", "alnum")) || last.is_ascii_alphanumeric(), "{password}");
    assert_eq!(password.chars().count().to_string(), length);
}

/// What may stand beside bounds.
fn beside() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let all = vec![
        ("first", "letter"),
        ("last", "alnum"),
        ("include_space", "true"),
        ("exclude", "ABCDEFGHIJKLMNOPQRSTUVWXY"),
    ];
    prop::sample::subsequence(all, 0..=4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bounds_of_four_classes_are_never_too_complex_up_to_128_characters(
        length in 8..=128_u16,
        parts in prop::array::uniform4(0..75_u16),
        more in prop::array::uniform4(prop_oneof![1..30_u16, Just(4096)]),
        others in beside(),
        seed: u64,
    ) {
        // The minimums leave one character, so that a letter or digit at the ends is within the maximums.
        let bounds = [0, 1, 2, 3].map(|class| (parts[class] * (length - 1) / 300, more[class]));
        let bounds = bounds.map(|(min, more)| (min, min.saturating_add(more)));
        answers(length, bounds, &others, seed);
    }
}

/// Normal forms of any size, most of them nobody would ask for: what they take is bounded, or they are refused.
fn hostile_forms() -> impl Strategy<Value = NormalForm> {
    let all: String = ('!'..='~').collect();
    let set = || some_of(&('!'..='~').collect::<String>(), 94);
    let number = || prop_oneof![0..4_u16, 0..40_u16, 0..200_u16];
    let rule = (set(), number(), prop::option::of(number()))
        .prop_map(|(characters, min, max)| Rule { name: "rule".into(), characters, min, max });
    let plain = (number(), some_of(&all, 94), some_of(" a", 2), prop::collection::vec(rule, 0..5));
    let limit = || {
        prop::option::weighted(0.4, (1..20_u16).prop_map(|limit| NonZeroU16::new(limit).unwrap()))
    };
    let classes = (0..6_u8, prop::collection::vec(set(), 0..10))
        .prop_map(|(count, classes)| MinClasses { count, classes });
    let ends = (prop::option::weighted(0.3, set()), prop::option::weighted(0.3, set()));
    let further =
        (ends, prop::bool::weighted(0.3), limit(), limit(), prop::option::weighted(0.3, classes));
    (plain, further).prop_map(|((length, alphabet, inner, rules), further)| {
        let ((first, last), distinct, max_repeating, max_sequential, min_classes) = further;
        NormalForm {
            length,
            alphabet,
            inner,
            rules,
            first,
            last,
            distinct,
            max_repeating,
            max_sequential,
            min_classes,
        }
    })
}

#[test]
fn all_passwords_of_a_small_space_can_be_asked_for_and_no_more() {
    let request = |count| {
        Request::from_pairs([
            ("PasswordLength", "2"),
            ("ExcludeCharacters", ""),
            ("symbols", "!?"),
            ("include_uppercase", "0"),
            ("include_lowercase", "0"),
            ("count", count),
        ])
        .unwrap()
    };
    let policy = request("40").compile().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let generated = policy.generate(request("40").count(), &mut rng).unwrap();
    let mut passwords: Vec<&str> =
        generated.passwords.iter().map(ExposeSecret::expose_secret).collect();
    passwords.sort_unstable();
    passwords.dedup();
    assert_eq!(passwords.len(), 40);
    let error = policy.generate(request("41").count(), &mut rng).unwrap_err();
    assert_eq!(error, Error::CountExceedsSpace { passwords: 40 });
}
