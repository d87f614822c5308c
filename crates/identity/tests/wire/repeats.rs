//! What a second try comes to after a first one whose answer was lost (FLT-4).

use identity::{Error, SignUp};

use crate::{
    endpoint::{Answer, BadGateway, Endpoint, Hang, Refuse, Reset, Step},
    operations::{
        CHALLENGE, DONE, LIMIT, Operation, REVOKED, THROTTLED, TOKENS, USER, WRONG_CODE,
        WRONG_HASH, WRONG_PASSWORD, new_password, sign_up, username,
    },
};

const EXISTS: Step = Refuse("UsernameExistsException", "User already exists");
const CONFIRMED: Step =
    Refuse("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
const USED: Step =
    Refuse("ExpiredCodeException", "Invalid code provided, please request a code again.");
const MAIL_FAILED: Step = Refuse("CodeDeliveryFailureException", "Unable to deliver message");
const GONE: Step = Refuse("UserNotFoundException", "User does not exist.");

#[tokio::test(start_paused = true)]
async fn flt_4_a_sign_up_that_is_repeated_is_a_success() {
    for lost in [Hang, Reset] {
        assert_eq!(sign_up(&[lost, EXISTS]).await, Ok(SignUp::Created));
    }
    assert_eq!(sign_up(&[EXISTS]).await, Ok(SignUp::Known));
}

/// The request for a new code is none of the answer's business, and is never sent twice.
#[tokio::test(start_paused = true)]
async fn a_sign_up_does_not_depend_on_its_request_for_a_code() {
    let created = Answer(r#"{"UserConfirmed":false,"UserSub":"s"}"#);
    for resent in
        [LIMIT, THROTTLED, GONE, CONFIRMED, MAIL_FAILED, WRONG_HASH, Hang, Reset, BadGateway]
    {
        let endpoint = Endpoint::new(&[resent.clone(), created.clone()]);
        let sign_up = endpoint.identity().sign_up(&username(), &new_password(), None).await;
        assert_eq!(sign_up, Ok(SignUp::Created), "{resent:?}");
        let sent = endpoint.sent();
        let sent: Vec<_> = sent.iter().map(|(operation, _)| operation.as_str()).collect();
        assert_eq!(sent, ["ResendConfirmationCode", "SignUp"], "{resent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn flt_4_a_confirmation_that_is_repeated_is_a_success() {
    for lost in [Hang, Reset] {
        assert_eq!(Operation::Confirm.of(&[lost, CONFIRMED]).await, (Ok(()), 2));
    }
    assert_eq!(Operation::Confirm.of(&[CONFIRMED]).await, (Err(Error::InvalidCode), 1));
}

#[tokio::test(start_paused = true)]
async fn flt_4_a_code_is_never_sent_twice() {
    for operation in [Operation::Resend, Operation::Forgot] {
        for lost in [Hang, Reset] {
            let (outcome, calls) = operation.of(&[lost, DONE]).await;
            assert!(matches!(outcome, Err(Error::Unavailable(_))), "{operation:?}");
            assert_eq!(calls, 1, "{operation:?}");
        }
    }
}

/// A code that is used after a lost answer may be so by us: then the new password is right.
#[tokio::test(start_paused = true)]
async fn flt_4_a_reset_that_is_repeated_is_a_success_if_the_new_password_holds() {
    for proof in [TOKENS, CHALLENGE] {
        assert_eq!(Operation::Reset.of(&[Reset, USED, proof, DONE]).await, (Ok(()), 4));
    }
    let invalid = Err(Error::InvalidCode);
    assert_eq!(Operation::Reset.of(&[Reset, USED, WRONG_PASSWORD]).await, (invalid.clone(), 3));
    let unsure = Operation::Reset.of(&[Reset, WRONG_CODE, Hang]).await.0;
    assert!(matches!(unsure, Err(Error::Unavailable(_))));
    assert_eq!(Operation::Reset.of(&[USED]).await, (invalid, 1));
}

/// A password that is wrong after a lost answer may be so by us: then the new one is right.
#[tokio::test(start_paused = true)]
async fn flt_4_a_change_that_is_repeated_is_a_success_if_the_new_password_holds() {
    let done = Operation::Change.of(&[USER, Reset, WRONG_PASSWORD, DONE, DONE]).await;
    assert_eq!(done, (Ok(()), 5));
    let wrong = Err(Error::InvalidCredentials);
    let twice = Operation::Change.of(&[USER, Reset, WRONG_PASSWORD, WRONG_PASSWORD]).await;
    assert_eq!(twice, (wrong.clone(), 4));
    assert_eq!(Operation::Change.of(&[USER, WRONG_PASSWORD]).await, (wrong, 2));
}

/// A session that is over after a lost answer may be so by us: then the new password logs in.
#[tokio::test(start_paused = true)]
async fn flt_4_a_new_password_that_is_sent_again_is_a_success_if_it_holds() {
    let over = Refuse(
        "NotAuthorizedException",
        "Invalid session for the user, session can only be used once.",
    );
    let operation = Operation::LogInWithNewPassword;
    for proof in [TOKENS, CHALLENGE] {
        let steps = [Reset, over.clone(), proof];
        assert_eq!(operation.of(&steps).await, (Ok(()), 3));
    }
    let session_over = Err(Error::SessionOver);
    let wrong = operation.of(&[Reset, over.clone(), WRONG_PASSWORD]).await;
    assert_eq!(wrong, (session_over.clone(), 3));
    assert_eq!(operation.of(&[over]).await, (session_over, 1));
}

#[tokio::test(start_paused = true)]
async fn an_end_of_all_logins_that_is_repeated_is_a_success() {
    assert_eq!(Operation::Change.of(&[USER, DONE, Reset, REVOKED]).await, (Ok(()), 4));
    for (operation, steps) in [
        (Operation::Change, vec![USER, DONE, REVOKED]),
        (Operation::Change, vec![USER, DONE, Hang]),
        (Operation::Reset, vec![DONE, Hang]),
        (Operation::Reset, vec![DONE, Refuse("AccessDeniedException", "User: arn:aws:sts::1")]),
    ] {
        let (outcome, _) = operation.of(&steps).await;
        assert!(matches!(outcome, Err(Error::LoginsGoOn(_))), "{steps:?}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_is_repeated_is_a_success() {
    for gone in [GONE, REVOKED] {
        let steps = [USER, TOKENS, DONE, Reset, gone.clone()];
        assert_eq!(Operation::Delete.of(&steps).await, (Ok(()), 5));
        let once = Operation::Delete.of(&[USER, TOKENS, DONE, gone]).await;
        assert_eq!(once, (Err(Error::TokenRefused), 4));
    }
    assert_eq!(Operation::Delete.of(&[USER, CHALLENGE, Answer("")]).await, (Ok(()), 3));
}
