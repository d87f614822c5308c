//! A confirmation with a password: the account gets it only after Cognito has taken the code.

use std::time::Duration;

use identity::{EarlierLogins, Error};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    endpoint::{BadGateway, Endpoint, Hang, Page, Refuse, Reset, Step, secret_hash},
    operations::{DONE, IP, LIMIT, NAME, THROTTLED, WRONG_CODE, code, new_password, username},
};

const CONFIRMED: Step =
    Refuse("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
const DENIED: Step = Refuse("AccessDeniedException", "User: arn:aws:sts::1 is not authorized");
const POLICY: Step = Refuse("InvalidPasswordException", "Password does not conform to policy: …");
const GONE: Step = Refuse("UserNotFoundException", "User does not exist.");
const FAILED: Step = Refuse("InternalErrorException", "");

const CONFIRM: &str = "ConfirmSignUp";
const SET: &str = "AdminSetUserPassword";
const END: &str = "AdminUserGlobalSignOut";
const REMOVE: &str = "AdminDeleteSoftwareToken";

/// The longest that a client waits for a Cognito that never answers.
const LONGEST: Duration = Duration::from_secs(6);

type Outcome = Result<EarlierLogins, Error>;

/// The outcome of a script, and the operations that were sent.
async fn confirm(steps: &[Step]) -> (Outcome, Vec<String>) {
    let endpoint = Endpoint::new(steps);
    let start = Instant::now();
    let outcome = run(&endpoint).await;
    assert!(start.elapsed() < LONGEST, "{steps:?}: {:?}", start.elapsed());
    (outcome, endpoint.sent().into_iter().map(|(operation, _)| operation).collect())
}

async fn run(endpoint: &Endpoint) -> Outcome {
    let (identity, username, code) = (endpoint.identity(), username(), code());
    identity.confirm_sign_up_with_password(&username, &code, &new_password(), Some(IP)).await
}

fn is_not_set(outcome: &Outcome) -> bool {
    matches!(outcome, Err(Error::PasswordNotSet(_)))
}

#[tokio::test]
async fn the_password_is_set_for_good_and_every_login_ends() {
    let endpoint = Endpoint::new(&[DONE]);
    assert_eq!(run(&endpoint).await, Ok(EarlierLogins::Ended));
    let confirm = json!({
        "ClientId": "client",
        "SecretHash": secret_hash("secret"),
        "Username": NAME,
        "ConfirmationCode": "123456",
        "UserContextData": {"IpAddress": "203.0.113.7"},
    });
    let set = json!({
        "UserPoolId": "pool",
        "Username": NAME,
        "Password": "incorrect-horse-battery",
        "Permanent": true,
    });
    let user = json!({"UserPoolId": "pool", "Username": NAME});
    let expected: [(String, Value); 4] = [
        (CONFIRM.into(), confirm),
        (SET.into(), set),
        (END.into(), user.clone()),
        (REMOVE.into(), user),
    ];
    assert_eq!(endpoint.sent(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_refused_code_sets_no_password() {
    for (steps, error) in [
        (vec![WRONG_CODE], Error::InvalidCode),
        (vec![THROTTLED, WRONG_CODE], Error::InvalidCode),
        (vec![Reset, WRONG_CODE], Error::InvalidCode),
        (vec![GONE], Error::InvalidCode),
        (vec![CONFIRMED], Error::InvalidCode),
        (vec![LIMIT], Error::TooManyAttempts),
    ] {
        let (outcome, sent) = confirm(&steps).await;
        assert_eq!(outcome, Err(error), "{steps:?}");
        assert_eq!(sent, vec![CONFIRM; steps.len()], "{steps:?}");
    }
}

/// The first try may have carried a wrong code for an account that was confirmed long ago.
#[tokio::test(start_paused = true)]
async fn an_account_that_only_a_repeat_finds_confirmed_keeps_its_password() {
    for first in [THROTTLED, Hang, Reset, BadGateway] {
        let (outcome, sent) = confirm(&[first.clone(), CONFIRMED]).await;
        assert!(is_not_set(&outcome), "{first:?}: {outcome:?}");
        assert_eq!(sent, [CONFIRM, CONFIRM], "{first:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_without_an_answer_sets_no_password() {
    for lost in [Hang, Reset, BadGateway, Page, FAILED] {
        let (outcome, sent) = confirm(std::slice::from_ref(&lost)).await;
        assert!(matches!(outcome, Err(Error::Unavailable(_))), "{lost:?}: {outcome:?}");
        assert!(sent.iter().all(|operation| operation == CONFIRM), "{lost:?}: {sent:?}");
    }
}

/// The code is used up, so the user is told to have a new one mailed.
#[tokio::test(start_paused = true)]
async fn a_password_that_cannot_be_set_after_the_confirmation_is_told() {
    for (failure, tries) in [
        (Hang, 3),
        (Reset, 3),
        (BadGateway, 3),
        (FAILED, 1),
        (THROTTLED, 3),
        (DENIED, 1),
        (POLICY, 1),
        (GONE, 1),
    ] {
        let (outcome, sent) = confirm(&[DONE, failure.clone()]).await;
        assert!(is_not_set(&outcome), "{failure:?}: {outcome:?}");
        assert_eq!(sent, [vec![CONFIRM], vec![SET; tries]].concat(), "{failure:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_password_is_tried_again() {
    for failure in [Hang, Reset, BadGateway, THROTTLED] {
        let (outcome, sent) = confirm(&[DONE, failure.clone(), DONE]).await;
        assert_eq!(outcome, Ok(EarlierLogins::Ended), "{failure:?}");
        assert_eq!(sent, [CONFIRM, SET, SET, END, REMOVE], "{failure:?}");
    }
}

/// The password is the user's. Nobody could log in before the confirmation.
#[tokio::test(start_paused = true)]
async fn logins_that_cannot_be_ended_are_no_failure() {
    for (failure, tries) in [(Reset, 3), (THROTTLED, 3), (DENIED, 1)] {
        let script = [vec![DONE, DONE], vec![failure.clone(); tries], vec![DONE]].concat();
        let (outcome, sent) = confirm(&script).await;
        assert!(matches!(outcome, Ok(EarlierLogins::MayGoOn(_))), "{failure:?}: {outcome:?}");
        let expected = [vec![CONFIRM, SET], vec![END; tries], vec![REMOVE]].concat();
        assert_eq!(sent, expected, "{failure:?}");
    }
    let (outcome, _) = confirm(&[DONE, DONE, Hang]).await;
    assert!(matches!(outcome, Ok(EarlierLogins::MayGoOn(_))), "{outcome:?}");
}

/// Somebody who logged in before the password was set may have set one up.
#[tokio::test(start_paused = true)]
async fn an_authenticator_app_of_an_earlier_login_is_removed() {
    for code in ["InvalidParameterException", "ResourceNotFoundException"] {
        let (outcome, sent) = confirm(&[DONE, DONE, DONE, Refuse(code, "…")]).await;
        assert_eq!(outcome, Ok(EarlierLogins::Ended), "{code}");
        assert_eq!(sent, [CONFIRM, SET, END, REMOVE], "{code}");
    }
    let (outcome, sent) = confirm(&[DONE, DONE, DONE, DENIED]).await;
    assert!(matches!(outcome, Ok(EarlierLogins::MayGoOn(_))), "{outcome:?}");
    assert_eq!(sent, [CONFIRM, SET, END, REMOVE]);
}
