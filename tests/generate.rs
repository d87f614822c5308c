//! `GET /generate` and `POST /generate`

use std::cmp::Reverse;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::client::{Answer, Call, Tokens};

/// The answer to a query, as it would stand in a URL. A body that says the same has the same answer
/// but for the passwords.
fn generate(query: &str) -> Answer {
    let answer = by_query(query);
    for body in bodies(query) {
        let same = by_body(&body);
        assert_eq!((same.status, shape(&same)), (answer.status, shape(&answer)), "{query} {body}");
    }
    answer
}

fn by_query(query: &str) -> Answer {
    Call::get(&format!("/generate?{query}")).bearer(&Tokens::shared().access).send()
}

fn by_body(body: &str) -> Answer {
    Call::post_text("/generate", body).bearer(&Tokens::shared().access).send()
}

/// The members of a body that says what `query` says: with strings as values, and with numbers and
/// Booleans where JSON has them. They stand against the order of their names, in which those of a
/// query are by the time a function sees them.
fn bodies(query: &str) -> [String; 2] {
    let body = |write: fn(&str) -> String| {
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let mut pairs: Vec<_> = pairs.map(|pair| pair.split_once('=').unwrap()).collect();
        pairs.sort_by_key(|(name, _)| Reverse(*name));
        let members = pairs.into_iter().map(|(name, value)| {
            let value = percent_decode_str(value).decode_utf8().unwrap();
            format!("{}:{}", json!(name), write(&value))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    let literal = |value: &str| match serde_json::from_str::<Value>(value) {
        Ok(Value::Number(number)) if number.to_string() == value => value.to_owned(),
        Ok(Value::Bool(_)) => value.to_owned(),
        _ => json!(value).to_string(),
    };
    [body(|value| json!(value).to_string()), body(literal)]
}

/// An answer's body without what is drawn.
fn shape(answer: &Answer) -> Value {
    let mut body = answer.json();
    for name in ["password", "passwords"] {
        if let Some(drawn) = body.get_mut(name) {
            *drawn = drawn.as_array().map_or(1, Vec::len).into();
        }
    }
    body
}

/// The passwords of a query with a `count`.
fn passwords(query: &str) -> Vec<String> {
    let body = generate(query).json();
    let passwords = body["passwords"].as_array().unwrap();
    passwords.iter().map(|password| password.as_str().unwrap().to_owned()).collect()
}

/// Asserts that the query is refused with `code`, and the parameters that are named.
fn check_refused(query: &str, code: &str, parameters: &[(&str, &str)]) {
    let status = match code {
        "unsatisfiable" | "count_exceeds_space" | "entropy_unreachable" | "policy_too_complex" => {
            422
        }
        _ => 400,
    };
    let answer = generate(query);
    assert_eq!(answer.outcome(), (status, code.to_owned()), "{query}");
    let errors = answer.errors();
    let named: Vec<_> = errors.iter().map(|(field, code)| (&**field, &**code)).collect();
    assert_eq!(named, parameters, "{query}");
}

#[test]
fn an_access_token_gets_a_password() {
    let answer = Call::get("/generate").bearer(&Tokens::shared().access).send();
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let password = body["password"].as_str().unwrap();
    assert_eq!((password.chars().count(), &body["length"]), (20, &json!(20)));
    assert_eq!(body["kind"], "password");
    // Exact: log2 of the number of passwords that satisfy the default request.
    assert_eq!(format!("{:.2}", body["entropy_bits"].as_f64().unwrap()), "129.04");
    assert_eq!(body["warnings"], json!([]));
    let policy = &body["policy"];
    assert_eq!(policy["length"], 20);
    let alphabet = policy["alphabet"].as_str().unwrap();
    assert!(password.chars().all(|character| alphabet.contains(character)));
    for rule in policy["rules"].as_array().unwrap() {
        let characters = rule["characters"].as_str().unwrap();
        let found = password.chars().filter(|c| characters.contains(*c)).count();
        assert!(found as u64 >= rule["min"].as_u64().unwrap(), "{password} {rule}");
    }
}

#[test]
fn a_bare_token_is_taken_as_on_aws() {
    let call = Call::get("/generate").header("authorization", &Tokens::shared().access);
    assert_eq!(call.send().status, 200);
}

#[test]
fn pw_5_no_two_passwords_are_the_same() {
    let mut all: Vec<_> = generate("count=100").json()["passwords"].as_array().unwrap().to_owned();
    all.push(generate("").json()["password"].clone());
    let mut texts: Vec<_> = all.iter().map(|password| password.as_str().unwrap()).collect();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 101);
}

#[test]
fn parameters_shape_the_password() {
    let count = |text: &str, is: fn(char) -> bool| text.chars().filter(|c| is(*c)).count();
    let password = |query: &str| generate(query).json()["password"].as_str().unwrap().to_owned();
    let long = password("length=200&nums=40&special_chars=40&uppercase=40&lowercase=40");
    assert_eq!(long.len(), 200);
    for is in [
        |c: char| c.is_ascii_digit(),
        |c: char| c.is_ascii_punctuation(),
        |c: char| c.is_ascii_uppercase(),
        |c: char| c.is_ascii_lowercase(),
    ] {
        assert!(count(&long, is) >= 40, "{long}");
    }
    let digits = "length=64&include_symbols=FALSE&exclude_uppercase=1&include_lowercase=0";
    assert_eq!(count(&password(digits), |c| c.is_ascii_digit()), 64);
    let no_ambiguous = password("length=400&exclude_ambiguous=true&exclude=abc%26%2B");
    assert!(!no_ambiguous.contains(['l', 'I', '1', 'O', '0', 'o', '|', 'a', 'b', 'c', '&', '+']));
    let spaced = password("length=400&include_space=true");
    assert!(spaced.contains(' ') && spaced.trim() == spaced);
    let symbols = password("length=400&symbols=-._~&include_uppercase=false&nums=0");
    assert!(symbols.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c)));
}

