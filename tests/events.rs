//! Every event of events/, fed to its function as API Gateway would.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    client::{confirm, register},
    contract::repository,
    stack::{ORIGIN, SHARED},
};

/// What the user pool must know before the event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Nothing,
    /// The event's user waits for a code.
    Registered,
    /// The event's user waits for the code that is put into the event.
    Mailed,
    /// The event's user can log in.
    Confirmed,
}
use Given::{Confirmed, Mailed, Nothing, Registered};

/// Each event, what it needs, the status of its answer, and the code if it is a problem.
const EVENTS: [(&str, Given, u16, Option<&str>); 53] = [
    ("confirm_user/invalid_code", Registered, 400, Some("invalid_code")),
    ("confirm_user/invalid_code_unknown_user", Nothing, 400, Some("invalid_code")),
    ("confirm_user/invalid_code_used", Confirmed, 400, Some("invalid_code")),
    ("confirm_user/malformed_request", Nothing, 400, Some("malformed_request")),
    ("confirm_user/success", Mailed, 200, None),
    ("confirm_user/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
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
    ("login/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("login/user_not_confirmed", Registered, 403, Some("user_not_confirmed")),
    ("register/malformed_json", Nothing, 400, Some("malformed_request")),
    ("register/malformed_request", Nothing, 400, Some("malformed_request")),
    ("register/payload_too_large", Nothing, 413, Some("payload_too_large")),
    ("register/success", Nothing, 200, None),
    ("register/success_known_address", Registered, 200, None),
    ("register/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
    ("register/weak_password", Nothing, 400, Some("weak_password")),
    ("register/weak_password_white_space", Nothing, 400, Some("weak_password")),
    ("resend_code/malformed_request", Nothing, 400, Some("malformed_request")),
    ("resend_code/success", Registered, 202, None),
    ("resend_code/success_unknown_user", Nothing, 202, None),
    ("resend_code/unsupported_media_type", Nothing, 415, Some("unsupported_media_type")),
];

fn event(name: &str) -> Value {
    serde_json::from_str(&repository(&format!("events/{name}.json"))).unwrap()
}

/// The logical id of the function behind a route.
fn function(route: &str) -> &'static str {
    match route {
        "register" => "RegisterFunction",
        "confirm_user" | "resend_code" => "ConfirmFunction",
        "login" => "LoginFunction",
        "generate" => "GenerateFunction",
        _ => panic!("no function for {route}"),
    }
}

/// Brings about what `event` needs.
fn prepare(given: Given, event: &mut Value) {
    if given == Nothing {
        return;
    }
    let mut body: Value = serde_json::from_str(event["body"].as_str().unwrap()).unwrap();
    let address = body["username"].as_str().unwrap().to_owned();
    register(&SHARED, &address);
    match given {
        Nothing | Registered => {}
        Confirmed => confirm(&SHARED, &address),
        Mailed => {
            body["confirmation_code"] = SHARED.codes(&address).swap_remove(0).into();
            event["body"] = body.to_string().into();
        }
    }
}

#[test]
fn every_event_has_the_outcome_of_its_name() {
    for (name, given, status, code) in EVENTS {
        let (route, outcome) = name.split_once('/').unwrap();
        assert!(outcome.starts_with(code.unwrap_or("success")) || outcome == "malformed_json");
        let mut event = event(name);
        prepare(given, &mut event);
        let answer = SHARED.invoke(function(route), &event.to_string());
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(answer["statusCode"], status, "{name}: {body}");
        assert_eq!(body["code"].as_str(), code, "{name}: {body}");
        let origin = &answer["multiValueHeaders"]["access-control-allow-origin"];
        assert_eq!(*origin, json!([ORIGIN]), "{name}");
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
        let (route, outcome) = name.split_once('/').unwrap();
        let context = &event["requestContext"];
        let mut expected = BTreeSet::from(CONTEXT);
        if route == "generate" && !outcome.starts_with("unauthorized") {
            expected.insert("authorizer");
            let claims = context["authorizer"]["claims"].as_object().unwrap();
            assert!(claims.values().all(Value::is_string), "{name}");
        }
        assert_eq!(members(&event), EVENT.into(), "{name}");
        assert_eq!(members(context), expected, "{name}");
        assert_eq!(members(&context["identity"]), IDENTITY.into(), "{name}");
        assert_eq!(event["resource"], format!("/{route}"), "{name}");
        assert_eq!(context["path"], format!("/v1/{route}"), "{name}");
        let method = if event["body"].is_null() { "GET" } else { "POST" };
        assert_eq!(event["httpMethod"], method, "{name}");
        assert_eq!(context["httpMethod"], method, "{name}");
        assert_eq!(event["headers"], last_values(&event["multiValueHeaders"]), "{name}");
        let query = last_values(&event["multiValueQueryStringParameters"]);
        assert_eq!(event["queryStringParameters"], query, "{name}");
    }
}
