//! Requests in other terms than classes: password rules, password policies, passphrases.
#![cfg(test)]

use std::fmt::Write;

use generator::{Error, Kind, Recipe, Request};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use secrecy::ExposeSecret;

const POLICY: &str = r#"length = 12 rule "charset" { charset = "abc" min-chars = 3 } rule "charset" { charset = "abcdef" }"#;

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn request(pairs: Pairs<'_>) -> Result<Request, Vec<Error>> {
    Request::from_pairs(pairs.iter().copied())
}

fn recipe(pairs: Pairs<'_>) -> Recipe {
    request(pairs).unwrap().compile().unwrap()
}

fn passwords(pairs: Pairs<'_>) -> Vec<String> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let generated = recipe(pairs).generate(request(pairs).unwrap().count(), &mut rng).unwrap();
    generated.passwords.iter().map(|password| password.expose_secret().to_owned()).collect()
}

/// What is wrong with a request: code and sentence of each error.
fn refused(pairs: Pairs<'_>) -> String {
    let errors = request(pairs).map(|request| request.compile().map(|_| ()).unwrap_err());
    errors.map_or_else(|errors| errors, |error| vec![error]).iter().fold(
        String::new(),
        |mut text, error| {
            writeln!(text, "{} {error}", error.code()).unwrap();
            text
        },
    )
}

#[test]
fn rules_decide_length_and_characters() {
    let rows: [(Pairs<'_>, u16); 6] = [
        (&[("rules", "required: digit; allowed: lower")], 20),
        (&[("passwordrules", "minlength: 24; required: digit")], 24),
        (&[("password_rules", "maxlength: 12; required: digit")], 12),
        (&[("rules", "maxlength: 12; required: digit"), ("length", "5")], 5),
        (&[("rules", "allowed: digit"), ("min_entropy", "64")], 20),
        (&[("rules", "allowed: lower"), ("passwordrules", "allowed: lower")], 20),
    ];
    for (pairs, length) in rows {
        assert_eq!(recipe(pairs).length(), Some(length), "{pairs:?}");
        assert_eq!(passwords(pairs)[0].chars().count(), usize::from(length));
    }
    for password in passwords(&[("rules", "required: [-_]; allowed: digit"), ("count", "50")]) {
        assert!(password.chars().all(|c| c.is_ascii_digit() || "-_".contains(c)), "{password}");
        assert!(password.contains(['-', '_']), "{password}");
    }
}

#[test]
fn what_stands_beside_rules_narrows_them() {
    let rules = ("rules", "required: lower; required: digit; max-consecutive: 3");
    let narrowed = [
        rules,
        ("max_nums", "2"),
        ("exclude", "abc"),
        ("exclude_ambiguous", "true"),
        ("first", "letter"),
        ("max_repeating", "1"),
        ("count", "50"),
    ];
    for password in passwords(&narrowed) {
        let digits = password.chars().filter(char::is_ascii_digit).count();
        assert!((1..=2).contains(&digits), "{password}");
        assert!(password.starts_with(char::is_alphabetic), "{password}");
        assert!(!password.contains(['a', 'b', 'c', 'l', '1', '0', 'o']), "{password}");
        let pairs = password.chars().zip(password.chars().skip(1));
        assert!(pairs.into_iter().all(|(one, next)| one != next), "{password}");
    }
    for password in passwords(&[("rules", "required: lower"), ("distinct", "true")]) {
        let different: std::collections::BTreeSet<char> = password.chars().collect();
        assert_eq!(different.len(), 20, "{password}");
    }
    let run = |pairs: Pairs<'_>| match recipe(pairs) {
        Recipe::Policy(policy) => policy.normal_form().max_repeating.map(u16::from),
        Recipe::Passphrase(_) => None,
    };
    assert_eq!(run(&[rules]), Some(3));
    assert_eq!(run(&[rules, ("max_repeating", "2")]), Some(2));
    assert_eq!(run(&[rules, ("max_repeating", "9")]), Some(3));
}

