//! What is left of a password in the memory of the process after it was dropped: nothing (SEC-6).
//!
//! The test reads its own memory as the system shows it, since an allocator that looks at freed
//! blocks would need unsafe code, which the workspace forbids.
#![cfg(test)]
#![cfg(target_os = "linux")]

use std::{
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
};

use generator::{Generated, Request};
use rand::{SeedableRng, rngs::ChaCha8Rng};
use secrecy::ExposeSecret;

/// What hides the sought text, which must not be in memory itself.
const MASK: u8 = 0x5A;

fn generate(pairs: &[(&str, &str)], seed: u64) -> Generated {
    let recipe = Request::from_pairs(pairs.iter().copied()).unwrap().compile().unwrap();
    recipe.generate(3, &mut ChaCha8Rng::seed_from_u64(seed)).unwrap()
}

/// A part of each password, masked: as UTF-8, and as the four bytes of each `char`. It is behind the
/// first bytes, where an allocator writes into freed blocks.
fn masked(generated: &Generated) -> Vec<Vec<u8>> {
    let part = |password: &str| -> Vec<u8> {
        password.bytes().skip(password.len() / 2).take(12).map(|byte| byte ^ MASK).collect()
    };
    let wide = |part: &[u8]| part.iter().flat_map(|byte| [*byte, MASK, MASK, MASK]).collect();
    let parts = generated.passwords.iter().map(|password| part(password.expose_secret()));
    parts.flat_map(|part| [wide(&part), part]).collect()
}

/// How often the texts are in what the process can write to.
fn found(masked: &[Vec<u8>]) -> usize {
    let mut memory = File::open("/proc/self/mem").unwrap();
    // One buffer of a fixed size: the copy of a text that it holds is one more place at most.
    let mut buffer = vec![0; 1 << 16];
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw")) {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let [from, to] = [from, to].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut at = from;
        while at < to {
            memory.seek(SeekFrom::Start(at)).unwrap();
            let wanted = buffer.len().min(usize::try_from(to - at).unwrap());
            // A guard page cannot be read.
            let Ok(read) = memory.read(&mut buffer[..wanted]) else { break };
            if read == 0 {
                break;
            }
            found += masked.iter().filter(|text| holds(&buffer[..read], text)).count();
            // The pieces overlap, so that no text falls between two.
            at += u64::try_from(if read == buffer.len() { read - 64 } else { read }).unwrap();
        }
    }
    found
}

fn holds(piece: &[u8], masked: &[u8]) -> bool {
    let first = masked[0] ^ MASK;
    piece.windows(masked.len()).any(|window| {
        window[0] == first && window.iter().zip(masked).all(|(byte, other)| byte ^ MASK == *other)
    })
}

/// Runs alone in its process: this is the only test of the file.
#[test]
fn sec_6_nothing_is_left_of_a_dropped_password() {
    // Long ones: a block of such a size is not soon used again.
    let requests: [&[(&str, &str)]; 4] = [
        &[("length", "400")],
        &[("length", "300"), ("nums", "5"), ("symbols", "-_")],
        // Position by position this hardly ever succeeds, so it is drawn by rank.
        &[("length", "200"), ("nums", "150"), ("symbols", "-_")],
        &[("kind", "passphrase"), ("words", "20")],
    ];
    for (seed, pairs) in requests.into_iter().enumerate() {
        let generated = generate(pairs, u64::try_from(seed).unwrap());
        let masked = masked(&generated);
        assert!(found(&masked) >= 3, "{pairs:?}: the passwords themselves are found");
        drop(generated);
        assert_eq!(found(&masked), 0, "{pairs:?}");
    }
}
