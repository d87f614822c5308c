use serde_json::{Value, json};

use super::support::{Bench, with};

const INVALID: &str = "InvalidParameterException";

#[tokio::test]
async fn a_new_pool_has_the_defaults_of_aws() {
    let bench = Bench::new();
    let created = bench.admin_call("CreateUserPool", json!({ "PoolName": "plain" })).await.ok();
    let pool = created["UserPool"].clone();
    let id = pool["Id"].as_str().unwrap();
    let expected = json!({
        "AccountRecoverySetting": { "RecoveryMechanisms": [
            { "Name": "verified_email", "Priority": 1 },
            { "Name": "verified_phone_number", "Priority": 2 },
        ] },
        "AdminCreateUserConfig": { "AllowAdminCreateUserOnly": false, "UnusedAccountValidityDays": 7 },
        "Arn": format!("arn:aws:cognito-idp:eu-west-1:000000000000:userpool/{id}"),
        "CreationDate": 1_790_280_995.0,
        "DeletionProtection": "INACTIVE",
        "EmailConfiguration": { "EmailSendingAccount": "COGNITO_DEFAULT" },
        "EstimatedNumberOfUsers": 0,
        "Id": id,
        "IssuerConfiguration": { "Type": "ORIGINAL" },
        "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" },
        "LambdaConfig": {},
        "LastModifiedDate": 1_790_280_995.0,
        "MfaConfiguration": "OFF",
        "Name": "plain",
        "Policies": { "PasswordPolicy": {
            "MinimumLength": 8, "RequireLowercase": true, "RequireNumbers": true, "RequireSymbols": true,
            "RequireUppercase": true, "TemporaryPasswordValidityDays": 7,
        } },
        "SchemaAttributes": created["UserPool"]["SchemaAttributes"],
        "UserPoolTags": {},
        "UserPoolTier": "ESSENTIALS",
        "UsernameConfiguration": { "CaseSensitive": true },
        "VerificationMessageTemplate": { "DefaultEmailOption": "CONFIRM_WITH_CODE" },
    });
    assert_eq!(pool, expected);
    let described = bench.admin_call("DescribeUserPool", json!({ "UserPoolId": id })).await.ok();
    assert_eq!(described["UserPool"], expected);
}

/// Whatever a pool can be given.
fn full() -> Value {
    json!({
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": true,
            "InviteMessageTemplate": { "EmailMessage": "{username} {####}", "EmailSubject": "Hello" },
        },
        "AutoVerifiedAttributes": ["email"],
        "DeletionProtection": "ACTIVE",
        "EmailVerificationMessage": "code {####}",
        "EmailVerificationSubject": "a code",
        "Policies": { "PasswordPolicy": { "MinimumLength": 20, "TemporaryPasswordValidityDays": 3 } },
        "VerificationMessageTemplate": { "EmailMessage": "your {####}", "EmailSubject": "yours" },
    })
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, value)| whole.get(name).is_some_and(|found| contains(found, value))),
        (whole, part) => whole == part,
    }
}

#[tokio::test]
async fn what_a_pool_is_given_is_kept_over_a_restart_until_an_update_leaves_it_out() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path);
    let unchangeable = json!({
        "UsernameAttributes": ["email"],
        "UsernameConfiguration": { "CaseSensitive": false },
    });
    let id = bench.new_pool(&with(full(), &unchangeable)).await;
    drop(bench);

    let bench = Bench::at(&path);
    let describe = json!({ "UserPoolId": id });
    let pool = bench.admin_call("DescribeUserPool", describe.clone()).await.ok();
    assert!(contains(&pool["UserPool"], &full()), "{pool}");
    assert!(contains(&pool["UserPool"], &unchangeable), "{pool}");

    bench.wait(60);
    let answer = bench.admin_call("UpdateUserPool", describe.clone()).await;
    assert_eq!(answer.text, "{}");
    let pool = bench.admin_call("DescribeUserPool", describe).await.ok()["UserPool"].clone();
    assert!(contains(&pool, &unchangeable), "{pool}");
    for (name, value) in [
        ("DeletionProtection", json!("INACTIVE")),
        ("AutoVerifiedAttributes", Value::Null),
        ("EmailVerificationMessage", Value::Null),
        ("Name", json!("other")),
        ("LastModifiedDate", json!(1_790_281_055.0)),
        ("CreationDate", json!(1_790_280_995.0)),
    ] {
        assert_eq!(pool[name], value, "{name}");
    }
    assert_eq!(pool["Policies"]["PasswordPolicy"]["MinimumLength"], 8);
}

