//! An administrator of the user pool, whose requests are signed (AWS Signature Version 4).

use std::fmt::Write;

use jiff::Timestamp;
use ring::{
    digest::{SHA256, digest},
    hmac,
};
use serde_json::{Value, json};

use crate::{
    client::{Answer, ask_pool},
    stack::Running,
};

/// The pair and the region that the user pool of one machine knows.
const ACCESS_KEY_ID: &str = "passmint";
const SECRET_ACCESS_KEY: &str = "passmint-local";
const REGION: &str = "us-east-1";

/// Creates a user with a temporary password, as docs/operations.md does, but without a mail.
pub(crate) fn invite(stack: &Running, address: &str, temporary: &str) {
    let attributes =
        json!([{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}]);
    let body = json!({
        "Username": address,
        "UserAttributes": attributes,
        "TemporaryPassword": temporary,
        "MessageAction": "SUPPRESS",
    });
    ask(stack, "AdminCreateUser", body);
}

/// Gives a user a temporary password in the place of their own.
pub(crate) fn take_password(stack: &Running, address: &str, temporary: &str) {
    let body = json!({"Username": address, "Password": temporary, "Permanent": false});
    ask(stack, "AdminSetUserPassword", body);
}

fn ask(stack: &Running, operation: &str, mut body: Value) -> Answer {
    body["UserPoolId"] = stack.stack.pool_id().into();
    let body = body.to_string();
    let url = stack.stack.cognito_url();
    let now = Timestamp::from_second(stack.now().try_into().unwrap()).unwrap();
    let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let (_, host) = url.split_once("://").unwrap();
    let authorization = authorization(host.trim_end_matches('/'), &date, &body);
    let headers = [("x-amz-date", &*date), ("authorization", &*authorization)];
    let answer = ask_pool(&url, operation, &headers, &body);
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    answer
}

fn authorization(host: &str, date: &str, body: &str) -> String {
    let (day, _) = date.split_once('T').unwrap();
    let payload = hex(digest(&SHA256, body.as_bytes()).as_ref());
    let canonical =
        format!("POST\n/\n\nhost:{host}\nx-amz-date:{date}\n\nhost;x-amz-date\n{payload}");
    let canonical = hex(digest(&SHA256, canonical.as_bytes()).as_ref());
    let scope = [day, REGION, "cognito-idp", "aws4_request"];
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{}\n{canonical}", scope.join("/"));
    let mut key = format!("AWS4{SECRET_ACCESS_KEY}").into_bytes();
    for part in scope {
        key = mac(&key, part);
    }
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCESS_KEY_ID}/{}, SignedHeaders=host;x-amz-date, Signature={}",
        scope.join("/"),
        hex(&mac(&key, &to_sign)),
    )
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}
