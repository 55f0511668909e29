//! The sandbox's certificate authority, and the certificate with which it stands in for Discord.
//!
//! Both are made once a process, when TLS is first used: they prove nothing outside of it.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Names that the sandbox answers for; a star stands for one label.
const NAMES: [&str; 9] = [
    "discord.com",
    "*.discord.com",
    "gateway.discord.gg",
    "*.discord.gg",
    "discordapp.com",
    "cdn.discordapp.com",
    "media.discordapp.net",
    "localhost",
    "127.0.0.1",
];

const DAY: Duration = Duration::from_secs(86_400);
/// A year and a month: the longest that every TLS client accepts for a server's certificate.
const LIFETIME: Duration = Duration::from_secs(397 * 86_400);

struct Identity {
    ca_pem: String,
    config: Arc<ServerConfig>,
}

/// Whether a request for `host` is to be answered here.
pub(super) fn stands_for(host: &str) -> bool {
    NAMES.iter().any(|name| match name.strip_prefix('*') {
        Some(domain) => {
            host.strip_suffix(domain).is_some_and(|label| !label.is_empty() && !label.contains('.'))
        }
        None => host.eq_ignore_ascii_case(name),
    })
}

/// The names, for a message.
pub(super) fn names() -> String {
    NAMES.join(", ")
}

/// The certificate authority of this process's sandboxes, as PEM.
pub fn ca_pem() -> &'static str {
    &identity().ca_pem
}

/// The server's side of TLS.
pub(super) fn config() -> Arc<ServerConfig> {
    Arc::clone(&identity().config)
}

fn identity() -> &'static Identity {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    // The input is constant: only a machine without a source of randomness could fail here.
    IDENTITY.get_or_init(|| make().expect("a key pair and two certificates can be made"))
}

fn make() -> Result<Identity, Box<dyn std::error::Error + Send + Sync>> {
    let authority = CertifiedIssuer::self_signed(authority()?, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = server()?.signed_by(&key, &authority)?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.into()],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity { ca_pem: authority.pem(), config: Arc::new(config) })
}

fn authority() -> Result<CertificateParams, rcgen::Error> {
    let mut params = valid_from_yesterday(CertificateParams::new(Vec::new())?);
    params.distinguished_name.push(DnType::CommonName, "Troupe sandbox authority (testing only)");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn server() -> Result<CertificateParams, rcgen::Error> {
    let mut params = valid_from_yesterday(CertificateParams::new(NAMES.map(str::to_owned).to_vec())?);
    params.distinguished_name.push(DnType::CommonName, "discord.com (Troupe sandbox)");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    // Python's strict verification refuses a certificate that doesn't name its issuer's key.
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

fn valid_from_yesterday(mut params: CertificateParams) -> CertificateParams {
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + LIFETIME).into();
    params
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_for_discord_and_itself_alone() {
        for host in
            ["discord.com", "DISCORD.com", "canary.discord.com", "gateway-us-east1-b.discord.gg", "localhost"]
        {
            assert!(stands_for(host), "{host}");
        }
        for host in [
            "example.com",
            "discord.com.example.com",
            "notdiscord.com",
            "a.b.discord.com",
            ".discord.com",
            "",
        ] {
            assert!(!stands_for(host), "{host}");
        }
    }

    #[test]
    fn the_authority_is_made_once() {
        assert!(ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(std::ptr::eq(ca_pem(), ca_pem()));
    }
}
