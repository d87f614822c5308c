use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Answer, Bench},
};

const NEW_PASSWORD: &str = "another-long-password";

fn incorrect() -> (String, String) {
    not_authorized("Incorrect username or password.")
}

fn limit() -> (String, String) {
    pair("LimitExceededException", "Attempt limit exceeded, please try after some time.")
}

impl Bench {
    async fn change(&self, tokens: &Value, previous: &str, proposed: &str) -> Answer {
        let more = json!({ "PreviousPassword": previous, "ProposedPassword": proposed });
        self.with_token("ChangePassword", tokens, more).await
    }
}

#[tokio::test]
async fn the_present_password_brings_a_new_one_and_ends_no_login() {
    let bench = Bench::new().with_ann().await;
    let (tokens, others) = (bench.log_in().await, bench.log_in().await);
    assert_eq!(bench.change(&tokens, "wrong", NEW_PASSWORD).await.refusal(), incorrect());
    assert_eq!(bench.change(&tokens, ANN_PASSWORD, NEW_PASSWORD).await.text, "{}");
    assert_eq!(bench.sign_in(ANN, ANN_PASSWORD).await.refusal(), incorrect());
    bench.sign_in(ANN, NEW_PASSWORD).await.ok();
    for tokens in [&tokens, &others] {
        bench.get_user(tokens).await.ok();
        bench.refreshed(tokens).await;
    }
}

#[tokio::test]
async fn what_cannot_be_a_password_is_refused_and_not_counted() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let message = "Password does not conform to policy: Password not long enough";
    for _ in 0..6 {
        let refusal = bench.change(&tokens, ANN_PASSWORD, "too-short").await.refusal();
        assert_eq!(refusal, pair("InvalidPasswordException", message));
    }
    let more = json!({ "ProposedPassword": NEW_PASSWORD });
    assert_eq!(bench.with_token("ChangePassword", &tokens, more).await.refusal(), incorrect());
    bench.change(&tokens, ANN_PASSWORD, NEW_PASSWORD).await.ok();
}

#[tokio::test]
async fn five_tries_an_hour_are_the_limit() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    for _ in 0..5 {
        assert_eq!(bench.change(&tokens, "wrong", NEW_PASSWORD).await.refusal(), incorrect());
    }
    let hashes = bench.hashes();
    let refusal = bench.change(&tokens, ANN_PASSWORD, NEW_PASSWORD).await.refusal();
    assert_eq!((refusal, bench.hashes()), (limit(), hashes));
    // It is another count than that of sign-in.
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    bench.wait(60 * 60);
    let tokens = bench.log_in().await;
    bench.change(&tokens, ANN_PASSWORD, NEW_PASSWORD).await.ok();
}

#[tokio::test]
async fn tries_at_the_same_time_do_not_outrun_the_limit() {
    let bench = Arc::new(Bench::new().with_ann().await);
    let tokens = bench.log_in().await;
    let mut tries = JoinSet::new();
    for _ in 0..12 {
        let (bench, tokens) = (Arc::clone(&bench), tokens.clone());
        tries.spawn(async move { bench.change(&tokens, "wrong", NEW_PASSWORD).await.refusal() });
    }
    let answers = tries.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == incorrect()).count(), 5);
    assert_eq!(answers.iter().filter(|answer| **answer == limit()).count(), 7);
}