#[tokio::test]
async fn pools_that_aws_refuses_or_that_cannot_be_honoured_are_refused() {
    let bench = Bench::new();
    let named = |more: Value| with(json!({ "PoolName": "p" }), &more);
    let violation = |text: &str| format!("1 validation error detected: {text}").leak() as &str;
    bench
        .refusals("CreateUserPool", &[
            (
                json!({}),
                INVALID,
                violation("Value null at 'poolName' failed to satisfy constraint: Member must not be null"),
            ),
            (
                named(json!({ "PoolName": "a/b" })),
                INVALID,
                violation(r"Value 'a/b' at 'poolName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w\s+=,.@-]+"),
            ),
            (
                named(json!({ "Policies": { "PasswordPolicy": { "MinimumLength": 5 } } })),
                INVALID,
                violation("Value '5' at 'policies.passwordPolicy.minimumLength' failed to satisfy constraint: Member must have value greater than or equal to 6"),
            ),
            (
                named(json!({ "DeletionProtection": "ON" })),
                INVALID,
                violation("Value 'ON' at 'deletionProtection' failed to satisfy constraint: Member must satisfy enum value set: [ACTIVE, INACTIVE]"),
            ),
            (
                named(json!({ "UsernameAttributes": ["name"] })),
                INVALID,
                violation("Value '[name]' at 'usernameAttributes' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [phone_number, email]]"),
            ),
            (
                named(json!({ "EmailVerificationMessage": "no placeholder" })),
                INVALID,
                violation(r"Value 'no placeholder' at 'emailVerificationMessage' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*\{####\}[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]*"),
            ),
            (named(json!({ "Policies": [] })), "SerializationException", "Start of list found where not expected"),
            (
                named(json!({ "MfaConfiguration": "ON" })),
                INVALID,
                "SMS configuration and Auto verification for phone_number are required when MFA is required/optional",
            ),
            (named(json!({ "AliasAttributes": ["email"] })), INVALID, "AliasAttributes is not emulated."),
            (named(json!({ "LambdaConfig": { "PreSignUp": "arn" } })), INVALID, "LambdaConfig is not emulated."),
            (
                named(json!({ "UsernameAttributes": ["phone_number"] })),
                INVALID,
                "phone_number in UsernameAttributes is not emulated.",
            ),
            (named(json!({ "Schema": [{ "Name": "plan" }] })), INVALID, "A custom attribute is not emulated."),
            (
                named(json!({ "Schema": [{ "Name": "email", "Required": true }] })),
                INVALID,
                "A required attribute is not emulated.",
            ),
        ])
        .await;
}

#[tokio::test]
async fn an_address_that_users_sign_in_with_may_be_required() {
    let bench = Bench::new();
    let taken = json!({ "AliasAttributes": [], "LambdaConfig": {}, "Schema": [{ "Name": "email", "Required": true }], "UsernameAttributes": ["email"] });
    let id = bench.new_pool(&taken).await;
    let (pool, email) = (json!({ "UserPoolId": id }), json!({ "Name": "email", "Required": true }));
    for _ in 0..2 {
        let described = bench.admin_call("DescribeUserPool", pool.clone()).await.ok();
        assert!(contains(&described["UserPool"]["SchemaAttributes"][10], &email), "{described}");
        bench.admin_call("UpdateUserPool", pool.clone()).await.ok();
    }
}

