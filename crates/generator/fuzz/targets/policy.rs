//! Vault's password policies: any text is read or refused, and what is read keeps its bounds.
#![no_main]

use generator::vault_policy::{MAX_LENGTH, MIN_LENGTH, parse};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(policy) = parse(text) {
        assert!((MIN_LENGTH..=MAX_LENGTH).contains(&policy.length));
        assert!(!policy.charsets.is_empty());
    }
});
