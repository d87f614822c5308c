use http::Request;
use serde_json::json;

use super::support::{Bench, REGION, START, sign, sign_for};
use crate::sigv4;

const ADMIN: [&str; 30] = [
    "AddUserPoolClientSecret",
    "AdminConfirmSignUp",
    "AdminCreateUser",
    "AdminDeleteSoftwareToken",
    "AdminDeleteUser",
    "AdminDeleteUserAttributes",
    "AdminDisableUser",
    "AdminEnableUser",
    "AdminGetUser",
    "AdminInitiateAuth",
    "AdminResetUserPassword",
    "AdminRespondToAuthChallenge",
    "AdminSetUserPassword",
    "AdminUpdateUserAttributes",
    "AdminUserGlobalSignOut",
    "CreateUserPool",
    "CreateUserPoolClient",
    "DeleteUserPool",
    "DeleteUserPoolClient",
    "DeleteUserPoolClientSecret",
    "DescribeUserPool",
    "DescribeUserPoolClient",
    "GetUserPoolMfaConfig",
    "ListUserPoolClientSecrets",
    "ListUserPoolClients",
    "ListUserPools",
    "ListUsers",
    "SetUserPoolMfaConfig",
    "UpdateUserPool",
    "UpdateUserPoolClient",
];

/// Made with botocore 1.x's `SigV4Auth` for these very bytes, at 2026-09-24T20:16:35Z.
#[test]
fn a_signature_of_botocore_is_right() {
    let body = r#"{"UserPoolId":"eu-west-1_Ab3dEf9hI","Username":"alice@example.com"}"#;
    let request = |signature: &str| {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=passmint/20260924/eu-west-1/cognito-idp/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature={signature}"
        );
        Request::post("/")
            .header("host", "127.0.0.1:9229")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "AWSCognitoIdentityProviderService.AdminGetUser")
            .header("user-agent", "Boto3")
            .header("x-amz-date", "20260924T201635Z")
            .header("authorization", authorization)
            .body(body.into())
            .unwrap()
    };
    let now = crate::time::Moment(START * 1000);
    let right = "8a55f713d35f848ca5d8c5c2dcc7db4a8fb19a847fb8702824bdc8584463715d";
    assert_eq!(sigv4::verify(&request(right), now), Ok(()));
    assert!(sigv4::verify(&request(&right.replace('8', "9")), now).is_err());
}

#[tokio::test]
async fn operations_of_administrators_must_be_signed() {
    let bench = Bench::new();
    for operation in ADMIN {
        let refused = bench.call(operation, json!({})).await;
        let expected = r#"{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}"#;
        assert_eq!(
            (refused.status.as_u16(), refused.text.as_str()),
            (400, expected),
            "{operation}"
        );
        let signed = bench.admin_call(operation, json!({})).await;
        assert!(!signed.text.contains("Authentication"), "{operation}: {}", signed.text);
    }
}

#[tokio::test]
async fn operations_of_users_ignore_a_signature() {
    let bench = Bench::new();
    for operation in ["SignUp", "ConfirmSignUp", "ResendConfirmationCode", "InitiateAuth"] {
        let mut request = Bench::request(operation, &json!({}));
        request.headers_mut().insert("authorization", "garbage".parse().unwrap());
        assert_eq!(bench.send(request).await.refusal().0, "InvalidParameterException");
    }
}

/// Signs a request, changes its `Authorization` header, and gives the refusal.
async fn changed(from: &str, to: &str) -> (String, String) {
    let bench = Bench::new();
    let mut request = sign(
        Bench::request("ListUsers", &json!({ "UserPoolId": bench.emulator.pool_id() })),
        START,
    );
    let authorization = request.headers()["authorization"].to_str().unwrap().replace(from, to);
    request.headers_mut().insert("authorization", authorization.parse().unwrap());
    bench.send(request).await.refusal()
}

async fn check(exception: &str, cases: &[(&str, &str, &str)]) {
    for (from, to, message) in cases {
        let refusal = changed(from, to).await;
        assert_eq!(refusal.0, exception, "{to}");
        assert!(refusal.1.starts_with(message), "{}", refusal.1);
    }
}

