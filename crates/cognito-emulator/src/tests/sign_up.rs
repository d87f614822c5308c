use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench};

#[tokio::test]
async fn a_new_user_gets_a_sub_and_a_code() {
    let bench = Bench::new();
    let answer = bench.sign_up(ANN, ANN_PASSWORD).await;
    let text = answer.text.clone();
    let sub = answer.ok()["UserSub"].as_str().unwrap().to_owned();
    assert_eq!(
        text,
        format!(
            r#"{{"CodeDeliveryDetails":{{"AttributeName":"email","DeliveryMedium":"EMAIL","Destination":"A***@e***"}},"UserConfirmed":false,"UserSub":"{sub}"}}"#
        )
    );
    let mail = bench.mail();
    assert_eq!(
        (mail.len(), mail[0].to.as_str(), mail[0].subject.as_str()),
        (1, ANN, "Your verification code")
    );
    assert_eq!(mail[0].body, format!("Your confirmation code is {}", bench.code()));
}

#[tokio::test]
async fn the_mail_has_the_words_of_the_template() {
    let template = json!({ "EmailSubject": "Passmint", "EmailMessage": "{####} is your code" });
    let bench = Bench::with(&json!({ "VerificationMessageTemplate": template }), &json!({}));
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    let mail = bench.mail().remove(0);
    assert_eq!(
        (mail.subject, mail.body),
        ("Passmint".to_owned(), format!("{} is your code", bench.code()))
    );
}

#[tokio::test]
async fn a_pool_that_verifies_nothing_mails_nothing() {
    let bench = Bench::with(&json!({ "AutoVerifiedAttributes": [] }), &json!({}));
    let answer = bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    assert_eq!((answer.get("CodeDeliveryDetails"), bench.mail().len()), (None, 0));
}

#[tokio::test]
async fn a_taken_name_is_told_also_by_clients_that_hide_existence() {
    let bench = Bench::new();
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    for again in [ANN, "ann@EXAMPLE.com"] {
        let refusal = bench.sign_up(again, "another-long-password").await.refusal();
        assert_eq!(
            refusal,
            (
                "UsernameExistsException".to_owned(),
                "An account with the given email already exists.".to_owned()
            )
        );
    }
    assert_eq!(bench.mail().len(), 1);

    let plain = Bench::with(&json!({ "UsernameAttributes": [] }), &json!({}));
    plain.sign_up("ann", ANN_PASSWORD).await.ok();
    let refusal = plain.sign_up("Ann", ANN_PASSWORD).await.refusal();
    assert_eq!(refusal, ("UsernameExistsException".to_owned(), "User already exists".to_owned()));
}

