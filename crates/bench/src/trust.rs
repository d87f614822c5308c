//! The root certificates that programs find.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{Error, chain::Chain, options::Roots};

/// Where systems keep their root certificates: Debian, and Amazon Linux as on Lambda.
const BUNDLES: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// Files of root certificates, in PEM.
pub struct Trust {
    /// The one of the endpoint that plays Cognito.
    pub endpoint: PathBuf,
    /// That one and, if so wanted, all that this machine trusts.
    pub functions: PathBuf,
}

impl Trust {
    /// Writes the files into `folder`.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(folder: &Path, chain: &Chain, roots: Roots) -> Result<Self, Error> {
        let machine = match roots {
            Roots::Machine => BUNDLES.iter().find_map(|bundle| fs::read_to_string(bundle).ok()),
            Roots::One => None,
        };
        let trust =
            Self { endpoint: folder.join("endpoint.pem"), functions: folder.join("roots.pem") };
        for (file, others) in
            [(&trust.endpoint, ""), (&trust.functions, machine.as_deref().unwrap_or_default())]
        {
            let certificates = format!("{others}{}", chain.root);
            fs::write(file, certificates).map_err(|error| Error::File(file.clone(), error))?;
        }
        Ok(trust)
    }
}
