//! The parameters that restrict passwords beyond their classes, and PINs: names and values in, a normal form or errors
//! out.
#![cfg(test)]

use std::num::NonZeroU16;

use generator::{Characters, End, Error, Limit, NormalForm, Policy, Reason, Recipe, Request};
use num_bigint::BigUint;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use secrecy::ExposeSecret;
use serde_json::Value;

fn request(query: &str) -> Result<Request, Vec<Error>> {
    Request::from_pairs(query.split('&').filter_map(|pair| pair.split_once('=')))
}

fn policy(query: &str) -> Policy {
    let request = request(query).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
    match request.compile() {
        Ok(Recipe::Policy(policy)) => policy,
        other => panic!("{query}: {other:?}"),
    }
}

fn form(query: &str) -> NormalForm {
    policy(query).normal_form().clone()
}

/// The minimum and the maximum of each rule, which stand in the order numbers, symbols, uppercase, lowercase.
fn bounds(query: &str) -> Vec<(u16, Option<u16>)> {
    form(query).rules.iter().map(|rule| (rule.min, rule.max)).collect()
}

/// Code, parameter and message of each error.
fn refused(query: &str) -> Vec<String> {
    let describe =
        |error: &Error| format!("{} {}: {error}", error.code(), error.parameter().unwrap_or("-"));
    request(query).err().unwrap_or_default().iter().map(describe).collect()
}

#[test]
fn maximums() {
    let one = (1, None);
    let rows = [
        ("max_nums=3", vec![(1, Some(3)), one, one, one]),
        ("max_special_chars=20", vec![one, (1, Some(20)), one, one]),
        ("max_uppercase=4&uppercase=4", vec![one, one, (4, Some(4)), one]),
        ("max_lowercase=1&length=9", vec![one, one, one, (1, Some(1))]),
        // The default minimum gives way.
        ("max_nums=0", vec![(0, Some(0)), one, one, one]),
        ("max_nums=5&nums=0", vec![(0, Some(5)), one, one, one]),
        ("max_nums=5&include_numbers=false", vec![one, one, one]),
        (
            "max_nums=5&require_each_included_type=0",
            vec![(0, Some(5)), (0, None), (0, None), (0, None)],
        ),
    ];
    for (query, expected) in rows {
        assert_eq!(bounds(query), expected, "{query}");
    }
    assert_eq!(form("max_nums=0").alphabet.len(), 78);
}

#[test]
fn limits_on_runs() {
    let limits = |query| {
        let form = form(query);
        [form.max_repeating, form.max_sequential].map(|limit| limit.map_or(0, u16::from))
    };
    let rows = [
        ("max_repeating=2", [2, 0]),
        ("max_consecutive=1", [1, 0]),
        ("max_repeating=2&max_consecutive=2", [2, 0]),
        ("max_sequential=3&length=12", [0, 3]),
        ("max_sequential=20&max_repeating=20", [20, 20]),
    ];
    for (query, expected) in rows {
        assert_eq!(limits(query), expected, "{query}");
    }
}

#[test]
fn ends_distinct_characters_and_a_number_of_classes() {
    let json = |query| serde_json::to_value(form(query)).unwrap();
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let rows = [
        ("first=letter", "first", Value::from(letters)),
        (
            "first=alnum&exclude=a",
            "first",
            format!("0123456789{}", letters.replace('a', "")).into(),
        ),
        ("first=any", "first", Value::Null),
        ("last=letter&include_uppercase=0", "last", letters.to_lowercase().split_off(26).into()),
        ("last=alnum&include_symbols=0", "last", Value::Null),
        ("distinct=true", "distinct", true.into()),
        ("distinct=0", "distinct", Value::Null),
        ("max_repeating=2", "max_repeating", 2.into()),
        ("max_sequential=3", "max_sequential", 3.into()),
    ];
    for (query, key, expected) in rows {
        assert_eq!(json(query)[key], expected, "{query}");
    }
    let rows = [
        ("min_classes=3", 3, 4, 0),
        ("min_classes=1&include_symbols=0&nums=2", 1, 3, 2),
        ("min_classes=2&require_each_included_type=false", 2, 4, 0),
    ];
    for (query, count, classes, nums) in rows {
        let form = form(query);
        let needed = form.min_classes.unwrap();
        assert_eq!((needed.count, needed.classes.len()), (count, classes), "{query}");
        assert_eq!(form.rules[0].min, nums, "{query}");
        assert!(form.rules[1..].iter().all(|rule| rule.min == 0), "{query}");
    }
}

