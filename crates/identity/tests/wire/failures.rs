//! What a Cognito that fails comes to (FLT-1 to FLT-3).

use std::time::Duration;

use identity::Error;
use shared::{Kind, Problem};
use tokio::time::Instant;

use crate::{
    endpoint::{BadGateway, Endpoint, Half, Hang, Page, Refuse, Reset, Step, secret},
    operations::{ALL, LIMIT, Operation, THROTTLED},
};

/// The longest that a client waits for a Cognito that never answers.
const LONGEST: Duration = Duration::from_secs(6);

/// The script of a success up to call number `call`, which is answered with `step` for ever.
fn failing_at(operation: Operation, call: usize, step: Step) -> Vec<Step> {
    let mut steps = operation.success();
    steps.truncate(call);
    steps.push(step);
    steps
}

/// Whichever of its calls hangs, the answer comes in time.
#[tokio::test(start_paused = true)]
async fn flt_1_an_endpoint_that_never_answers_is_given_up_in_time() {
    for operation in ALL {
        for call in 0..operation.success().len() {
            let start = Instant::now();
            let (outcome, _) = operation.of(&failing_at(operation, call, Hang)).await;
            let kind = Problem::from(outcome.unwrap_err()).kind();
            assert_eq!(kind, Kind::DependencyUnavailable, "{operation:?} {call}");
            assert!(start.elapsed() < LONGEST, "{operation:?} {call}: {:?}", start.elapsed());
        }
    }
}

/// Many at once wait no longer, though they share the reading of the secret.
#[tokio::test(start_paused = true)]
async fn flt_1_a_secret_that_is_never_told_is_given_up_in_time() {
    let endpoint = Endpoint::telling(&[Hang], &Operation::Refresh.success());
    let identity = endpoint.identity();
    let start = Instant::now();
    let token = crate::operations::refresh_token();
    let (a, b, c) =
        tokio::join!(identity.refresh(&token), identity.refresh(&token), identity.refresh(&token));
    for outcome in [a, b, c] {
        assert!(matches!(outcome, Err(Error::Unavailable(_))));
    }
    assert!(start.elapsed() < LONGEST);
    assert_eq!(endpoint.calls(), 0);
}

/// A secret that could not be read is read at the next call.
#[tokio::test(start_paused = true)]
async fn flt_9_a_secret_that_could_not_be_read_is_read_later() {
    let secrets = [BadGateway, BadGateway, BadGateway, secret!("secret")];
    let endpoint = Endpoint::telling(&secrets, &Operation::Refresh.success());
    let (identity, token) = (endpoint.identity(), crate::operations::refresh_token());
    assert!(matches!(identity.refresh(&token).await, Err(Error::Unavailable(_))));
    assert!(identity.refresh(&token).await.is_ok());
}

/// What is refused for its rate is tried three times, whichever call it is.
#[tokio::test(start_paused = true)]
async fn flt_2_throttling_is_retried() {
    for operation in ALL {
        let success = operation.success();
        for call in first_repeated(operation)..success.len() {
            let mut steps = success.clone();
            steps.splice(call..call, [THROTTLED, THROTTLED]);
            let expected = (Ok(()), success.len() + 2);
            assert_eq!(operation.of(&steps).await, expected, "{operation:?} {call}");
        }
        let (outcome, calls) = operation.of(&[THROTTLED]).await;
        assert!(matches!(outcome, Err(Error::Throttled(_))), "{operation:?}: {outcome:?}");
        assert_eq!(calls, 3 + first_repeated(operation), "{operation:?}");
    }
}

/// The number of calls that are not repeated because nothing depends on them.
fn first_repeated(operation: Operation) -> usize {
    usize::from(operation == Operation::SignUp)
}

/// A user's limit is asked once, and where anybody may ask it is kept back.
#[tokio::test(start_paused = true)]
async fn flt_3_a_limit_is_not_retried() {
    let many = Refuse("TooManyFailedAttemptsException", "Too many failed attempts");
    for operation in ALL {
        for (step, is_of_mails) in [(LIMIT, true), (many.clone(), false)] {
            let outcome = match operation {
                Operation::Resend | Operation::Forgot => Ok(()),
                // Only an unknown address would get one.
                Operation::SignUp if is_of_mails => Ok(()),
                _ => Err(Error::TooManyAttempts),
            };
            let calls = 1 + first_repeated(operation);
            assert_eq!(operation.of(&[step]).await, (outcome, calls), "{operation:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn flt_1_what_cannot_be_read_is_an_unavailable_cognito() {
    for operation in ALL {
        for call in 0..operation.success().len() {
            for step in [Page, BadGateway, Half, Reset, Refuse("InternalErrorException", "")] {
                let steps = failing_at(operation, call, step.clone());
                let kind =
                    operation.of(&steps).await.0.map_err(|error| Problem::from(error).kind());
                let expected = Err(Kind::DependencyUnavailable);
                assert_eq!(kind, expected, "{operation:?} {call} {step:?}");
            }
        }
    }
}

/// An answer that says nothing is none, where something was asked for.
#[tokio::test(start_paused = true)]
async fn an_answer_without_what_it_is_there_for_is_an_unavailable_cognito() {
    use Operation::{
        Delete, LogIn, LogInWithCode, LogInWithNewPassword, Profile, Refresh, SetUpMfa,
    };
    for operation in
        [LogIn, LogInWithCode, LogInWithNewPassword, Refresh, Profile, SetUpMfa, Delete]
    {
        for call in 0..operation.success().len().min(2) {
            let steps = failing_at(operation, call, crate::operations::DONE);
            let (outcome, _) = operation.of(&steps).await;
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{operation:?}: {outcome:?}");
        }
    }
}

#[test]
fn a_cause_never_reaches_the_client_and_waits_do() {
    let problem = Problem::from(Error::Unavailable("arn:aws:cognito-idp secret".to_owned()));
    assert!(!problem.body().contains("arn:"));
    assert!(problem.cause().is_some_and(|cause| cause.contains("arn:")));
    for error in [Error::TooManyAttempts, Error::Locked, Error::Throttled(String::new())] {
        assert!(Problem::from(error).retry_after().is_some());
    }
}
