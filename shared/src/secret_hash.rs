use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The client secret is empty, so a hash made with it would prove nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptySecret;

/// The `SECRET_HASH` of an app client that has a secret:
/// Base64(HMAC-SHA256(client secret, username ‖ client id)), standard alphabet, padded.
///
/// `username` must be the very bytes sent as `Username` (or `USERNAME`) in the same call: Cognito
/// folds case when it looks a user up, not when it checks the hash. Source: "Computing secret hash
/// values" in the Amazon Cognito developer guide.
///
/// # Errors
/// [`EmptySecret`] if `client_secret` is empty.
pub fn secret_hash(
    client_secret: &SecretString,
    username: &str,
    client_id: &str,
) -> Result<SecretString, EmptySecret> {
    let key = client_secret.expose_secret().as_bytes(); // EXPOSE: it keys the MAC.
    if key.is_empty() {
        return Err(EmptySecret);
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| EmptySecret)?;
    mac.update(username.as_bytes());
    mac.update(client_id.as_bytes());
    Ok(STANDARD.encode(mac.finalize().into_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python's `hmac`:
    /// `b64encode(hmac.new(secret.encode(), (user + client).encode(), sha256).digest())`.
    #[test]
    fn sec_9_golden_vectors() {
        let vectors = [
            (
                "1fq8f5gdh5ce9j4n0p7k3v2m6b1t8s4r5a9c7e2d6g0i3h1j5k8",
                "ada@example.com",
                "4k8s2l1m9n3p7q5r6t0u2v4a1b",
                "krL826qxEQ7EzWrVRaV8bAScpg4OK0WVygVgnc+qBzg=",
            ),
            (
                "1fq8f5gdh5ce9j4n0p7k3v2m6b1t8s4r5a9c7e2d6g0i3h1j5k8",
                "Ada@example.com",
                "4k8s2l1m9n3p7q5r6t0u2v4a1b",
                "PEPtN1tPveRuU0Esw6lGrJoEoYLtbA7CrydhNQ1y3uU=",
            ),
            ("secret", "zoë@exämple.com", "client", "LAVgxtydWBatkSpGXg4bA5Ffg5r6wfMvntq0hOfCleg="),
            ("secret", "用户@例子.公司", "client", "UdDyzqAeq+8NblIyzexZ7YAyQm9XuIvmzXPxOs1lpuY="),
            (
                "sssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss",
                "ada@example.com",
                "client",
                "Ob7YTLgbyE0rtmetqR78iC3eGMDg1rD9hgVBpz/8M+E=",
            ),
        ];
        for (secret, username, client_id, expected) in vectors {
            let hash = secret_hash(&secret.into(), username, client_id).unwrap();
            assert_eq!(hash.expose_secret(), expected, "{username} {client_id}");
        }
    }

    #[test]
    fn an_empty_secret_is_refused() {
        assert_eq!(secret_hash(&"".into(), "ada@example.com", "client").unwrap_err(), EmptySecret);
    }
}