#[test]
fn the_symbols_that_are_safe() {
    let symbols = |query| -> String {
        let letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".into();
        let form = form(query);
        form.alphabet.union(&form.inner).difference(&letters).to_string()
    };
    let rows = [
        ("symbols=all&safe=url", "-._~"),
        ("symbols=all&safe=shell", "%+,-./:=@_"),
        ("symbols=all&safe=json&include_space=1", " !#$%&'()*+,-./:;<=>?@[]^_`{|}~"),
        ("symbols=all&safe=xml", "!#$%()*+,-./:;=?@[\\]^_`{|}~"),
        ("symbols=all&safe=sql", "!#$%&()*+,-./:<=>?@[]^_{|}~"),
        ("symbols=all&safe=csv&include_space=1", "!#$%&()*./:<>?[\\]^_`{}~"),
        ("symbols=all&safe=rds&include_space=1", "!#$%()*+,-.:;<=>?[\\]^_`{|}~"),
        ("symbols=all&safe=shell,url", "-._"),
        ("symbols=all&safe=url,url", "-._~"),
        ("safe=shell", "%+,-.:=@_"),
        ("ExcludeNumbers=0&safe=json,xml", "!#$%()*+,-./:;=?@[]^_`{|}~"),
        ("include_symbols=0&safe=url", ""),
    ];
    for (query, expected) in rows {
        assert_eq!(symbols(query), expected, "{query}");
    }
    // Only those of the counted symbols that are left count.
    assert_eq!(form("safe=shell").rules[1].characters, Characters::from("%,.:@"));
}

#[test]
fn what_a_place_takes_for_something_else_at_the_beginning_is_not_first() {
    // 71 characters, of which 68 may be first, and 20 positions.
    let plain = "safe=shell&require_each_included_type=false";
    let expected = BigUint::from(71_u32).pow(19) * 68_u32;
    assert_eq!(*policy(plain).count(), expected);
    let rows = [
        ("safe=shell", "%,.:@_"),
        ("safe=shell&symbols=all", "%,./:@_"),
        ("safe=shell,url&symbols=all", "._"),
        ("safe=json,shell&symbols=-=+_~%23", "_"),
        ("safe=shell&include_numbers=0", "%,.:@_"),
    ];
    let alnum: Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".into();
    for (query, expected) in rows {
        let query = query.replace("%23", "#");
        let first = form(&query).first.unwrap();
        assert_eq!(first.difference(&alnum).to_string(), expected, "{query}");
    }
    // Together with `first`, both are kept to; without a character that is special first, nothing is.
    assert_eq!(form("safe=shell&first=alnum").first, Some(alnum));
    for place in ["url", "json", "xml", "sql", "csv", "rds"] {
        assert_eq!(form(&format!("safe={place}&symbols=all")).first, None, "{place}");
    }
    assert_eq!(form("safe=shell&symbols=_.").first, None);
    let none = "safe=shell&symbols=-&include_numbers=0&include_uppercase=0&include_lowercase=0";
    let error = request(none).unwrap().compile().unwrap_err();
    assert_eq!(error, Error::Unsatisfiable(Reason::EmptyEnd(End::First)));
}

#[test]
fn no_password_for_a_shell_begins_like_an_option_and_every_place_but_the_first_may_have_one() {
    let symbols = "include_numbers=0&include_uppercase=0&include_lowercase=0";
    let policy = policy(&format!("safe=shell&length=8&symbols=-+=_&{symbols}"));
    assert_eq!(*policy.count(), BigUint::from(4_u32).pow(7));
    let generated = policy.generate(100, &mut ChaCha8Rng::seed_from_u64(9)).unwrap();
    let passwords = || generated.passwords.iter().map(ExposeSecret::expose_secret);
    assert!(passwords().all(|password| password.starts_with('_')));
    for position in 1..8 {
        let there =
            |special: char| passwords().any(|next| next.chars().nth(position) == Some(special));
        assert!(['-', '+', '='].into_iter().all(there), "{position}");
    }
}

