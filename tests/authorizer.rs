//! Who may not call `GET /generate` and `POST /generate`: everybody without an access token that
//! holds. Which ones do not is in `token_table.rs`.

use crate::client::{Call, Tokens};

#[test]
fn without_a_token_that_holds_there_is_one_answer() {
    let Tokens { id, access, refresh } = Tokens::shared();
    let none = Call::get("/generate").send();
    assert_eq!(none.outcome(), (401, "unauthorized".to_owned()));
    assert_eq!(none.headers["www-authenticate"], "Bearer");
    let post = || Call::post_text("/generate", "{}");
    for call in [
        post(),
        post().bearer(id),
        post().bearer(refresh),
        post().bearer(&format!("{access}x")),
        post().query("access_token", access),
        Call::get("/generate").bearer(""),
        Call::get("/generate").header("authorization", "Basic YWRhOnBhc3N3b3Jk"),
    ] {
        let what = format!("{call:?}");
        assert_eq!(call.send().likeness(), none.likeness(), "{what}");
    }
    assert_eq!(Call::get("/generate").bearer(access).send().status, 200);
    assert_eq!(post().bearer(access).send().status, 200);
}

/// Who may not call learns nothing of the parameters.
#[test]
fn the_token_is_asked_for_before_the_parameters() {
    assert_eq!(Call::get("/generate?length=x").send().status, 401);
    for body in ["", "{", "[]", r#"{"length":null}"#, r#"{"length":"x"}"#] {
        assert_eq!(Call::post_text("/generate", body).send().status, 401, "{body}");
        assert_eq!(Call::new("POST", "/generate").body(body).send().status, 401, "{body}");
    }
}
