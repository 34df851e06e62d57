//! TLS: a certificate and its key, which can be replaced while the server runs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::TlsPlan;

/// What is wrong with a certificate or its key.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate cannot be read.
    #[error("`tls_certificate`: {}: {message}\n  hint: it is a file of PEM, the server's own certificate first", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The key cannot be read.
    #[error("`tls_key`: {}: {message}\n  hint: it is a file of PEM: PKCS #8, PKCS #1 or SEC 1, without a password", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// They do not fit.
    #[error("`tls_certificate`, `tls_key`: {} and {}: {message}\n  hint: the key has to be that of the first certificate", certificate.display(), key.display())]
    Pair {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
        /// What is wrong.
        message: String,
    },
}

/// The certificate in force.
#[derive(Debug)]
pub(super) struct Tls {
    in_force: RwLock<Arc<rustls::ServerConfig>>,
}

impl Tls {
    pub(super) fn new(config: Arc<rustls::ServerConfig>) -> Self {
        Self { in_force: RwLock::new(config) }
    }

    /// What takes the next connection.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.in_force.read().unwrap_or_else(PoisonError::into_inner)))
    }

    pub(super) fn replace(&self, config: Arc<rustls::ServerConfig>) {
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = config;
    }
}

/// Reads a certificate and its key, and sees that they fit.
///
/// # Errors
/// Everything that is wrong.
pub(super) fn load(plan: &TlsPlan) -> Result<Arc<rustls::ServerConfig>, Vec<TlsError>> {
    let mut problems = Vec::new();
    let chain = certificates(&plan.certificate)
        .map_err(|message| problems.push(TlsError::Certificate { file: plan.certificate.clone(), message }));
    let key = PrivateKeyDer::from_pem_file(&plan.key)
        .map_err(|error| problems.push(TlsError::Key { file: plan.key.clone(), message: told(&error, "private key") }));
    let (Ok(chain), Ok(key)) = (chain, key) else { return Err(problems) };
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
    let mut config = config.map_err(|error| {
        let (certificate, key) = (plan.certificate.clone(), plan.key.clone());
        vec![TlsError::Pair { certificate, key, message: error.to_string() }]
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let of_file = |error| told(&error, "certificate");
    let chain =
        CertificateDer::pem_file_iter(file).map_err(of_file)?.collect::<Result<Vec<_>, _>>().map_err(of_file)?;
    if chain.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(chain) }
}

fn told(error: &pem::Error, what: &str) -> String {
    match error {
        pem::Error::Io(error) => format!("cannot be read: {error}"),
        pem::Error::NoItemsFound => format!("there is no {what} in it"),
        other => format!("is no sound PEM: {other}"),
    }
}
