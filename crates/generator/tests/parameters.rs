//! Each rule of the parameters, through the front: names and values in, a normal form or errors out.
#![cfg(test)]

use generator::{Characters, Error, Recipe, Request};

/// `a=1&b=2` as pairs; no value here needs decoding.
fn request(query: &str) -> Result<Request, Vec<Error>> {
    Request::from_pairs(query.split('&').filter_map(|pair| pair.split_once('=')))
}

/// What a request comes to: length, size of the alphabet and, for each rule, its minimum and the size of its set. The
/// rules stand in the order numbers, symbols, uppercase, lowercase.
fn accepted(query: &str) -> String {
    let request = request(query).unwrap_or_else(|errors| panic!("{query}: {errors:?}"));
    let Ok(Recipe::Policy(policy)) = request.compile() else { panic!("{query}") };
    let form = policy.normal_form();
    let space = if form.inner == Characters::from(" ") { "+space" } else { "" };
    let initial = |name: &str| name.chars().next().unwrap();
    let rules = form
        .rules
        .iter()
        .map(|rule| format!(" {}{}/{}", initial(&rule.name), rule.min, rule.characters.len()));
    format!("{} of {}{space}:{}", form.length, form.alphabet.len(), rules.collect::<String>())
}

/// Code, parameter and message of each error.
fn refused(query: &str) -> Vec<String> {
    let describe =
        |error: &Error| format!("{} {}: {error}", error.code(), error.parameter().unwrap_or("-"));
    request(query).err().unwrap_or_default().iter().map(describe).collect()
}