#[tokio::test]
async fn every_pool_has_the_schema_of_aws() {
    let bench = Bench::new();
    let described = bench.admin_call("DescribeUserPool", json!({})).await.ok();
    let schema = described["UserPool"]["SchemaAttributes"].as_array().unwrap();
    let line = |attribute: &Value| {
        let text = |name: &str| attribute[name].as_str().unwrap_or_default().to_owned();
        let bounds = ["StringAttributeConstraints", "NumberAttributeConstraints"]
            .map(|name| &attribute[name])
            .into_iter()
            .find(|bounds| !bounds.is_null());
        let bounds = bounds.map(ToString::to_string).unwrap_or_default();
        let flags = ["Mutable", "Required", "DeveloperOnlyAttribute"].map(|name| &attribute[name]);
        format!("{} {} {flags:?} {bounds}", text("Name"), text("AttributeDataType"))
    };
    let flags = "[Bool(true), Bool(false), Bool(false)]";
    let usual = format!(r#"String {flags} {{"MaxLength":"2048","MinLength":"0"}}"#);
    for (index, expected) in [
        (0, r#"sub String [Bool(false), Bool(true), Bool(false)] {"MaxLength":"2048","MinLength":"1"}"#.to_owned()),
        (1, format!("name {usual}")),
        (10, format!("email {usual}")),
        (11, format!("email_verified Boolean {flags} ")),
        (13, format!(r#"birthdate String {flags} {{"MaxLength":"10","MinLength":"10"}}"#)),
        (16, format!("phone_number {usual}")),
        (17, format!("phone_number_verified Boolean {flags} ")),
        (19, format!(r#"updated_at Number {flags} {{"MinValue":"0"}}"#)),
    ] {
        assert_eq!(line(&schema[index]), expected);
    }
    assert_eq!(schema.len(), 20);
}

#[tokio::test]
async fn settings_that_would_change_an_answer_and_do_not_are_refused() {
    let bench = Bench::new();
    let schema = |more: Value| json!({ "Schema": [with(json!({ "Name": "name" }), &more)] });
    let policy = |factors: Value| json!({ "Policies": { "SignInPolicy": { "AllowedFirstAuthFactors": factors } } });
    let template =
        |option: &str| json!({ "VerificationMessageTemplate": { "DefaultEmailOption": option } });
    let refused = [
        (json!({ "LambdaConfig": { "PreSignUp": "arn" } }), "LambdaConfig"),
        (json!({ "SmsConfiguration": { "SnsCallerArn": "arn" } }), "SmsConfiguration"),
        (
            json!({ "DeviceConfiguration": { "ChallengeRequiredOnNewDevice": true } }),
            "DeviceConfiguration",
        ),
        (json!({ "DcrConfiguration": { "x": 1 } }), "DcrConfiguration"),
        (json!({ "AcrConfiguration": { "x": 1 } }), "AcrConfiguration"),
        (json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "ENFORCED" } }), "UserPoolAddOns"),
        (json!({ "IssuerConfiguration": { "Type": "UNIQUE" } }), "IssuerConfiguration"),
        (json!({ "KeyConfiguration": { "KeyType": "CUSTOMER_MANAGED_KEY" } }), "KeyConfiguration"),
        (
            json!({ "AutoVerifiedAttributes": ["phone_number"] }),
            "phone_number in AutoVerifiedAttributes",
        ),
        (policy(json!(["PASSWORD", "EMAIL_OTP"])), "A first factor other than PASSWORD"),
        (template("CONFIRM_WITH_LINK"), "A link to confirm with"),
    ];
    let only_new = [
        (schema(json!({ "Mutable": false })), "An attribute that users cannot change"),
        (
            schema(json!({ "DeveloperOnlyAttribute": true })),
            "An attribute that users cannot change",
        ),
        (
            schema(json!({ "StringAttributeConstraints": { "MaxLength": "10" } })),
            "A constraint of an attribute",
        ),
    ];
    for (more, what) in refused.iter().chain(&only_new) {
        let message = format!("{what} is not emulated.");
        let named = with(json!({ "PoolName": "p" }), more);
        bench.refusals("CreateUserPool", &[(named, INVALID, &message)]).await;
    }
    for (more, what) in &refused {
        let message = format!("{what} is not emulated.");
        bench.refusals("UpdateUserPool", &[(more.clone(), INVALID, &message)]).await;
    }
    for taken in [
        json!({ "UserPoolAddOns": { "AdvancedSecurityMode": "OFF" } }),
        json!({ "IssuerConfiguration": { "Type": "ORIGINAL" } }),
        json!({ "KeyConfiguration": { "KeyType": "AWS_OWNED_KEY" } }),
        json!({ "UserPoolTier": "LITE", "UserPoolTags": { "a": "b" } }),
        policy(json!(["PASSWORD"])),
        template("CONFIRM_WITH_CODE"),
        schema(json!({
            "Mutable": true, "AttributeDataType": "String",
            "StringAttributeConstraints": { "MinLength": "0", "MaxLength": "2048" },
        })),
    ] {
        bench.new_pool(&taken).await;
    }
}

#[tokio::test]
async fn pools_are_listed_page_by_page() {
    let bench = Bench::new();
    let mut ids = vec![bench.emulator.pool_id().to_owned()];
    for _ in 0..4 {
        ids.push(bench.new_pool(&json!({})).await);
    }
    ids.sort();
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let page = bench
            .admin_call("ListUserPools", json!({ "MaxResults": 2, "NextToken": token }))
            .await
            .ok();
        for pool in page["UserPools"].as_array().unwrap() {
            assert!(contains(
                pool,
                &json!({ "LambdaConfig": {}, "CreationDate": 1_790_280_995.0 })
            ));
            seen.push(pool["Id"].as_str().unwrap().to_owned());
        }
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, ids);
    bench
        .refusals("ListUserPools", &[
            (json!({}), INVALID, "1 validation error detected: Value null at 'maxResults' failed to satisfy constraint: Member must not be null"),
            (json!({ "MaxResults": 0 }), INVALID, "1 validation error detected: Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1"),
            (json!({ "MaxResults": 1, "NextToken": "!" }), INVALID, "Invalid pagination token."),
        ])
        .await;
}

#[tokio::test]
async fn a_protected_pool_is_not_deleted() {
    let bench = Bench::new();
    let id = bench.new_pool(&json!({ "DeletionProtection": "ACTIVE" })).await;
    let pool = json!({ "UserPoolId": id });
    let message = "The user pool cannot be deleted because deletion protection is activated. \
                   Deletion protection must be inactivated first.";
    bench.refusals("DeleteUserPool", &[(pool.clone(), INVALID, message)]).await;
    // The declared pool is protected by the template.
    bench.refusals("DeleteUserPool", &[(json!({}), INVALID, message)]).await;
    bench.admin_call("UpdateUserPool", pool.clone()).await.ok();
    assert_eq!(bench.admin_call("DeleteUserPool", pool).await.text, "");
}
