use serde_json::{Value, json};

use super::support::{Bench, with};

fn sign_up() -> Value {
    json!({ "ClientId": "x", "Username": "ann", "Password": "secret" })
}

const NULL: &str = "Member must not be null";
const PATTERN: &str =
    r"Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}]+";
const NO_SPACE_AT_AN_END: &str = r"Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$";
const NO_SPACE: &str = r"Member must satisfy regular expression pattern: [\S]+";
const WORD: &str = r"Member must satisfy regular expression pattern: [\w+]+";
const SHORT: &str = "Member must have length greater than or equal to 1";
const LONG: &str = "Member must have length less than or equal to 128";
const LONGER: &str = "Member must have length less than or equal to 256";
const FLOWS: &str = "Member must satisfy enum value set: [USER_SRP_AUTH, REFRESH_TOKEN_AUTH, REFRESH_TOKEN, \
                     CUSTOM_AUTH, ADMIN_NO_SRP_AUTH, USER_PASSWORD_AUTH, ADMIN_USER_PASSWORD_AUTH, USER_AUTH]";

/// Where the value stands in the message, and the rule it breaks.
type Violations<'a> = &'a [(&'a str, &'a str)];

async fn check(bench: &Bench, operation: &str, body: Value, violations: Violations<'_>) {
    let all: Vec<_> = violations
        .iter()
        .map(|(place, rule)| format!("{place} failed to satisfy constraint: {rule}"))
        .collect();
    let errors = if all.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {errors} detected: {}", all.len(), all.join("; "));
    let refusal = bench.call(operation, body.clone()).await.refusal();
    assert_eq!(refusal, ("InvalidParameterException".to_owned(), message), "{operation} {body}");
}

#[tokio::test]
async fn broken_constraints_of_a_sign_up_are_told_in_the_words_of_aws() {
    const USERNAME: &str = "Value at 'username'";
    const PASSWORD: &str = "Value at 'password'";
    let bench = Bench::new();
    let cases: [(Value, Violations); 8] = [
        (json!({ "Username": null }), &[(USERNAME, NULL)]),
        (json!({ "Username": "" }), &[(USERNAME, PATTERN), (USERNAME, SHORT)]),
        (json!({ "Username": "a b" }), &[(USERNAME, PATTERN)]),
        (json!({ "Username": "a\u{200b}b" }), &[(USERNAME, PATTERN)]),
        (json!({ "Username": "x".repeat(129) }), &[(USERNAME, LONG)]),
        (json!({ "Password": "two words " }), &[(PASSWORD, NO_SPACE_AT_AN_END)]),
        (json!({ "Password": "p".repeat(257) }), &[(PASSWORD, LONGER)]),
        (
            json!({ "ClientId": "a-b", "UserAttributes": [{ "Value": "x" }] }),
            &[
                ("Value at 'clientId'", WORD),
                ("Value null at 'userAttributes.1.member.name'", NULL),
            ],
        ),
    ];
    for (changes, violations) in cases {
        check(&bench, "SignUp", with(sign_up(), &changes), violations).await;
    }
}

#[tokio::test]
async fn broken_constraints_of_other_calls_are_told_in_the_words_of_aws() {
    const CODE: &str = "Value '' at 'confirmationCode'";
    let bench = Bench::new();
    let cases: [(&str, Value, Violations); 4] = [
        (
            "ConfirmSignUp",
            json!({ "ClientId": "x", "Username": "ann", "ConfirmationCode": "" }),
            &[(CODE, NO_SPACE), (CODE, SHORT)],
        ),
        (
            "ConfirmSignUp",
            json!({ "ClientId": "x", "Username": "ann" }),
            &[("Value null at 'confirmationCode'", NULL)],
        ),
        (
            "InitiateAuth",
            json!({ "ClientId": "x", "AuthFlow": "NONSENSE" }),
            &[("Value 'NONSENSE' at 'authFlow'", FLOWS)],
        ),
        (
            "InitiateAuth",
            json!({}),
            &[("Value null at 'authFlow'", NULL), ("Value at 'clientId'", NULL)],
        ),
    ];
    for (operation, body, violations) in cases {
        check(&bench, operation, body, violations).await;
    }
}