#[test]
fn maximums_and_runs_are_kept_to() {
    let query = "length=60&count=20&max_nums=2&max_special_chars=3&symbols=-_\
        &max_repeating=1&max_sequential=2";
    for password in passwords(query) {
        let count = |is: fn(&char) -> bool| password.chars().filter(is).count();
        assert!(count(char::is_ascii_digit) <= 2, "{password}");
        assert!(count(char::is_ascii_punctuation) <= 3, "{password}");
        let characters = password.as_bytes();
        assert!(characters.windows(2).all(|pair| pair[0] != pair[1]), "{password}");
        let follows = |pair: &[u8]| {
            pair.iter().all(u8::is_ascii_lowercase) && i16::from(pair[1]) - i16::from(pair[0]) == 1
        };
        let sequence = |three: &[u8]| follows(&three[..2]) && follows(&three[1..]);
        assert!(!characters.windows(3).any(sequence), "{password}");
    }
}

#[test]
fn ends_repetition_and_places_are_kept_to() {
    for password in passwords("length=60&count=20&distinct=true&first=letter&last=alnum") {
        let mut characters: Vec<_> = password.chars().collect();
        assert!(characters[0].is_ascii_alphabetic(), "{password}");
        assert!(characters[59].is_ascii_alphanumeric(), "{password}");
        characters.sort_unstable();
        characters.dedup();
        assert_eq!(characters.len(), 60, "{password}");
    }
    for password in passwords("length=60&count=20&include_space=true&safe=json,csv") {
        assert!(!password.contains(['"', '\\', ',', ';', '=', '+', '-', '@', ' ']), "{password}");
    }
    let one_class = passwords("length=8&count=100&min_classes=1&exclude=0123456789");
    assert_eq!(one_class.len(), 100);
}

