//! What a refusal of Cognito's comes to.

use identity::{Asked, Error, LogIn, Weakness};
use secrecy::ExposeSecret;
use shared::{Kind, Problem, Response, SecurityEvent};

use crate::{
    endpoint::{Answer, Endpoint, Hang, Refuse, Reset, Step},
    operations::{
        CHALLENGE, DONE, KEY, NEW_PASSWORD_REQUIRED, Operation, REVOKED, THROTTLED, TOKENS, USER,
        USER_WITH_MFA, VERIFIED, WRONG_PASSWORD, log_in, refresh_token, username,
    },
};

/// The kind of problem that `operation` comes to when the last of `before` and a refusal is its
/// outcome; each refusal is made once.
async fn kind(
    operation: Operation,
    before: &[Step],
    code: &'static str,
    message: &'static str,
) -> Kind {
    let steps = [before, &[Refuse(code, message)]].concat();
    let (outcome, _) = operation.of(&steps).await;
    Problem::from(outcome.unwrap_err()).kind()
}

#[tokio::test]
async fn log_in_outcomes() {
    let tokens = log_in(&[TOKENS]).await;
    assert!(matches!(tokens, Ok(LogIn::Tokens(tokens)) if tokens.access.expose_secret() == "a"));
    assert!(matches!(log_in(&[CHALLENGE]).await, Ok(LogIn::SoftwareTokenMfa { .. })));
    let new_password = log_in(&[NEW_PASSWORD_REQUIRED]).await;
    assert!(matches!(new_password, Ok(LogIn::NewPasswordRequired { .. })));
    let other = Answer(r#"{"ChallengeName":"MFA_SETUP","Session":"s","ChallengeParameters":{}}"#);
    let unsupported = Error::ChallengeUnsupported("MFA_SETUP".to_owned());
    assert_eq!(log_in(std::slice::from_ref(&other)).await.unwrap_err(), unsupported);
    for operation in [Operation::LogInWithCode, Operation::LogInWithNewPassword] {
        let outcome = operation.of(std::slice::from_ref(&other)).await.0;
        assert_eq!(outcome, Err(unsupported.clone()));
    }
    for challenge in [CHALLENGE, NEW_PASSWORD_REQUIRED] {
        let one_more = Operation::LogInWithCode.of(std::slice::from_ref(&challenge)).await.0;
        assert!(matches!(one_more, Err(Error::ChallengeUnsupported(_))));
        assert_eq!(Operation::LogInWithNewPassword.of(&[challenge]).await.0, Ok(()));
    }
}

/// Every refusal of a log-in and what the client is told.
#[tokio::test(start_paused = true)]
async fn log_in_refusals() {
    let rows = [
        ("NotAuthorizedException", "Incorrect username or password.", Kind::InvalidCredentials),
        ("NotAuthorizedException", "User is disabled.", Kind::InvalidCredentials),
        ("NotAuthorizedException", "Password attempts exceeded", Kind::InvalidCredentials),
        ("UserNotFoundException", "User does not exist.", Kind::InvalidCredentials),
        ("UserNotConfirmedException", "User is not confirmed.", Kind::UserNotConfirmed),
        (
            "PasswordResetRequiredException",
            "Password reset required for the user",
            Kind::PasswordResetRequired,
        ),
        ("NotAuthorizedException", "Unable to verify secret hash for client c", Kind::Internal),
        (
            "NotAuthorizedException",
            "Client c is configured with secret but SECRET_HASH was not received",
            Kind::Internal,
        ),
        ("ResourceNotFoundException", "User pool client c does not exist.", Kind::Internal),
        (
            "InvalidParameterException",
            "USER_PASSWORD_AUTH flow not enabled for this client",
            Kind::Internal,
        ),
        ("TooManyRequestsException", "Too many requests", Kind::DependencyUnavailable),
        ("ForbiddenException", "Forbidden", Kind::DependencyUnavailable),
    ];
    for (code, message, expected) in rows {
        assert_eq!(kind(Operation::LogIn, &[], code, message).await, expected, "{code} {message}");
    }
}

/// ENU-2: the log tells a lock from a wrong password, the answer does not.
#[tokio::test]
async fn a_lock_is_told_to_the_log_alone() {
    let refused = async |message| {
        let error = log_in(&[Refuse("NotAuthorizedException", message)]).await.unwrap_err();
        let problem = Problem::from(error);
        (problem.event().unwrap(), Response::from(problem))
    };
    let (event, wrong) = refused("Incorrect username or password.").await;
    assert_eq!(event, SecurityEvent::AuthnLoginFail);
    let (event, locked) = refused("Password attempts exceeded").await;
    assert_eq!(event, SecurityEvent::AuthnLoginLock);
    assert_eq!(
        (locked.status, &locked.headers, &locked.body),
        (wrong.status, &wrong.headers, &wrong.body)
    );
}

#[tokio::test]
async fn log_in_with_code_refusals() {
    let rows = [
        ("CodeMismatchException", "Invalid code received for user", Kind::InvalidCode),
        (
            "ExpiredCodeException",
            "Your software token has already been used once.",
            Kind::InvalidCode,
        ),
        (
            "NotAuthorizedException",
            "Invalid session for the user, session can only be used once.",
            Kind::SessionOver,
        ),
        (
            "NotAuthorizedException",
            "Invalid session for the user, session is expired.",
            Kind::SessionOver,
        ),
        ("NotAuthorizedException", "Invalid session for the user.", Kind::SessionOver),
        ("CodeMismatchException", "Invalid session for the user.", Kind::SessionOver),
        ("NotAuthorizedException", "User is disabled.", Kind::SessionOver),
        ("UserNotFoundException", "User does not exist.", Kind::SessionOver),
        ("NotAuthorizedException", "Password attempts exceeded", Kind::TooManyAttempts),
        ("UserNotConfirmedException", "User is not confirmed.", Kind::UserNotConfirmed),
        ("ResourceNotFoundException", "User pool client c does not exist.", Kind::Internal),
    ];
    for (code, message, expected) in rows {
        let kind = kind(Operation::LogInWithCode, &[], code, message).await;
        assert_eq!(kind, expected, "{code} {message}");
    }
}

#[tokio::test]
async fn log_in_with_new_password_refusals() {
    let policy = "Password does not conform to policy: Password must have uppercase characters";
    let rows = [
        ("InvalidPasswordException", policy, Kind::WeakPassword),
        ("PasswordHistoryPolicyViolationException", "was used before", Kind::WeakPassword),
        (
            "NotAuthorizedException",
            "Invalid session for the user, session can only be used once.",
            Kind::SessionOver,
        ),
        (
            "NotAuthorizedException",
            "Invalid session for the user, session is expired.",
            Kind::SessionOver,
        ),
        ("CodeMismatchException", "Invalid session for the user.", Kind::SessionOver),
        ("NotAuthorizedException", "User is disabled.", Kind::SessionOver),
        ("UserNotFoundException", "User does not exist.", Kind::SessionOver),
        ("NotAuthorizedException", "Password attempts exceeded", Kind::TooManyAttempts),
        ("InvalidParameterException", "Invalid attributes given, name is missing", Kind::Internal),
        ("ResourceNotFoundException", "User pool client c does not exist.", Kind::Internal),
    ];
    for (code, message, expected) in rows {
        let kind = kind(Operation::LogInWithNewPassword, &[], code, message).await;
        assert_eq!(kind, expected, "{code} {message}");
    }
}

/// One answer for every refresh token that is of no use, and a log-out takes them all.
#[tokio::test]
async fn refresh_and_log_out_refusals() {
    for (code, message) in [
        ("NotAuthorizedException", "Invalid Refresh Token"),
        ("NotAuthorizedException", "Refresh Token has been revoked"),
        ("NotAuthorizedException", "Refresh Token has expired"),
        ("NotAuthorizedException", "User is disabled."),
        ("NotAuthorizedException", ""),
        ("UserNotFoundException", "User does not exist."),
    ] {
        let kind = kind(Operation::Refresh, &[], code, message).await;
        assert_eq!(kind, Kind::SessionOver, "{code} {message}");
    }
    for (code, expected) in [
        ("UnsupportedTokenTypeException", Kind::MalformedRequest),
        ("InvalidParameterException", Kind::MalformedRequest),
        ("UnsupportedOperationException", Kind::Internal),
    ] {
        assert_eq!(kind(Operation::LogOut, &[], code, "").await, expected, "{code}");
    }
}

/// AUT-2: Cognito by itself lets the login go on. The client gets one answer whether or not it could
/// be ended; the log says which.
#[tokio::test(start_paused = true)]
async fn a_refresh_token_that_is_used_again_ends_its_login() {
    let reuse = Refuse("RefreshTokenReuseException", "Refresh token reuse detected");
    for (revoked, cause) in [
        (DONE, "its login is ended"),
        (Refuse("InternalErrorException", ""), "its login goes on"),
        (Refuse("UnauthorizedException", "Invalid client or secret"), "its login goes on"),
        (THROTTLED, "its login goes on"),
        (Hang, "its login goes on"),
        (Reset, "its login goes on"),
    ] {
        let endpoint = Endpoint::new(&[reuse.clone(), revoked]);
        let outcome = endpoint.identity().refresh(&refresh_token()).await;
        let problem = Problem::from(outcome.unwrap_err());
        assert_eq!(problem.kind(), Kind::SessionOver);
        assert_eq!(problem.event(), Some(SecurityEvent::AuthnTokenReuse));
        assert_eq!(problem.body(), Problem::from(Error::SessionOver).body());
        assert!(problem.cause().unwrap().contains(cause), "{:?}", problem.cause());
        let sent = endpoint.sent();
        assert_eq!(sent[0].0, "GetTokensFromRefreshToken");
        assert_eq!(sent[1].0, "RevokeToken");
        assert_eq!(sent[0].1["RefreshToken"], sent[1].1["Token"]);
    }
}

#[tokio::test]
async fn a_refresh_without_rotation_keeps_its_token() {
    let kept = Answer(
        r#"{"AuthenticationResult":{"AccessToken":"a","IdToken":"i","ExpiresIn":900,"TokenType":"Bearer"}}"#,
    );
    let tokens = Endpoint::new(&[kept]).identity().refresh(&refresh_token()).await.unwrap();
    assert_eq!(tokens.refresh.expose_secret(), "a-refresh-token");
}

#[tokio::test]
async fn sign_up_refusals() {
    let policy = "Password did not conform with policy: ";
    let long: &'static str = format!("{policy}Password not long enough").leak();
    let upper: &'static str = format!("{policy}Password must have uppercase characters").leak();
    let rows = [
        (Refuse("InvalidPasswordException", long), Error::WeakPassword(Weakness::TooShort)),
        (Refuse("InvalidPasswordException", upper), Error::WeakPassword(Weakness::PoolPolicy)),
        (
            Refuse("InvalidParameterException", "1 validation error detected: Value at 'password'"),
            Error::WeakPassword(Weakness::PoolPolicy),
        ),
        (
            Refuse("InvalidParameterException", "Username should be an email."),
            Error::InvalidUsername,
        ),
        (
            Refuse("InvalidParameterException", "Invalid email address format."),
            Error::InvalidUsername,
        ),
        (
            Refuse("NotAuthorizedException", "SignUp is not permitted for this user pool"),
            Error::SignUpClosed,
        ),
    ];
    for (step, error) in rows {
        assert_eq!(Operation::SignUp.of(&[step]).await, (Err(error), 2));
    }
    for unmailed in [
        Refuse("LimitExceededException", "Exceeded daily email limit for the operation"),
        Refuse("CodeDeliveryFailureException", "Unable to deliver message"),
    ] {
        assert_eq!(Operation::SignUp.of(&[unmailed]).await.0, Ok(()));
    }
}

#[tokio::test]
async fn enu_4_refusals_of_codes_are_one() {
    for operation in [Operation::Confirm, Operation::Reset] {
        for (code, message) in [
            ("CodeMismatchException", "Invalid verification code provided, please try again."),
            ("ExpiredCodeException", "Invalid code provided, please request a code again."),
            ("UserNotFoundException", "User does not exist."),
            ("UserNotConfirmedException", "User is not confirmed."),
            ("AliasExistsException", "An account with the email already exists."),
            ("NotAuthorizedException", "User cannot be confirmed. Current status is ARCHIVED"),
        ] {
            let outcome = operation.of(&[Refuse(code, message)]).await;
            assert_eq!(outcome, (Err(Error::InvalidCode), 1), "{operation:?} {code}");
        }
    }
}

#[tokio::test]
async fn enu_3_asking_for_a_code_tells_nothing_about_the_user() {
    for operation in [Operation::Resend, Operation::Forgot] {
        use Asked::{AboveLimit, Heard};
        for (code, message, asked) in [
            ("UserNotFoundException", "Username/client id combination not found.", Heard),
            ("InvalidParameterException", "User is already confirmed.", Heard),
            (
                "NotAuthorizedException",
                "User password cannot be reset in the current state.",
                Heard,
            ),
            ("NotAuthorizedException", "User is disabled.", Heard),
            (
                "LimitExceededException",
                "Attempt limit exceeded, please try after some time.",
                AboveLimit,
            ),
            ("LimitExceededException", "Exceeded daily email limit for the operation", AboveLimit),
            ("CodeDeliveryFailureException", "Unable to deliver message", Heard),
        ] {
            let refusal = [Refuse(code, message)];
            let outcome = operation.of(&refusal).await;
            assert_eq!(outcome, (Ok(()), 1), "{operation:?} {code} {message}");
            let identity = Endpoint::new(&refusal).identity();
            let outcome = match operation {
                Operation::Resend => identity.resend_code(&username(), None).await,
                _ => identity.forgot_password(&username(), None).await,
            };
            assert_eq!(outcome, Ok(asked), "{operation:?} {code} {message}");
        }
    }
}

#[tokio::test]
async fn a_new_password_is_refused_by_its_name() {
    for (code, message, weakness) in [
        ("InvalidPasswordException", "… Password not long enough", Weakness::TooShort),
        ("InvalidPasswordException", "… must have symbol characters", Weakness::PoolPolicy),
        ("PasswordHistoryPolicyViolationException", "was used before", Weakness::PoolPolicy),
    ] {
        let refusal = Refuse(code, message);
        for (operation, before) in [(Operation::Reset, vec![]), (Operation::Change, vec![USER])] {
            let steps = [before, vec![refusal.clone()]].concat();
            let error = operation.of(&steps).await.0.unwrap_err();
            assert_eq!(error, Error::WeakPassword(weakness));
            assert!(error.about("new_password").body().contains(r#""field":"new_password""#));
        }
    }
}

/// A token that Cognito does not take is answered as the authorizer answers one.
#[tokio::test]
async fn refusals_of_access_tokens_are_those_of_the_authorizer() {
    use Operation::{Change, Delete, DisableMfa, EnableMfa, Profile, SetUpMfa};
    for operation in [Profile, Change, SetUpMfa, EnableMfa, DisableMfa, Delete] {
        for (code, message) in [
            ("NotAuthorizedException", "Access Token has been revoked"),
            ("NotAuthorizedException", "Access Token has expired"),
            ("NotAuthorizedException", "Invalid Access Token"),
            ("NotAuthorizedException", "Could not verify signature for Access Token"),
            ("NotAuthorizedException", "Access Token does not have required scopes"),
            ("NotAuthorizedException", "User is disabled."),
            ("UserNotFoundException", "User does not exist."),
        ] {
            let (outcome, calls) = operation.of(&[Refuse(code, message)]).await;
            let problem = Problem::from(outcome.unwrap_err());
            assert_eq!(problem.body(), Problem::new(Kind::Unauthorized).body(), "{operation:?}");
            assert_eq!(calls, 1, "{operation:?}: nothing is done with such a token");
        }
    }
}

/// Who has a token knows that there is an account, and may be told more.
#[tokio::test]
async fn password_refusals_of_callers() {
    use Operation::{Change, Delete, DisableMfa, SetUpMfa};
    for operation in [Change, Delete, SetUpMfa, DisableMfa] {
        for (code, message, expected) in [
            ("NotAuthorizedException", "Incorrect username or password.", Kind::InvalidCredentials),
            ("NotAuthorizedException", "Password attempts exceeded", Kind::TooManyAttempts),
            ("LimitExceededException", "Attempt limit exceeded", Kind::TooManyAttempts),
            (
                "PasswordResetRequiredException",
                "Password reset required for the user",
                Kind::PasswordResetRequired,
            ),
        ] {
            let kind = kind(operation, &[USER], code, message).await;
            assert_eq!(kind, expected, "{operation:?} {message}");
        }
    }
}

#[tokio::test]
async fn mfa_refusals() {
    let wrong_code = [
        ("EnableSoftwareTokenMFAException", "Code mismatch"),
        ("CodeMismatchException", "Invalid code received for user"),
        ("ExpiredCodeException", "Your software token has already been used once."),
    ];
    for (operation, before, different) in
        [(Operation::EnableMfa, vec![USER], 0), (Operation::DisableMfa, vec![USER, CHALLENGE], 1)]
    {
        for (code, message) in wrong_code.into_iter().skip(different) {
            assert_eq!(kind(operation, &before, code, message).await, Kind::InvalidCode, "{code}");
        }
    }
    let locked = "Password attempts exceeded";
    let kind_of_lock =
        kind(Operation::DisableMfa, &[USER, CHALLENGE], "NotAuthorizedException", locked).await;
    assert_eq!(kind_of_lock, Kind::TooManyAttempts);
    let failed = Answer(r#"{"Status":"ERROR"}"#);
    assert_eq!(Operation::EnableMfa.of(&[USER, failed]).await, (Err(Error::InvalidTotpCode), 2));
    assert_eq!(Operation::EnableMfa.of(&[USER, VERIFIED, REVOKED]).await.1, 3);
    // Wrong codes for an app in use would lock its owner out.
    let in_use = Operation::EnableMfa.of(&[USER_WITH_MFA]).await;
    assert_eq!(in_use, (Err(Error::MfaAlreadyEnabled), 1));
    let code = "SoftwareTokenMFANotFoundException";
    assert_eq!(kind(Operation::EnableMfa, &[USER], code, "not found").await, Kind::MfaNotSetUp);
    let off = "Software Token MFA has not been enabled by the userPool";
    let before = [USER, TOKENS, DONE];
    assert_eq!(kind(Operation::SetUpMfa, &before, code, off).await, Kind::Internal);
}

/// A set-up that begins between the two calls of another one's end takes its place.
#[tokio::test]
async fn an_app_that_another_set_up_has_replaced_is_not_switched_on() {
    let (code, message) = ("InvalidParameterException", "User has not verified software token mfa");
    let kind = kind(Operation::EnableMfa, &[USER, VERIFIED], code, message).await;
    assert_eq!(kind, Kind::MfaNotSetUp);
}

/// AUT-11: the login that proves the password also shows whether there is a second factor. Nothing is
/// changed before, and its tokens are revoked.
#[tokio::test]
async fn aut_11_a_second_factor_is_set_up_and_removed_by_a_login() {
    let last = async |operation: Operation, steps: &[Step]| {
        let endpoint = Endpoint::new(steps);
        let outcome = operation.run(&endpoint).await;
        (outcome, endpoint.sent().pop().unwrap().0)
    };
    let new = Answer(r#"{"ChallengeName":"EMAIL_OTP","Session":"s","ChallengeParameters":{}}"#);
    let unsupported = Error::ChallengeUnsupported("EMAIL_OTP".to_owned());
    for (operation, steps, error, at) in [
        (
            Operation::SetUpMfa,
            vec![USER, WRONG_PASSWORD],
            Error::InvalidCredentials,
            "InitiateAuth",
        ),
        (Operation::SetUpMfa, vec![USER, CHALLENGE], Error::MfaAlreadyEnabled, "InitiateAuth"),
        (
            Operation::SetUpMfa,
            vec![USER_WITH_MFA, new.clone()],
            unsupported.clone(),
            "InitiateAuth",
        ),
        (
            Operation::DisableMfa,
            vec![USER_WITH_MFA, WRONG_PASSWORD],
            Error::InvalidCredentials,
            "InitiateAuth",
        ),
        (Operation::DisableMfa, vec![USER_WITH_MFA, new], unsupported, "InitiateAuth"),
        (Operation::DisableMfa, vec![USER, TOKENS, DONE], Error::MfaNotSetUp, "RevokeToken"),
    ] {
        let found = last(operation, &steps).await;
        assert_eq!(found, (Err(error), at.to_owned()), "{operation:?} {steps:?}");
    }
}

/// The client's own login is not over, only the one that is the proof.
#[tokio::test(start_paused = true)]
async fn a_proof_whose_answer_was_lost_is_tried_again() {
    let used = "Invalid session for the user, session can only be used once.";
    let steps = [USER, CHALLENGE, Reset, Refuse("NotAuthorizedException", used)];
    let (outcome, calls) = Operation::DisableMfa.of(&steps).await;
    assert_eq!(Problem::from(outcome.unwrap_err()).kind(), Kind::DependencyUnavailable);
    assert_eq!(calls, 4);
}

#[tokio::test]
async fn what_callers_are_told() {
    let profile = Endpoint::new(&[USER_WITH_MFA]).account().profile(&"t".into()).await.unwrap();
    assert_eq!((&*profile.sub, &*profile.email), ("42", "zo\u{eb}@example.com"));
    assert_eq!((profile.email_verified, profile.mfa_enabled), (false, true));
    let profile = Endpoint::new(&[USER]).account().profile(&"t".into()).await.unwrap();
    assert_eq!((profile.email_verified, profile.mfa_enabled), (true, false));
    let identity = Endpoint::new(&[USER, TOKENS, DONE, KEY]).identity();
    let key = identity.set_up_mfa(&"t".into(), &"p".into(), None).await.unwrap();
    assert_eq!(key.secret.expose_secret(), "JBSWY3DP");
    let uri = "otpauth://totp/Passmint:zo%C3%AB%40example.com?secret=JBSWY3DP&issuer=Passmint";
    assert_eq!(key.otpauth_uri.expose_secret(), uri);
    let shown = format!("{profile:?} {key:?} {:?}", Endpoint::new(&[DONE]).identity());
    for secret in ["zo", "JBSWY3DP", "a key", "a session token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
