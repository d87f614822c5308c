use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Validation, crypto, decode, decode_header,
    errors::{ErrorKind, Result as Verified},
};
use rsa::{
    RsaPrivateKey,
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, EncodeRsaPublicKey},
    traits::PublicKeyParts,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::exception::{Exception, Kind};

const BITS: usize = 2048;

/// The two keys of a pool: AWS signs ID tokens and access tokens with different ones.
pub(crate) struct SigningKeys {
    pub(crate) id: SigningKey,
    pub(crate) access: SigningKey,
}

/// An RSA key with the name that tokens call it by.
pub(crate) struct SigningKey {
    kid: String,
    modulus: String,
    exponent: String,
    private: EncodingKey,
    public: DecodingKey,
}

/// The two keys as stored: PKCS #1 (RFC 8017), in base 64.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeyRecord {
    id: String,
    access: String,
}

#[derive(Serialize)]
struct Header<'a> {
    kid: &'a str,
    alg: &'static str,
}

impl KeyRecord {
    /// Makes two new keys. Takes a good part of a second.
    pub(crate) fn generate() -> Result<Self, Exception> {
        Ok(Self { id: private_key()?, access: private_key()? })
    }
}

impl SigningKeys {
    pub(crate) fn read(record: &KeyRecord) -> Result<Self, Exception> {
        Ok(Self { id: SigningKey::read(&record.id)?, access: SigningKey::read(&record.access)? })
    }

    /// The public halves as a JWK set (RFC 7517).
    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.id.jwk(), self.access.jwk()] })
    }
}

impl SigningKey {
    fn read(der: &str) -> Result<Self, Exception> {
        let der = STANDARD.decode(der).map_err(unusable)?;
        let key = RsaPrivateKey::from_pkcs1_der(&der).map_err(unusable)?.to_public_key();
        let public = key.to_pkcs1_der().map_err(unusable)?;
        let (modulus, exponent) = (key.n().to_bytes_be(), key.e().to_bytes_be());
        Ok(Self {
            kid: STANDARD.encode(Sha256::digest(public.as_bytes())),
            modulus: URL_SAFE_NO_PAD.encode(&modulus),
            exponent: URL_SAFE_NO_PAD.encode(&exponent),
            private: EncodingKey::from_rsa_der(&der),
            public: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
        })
    }

    /// A compact JWS (RFC 7515) over the claims, in the order they are written. Cognito sends no
    /// `typ`.
    pub(crate) fn sign(&self, claims: &impl Serialize) -> Result<String, Exception> {
        let header = Header { kid: &self.kid, alg: "RS256" };
        let message = format!("{}.{}", encode(&header)?, encode(claims)?);
        let signature =
            crypto::sign(message.as_bytes(), &self.private, Algorithm::RS256).map_err(unusable)?;
        Ok(format!("{message}.{signature}"))
    }

    /// The claims of a token that this key signed for this issuer. Whether it has expired is for the
    /// caller, who has the clock.
    pub(crate) fn verify<T: DeserializeOwned>(&self, token: &str, issuer: &str) -> Verified<T> {
        if decode_header(token)?.kid.as_deref() != Some(&self.kid) {
            return Err(ErrorKind::InvalidToken.into());
        }
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "sub"]);
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(decode(token, &self.public, &validation)?.claims)
    }

    fn jwk(&self) -> Value {
        json!({
            "alg": "RS256", "e": self.exponent, "kid": self.kid, "kty": "RSA", "n": self.modulus, "use": "sig",
        })
    }
}

fn private_key() -> Result<String, Exception> {
    let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, BITS).map_err(unusable)?;
    Ok(STANDARD.encode(key.to_pkcs1_der().map_err(unusable)?.as_bytes()))
}

fn encode(part: &impl Serialize) -> Result<String, Exception> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).map_err(unusable)?))
}

fn unusable<E>(_: E) -> Exception {
    Kind::InternalError.because("a signing key could not be used")
}
