//! Every event of events/, fed to its function as API Gateway would.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    administrator::invite,
    client::{
        Call, TEMPORARY, Tokens, confirm, confirmed_on, invited, log_in, mfa_key, register,
        session, set_up_mfa,
    },
    contract::{check_body, codes, operations, repository, responses_of},
    stack::{ORIGIN, Running, SHARED},
    totp::{code, wrong_code},
};

/// What the user pool must know before the event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    Nothing,
    /// The event's user waits for a code.
    Registered,
    /// The event's user waits for the code that is put into the event.
    Mailed,
    /// The event's user can log in.
    Confirmed,
    /// The event's user must give a code of an authenticator app as well.
    WithMfa,
    /// The event's user has given the password; session and code are put into the event.
    Challenged,
    /// An administrator has invited the event's user.
    Invited,
    /// The same, and the user has given the temporary password; the session is put into the event.
    Begun,
    /// The event's user waits for the code, put into the event, that replaces the password.
    Forgot,
    /// A refresh token is put into the event.
    Refreshable,
    /// The bearer's access token is put into the event.
    Bearer,
    /// The same, of a login that has ended.
    LoggedOut,
    /// The same, of a user who has begun to set up an authenticator app; its code is put there too.
    SettingUp,
    /// The same, of a user who has an authenticator app.
    Protected,
}
use Given::{
    Bearer, Begun, Challenged, Confirmed, Forgot, Invited, LoggedOut, Mailed, Nothing, Protected,
    Refreshable, Registered, SettingUp, WithMfa,
};

