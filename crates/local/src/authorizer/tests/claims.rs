use Denied::{
    Audience, Claim, ClientId, Expired, Future, Issuer, NotYet, Scope, TokenUse, WantsAccess,
    WantsId,
};

use super::*;

/// Good claims, what is changed in them, the scopes of the route, and the outcome.
type Row = (Value, Value, &'static [&'static str], Option<Denied>);

const SCOPED: &[&str] = &[SCOPE];

async fn check(rows: impl IntoIterator<Item = Row>) {
    let authorizer = authorizer();
    for (claims, changes, scopes, expected) in rows {
        let token = signed(&header().to_string(), &with(claims, &changes).to_string());
        let outcome = authorize_with(&authorizer, &[&token], scopes).await.err();
        assert_eq!(outcome, expected, "{changes} {scopes:?}");
    }
}

#[tokio::test]
async fn what_a_token_is_for_must_fit_the_route() {
    check([
        (access_claims(), json!({}), SCOPED, None),
        (id_claims(), json!({}), &[], None),
        (access_claims(), json!({}), &[], Some(WantsId)),
        (id_claims(), json!({}), SCOPED, Some(WantsAccess)),
        (access_claims(), json!({"token_use": "refresh"}), SCOPED, Some(TokenUse)),
        (access_claims(), json!({"token_use": "refresh"}), &[], Some(TokenUse)),
        (access_claims(), json!({"token_use": "ACCESS"}), SCOPED, Some(TokenUse)),
        (access_claims(), json!({"token_use": null}), SCOPED, Some(Claim("token_use"))),
        (access_claims(), json!({"token_use": ["access"]}), SCOPED, Some(Claim("token_use"))),
    ])
    .await;
}

#[tokio::test]
async fn sec_3_debug_shows_no_claim() {
    let token = signed(&header().to_string(), &access_claims().to_string());
    let claims = authorize_with(&authorizer(), &[&token], SCOPED).await.unwrap();
    assert_eq!(format!("{claims:?}"), "Claims(…)");
}

#[tokio::test]
async fn an_access_token_has_one_of_the_scopes() {
    check([
        (access_claims(), json!({"scope": format!("openid {SCOPE}")}), SCOPED, None),
        (access_claims(), json!({"scope": "openid"}), SCOPED, Some(Scope)),
        (access_claims(), json!({"scope": format!("{SCOPE}.more")}), SCOPED, Some(Scope)),
        (access_claims(), json!({"scope": ""}), SCOPED, Some(Scope)),
        (access_claims(), json!({"scope": [SCOPE]}), SCOPED, Some(Claim("scope"))),
        (access_claims(), json!({"scope": null}), SCOPED, Some(Claim("scope"))),
    ])
    .await;
}

#[tokio::test]
async fn a_token_is_of_this_app_client_and_of_somebody() {
    check([
        (access_claims(), json!({"client_id": "other"}), SCOPED, Some(ClientId)),
        (access_claims(), json!({"client_id": "other", "aud": CLIENT}), SCOPED, Some(ClientId)),
        (
            access_claims(),
            json!({"client_id": null, "aud": CLIENT}),
            SCOPED,
            Some(Claim("client_id")),
        ),
        (access_claims(), json!({"client_id": [CLIENT]}), SCOPED, Some(Claim("client_id"))),
        (id_claims(), json!({"aud": "other"}), &[], Some(Audience)),
        (id_claims(), json!({"aud": "other", "client_id": CLIENT}), &[], Some(Audience)),
        (id_claims(), json!({"aud": null}), &[], Some(Claim("aud"))),
        (id_claims(), json!({"aud": [CLIENT, "x"]}), &[], Some(Claim("aud"))),
        (access_claims(), json!({"sub": null}), SCOPED, Some(Claim("sub"))),
        (access_claims(), json!({"sub": ""}), SCOPED, Some(Claim("sub"))),
        (access_claims(), json!({"sub": 7}), SCOPED, Some(Claim("sub"))),
    ])
    .await;
}

