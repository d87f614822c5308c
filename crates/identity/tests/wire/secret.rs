//! The app client's secret: read once and shared.

use identity::{Error, Identity};

use crate::{
    endpoint::{Answer, Endpoint, Refuse, Step, secret},
    operations::{ALL, Operation, TOKENS, WRONG_HASH, refresh_token, username},
};

const NOT_OURS: Step = Refuse("UnauthorizedException", "Invalid client or secret");

/// Five logins at once.
async fn log_ins(identity: &Identity) -> bool {
    let (username, password) = (username(), "a password".into());
    let one = || identity.log_in(&username, &password, None);
    let five = tokio::join!(one(), one(), one(), one(), one());
    [five.0, five.1, five.2, five.3, five.4].iter().all(Result::is_ok)
}

#[tokio::test]
async fn calls_at_once_share_one_reading_and_later_ones_use_it() {
    let endpoint = Endpoint::new(&[TOKENS]);
    let identity = endpoint.identity();
    assert!(log_ins(&identity).await && log_ins(&identity.clone()).await);
    assert_eq!((endpoint.told(), endpoint.calls()), (1, 10));
}

/// Whichever way an operation sends it, and whatever Cognito calls it.
#[tokio::test]
async fn a_secret_that_is_refused_is_our_fault_and_not_tried_again() {
    use Operation::{Delete, DisableMfa, LogOut, Refresh, SetUpMfa};
    // They ask for the token's user first, and a sign-up for a new code.
    let of_callers = [Delete, DisableMfa, SetUpMfa];
    for operation in ALL {
        let steps = operation.success();
        if !operation.needs_secret() {
            let endpoint = Endpoint::new(&steps);
            assert_eq!((operation.run(&endpoint).await, endpoint.told()), (Ok(()), 0));
            continue;
        }
        for refusal in [WRONG_HASH, NOT_OURS] {
            if refusal_of_others(operation, &refusal) {
                continue;
            }
            let asks_first = operation == Operation::SignUp || of_callers.contains(&operation);
            let before = usize::from(asks_first);
            let mut steps: Vec<_> = steps.iter().take(before).cloned().collect();
            steps.push(refusal);
            let endpoint = Endpoint::new(&steps);
            let outcome = operation.run(&endpoint).await;
            assert!(matches!(outcome, Err(Error::Misconfigured(_))), "{operation:?}: {outcome:?}");
            assert_eq!((endpoint.told(), endpoint.calls()), (1, before + 1), "{operation:?}");
        }
        let revokes = of_callers.contains(&operation);
        let sends_it_raw = revokes || [LogOut, Refresh].contains(&operation);
        let endpoint = Endpoint::new(&operation.success());
        operation.run(&endpoint).await.unwrap();
        let sent = endpoint.sent().iter().map(|(_, body)| body.to_string()).collect::<String>();
        assert_eq!(sent.contains(r#""ClientSecret":"secret""#), sends_it_raw, "{operation:?}");
    }
}

/// Only operations that send the raw secret are refused in the second way.
fn refusal_of_others(operation: Operation, refusal: &Step) -> bool {
    matches!(refusal, Refuse("UnauthorizedException", _)) && operation != Operation::LogOut
}

#[tokio::test]
async fn what_keeps_the_secret_back_is_our_fault() {
    let denied = Refuse("AccessDeniedException", "User: arn:aws:sts::1:x is not authorized");
    let expired = Refuse("UnrecognizedClientException", "The security token is invalid.");
    for step in [denied, expired, Answer(r#"{"UserPoolClient":{}}"#), secret!("")] {
        let endpoint = Endpoint::telling(std::slice::from_ref(&step), &[TOKENS]);
        let outcome = endpoint.identity().log_in(&username(), &"a password".into(), None).await;
        assert!(matches!(outcome, Err(Error::Misconfigured(_))), "{step:?}");
        assert_eq!(endpoint.calls(), 0);
    }
    let endpoint = Endpoint::telling(&[secret!("")], &[TOKENS]);
    // Sent raw, an empty secret is Cognito's to refuse.
    assert!(endpoint.identity().refresh(&refresh_token()).await.is_ok());
}