/// Each event, what it needs, the status of its answer, and the code if it is a problem.
pub(crate) const EVENTS: [(&str, Given, u16, Option<&str>); 124] = [
    ("change_password/invalid_credentials", Bearer, 401, Some("invalid_credentials")),
    ("change_password/malformed_request", Bearer, 400, Some("malformed_request")),
    ("change_password/success", Bearer, 204, None),
    ("change_password/unauthorized", Nothing, 401, Some("unauthorized")),
    ("change_password/unauthorized_revoked_token", LoggedOut, 401, Some("unauthorized")),
    ("change_password/unsupported_media_type", Bearer, 415, Some("unsupported_media_type")),
    ("change_password/weak_password", Bearer, 400, Some("weak_password")),
    ("confirm_user/invalid_code", Registered, 400, Some("invalid_code")),
    ("confirm_user/invalid_code_unknown_user", Nothing, 400, Some("invalid_code")),
    ("confirm_user/invalid_code_used", Confirmed, 400, Some("invalid_code")),
    ("confirm_user/malformed_request", Nothing, 400, Some("malformed_request")),
    ("confirm_user/success", Mailed, 200, None),
    ("confirm_user/success_with_password", Mailed, 200, None),
    ("confirm_user/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("confirm_user/weak_password", Mailed, 400, Some("weak_password")),
    ("delete_me/invalid_credentials", Bearer, 401, Some("invalid_credentials")),
    ("delete_me/malformed_request", Bearer, 400, Some("malformed_request")),
    ("delete_me/success", Bearer, 204, None),
    ("delete_me/unauthorized", Nothing, 401, Some("unauthorized")),
    ("delete_me/unauthorized_revoked_token", LoggedOut, 401, Some("unauthorized")),
    ("delete_me/unsupported_media_type", Bearer, 415, Some("unsupported_media_type")),
    ("delete_mfa/invalid_code", Protected, 400, Some("invalid_code")),
    ("delete_mfa/invalid_credentials", Protected, 401, Some("invalid_credentials")),
    ("delete_mfa/malformed_request", Bearer, 400, Some("malformed_request")),
    ("delete_mfa/mfa_not_set_up", Bearer, 409, Some("mfa_not_set_up")),
    ("delete_mfa/success", Protected, 204, None),
    ("delete_mfa/unauthorized", Nothing, 401, Some("unauthorized")),
    ("delete_mfa/unauthorized_revoked_token", LoggedOut, 401, Some("unauthorized")),
    ("delete_mfa/unsupported_media_type", Bearer, 415, Some("unsupported_media_type")),
    ("forgot_password/malformed_request", Nothing, 400, Some("malformed_request")),
    ("forgot_password/success", Confirmed, 202, None),
    ("forgot_password/success_unknown_user", Nothing, 202, None),
    ("forgot_password/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("generate/conflicting_parameters", Nothing, 400, Some("conflicting_parameters")),
    (
        "generate/conflicting_parameters_length_and_entropy",
        Nothing,
        400,
        Some("conflicting_parameters"),
    ),
    ("generate/count_exceeds_space", Nothing, 422, Some("count_exceeds_space")),
    ("generate/duplicate_parameter", Nothing, 400, Some("duplicate_parameter")),
    ("generate/duplicate_parameter_by_body_and_query", Nothing, 400, Some("duplicate_parameter")),
    ("generate/entropy_unreachable", Nothing, 422, Some("entropy_unreachable")),
    ("generate/invalid_parameter", Nothing, 400, Some("invalid_parameter")),
    ("generate/invalid_policy_by_body", Nothing, 400, Some("invalid_policy")),
    ("generate/invalid_rules", Nothing, 400, Some("invalid_rules")),
    ("generate/malformed_request", Nothing, 400, Some("malformed_request")),
    ("generate/success", Nothing, 200, None),
    ("generate/success_by_body", Nothing, 200, None),
    ("generate/success_by_body_and_query", Nothing, 200, None),
    ("generate/success_by_body_with_restrictions", Nothing, 200, None),
    ("generate/success_count", Nothing, 200, None),
    ("generate/success_in_words_of_aws", Nothing, 200, None),
    ("generate/success_min_entropy", Nothing, 200, None),
    ("generate/success_passphrase", Nothing, 200, None),
    ("generate/success_pin", Nothing, 200, None),
    ("generate/success_policy_by_body", Nothing, 200, None),
    ("generate/success_rules", Nothing, 200, None),
    ("generate/success_with_parameters", Nothing, 200, None),
    ("generate/unauthorized", Nothing, 401, Some("unauthorized")),
    ("generate/unauthorized_by_body", Nothing, 401, Some("unauthorized")),
    ("generate/unknown_parameter", Nothing, 400, Some("unknown_parameter")),
    ("generate/unknown_parameter_by_body", Nothing, 400, Some("unknown_parameter")),
    ("generate/unsatisfiable", Nothing, 422, Some("unsatisfiable")),
    ("generate/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("login/invalid_credentials", Confirmed, 401, Some("invalid_credentials")),
    ("login/invalid_credentials_unconfirmed_user", Registered, 401, Some("invalid_credentials")),
    ("login/invalid_credentials_unknown_user", Nothing, 401, Some("invalid_credentials")),
    ("login/malformed_request", Nothing, 400, Some("malformed_request")),
    ("login/success", Confirmed, 200, None),
    ("login/success_challenge", WithMfa, 200, None),
    ("login/success_challenge_new_password", Invited, 200, None),
    ("login/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("login/user_not_confirmed", Registered, 403, Some("user_not_confirmed")),
    ("login_mfa/invalid_code", Challenged, 400, Some("invalid_code")),
    ("login_mfa/malformed_request", Nothing, 400, Some("malformed_request")),
    ("login_mfa/malformed_request_both", Nothing, 400, Some("malformed_request")),
    ("login_mfa/session_over", WithMfa, 401, Some("session_over")),
    ("login_mfa/success", Challenged, 200, None),
    ("login_mfa/success_new_password", Begun, 200, None),
    ("login_mfa/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("login_mfa/weak_password", Nothing, 400, Some("weak_password")),
    ("logout/malformed_request", Nothing, 400, Some("malformed_request")),
    ("logout/success", Refreshable, 204, None),
    ("logout/success_unknown_token", Nothing, 204, None),
    ("logout/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("me/success", Bearer, 200, None),
    ("me/unauthorized", Nothing, 401, Some("unauthorized")),
    ("me/unauthorized_revoked_token", LoggedOut, 401, Some("unauthorized")),
    ("mfa_setup/invalid_credentials", Bearer, 401, Some("invalid_credentials")),
    ("mfa_setup/malformed_request", Bearer, 400, Some("malformed_request")),
    ("mfa_setup/mfa_already_enabled", Protected, 409, Some("mfa_already_enabled")),
    ("mfa_setup/success", Bearer, 200, None),
    ("mfa_setup/unauthorized", Nothing, 401, Some("unauthorized")),
    ("mfa_setup/unauthorized_revoked_token", LoggedOut, 401, Some("unauthorized")),
    ("mfa_setup/unsupported_media_type", Bearer, 415, Some("unsupported_media_type")),
    ("mfa_verify/invalid_code", SettingUp, 400, Some("invalid_code")),
    ("mfa_verify/malformed_request", Bearer, 400, Some("malformed_request")),
    ("mfa_verify/mfa_already_enabled", Protected, 409, Some("mfa_already_enabled")),
    ("mfa_verify/mfa_not_set_up", Bearer, 409, Some("mfa_not_set_up")),
    ("mfa_verify/success", SettingUp, 204, None),
    ("mfa_verify/unauthorized", Nothing, 401, Some("unauthorized")),
    ("mfa_verify/unauthorized_revoked_token", LoggedOut, 401, Some("unauthorized")),
    ("mfa_verify/unsupported_media_type", Bearer, 415, Some("unsupported_media_type")),
    ("refresh/malformed_request", Nothing, 400, Some("malformed_request")),
    ("refresh/session_over", Nothing, 401, Some("session_over")),
    ("refresh/success", Refreshable, 200, None),
    ("refresh/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("register/malformed_json", Nothing, 400, Some("malformed_request")),
    ("register/malformed_request", Nothing, 400, Some("malformed_request")),
    ("register/payload_too_large", Nothing, 413, Some("payload_too_large")),
    ("register/success", Nothing, 200, None),
    ("register/success_known_address", Registered, 200, None),
    ("register/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("register/weak_password", Nothing, 400, Some("weak_password")),
    ("register/weak_password_common", Nothing, 400, Some("weak_password")),
    ("register/weak_password_personal", Nothing, 400, Some("weak_password")),
    ("register/weak_password_white_space", Nothing, 400, Some("weak_password")),
    ("resend_code/malformed_request", Nothing, 400, Some("malformed_request")),
    ("resend_code/success", Registered, 202, None),
    ("resend_code/success_unknown_user", Nothing, 202, None),
    ("resend_code/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("reset_password/invalid_code", Confirmed, 400, Some("invalid_code")),
    ("reset_password/invalid_code_unknown_user", Nothing, 400, Some("invalid_code")),
    ("reset_password/malformed_request", Nothing, 400, Some("malformed_request")),
    ("reset_password/success", Forgot, 200, None),
    ("reset_password/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("reset_password/weak_password", Nothing, 400, Some("weak_password")),
];

pub(crate) fn event(name: &str) -> Value {
    serde_json::from_str(&repository(&format!("events/{name}.json"))).unwrap()
}

/// The method, the path and the logical id of the function behind a folder.
pub(crate) fn route(folder: &str) -> (&'static str, &'static str, &'static str) {
    match folder {
        "register" => ("POST", "/register", "RegisterFunction"),
        "confirm_user" => ("POST", "/confirm_user", "ConfirmFunction"),
        "resend_code" => ("POST", "/resend_code", "ConfirmFunction"),
        "login" => ("POST", "/login", "LoginFunction"),
        "login_mfa" => ("POST", "/login/mfa", "LoginFunction"),
        "refresh" => ("POST", "/refresh", "LoginFunction"),
        "logout" => ("POST", "/logout", "LoginFunction"),
        "forgot_password" => ("POST", "/forgot_password", "RecoverFunction"),
        "reset_password" => ("POST", "/reset_password", "RecoverFunction"),
        "change_password" => ("POST", "/change_password", "AccountFunction"),
        "mfa_setup" => ("POST", "/mfa/setup", "MfaFunction"),
        "mfa_verify" => ("POST", "/mfa/verify", "MfaFunction"),
        "delete_mfa" => ("DELETE", "/mfa", "MfaFunction"),
        "me" => ("GET", "/me", "AccountFunction"),
        "delete_me" => ("DELETE", "/me", "DeleteAccountFunction"),
        "generate" => ("GET", "/generate", "GenerateFunction"),
        _ => panic!("no function for {folder}"),
    }
}

/// Brings about on `stack` what `event` needs. What the outcome is about stays: a wrong code is not
/// made right.
pub(crate) fn prepare(stack: &Running, given: Given, outcome: &str, event: &mut Value) {
    issue_to(stack.stack.client_id(), event);
    if given == Nothing {
        return;
    }
    let mut body: Value =
        event["body"].as_str().map_or(Value::Null, |body| serde_json::from_str(body).unwrap());
    match given {
        Nothing => {}
        Bearer | LoggedOut | SettingUp | Protected => {
            let bearer = format!("Bearer {}", token(stack, given, outcome, &mut body));
            event["headers"]["Authorization"] = bearer.clone().into();
            event["multiValueHeaders"]["Authorization"] = json!([bearer]);
        }
        Refreshable => body["refresh_token"] = log_in(stack, &confirmed_on(stack)).refresh.into(),
        Invited => invite(stack, body["username"].as_str().unwrap(), TEMPORARY),
        Begun => body["session"] = invited(stack, body["username"].as_str().unwrap()).into(),
        Registered | Mailed | Confirmed | WithMfa | Challenged | Forgot => {
            prepare_named(stack, given, outcome, &mut body);
        }
    }
    if !body.is_null() {
        event["body"] = body.to_string().into();
    }
}

/// Makes the app client `client_id` the one that the token of `event` was issued to, if there is one.
pub(crate) fn issue_to(client_id: &str, event: &mut Value) {
    if let Some(claim) = event.pointer_mut("/requestContext/authorizer/claims/client_id") {
        *claim = client_id.into();
    }
}

/// Brings about what a request needs that names its user.
fn prepare_named(stack: &Running, given: Given, outcome: &str, body: &mut Value) {
    let address = body["username"].as_str().unwrap().to_owned();
    register(stack, &address);
    if ![Registered, Mailed].contains(&given) {
        confirm(stack, &address);
    }
    if given == Forgot {
        let forgot = json!({"username": address});
        assert_eq!(Call::post("/forgot_password", &forgot).send_to(stack).status, 202);
    }
    if [Mailed, Forgot].contains(&given) {
        body["confirmation_code"] = stack.codes(&address).swap_remove(0).into();
    }
    if [WithMfa, Challenged].contains(&given) {
        let secret = set_up_mfa(stack, &log_in(stack, &address).access);
        if given == Challenged {
            body["session"] = session(stack, &address).into();
            put_code(stack, &secret, outcome, body);
        }
    }
}

/// The access token of somebody of whom `given` holds.
fn token(stack: &Running, given: Given, outcome: &str, body: &mut Value) -> String {
    let Tokens { access, refresh, .. } = log_in(stack, &confirmed_on(stack));
    if given == LoggedOut {
        let refresh = json!({"refresh_token": refresh});
        assert_eq!(Call::post("/logout", &refresh).send_to(stack).status, 204);
    }
    if given == SettingUp {
        put_code(stack, &mfa_key(stack, &access), outcome, body);
    }
    if given == Protected {
        put_code(stack, &set_up_mfa(stack, &access), outcome, body);
    }
    access
}

/// Puts the code of now into a body that has one, or a wrong code where that is the outcome.
fn put_code(stack: &Running, secret: &str, outcome: &str, body: &mut Value) {
    if body.get("code").is_some() {
        let wrong = outcome.starts_with("invalid_code");
        let code = if wrong { wrong_code(stack, secret) } else { code(stack, secret, 0) };
        body["code"] = code.into();
    }
}

/// TOK-9: the authorizer of API Gateway takes the tokens of every client of the user pool.
#[test]
fn no_function_takes_a_token_of_another_client() {
    let mut refused = BTreeSet::new();
    for (name, ..) in EVENTS {
        let mut event = event(name);
        issue_to("2example23456789", &mut event);
        if event["requestContext"]["authorizer"].is_object() {
            let function = route(name.split_once('/').unwrap().0).2;
            let answer = SHARED.invoke(function, &event.to_string());
            let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert_eq!(answer["statusCode"], 401, "{name}: {body}");
            assert_eq!(body["code"], "unauthorized", "{name}: {body}");
            refused.insert(function);
        }
    }
    assert_eq!(refused, GUARDED.into());
}

#[test]
fn every_event_has_the_outcome_of_its_name() {
    for (name, given, status, code) in EVENTS {
        let (folder, outcome) = name.split_once('/').unwrap();
        assert!(outcome.starts_with(code.unwrap_or("success")) || outcome == "malformed_json");
        let mut event = event(name);
        prepare(&SHARED, given, outcome, &mut event);
        let answer = SHARED.invoke(route(folder).2, &event.to_string());
        let body = answer["body"].as_str().unwrap();
        assert_eq!(answer["statusCode"], status, "{name}: {body}");
        let (method, path, _) = route(folder);
        check_body(event["httpMethod"].as_str().unwrap_or(method), path, status, body);
        let body: Value =
            if status == 204 { Value::Null } else { serde_json::from_str(body).unwrap() };
        assert_eq!(body["code"].as_str(), code, "{name}: {body}");
        let origin = &answer["multiValueHeaders"]["access-control-allow-origin"];
        assert_eq!(*origin, json!([ORIGIN]), "{name}");
    }
}

/// Codes for which no event is the reason: what the gateway answers, what takes an administrator, a
/// fault or many requests, and what takes the limits of the generator.
const WITHOUT_EVENT: [&str; 15] = [
    "challenge_unsupported",
    "dependency_unavailable",
    "headers_too_large",
    "internal",
    "misdirected_request",
    "not_acceptable",
    "password_not_set",
    "password_reset_required",
    "payload_too_large",
    "policy_too_complex",
    "request_timeout",
    "sign_up_closed",
    "too_many_attempts",
    "too_many_requests",
    "uri_too_long",
];

/// So that no route is said to answer what it never does.
#[test]
fn every_documented_code_of_a_route_has_an_event() {
    let shown: BTreeSet<_> = EVENTS
        .iter()
        .map(|(name, .., code)| (route(name.split_once('/').unwrap().0).1, *code))
        .collect();
    for (method, path) in operations().into_keys() {
        for code in responses_of(&method, &path).iter().flat_map(|(_, response)| codes(response)) {
            // An administrator can take back a confirmation, and the gateway refuses a form.
            let rare =
                code == "user_not_confirmed" || (method == "GET" && code == "malformed_request");
            let known = shown.contains(&(&*path, Some(&*code)));
            assert!(known || rare || WITHOUT_EVENT.contains(&&*code), "{method} {path}: {code}");
        }
    }
}

#[test]
fn every_file_has_a_row_and_every_row_a_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../events");
    let mut files = BTreeSet::new();
    for route in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()) {
        if route.is_dir() {
            for file in fs::read_dir(&route).unwrap().map(|entry| entry.unwrap().path()) {
                assert_eq!(file.extension().unwrap(), "json", "{}", file.display());
                let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
                files.insert(format!("{}/{}", name(&route), name(&file)));
            }
        }
    }
    assert_eq!(files, EVENTS.map(|(name, ..)| name.to_owned()).into());
}

/// The functions whose routes are for the bearer of a token.
const GUARDED: [&str; 4] =
    ["AccountFunction", "DeleteAccountFunction", "GenerateFunction", "MfaFunction"];

/// The members of an event.
const EVENT: [&str; 12] = [
    "body",
    "headers",
    "httpMethod",
    "isBase64Encoded",
    "multiValueHeaders",
    "multiValueQueryStringParameters",
    "path",
    "pathParameters",
    "queryStringParameters",
    "requestContext",
    "resource",
    "stageVariables",
];

/// The members of its request context, beside `authorizer`.
const CONTEXT: [&str; 16] = [
    "accountId",
    "apiId",
    "deploymentId",
    "domainName",
    "domainPrefix",
    "extendedRequestId",
    "httpMethod",
    "identity",
    "path",
    "protocol",
    "requestId",
    "requestTime",
    "requestTimeEpoch",
    "resourceId",
    "resourcePath",
    "stage",
];

/// The members of the identity in it.
const IDENTITY: [&str; 12] = [
    "accessKey",
    "accountId",
    "caller",
    "cognitoAuthenticationProvider",
    "cognitoAuthenticationType",
    "cognitoIdentityId",
    "cognitoIdentityPoolId",
    "principalOrgId",
    "sourceIp",
    "user",
    "userAgent",
    "userArn",
];

fn members(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The last value of each name; null if there is none.
fn last_values(multi: &Value) -> Value {
    let last = |values: &Value| values.as_array().unwrap().last().unwrap().clone();
    multi.as_object().map_or(Value::Null, |all| {
        all.iter().map(|(name, values)| (name.clone(), last(values))).collect()
    })
}

/// Events as they were seen to come from API Gateway (REST, payload version 1.0): members without
/// a value are null, never absent, and `authorizer` is there only behind an authorizer.
#[test]
fn every_event_has_the_form_of_api_gateways() {
    for (name, ..) in EVENTS {
        let event = event(name);
        let (folder, outcome) = name.split_once('/').unwrap();
        let (method, path, function) = route(folder);
        let context = &event["requestContext"];
        let mut expected = BTreeSet::from(CONTEXT);
        let without = outcome.starts_with("unauthorized") && !outcome.ends_with("revoked_token");
        if GUARDED.contains(&function) && !without {
            expected.insert("authorizer");
            let claims = context["authorizer"]["claims"].as_object().unwrap();
            assert!(claims.values().all(Value::is_string), "{name}");
        }
        assert_eq!(members(&event), EVENT.into(), "{name}");
        assert_eq!(members(context), expected, "{name}");
        assert_eq!(members(&context["identity"]), IDENTITY.into(), "{name}");
        assert_eq!(event["resource"], path, "{name}");
        assert_eq!(context["path"], format!("/v1{path}"), "{name}");
        let by_body = folder == "generate" && !event["body"].is_null();
        let method = if by_body { "POST" } else { method };
        assert_eq!(event["httpMethod"], method, "{name}");
        assert_eq!(context["httpMethod"], method, "{name}");
        assert_eq!(event["headers"], last_values(&event["multiValueHeaders"]), "{name}");
        let query = last_values(&event["multiValueQueryStringParameters"]);
        assert_eq!(event["queryStringParameters"], query, "{name}");
    }
}