#[test]
fn the_shortest_password_with_an_entropy() {
    let pin = "kind=pin&";
    let rows = [
        ("min_entropy=64".to_owned(), 11),
        ("min_entropy=128".to_owned(), 20),
        ("min_entropy=1".to_owned(), 8),
        ("min_entropy=1024".to_owned(), 159),
        ("min_entropy=128&PasswordLength=".replace("PasswordLength=", "ExcludeCharacters="), 20),
        ("min_entropy=20&nums=30".to_owned(), 33),
        ("min_entropy=100&nums=1000".to_owned(), 1003),
        ("min_entropy=80&max_repeating=1&first=letter".to_owned(), 13),
        ("min_entropy=64&distinct=1".to_owned(), 11),
        (format!("{pin}min_entropy=19"), 6),
        (format!("{pin}min_entropy=20"), 7),
        (format!("{pin}min_entropy=128"), 39),
        (format!("{pin}min_entropy=21&distinct=true"), 9),
        ("include_numbers=0&include_symbols=0&include_uppercase=0&exclude=cdefghijklmnopqrstuvwxyz&require_each_included_type=0&min_entropy=300".to_owned(), 300),
    ];
    for (query, length) in rows {
        let policy = policy(&query);
        assert_eq!(policy.normal_form().length, length, "{query}");
    }
}

#[test]
fn an_entropy_is_reached_and_the_next_shorter_length_does_not_reach_it() {
    for bits in [60, 64, 65, 100, 128, 129, 256, 511] {
        let found = policy(&format!("min_entropy={bits}&max_sequential=2&last=alnum"));
        let length = found.normal_form().length;
        let shorter = policy(&format!("length={}&max_sequential=2&last=alnum", length - 1));
        assert!(found.entropy_bits() >= f64::from(bits), "{bits}");
        assert!(shorter.entropy_bits() < f64::from(bits), "{bits}");
    }
}

