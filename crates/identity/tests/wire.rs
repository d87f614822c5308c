//! What the crate sends to Cognito and makes of the answers, over a scripted endpoint: the faults
//! that no user pool gives on request.
#![cfg(test)]

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use identity::{
    ConfirmationCode, Error, Identity, LogIn, NewPassword, Settings, Username, Weakness,
};
use secrecy::{ExposeSecret, SecretString};
use shared::{Kind, Problem};

/// What the endpoint does with one request.
#[derive(Clone)]
enum Step {
    Answer(&'static str),
    Refuse(&'static str, &'static str),
    Garbage,
    Hang,
}
use Step::{Answer, Garbage, Hang, Refuse};

/// An endpoint that takes one step a request, the last one for ever, and keeps what it was sent.
#[derive(Clone, Debug)]
struct Endpoint(Arc<Mutex<State>>);

struct State {
    steps: VecDeque<Step>,
    sent: Vec<(String, String)>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").finish_non_exhaustive()
    }
}

impl HttpConnector for Endpoint {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.0.lock().unwrap();
        assert!(request.headers().get("authorization").is_none(), "nothing is signed");
        let target = request.headers().get("x-amz-target").unwrap().to_owned();
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        state.sent.push((target, body));
        let step = if state.steps.len() > 1 {
            state.steps.pop_front()
        } else {
            state.steps.front().cloned()
        };
        let (status, error_type, body) = match step.unwrap() {
            Answer(body) => (200, None, body.to_owned()),
            Refuse(code, message) => {
                (400, Some(code), format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
            }
            Garbage => (200, None, "<html>".to_owned()),
            Hang => return HttpConnectorFuture::new(std::future::pending()),
        };
        let mut response =
            HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
        if let Some(error_type) = error_type {
            response.headers_mut().insert("x-amzn-errortype", format!("{error_type}:"));
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl HttpClient for Endpoint {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn identity(steps: &[Step]) -> (Identity, Endpoint) {
    let state = State { steps: steps.iter().cloned().collect(), sent: Vec::new() };
    let endpoint = Endpoint(Arc::new(Mutex::new(state)));
    let settings = Settings {
        region: "eu-central-1".to_owned(),
        client_id: "client".to_owned(),
        client_secret: "secret".into(),
        endpoint: None,
    };
    (Identity::over(settings, endpoint.clone()), endpoint)
}

fn username() -> Username {
    Username::parse("zo\u{eb}@example.com".into()).unwrap()
}

fn password() -> NewPassword {
    NewPassword::parse("correct-horse-battery".into()).unwrap()
}

fn code() -> ConfirmationCode {
    ConfirmationCode::parse("123456".into()).unwrap()
}

async fn sign_up(steps: &[Step]) -> (Result<(), Error>, usize) {
    let (identity, endpoint) = identity(steps);
    let outcome = identity.sign_up(&username(), &password()).await;
    (outcome, endpoint.0.lock().unwrap().sent.len())
}

async fn confirm(steps: &[Step]) -> (Result<(), Error>, usize) {
    let (identity, endpoint) = identity(steps);
    let outcome = identity.confirm_sign_up(&username(), &code()).await;
    (outcome, endpoint.0.lock().unwrap().sent.len())
}

async fn resend(steps: &[Step]) -> (Result<(), Error>, usize) {
    let (identity, endpoint) = identity(steps);
    let outcome = identity.resend_code(&username()).await;
    (outcome, endpoint.0.lock().unwrap().sent.len())
}

async fn log_in(steps: &[Step]) -> (Result<LogIn, Error>, usize) {
    let (identity, endpoint) = identity(steps);
    let outcome = identity.log_in(&username(), &SecretString::from("a password")).await;
    (outcome, endpoint.0.lock().unwrap().sent.len())
}

const SIGNED_UP: Step = Answer(r#"{"UserConfirmed":false,"UserSub":"s"}"#);
const EXISTS: Step = Refuse("UsernameExistsException", "User already exists");
const CONFIRMED: Step =
    Refuse("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED");
const THROTTLED: Step = Refuse("TooManyRequestsException", "Too many requests");
const LIMIT: Step =
    Refuse("LimitExceededException", "Attempt limit exceeded, please try after some time.");
const WRONG_HASH: Step =
    Refuse("NotAuthorizedException", "Unable to verify secret hash for client client");
const TOKENS: Step = Answer(
    r#"{"AuthenticationResult":{"AccessToken":"a","IdToken":"i","RefreshToken":"r","ExpiresIn":900,"TokenType":"Bearer"},"ChallengeParameters":{}}"#,
);

#[tokio::test]
async fn a_call_is_unsigned_and_carries_the_hash_of_the_bytes_sent() {
    let (identity, endpoint) = identity(&[SIGNED_UP]);
    identity.sign_up(&username(), &password()).await.unwrap();
    let (target, body) = endpoint.0.lock().unwrap().sent[0].clone();
    assert_eq!(target, "AWSCognitoIdentityProviderService.SignUp");
    let hash = shared::secret_hash(&"secret".into(), "zo\u{eb}@example.com", "client").unwrap();
    for part in [hash.expose_secret(), "zo\u{eb}@example.com", "correct-horse-battery"] {
        assert!(body.contains(part), "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_up_that_is_repeated_after_a_time_out_is_a_success() {
    assert_eq!(sign_up(&[Hang, EXISTS]).await, (Ok(()), 2));
    assert_eq!(sign_up(&[EXISTS]).await, (Ok(()), 1));
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_that_is_repeated_after_a_time_out_is_a_success() {
    assert_eq!(confirm(&[Hang, CONFIRMED]).await, (Ok(()), 2));
    assert_eq!(confirm(&[CONFIRMED]).await, (Err(Error::InvalidCode), 1));
}

#[tokio::test(start_paused = true)]
async fn throttling_is_retried_and_a_limit_is_not() {
    assert_eq!(sign_up(&[THROTTLED, THROTTLED, SIGNED_UP]).await, (Ok(()), 3));
    let (outcome, calls) = sign_up(&[THROTTLED]).await;
    assert!(matches!(outcome, Err(Error::Throttled(_))));
    assert_eq!(calls, 3);
    assert_eq!(sign_up(&[LIMIT]).await, (Err(Error::TooManyAttempts), 1));
    assert_eq!(confirm(&[LIMIT]).await, (Err(Error::TooManyAttempts), 1));
    let many = Refuse("TooManyFailedAttemptsException", "Too many failed attempts");
    assert_eq!(confirm(&[many]).await, (Err(Error::TooManyAttempts), 1));
}

#[tokio::test(start_paused = true)]
async fn a_code_is_never_sent_twice() {
    let (outcome, calls) = resend(&[Hang]).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
    assert_eq!(calls, 1);
    assert_eq!(resend(&[THROTTLED]).await.1, 1);
}

#[tokio::test]
async fn asking_for_a_code_tells_nothing_about_the_user() {
    let missing = Refuse("UserNotFoundException", "User does not exist.");
    let confirmed = Refuse("InvalidParameterException", "User is already confirmed.");
    for step in [Answer("{}"), missing, confirmed, LIMIT] {
        assert_eq!(resend(&[step]).await, (Ok(()), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_never_answers_is_given_up_in_time() {
    let start = tokio::time::Instant::now();
    let (outcome, _) = log_in(&[Hang]).await;
    assert!(matches!(outcome, Err(Error::Unavailable(_))));
    assert!(start.elapsed() < std::time::Duration::from_secs(6));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_an_unavailable_cognito() {
    for step in [Garbage, Answer("{}"), Refuse("InternalErrorException", "")] {
        assert!(matches!(log_in(&[step]).await.0, Err(Error::Unavailable(_))));
    }
}

#[tokio::test]
async fn log_in_outcomes() {
    let (tokens, _) = log_in(&[TOKENS]).await;
    assert!(matches!(tokens, Ok(LogIn::Tokens(tokens)) if tokens.access.expose_secret() == "a"));
    let mfa =
        Answer(r#"{"ChallengeName":"SOFTWARE_TOKEN_MFA","Session":"s","ChallengeParameters":{}}"#);
    assert!(matches!(log_in(&[mfa]).await.0, Ok(LogIn::SoftwareTokenMfa { .. })));
    let new = Answer(
        r#"{"ChallengeName":"NEW_PASSWORD_REQUIRED","Session":"s","ChallengeParameters":{}}"#,
    );
    assert_eq!(
        log_in(&[new]).await.0.unwrap_err(),
        Error::ChallengeUnsupported("NEW_PASSWORD_REQUIRED".to_owned())
    );
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
    for (code, message, kind) in rows {
        let error = log_in(&[Refuse(code, message)]).await.0.unwrap_err();
        assert_eq!(Problem::from(error).kind(), kind, "{code} {message}");
    }
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
        assert_eq!(sign_up(&[step]).await, (Err(error), 1));
    }
    assert!(matches!(sign_up(&[WRONG_HASH]).await.0, Err(Error::Misconfigured(_))));
    let quota = Refuse("LimitExceededException", "Exceeded daily email limit for the operation");
    assert!(matches!(sign_up(&[quota]).await.0, Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn confirmation_refusals_are_one() {
    for (code, message) in [
        ("CodeMismatchException", "Invalid verification code provided, please try again."),
        ("ExpiredCodeException", "Invalid code provided, please request a code again."),
        ("UserNotFoundException", "User does not exist."),
        ("AliasExistsException", "An account with the email already exists."),
        ("NotAuthorizedException", "User cannot be confirmed. Current status is ARCHIVED"),
    ] {
        assert_eq!(confirm(&[Refuse(code, message)]).await, (Err(Error::InvalidCode), 1));
    }
    assert!(matches!(confirm(&[WRONG_HASH]).await.0, Err(Error::Misconfigured(_))));
}

#[test]
fn a_cause_never_reaches_the_client_and_waits_do() {
    let problem = Problem::from(Error::Unavailable("arn:aws:cognito-idp secret".to_owned()));
    assert!(!problem.body().contains("arn:"));
    assert!(problem.cause().is_some_and(|cause| cause.contains("arn:")));
    assert!(Problem::from(Error::TooManyAttempts).retry_after().is_some());
    assert!(Problem::from(Error::Throttled(String::new())).retry_after().is_some());
}