#[test]
fn a_pin_is_made_of_digits() {
    let body = generate("kind=pin").json();
    assert_eq!((&body["length"], &body["entropy_bits"]), (&json!(6), &json!(19.931_569)));
    for password in passwords("kind=pin&length=4&count=100&max_sequential=2&exclude=0") {
        assert!(password.len() == 4 && password.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(!password.contains('0') && !password.contains("234"), "{password}");
    }
}

/// The default request has 129.04 bits at 20 characters, and fewer than 128 at 19.
#[test]
fn an_entropy_gets_the_shortest_password_that_has_it() {
    let body = generate("min_entropy=128").json();
    assert_eq!((&body["length"], &body["warnings"]), (&json!(20), &json!([])));
    assert_eq!(generate("min_entropy=130").json()["length"], 21);
    assert_eq!(generate("kind=pin&min_entropy=20").json()["length"], 7);
}

#[test]
fn what_would_take_the_machine_for_itself_is_refused_with_the_limit() {
    let large = "special_chars=30&uppercase=20&lowercase=10&max_repeating=3&first=alnum\
        &include_space=true&min_entropy=1024";
    check_refused(large, "policy_too_complex", &[]);
    let detail = generate(large).json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.ends_with("the tables for this length are too large"), "{detail}");
}

#[test]
fn an_estimate_of_strength_is_not_offered() {
    check_refused("strength=true", "unknown_parameter", &[("strength", "unknown_parameter")]);
}

/// `GetRandomPassword` has 32 characters of all printable ASCII, each class at least once.
#[test]
fn a_request_in_the_words_of_aws_is_read_as_aws_would() {
    let body = generate("RequireEachIncludedType=true").json();
    assert_eq!(body["length"], 32);
    assert_eq!(body["policy"]["alphabet"].as_str().unwrap().len(), 94);
    assert_eq!(generate("PasswordLength=4").json()["length"], 4);
}

#[test]
fn entropy_is_exact_and_a_weak_password_says_so() {
    let digits = "length=8&include_symbols=false&include_uppercase=false&include_lowercase=false";
    let body = generate(digits).json();
    assert_eq!(body["entropy_bits"], 26.575_425);
    assert_eq!(body["warnings"][0]["code"], "under_64_bits");
    let two = generate(&format!("{digits}&count=2")).json();
    assert_eq!(two["entropy_bits"], 53.150_85);
    assert_eq!(generate("length=12").json()["warnings"][0]["code"], "under_128_bits");
}

#[test]
fn a_typo_is_named_and_never_ignored() {
    check_refused("lenght=24", "unknown_parameter", &[("lenght", "unknown_parameter")]);
    let answer = generate("lenght=24");
    assert!(answer.json()["detail"].as_str().unwrap().contains("did you mean length"));
    for name in ["Length", "LENGTH", "num", "passwordlength", "", "toString"] {
        check_refused(&format!("{name}=1"), "unknown_parameter", &[(name, "unknown_parameter")]);
    }
}

#[test]
fn a_parameter_is_given_once() {
    for query in ["length=24&length=24", "length=24&length=32", "nums=1&length=24&length=x"] {
        check_refused(query, "duplicate_parameter", &[("length", "duplicate_parameter")]);
    }
}

