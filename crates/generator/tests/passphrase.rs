//! Passphrases through the public interface: the options, the entropy, and what comes out.
#![cfg(test)]

use generator::{Capitalize, Passphrase, PassphraseError, PassphraseOptions, Wordlist};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use secrecy::ExposeSecret;

fn one(options: PassphraseOptions, seed: u64) -> String {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let generated = Passphrase::new(options).unwrap().generate(1, &mut rng);
    generated.passwords[0].expose_secret().to_owned()
}

fn with(change: impl FnOnce(&mut PassphraseOptions)) -> PassphraseOptions {
    let mut options = PassphraseOptions::default();
    change(&mut options);
    options
}

#[test]
fn known_entropies() {
    // log2 of 7776 and of 1296.
    const LARGE: f64 = 12.924_812_503_605_78;
    const SHORT: f64 = 10.339_850_002_884_624;
    let rows = [
        (PassphraseOptions::default(), 6.0 * LARGE),
        (with(|options| options.words = 3), 3.0 * LARGE),
        (with(|options| options.words = 40), 40.0 * LARGE),
        (with(|options| options.wordlist = Wordlist::EffShort), 6.0 * SHORT),
        (with(|options| options.separator = String::new()), 6.0 * LARGE),
        (with(|options| options.capitalize = Capitalize::First), 6.0 * LARGE),
        (with(|options| options.capitalize = Capitalize::All), 6.0 * LARGE),
        (with(|options| options.capitalize = Capitalize::One), 6.0 * LARGE + f64::log2(6.0)),
        (with(|options| options.capitalize = Capitalize::Random), 6.0 * LARGE + 6.0),
        (with(|options| options.include_number = true), 6.0 * LARGE + f64::log2(60.0)),
        (
            with(|options| {
                options.words = 5;
                options.include_number = true;
                options.capitalize = Capitalize::One;
            }),
            5.0 * LARGE + f64::log2(250.0),
        ),
    ];
    for (options, bits) in rows {
        let passphrase = Passphrase::new(options.clone()).unwrap();
        assert!((passphrase.entropy_bits() - bits).abs() < 1e-9, "{options:?}");
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let generated = passphrase.generate(3, &mut rng);
        assert!((generated.entropy_bits - 3.0 * bits).abs() < 1e-9, "{options:?}");
        assert_eq!(generated.passwords.len(), 3);
    }
}

#[test]
fn passphrases_from_a_seed() {
    let rows = [
        (PassphraseOptions::default(), "challenge-ideally-freeware-evacuate-rerun-reprogram"),
        (
            with(|options| {
                options.words = 3;
                options.separator = String::new();
                options.capitalize = Capitalize::All;
            }),
            "ChallengeIdeallyFreeware",
        ),
        (
            with(|options| {
                options.words = 4;
                options.separator = " + ".to_owned();
                options.capitalize = Capitalize::First;
                options.include_number = true;
                options.wordlist = Wordlist::EffShort;
            }),
            "Gut + click + disk + rice0",
        ),
        (
            with(|options| options.capitalize = Capitalize::One),
            "ellipse-chastise-surcharge-Subject-evacuate-rerun",
        ),
        (
            with(|options| options.capitalize = Capitalize::Random),
            "Vacancy-Coexist-proud-Candied-Evacuate-Rerun",
        ),
    ];
    for (options, expected) in rows {
        assert_eq!(one(options.clone(), 7), expected, "{options:?}");
    }
}

#[test]
fn options_out_of_bounds_are_refused() {
    for words in [0, 1, 2, 41, 255] {
        let options = with(|options| options.words = words);
        assert_eq!(Passphrase::new(options), Err(PassphraseError::Words), "{words}");
    }
    for separator in ["", " ", "-", "_.~", "12345678", "€", "½", "😀", "||||||||"] {
        let options = with(|options| options.separator = separator.to_owned());
        assert!(Passphrase::new(options).is_ok(), "{separator}");
    }
    // Too long, letters, control characters, and a mark that would stand on the letter before it.
    for separator in
        ["---------", "x", "-A-", "é", "ß", "字", "\n", "\t", "\0", "\u{301}", "\u{200b}", "\u{a0}"]
    {
        let options = with(|options| options.separator = separator.to_owned());
        assert_eq!(Passphrase::new(options), Err(PassphraseError::Separator), "{separator:?}");
    }
}

#[test]
fn names_of_options() {
    for (name, capitalize) in [
        ("none", Capitalize::None),
        ("first", Capitalize::First),
        ("all", Capitalize::All),
        ("one", Capitalize::One),
        ("random", Capitalize::Random),
    ] {
        assert_eq!(name.parse(), Ok(capitalize));
        assert_eq!(serde_json::to_value(capitalize).unwrap(), name);
    }
    for (name, list, words) in
        [("eff_large", Wordlist::EffLarge, 7776), ("eff_short", Wordlist::EffShort, 1296)]
    {
        assert_eq!(name.parse(), Ok(list));
        assert_eq!(serde_json::to_value(list).unwrap(), name);
        assert_eq!(list.words().len(), words);
    }
    for name in ["", "None", "ALL", "eff", "diceware"] {
        assert_eq!(name.parse::<Capitalize>(), Err(PassphraseError::Capitalize));
        assert_eq!(name.parse::<Wordlist>(), Err(PassphraseError::Wordlist));
    }
    assert_eq!(
        serde_json::to_string(&PassphraseOptions::default()).unwrap(),
        r#"{"words":6,"separator":"-","capitalize":"none","include_number":false,"wordlist":"eff_large"}"#
    );
}

