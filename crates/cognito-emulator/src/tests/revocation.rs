use std::time::Duration;

use serde_json::json;

use super::{
    steps::{not_authorized, pair},
    support::{ANN, ANN_PASSWORD, Bench},
};
use crate::{login::Login, pool::rng, store::Change, time::Moment, user::User};

fn revoked() -> (String, String) {
    not_authorized("Access Token has been revoked")
}

#[tokio::test]
async fn a_revocation_ends_one_login_with_all_its_tokens() {
    let bench = Bench::new().with_ann().await;
    let (one, other) = (bench.log_in().await, bench.log_in().await);
    let fresh = bench.refreshed(&one).await;
    for _ in 0..2 {
        assert_eq!(bench.revoke(&one).await.text, "{}");
        let refusal = bench.refresh(&one).await.refusal();
        assert_eq!(refusal, not_authorized("Refresh Token has been revoked"));
    }
    for tokens in [&one, &fresh] {
        assert_eq!(bench.get_user(tokens).await.refusal(), revoked());
    }
    bench.get_user(&other).await.ok();
    bench.refreshed(&other).await;
}

#[tokio::test]
async fn an_unknown_token_is_as_good_as_revoked() {
    let bench = Bench::new().with_ann().await;
    for garbage in ["garbage", "a.b.c"] {
        assert_eq!(bench.revoke(&json!({ "RefreshToken": garbage })).await.text, "{}");
    }
}

#[tokio::test]
async fn only_refresh_tokens_can_be_revoked() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    for name in ["AccessToken", "IdToken"] {
        let answer = bench.revoke(&json!({ "RefreshToken": tokens[name] })).await;
        assert_eq!(answer.refusal().0, "UnsupportedTokenTypeException", "{name}");
    }
    bench.get_user(&tokens).await.ok();
}

#[tokio::test]
async fn a_revocation_needs_client_and_secret() {
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    let (id, wrong) = (bench.emulator.client_id(), "x".repeat(51));
    for (client, secret) in [(id, json!(null)), (id, json!(wrong)), ("nobody", json!(wrong))] {
        let body =
            json!({ "ClientId": client, "ClientSecret": secret, "Token": tokens["RefreshToken"] });
        let refusal = bench.call("RevokeToken", body).await.refusal();
        assert_eq!(refusal, pair("UnauthorizedException", "Invalid client or secret"));
    }
    bench.get_user(&tokens).await.ok();
}

#[tokio::test]
async fn a_client_may_have_no_secret_and_no_revocation() {
    let bench = Bench::with(&json!({}), &json!({ "GenerateSecret": false }));
    let body = |secret| json!({ "ClientId": bench.emulator.client_id(), "Token": "x", "ClientSecret": secret });
    bench.call("RevokeToken", body(json!(null))).await.ok();
    let refusal = bench.call("RevokeToken", body(json!("x".repeat(51)))).await.refusal();
    assert_eq!(refusal.0, "UnauthorizedException");

    let bench =
        Bench::with(&json!({}), &json!({ "EnableTokenRevocation": false })).with_ann().await;
    let tokens = bench.log_in().await;
    assert_eq!(bench.revoke(&tokens).await.refusal().0, "UnsupportedOperationException");
    // Signing out everywhere is older than revocation and needs no setting.
    bench.with_token("GlobalSignOut", &tokens, json!({})).await.ok();
    assert_eq!(bench.get_user(&tokens).await.refusal(), revoked());
}

#[tokio::test]
async fn a_global_sign_out_ends_every_login_of_one_user() {
    let bench = Bench::new().with_ann().await;
    let bob = "bob@example.com";
    bench.sign_up(bob, ANN_PASSWORD).await.ok();
    bench.confirm(bob, &bench.code()).await.ok();
    let of_bob = bench.sign_in(bob, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
    let logins = [bench.log_in().await, bench.log_in().await];
    let answer = bench.with_token("GlobalSignOut", &logins[0], json!({})).await;
    assert_eq!(answer.text, "{}");
    for tokens in &logins {
        assert_eq!(bench.get_user(tokens).await.refusal(), revoked());
        let refusal = bench.refresh(tokens).await.refusal();
        assert_eq!(refusal, not_authorized("Refresh Token has been revoked"));
        let refusal = bench.with_token("GlobalSignOut", tokens, json!({})).await.refusal();
        assert_eq!(refusal, revoked());
    }
    bench.get_user(&of_bob).await.ok();
    let again = bench.sign_in(ANN, ANN_PASSWORD).await.ok()["AuthenticationResult"].clone();
    bench.get_user(&again).await.ok();
}

#[tokio::test]
async fn revocations_and_rotations_survive_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let rotation = json!({ "Feature": "ENABLED", "RetryGracePeriodSeconds": 0 });
    let open = || Bench::at_with(&path, &json!({}), &json!({ "RefreshTokenRotation": rotation }));

    let bench = open().with_ann().await;
    let (kept, ended) = (bench.log_in().await, bench.log_in().await);
    let next = bench.refreshed(&kept).await;
    bench.revoke(&ended).await.ok();
    drop(bench);

    let bench = open();
    assert_eq!(bench.get_user(&ended).await.refusal(), revoked());
    assert_eq!(bench.refresh(&ended).await.refusal(), not_authorized(""));
    assert_eq!(bench.refresh(&kept).await.refusal().0, "RefreshTokenReuseException");
    bench.get_user(&kept).await.ok();
    let last = bench.refreshed(&next).await;
    bench.with_token("GlobalSignOut", &last, json!({})).await.ok();
    drop(bench);

    assert_eq!(open().get_user(&last).await.refusal(), revoked());
}

/// Subs are random, so that from outside only chance would put others behind a user in the table.
#[tokio::test]
async fn the_logins_before_and_behind_those_of_a_user_go_on() {
    let bench = Bench::new().with_ann().await;
    let pool = &bench.emulator.pool;
    let ann = pool.store.read().unwrap().find(&pool.name(ANN)).unwrap().unwrap();
    let logins = ["a", "b", "b", "ba", "c"].map(|sub| {
        let user = User { sub: sub.to_owned(), ..ann.clone() };
        Login::new(&user, "client", Duration::from_hours(1), Moment(0), &mut rng())
    });
    let revoked = |change: &Change| -> Vec<Option<bool>> {
        let found = logins.iter().map(|login| change.login(&login.sub, &login.event_id).unwrap());
        found.map(|login| login.map(|login| login.revoked)).collect()
    };
    let outcome = pool.store.write_now(|change| {
        for login in &logins {
            change.put_login(login)?;
        }
        change.revoke_logins("b")?;
        let after_sign_out = revoked(change);
        change.delete_user(&pool.name("b@example.com"), "b")?;
        Ok((after_sign_out, revoked(change)))
    });
    let (after_sign_out, after_deletion) = outcome.unwrap();
    assert_eq!(after_sign_out, [false, true, true, false, false].map(Some));
    assert_eq!(after_deletion, [Some(false), None, None, Some(false), Some(false)]);
}