#[test]
fn lengths() {
    let rows = [
        ("", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("length=8", "8 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("length=4096", "4096 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("length=0020", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("PasswordLength=4", "4 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("PasswordLength=4096", "4096 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("length=12&PasswordLength=12", "12 of 94: n1/10 s1/32 u1/26 l1/26"),
    ];
    for (query, expected) in rows {
        assert_eq!(accepted(query), expected, "{query}");
    }
}

#[test]
fn minimums() {
    let rows = [
        ("nums=2&special_chars=3&uppercase=4&lowercase=5", "20 of 88: n2/10 s3/19 u4/26 l5/26"),
        ("nums=0", "20 of 88: n0/10 s1/19 u1/26 l1/26"),
        ("length=23&nums=20", "23 of 88: n20/10 s1/19 u1/26 l1/26"),
        ("nums=20&special_chars=0&uppercase=0&lowercase=0", "20 of 88: n20/10 s0/19 u0/26 l0/26"),
        ("require_each_included_type=false", "20 of 88: n0/10 s0/19 u0/26 l0/26"),
        ("require_each_included_type=false&nums=2", "20 of 88: n2/10 s0/19 u0/26 l0/26"),
        ("RequireEachIncludedType=false&length=1", "1 of 94: n0/10 s0/32 u0/26 l0/26"),
    ];
    for (query, expected) in rows {
        assert_eq!(accepted(query), expected, "{query}");
    }
}

#[test]
fn classes_by_either_name_and_either_sign() {
    let rows = [
        ("include_numbers=true", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("include_numbers=false", "20 of 78: s1/19 u1/26 l1/26"),
        ("exclude_numbers=true", "20 of 78: s1/19 u1/26 l1/26"),
        ("exclude_numbers=false", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("include_symbols=0", "20 of 62: n1/10 u1/26 l1/26"),
        ("exclude_punctuation=1", "20 of 62: n1/10 u1/26 l1/26"),
        ("include_uppercase=FALSE", "20 of 62: n1/10 s1/19 l1/26"),
        ("exclude_uppercase=True", "20 of 62: n1/10 s1/19 l1/26"),
        ("include_lowercase=0", "20 of 62: n1/10 s1/19 u1/26"),
        ("exclude_lowercase=tRUE", "20 of 62: n1/10 s1/19 u1/26"),
        ("include_numbers=false&exclude_numbers=true", "20 of 78: s1/19 u1/26 l1/26"),
        // A minimum of 0 agrees with leaving the class out.
        ("include_numbers=false&nums=0", "20 of 78: s1/19 u1/26 l1/26"),
    ];
    for (query, expected) in rows {
        assert_eq!(accepted(query), expected, "{query}");
    }
}

#[test]
fn each_of_awss_names_brings_its_symbols_its_length_and_its_least_length() {
    let rows = [
        ("ExcludeNumbers=false", "32 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("ExcludeNumbers=true", "32 of 84: s1/32 u1/26 l1/26"),
        ("ExcludePunctuation=true", "32 of 62: n1/10 u1/26 l1/26"),
        ("ExcludeUppercase=true", "32 of 68: n1/10 s1/32 l1/26"),
        ("ExcludeLowercase=true", "32 of 68: n1/10 s1/32 u1/26"),
        ("IncludeSpace=false", "32 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("RequireEachIncludedType=true", "32 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("ExcludeCharacters=", "32 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("ExcludeCharacters=&length=5", "5 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("ExcludeNumbers=false&symbols=default", "32 of 88: n1/10 s1/26 u1/26 l1/26"),
    ];
    for (query, expected) in rows {
        assert_eq!(accepted(query), expected, "{query}");
    }
}

#[test]
fn spaces_and_exclusions() {
    let rows = [
        ("include_space=true", "20 of 88+space: n1/10 s1/19 u1/26 l1/26"),
        ("IncludeSpace=true", "32 of 94+space: n1/10 s1/32 u1/26 l1/26"),
        ("include_space=true&exclude= ", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("exclude=", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
        ("exclude=abcABC012!é", "20 of 78: n1/7 s1/18 u1/23 l1/23"),
        ("exclude_characters=a", "20 of 87: n1/10 s1/19 u1/26 l1/25"),
        ("ExcludeCharacters=a", "32 of 93: n1/10 s1/32 u1/26 l1/25"),
        // Sets have no order and no repeats.
        ("exclude=ab&exclude_characters=bba", "20 of 86: n1/10 s1/19 u1/26 l1/24"),
        ("exclude_ambiguous=true", "20 of 81: n1/8 s1/18 u1/24 l1/24"),
        ("exclude_ambiguous=false", "20 of 88: n1/10 s1/19 u1/26 l1/26"),
    ];
    for (query, expected) in rows {
        assert_eq!(accepted(query), expected, "{query}");
    }
}

#[test]
fn chosen_symbols_all_count() {
    let rows = [
        ("symbols=default", "20 of 88: n1/10 s1/26 u1/26 l1/26"),
        ("symbols=all", "20 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("symbols=aws", "20 of 94: n1/10 s1/32 u1/26 l1/26"),
        ("symbols=rds", "20 of 89: n1/10 s1/27 u1/26 l1/26"),
        ("symbols=url", "20 of 66: n1/10 s1/4 u1/26 l1/26"),
        ("symbols=shell", "20 of 72: n1/10 s1/10 u1/26 l1/26"),
        ("symbols=json", "20 of 92: n1/10 s1/30 u1/26 l1/26"),
        ("symbols=-_-\\", "20 of 65: n1/10 s1/3 u1/26 l1/26"),
    ];
    for (query, expected) in rows {
        assert_eq!(accepted(query), expected, "{query}");
    }
}

#[test]
fn counts() {
    for (query, count) in
        [("", 1), ("count=1", 1), ("count=100&length=655", 100), ("count=16&length=4096", 16)]
    {
        assert_eq!(request(query).unwrap().count(), count, "{query}");
    }
}

#[test]
fn integers_out_of_range_or_not_of_digits_are_refused() {
    let long = "invalid_parameter length: length must be an integer from 8 to 4096, digits only";
    let nums = "invalid_parameter nums: nums must be an integer from 0 to 20, digits only";
    let count = "invalid_parameter count: count must be an integer from 1 to 100, digits only";
    let rows = [
        ("length=7", long),
        ("length=4097", long),
        ("length=99999999999999999999", long),
        ("length=", long),
        ("length=+20", long),
        ("length=-20", long),
        ("length= 20", long),
        ("length=20.0", long),
        ("length=0x20", long),
        ("length=٢٠", long),
        (
            "PasswordLength=0",
            "invalid_parameter PasswordLength: PasswordLength must be an integer from 1 to 4096, digits only",
        ),
        (
            "PasswordLength=4097",
            "invalid_parameter PasswordLength: PasswordLength must be an integer from 1 to 4096, digits only",
        ),
        (
            "ExcludeNumbers=1&length=0",
            "invalid_parameter length: length must be an integer from 1 to 4096, digits only",
        ),
        ("nums=21", nums),
        ("nums=many", nums),
        ("nums=-1", nums),
        (
            "length=10&special_chars=11",
            "invalid_parameter special_chars: special_chars must be an integer from 0 to 10, digits only",
        ),
        (
            "length=10&uppercase=11",
            "invalid_parameter uppercase: uppercase must be an integer from 0 to 10, digits only",
        ),
        (
            "lowercase=33&ExcludeNumbers=0",
            "invalid_parameter lowercase: lowercase must be an integer from 0 to 32, digits only",
        ),
        ("count=0", count),
        ("count=101", count),
        ("count=1e1", count),
        (
            "count=17&length=4096",
            "invalid_parameter count: count must be at most 16 at length 4096, since count times length is at most 65536",
        ),
        (
            "count=100&length=656",
            "invalid_parameter count: count must be at most 99 at length 656, since count times length is at most 65536",
        ),
    ];
    for (query, expected) in rows {
        assert_eq!(refused(query), [expected], "{query}");
    }
}

#[test]
fn other_values_are_refused() {
    let boolean = "must be true, false, 1 or 0";
    let symbols = "must be one of the presets default, all, aws, rds, url, shell, json, or 1 to 4096 ASCII punctuation characters and nothing else";
    let rows = [
        ("include_numbers", "yes", boolean),
        ("include_symbols", "", boolean),
        ("ExcludeUppercase", "2", boolean),
        ("exclude_lowercase", "00", boolean),
        ("include_space", " true", boolean),
        ("require_each_included_type", "t", boolean),
        ("exclude_ambiguous", "on", boolean),
        ("symbols", "", symbols),
        ("symbols", "Default", symbols),
        ("symbols", "!a", symbols),
        ("symbols", "! ", symbols),
        ("symbols", "é", symbols),
        ("symbols", "!\u{7f}", symbols),
        ("symbols", "！", symbols),
        ("symbols", "\n", symbols),
    ];
    for (name, value, allowed) in rows {
        let expected = format!("invalid_parameter {name}: {name} {allowed}");
        assert_eq!(refused(&format!("{name}={value}")), [expected], "{value}");
    }
}

/// A text has a greatest length, and within it anything may be excluded.
#[test]
fn texts_are_taken_up_to_their_greatest_length() {
    let rows = [
        ("exclude", "é", 4096),
        ("exclude", "[", 4096),
        ("ExcludeCharacters", "\0", 4096),
        ("symbols", "[", 4096),
        ("separator", "[", 8),
        ("separator", "€", 8),
    ];
    for (name, character, most) in rows {
        let text =
            |times| vec![("kind", kind_with(name).to_owned()), (name, character.repeat(times))];
        assert!(Request::from_pairs(text(most)).is_ok(), "{name} {character}");
        for times in [most + 1, 8192] {
            let errors = Request::from_pairs(text(times)).unwrap_err();
            let [Error::InvalidParameter { parameter, .. }] = &*errors else {
                panic!("{errors:?}")
            };
            assert_eq!(parameter, name, "{character} {times} times");
        }
    }
}

/// The kind of password that takes a parameter.
fn kind_with(name: &str) -> &'static str {
    if name == "separator" { "passphrase" } else { "password" }
}

#[test]
fn separators_without_letters_and_control_characters() {
    let allowed = "must have at most 8 characters: digits, punctuation, symbols or spaces";
    for separator in
        ["a", "-A", "é", "字", "\n", "\0", "\u{7f}", "\u{202e}", "\u{301}", "123456789"]
    {
        assert_eq!(
            refused(&format!("kind=passphrase&separator={separator}")),
            [format!("invalid_parameter separator: separator {allowed}")],
            "{separator:?}"
        );
    }
}

#[test]
fn unknown_names_are_refused_and_close_ones_suggested() {
    let rows = [
        ("lenght=20", "unknown_parameter lenght: no such parameter; did you mean length"),
        ("Length=20", "unknown_parameter Length: no such parameter; did you mean length"),
        ("num=2", "unknown_parameter num: no such parameter; did you mean nums"),
        (
            "excludenumbers=1",
            "unknown_parameter excludenumbers: no such parameter; did you mean ExcludeNumbers",
        ),
        ("include_digits=1", "unknown_parameter include_digits: no such parameter"),
        ("max_num=3", "unknown_parameter max_num: no such parameter; did you mean max_nums"),
        (
            "min_entropie=80",
            "unknown_parameter min_entropie: no such parameter; did you mean min_entropy",
        ),
        ("strength=true", "unknown_parameter strength: no such parameter"),
        ("längth=20", "unknown_parameter längth: no such parameter; did you mean length"),
        ("length\0=20", "unknown_parameter length\0: no such parameter; did you mean length"),
        ("polcy=x", "unknown_parameter polcy: no such parameter; did you mean policy"),
        ("=x", "unknown_parameter : no such parameter"),
        ("bogus=1&bogus=2", "unknown_parameter bogus: no such parameter"),
    ];
    for (query, expected) in rows {
        assert_eq!(refused(query), [expected], "{query}");
    }
}

#[test]
fn repeats_are_refused_whatever_the_value() {
    let rows = [
        ("length=20&length=20", "duplicate_parameter length: length is allowed once"),
        ("count=1&count=2&count=3", "duplicate_parameter count: count is allowed once"),
        (
            "ExcludeNumbers=1&ExcludeNumbers=x",
            "duplicate_parameter ExcludeNumbers: ExcludeNumbers is allowed once",
        ),
    ];
    for (query, expected) in rows {
        assert_eq!(refused(query), [expected], "{query}");
    }
}

#[test]
fn contradictions_are_refused() {
    let spellings = "two spellings of one parameter must have the same value";
    let left_out = "the minimum of a class that is left out must be 0";
    let rows = [
        ("length=20&PasswordLength=21", "length", "PasswordLength", spellings),
        (
            "include_numbers=true&ExcludeNumbers=true",
            "include_numbers",
            "ExcludeNumbers",
            spellings,
        ),
        ("exclude_numbers=0&include_numbers=0", "include_numbers", "exclude_numbers", spellings),
        (
            "exclude_punctuation=0&ExcludePunctuation=1",
            "exclude_punctuation",
            "ExcludePunctuation",
            spellings,
        ),
        ("include_space=1&IncludeSpace=0", "include_space", "IncludeSpace", spellings),
        (
            "RequireEachIncludedType=1&require_each_included_type=0",
            "require_each_included_type",
            "RequireEachIncludedType",
            spellings,
        ),
        ("exclude=a&ExcludeCharacters=b", "exclude", "ExcludeCharacters", spellings),
        ("exclude_characters=a&exclude=", "exclude_characters", "exclude", spellings),
        ("nums=1&include_numbers=false", "nums", "include_numbers", left_out),
        ("ExcludeLowercase=true&lowercase=2", "lowercase", "ExcludeLowercase", left_out),
        ("special_chars=3&exclude_punctuation=1", "special_chars", "exclude_punctuation", left_out),
        (
            "symbols=url&include_symbols=0",
            "symbols",
            "include_symbols",
            "symbols are chosen and left out at once",
        ),
    ];
    for (query, parameter, other, rule) in rows {
        let expected =
            format!("conflicting_parameters {parameter}: {parameter} contradicts {other}: {rule}");
        assert_eq!(refused(query), [expected], "{query}");
    }
}

#[test]
fn everything_at_fault_is_told() {
    let errors =
        refused("lenght=9&include_space=maybe&length=5&length=9&count=0&nums=5000&symbols=a");
    let codes: Vec<&str> = errors.iter().filter_map(|error| error.split(':').next()).collect();
    let expected = [
        "unknown_parameter lenght",
        "duplicate_parameter length",
        "invalid_parameter count",
        "invalid_parameter include_space",
        "invalid_parameter length",
        "invalid_parameter nums",
        "invalid_parameter symbols",
    ];
    assert_eq!(codes, expected);
    let passphrase = refused("kind=passphrase&words=2&count=0&separator=x&capitalize=some&nums=1");
    let codes: Vec<&str> = passphrase.iter().filter_map(|error| error.split(':').next()).collect();
    let expected = [
        "invalid_parameter capitalize",
        "invalid_parameter count",
        "invalid_parameter separator",
        "invalid_parameter words",
        "conflicting_parameters nums",
    ];
    assert_eq!(codes, expected);
}

/// A query reaches us sorted and a body does not: the answer to either is the same.
#[test]
fn the_order_of_the_pairs_makes_no_difference() {
    let rows = [
        "length=24&PasswordLength=32&nums=x&lenght=1",
        "length=24&length=x&nums=25",
        "nums=3&nums=2&PasswordLength=2&x=1&x=2",
        "kind=pin&kind=passphrase&words=4&include_symbols=1",
        "kind=passphrase&length=8&nums=x&safe=x&count=0",
        "exclude=a&exclude_characters=b&ExcludeCharacters=c&exclude=c",
        "include_numbers=0&exclude_numbers=0&ExcludeNumbers=1&nums=2&max_nums=1",
        "rules=minlength 8&policy=length&min_entropy=1&length=9",
        "rules=allowed: lower&passwordrules=allowed: upper&nums=1&policy=x",
        "min_classes=2&require_each_included_type=1&include_symbols=0&symbols=!",
    ];
    for row in rows {
        let mut pairs: Vec<_> = row.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let expected = Request::from_pairs(pairs.iter().copied()).unwrap_err();
        let mut orders = 0;
        permute(&mut pairs, 0, &mut |pairs| {
            let errors = Request::from_pairs(pairs.iter().copied()).unwrap_err();
            assert_eq!(errors, expected, "{pairs:?}");
            orders += 1;
        });
        assert_eq!(orders, (1..=pairs.len()).product::<usize>(), "{row}");
        let order = |error: &Error| ORDER.iter().position(|code| *code == error.code()).unwrap();
        let places: Vec<_> =
            expected.iter().map(|error| (order(error), error.parameter())).collect();
        assert!(places.is_sorted(), "{row}: {expected:?}");
    }
}

/// The codes in the order in which the README promises them.
const ORDER: [&str; 6] = [
    "unknown_parameter",
    "duplicate_parameter",
    "invalid_parameter",
    "invalid_rules",
    "invalid_policy",
    "conflicting_parameters",
];

/// Calls `visit` with every order of what stands from `start` on.
fn permute<T>(items: &mut [T], start: usize, visit: &mut impl FnMut(&[T])) {
    if start == items.len() {
        return visit(items);
    }
    for index in start..items.len() {
        items.swap(start, index);
        permute(items, start + 1, visit);
        items.swap(start, index);
    }
}

#[test]
fn requests_without_passwords_say_why() {
    let nothing = "include_numbers=0&include_symbols=0&include_uppercase=0&include_lowercase=0";
    let rows = [
        (nothing.to_owned(), "no character is left to choose from"),
        (format!("{nothing}&include_space=1"), "no character is left to choose from"),
        ("exclude=0123456789".to_owned(), "nums requires characters of which none is left"),
        (
            "symbols=!?&exclude=?!".to_owned(),
            "special_chars requires characters of which none is left",
        ),
        ("nums=10&uppercase=9".to_owned(), "the minimums add up to 21, more than the length 20"),
        ("PasswordLength=3".to_owned(), "the minimums add up to 4, more than the length 3"),
    ];
    for (query, reason) in rows {
        let error = request(&query).unwrap().compile().unwrap_err();
        assert_eq!(error.code(), "unsatisfiable", "{query}");
        assert_eq!(
            error.to_string(),
            format!("no password satisfies the request: {reason}"),
            "{query}"
        );
    }
}

#[test]
fn the_normal_form_is_serialised_without_what_it_does_not_use() {
    let json =
        |query: &str| serde_json::to_value(request(query).unwrap().compile().unwrap()).unwrap();
    let numbers = serde_json::json!({
        "length": 9,
        "alphabet": "0123456789",
        "rules": [{ "name": "nums", "characters": "0123456789", "min": 1 }],
    });
    let query = "length=9&include_symbols=0&include_uppercase=0&include_lowercase=0";
    assert_eq!(json(query), numbers);
    assert_eq!(json(&format!("{query}&include_space=1"))["inner"], " ");
}