#[test]
fn what_rules_ignore_is_told() {
    let request = request(&[("rules", "minlength: ; required: digit")]).unwrap();
    assert_eq!(request.warnings().len(), 1);
    assert!(self::request(&[("rules", "required: digit")]).unwrap().warnings().is_empty());
}

#[test]
fn a_policy_decides_length_and_characters() {
    for password in passwords(&[("policy", POLICY), ("count", "50")]) {
        assert_eq!(password.len(), 12);
        assert!(password.chars().filter(|c| "abc".contains(*c)).count() >= 3, "{password}");
        assert!(password.chars().all(|c| "abcdef".contains(c)), "{password}");
    }
    assert_eq!(recipe(&[("vault_policy", POLICY), ("length", "30")]).length(), Some(30));
    let json = r#"{"length":8,"rule":[{"charset":[{"charset":"01"}]}]}"#;
    let recipe = recipe(&[("policy", json)]);
    assert!((recipe.entropy_bits() - 8.0).abs() < 1e-9);
}

#[test]
fn passphrases() {
    let kind = ("kind", "passphrase");
    let six = recipe(&[kind]);
    assert_eq!(six.length(), None);
    assert!((six.entropy_bits() - 6.0 * 7776_f64.log2()).abs() < 1e-9);
    assert_eq!(passwords(&[kind])[0].split('-').count(), 6);
    let options = [
        kind,
        ("words", "4"),
        ("separator", " "),
        ("capitalize", "all"),
        ("include_number", "true"),
        ("wordlist", "eff_short"),
        ("count", "3"),
    ];
    let bits = 4.0 * 1296_f64.log2() + 40_f64.log2();
    assert!((recipe(&options).entropy_bits() - bits).abs() < 1e-9);
    for passphrase in passwords(&options) {
        assert_eq!(passphrase.split(' ').count(), 4, "{passphrase}");
        assert_eq!(passphrase.chars().filter(char::is_ascii_digit).count(), 1, "{passphrase}");
        assert!(passphrase.split(' ').all(|word| word.starts_with(char::is_uppercase)));
    }
    let json = serde_json::to_value(recipe(&[kind])).unwrap();
    assert_eq!(json["words"], 6);
    assert_eq!(json["wordlist"], "eff_large");
}

