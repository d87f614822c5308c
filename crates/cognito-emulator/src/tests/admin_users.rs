use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::support::{ANN, ANN_PASSWORD, Bench};
use crate::user::{User, UserStatus};

const INVALID: &str = "InvalidParameterException";

/// What is done to a user behind the back of the API.
type Change = fn(&mut User);

async fn user(bench: &Bench) -> Value {
    bench.admin_call("AdminGetUser", json!({ "Username": ANN })).await.ok()
}

/// Whether the newest login of Ann has been ended.
fn revoked(bench: &Bench, result: &Value) -> bool {
    let token = result["AuthenticationResult"]["RefreshToken"].as_str().unwrap();
    let digest = crate::tokens::token_digest(&token.into());
    let state = bench.emulator.pool.store.read().unwrap();
    state.presented(&digest).unwrap().login.unwrap().revoked
}

#[tokio::test]
async fn operations_on_a_user_answer_as_aws_and_are_durable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cognito.redb");
    let bench = Bench::at(&path).with_ann().await;
    let ann = json!({ "Username": ANN });
    assert_eq!(bench.admin_call("AdminDisableUser", ann.clone()).await.text, "{}");
    drop(bench);
    let bench = Bench::at(&path);
    assert_eq!(user(&bench).await["Enabled"], json!(false));
    assert_eq!(bench.admin_call("AdminEnableUser", ann.clone()).await.text, "{}");
    drop(bench);
    let bench = Bench::at(&path);
    assert_eq!(user(&bench).await["Enabled"], json!(true));
    assert_eq!(bench.admin_call("AdminResetUserPassword", ann.clone()).await.text, "{}");
    drop(bench);
    let bench = Bench::at(&path);
    assert_eq!(user(&bench).await["UserStatus"], json!("RESET_REQUIRED"));
    let deleted = bench.admin_call("AdminDeleteUser", ann.clone()).await;
    assert_eq!((deleted.status.as_u16(), deleted.text.as_str()), (200, ""));
    drop(bench);
    let bench = Bench::at(&path);
    bench.refusals("AdminGetUser", &[(ann, "UserNotFoundException", "User does not exist.")]).await;
    // The name is free again, and whoever takes it is somebody else.
    bench.sign_up(ANN, ANN_PASSWORD).await.ok();
    assert_eq!(user(&bench).await["UserStatus"], json!("UNCONFIRMED"));
}

#[tokio::test]
async fn users_and_pools_that_do_not_exist_are_told() {
    let bench = Bench::new();
    let other = json!({
        "UserPoolId": "eu-west-1_other", "Username": ANN, "Password": "xy", "UserAttributes": [],
        "UserAttributeNames": [],
    });
    let mut nobody = other.clone();
    nobody["UserPoolId"] = json!(bench.emulator.pool_id());
    for operation in [
        "AdminDeleteUser",
        "AdminDeleteUserAttributes",
        "AdminDisableUser",
        "AdminEnableUser",
        "AdminResetUserPassword",
        "AdminSetUserPassword",
        "AdminUpdateUserAttributes",
        "AdminUserGlobalSignOut",
    ] {
        let no_pool = "User pool eu-west-1_other does not exist.";
        bench
            .refusals(
                operation,
                &[
                    (other.clone(), "ResourceNotFoundException", no_pool),
                    (nobody.clone(), "UserNotFoundException", "User does not exist."),
                ],
            )
            .await;
    }
}

#[tokio::test]
async fn a_disabled_user_cannot_sign_in_and_old_logins_stay_ended() {
    let bench = Bench::with(&json!({}), &json!({ "PreventUserExistenceErrors": "LEGACY" }))
        .with_ann()
        .await;
    let login = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    assert!(!revoked(&bench, &login));
    bench.wait(60);
    bench.admin_call("AdminDisableUser", json!({ "Username": ANN })).await.ok();
    assert_eq!(bench.sign_in(ANN, ANN_PASSWORD).await.refusal().1, "User is disabled.");
    assert_eq!(user(&bench).await["UserLastModifiedDate"], json!(1_790_281_055.0));
    bench.admin_call("AdminEnableUser", json!({ "Username": ANN })).await.ok();
    let new = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    assert_eq!((revoked(&bench, &login), revoked(&bench, &new)), (true, false));
}

#[tokio::test]
async fn an_administrator_ends_all_logins_of_one_user() {
    let bench = Bench::new().with_ann().await;
    bench.sign_up("bob@example.com", ANN_PASSWORD).await.ok();
    bench.confirm("bob@example.com", &bench.code()).await.ok();
    let first = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    let second = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
    let bob = bench.sign_in("bob@example.com", ANN_PASSWORD).await.ok();
    let answer = bench.admin_call("AdminUserGlobalSignOut", json!({ "Username": ANN })).await;
    assert_eq!(answer.text, "{}");
    let ended = [&first, &second, &bob].map(|login| revoked(&bench, login));
    assert_eq!(ended, [true, true, false]);
    bench.sign_in(ANN, ANN_PASSWORD).await.ok();
}

