//! Apple's password rules: rules of real sites, what is refused and where, what is ignored, and random rules.
#![cfg(test)]

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use generator::apple::{Ignored, MAX_CHARACTERS, Problem, Rules, Warning};
use generator::{Characters, NormalForm, Request};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use secrecy::ExposeSecret;
use serde_json::Value;

/// Rules that sites publish, each after what it comes to: `minlength`, `maxlength`, the limit on runs, the sizes of the
/// required sets and that of the allowed one.
const SITES: &str = r##"
- - - - 69 | allowed: lower, upper, digit, [!#%&*@^];
- 16 - - 94 | maxlength: 16;
10 - - 26+10+8 70 | minlength: 10; required: upper; required: digit; required: [!#$%&*?@]; allowed: lower;
12 15 - - 94 | minlength: 12; maxlength: 15;
12 - - 26+26+10+8 70 | minlength: 12; required: lower; required: upper; required: digit; required: [!#$%&*?@];
14 - - 10+52+8 70 | minlength: 14; required: digit; required: lower, upper; required: [!#$%&*@^]
14 - - 10+26+26+21 83 | minlength: 14; required: digit; required: upper; required: lower; required: [-~!@#$%^&*_+=`|(){}:;];
15 - - 26+26+26+26+10+10+29+29 91 | minlength: 15; required: lower; required: lower; required: upper; required: upper; required: digit; required: digit; required: [-!@#$%^&*()_+|~=`{}[:";'?,./.]]; required: [-!@#$%^&*()_+|~=`{}[:";'?,./.]];
4 60 - 62 94 | minlength: 4; maxlength: 60; required: lower, upper, digit; allowed: special;
5 20 - 26+26+10 62 | minlength: 5; maxlength: 20; required: lower; required: upper; required: digit;
5 20 - 26+26+10 94 | minlength: 5; maxlength: 20; required: lower; required: upper; required: digit; allowed: ascii-printable;
5 5 - 62 62 | minlength: 5; maxlength: 5; required: lower, upper, digit;
6 128 - - 72 | minlength: 6; maxlength: 128; allowed: lower, upper, digit, [!@#$%^&*()];
6 12 - 10+52 62 | minlength: 6; maxlength: 12; required: digit; required: upper,lower;
6 14 - - 94 | minlength: 6; maxlength: 14;
6 15 - - 94 | minlength: 6; maxlength: 15;
6 15 - 10+10+52+52 62 | minlength: 6; maxlength: 15; required: digit; required: digit; required: upper,lower; required: upper,lower;
6 15 - 26+10 94 | minlength: 6; maxlength: 15; required: lower; required: digit; allowed: ascii-printable;
6 16 - - 94 | minlength: 6; maxlength: 16;
6 16 - 26+26+10 94 | minlength: 6; maxlength: 16; required: lower; required: upper; required: digit; allowed: special;
6 20 - 26+26+10+10 62 | minlength: 6; maxlength: 20; required: lower; required: upper; required: digit; required: digit;
7 19 - 10 63 | minlength: 7; maxlength: 19; required: digit; allowed: upper,lower,[-];
8 - - - 67 | minlength: 8; allowed: upper,lower,digit,[- .=_];
8 - 2 10+52 62 | minlength: 8; max-consecutive: 2; required: digit; required: upper,lower;
8 12 - 10+52+6 94 | minlength: 8; maxlength: 12; required: digit; required: upper,lower; required: [!#$%&@]; allowed: ascii-printable;
8 12 - 26+26+10 72 | minlength: 8; maxlength: 12; required: lower; required: upper; required: digit; allowed: [-!#$&+/?@_];
8 12 - 26+26+10+20 82 | minlength: 8; maxlength: 12; required: upper; required: lower; required: digit; required: [-~!@#$%^&*()_=+,<.> ];
8 15 - - 94 | minlength: 8; maxlength: 15;
8 15 - 26+26+10 82 | minlength: 8; maxlength: 15; required: lower; required: upper; required: digit; allowed: [!#$%()*+,./:;=?@\^`~];
8 15 - 26+26+10+6 68 | minlength: 8; maxlength: 15; required: lower; required: upper; required: digit; required: [ &',;"];
8 15 - 26+26+10+13 75 | minlength: 8; maxlength: 15; required: lower; required: upper; required: digit; required: [-!@#$%&*_+=<>];
8 16 - - 94 | minlength: 8; maxlength: 16;
8 16 2 26+26+10+33 94 | minlength: 8; maxlength: 16; max-consecutive: 2; required: lower; required: upper; required: digit; required: special;
8 16 - 10+52+6 68 | minlength: 8; maxlength: 16; required: digit; required: upper, lower; required: [!"§$%&#];
8 16 - 10+52 82 | minlength: 8; maxlength: 16; required: digit; required: upper,lower; allowed: [-!#$%&'+./=?\^_`{|}~];
8 16 - 10+52 94 | minlength: 8; maxlength: 16; required: digit; required: upper,lower; allowed: ascii-printable;
8 16 - 62 62 | minlength: 8; maxlength: 16; required: lower, upper, digit;
8 16 - 52 94 | minlength: 8; maxlength: 16; required: lower, upper; allowed: digit, special;
8 16 - 26+26+10 70 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; allowed: [!#$%&*?@];
8 16 - 26+26+10 91 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; allowed: [-@#$%^&*_+={}|\:',?/'~" ();.[]];
8 16 - 26+26+10 89 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; allowed: [-@#$%^&*_+={}|\:',?/`~"();.];
8 16 - 26+26+10 94 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; allowed: [-~!@#$%^&*_+=`|(){}[:;"'<>,.?/\]];
8 16 - 26+26+10 94 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; allowed: ascii-printable;
8 16 - 26+26+10 94 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; allowed: special;
8 16 - 26+26+10+15 77 | minlength: 8; maxlength: 16; required: lower; required: upper; required: digit; required: ["!@#$%^&*(){}[]];
8 16 - 26+10 77 | minlength: 8; maxlength: 16; required: upper; required: digit; allowed: lower, [!@#$%^*(),.;:/\];
8 20 - - 68 | minlength: 8; maxlength: 20; allowed: lower, upper, digit, [_.!$*=];
8 20 - 44 70 | minlength: 8; maxlength: 20; allowed: lower; required: upper, digit, [!#$%&*?@];
8 20 2 26+10 67 | minlength: 8; maxlength: 20; max-consecutive: 2; required: upper; required: digit; allowed: lower, [-_&#@];
8 20 2 52+10 62 | minlength: 8; maxlength: 20; max-consecutive: 2;required: lower, upper; required: digit;
8 20 3 52+10 68 | minlength: 8; maxlength: 20; max-consecutive: 3; required: lower, upper; required: digit; allowed: [!$*?@|];
8 20 3 26+26+10+13 75 | minlength: 8; maxlength: 20; max-consecutive: 3; required: lower; required: upper; required: digit; required: [~!@#$%^&*()+=];
8 20 - 52+39 91 | minlength: 8; maxlength: 20; required: lower, upper; required: digit, [-!"#$%&'()*+,./:;=?@[\^_`{|}~];
8 20 - 52+10 94 | minlength: 8; maxlength: 20; required: lower, upper; required: digit; allowed: unicode;
8 20 - 26+26+10 70 | minlength: 8; maxlength: 20; required: lower; required: upper; required: digit; allowed: [$!#&@?%=];
8 20 - 26+26+10+21 83 | minlength: 8; maxlength: 20; required: lower; required: upper; required: digit; required: [-!$%'()+,./:;=?@\^_|~];
8 20 - 26+26+10+10+33 94 | minlength: 8; maxlength: 20; required: lower; required: upper; required: digit; required: digit; required: special;
8 21 - 52+10+7 69 | minlength: 8; maxlength: 21; required: lower, upper; required: digit; required: [!@$%^&*];
8 24 - 10+52 71 | minlength: 8; maxlength: 24; required: digit; required: upper,lower; allowed: [!#$%()*@^];
8 24 - 26+26+10+13 75 | minlength: 8; maxlength: 24; required: lower; required: upper; required: digit; required: [-!@#$%^&*()_+];
8 25 - 26+26+10+7 69 | minlength: 8; maxlength: 25; required: lower; required: upper; required: digit; required: [!@$%^&*];
8 30 - - 62 | minlength: 8; maxlength: 30; allowed: upper,lower,digit;
8 30 2 52+10 73 | minlength: 8; maxlength: 30; max-consecutive: 2; required: lower, upper; required: digit; allowed: [-!@#^&*=+;:];
8 30 - 52+10 73 | minlength: 8; maxlength: 30; required: lower, upper; required: digit; allowed: [-!@#^&*=+;:];
8 32 - 52+10 73 | minlength: 8; maxlength: 32; required: lower, upper; required: digit; allowed: [-_./\@$*&!#];
8 38 - 52+10 77 | minlength: 8; maxlength: 38; required: lower, upper; required: digit; allowed: [-äüöÄÜÖß!$%&/()=?+#,.:];
8 40 - - 92 | minlength: 8; maxlength: 40; allowed: lower, upper, digit, [-<=>~!|()@#{}$%,.?^'&*_+`:;"[]];
8 50 - 26+26+10+10 62 | minlength: 8; maxlength: 50; required: lower; required: upper; required: digit; required: digit;
8 63 - 26+26+10 94 | minlength: 8; maxlength: 63; required: lower; required: upper; required: digit; allowed: ascii-printable;
8 64 2 10+26+26+17 79 | minlength: 8; maxlength: 64; max-consecutive: 2; required: digit; required: upper; required: lower; required: [-~`!@#$%^&*()_\/|];
8 64 - 26+26+10+13 75 | minlength: 8; maxlength: 64; required: lower; required: upper; required: digit; required: [-!@#$%&*_+=<>];
8 64 - 52+10 89 | minlength: 8; maxlength: 64; required: upper,lower; required: digit; allowed: [@$!%*#?&^'_+=;:,.~/\|{}()[\]];
8 65 - 26+26+10 80 | minlength: 8; maxlength: 65; required: lower; required: upper; required: digit; allowed: [-!"§$%&/()=?;:_+*'#];
8 72 - - 94 | minlength: 8; maxlength: 72;
8 8 3 10+67 77 | minlength: 8; maxlength: 8; max-consecutive: 3; required: digit; required: upper,lower,[#$+./:=?@[^_|~]];
8 - - 10+30 92 | minlength: 8; required: digit; required: [- !"#$&'()*+,.:;<=>?@[^_`{|}~]]; allowed: lower, upper;
8 - - 10+10 62 | minlength: 8; required: digit; required: digit; allowed: lower, upper;
8 - - 10+26+26+20 82 | minlength: 8; required: digit; required: lower; required: upper; required: [$%/(){}=?!.,_*|+~#[]];
8 - - 52+10+10+24 86 | minlength: 8; required: lower, upper; required: digit; required: digit; required: [-!@#$%^&*~/"()_=+\|,.?[]];
8 - - 26 75 | minlength: 8; required: lower; allowed: upper, digit, [-!@#$%&*_+=<>];
8 - - 26+10 44 | minlength: 8; required: lower; required: digit; allowed: [!#$%&*@^]
8 - - 26+26+36 88 | minlength: 8; required: lower; required: upper; required: digit, [-~!#$%&_+=|(){}[:;"’<>,.? ]];
8 - - 26+26+10 71 | minlength: 8; required: lower; required: upper; required: digit; allowed: [ !#$%&*?@];
8 - - 26+26+10 85 | minlength: 8; required: lower; required: upper; required: digit; allowed: [-!$"%&/()=*+#.,;:@?{}[]];
8 - - 26+26+10 92 | minlength: 8; required: lower; required: upper; required: digit; allowed: [-@_#!&$`%*+()./,;~:{}|?>=<^'[]];
8 - - 26+26+10+29 91 | minlength: 8; required: lower; required: upper; required: digit; required: [!#$%&'()*+,./:;<>?@\^_`{|}~[]];
8 - - 26+26+10+10 72 | minlength: 8; required: lower; required: upper; required: digit; required: [!#$%&()*@^];
8 - - 26+26+10+7 69 | minlength: 8; required: lower; required: upper; required: digit; required: [!$%&*?@];
8 - - 26+26+10+25 87 | minlength: 8; required: lower; required: upper; required: digit; required: [-^!$%/()=?+#.,;:~*@{}_&[]];
8 - - 26+26+10+6 68 | minlength: 8; required: upper; required: lower; required: digit; required: [!@#$%^];
8 - - 26+26+10+23 85 | minlength: 8; required: upper; required: lower; required: digit; required: [-!?+*/:;'"{}()@£$%&=^#[]];
9 - - 26+10+24 86 | minlength: 9; allowed: lower; required: upper; required: digit; required: [~!@#$%^&*()_+{}|;,.<>?[]];
9 20 - 26+26+10 92 | minlength: 9; maxlength: 20; required: lower; required: upper; required: digit; allowed: [-@_#!&$`%*+()./,;~:{}|?>=<^'[]];
9 20 - 26+26+10+24 86 | minlength: 9; maxlength: 20; required: lower; required: upper; required: digit; required: [!"#&'()*,./:;?@[\^_`{|}~];
9 - - 52+10+7 69 | minlength: 9; required: lower, upper; required: digit; required: [!#*_%.$];
- - - 26+26+10+10+33+33 94 | required: upper; required: upper; required: digit; required: digit; required: special; required: special; allowed: lower;
"##;

fn parse(text: &str) -> Rules {
    Rules::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The limits on identical and on sequential runs.
fn runs(rules: &Rules) -> (Option<u16>, Option<u16>) {
    (rules.max_repeating.map(NonZeroU16::get), rules.max_sequential.map(NonZeroU16::get))
}

/// A number or nothing, as in [`SITES`].
fn number(field: &str) -> Option<u16> {
    (field != "-").then(|| field.parse().unwrap())
}

#[test]
fn rules_of_sites_come_to_what_the_language_says() {
    let lines: Vec<&str> = SITES.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 96);
    for line in lines {
        let (expected, text) = line.split_once(" | ").unwrap();
        let fields: Vec<&str> = expected.split(' ').collect();
        let [min, max, run, required, allowed] = fields[..] else { panic!("{line}") };
        let rules = parse(text);
        assert_eq!(rules.min_length, number(min), "{line}");
        assert_eq!(rules.max_length, number(max), "{line}");
        assert_eq!(runs(&rules), (number(run), number(run)), "{line}");
        let sizes: Vec<u16> = required.split('+').filter_map(number).collect();
        let found: Vec<usize> = rules.required.iter().map(Characters::len).collect();
        assert!(found.iter().copied().eq(sizes.iter().copied().map(usize::from)), "{line}");
        assert_eq!(rules.allowed.len(), usize::from(number(allowed).unwrap()), "{line}");
    }
}

#[test]
fn sets_have_the_characters_that_the_language_says() {
    let all: String = ('!'..='~').collect();
    let rows: [(&str, &str); 16] = [
        ("", &all),
        (" \n", &all),
        ("allowed: unicode", &all),
        ("allowed: []", &all),
        ("required: ", &all),
        ("minlength: 5;;; ; ", &all),
        ("allowed: DIGIT,[xx]", "0123456789x"),
        ("allowed: [a]]", "]a"),
        ("allowed: []]", "]"),
        ("allowed: [[]", "["),
        ("allowed: [[]]", "[]"),
        ("allowed: [-a],[a-z]", "-az"),
        ("allowed:[;:,]", ",:;"),
        ("allowed: [ ]", " "),
        ("allowed: [éa\tb]", "ab"),
        ("\tallowed:\n[b] ,\r[a]\x0C;required: [c];required:[c],[d]", "abcd"),
    ];
    for (text, allowed) in rows {
        assert_eq!(parse(text).allowed.to_string(), allowed, "{text:?}");
    }
    let rules = parse("required: special; required: [b],[a]; allowed: upper");
    assert_eq!(rules.required[0].len(), 33);
    assert!(rules.required[0].contains(' ') && !rules.allowed.contains(' '));
    assert_eq!(rules.required[1].to_string(), "ab");
    assert_eq!(rules.allowed.len(), 32 + 2 + 26);
    assert!(parse("required: special; allowed: [ ]").allowed.contains(' '));
}

#[test]
fn of_several_numbers_the_strictest_holds() {
    type Numbers = (Option<u16>, Option<u16>, (Option<u16>, Option<u16>));
    let rows: [(&str, Numbers); 8] = [
        ("minlength: 5; minlength: 9; minlength: 7", (Some(9), None, (None, None))),
        ("maxlength: 50; maxlength: 20; maxlength: 30", (None, Some(20), (None, None))),
        ("max-repeating: 3; max-repeating: 2", (None, None, (Some(2), None))),
        ("max-sequential: 2; max-sequential: 3", (None, None, (None, Some(2)))),
        ("max-consecutive: 3", (None, None, (Some(3), Some(3)))),
        (
            "max-sequential: 5; max-consecutive: 3; max-repeating: 2",
            (None, None, (Some(2), Some(3))),
        ),
        (
            "minlength: 0; maxlength: 00; max-repeating:0;max-sequential:",
            (None, None, (None, None)),
        ),
        (
            "maxlength: 99999999999999999999; minlength: 65536",
            (Some(65_535), Some(65_535), (None, None)),
        ),
    ];
    for (text, expected) in rows {
        let rules = parse(text);
        let found = (rules.min_length, rules.max_length, runs(&rules));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn what_would_lose_a_rule_is_refused_with_its_position() {
    use Problem::{Class, ClassEnd, Colon, Lengths, Number, OpenSet, Property, Ungenerable};
    let rows = [
        ("; minlength: 8", 1, Property),
        (";", 1, Property),
        ("minlength: 8;; maxlength: 9", 14, Property),
        ("minlength: 8; ; maxlength: 9", 15, Property),
        ("minlength: 8; length: 9", 15, Property),
        ("MinLength: 8", 1, Property),
        ("8", 1, Property),
        ("min length: 8", 1, Property),
        ("minlength", 10, Colon),
        ("minlength : 8", 10, Colon),
        ("minlength= 8", 10, Colon),
        ("minlength; maxlength: 9", 10, Colon),
        ("minlength: eight", 12, Number),
        ("minlength: -8", 12, Number),
        ("minlength: 8.5", 13, Number),
        ("minlength: 8 ;", 13, Number),
        ("minlength: 8, maxlength: 9", 13, Number),
        ("minlength: 8 maxlength: 9", 13, Number),
        ("minlength: ８", 12, Number),
        ("required: uppercase", 11, Class),
        ("required: lower, ", 18, Class),
        ("required: lower,;", 17, Class),
        ("required: lower,,upper", 17, Class),
        ("required: lower, required: upper", 18, Class),
        ("required: (a)", 11, Class),
        ("required: lower upper", 17, ClassEnd),
        ("required: [a][b]", 14, ClassEnd),
        ("required: [a]b]", 14, ClassEnd),
        ("required: []b]", 13, ClassEnd),
        ("required: [a]]]", 15, ClassEnd),
        ("required: [a] ]", 15, ClassEnd),
        ("required: lower; allowed: upper, [abc; minlength: 8", 34, OpenSet),
        ("allowed: [", 10, OpenSet),
        ("minlength: 9; maxlength: 8", 26, Lengths),
        ("maxlength: 8; maxlength: 20; minlength: 9", 41, Lengths),
        ("é", 1, Property),
        ("allowed: [é] é", 14, ClassEnd),
        ("required: [áñ]", 11, Ungenerable),
        ("required: lower; required: [], [áñ], [ö]; minlength: 8", 32, Ungenerable),
        ("required: digit, [ñ]; required: [ñ]; allowed: upper", 33, Ungenerable),
        ("allowed: [äöü]; minlength: 8", 10, Ungenerable),
        ("allowed: []; allowed: [ä]; allowed: [ö]", 23, Ungenerable),
    ];
    for (text, position, what) in rows {
        let error = Rules::parse(text).expect_err(text);
        assert_eq!((error.position, error.what), (position, what), "{text}");
    }
    let message = Rules::parse("minlength: secret").unwrap_err().to_string();
    assert_eq!(
        message,
        "expected a number of digits only, followed directly by a semicolon or the end at character 12"
    );
}

#[test]
fn what_has_no_effect_is_told() {
    use Ignored::{EmptyProperty, EmptySet, Hyphen, Repeated, Unprintable, Zero};
    let rows: [(&str, &[(usize, Ignored)]); 12] = [
        ("minlength: 8; required: lower;", &[]),
        ("required:; allowed: ;", &[(1, EmptyProperty)]),
        ("minlength: 0; maxlength: 0", &[(12, Zero)]),
        ("required: lower, [], []", &[(18, EmptySet)]),
        ("required: [a-z]", &[(13, Hyphen)]),
        ("allowed: [--]", &[(12, Hyphen)]),
        ("allowed: [-a]]", &[]),
        ("allowed: [!\"§$§]", &[(13, Unprintable)]),
        ("required: [?,./.]; allowed: [äaä]", &[(16, Repeated), (30, Unprintable)]),
        ("allowed: lower, [äöü]", &[(17, EmptySet), (18, Unprintable)]),
        ("allowed: [äöü]; required: lower", &[(10, EmptySet), (11, Unprintable)]),
        ("required: digit, [ñ]", &[(18, EmptySet), (19, Unprintable)]),
    ];
    for (text, expected) in rows {
        let expected: Vec<Warning> =
            expected.iter().map(|&(position, what)| Warning { position, what }).collect();
        assert_eq!(parse(text).warnings, expected, "{text}");
    }
    let warning = Warning { position: 12, what: Zero };
    assert_eq!(warning.to_string(), "the number 0 at character 12 is ignored");
}

#[test]
fn the_default_length_is_twenty_or_the_nearest_allowed() {
    for (text, length) in [
        ("", 20),
        ("minlength: 8; maxlength: 64", 20),
        ("maxlength: 16", 16),
        ("minlength: 24", 24),
        ("minlength: 4; maxlength: 4", 4),
        ("minlength: 21; maxlength: 21", 21),
    ] {
        assert_eq!(parse(text).default_length(), length, "{text}");
    }
}

/// The name, minimum and size of a rule.
type Shown<'a> = (&'a str, u16, usize);

/// The alphabet, the inner characters, and the rules.
fn shown(form: &NormalForm) -> (String, String, Vec<Shown<'_>>) {
    let rules = form.rules.iter();
    let rules = rules.map(|rule| (rule.name.as_str(), rule.min, rule.characters.len())).collect();
    (form.alphabet.to_string(), form.inner.to_string(), rules)
}

#[test]
fn the_normal_form_has_a_rule_for_each_required_set() {
    let digits = "0123456789";
    let rows: [(&str, &str, &str, &[Shown<'_>]); 7] = [
        ("allowed: digit", digits, "", &[]),
        ("required: digit; required: digit", digits, "", &[("required 1", 2, 10)]),
        (
            "required: [ab]; required: digit; required: [ba],[a]; required: [b]",
            "0123456789ab",
            "",
            &[("required 1", 2, 2), ("required 2", 1, 10), ("required 4", 1, 1)],
        ),
        // A space is inside only, and does not count, while there is anything else to choose.
        ("required: digit, [ ]", digits, " ", &[("required 1", 1, 11)]),
        ("required: digit; allowed: [ ]", digits, " ", &[("required 1", 1, 10)]),
        ("required: [a]; required: [ ]", " a", "", &[("required 1", 1, 1), ("required 2", 1, 1)]),
        ("allowed: [ ]", " ", "", &[]),
    ];
    for (text, alphabet, inner, rules) in rows {
        let form = parse(text).normal_form(9);
        let expected = (alphabet.to_owned(), inner.to_owned(), rules.to_vec());
        assert_eq!(shown(&form), expected, "{text}");
        assert!(form.rules.iter().all(|rule| rule.max.is_none()));
    }
    let form = parse("max-repeating: 2; max-sequential: 3").normal_form(9);
    assert_eq!((form.max_repeating, form.max_sequential), (NonZeroU16::new(2), NonZeroU16::new(3)));
    assert_eq!(form.length, 9);
}

/// The longest run of characters each of which differs from the one before by `step`, within a class unless it is 0.
fn longest_run(password: &str, step: i32) -> usize {
    let characters: Vec<char> = password.chars().collect();
    let class = |character: char| match character {
        'a'..='z' => 1,
        'A'..='Z' => 2,
        '0'..='9' => 3,
        _ => 0,
    };
    let follows = |pair: &[char]| {
        let [one, next] = [pair[0], pair[1]];
        let same = step == 0 || class(one) == class(next) && class(one) > 0;
        same && next as i32 - one as i32 == step
    };
    let longest = characters.windows(2).map(follows).fold((1, 1), |(longest, run), next| {
        let run = if next { run + 1 } else { 1 };
        (run.max(longest), run)
    });
    longest.0
}

/// Whether a password of the default length keeps to the rules.
fn check(site: &str, rules: &Rules, password: &str) {
    let characters: Characters = password.into();
    let length = rules.default_length();
    assert_eq!(password.len(), usize::from(length), "{site}");
    assert!(rules.min_length.is_none_or(|min| length >= min), "{site}");
    assert!(rules.max_length.is_none_or(|max| length <= max), "{site}");
    assert!(characters.difference(&rules.allowed).is_empty(), "{site}: {password}");
    assert!(password.trim() == password, "{site}: {password}");
    for set in &rules.required {
        let times = rules.required.iter().filter(|other| *other == set).count();
        let found = password.chars().filter(|next| set.contains(*next)).count();
        assert!(found >= times, "{site}: {password}");
    }
    let (repeating, sequential) = runs(rules);
    for (limit, steps) in [(repeating, &[0][..]), (sequential, &[-1, 1])] {
        let longest = steps.iter().map(|step| longest_run(password, *step)).max();
        assert!(limit.is_none_or(|limit| longest <= Some(limit.into())), "{site}: {password}");
    }
}

#[test]
fn every_published_rule_gets_passwords_that_keep_to_it() {
    let published = include_str!("data/site-rules/password-rules.json");
    let sites: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(published).unwrap();
    assert_eq!(sites.len(), 434);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for (site, quirk) in &sites {
        let text = quirk["password-rules"].as_str().unwrap();
        let request = Request::from_pairs([("rules", text), ("count", "10")]);
        let request = request.unwrap_or_else(|errors| panic!("{site}: {errors:?}"));
        let recipe = request.compile().unwrap_or_else(|error| panic!("{site}: {error}"));
        let generated = recipe.generate(request.count(), &mut rng).unwrap();
        let passwords = generated.passwords.iter().map(ExposeSecret::expose_secret);
        passwords.for_each(|password| check(site, &parse(text), password));
    }
}

#[test]
fn long_and_hostile_strings_are_answered() {
    let longest = format!("allowed: [{}]", "a".repeat(MAX_CHARACTERS - 11));
    assert_eq!(parse(&longest).allowed.to_string(), "a");
    assert_eq!(parse(&longest.replace("[a", "[é")).allowed.to_string(), "a");
    let error = Rules::parse(&format!("{longest};")).unwrap_err();
    assert_eq!((error.position, error.what), (MAX_CHARACTERS + 1, Problem::TooLong));
    for piece in
        ["[", "]", "required:[", "required: [],", "allowed:[]];", "required:upper;", ";", "-"]
    {
        let text = piece.repeat(8192 / piece.len());
        assert_eq!(Rules::parse(&text).unwrap_err().what, Problem::TooLong, "{piece}");
        // The same up to the limit: an answer of any kind.
        let text: String = text.chars().take(MAX_CHARACTERS).collect();
        if let Ok(rules) = Rules::parse(&text) {
            assert!(rules.warnings.len() <= 6, "{piece}");
            assert!(!rules.normal_form(9).alphabet.is_empty(), "{piece}");
        }
    }
}

/// One class of a list: how it is written, and its characters.
fn class() -> impl Strategy<Value = (String, String)> {
    let lower: String = ('a'..='z').collect();
    let special: String =
        (' '..='~').filter(|character| !character.is_ascii_alphanumeric()).collect();
    let named = prop::sample::select(vec![
        ("lower".to_owned(), lower.clone()),
        ("LoweR".to_owned(), lower),
        ("digit".to_owned(), ('0'..='9').collect()),
        ("Special".to_owned(), special),
    ]);
    let custom = prop::collection::btree_set(prop::char::range('!', '~'), 1..12).prop_map(|set| {
        let inside: String = set.iter().filter(|character| !"-]".contains(**character)).collect();
        let first = if set.contains(&'-') { "-" } else { "" };
        let last = if set.contains(&']') { "]" } else { "" };
        (format!("[{first}{inside}{last}]"), set.into_iter().collect())
    });
    prop_oneof![named, custom]
}

/// One property: how it is written, its name, its number, its set.
fn property() -> impl Strategy<Value = (String, &'static str, u16, Characters)> {
    let names = prop::sample::select(vec!["max-consecutive", "max-repeating", "max-sequential"]);
    let space = || prop::sample::select(vec!["", " ", "\n", "\t "]);
    let limit = (names, space(), 1..200_u16).prop_map(|(name, space, value)| {
        (format!("{name}:{space}{value}"), name, value, Characters::default())
    });
    let names = prop::sample::select(vec!["required", "allowed"]);
    let sets =
        (names, space(), prop::collection::vec(class(), 1..4)).prop_map(|(name, space, list)| {
            let written: Vec<&str> = list.iter().map(|(written, _)| written.as_str()).collect();
            let text = format!("{name}:{space}{}", written.join(&format!("{space},{space}")));
            (text, name, 0, list.iter().flat_map(|(_, characters)| characters.chars()).collect())
        });
    prop_oneof![limit, sets]
}

proptest! {
    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        if let Ok(rules) = Rules::parse(&text) {
            prop_assert!(!rules.normal_form(9).alphabet.is_empty());
        }
    }

    #[test]
    fn any_text_of_the_right_characters_has_an_answer_within_it(
        text in r"((min|max)length|required|allowed|max-repeating|lower|[-\[\]:;, 0-9aé!]){0,40}"
    ) {
        match Rules::parse(&text) {
            Ok(rules) => {
                prop_assert!(!rules.allowed.is_empty());
                prop_assert!(rules.allowed.iter().all(|character| (' '..='~').contains(&character)));
                prop_assert!(rules.required.iter().all(|set| !set.is_empty()));
                let form = rules.normal_form(9);
                for rule in &form.rules {
                    prop_assert!(!rule.characters.is_disjoint(&form.alphabet), "{text}");
                }
            }
            Err(error) => prop_assert!((1..=text.chars().count() + 1).contains(&error.position)),
        }
    }

    #[test]
    fn written_rules_are_read_back(properties in prop::collection::vec(property(), 0..8)) {
        let written: Vec<&str> = properties.iter().map(|(text, ..)| text.as_str()).collect();
        let rules = parse(&written.join("; "));
        let least = |names: [&str; 2]| {
            properties.iter().filter(|(_, name, ..)| names.contains(name)).map(|property| property.2).min()
        };
        let limits = (least(["max-repeating", "max-consecutive"]), least(["max-sequential", "max-consecutive"]));
        prop_assert_eq!(runs(&rules), limits);
        let sets = |wanted: &'static str| {
            properties.iter().filter(move |(_, name, ..)| *name == wanted).map(|property| &property.3)
        };
        prop_assert!(rules.required.iter().eq(sets("required")));
        let all = sets("required").chain(sets("allowed")).fold(Characters::default(), |all, set| all.union(set));
        let all = if all.is_empty() { ('!'..='~').collect() } else { all.difference(&" ".into()) };
        prop_assert_eq!(rules.allowed, all);
        prop_assert_eq!(rules.warnings, []);
    }
}