#[test]
fn pins() {
    let rows = [
        ("kind=pin", 6, "1000000"),
        ("kind=pin&length=4", 4, "10000"),
        (
            "kind=pin&length=64",
            64,
            "10000000000000000000000000000000000000000000000000000000000000000",
        ),
        ("kind=pin&max_consecutive=2", 6, "963090"),
        ("kind=pin&max_repeating=1", 6, "590490"),
        ("kind=pin&length=4&distinct=true", 4, "5040"),
        ("kind=pin&exclude=0123&length=5", 5, "7776"),
        // 10·9·8·7 less those with three successive digits: 2·8·7·2 less 2·7 counted twice.
        ("kind=pin&length=4&distinct=true&max_sequential=2", 4, "4830"),
        (
            "kind=password&length=8&include_symbols=0&include_uppercase=0&include_lowercase=0",
            8,
            "100000000",
        ),
    ];
    for (query, length, count) in rows {
        let policy = policy(query);
        assert_eq!(policy.normal_form().length, length, "{query}");
        assert_eq!(policy.count().to_string(), count, "{query}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let integer = |name: &str, min: u16, max: u16| {
        format!(
            "invalid_parameter {name}: {name} must be an integer from {min} to {max}, digits only"
        )
    };
    let places = "one of url, shell, json, xml, sql, csv, rds, or several with commas between";
    let rows = [
        ("max_nums=21", integer("max_nums", 0, 20)),
        ("max_special_chars=x", integer("max_special_chars", 0, 20)),
        ("max_repeating=0", integer("max_repeating", 1, 20)),
        ("max_consecutive=13&length=12", integer("max_consecutive", 1, 12)),
        ("max_sequential=-1", integer("max_sequential", 1, 20)),
        ("min_classes=0", integer("min_classes", 1, 4)),
        ("min_classes=5", integer("min_classes", 1, 4)),
        ("min_entropy=0", integer("min_entropy", 1, 1024)),
        ("min_entropy=1025", integer("min_entropy", 1, 1024)),
        ("min_entropy=80.5", integer("min_entropy", 1, 1024)),
        ("min_entropy=80&nums=4097", integer("nums", 0, 4096)),
        ("kind=pin&length=3", integer("length", 4, 64)),
        ("kind=pin&length=65", integer("length", 4, 64)),
        ("kind=pin&max_repeating=7", integer("max_repeating", 1, 6)),
        ("kind=PIN", "invalid_parameter kind: kind must be password, passphrase or pin".into()),
        ("distinct=yes", "invalid_parameter distinct: distinct must be true, false, 1 or 0".into()),
        ("first=digit", "invalid_parameter first: first must be any, letter or alnum".into()),
        ("last=", "invalid_parameter last: last must be any, letter or alnum".into()),
        ("safe=html", format!("invalid_parameter safe: safe must be {places}")),
        ("safe=", format!("invalid_parameter safe: safe must be {places}")),
        ("safe=url,", format!("invalid_parameter safe: safe must be {places}")),
    ];
    for (query, expected) in rows {
        assert_eq!(refused(query), [expected], "{query}");
    }
}

#[test]
fn contradictions_are_refused() {
    let rows = [
        ("nums=4&max_nums=3", "max_nums", "nums", "the maximum must not be below the minimum"),
        (
            "max_repeating=1&max_consecutive=2",
            "max_repeating",
            "max_consecutive",
            "two spellings of one parameter must have the same value",
        ),
        (
            "min_entropy=80&length=20",
            "min_entropy",
            "length",
            "either the length or the entropy is given",
        ),
        (
            "PasswordLength=9&min_entropy=8",
            "min_entropy",
            "PasswordLength",
            "either the length or the entropy is given",
        ),
        (
            "min_classes=3&require_each_included_type=true",
            "min_classes",
            "require_each_included_type",
            "either each class is required or a number of them",
        ),
        ("kind=pin&nums=2", "nums", "kind", "a pin does not take it"),
        ("safe=url&kind=pin", "safe", "kind", "a pin does not take it"),
        ("kind=pin&PasswordLength=6", "PasswordLength", "kind", "a pin does not take it"),
        ("kind=pin&first=alnum", "first", "kind", "a pin does not take it"),
    ];
    for (query, parameter, other, rule) in rows {
        let expected =
            format!("conflicting_parameters {parameter}: {parameter} contradicts {other}: {rule}");
        assert_eq!(refused(query), [expected], "{query}");
    }
}

#[test]
fn requests_without_passwords_say_why() {
    let rows = [
        ("distinct=1&length=89", "89 different characters are needed where only 88 are left"),
        ("distinct=1&nums=11", "11 different characters are needed where only 10 are left"),
        (
            "kind=pin&distinct=1&length=11",
            "11 different characters are needed where only 10 are left",
        ),
        (
            "kind=pin&exclude=012345678&max_repeating=5",
            "the only character left may not stand 6 times in a row",
        ),
        ("kind=pin&exclude=0123456789", "no character is left to choose from"),
        (
            "first=letter&include_uppercase=0&include_lowercase=0",
            "no character is left that may stand first",
        ),
        (
            "last=alnum&include_numbers=0&include_uppercase=0&include_lowercase=0",
            "no character is left that may stand last",
        ),
        (
            "min_classes=3&include_numbers=0&include_symbols=0",
            "3 classes are needed, but only 2 have characters left",
        ),
        ("symbols=~&safe=json,shell", "special_chars requires characters of which none is left"),
        (
            "max_nums=1&max_uppercase=2&max_lowercase=3&max_special_chars=4&symbols=all",
            "the maximums add up to 10, less than the 20 characters to choose",
        ),
        (
            "kind=pin&exclude=23456789&max_repeating=1&max_sequential=1",
            "the rules contradict each other",
        ),
        // Whatever the length, so the entropy is not to blame.
        ("kind=pin&exclude=0123456789&min_entropy=8", "no character is left to choose from"),
    ];
    for (query, reason) in rows {
        let error = request(query).unwrap().compile().unwrap_err();
        let expected = format!("no password satisfies the request: {reason}");
        assert_eq!((error.code(), error.to_string()), ("unsatisfiable", expected), "{query}");
    }
}

#[test]
fn what_takes_too_long_is_refused_at_once_with_the_limit() {
    let large =
        "special_chars=30&uppercase=20&lowercase=10&max_repeating=3&first=alnum&include_space=true";
    let rows = [
        (format!("{large}&min_entropy=1024"), Limit::Memory),
        ("length=4096&nums=60&max_repeating=2&max_sequential=2".into(), Limit::Memory),
        ("length=4096&max_repeating=1".into(), Limit::Work),
        ("length=4096&nums=5&special_chars=5&uppercase=5&lowercase=5".into(), Limit::Work),
        ("length=64&distinct=1&max_sequential=2".into(), Limit::Distinct),
        ("length=20&distinct=1&min_classes=3&nums=2".into(), Limit::Distinct),
        ("length=256&nums=60&uppercase=60&lowercase=60&max_repeating=1".into(), Limit::States),
    ];
    for (query, limit) in rows {
        let error = request(&query).unwrap().compile().unwrap_err();
        assert_eq!(error, Error::PolicyTooComplex(limit), "{query}");
        assert_eq!(error.code(), "policy_too_complex");
    }
}

#[test]
fn long_passwords_with_limited_runs() {
    let rows = [
        "length=256&max_repeating=1&max_sequential=1&first=letter&include_space=1",
        "length=128&nums=3&max_repeating=2&max_sequential=1",
        "length=512&max_repeating=2&max_sequential=2&min_classes=3",
        "length=1024&max_repeating=2",
    ];
    for query in rows {
        let policy = policy(query);
        let form = policy.normal_form();
        let generated = policy.generate(2, &mut ChaCha8Rng::seed_from_u64(5)).unwrap();
        for password in &generated.passwords {
            let characters: Vec<char> = password.expose_secret().chars().collect();
            assert_eq!(characters.len(), usize::from(form.length), "{query}");
            let longest = |step: u32| {
                let runs = characters.chunk_by(|one, next| {
                    let alike =
                        [char::is_ascii_digit, char::is_ascii_lowercase, char::is_ascii_uppercase];
                    let joined = step == 0 || alike.iter().any(|class| class(one) && class(next));
                    joined && u32::from(*one) + step == u32::from(*next)
                });
                runs.map(<[char]>::len).max().unwrap_or(0)
            };
            let within = |limit: Option<NonZeroU16>, longest: usize| {
                limit.is_none_or(|limit| longest <= limit.get().into())
            };
            assert!(within(form.max_repeating, longest(0)), "{query}");
            assert!(within(form.max_sequential, longest(1)), "{query}");
        }
    }
}

#[test]
fn an_entropy_out_of_reach_is_an_error_of_its_own() {
    let rows = [
        ("kind=pin&min_entropy=213", 213, 64),
        ("kind=pin&min_entropy=22&distinct=1", 22, 64),
        ("distinct=1&min_entropy=500", 500, 4096),
        (
            "max_nums=4&max_special_chars=4&symbols=all&max_uppercase=4&max_lowercase=4&min_entropy=120",
            120,
            4096,
        ),
        (
            "include_numbers=0&include_symbols=0&include_uppercase=0&exclude=bcdefghijklmnopqrstuvwxyz&min_entropy=1",
            1,
            4096,
        ),
    ];
    for (query, bits, max_length) in rows {
        let error = request(query).unwrap().compile().unwrap_err();
        assert_eq!(error, Error::EntropyUnreachable { bits, max_length }, "{query}");
        assert_eq!(error.code(), "entropy_unreachable");
    }
    assert_eq!(policy("kind=pin&min_entropy=212").normal_form().length, 64);
}

#[test]
fn passwords_too_long_for_their_number_are_refused_when_the_entropy_decides_the_length() {
    let narrow =
        "include_numbers=0&include_symbols=0&include_uppercase=0&exclude=cdefghijklmnopqrstuvwxyz";
    let error = request(&format!("{narrow}&min_entropy=1024&count=65")).unwrap().compile();
    assert_eq!(error.unwrap_err().code(), "invalid_parameter");
    let fewer = request(&format!("{narrow}&min_entropy=1024&count=64")).unwrap().compile();
    assert_eq!(fewer.unwrap().length(), Some(1024));
}