#[tokio::test]
async fn a_sigma_at_the_end_of_a_word_is_a_sigma() {
    let bench = Bench::new();
    let (upper, lower) = ("\u{391}\u{3a3}@x.io", "\u{3b1}\u{3c3}@x.io");
    bench.sign_up(upper, ANN_PASSWORD).await.ok();
    assert_eq!(bench.sign_up(lower, ANN_PASSWORD).await.refusal().0, "UsernameExistsException");
    bench.confirm(lower, &bench.code()).await.ok();
    bench.sign_in(lower, ANN_PASSWORD).await.ok();
    let filter = json!({ "Filter": format!("email = \"{lower}\"") });
    let page = bench.admin_call("ListUsers", filter).await.ok();
    assert_eq!(page["Users"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_address_holds_nothing_that_cannot_be_seen() {
    let plain = Bench::with(&json!({ "UsernameAttributes": [] }), &json!({}));
    let bench = Bench::new().with_ann().await;
    let tokens = bench.log_in().await;
    for hidden in ["\u{1b}]52;c;eA==\u{7}", "\u{200b}", "\u{202e}", "\u{ad}", "\u{9b}", "\u{feff}"]
    {
        let address = format!("ann{hidden}@example.com");
        let pattern = bench.sign_up(&address, ANN_PASSWORD).await.refusal();
        assert_eq!(pattern.0, "InvalidParameterException");
        assert!(pattern.1.contains("at 'username' failed to satisfy constraint"), "{pattern:?}");
        let attributes = json!([{ "Name": "email", "Value": address }]);
        let format =
            ("InvalidParameterException".to_owned(), "Invalid email address format.".to_owned());
        let more = json!({ "Password": ANN_PASSWORD, "UserAttributes": attributes });
        assert_eq!(plain.user_call("SignUp", "ann", more).await.refusal(), format, "{hidden:?}");
        let answer = bench.update(&tokens, &[("email", &address)]).await;
        assert_eq!(answer.refusal(), format, "{hidden:?}");
    }
}

#[tokio::test]
async fn names_that_differ_in_case_are_two_users_if_the_pool_is_sensitive() {
    let sensitive = json!({ "UsernameConfiguration": { "CaseSensitive": true } });
    let bench = Bench::with(&sensitive, &json!({}));
    bench.sign_up("ann@example.com", ANN_PASSWORD).await.ok();
    bench.sign_up("Ann@example.com", ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn every_sign_up_hashes_once() {
    let bench = Bench::new();
    for expected in 1..=2 {
        bench.sign_up(ANN, ANN_PASSWORD).await;
        assert_eq!(bench.hashes(), expected);
    }
}

#[tokio::test]
async fn refusals_have_the_words_of_aws() {
    let closed = json!({ "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": true } });
    for (pool, username, password, attributes, exception, message) in [
        (
            json!({}),
            "ann",
            ANN_PASSWORD,
            json!([]),
            "InvalidParameterException",
            "Username should be an email.",
        ),
        (
            closed,
            ANN,
            ANN_PASSWORD,
            json!([]),
            "NotAuthorizedException",
            "SignUp is not permitted for this user pool",
        ),
        (
            json!({}),
            ANN,
            ANN_PASSWORD,
            json!([{ "Name": "custom:plan", "Value": "gold" }]),
            "InvalidParameterException",
            "Attributes did not conform to the schema: custom:plan: Attribute does not exist in the schema.",
        ),
        (
            json!({}),
            ANN,
            ANN_PASSWORD,
            json!([{ "Name": "email_verified", "Value": "true" }]),
            "NotAuthorizedException",
            "A client attempted to write unauthorized attribute",
        ),
        (
            json!({ "UsernameAttributes": [] }),
            "ann",
            ANN_PASSWORD,
            json!([{ "Name": "email", "Value": "ann" }]),
            "InvalidParameterException",
            "Invalid email address format.",
        ),
    ] {
        let bench = Bench::with(&pool, &json!({}));
        let more = json!({ "Password": password, "UserAttributes": attributes });
        let refusal = bench.user_call("SignUp", username, more).await.refusal();
        assert_eq!(refusal, (exception.to_owned(), message.to_owned()));
    }
}

#[tokio::test]
async fn weak_passwords_are_refused_with_the_first_reason() {
    let strict = json!({ "PasswordPolicy": {
        "MinimumLength": 8, "RequireUppercase": true, "RequireLowercase": true, "RequireNumbers": true, "RequireSymbols": true,
    } });
    let cases: [(Value, &str, &str); 12] = [
        (json!({}), "Aa1!Aa1", "Password not long enough"),
        (json!({}), "aa1!aa1!", "Password must have uppercase characters"),
        (json!({}), "AA1!AA1!", "Password must have lowercase characters"),
        (json!({}), "Aaa!Aaa!", "Password must have numeric characters"),
        (json!({}), "Aa11Aa11", "Password must have symbol characters"),
        (json!({}), "Aa1\u{20ac}Aa1\u{20ac}", "Password must have symbol characters"),
        (json!({}), "Aa1!Aa1!", ""),
        (strict, "aaaaaaaa", "Password must have uppercase characters"),
        (json!({ "PasswordPolicy": {} }), "aaaaaaa", "Password not long enough"),
        (json!({ "PasswordPolicy": {} }), "aaaaaaaa", ""),
        (
            json!({ "PasswordPolicy": { "MinimumLength": 15 } }),
            "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}",
            "Password not long enough",
        ),
        (json!({ "PasswordPolicy": { "MinimumLength": 15 } }), "aaaaaaaaaaaaaaa", ""),
    ];
    for (policies, password, reason) in cases {
        let bench = Bench::with(&json!({ "Policies": policies }), &json!({}));
        let answer = bench.sign_up(ANN, password).await;
        if reason.is_empty() {
            answer.ok();
        } else {
            let message = format!("Password did not conform with policy: {reason}");
            assert_eq!(
                answer.refusal(),
                ("InvalidPasswordException".to_owned(), message),
                "{password}"
            );
        }
    }
}

#[tokio::test]
async fn the_secret_hash_is_asked_for_and_checked() {
    let bench = Bench::new();
    let id = bench.emulator.client_id();
    let missing = format!("Client {id} is configured with secret but SECRET_HASH was not received");
    let wrong = format!("Unable to verify secret hash for client {id}");
    let of_other_case = bench.secret_hash("ann@example.com");
    for (operation, more) in [
        ("SignUp", json!({ "Password": ANN_PASSWORD })),
        ("ConfirmSignUp", json!({ "ConfirmationCode": "123456" })),
        ("ResendConfirmationCode", json!({})),
    ] {
        for (hash, message) in
            [(Value::Null, &missing), (json!("AAAA"), &wrong), (json!(of_other_case), &wrong)]
        {
            let mut body = more.clone();
            body["SecretHash"] = hash;
            let refusal = bench.user_call(operation, ANN, body).await.refusal();
            assert_eq!(
                refusal,
                ("NotAuthorizedException".to_owned(), message.clone()),
                "{operation}"
            );
        }
    }
    for (parameters, message) in [
        (json!({ "USERNAME": ANN, "PASSWORD": "x" }), &missing),
        (json!({ "USERNAME": ANN, "PASSWORD": "x", "SECRET_HASH": "AAAA" }), &wrong),
    ] {
        let refusal = bench.initiate_auth("USER_PASSWORD_AUTH", parameters).await.refusal();
        assert_eq!(refusal, ("NotAuthorizedException".to_owned(), message.clone()));
    }
}

#[tokio::test]
async fn a_client_without_a_secret_takes_no_hash() {
    let bench = Bench::with(&json!({}), &json!({ "GenerateSecret": false }));
    let refusal = bench.sign_up(ANN, ANN_PASSWORD).await.refusal();
    assert_eq!(
        refusal.1,
        format!("Unable to verify secret hash for client {}", bench.emulator.client_id())
    );
    let more = json!({ "Password": ANN_PASSWORD, "SecretHash": null });
    bench.user_call("SignUp", ANN, more).await.ok();
}

#[tokio::test]
async fn a_foreign_client_is_not_found() {
    let bench = Bench::new();
    for (operation, more) in [
        ("SignUp", json!({ "Username": ANN, "Password": "xy" })),
        ("ConfirmSignUp", json!({ "Username": ANN, "ConfirmationCode": "x" })),
        ("ResendConfirmationCode", json!({ "Username": ANN })),
        ("InitiateAuth", json!({ "AuthFlow": "USER_PASSWORD_AUTH" })),
    ] {
        let mut body = more;
        body["ClientId"] = json!("nobody");
        let refusal = bench.call(operation, body).await.refusal();
        let expected = (
            "ResourceNotFoundException".to_owned(),
            "User pool client nobody does not exist.".to_owned(),
        );
        assert_eq!(refusal, expected, "{operation}");
    }
}