#[tokio::test]
async fn what_is_not_in_the_header_makes_a_signature_incomplete() {
    const CREDENTIAL: &str = "Authorization header requires 'Credential' parameter. \
                              (Hashed with SHA-256 and encoded with Base64) Authorization=";
    const NO_PAIR: &str = "Invalid key=value pair (missing equal-sign) in Authorization header \
                           (hashed with SHA-256 and encoded with Base64): '";
    let cases = [
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 nonsense, ", NO_PAIR),
        ("Credential=", "Credentials=", CREDENTIAL),
        ("Signature=", "S=", "Authorization header requires 'Signature' parameter. (Hashed"),
        ("AWS4-HMAC-SHA256", "AWS5", "Unsupported AWS 'algorithm': 'AWS5'."),
        ("/aws4_request", "", "Credential must have exactly 5 slash-delimited elements"),
    ];
    check("IncompleteSignatureException", &cases).await;
}

#[tokio::test]
async fn what_is_wrong_in_the_header_makes_a_signature_invalid() {
    const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                            AWS Secret Access Key and signing method. Consult the service documentation for details.";
    const SERVICE: &str = "Credential should be scoped to correct service: 'cognito-idp'. ";
    const TERMINATOR: &str =
        "Credential should be scoped with a valid terminator: 'aws4_request'. ";
    let cases = [
        ("/cognito-idp/", "/s3/", SERVICE),
        ("/aws4_request", "/aws5_request", TERMINATOR),
        ("/20260924/", "/20260923/", "Date in Credential scope does not match YYYYMMDD"),
        (
            "SignedHeaders=host;",
            "SignedHeaders=",
            "'Host' or ':authority' must be a 'SignedHeader'",
        ),
        ("Signature=", "Signature=0", MISMATCH),
        (";x-amz-target", "", MISMATCH),
    ];
    check("InvalidSignatureException", &cases).await;
}

#[tokio::test]
async fn a_signature_for_any_region_is_right() {
    let bench = Bench::new();
    for region in [REGION, "us-east-1", "local"] {
        let body = json!({ "UserPoolId": bench.emulator.pool_id() });
        let request = sign_for(region, Bench::request("DescribeUserPool", &body), START);
        bench.send(request).await.ok();
    }
    // The region is part of what is signed all the same.
    let cases = [("/eu-west-1/", "/us-east-1/", "The request signature we calculated")];
    check("InvalidSignatureException", &cases).await;
}

#[tokio::test]
async fn another_access_key_is_not_known() {
    let unknown = "The security token included in the request is invalid.";
    let cases = [("Credential=passmint/", "Credential=AKIAIOSFODNN7EXAMPLE/", unknown)];
    check("UnrecognizedClientException", &cases).await;
}

#[tokio::test]
async fn a_header_that_is_no_signature_is_not_repeated() {
    let bench = Bench::new();
    for header in ["Bearer eyJhbGciOi", "garbage"] {
        let mut request = Bench::request("ListUsers", &json!({}));
        request.headers_mut().insert("authorization", header.parse().unwrap());
        let (exception, message) = bench.send(request).await.refusal();
        assert_eq!(exception, "IncompleteSignatureException");
        assert!(!message.contains("eyJ") && !message.contains("garbage"), "{message}");
    }
}

#[tokio::test]
async fn a_body_other_than_the_signed_one_is_refused() {
    let bench = Bench::new();
    let mut request =
        sign(Bench::request("DescribeUserPool", &json!({ "UserPoolId": "a_b" })), START);
    *request.body_mut() = json!({ "UserPoolId": bench.emulator.pool_id() }).to_string().into();
    assert_eq!(bench.send(request).await.refusal().0, "InvalidSignatureException");
}

#[tokio::test]
async fn a_session_token_is_not_known() {
    let bench = Bench::new();
    let mut request =
        sign(Bench::request("DescribeUserPool", &json!({ "UserPoolId": "a_b" })), START);
    request.headers_mut().insert("x-amz-security-token", "x".parse().unwrap());
    assert_eq!(bench.send(request).await.refusal().0, "UnrecognizedClientException");
}

#[tokio::test]
async fn a_signature_is_good_for_five_minutes_around_now() {
    let bench = Bench::new();
    for (signed_at, message) in [
        (
            START - 301,
            "Signature expired: 20260924T201134Z is now earlier than 20260924T201135Z (20260924T201635Z - 5 min.)",
        ),
        (START - 300, ""),
        (START + 300, ""),
        (
            START + 301,
            "Signature not yet current: 20260924T202136Z is still later than 20260924T202135Z (20260924T201635Z + 5 min.)",
        ),
    ] {
        let body = json!({ "UserPoolId": bench.emulator.pool_id() });
        let answer = bench.send(sign(Bench::request("DescribeUserPool", &body), signed_at)).await;
        if message.is_empty() {
            answer.ok();
        } else {
            assert_eq!(
                answer.refusal(),
                ("InvalidSignatureException".to_owned(), message.to_owned())
            );
        }
    }
}
