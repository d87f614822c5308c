//! What the endpoint that plays Cognito answers: one success for each operation, as large as AWS's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The bytes of tokens as Cognito gives them to a user with a handful of attributes.
const ACCESS_TOKEN: usize = 1_050;
const ID_TOKEN: usize = 1_000;
const REFRESH_TOKEN: usize = 1_750;

/// The answers by operation, each a whole answer of HTTP/1.1.
pub fn by_operation() -> BTreeMap<&'static str, Vec<u8>> {
    let delivery = json!({
        "AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "a***@e***",
    });
    [
        ("AssociateSoftwareToken", json!({"SecretCode": "A".repeat(52)})),
        ("ConfirmSignUp", json!({})),
        ("DeleteUser", json!({})),
        ("DescribeUserPoolClient", json!({"UserPoolClient": app_client()})),
        ("ForgotPassword", json!({"CodeDeliveryDetails": delivery})),
        ("GetUser", user()),
        ("InitiateAuth", tokens()),
        ("ResendConfirmationCode", json!({"CodeDeliveryDetails": delivery})),
        ("RevokeToken", json!({})),
        (
            "SignUp",
            json!({"CodeDeliveryDetails": delivery, "UserConfirmed": false, "UserSub": SUB}),
        ),
    ]
    .map(|(operation, body)| (operation, answer("200 OK", &body)))
    .into()
}

/// The answer to an operation that is not among the others.
pub fn unknown_operation() -> Vec<u8> {
    answer("400 Bad Request", &json!({"__type": "UnknownOperationException"}))
}

const SUB: &str = "64684428-c021-7049-51b0-3f2b8a1d9c07";

fn app_client() -> Value {
    json!({
        "ClientId": "4kq1v0n8m2s6t3r9p7l5j0h1ge",
        "ClientName": "passmint",
        "ClientSecret": "1q4k7v0n8m2s6t3r9p7l5j0h1ge4kq1v0n8m2s6t3r9p7l5j0h1g",
        "UserPoolId": "us-east-1_Ex4mpleId",
        "CreationDate": 1_758_744_971.436,
        "LastModifiedDate": 1_758_744_971.436,
        "RefreshTokenValidity": 30,
        "AccessTokenValidity": 15,
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "AllowedOAuthFlowsUserPoolClient": false,
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": true,
        "AuthSessionValidity": 3,
    })
}

fn user() -> Value {
    json!({
        "Username": SUB,
        "UserAttributes": [
            {"Name": "sub", "Value": SUB},
            {"Name": "email", "Value": "ada@example.com"},
            {"Name": "email_verified", "Value": "true"},
        ],
    })
}

fn tokens() -> Value {
    let token = |length| format!("{:x<length$}", "eyJ");
    json!({
        "AuthenticationResult": {
            "AccessToken": token(ACCESS_TOKEN),
            "ExpiresIn": 900,
            "IdToken": token(ID_TOKEN),
            "RefreshToken": token(REFRESH_TOKEN),
            "TokenType": "Bearer",
        },
        "ChallengeParameters": {},
    })
}

fn answer(status: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nDate: Thu, 24 Sep 2026 20:16:11 GMT\r\n\
         Content-Type: application/x-amz-json-1.1\r\nContent-Length: {length}\r\n\
         Connection: keep-alive\r\nx-amzn-RequestId: 8f58b5c2-05b0-47e2-add1-38290ee0c8d2\r\n\r\n\
         {body}"
    )
    .into_bytes()
}
