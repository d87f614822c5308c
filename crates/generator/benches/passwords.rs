//! How long a password takes, beside other ways to make one in the same process.
#![expect(clippy::expect_used, clippy::panic, reason = "a benchmark that cannot run stops")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use generator::{Policy, Recipe, Request};
use rand::rngs::{ChaCha8Rng, StdRng, SysRng};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use secrecy::ExposeSecret;

type Pairs = &'static [(&'static str, &'static str)];

const DEFAULT: Pairs = &[];
const LONG: Pairs = &[
    ("length", "256"),
    ("nums", "20"),
    ("special_chars", "20"),
    ("uppercase", "20"),
    ("lowercase", "20"),
];
const RUNS: Pairs = &[("max_repeating", "2"), ("max_sequential", "2")];

fn compile(pairs: &[(&str, &str)]) -> Policy {
    let request = Request::from_pairs(pairs.iter().copied()).expect("a valid request");
    match request.compile() {
        Ok(Recipe::Policy(policy)) => policy,
        other => panic!("no policy: {other:?}"),
    }
}

fn password(policy: &Policy, rng: &mut impl rand::CryptoRng) -> usize {
    let generated = policy.generate(1, rng).expect("there are passwords");
    generated.passwords.first().map_or(0, |password| password.expose_secret().len())
}

fn keyed() -> StdRng {
    StdRng::try_from_rng(&mut SysRng).expect("the operating system gives randomness")
}

/// A request from its words to the password, by the same words again and again.
fn requests(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("request");
    let mut rng = keyed();
    for (name, pairs) in
        [("default", DEFAULT), ("256 characters, four minimums", LONG), ("runs", RUNS)]
    {
        group.bench_function(name, |bench| {
            bench.iter(|| password(&compile(black_box(pairs)), &mut rng));
        });
    }
    group.bench_function("default, freshly keyed", |bench| {
        bench.iter(|| password(&compile(black_box(DEFAULT)), &mut keyed()));
    });
    group.bench_function("only keying", |bench| bench.iter(|| keyed().next_u64()));
    group.finish();
}

/// Policies that have not been seen before.
fn policies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("policy");
    let rows: [(&str, Pairs); 9] = [
        ("20 characters", DEFAULT),
        ("20 characters, 20 digits", &[("length", "20"), ("nums", "17")]),
        ("20 characters, three of four classes", &[("min_classes", "3")]),
        ("20 characters, a letter first and last", &[("first", "letter"), ("last", "letter")]),
        ("20 characters, distinct", &[("distinct", "true")]),
        ("20 characters, max_repeating", &[("max_repeating", "2")]),
        ("20 characters, both run limits", RUNS),
        ("256 characters, four minimums", LONG),
        (
            "256 characters, both run limits",
            &[("length", "256"), ("max_repeating", "2"), ("max_sequential", "2")],
        ),
    ];
    for (name, pairs) in rows {
        let form = compile(pairs).normal_form().clone();
        group.bench_function(name, |bench| {
            bench.iter_batched(
                || form.clone(),
                |form| Policy::compile(form).map(|policy| policy.entropy_bits()),
                criterion::BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// Passwords from a policy that is kept.
fn kept(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kept policy");
    let mut rng = keyed();
    for length in ["20", "256", "4096"] {
        let policy = compile(&[("length", length)]);
        group.bench_function(BenchmarkId::from_parameter(length), |bench| {
            bench.iter(|| password(&policy, &mut rng));
        });
    }
    for (name, pairs) in [
        ("20, by rank", &[("nums", "17")] as Pairs),
        ("256, four minimums", LONG),
        ("20, both run limits", RUNS),
    ] {
        let policy = compile(pairs);
        group.bench_function(name, |bench| bench.iter(|| password(&policy, &mut rng)));
    }
    group.finish();
}

/// Other ways to a password of 20 characters.
fn peers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("peers");
    let alphabet: Vec<char> = compile(DEFAULT).normal_form().alphabet.iter().collect();
    let (mut standard, mut thread) = (ChaCha8Rng::from_rng(&mut keyed()), rand::rng());
    group.bench_function("rand, choose until all classes, ThreadRng", |bench| {
        bench.iter(|| until_all_classes(&alphabet, &mut thread));
    });
    group.bench_function("rand, choose until all classes, ChaCha8", |bench| {
        bench.iter(|| until_all_classes(&alphabet, &mut standard));
    });
    group.bench_function("nanoid", |bench| bench.iter(|| nanoid::nanoid!(20)));
    let passwords = passwords::PasswordGenerator::new()
        .length(20)
        .numbers(true)
        .symbols(true)
        .uppercase_letters(true)
        .lowercase_letters(true)
        .strict(true);
    group.bench_function("passwords", |bench| bench.iter(|| passwords.generate_one()));
    let mut prepared = passwords.try_iter().expect("a valid configuration");
    group.bench_function("passwords, prepared", |bench| bench.iter(|| prepared.next()));
    group.finish();
}

fn until_all_classes(alphabet: &[char], rng: &mut impl Rng) -> String {
    loop {
        let text: String = (0..20).filter_map(|_| alphabet.choose(rng)).collect();
        let has = |class: fn(&char) -> bool| text.chars().any(|character| class(&character));
        if has(char::is_ascii_digit)
            && has(char::is_ascii_punctuation)
            && has(char::is_ascii_uppercase)
            && has(char::is_ascii_lowercase)
        {
            return text;
        }
    }
}

criterion_group!(benches, requests, policies, kept, peers);
criterion_main!(benches);