#[test]
fn the_kind_is_told() {
    for (pairs, kind) in [
        (&[] as Pairs<'_>, Kind::Password),
        (&[("kind", "password")], Kind::Password),
        (&[("kind", "pin")], Kind::Pin),
        (&[("kind", "passphrase")], Kind::Passphrase),
        (&[("policy", POLICY)], Kind::Password),
    ] {
        assert_eq!(request(pairs).unwrap().kind(), kind);
    }
}

#[test]
fn what_cannot_be_is_refused_once() {
    let phrase = ("kind", "passphrase");
    let rows: [(Pairs<'_>, &str); 20] = [
        (&[("rules", "minlength 8")], "invalid_rules"),
        (&[("rules", "minlength: 8; maxlength: 4")], "invalid_rules"),
        (&[("rules", "minlength: 5000")], "invalid_parameter"),
        (&[("rules", "minlength: 12"), ("length", "8")], "invalid_parameter"),
        (&[("rules", "maxlength: 12"), ("length", "16")], "invalid_parameter"),
        (&[("policy", "length = 20")], "invalid_policy"),
        (&[("policy", POLICY), ("length", "101")], "invalid_parameter"),
        (&[("rules", "allowed: lower"), ("policy", POLICY)], "conflicting_parameters"),
        (
            &[("rules", "allowed: lower"), ("passwordrules", "allowed: upper")],
            "conflicting_parameters",
        ),
        (&[("rules", "allowed: lower"), ("nums", "2")], "conflicting_parameters"),
        (&[("rules", "allowed: lower"), ("ExcludeCharacters", "x")], "conflicting_parameters"),
        (&[("policy", POLICY), ("symbols", "url")], "conflicting_parameters"),
        (&[("kind", "pin"), ("policy", POLICY)], "conflicting_parameters"),
        (&[("words", "6")], "conflicting_parameters"),
        (&[phrase, ("length", "20")], "conflicting_parameters"),
        (&[phrase, ("rules", "allowed: lower")], "conflicting_parameters"),
        (&[phrase, ("words", "2")], "invalid_parameter"),
        (&[phrase, ("separator", "ab")], "invalid_parameter"),
        (&[phrase, ("capitalize", "some")], "invalid_parameter"),
        (&[("rules", "required: digit"), ("exclude", "0123456789")], "unsatisfiable"),
    ];
    for (pairs, code) in rows {
        let refused = refused(pairs);
        assert_eq!(refused.lines().count(), 1, "{pairs:?}: {refused}");
        assert!(refused.starts_with(code), "{pairs:?}: {refused}");
    }
    let count = refused(&[phrase, ("words", "40"), ("separator", "--------"), ("count", "100")]);
    assert!(count.starts_with("invalid_parameter count must be at most"), "{count}");
}

#[test]
fn a_text_that_cannot_be_read_says_where() {
    assert!(refused(&[("rules", "minlength 8")]).contains("character 10"));
    let refused = refused(&[("policy", "length = 20\nrule \"charset\" { charset = 7 }")]);
    assert!(refused.contains("line 2, column 28"), "{refused}");
}

/// Typos, repeats, contradictions, numbers out of range, letters of other scripts, control characters and brackets
/// without end: one fault each, and where it is.
#[test]
fn bad_texts_are_one_fault_at_its_place() {
    let brackets = "[".repeat(8192);
    let set = format!("required: {}", "[".repeat(4000));
    let braces = "{".repeat(8192);
    let too_long = format!("{braces}{{");
    let rules = [
        ("minlenght: 8", 1),
        ("MINLENGTH: 8", 1),
        ("required: lower; requird: digit", 18),
        ("required: lowe", 11),
        ("minlength: 8; minlength", 24),
        ("maxlength: 4; minlength: 8", 26),
        ("minlength: -1", 12),
        ("minlength: 1e3", 13),
        ("réquired: lower", 1),
        ("minlength: ２０", 12),
        ("required: lower\0", 16),
        ("\u{1b}[2J", 1),
        ("required: [a]b]", 14),
        ("required: [ab", 11),
        (&set, 11),
        (&brackets, 4097),
    ];
    for (text, character) in rules {
        let refused = refused(&[("rules", text)]);
        assert!(refused.starts_with("invalid_rules rules: "), "{text}: {refused}");
        let place = format!(" at character {character}\n");
        assert!(refused.ends_with(&place) && refused.lines().count() == 1, "{text}: {refused}");
    }
    let charset = |text: &str| format!("length = 20\nrule \"charset\" {{ {text} }}");
    let policies = [
        ("lenght = 20".to_owned(), 1, 1),
        ("length = 20 length = 21".to_owned(), 1, 22),
        (r#"{"length":20,"rules":[]}"#.to_owned(), 1, 14),
        (charset(r#"charset = "abc" min-char = 1"#), 2, 34),
        (charset(r#"charset = "abc" min-chars = 101"#), 2, 46),
        (charset(r#"charset = "abc" charset = "abc""#), 2, 44),
        (charset("charset = \"a\u{7}b\""), 2, 28),
        (charset("charset = \"a\nb\""), 2, 28),
        (charset(&format!("charset = {}", "[".repeat(8000))), 2, 28),
        ("length = 3".to_owned(), 1, 10),
        ("length = 101".to_owned(), 1, 10),
        ("lëngth = 20".to_owned(), 1, 1),
        ("length = ２０".to_owned(), 1, 10),
        ("\0".to_owned(), 1, 1),
        (brackets.clone(), 1, 1),
        (braces, 1, 2),
        (r#"{"rule":"#.repeat(1000), 1, 10),
        (format!("{{\"rule\":{}", "[".repeat(8000)), 1, 10),
        (too_long, 1, 1),
    ];
    for (text, line, column) in &policies {
        let refused = refused(&[("policy", text)]);
        assert!(refused.starts_with("invalid_policy policy: "), "{text}: {refused}");
        let place = format!(" in line {line}, column {column}\n");
        assert!(refused.ends_with(&place) && refused.lines().count() == 1, "{text}: {refused}");
    }
}