#[tokio::test]
async fn a_password_is_set_for_good_or_to_be_changed() {
    let new = "another-long-password";
    let unconfirmed: Change = |user| user.status = UserStatus::Unconfirmed;
    let reset: Change = |user| user.status = UserStatus::ResetRequired;
    let plain: Change = |_| {};
    for (change, permanent, status, challenge) in [
        (plain, json!(true), "CONFIRMED", json!(null)),
        (unconfirmed, json!(true), "CONFIRMED", json!(null)),
        (reset, json!(true), "CONFIRMED", json!(null)),
        (plain, json!(false), "FORCE_CHANGE_PASSWORD", json!("NEW_PASSWORD_REQUIRED")),
        (unconfirmed, json!(null), "FORCE_CHANGE_PASSWORD", json!("NEW_PASSWORD_REQUIRED")),
    ] {
        let bench = Bench::new().with_ann().await;
        let login = bench.sign_in(ANN, ANN_PASSWORD).await.ok();
        bench.change_user(ANN, change);
        let set = json!({ "Username": ANN, "Password": new, "Permanent": permanent });
        assert_eq!(bench.admin_call("AdminSetUserPassword", set).await.text, "{}");
        assert_eq!(user(&bench).await["UserStatus"], status);
        let old = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
        assert_eq!(old.1, "Incorrect username or password.");
        assert_eq!(bench.sign_in(ANN, new).await.ok()["ChallengeName"], challenge);
        assert!(!revoked(&bench, &login), "a new password ends no login");
    }
    let bench = Bench::new().with_ann().await;
    let weak = json!({ "Username": ANN, "Password": "short", "Permanent": true });
    let message = "Password does not conform to policy: Password not long enough";
    bench.refusals("AdminSetUserPassword", &[(weak, "InvalidPasswordException", message)]).await;
}

#[tokio::test]
async fn an_address_is_verified_by_a_flag_in_any_case() {
    for flag in ["true", "True", "TRUE"] {
        let bench = Bench::new().with_ann().await;
        let attributes = json!([{ "Name": "email_verified", "Value": flag }]);
        let update = json!({ "Username": ANN, "UserAttributes": attributes });
        bench.admin_call("AdminUpdateUserAttributes", update).await.ok();
        let mails = bench.mail().len();
        bench.user_call("ForgotPassword", ANN, json!({})).await.ok();
        assert_eq!(bench.mail().len(), mails + 1, "{flag}");
        let tokens = bench.log_in().await;
        let claims = tokens["IdToken"].as_str().unwrap().split('.').nth(1).unwrap();
        let claims = URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["email_verified"], json!(true), "{flag}");
        bench.admin_call("AdminResetUserPassword", json!({ "Username": ANN })).await.ok();
    }
}

#[tokio::test]
async fn a_reset_needs_a_user_who_can_be_mailed() {
    const STATE: &str = "User password cannot be reset in the current state.";
    const ADDRESS: &str = "Cannot reset password for the user as there is no registered/verified email or phone_number";
    let cases: [(Change, &str, &str); 7] = [
        (|_| {}, "", ""),
        (|user| user.status = UserStatus::ResetRequired, "", ""),
        (|user| user.status = UserStatus::Unconfirmed, "NotAuthorizedException", STATE),
        (|user| user.status = UserStatus::ForceChangePassword, "NotAuthorizedException", STATE),
        (|user| user.enabled = false, "NotAuthorizedException", "User is disabled."),
        (
            |user| {
                user.attributes.insert("email_verified".to_owned(), "false".to_owned());
            },
            INVALID,
            ADDRESS,
        ),
        (
            |user| {
                user.attributes.remove("email");
            },
            INVALID,
            ADDRESS,
        ),
    ];
    for (index, (change, exception, message)) in cases.into_iter().enumerate() {
        let bench = Bench::new().with_ann().await;
        bench.change_user(ANN, change);
        let mails = bench.mail().len();
        let answer = bench.admin_call("AdminResetUserPassword", json!({ "Username": ANN })).await;
        if exception.is_empty() {
            assert_eq!(answer.text, "{}");
            assert_eq!(bench.mail().len(), mails + 1);
            let refusal = bench.sign_in(ANN, ANN_PASSWORD).await.refusal();
            let required = "Password reset required for the user";
            assert_eq!(refusal, ("PasswordResetRequiredException".to_owned(), required.to_owned()));
        } else {
            assert_eq!(
                answer.refusal(),
                (exception.to_owned(), message.to_owned()),
                "case {index}"
            );
            assert_eq!(bench.mail().len(), mails);
        }
    }
}
