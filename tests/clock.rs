//! Clocks that are wrong (FLT-7).

use std::time::Duration;

use serde_json::json;

use crate::{
    client::{Answer, Call, PASSWORD, confirmed_on, log_in, session, set_up_mfa},
    stack::Running,
    totp::code,
};

const FIVE_MINUTES: Duration = Duration::from_mins(5);
/// How long an access token holds.
const TOKEN_LIFE: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);

fn post(stack: &Running, path: &str, body: &serde_json::Value) -> Answer {
    Call::post(path, body).send_to(stack)
}

/// Signer and verifier have one clock. That of the client is not asked, whatever `Date` it sends.
#[test]
fn flt_7_a_clock_of_a_client_counts_for_nothing() {
    let stack = Running::in_memory();
    let tokens = log_in(&stack, &confirmed_on(&stack));
    for date in [
        "Thu, 24 Sep 2026 17:24:31 GMT",
        "Thu, 24 Sep 2026 17:34:31 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        let call = Call::get("/generate").bearer(&tokens.access).header("date", date);
        assert_eq!(call.send_to(&stack).status, 200, "{date}");
    }
}

/// There is no leeway: a clock that is off by five minutes ends a token by as much earlier or later,
/// and one that stands before a token was signed refuses it.
#[test]
fn flt_7_a_clock_that_is_off_gives_no_leeway() {
    let stack = Running::in_memory();
    let tokens = log_in(&stack, &confirmed_on(&stack));
    let status = || Call::get("/generate").bearer(&tokens.access).send_to(&stack).status;
    stack.set_back(FIVE_MINUTES);
    assert_eq!(status(), 401);
    stack.advance(FIVE_MINUTES + TOKEN_LIFE.abs_diff(Duration::from_secs(1)));
    assert_eq!(status(), 200);
    stack.advance(Duration::from_secs(1));
    assert_eq!(status(), 401);
    stack.advance(FIVE_MINUTES);
    assert_eq!(status(), 401);
    stack.set_back(HOUR);
    assert_eq!(status(), 401, "an hour back is before it was signed");
}

/// What was used up stays used up when the clock is set back.
#[test]
fn flt_7_a_clock_that_is_set_back_revives_nothing_that_was_used() {
    let stack = Running::in_memory();
    let address = confirmed_on(&stack);
    assert_eq!(post(&stack, "/forgot_password", &json!({"username": address})).status, 202);
    let mailed = stack.codes(&address).swap_remove(0);
    let reset = || {
        let body = json!({
            "username": address, "confirmation_code": mailed, "new_password": PASSWORD,
        });
        post(&stack, "/reset_password", &body).status
    };
    assert_eq!(reset(), 200);
    let (ended, tokens) = (log_in(&stack, &address), log_in(&stack, &address));
    let log_out = json!({"refresh_token": ended.refresh});
    assert_eq!(post(&stack, "/logout", &log_out).status, 204);
    let secret = set_up_mfa(&stack, &tokens.access);
    let (used, other) = (session(&stack, &address), session(&stack, &address));
    let digits = code(&stack, &secret, 0);
    let finish = |session: &str| {
        let body = json!({"username": address, "session": session, "code": digits});
        post(&stack, "/login/mfa", &body).status
    };
    assert_eq!(finish(&used), 200);

    for back in [Duration::from_secs(30), FIVE_MINUTES, HOUR] {
        stack.set_back(back);
        assert_eq!(reset(), 400, "the code of the mail, {back:?}");
        assert_eq!(post(&stack, "/refresh", &log_out).status, 401, "the login, {back:?}");
        let me = Call::get("/me").bearer(&ended.access).send_to(&stack);
        assert_eq!(me.status, 401, "the access token, {back:?}");
        assert_eq!(finish(&used), 401, "the session, {back:?}");
        // Refused codes lock the account in the end.
        assert!([400, 429].contains(&finish(&other)), "the code of the app, {back:?}");
        stack.advance(back);
    }
}
