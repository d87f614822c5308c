//! How long a password takes, and what the dearest requests take.
#![expect(clippy::expect_used, clippy::panic, reason = "a benchmark that cannot run stops")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use generator::{Policy, Recipe, Request};
use rand::rngs::{StdRng, SysRng};
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

/// A request from its words to the password.
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

/// The dearest requests: what is promised to be answered, and what uses up the budget before it is refused.
fn dearest(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dearest");
    group.sample_size(20);
    let rows: [(&str, Pairs); 5] = [
        (
            "answered: 256 characters, run limits, ends, 100 passwords",
            &[
                ("length", "256"),
                ("max_repeating", "1"),
                ("max_sequential", "1"),
                ("exclude", "e4Q"),
                ("first", "letter"),
                ("last", "letter"),
                ("count", "100"),
            ],
        ),
        (
            "answered: 4096 characters in AWS's words",
            &[("PasswordLength", "4096"), ("count", "16")],
        ),
        (
            "refused: large minimums, run limit, entropy",
            &[
                ("special_chars", "30"),
                ("uppercase", "20"),
                ("lowercase", "10"),
                ("max_repeating", "3"),
                ("first", "alnum"),
                ("include_space", "true"),
                ("min_entropy", "1024"),
            ],
        ),
        ("refused: 4096 characters, run limit", &[("length", "4096"), ("max_repeating", "1")]),
        (
            "refused: 64 characters, four minimums, run limit",
            &[
                ("length", "64"),
                ("nums", "5"),
                ("special_chars", "5"),
                ("uppercase", "5"),
                ("lowercase", "5"),
                ("max_repeating", "2"),
            ],
        ),
    ];
    for (name, pairs) in rows {
        let mut rng = keyed();
        group.bench_function(name, |bench| bench.iter(|| answer(black_box(pairs), &mut rng)));
    }
    group.finish();
}

/// How many passwords a request gets.
fn answer(pairs: &[(&str, &str)], rng: &mut impl rand::CryptoRng) -> usize {
    let request = Request::from_pairs(pairs.iter().copied()).expect("a valid request");
    let Ok(recipe) = request.compile() else { return 0 };
    recipe.generate(request.count(), rng).map_or(0, |generated| generated.passwords.len())
}

criterion_group!(benches, requests, policies, kept, dearest);
criterion_main!(benches);
