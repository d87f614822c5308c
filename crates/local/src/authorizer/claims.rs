use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::Denied;

/// The claims of a token. `Debug` shows none of them: they hold an e-mail address.
#[derive(Clone)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    pub(super) fn read(payload: &str) -> Result<Self, Denied> {
        let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Denied::Claims)?;
        let claims = Self(serde_json::from_slice(&json).map_err(|_| Denied::Claims)?);
        // Who the caller is: without it the function would have none.
        if claims.text("sub")?.is_empty() { Err(Denied::Claim("sub")) } else { Ok(claims) }
    }

    pub(super) fn check_issuer(&self, issuer: &str) -> Result<(), Denied> {
        if self.text("iss")? == issuer { Ok(()) } else { Err(Denied::Issuer) }
    }

    /// `exp` and `iat` are required, `nbf` is honoured; no leeway, since pool and gateway have one
    /// clock.
    pub(super) fn check_times(&self, now: SystemTime) -> Result<(), Denied> {
        let now = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        if self.seconds("exp")? <= now {
            return Err(Denied::Expired);
        }
        if self.0.contains_key("nbf") && self.seconds("nbf")? > now {
            return Err(Denied::NotYet);
        }
        if self.seconds("iat")? > now { Err(Denied::Future) } else { Ok(()) }
    }

    pub(super) fn check_use(&self, scopes: &[String], client_id: &str) -> Result<(), Denied> {
        match (self.text("token_use")?, scopes.is_empty()) {
            ("access", false) => {
                let mut held = self.text("scope")?.split(' ');
                if !held.any(|scope| scopes.iter().any(|wanted| wanted == scope)) {
                    return Err(Denied::Scope);
                }
                if self.text("client_id")? == client_id { Ok(()) } else { Err(Denied::ClientId) }
            }
            ("id", true) => {
                if self.text("aud")? == client_id {
                    Ok(())
                } else {
                    Err(Denied::Audience)
                }
            }
            ("access", true) => Err(Denied::WantsId),
            ("id", false) => Err(Denied::WantsAccess),
            _ => Err(Denied::TokenUse),
        }
    }

    /// The claims as the function gets them: every value a text, `exp` and `iat` as dates such as
    /// `Thu Sep 24 21:16:11 UTC 2026`, lists joined with commas.
    pub(crate) fn for_event(&self) -> Map<String, Value> {
        let text = |(name, value): (&String, &Value)| {
            let text = match name.as_str() {
                "exp" | "iat" => seconds_as_date(value),
                _ => as_text(value),
            };
            (name.clone(), Value::String(text))
        };
        self.0.iter().map(text).collect()
    }

    fn text(&self, name: &'static str) -> Result<&str, Denied> {
        self.0.get(name).and_then(Value::as_str).ok_or(Denied::Claim(name))
    }

    /// A claim in whole seconds since 1970, within the years that a date can be written for.
    fn seconds(&self, name: &'static str) -> Result<i64, Denied> {
        let seconds = self.0.get(name).and_then(Value::as_i64);
        seconds
            .filter(|seconds| Timestamp::from_second(*seconds).is_ok())
            .ok_or(Denied::Claim(name))
    }
}

fn seconds_as_date(value: &Value) -> String {
    let time = value.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    let date = |time: Timestamp| time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string();
    time.map_or_else(|| as_text(value), date)
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(as_text).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims(…)")
    }
}
