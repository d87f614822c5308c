//! What `Debug` and causes show of secrets: nothing (SEC-3, SEC-4).

use std::time::Duration;

use identity::{
    ConfirmationCode, Enrolment, LogIn, NewPassword, Profile, RefreshToken, Session, Tokens,
    TotpCode, Username,
};
use shared::Problem;

use crate::{
    endpoint::{Answer, Endpoint, Step},
    operations::ALL,
};

const CANARY: &str = "canary-of-47-11-as-a-secret";
const HALF: Step =
    Answer(r#"{"AuthenticationResult":{"AccessToken":"canary-of-47-11-as-a-secret","IdTo"#);
const OF_ANOTHER_TYPE: Step = Answer(
    r#"{"AuthenticationResult":"canary-of-47-11-as-a-secret","UserAttributes":"canary-of-47-11-as-a-secret","SecretCode":{"canary-of-47-11-as-a-secret":1},"Status":["canary-of-47-11-as-a-secret"]}"#,
);

fn tokens() -> Tokens {
    let token = || CANARY.into();
    Tokens { id: token(), access: token(), refresh: token(), expires_in: Duration::from_secs(9) }
}

#[test]
fn sec_3_debug_shows_no_secret() {
    let profile = Profile {
        sub: CANARY.to_owned(),
        email: CANARY.to_owned(),
        email_verified: true,
        mfa_enabled: false,
    };
    let shown = [
        format!("{:?}", Username::parse(format!("{CANARY}@example.com").into()).unwrap()),
        format!("{:?}", NewPassword::parse(CANARY.into()).unwrap()),
        format!("{:?}", ConfirmationCode::parse(CANARY.into()).unwrap()),
        format!("{:?}", RefreshToken::parse(CANARY.into()).unwrap()),
        format!("{:?}", Session::parse(CANARY.into()).unwrap()),
        format!("{:?}", Enrolment { secret: CANARY.into(), otpauth_uri: CANARY.into() }),
        format!("{:?}", LogIn::SoftwareTokenMfa { session: CANARY.into() }),
        format!("{:?}", LogIn::NewPasswordRequired { session: CANARY.into() }),
        format!("{:?}", LogIn::Tokens(tokens())),
        format!("{:?}", tokens()),
        format!("{profile:?}"),
    ];
    for shown in shown {
        assert!(!shown.contains(CANARY), "{shown}");
    }
    assert!(!format!("{:?}", TotpCode::parse("471100".into()).unwrap()).contains("471100"));
    let identity = Endpoint::new(&[HALF]).identity();
    let shown = format!("{identity:?} {:?}", Endpoint::new(&[HALF]).account());
    assert!(!shown.contains("a key") && !shown.contains("a session token"), "{shown}");
}

/// Not even where an answer cannot be read, which the SDK's own errors then hold.
#[tokio::test(start_paused = true)]
async fn sec_4_no_cause_holds_an_answer_of_cognito() {
    for operation in ALL {
        for call in 0..operation.success().len() {
            for step in [HALF, OF_ANOTHER_TYPE] {
                let mut steps = operation.success();
                steps.truncate(call);
                steps.push(step);
                let (outcome, _) = operation.of(&steps).await;
                let shown = format!("{outcome:?} {:?}", outcome.clone().map_err(Problem::from));
                assert!(!shown.contains(CANARY), "{operation:?}: {shown}");
            }
        }
    }
}
