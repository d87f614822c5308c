use std::{collections::BTreeMap, fmt};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use serde_json::Value;

use super::Denied;

/// The longest token in bytes; Cognito's own are about 1 KiB.
pub(super) const TOKEN_LIMIT: usize = 8 * 1024;

/// A token that is three parts of base64url and nothing more; not verified.
pub(super) struct Token<'a> {
    /// Header and payload, with the dot: what the signature is over.
    pub(super) signed_part: &'a str,
    /// The payload, encoded.
    pub(super) payload: &'a str,
    /// The signature, encoded.
    pub(super) signature: &'a str,
    header: &'a str,
}

impl<'a> Token<'a> {
    /// The token of the one `Authorization` header; a token anywhere else does not count.
    pub(super) fn find(headers: &'a HeaderMap) -> Result<Self, Denied> {
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let value = match (sent.next(), sent.next()) {
            (None, _) => return Err(Denied::Absent),
            (Some(_), Some(_)) => return Err(Denied::Repeated),
            (Some(value), None) => value.to_str().map_err(|_| Denied::NotCompact)?,
        };
        let token = value.strip_prefix("Bearer ").unwrap_or(value);
        if token.len() > TOKEN_LIMIT {
            Err(Denied::TooLong)
        } else {
            Self::split(token).ok_or(Denied::NotCompact)
        }
    }

    fn split(token: &'a str) -> Option<Self> {
        let (signed_part, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed_part.split_once('.')?;
        let is_part = |part: &str| !part.is_empty() && part.bytes().all(is_base64url);
        let parts = [header, payload, signature];
        parts.into_iter().all(is_part).then_some(Self { signed_part, payload, signature, header })
    }

    /// The `kid` of the header, if the header is one of a token that can be verified at all.
    ///
    /// Keys and places of keys that a header may bring (`jwk`, `jku`, `x5c`, `x5u`) are not looked
    /// at.
    pub(super) fn key_id(&self) -> Result<String, Denied> {
        let json = URL_SAFE_NO_PAD.decode(self.header).map_err(|_| Denied::Header)?;
        let DistinctMembers(members) = serde_json::from_slice(&json).map_err(|_| Denied::Header)?;
        // crit: extensions that must be understood (RFC 7515, section 4.1.11), and we understand
        // none; zip and b64 change what the payload is.
        for name in ["crit", "zip", "b64"] {
            if members.contains_key(name) {
                return Err(Denied::HeaderMember(name));
            }
        }
        if members.get("alg").and_then(Value::as_str) != Some("RS256") {
            return Err(Denied::Algorithm);
        }
        let key_id = members.get("kid").and_then(Value::as_str);
        key_id.map(str::to_owned).ok_or(Denied::KeyId)
    }
}

const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

/// An object no name of which is there twice: of two, parsers may disagree which one counts.
struct DistinctMembers(BTreeMap<String, Value>);

impl<'de> Deserialize<'de> for DistinctMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = DistinctMembers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DistinctMembers, A::Error> {
                let mut members = BTreeMap::new();
                while let Some((name, value)) = map.next_entry()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a name is there twice"));
                    }
                }
                Ok(DistinctMembers(members))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
