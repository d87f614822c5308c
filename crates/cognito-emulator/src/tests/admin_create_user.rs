use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::support::{ANN, Bench, with};

const INVALID: &str = "InvalidParameterException";
const CHALLENGE: &str = "NEW_PASSWORD_REQUIRED";
const PASSWORD: &str = "a-temporary-password";

fn ann(more: &Value) -> Value {
    with(json!({ "Username": ANN, "TemporaryPassword": PASSWORD }), more)
}

async fn refused(bench: &Bench, password: &str) -> (String, String) {
    bench.sign_in(ANN, password).await.refusal()
}

#[tokio::test]
async fn a_user_is_created_to_change_the_password() {
    let bench = Bench::new();
    let name =
        json!([{ "Name": "name", "Value": "Ann" }, { "Name": "email_verified", "Value": "true" }]);
    let created =
        bench.admin_call("AdminCreateUser", ann(&json!({ "UserAttributes": name }))).await.ok();
    let sub = created["User"]["Username"].clone();
    let expected = json!({
        "Attributes": [
            { "Name": "email", "Value": ANN },
            { "Name": "email_verified", "Value": "true" },
            { "Name": "name", "Value": "Ann" },
            { "Name": "sub", "Value": sub },
        ],
        "Enabled": true,
        "UserCreateDate": 1_790_280_995.0,
        "UserLastModifiedDate": 1_790_280_995.0,
        "UserStatus": "FORCE_CHANGE_PASSWORD",
        "Username": sub,
    });
    assert_eq!(created, json!({ "User": expected }));
    let told = bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok();
    assert_eq!(told["UserStatus"], "FORCE_CHANGE_PASSWORD");
    assert_eq!(bench.mail().len(), 0, "the medium is SMS unless the caller says otherwise");
}

#[tokio::test]
async fn an_invitation_has_the_words_of_the_pool_and_the_password() {
    for (template, subject, body) in [
        (
            json!({}),
            "Your temporary password",
            "Your username is Ann@example.com and temporary password is {}.",
        ),
        (
            json!({ "EmailSubject": "Hello", "EmailMessage": "{username}: {####}" }),
            "Hello",
            "Ann@example.com: {}",
        ),
    ] {
        let config = json!({ "AdminCreateUserConfig": { "InviteMessageTemplate": template } });
        let bench = Bench::with(&config, &json!({}));
        let by_mail = json!({ "Username": ANN, "DesiredDeliveryMediums": ["EMAIL"] });
        bench.admin_call("AdminCreateUser", by_mail).await.ok();
        let mail = bench.mail().remove(0);
        assert_eq!((mail.to.as_str(), mail.subject.as_str()), (ANN, subject));
        let password = mail.code.expose_secret();
        assert_eq!(mail.body, body.replace("{}", password));
        assert_eq!(password.len(), 15, "as long as the policy wants it");
        bench.challenged(ANN, password, CHALLENGE).await;
        assert_eq!(refused(&bench, "wrong").await.1, "Incorrect username or password.");
    }
}

#[tokio::test]
async fn messages_go_where_they_are_wanted() {
    let by_mail = json!({ "DesiredDeliveryMediums": ["EMAIL"] });
    let suppressed = with(by_mail.clone(), &json!({ "MessageAction": "SUPPRESS" }));
    for (more, mails) in [(by_mail, 1), (suppressed, 0), (json!({}), 0)] {
        let bench = Bench::new();
        bench.admin_call("AdminCreateUser", ann(&more)).await.ok();
        assert_eq!(bench.mail().len(), mails, "{more}");
    }
}

#[tokio::test]
async fn a_temporary_password_ends_and_is_sent_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let days = json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 6, "TemporaryPasswordValidityDays": 2 } } });
    let bench = Bench::at(&path);
    bench.admin_call("UpdateUserPool", days).await.ok();
    bench.admin_call("AdminCreateUser", ann(&json!({}))).await.ok();
    let over = "Temporary password has expired and must be reset by an administrator.";
    bench.wait(2 * 24 * 60 * 60 - 1);
    bench.challenged(ANN, PASSWORD, CHALLENGE).await;
    bench.wait(1);
    assert_eq!(
        refused(&bench, PASSWORD).await,
        ("NotAuthorizedException".to_owned(), over.to_owned())
    );

    let again =
        json!({ "Username": ANN, "MessageAction": "RESEND", "DesiredDeliveryMediums": ["EMAIL"] });
    let user = bench.admin_call("AdminCreateUser", again).await.ok();
    assert_eq!(user["User"]["UserStatus"], "FORCE_CHANGE_PASSWORD");
    let new = bench.code();
    assert_eq!(refused(&bench, PASSWORD).await.1, "Incorrect username or password.");
    bench.challenged(ANN, &new, CHALLENGE).await;
    let now = bench.now();
    drop(bench);
    let bench = Bench::at(&path);
    bench.wait(now - bench.now());
    bench.challenged(ANN, &new, CHALLENGE).await;
}

#[tokio::test]
async fn what_is_refused_has_the_words_of_aws() {
    let bench = Bench::new().with_ann().await;
    let bob = |more: Value| with(json!({ "Username": "bob@example.com" }), &more);
    let attribute =
        |name: &str, value: &str| json!({ "UserAttributes": [{ "Name": name, "Value": value }] });
    let not_forced = format!("Resend not possible. {ANN} status is not FORCE_CHANGE_PASSWORD");
    bench
        .refusals("AdminCreateUser", &[
            (ann(&json!({})), "UsernameExistsException", "User account already exists"),
            (ann(&json!({ "Username": "ann@EXAMPLE.com" })), "UsernameExistsException", "User account already exists"),
            (ann(&json!({ "MessageAction": "RESEND" })), "UnsupportedUserStateException", &not_forced),
            (bob(json!({ "MessageAction": "RESEND" })), "UserNotFoundException", "User does not exist."),
            (bob(json!({ "Username": "bob" })), INVALID, "Username should be an email."),
            (
                bob(json!({ "TemporaryPassword": "short" })),
                "InvalidPasswordException",
                "Password did not conform with password policy: Password not long enough",
            ),
            (bob(attribute("sub", "x")), INVALID, "Cannot modify the non-mutable attribute sub"),
            (
                bob(attribute("custom:plan", "gold")),
                INVALID,
                "Attributes did not conform to the schema: custom:plan: Attribute does not exist in the schema.",
            ),
            (
                bob(json!({ "DesiredDeliveryMediums": ["SMS"] })),
                INVALID,
                "No phone number provided but desired delivery medium was SMS",
            ),
            (
                bob(json!({ "MessageAction": "AGAIN" })),
                INVALID,
                "1 validation error detected: Value 'AGAIN' at 'messageAction' failed to satisfy constraint: Member must satisfy enum value set: [RESEND, SUPPRESS]",
            ),
            (
                bob(json!({ "UserPoolId": "eu-west-1_other" })),
                "ResourceNotFoundException",
                "User pool eu-west-1_other does not exist.",
            ),
        ])
        .await;

    let plain = Bench::with(&json!({ "UsernameAttributes": [] }), &json!({}));
    let no_address = json!({ "Username": "ann", "DesiredDeliveryMediums": ["EMAIL"] });
    let message = "No email provided but desired delivery medium was Email";
    plain.refusals("AdminCreateUser", &[(no_address, INVALID, message)]).await;
    let user = plain.admin_call("AdminCreateUser", json!({ "Username": "ann" })).await.ok();
    assert_eq!(user["User"]["Username"], "ann");
}
