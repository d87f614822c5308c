use serde_json::json;

use super::support::{ANN, ANN_PASSWORD, Bench};

const INCORRECT: &str = "Incorrect username or password.";
const LOCKED: &str = "Password attempts exceeded";

/// Seconds to wait, then a wrong password, then the answer: n = 5 locks for 1 s, 6 for 2 s, 7 for 4
/// s, 8 for 8 s.
const GUESSES: [(u64, &str); 14] = [
    (0, INCORRECT),
    (1, INCORRECT),
    (0, INCORRECT),
    (0, INCORRECT),
    (0, INCORRECT),
    (0, LOCKED),
    (1, INCORRECT),
    (1, LOCKED),
    (1, INCORRECT),
    (3, LOCKED),
    (0, LOCKED),
    (1, INCORRECT),
    (7, LOCKED),
    (1, INCORRECT),
];

#[tokio::test]
async fn guesses_lock_users_and_strangers_alike() {
    for username in [ANN, "nobody@example.com"] {
        let bench = Bench::new().with_ann().await;
        let mut hashes = bench.hashes();
        for (step, (wait, message)) in GUESSES.into_iter().enumerate() {
            bench.wait(wait);
            let refusal = bench.sign_in(username, "wrong").await.refusal();
            assert_eq!(
                refusal,
                ("NotAuthorizedException".to_owned(), message.to_owned()),
                "{username}, step {step}"
            );
            hashes += usize::from(message == INCORRECT);
            assert_eq!(bench.hashes(), hashes, "a locked password is not tried");
        }
    }
}

#[tokio::test]
async fn a_lock_holds_against_the_right_password_and_ends_with_it() {
    let bench = Bench::new().with_ann().await;
    for _ in 0..5 {
        bench.sign_in(ANN, "wrong").await.refusal();
    }
    assert_eq!(bench.sign_in(ANN, ANN_PASSWORD).await.refusal().1, LOCKED);
    bench.wait(1);
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    for _ in 0..5 {
        assert_eq!(bench.sign_in(ANN, "wrong").await.refusal().1, INCORRECT);
    }
}

#[tokio::test]
async fn every_name_of_a_user_counts_together() {
    let bench = Bench::new().with_ann().await;
    let sub =
        bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok()["Username"].clone();
    for username in [ANN, "ann@example.com", "ANN@example.com", sub.as_str().unwrap(), ANN] {
        assert_eq!(bench.sign_in(username, "wrong").await.refusal().1, INCORRECT);
    }
    assert_eq!(bench.sign_in("anN@example.com", ANN_PASSWORD).await.refusal().1, LOCKED);
}

#[tokio::test]
async fn silence_is_forgiven() {
    let bench = Bench::new().with_ann().await;
    for _ in 0..5 {
        bench.sign_in(ANN, "wrong").await.refusal();
    }
    bench.wait(1 + 15 * 60);
    for _ in 0..5 {
        assert_eq!(bench.sign_in(ANN, "wrong").await.refusal().1, INCORRECT);
    }
    assert_eq!(bench.sign_in(ANN, "wrong").await.refusal().1, LOCKED);
}

#[tokio::test]
async fn a_restart_does_not_unlock() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    for username in [ANN, "nobody@example.com"] {
        let bench = Bench::at(&path);
        bench.sign_up(ANN, ANN_PASSWORD).await;
        for _ in 0..5 {
            bench.sign_in(username, "wrong").await.refusal();
        }
        drop(bench);
        assert_eq!(Bench::at(&path).sign_in(username, "wrong").await.refusal().1, LOCKED);
    }
}

#[tokio::test]
async fn guesses_at_the_same_time_do_not_outrun_the_lock() {
    let bench = std::sync::Arc::new(Bench::new().with_ann().await);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let bench = std::sync::Arc::clone(&bench);
        guesses.spawn(async move { bench.sign_in(ANN, "wrong").await.refusal().1 });
    }
    let answers = guesses.join_all().await;
    assert_eq!(answers.iter().filter(|message| *message == INCORRECT).count(), 5);
    assert_eq!(answers.iter().filter(|message| *message == LOCKED).count(), 35);
}
