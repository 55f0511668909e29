//! TLS to PostgreSQL: what is checked of the server, by libpq's modes.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::ConnectError;
use crate::config::{Roots, Verify};

/// Reads the trusted authorities where they are needed, and makes the connector of the driver.
///
/// # Errors
/// [`ConnectError::Tls`] when there are none.
pub(super) async fn connector(verify: Verify, roots: Roots) -> Result<MakeRustlsConnect, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let authorities = match verify {
        Verify::Nothing => Authorities { store: RootCertStore::empty(), pinned: Vec::new() },
        Verify::Authority | Verify::Full => tokio::task::spawn_blocking(move || Authorities::read(&roots))
            .await
            .map_err(|error| ConnectError::Tls(error.to_string()))??,
    };
    let checker = Arc::new(Checker { verify, authorities, provider: Arc::clone(&provider) });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ConnectError::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(checker)
        .with_no_client_auth();
    // Servers from 17 on ask for it where TLS comes before everything else (sslnegotiation=direct).
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// Whom to trust.
#[derive(Debug)]
struct Authorities {
    store: RootCertStore,
    /// The same from a file as they are: a server may show one of them itself. PostgreSQL's manual makes a
    /// self-signed certificate so, and the usual rules refuse an authority as a server's own certificate.
    pinned: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// Blocks on files.
    fn read(roots: &Roots) -> Result<Self, ConnectError> {
        let mut store = RootCertStore::empty();
        let pinned = match roots {
            Roots::System => {
                let found = rustls_native_certs::load_native_certs();
                store.add_parsable_certificates(found.certs);
                Vec::new()
            }
            Roots::File(path) => {
                let unreadable =
                    |error: &dyn std::fmt::Display| ConnectError::Tls(format!("sslrootcert: {error}"));
                let text = std::fs::read(path).map_err(|error| unreadable(&error))?;
                let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
                let found = found.map_err(|error| unreadable(&error))?;
                store.add_parsable_certificates(found.iter().cloned());
                found
            }
        };
        if store.is_empty() && pinned.is_empty() {
            let told = match roots {
                Roots::System => {
                    "this machine trusts no authority: install ca-certificates, or name a file with sslrootcert"
                }
                Roots::File(_) => "sslrootcert has no certificate in it (PEM)",
            };
            return Err(ConnectError::Tls(told.to_owned()));
        }
        Ok(Self { store, pinned })
    }
}

/// Checks of a server's certificate what the mode asks for. That the server holds the certificate's key is always
/// checked.
#[derive(Debug)]
struct Checker {
    verify: Verify,
    authorities: Authorities,
    provider: Arc<CryptoProvider>,
}

impl Checker {
    fn check_authority(
        &self,
        shown: &CertificateDer<'_>,
        parsed: &ParsedCertificate<'_>,
        between: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        if self.authorities.pinned.iter().any(|pinned| pinned == shown) {
            return Ok(());
        }
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(parsed, &self.authorities.store, between, now, algorithms)
    }
}

impl ServerCertVerifier for Checker {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.verify != Verify::Nothing {
            let parsed = ParsedCertificate::try_from(shown)
                .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
            self.check_authority(shown, &parsed, between, now)?;
            if self.verify == Verify::Full {
                verify_server_name(&parsed, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, shown, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, shown, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