#[tokio::test]
async fn the_limits_themselves_are_allowed() {
    let bench = Bench::with(&json!({ "UsernameAttributes": [] }), &json!({}));
    let username = "\u{fc}".repeat(128);
    bench.sign_up(&username, &"p".repeat(256)).await.ok();
}

#[tokio::test]
async fn wrong_types_are_refused_before_anything_else() {
    let bench = Bench::new();
    let start = "Start of structure or map found where not expected.";
    for (operation, changes, message) in [
        ("SignUp", json!({ "Username": 1 }), "NUMBER_VALUE can not be converted to a String"),
        ("SignUp", json!({ "Username": 1.5 }), "NUMBER_VALUE can not be converted to a String"),
        ("SignUp", json!({ "Username": true }), "TRUE_VALUE can not be converted to a String"),
        ("SignUp", json!({ "Username": false }), "FALSE_VALUE can not be converted to a String"),
        ("SignUp", json!({ "Username": [] }), "Start of list found where not expected"),
        ("SignUp", json!({ "Username": {} }), start),
        ("SignUp", json!({ "UserAttributes": "x" }), "Expected list or null"),
        ("SignUp", json!({ "UserAttributes": ["x"] }), "Expected null"),
        ("SignUp", json!({ "UserAttributes": [{ "Name": {} }] }), start),
        ("SignUp", json!({ "ClientMetadata": "x" }), "Expected map or null"),
        (
            "SignUp",
            json!({ "ClientMetadata": { "x": 1 } }),
            "NUMBER_VALUE can not be converted to a String",
        ),
        ("SignUp", json!({ "UserContextData": 1 }), "Expected null"),
        (
            "SignUp",
            json!({ "ClientId": null, "Username": "", "Password": 1 }),
            "NUMBER_VALUE can not be converted to a String",
        ),
        (
            "ConfirmSignUp",
            json!({ "ForceAliasCreation": "x" }),
            "STRING_VALUE can not be converted to a Boolean",
        ),
        ("InitiateAuth", json!({ "AuthParameters": [] }), "Expected map or null"),
        (
            "InitiateAuth",
            json!({ "AuthParameters": { "USERNAME": 1 } }),
            "NUMBER_VALUE can not be converted to a String",
        ),
    ] {
        let answer = bench.call(operation, with(sign_up(), &changes)).await;
        assert_eq!(
            answer.refusal(),
            ("SerializationException".to_owned(), message.to_owned()),
            "{changes}"
        );
    }
}

#[tokio::test]
async fn numbers_are_limited_and_cut_to_whole_ones() {
    let bench = Bench::new();
    for (limit, message) in [
        (
            json!(61),
            "1 validation error detected: Value '61' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 60",
        ),
        (
            json!(-1),
            "1 validation error detected: Value '-1' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 0",
        ),
        (json!("1"), "STRING_VALUE can not be converted to an Integer"),
        (json!(true), "TRUE_VALUE can not be converted to an Integer"),
    ] {
        let answer = bench.admin_call("ListUsers", json!({ "Limit": limit })).await;
        assert_eq!(answer.refusal().1, message);
    }
    for limit in [json!(60), json!(60.9), json!(0), json!(null)] {
        bench.admin_call("ListUsers", json!({ "Limit": limit })).await.ok();
    }
}

#[tokio::test]
async fn unknown_members_are_ignored() {
    let bench = Bench::new();
    let answer = bench
        .user_call(
            "SignUp",
            "a@b.example",
            json!({ "Password": "a-long-enough-password", "New": [1] }),
        )
        .await;
    answer.ok();
}
