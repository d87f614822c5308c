use serde_json::json;

use super::support::Bench;

const INVALID: &str = "InvalidParameterException";

#[tokio::test]
async fn second_factors_are_set_and_told() {
    let bench = Bench::new();
    let both = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.";
    let none = "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.";
    let token = json!({ "Enabled": true });
    bench
        .refusals(
            "SetUserPoolMfaConfig",
            &[
                (json!({ "SoftwareTokenMfaConfiguration": token }), INVALID, both),
                (
                    json!({ "MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": token }),
                    INVALID,
                    both,
                ),
                (json!({ "MfaConfiguration": "ON" }), INVALID, none),
                (
                    json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {} }),
                    INVALID,
                    none,
                ),
                (
                    json!({ "SmsMfaConfiguration": { "SmsConfiguration": {} } }),
                    INVALID,
                    "SmsMfaConfiguration is not emulated.",
                ),
                (
                    json!({ "UserPoolId": "eu-west-1_other" }),
                    "ResourceNotFoundException",
                    "User pool eu-west-1_other does not exist.",
                ),
            ],
        )
        .await;
    for (mfa, sent, told) in [
        (
            "OPTIONAL",
            token.clone(),
            json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": token }),
        ),
        (
            "ON",
            token.clone(),
            json!({ "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": token }),
        ),
        ("OFF", json!({ "Enabled": false }), json!({ "MfaConfiguration": "OFF" })),
    ] {
        let set = json!({ "MfaConfiguration": mfa, "SoftwareTokenMfaConfiguration": sent });
        assert_eq!(bench.admin_call("SetUserPoolMfaConfig", set).await.ok(), told);
        assert_eq!(bench.admin_call("GetUserPoolMfaConfig", json!({})).await.ok(), told);
    }
}

#[tokio::test]
async fn an_update_keeps_the_factor_of_a_pool_that_has_one() {
    let bench = Bench::new();
    let token = json!({ "Enabled": true });
    let set = json!({ "MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": token });
    bench.admin_call("SetUserPoolMfaConfig", set).await.ok();
    for (update, told) in [
        (
            json!({ "MfaConfiguration": "ON" }),
            json!({ "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": token }),
        ),
        (json!({}), json!({ "MfaConfiguration": "OFF" })),
    ] {
        bench.admin_call("UpdateUserPool", update).await.ok();
        assert_eq!(bench.admin_call("GetUserPoolMfaConfig", json!({})).await.ok(), told);
    }
    let message = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional";
    let on = json!({ "MfaConfiguration": "ON" });
    bench.refusals("UpdateUserPool", &[(on, INVALID, message)]).await;
}
