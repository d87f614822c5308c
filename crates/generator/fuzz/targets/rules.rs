//! Apple's password rules: any text is read or refused, and what is read has its lengths in order.
#![no_main]

use generator::apple::Rules;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(rules) = Rules::parse(text) {
        let (min, max) = (rules.min_length.unwrap_or(1), rules.max_length.unwrap_or(u16::MAX));
        assert!((min..=max).contains(&rules.default_length()));
    }
});
