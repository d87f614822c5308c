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
