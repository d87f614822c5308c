//! Vault's password policies: both syntaxes, what is refused and where, and random policies.
#![cfg(test)]

use std::fmt::Write as _;
use std::num::NonZeroU16;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use generator::Policy;
use generator::vault_policy::{Charset, MAX_BYTES, Problem, VaultPolicy, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A length and rules as characters and minimum.
fn policy(length: u16, charsets: &[(&str, u16)]) -> VaultPolicy {
    let charset =
        |(characters, min): &(&str, u16)| Charset { characters: (*characters).into(), min: *min };
    VaultPolicy { length, charsets: charsets.iter().map(charset).collect(), max_repeating: None }
}

#[test]
fn policies_in_hcl() {
    let rows: [(&str, VaultPolicy); 9] = [
        (
            "length = 20\n\nrule \"charset\" {\n  charset = \"abcde\"\n  min-chars = 1\n}\nrule \"charset\" {\n  \
             charset = \"01234\"\n}\n",
            policy(20, &[("abcde", 1), ("01234", 0)]),
        ),
        (
            "# A comment.\r\nrule \"charset\" { // and another\r\n\tmin-chars = 2 /* and { one\n * more **/\n\
             charset = \"#/*\" }\nlength=4 /***/",
            policy(4, &[("#/*", 2)]),
        ),
        // Sets overlap, names are strings or in capitals, and commas stand where HCL 1 allows them.
        (
            "\"Length\" = 100 \"rule\" charset { CHARSET = \"abc\", min-chars = 3, } rule \"charset\" {\"charset\" = \
             \"abcdef\" Min-Chars = 100}",
            policy(100, &[("abc", 3), ("abcdef", 100)]),
        ),
        (
            r#"length = 8 rule "charset" { charset = "\"\\\x41\102\u0043\U0001F600 é" }"#,
            policy(8, &[("\"\\ABC\u{1f600} é", 0)]),
        ),
        // What HCL 2 would read as templates.
        (r#"length = 8 rule "charset" { charset = "%{$}~" }"#, policy(8, &[("%{$}~", 0)])),
        (
            r#"length = 8 rule "charset" { charset = "a${b{\}"}c\\" }"#,
            policy(8, &[(r#"a${b{\}"}c\"#, 0)]),
        ),
        ("length = 8 rule \"charset\" { charset = \"aaa\" min-chars = 0 }", policy(8, &[("a", 0)])),
        (
            "consecutive-chars-allowed = false length = 8 rule \"charset\" { charset = \"ab\" }",
            VaultPolicy { max_repeating: Some(NonZeroU16::MIN), ..policy(8, &[("ab", 0)]) },
        ),
        (
            "length = 8 rule \"charset\" { charset = \"ab\" } consecutive-chars-allowed = true",
            policy(8, &[("ab", 0)]),
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(parse(text), Ok(expected.clone()), "{text}");
        assert_eq!(parse(&BASE64_STANDARD.encode(text)), Ok(expected), "{text}");
    }
}

#[test]
fn policies_in_json() {
    let rows = [
        (
            r#"{"length":20,"rule":[{"charset":[{"charset":"abcde","min-chars":2}]}]}"#,
            policy(20, &[("abcde", 2)]),
        ),
        (
            r#" { "rule" : { "charset" : { "charset" : "a\"\\\/\u0062\ud83d\uDE00${" } } , "length" : 4 } "#,
            policy(4, &[("a\"\\/b\u{1f600}${", 0)]),
        ),
        (
            r#"{"rule":[{"charset":[{"charset":"a"},{"charset":"b","min-chars":1}]},{"charset":{"charset":"c"}}],
                "length":9}"#,
            policy(9, &[("a", 0), ("b", 1), ("c", 0)]),
        ),
        (
            r##"{"length":9,"rule":{"charset":{"charset":"#"}},"rule":{"charset":{"charset":"//"}}}"##,
            policy(9, &[("#", 0), ("/", 0)]),
        ),
        (
            r#"{"length":9,"consecutive-chars-allowed":false,"rule":{"charset":{"charset":"ab"}}}"#,
            VaultPolicy { max_repeating: Some(NonZeroU16::MIN), ..policy(9, &[("ab", 0)]) },
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn base64_may_be_wrapped_and_lack_its_padding() {
    let text = "length = 20\nrule \"charset\" { charset = \"ab\" }\n";
    for cut in ["", "\n", "\n\n\n"] {
        let text = format!("{text}{cut}");
        let encoded = BASE64_STANDARD.encode(&text);
        let (left, right) = encoded.split_at(16);
        let wrapped = format!(" {left}\r\n{right}\n");
        for written in [BASE64_STANDARD_NO_PAD.encode(&text), wrapped, encoded] {
            assert_eq!(parse(&written), Ok(policy(20, &[("ab", 0)])), "{written}");
        }
    }
    let places = parse(&BASE64_STANDARD.encode("length = 20\nrules")).unwrap_err();
    assert_eq!((places.line, places.column, places.what), (2, 1, Problem::Attribute));
    // Nothing but base64, but not of text.
    assert_eq!(parse("+++++w==").unwrap_err().what, Problem::Character);
}

/// Refuses each text for its problem at the place that a bar marks, which is no part of it.
fn refused(rows: &[(&str, Problem)]) {
    for (marked, what) in rows {
        let text = marked.replacen('|', "", 1);
        let before = marked.split('|').next().unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let error = parse(&text).expect_err(&text);
        assert_eq!((error.line, error.column, error.what), (line, column, *what), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_policy_is_told_with_its_place() {
    use Problem::{
        Attribute, Character, Expected, Length, MissingLength, MissingRule, Open, Repeated,
        RuleType,
    };
    const EQUALS: Problem = Expected("an equals sign after the name of an attribute");
    const OPEN: Problem = Expected("an opening brace after the type of a rule");
    refused(&[
        ("|", MissingLength),
        ("length = 20|", MissingRule),
        ("rule \"charset\" { charset = \"a\" }\n|", MissingLength),
        ("length = |3", Length),
        ("length = |101", Length),
        ("length = |-20", Length),
        ("length = |2.5e1", Length),
        ("length = |020", Length),
        ("length = |0x14", Length),
        ("length = |\"20\"", Length),
        ("length = |twenty", Length),
        ("length = |99999999999999999999999", Length),
        ("length =|", Length),
        ("length |20", EQUALS),
        ("length|: 20", EQUALS),
        ("length = 20\nLength = |20", Repeated),
        ("\n\n  |lenght = 20", Attribute),
        ("length = 20\nrule |\"words\" {}", RuleType),
        ("length = 20 rule |{ charset {} }", RuleType),
        ("rule \"charset\" |= {}", OPEN),
        ("length = 20 |}", Attribute),
        ("|\u{fe}", Character),
        ("length = 20 |;", Character),
        ("length = 20 |/ 2", Character),
        ("length = 20 |/* never", Open),
        ("length = 20 |/*/", Open),
        ("consecutive-chars-allowed = |\"false\"", Expected("true or false")),
        ("consecutive-chars-allowed = |no", Expected("true or false")),
    ]);
}

#[test]
fn what_is_wrong_with_a_rule_is_told_with_its_place() {
    use Problem::{
        Character, Charset as Set, Escape, Expected, MinChars, MissingCharset, Open, Repeated,
        RuleAttribute,
    };
    const STRING: Problem = Expected("a string in double quotes");
    const IN_RULE: Problem = Expected("charset, min-chars or a closing brace");
    refused(&[
        ("rule \"charset\" { |min_chars = 1 }", RuleAttribute),
        ("rule \"charset\" { charset = |abc }", STRING),
        ("rule \"charset\" { charset = |\"\" }", Set),
        ("rule \"charset\" { charset = |\"a\tb\" }", Set),
        ("rule \"charset\" { charset = |\"a\\nb\" }", Set),
        ("rule \"charset\" { charset = |\"a\u{a0}b\" }", Set),
        ("rule \"charset\" { charset = |\"a\u{200b}b\" }", Set),
        ("rule \"charset\" { min-chars = |101 }", MinChars),
        ("rule \"charset\" { min-chars = |-1 }", MinChars),
        ("rule \"charset\" { min-chars = 1 |}", MissingCharset),
        ("rule \"charset\" { charset = \"a\"\ncharset = |\"b\" }", Repeated),
        ("rule \"charset\" { min-chars = 1, min-chars = |1 }", Repeated),
        ("rule \"charset\" { |, }", IN_RULE),
        ("rule \"charset\" { charset = \"a\",|, }", IN_RULE),
        ("rule \"charset\" { charset = \"a\"|", IN_RULE),
        ("rule \"charset\" { charset = \"a\" |rule \"charset\" {", RuleAttribute),
        ("rule \"charset\" { charset = |\"abc }", Open),
        ("rule \"charset\" { charset = |\"abc\ndef\" }", Open),
        ("rule \"charset\" { charset = |\"a${b\" }", Open),
        ("rule \"charset\" { charset = |<<EOF\nabc\nEOF\n}", Character),
        ("rule \"charset\" { charset = \"ab|\\q\" }", Escape),
        ("rule \"charset\" { charset = \"ab|\\'\" }", Escape),
        ("rule \"charset\" { charset = \"ab|\\xff\" }", Escape),
        ("rule \"charset\" { charset = \"ab|\\777\" }", Escape),
        ("rule \"charset\" { charset = \"ab|\\ud800\" }", Escape),
        ("rule \"charset\" { charset = \"ab|\\UFFFFFFFF\" }", Escape),
        ("rule \"charset\" { charset = \"ab|\\u12\" }", Escape),
    ]);
}

#[test]
fn what_is_wrong_in_json_is_told_with_its_place() {
    use Problem::{
        Attribute, Character, Escape, Expected, Length, MissingCharset, MissingRule, Open,
        RuleAttribute, RuleType,
    };
    const NAME: Problem = Expected("a name in double quotes");
    const AFTER_MEMBER: Problem = Expected("a comma or a closing brace");
    const OBJECT: Problem = Expected("an opening brace");
    refused(&[
        ("{\"length\": |\"20\"}", Length),
        ("{\"length\": |20.0}", Length),
        ("{\"length\": |[20]}", Length),
        ("{\"length\": 20}|", MissingRule),
        ("{|\"size\": 20}", Attribute),
        ("{\"length\" |= 20}", Expected("a colon after a name")),
        ("{|length: 20}", NAME),
        ("{\"length\": 20, |}", NAME),
        ("{\"length\": 20 |\"rule\": []}", AFTER_MEMBER),
        ("{\"length\": 20|", AFTER_MEMBER),
        ("{\"length\": 20 |# no comments", Character),
        ("{\"rule\": |1}", Expected("an object or a list")),
        ("{\"rule\": [|]}", OBJECT),
        ("{\"rule\": [|[]]}", OBJECT),
        ("{\"rule\": [{} |{}]}", Expected("a comma or a closing bracket")),
        ("{\"rule\": [{},|]}", OBJECT),
        ("{\"rule\": {|\"words\": {}}}", RuleType),
        ("{\"rule\": {\"charset\": {|}}}", MissingCharset),
        ("{\"rule\": {\"charset\": {|\"chars\": \"abc\"}}}", RuleAttribute),
        ("{\"rule\": {\"charset\": {\"charset\": |\"abc}}}", Open),
        ("{\"rule\": {\"charset\": {\"charset\": \"a|\\x41\"}}}", Escape),
        ("{\"rule\": {\"charset\": {\"charset\": \"a|\\ud83d\"}}}", Escape),
        ("{\"rule\": {\"charset\": {\"charset\": \"a|\\ud83dude00\"}}}", Escape),
        ("{\"rule\": {\"charset\": {\"charset\": \"a|\\ud83d\\u0041\"}}}", Escape),
        ("{\"rule\": {\"charset\": {\"charset\": \"a\"}}, \"length\": 8} |{}", Expected("the end")),
    ]);
}

#[test]
fn messages_say_what_and_where_and_quote_nothing() {
    let message =
        parse("length = 8\nrule \"charset\" { charset = \"secret\" secret = 1 }").unwrap_err();
    assert_eq!(message.to_string(), "expected charset or min-chars in line 2, column 37");
    let message = parse("length = 1000").unwrap_err();
    assert_eq!(
        message.to_string(),
        "the length must be an integer from 4 to 100, digits only in line 1, column 10"
    );
}

#[test]
fn at_most_256_characters() {
    let characters: String = ('\u{4e00}'..).take(256).collect();
    let rule = |characters: &str| format!("rule \"charset\" {{ charset = \"{characters}\" }}\n");
    let most = format!("length = 8\n{}{}", rule(&characters), rule(&characters));
    assert_eq!(parse(&most).unwrap().normal_form().alphabet.len(), 256);
    let error = parse(&format!("{most}{}", rule("a"))).unwrap_err();
    assert_eq!((error.line, error.column, error.what), (4, 28, Problem::TooManyCharacters));
}

#[test]
fn the_normal_form_has_the_rules_with_a_minimum() {
    let text = "length = 8\nconsecutive-chars-allowed = false
        rule \"charset\" { charset = \"cba\" min-chars = 3 }
        rule \"charset\" { charset = \"xyz\" }
        rule \"charset\" { charset = \"abcdef\" min-chars = 1 }";
    let form = parse(text).unwrap().normal_form();
    assert_eq!(form.alphabet.to_string(), "abcdefxyz");
    assert!(form.inner.is_empty());
    assert_eq!(form.length, 8);
    assert_eq!((form.max_repeating, form.max_sequential), (Some(NonZeroU16::MIN), None));
    let rules: Vec<(&str, u16, String)> = form
        .rules
        .iter()
        .map(|rule| (rule.name.as_str(), rule.min, rule.characters.to_string()))
        .collect();
    let expected = [("rule 1", 3, "abc".to_owned()), ("rule 3", 1, "abcdef".to_owned())];
    assert_eq!(rules, expected);
    assert!(form.rules.iter().all(|rule| rule.max.is_none()));
}

#[test]
fn overlapping_sets_are_counted_exactly() {
    // Vault refuses it, since the minimums add up to more than the length.
    let text = "length = 4 rule \"charset\" { charset = \"abc\" min-chars = 3 }
        rule \"charset\" { charset = \"abcdef\" min-chars = 3 }";
    let count =
        |text: &str| Policy::compile(parse(text).unwrap().normal_form()).unwrap().count().clone();
    assert_eq!(count(text), 405_u32.into());
    // Four of two letters that alternate: two ways.
    let text = "length = 4 rule \"charset\" { charset = \"ab\" } consecutive-chars-allowed = false";
    assert_eq!(count(text), 2_u32.into());
}

#[test]
fn long_and_hostile_texts_are_answered() {
    let start = "length = 8 rule \"charset\" { charset = \"a\" }";
    let longest = format!("{start}{}", " ".repeat(MAX_BYTES - start.len()));
    assert_eq!(parse(&longest), Ok(policy(8, &[("a", 0)])));
    assert_eq!(parse(&format!("{longest} ")).unwrap_err().what, Problem::TooLong);
    for piece in [
        "{",
        "[",
        "{\"rule\":[",
        "/*",
        "/**",
        "#",
        "\"",
        "\"${",
        "rule \"charset\" {",
        "A",
        "=",
        "\\",
        "-",
    ] {
        for before in
            ["", "{\"rule\":[{\"charset\":", "length = 8 rule \"charset\" { charset = \"${"]
        {
            let text = format!("{before}{}", piece.repeat(MAX_BYTES / piece.len()));
            let text: String = text.chars().take(MAX_BYTES).collect();
            assert!(parse(&text).is_err(), "{before}{piece}");
        }
    }
}

/// A policy with printable characters of all kinds.
fn policies() -> impl Strategy<Value = VaultPolicy> {
    let character = prop_oneof![
        8 => prop::char::range(' ', '~'),
        1 => prop::char::range('\u{a1}', '\u{ac}'),
        1 => prop::char::range('\u{1f600}', '\u{1f64f}'),
    ];
    let set = prop::collection::btree_set(character, 1..20);
    let charset = (set, 0..=100_u16)
        .prop_map(|(set, min)| Charset { characters: set.into_iter().collect(), min });
    let charsets = prop::collection::vec(charset, 1..6);
    let runs = prop::option::of(Just(NonZeroU16::MIN));
    (4..=100_u16, charsets, runs).prop_map(|(length, charsets, max_repeating)| VaultPolicy {
        length,
        charsets,
        max_repeating,
    })
}

/// A string of HCL. Some characters are escaped as `escaped` says, and those that must be always are.
fn hcl_string(text: &str, escaped: u32) -> String {
    let write = |character: char| match u32::from(character) {
        // A dollar sign would start a template before a brace.
        code if (code + escaped).is_multiple_of(5) || character == '$' => match escaped % 3 {
            0 if code < 128 => format!("\\x{code:02x}"),
            1 if code < 128 => format!("\\{code:03o}"),
            _ => format!("\\U{code:08x}"),
        },
        _ if "\"\\".contains(character) => format!("\\{character}"),
        _ => character.to_string(),
    };
    format!("\"{}\"", text.chars().map(write).collect::<String>())
}

fn hcl(policy: &VaultPolicy, style: u32) -> String {
    let [space, comma] = [[" ", "\n\t"], ["\n", ", "]].map(|pair| pair[style as usize % 2]);
    let mut text = format!("length{space}={space}{}\n", policy.length);
    for Charset { characters, min } in &policy.charsets {
        let set = hcl_string(&characters.to_string(), style);
        let attributes =
            [format!("charset = {set}"), format!("min-chars ={space}{min}")].join(comma);
        write!(text, "rule{space}\"charset\"{space}{{ # }}\n{attributes} }}/* */").unwrap();
    }
    if policy.max_repeating.is_some() {
        text += "\nconsecutive-chars-allowed = false // true";
    }
    text
}

fn json(policy: &VaultPolicy) -> Value {
    let rule = |Charset { characters, min }: &Charset| json!({"charset": [{"charset": characters.to_string(), "min-chars": min}]});
    let rules: Vec<Value> = policy.charsets.iter().map(rule).collect();
    json!({
        "length": policy.length,
        "consecutive-chars-allowed": policy.max_repeating.is_none(),
        "rule": rules,
    })
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        if let Ok(policy) = parse(&text) {
            prop_assert!(!policy.normal_form().alphabet.is_empty());
        }
    }

    #[test]
    fn any_text_of_the_right_pieces_has_an_answer_within_it(
        text in "(length|rule|\"charset\"|min-chars|[-{}=:,#/* \n\"$a09\\\\\\[\\]]|= 20|\\{ charset = \"a\" \\}){0,30}"
    ) {
        if let Err(error) = parse(&text) {
            let lines: Vec<&str> = text.split('\n').collect();
            let columns = lines.get(error.line - 1).map(|line| line.chars().count() + 1);
            prop_assert!(columns.is_some_and(|columns| (1..=columns).contains(&error.column)), "{error}");
        }
    }

    #[test]
    fn written_policies_are_read_back(policy in policies(), style in 0..60_u32) {
        let hcl = hcl(&policy, style);
        prop_assert_eq!(parse(&hcl), Ok(policy.clone()), "{}", hcl);
        let json = json(&policy);
        prop_assert_eq!(parse(&json.to_string()), Ok(policy.clone()), "{}", json);
        prop_assert_eq!(parse(&format!("{json:#}")), Ok(policy), "{}", json);
    }
}