#[test]
fn contradictions_are_refused() {
    let rows = [
        ("length=24&PasswordLength=32", "length"),
        ("exclude=a&exclude_characters=b", "exclude_characters"),
        ("include_numbers=true&exclude_numbers=true", "include_numbers"),
        ("include_numbers=false&nums=2", "nums"),
        ("ExcludePunctuation=true&symbols=url", "symbols"),
        ("nums=2&max_nums=1", "max_nums"),
        ("max_repeating=2&max_consecutive=3", "max_repeating"),
        ("min_classes=3&require_each_included_type=true", "min_classes"),
        ("min_entropy=128&length=24", "min_entropy"),
        ("kind=pin&include_symbols=false", "include_symbols"),
        ("kind=pin&PasswordLength=6", "PasswordLength"),
    ];
    for (query, parameter) in rows {
        let named = [(parameter, "conflicting_parameters")];
        check_refused(query, "conflicting_parameters", &named);
    }
    for query in ["length=24&PasswordLength=24", "include_numbers=1&exclude_numbers=FALSE"] {
        assert_eq!(generate(query).status, 200, "{query}");
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let rows = [
        (
            "length",
            "7 4097 0 -1 1.5 1e2 0x10 abc 99999999999999999999 %2B20 %2020 20%20 %EF%BC%92%EF%BC%90 %00",
        ),
        ("PasswordLength", "0 4097 x"),
        ("nums", "21 -1 x"),
        ("special_chars", "21 x"),
        ("uppercase", "4097 x"),
        ("lowercase", "99999999999 x"),
        ("count", "0 101 x"),
        ("kind", "x PIN"),
        ("max_nums", "21 -1 x"),
        ("max_special_chars", "21 x"),
        ("max_uppercase", "21 x"),
        ("max_lowercase", "21 x"),
        ("min_classes", "0 5 x"),
        ("min_entropy", "0 1025 127.5 x"),
        ("max_repeating", "0 21 x"),
        ("max_consecutive", "0 21 x"),
        ("max_sequential", "0 21 x"),
        ("distinct", "2 x"),
        ("first", "1 Letter digit"),
        ("last", "1 ALNUM"),
        ("safe", "1 URL url%2C %2Cjson url%20json html"),
        ("include_numbers", "yes no 2 t on null"),
        ("exclude_punctuation", "x"),
        ("include_space", "x"),
        ("require_each_included_type", "x"),
        ("exclude_ambiguous", "x"),
        ("symbols", "abc %C3%A9 URL all%2Curl 1"),
    ];
    for (name, values) in rows {
        for value in values.split(' ').chain([""]) {
            let query = format!("{name}={value}");
            check_refused(&query, "invalid_parameter", &[(name, "invalid_parameter")]);
        }
    }
    for length in ["3", "65"] {
        let query = format!("kind=pin&length={length}");
        check_refused(&query, "invalid_parameter", &[("length", "invalid_parameter")]);
    }
    check_refused("length=4096&count=17", "invalid_parameter", &[("count", "invalid_parameter")]);
    assert_eq!(generate("length=4096&count=16").status, 200);
}

#[test]
fn what_no_password_can_satisfy_is_refused_with_the_rule() {
    let none = "include_symbols=false&include_uppercase=false&include_lowercase=false";
    for (query, reason) in [
        ("length=8&nums=5&uppercase=5", "the minimums add up to 12, more than the length 8"),
        ("nums=2&exclude=0123456789", "nums requires characters of which none is left"),
        (&format!("{none}&include_numbers=false"), "no character is left to choose from"),
    ] {
        check_refused(query, "unsatisfiable", &[]);
        let body = generate(query).json();
        assert!(body["detail"].as_str().unwrap().ends_with(reason), "{query}: {body}");
    }
    let one = format!("{none}&exclude=012345678");
    assert_eq!(generate(&one).json()["password"], "9".repeat(20));
    let too_many = format!("{one}&count=2");
    check_refused(&too_many, "count_exceeds_space", &[("count", "count_exceeds_space")]);
    for (query, reason) in [
        (
            "length=95&distinct=true&symbols=all",
            "95 different characters are needed where only 94 are left",
        ),
        (
            "include_symbols=false&min_classes=4",
            "4 classes are needed, but only 3 have characters left",
        ),
        (
            "first=letter&include_uppercase=0&include_lowercase=0",
            "no character is left that may stand first",
        ),
    ] {
        check_refused(query, "unsatisfiable", &[]);
        let body = generate(query).json();
        assert!(body["detail"].as_str().unwrap().ends_with(reason), "{query}: {body}");
    }
    let named = [("min_entropy", "entropy_unreachable")];
    check_refused("kind=pin&min_entropy=1024", "entropy_unreachable", &named);
}

#[test]
fn every_fault_is_named_at_once() {
    let faults = [
        ("lenght", "unknown_parameter"),
        ("length", "duplicate_parameter"),
        ("count", "invalid_parameter"),
        ("nums", "invalid_parameter"),
        ("rules", "invalid_rules"),
        ("policy", "invalid_policy"),
        ("min_entropy", "conflicting_parameters"),
    ];
    let query = "nums=x&length=24&min_entropy=1&length=24&policy=x&lenght=1&count=0&rules=x";
    // The code is of the first.
    check_refused(query, "unknown_parameter", &faults);
    for (query, code) in [
        ("nums=x&length=24&length=24", "duplicate_parameter"),
        ("length=24&min_entropy=1&nums=x", "invalid_parameter"),
        ("policy=x&rules=x", "invalid_rules"),
        ("nums=2&rules=allowed:lower&policy=x", "invalid_policy"),
    ] {
        assert_eq!(generate(query).outcome(), (400, code.to_owned()), "{query}");
    }
}

/// What cannot be read is refused with the parameter and, of a long text, with the place: typos,
/// repeats, numbers out of range, other scripts, control characters, and brackets without end.
#[test]
fn bad_texts_are_refused_with_code_parameter_and_place() {
    let brackets = "[".repeat(8_192);
    let braces = "{".repeat(8_192);
    let rows = [
        ("rules", "requird: digit", "at character 1"),
        ("rules", "minlength: 8; minlength", "at character 24"),
        ("rules", "maxlength: 4; minlength: 8", "at character 26"),
        ("rules", "minlength: 99x", "at character 14"),
        ("rules", "required: löwer", "at character 11"),
        ("rules", "required: lower\0", "at character 16"),
        ("rules", &brackets, "at character 4097"),
        ("policy", "lenght = 20", "in line 1, column 1"),
        ("policy", "length = 20\nlength = 20", "in line 2, column 10"),
        ("policy", "length = 101", "in line 1, column 10"),
        ("policy", "length = ２０", "in line 1, column 10"),
        ("policy", "length = 20\u{1b}", "in line 1, column 12"),
        ("policy", &brackets, "in line 1, column 1"),
        ("policy", &braces, "in line 1, column 2"),
        ("exclude", &brackets, "at most 4096 characters"),
        ("symbols", &brackets, "ASCII punctuation characters and nothing else"),
        ("symbols", "!\n", "nothing else"),
        ("symbols", "¿", "nothing else"),
        ("separator", &brackets, "digits, punctuation, symbols or spaces"),
        ("separator", "\u{7f}", "digits, punctuation, symbols or spaces"),
        ("separator", "é", "digits, punctuation, symbols or spaces"),
    ];
    for (name, value, place) in rows {
        let kind = if name == "separator" { "passphrase" } else { "password" };
        let by_body = Call::post("/generate", &json!({"kind": kind, name: value}));
        let by_query = Call::get("/generate").query("kind", kind).query(name, value);
        // What is too long for a URL stands in a body alone.
        let calls = if value.len() < 500 { vec![by_body, by_query] } else { vec![by_body] };
        for call in calls {
            let answer = call.bearer(&Tokens::shared().access).send();
            let code = match name {
                "rules" => "invalid_rules",
                "policy" => "invalid_policy",
                _ => "invalid_parameter",
            };
            assert_eq!(answer.outcome(), (400, code.to_owned()), "{name} {value:.20}");
            assert_eq!(answer.errors(), [(name.to_owned(), code.to_owned())], "{value:.20}");
            let detail = answer.json()["errors"][0]["detail"].as_str().unwrap().to_owned();
            assert!(detail.ends_with(place), "{name} {value:.20}: {detail}");
        }
    }
}

#[test]
fn strange_queries_never_break_anything() {
    for query in [
        "&",
        "=",
        "&&&=&",
        "length",
        "%zz=1",
        "%=1",
        "length=%",
        "length=%FF",
        "%FF=%FE",
        "a[]=1",
        "length[$gt]=1",
        "length=20;nums=1",
        "?length=20",
        "length=20%0d%0aX-Injected:1",
        "exclude=%00%01%02",
        "exclude=%F0%9F%98%80",
        "exclude=%E2%80%AE",
        "nums=1&&uppercase=1",
    ] {
        let status = by_query(query).status;
        assert!(status == 200 || status == 400, "{query}: {status}");
    }
    for name in ["x".repeat(1_000), "length".repeat(100)] {
        let named = name.chars().take(64).collect::<String>();
        let query = format!("{name}=1");
        check_refused(&query, "unknown_parameter", &[(&named, "unknown_parameter")]);
    }
}

/// A path and query of 2,048 bytes are taken, one byte more is not.
#[test]
fn the_limit_of_a_url_is_exact() {
    let query =
        |length: usize| format!("exclude={}", "a".repeat(length - "/generate?exclude=".len()));
    assert_eq!(by_query(&query(2_048)).status, 200);
    assert_eq!(by_query(&query(2_049)).outcome(), (414, "uri_too_long".to_owned()));
}

#[test]
fn a_body_has_room_for_what_no_url_has() {
    let body = |length: usize| json!({"exclude": "a".repeat(length)}).to_string();
    let answer = by_body(&body(4_096));
    assert_eq!(answer.status, 200);
    assert!(!answer.json()["policy"]["alphabet"].as_str().unwrap().contains('a'));
    let errors = [("exclude".to_owned(), "invalid_parameter".to_owned())];
    assert_eq!(by_body(&body(4_097)).errors(), errors);
}

#[test]
fn values_of_a_body_are_numbers_booleans_and_texts() {
    let body =
        r#"{"length":24,"exclude_ambiguous":true,"include_symbols":0,"nums":"2","exclude":7}"#;
    let answer = by_body(body).json();
    assert_eq!(answer["length"], 24);
    assert_eq!(answer["policy"]["rules"][0]["min"], 2);
    // Without symbols, without what is ambiguous, without the 7.
    assert_eq!(answer["policy"]["alphabet"].as_str().unwrap().len(), 62 - 6 - 1);
    for value in ["24.0", "2.4e1", "24e0", "-24", "-0", "1e300", "true", "\"24 \"", "\"\""] {
        let answer = by_body(&format!("{{\"length\":{value}}}"));
        assert_eq!(answer.outcome(), (400, "invalid_parameter".to_owned()), "{value}");
    }
}

#[test]
fn other_values_of_a_body_are_malformed_and_named() {
    for value in ["null", "[]", "[24]", "{}", "{\"length\":24}"] {
        let body = format!(r#"{{"nums":1,"length":{value},"lenght":1,"first":{value}}}"#);
        let answer = by_body(&body);
        assert_eq!(answer.outcome(), (400, "malformed_request".to_owned()), "{body}");
        let wrong = |name: &str| (name.to_owned(), "wrong_type".to_owned());
        assert_eq!(answer.errors(), [wrong("length"), wrong("first")], "{body}");
    }
}

#[test]
fn parameters_of_query_and_body_count_alike() {
    let both = |query: &str, body: &str| {
        let call = Call::post_text(&format!("/generate?{query}"), body);
        call.bearer(&Tokens::shared().access).send()
    };
    let answer = both("length=24&nums=3", r#"{"count":2,"uppercase":4}"#).json();
    assert_eq!((&answer["length"], answer["passwords"].as_array().unwrap().len()), (&json!(24), 2));
    let mins = [0, 2].map(|rule| &answer["policy"]["rules"][rule]["min"]);
    assert_eq!(mins, [&json!(3), &json!(4)]);
    let rows = [
        ("length=24", r#"{"length":24}"#, "duplicate_parameter", "length"),
        ("length=24", r#"{"length":32}"#, "duplicate_parameter", "length"),
        ("length=24", r#"{"PasswordLength":32}"#, "conflicting_parameters", "length"),
        ("PasswordLength=24", r#"{"length":32}"#, "conflicting_parameters", "length"),
        ("include_numbers=0", r#"{"nums":2}"#, "conflicting_parameters", "nums"),
        ("lenght=24", "{}", "unknown_parameter", "lenght"),
        ("", r#"{"lenght":24}"#, "unknown_parameter", "lenght"),
    ];
    for (query, body, code, parameter) in rows {
        let answer = both(query, body);
        assert_eq!(answer.outcome(), (400, code.to_owned()), "{query} {body}");
        assert_eq!(answer.errors(), [(parameter.to_owned(), code.to_owned())], "{query} {body}");
    }
}