#[test]
fn messages_say_what_is_allowed() {
    for (error, message) in [
        (PassphraseError::Words, "words must be an integer from 3 to 40"),
        (
            PassphraseError::Separator,
            "separator must have at most 8 characters, each of them a digit, punctuation, a symbol or a space",
        ),
        (PassphraseError::Capitalize, "capitalize must be none, first, all, one or random"),
        (PassphraseError::Wordlist, "wordlist must be eff_large or eff_short"),
    ] {
        assert_eq!(error.to_string(), message);
    }
}

/// Each word of a list, each digit and each position comes up about as often as it should: chi-square, from a seed.
#[test]
fn words_digits_and_positions_are_uniform() {
    let options = with(|options| {
        options.wordlist = Wordlist::EffShort;
        options.separator = " ".to_owned();
        options.include_number = true;
        options.capitalize = Capitalize::One;
    });
    let passphrase = Passphrase::new(options).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut words, mut digits, mut capitals) = (vec![0; 1296], vec![0; 10], vec![0; 6]);
    let mut numbered = vec![0; 6];
    for generated in (0..6000).map(|_| passphrase.generate(1, &mut rng)) {
        for (index, word) in generated.passwords[0].expose_secret().split(' ').enumerate() {
            let plain = word.trim_end_matches(|last: char| last.is_ascii_digit()).to_lowercase();
            let list = Wordlist::EffShort.words();
            words[list.iter().position(|known| *known == plain).unwrap()] += 1;
            if let Some(digit) = word.chars().last().and_then(|last| last.to_digit(10)) {
                digits[digit as usize] += 1;
                numbered[index] += 1;
            }
            capitals[index] += u32::from(word.starts_with(|first: char| first.is_uppercase()));
        }
    }
    // The 0.999 quantiles of chi-square with 1295, 9 and 5 degrees of freedom.
    for (counts, limit) in [(words, 1457.5), (digits, 27.88), (capitals, 20.52), (numbered, 20.52)]
    {
        let total: u32 = counts.iter().sum();
        let expected = f64::from(total) / f64::from(u32::try_from(counts.len()).unwrap());
        let square = |count: &u32| (f64::from(*count) - expected).powi(2) / expected;
        let statistic: f64 = counts.iter().map(square).sum();
        assert!(statistic < limit, "{statistic} of {} counts", counts.len());
    }
}

/// Any options that are allowed.
fn options() -> impl Strategy<Value = PassphraseOptions> {
    let capitalize = prop::sample::select(vec![
        Capitalize::None,
        Capitalize::First,
        Capitalize::All,
        Capitalize::One,
        Capitalize::Random,
    ]);
    let wordlist = prop::sample::select(vec![Wordlist::EffLarge, Wordlist::EffShort]);
    (3..=40_u8, "[-_ 0-9.€]{0,8}", capitalize, any::<bool>(), wordlist).prop_map(
        |(words, separator, capitalize, include_number, wordlist)| PassphraseOptions {
            words,
            separator,
            capitalize,
            include_number,
            wordlist,
        },
    )
}

/// The words that `text` is made of, each with its capital, and where the digit is: read from the left.
fn read(options: &PassphraseOptions, mut text: &str) -> Option<(Vec<bool>, Vec<usize>)> {
    let (mut capitals, mut digits) = (Vec::new(), Vec::new());
    for index in 0..usize::from(options.words) {
        if index > 0 {
            text = text.strip_prefix(&options.separator)?;
        }
        let small = text.to_lowercase();
        let mut known = options.wordlist.words().iter().filter(|word| small.starts_with(**word));
        let (word, None) = (known.next()?, known.next()) else { return None };
        capitals.push(text.starts_with(|first: char| first.is_uppercase()));
        text = text.get(word.len()..)?;
        // A digit is there if what follows up to a letter is longer than the separator.
        let gap = text.chars().take_while(|next| !next.is_ascii_alphabetic()).count();
        let last = index + 1 == usize::from(options.words);
        if gap > if last { 0 } else { options.separator.chars().count() } {
            digits.push(index);
            text = text.strip_prefix(|digit: char| digit.is_ascii_digit())?;
        }
    }
    text.is_empty().then_some((capitals, digits))
}

proptest! {
    #[test]
    fn every_passphrase_is_what_its_options_say(options in options(), seed in any::<u64>()) {
        let text = one(options.clone(), seed);
        let passphrase = Passphrase::new(options.clone()).unwrap();
        prop_assert!(text.chars().count() <= passphrase.max_length());
        let (capitals, digits) = read(&options, &text).ok_or_else(|| TestCaseError::fail(text.clone()))?;
        prop_assert_eq!(digits.len(), usize::from(options.include_number), "{}", text);
        let all = usize::from(options.words);
        let count = capitals.iter().filter(|capital| **capital).count();
        let fits = match options.capitalize {
            Capitalize::None => count == 0,
            Capitalize::First => count == 1 && capitals[0],
            Capitalize::All => count == all,
            Capitalize::One => count == 1,
            Capitalize::Random => true,
        };
        prop_assert!(fits, "{}", text);
    }
}
