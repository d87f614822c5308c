//! The certificates of the endpoint that plays Cognito: like AWS's, a chain of RSA keys of 2,048 bits.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_RSA_SHA256,
};
use rsa::{RsaPrivateKey, pkcs8::EncodePrivateKey, rand_core::OsRng};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::Error;

const BITS: usize = 2048;
/// The name that the functions reach the endpoint by.
pub const HOST: &str = "localhost";

/// A server's certificate, the one that vouches for it, and the root of that.
pub struct Chain {
    /// What the server shows: its own certificate and the one in between.
    pub shown: Vec<CertificateDer<'static>>,
    /// The server's key.
    pub key: PrivateKeyDer<'static>,
    /// What a client must trust, in PEM.
    pub root: String,
}

impl Chain {
    /// Makes three keys and their certificates. Takes up to some seconds.
    ///
    /// # Errors
    /// If a key or a certificate cannot be made.
    pub fn new() -> Result<Self, Error> {
        let (root, root_key) = (authority("Root"), key_pair()?);
        let root_certificate = root.self_signed(&root_key)?;
        let (between, between_key) = (authority("Intermediate"), key_pair()?);
        let between_certificate =
            between.signed_by(&between_key, &Issuer::from_params(&root, &root_key))?;
        let key = key_pair()?;
        let leaf = CertificateParams::new([HOST.to_owned()])?;
        let leaf = leaf.signed_by(&key, &Issuer::from_params(&between, &between_key))?;
        Ok(Self {
            shown: vec![leaf.into(), between_certificate.into()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            root: root_certificate.pem(),
        })
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    authority
}

fn key_pair() -> Result<KeyPair, Error> {
    let key =
        RsaPrivateKey::new(&mut OsRng, BITS).map_err(|error| Error::Key(error.to_string()))?;
    let key = key.to_pkcs8_der().map_err(|error| Error::Key(error.to_string()))?;
    let key = PrivatePkcs8KeyDer::from(key.as_bytes());
    Ok(KeyPair::from_pkcs8_der_and_sign_algo(&key, &PKCS_RSA_SHA256)?)
}