#[tokio::test]
async fn the_issuer_is_compared_exactly() {
    check([
        (access_claims(), json!({"iss": null}), SCOPED, Some(Claim("iss"))),
        (access_claims(), json!({"iss": [ISSUER]}), SCOPED, Some(Claim("iss"))),
        (access_claims(), json!({"iss": format!("{ISSUER}/")}), SCOPED, Some(Issuer)),
        (access_claims(), json!({"iss": ISSUER.replace("https:", "http:")}), SCOPED, Some(Issuer)),
        (access_claims(), json!({"iss": ISSUER.to_uppercase()}), SCOPED, Some(Issuer)),
        (
            access_claims(),
            json!({"iss": ISSUER.replace("us-east-1.", "us-east-2.")}),
            SCOPED,
            Some(Issuer),
        ),
        (access_claims(), json!({"iss": ISSUER.replace("_A", "_B")}), SCOPED, Some(Issuer)),
        (access_claims(), json!({"iss": ""}), SCOPED, Some(Issuer)),
    ])
    .await;
}

#[tokio::test]
async fn times_are_whole_seconds_without_leeway() {
    check([
        (access_claims(), json!({"exp": NOW + 1}), SCOPED, None),
        (access_claims(), json!({"exp": NOW}), SCOPED, Some(Expired)),
        (access_claims(), json!({"exp": NOW - 1}), SCOPED, Some(Expired)),
        (access_claims(), json!({"exp": 0}), SCOPED, Some(Expired)),
        (access_claims(), json!({"exp": -1}), SCOPED, Some(Expired)),
        (access_claims(), json!({"exp": null}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": "9999999999"}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": []}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": true}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": 9_999_999_999.5}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": 1e300}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": u64::MAX}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"exp": i64::MAX}), SCOPED, Some(Claim("exp"))),
        (access_claims(), json!({"nbf": NOW}), SCOPED, None),
        (access_claims(), json!({"nbf": NOW + 1}), SCOPED, Some(NotYet)),
        (access_claims(), json!({"nbf": "1"}), SCOPED, Some(Claim("nbf"))),
        (access_claims(), json!({"iat": NOW}), SCOPED, None),
        (access_claims(), json!({"iat": NOW + 1}), SCOPED, Some(Future)),
        (access_claims(), json!({"iat": null}), SCOPED, Some(Claim("iat"))),
        (access_claims(), json!({"iat": "1"}), SCOPED, Some(Claim("iat"))),
    ])
    .await;
}

#[tokio::test]
async fn claims_are_a_json_object() {
    for claims in ["[]", "null", "", "{", r#"{"exp":1e400}"#, r#"{"exp":null"#] {
        let token = signed(&header().to_string(), claims);
        let reason = if claims.is_empty() { Denied::NotCompact } else { Denied::Claims };
        assert_eq!(denied(&token).await, Some(reason), "{claims}");
    }
    let null =
        access_claims().to_string().replace(&format!("\"exp\":{}", NOW + 900), "\"exp\":null");
    assert_eq!(denied(&signed(&header().to_string(), &null)).await, Some(Claim("exp")));
}

#[tokio::test]
async fn the_function_gets_texts() {
    let claims = with(
        id_claims(),
        &json!({
            "exp": 1_790_284_571, "auth_time": 1_790_280_971, "email_verified": true, "cognito:groups": ["a", "b"],
        }),
    );
    let token = signed(&header().to_string(), &claims.to_string());
    let claims = authorize_with(&authorizer(), &[&token], &[]).await.unwrap().for_event();
    for (name, text) in [
        ("exp", "Thu Sep 24 21:16:11 UTC 2026"),
        ("auth_time", "1790280971"),
        ("email_verified", "true"),
        ("cognito:groups", "a,b"),
        ("email", "ada@example.com"),
    ] {
        assert_eq!(claims[name], text);
    }
}

#[tokio::test]
async fn a_reason_repeats_nothing_of_the_token() {
    let secret = "unmistakable";
    for changes in [
        json!({"iss": secret}),
        json!({"client_id": secret}),
        json!({"token_use": secret}),
        json!({"scope": secret}),
        json!({"sub": [secret]}),
    ] {
        let token = signed(&header().to_string(), &with(access_claims(), &changes).to_string());
        let reason = denied(&token).await.unwrap();
        assert!(!format!("{reason} {reason:?}").contains(secret), "{reason}");
    }
}
