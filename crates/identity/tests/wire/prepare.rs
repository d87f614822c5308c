//! What is done before the first call, so that it need not wait.

use crate::{
    endpoint::{Answer, BadGateway, Endpoint, Half, Page, Reset, secret},
    operations::{TOKENS, username},
};

#[tokio::test]
async fn the_secret_that_was_prepared_is_not_read_again() {
    let endpoint = Endpoint::new(&[TOKENS]);
    let identity = endpoint.identity();
    identity.fetch_secret().await;
    assert_eq!((endpoint.told(), endpoint.calls()), (1, 0));
    identity.log_in(&username(), &"a password".into(), None).await.unwrap();
    assert_eq!((endpoint.told(), endpoint.calls()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_prepared_the_call_does() {
    for fault in [Reset, BadGateway, Page, Half, Answer("{}")] {
        let endpoint = Endpoint::telling(&[fault.clone(), secret!("secret")], &[TOKENS]);
        let identity = endpoint.identity();
        identity.fetch_secret().await;
        let outcome = identity.log_in(&username(), &"a password".into(), None).await;
        assert!(outcome.is_ok(), "{fault:?}: {outcome:?}");
    }
}

/// Where there is no secret to read, the connection is opened by a request that Cognito does nothing
/// about, and every answer to it will do.
#[tokio::test(start_paused = true)]
async fn an_account_connects_by_no_operation() {
    for answer in [Answer("{}"), Page, Half, BadGateway, Reset] {
        let endpoint = Endpoint::new(std::slice::from_ref(&answer));
        endpoint.account().connect().await;
        assert_eq!((endpoint.opened() > 0, endpoint.calls()), (true, 0), "{answer:?}");
    }
}
