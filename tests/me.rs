//! `GET /me`, and what holds of every route of the caller's own account.

use serde_json::json;

use crate::{
    client::{Call, Tokens, confirmed, log_in, set_up_mfa},
    stack::SHARED,
    tokens::payload,
};

#[test]
fn the_caller_is_shown() {
    let address = confirmed();
    let token = log_in(&SHARED, &address).access;
    let me = || Call::get("/me").bearer(&token).send();
    let expected = |mfa_enabled| {
        json!({
            "sub": payload(&token)["sub"],
            "email": address,
            "email_verified": true,
            "mfa_enabled": mfa_enabled,
        })
    };
    let answer = me();
    assert_eq!((answer.status, answer.json()), (200, expected(false)));
    set_up_mfa(&SHARED, &token);
    assert_eq!(me().json(), expected(true));
}

/// Nothing but the token says who the caller is.
#[test]
fn tok_18_nobody_else_can_be_named() {
    let (ada, bob) = (&log_in(&SHARED, &confirmed()), &log_in(&SHARED, &confirmed()));
    let bobs = payload(&bob.access)["sub"].as_str().unwrap().to_owned();
    let call = Call::get("/me").query("sub", &bobs).header("x-user-id", &bobs).header("sub", &bobs);
    let answer = call.bearer(&ada.access).send();
    assert_eq!(answer.json()["sub"], payload(&ada.access)["sub"]);
}

/// The authorizer stands before every one of them.
#[test]
fn without_a_token_there_is_one_answer() {
    let without = Call::get("/me").send();
    assert_eq!(without.outcome(), (401, "unauthorized".to_owned()));
    let Tokens { id, access, refresh } = Tokens::shared();
    for (method, path) in [
        ("GET", "/me"),
        ("DELETE", "/me"),
        ("POST", "/change_password"),
        ("POST", "/mfa/setup"),
        ("POST", "/mfa/verify"),
        ("DELETE", "/mfa"),
    ] {
        let call = || Call::new(method, path).header("content-type", "application/json");
        for call in [
            call(),
            call().body("{"),
            call().bearer(id),
            call().bearer(refresh),
            call().bearer(&format!("{access}x")),
            call().bearer("x"),
            call().bearer(access).bearer(access),
            call().query("access_token", access),
            call().body(json!({"access_token": access}).to_string()),
        ] {
            assert_eq!(call.send().likeness(), without.likeness(), "{method} {path}");
        }
    }
}
