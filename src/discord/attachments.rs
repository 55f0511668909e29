//! Members' files, downloaded from where Discord keeps them, and from nowhere else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, Response, redirect};
use url::Url;

use super::rest::{TransportError, certificate, is_local};

/// Where Discord keeps attachments.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];
/// For a whole file.
const TIME: Duration = Duration::from_secs(20);
const CONNECT_TIME: Duration = Duration::from_secs(5);

/// Why a file can't be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unloaded {
    /// It is not where Discord keeps files.
    Elsewhere,
    /// It has more bytes than are taken.
    TooLarge,
    /// It is not there any more, or its server says something else.
    Gone,
    /// It took too long, or the connection broke.
    Late,
}

/// The way to members' files.
#[derive(Debug)]
pub(crate) struct Attachments {
    world: Client,
    /// A stand-in for Discord, which serves its files itself.
    stand_in: Option<(Url, Client)>,
}

impl Attachments {
    /// Prepares the clients; connects to nothing yet.
    pub(crate) fn new(api_url: Option<&Url>, ca_file: Option<&Path>) -> Result<Self, TransportError> {
        let builder = || {
            Client::builder()
                .use_rustls_tls()
                .http1_only()
                .connect_timeout(CONNECT_TIME)
                .timeout(TIME)
                .redirect(redirect::Policy::none())
        };
        let world = built(builder().https_only(true).dns_resolver(std::sync::Arc::new(PublicOnly)), None)?;
        let stand_in = match api_url {
            Some(url) => {
                let client = if is_local(url) { builder().no_proxy() } else { builder() };
                Some((url.clone(), built(client, ca_file)?))
            }
            None => None,
        };
        Ok(Self { world, stand_in })
    }

    /// Downloads a file of up to so many bytes.
    pub(crate) async fn load(&self, url: &str, most: usize) -> Result<Vec<u8>, Unloaded> {
        let url = Url::parse(url).map_err(|_| Unloaded::Elsewhere)?;
        let client = self.client_for(&url).ok_or(Unloaded::Elsewhere)?;
        let loading = async {
            let response = client.get(url).send().await.map_err(|error| broken(&error))?;
            read(response, most).await
        };
        tokio::time::timeout(TIME, loading).await.unwrap_or(Err(Unloaded::Late))
    }

    /// The client that may ask for that address; `None`: nobody may.
    fn client_for(&self, url: &Url) -> Option<&Client> {
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if let Some((stand_in, client)) = &self.stand_in
            && stand_in.origin() == url.origin()
        {
            return Some(client);
        }
        let is_discords = url.scheme() == "https"
            && url.port().is_none()
            && url.host_str().is_some_and(|host| HOSTS.contains(&host));
        is_discords.then_some(&self.world)
    }
}

fn built(client: ClientBuilder, ca_file: Option<&Path>) -> Result<Client, TransportError> {
    let client = match ca_file {
        Some(path) => client.add_root_certificate(certificate(path)?),
        None => client,
    };
    client.build().map_err(TransportError::Client)
}

async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Unloaded> {
    // A redirect is no success, and nobody follows it.
    if !response.status().is_success() {
        return Err(Unloaded::Gone);
    }
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(Unloaded::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if bytes.len() + chunk.len() > most {
            return Err(Unloaded::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken(error: &reqwest::Error) -> Unloaded {
    // The address is a member's file: it stays out of the log.
    tracing::debug!(
        timeout = error.is_timeout(),
        connect = error.is_connect(),
        "a file could not be downloaded"
    );
    Unloaded::Late
}

/// Finds addresses, and keeps those of the public net: no name of Discord's leads into ours.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public net.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => is_public_v4(mapped),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = a == 0
        || a >= 240
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Global unicast, without tunnels (Teredo, 6to4), which lead to any IPv4 address, and documentation.
    let global = (0x2000..0x4000).contains(&a);
    let special = (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    global && !special
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn only_public_addresses_are_asked() {
        for bad in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(bad.parse().expect("an address")), "{bad}");
        }
        for good in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.32.0.1",
            "162.159.130.233",
            "2606:4700::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(good.parse().expect("an address")), "{good}");
        }
    }

    #[test]
    fn only_discords_own_places_are_asked() {
        let alone = Attachments::new(None, None).expect("clients");
        let stand_in: Url = "http://127.0.0.1:7171".parse().expect("an address");
        let beside = Attachments::new(Some(&stand_in), None).expect("clients");
        let asks = |attachments: &Attachments, url: &str| {
            Url::parse(url).is_ok_and(|url| attachments.client_for(&url).is_some())
        };
        for good in
            ["https://cdn.discordapp.com/attachments/1/2/a.png?ex=1", "https://media.discordapp.net/x"]
        {
            assert!(asks(&alone, good) && asks(&beside, good), "{good}");
        }
        assert!(asks(&beside, "http://127.0.0.1:7171/attachments/1/2/a.png"));
        for bad in [
            "http://cdn.discordapp.com/a",
            "https://cdn.discordapp.com:8443/a",
            "https://cdn.discordapp.com.evil.test/a",
            "https://evil.test/cdn.discordapp.com",
            "https://cdn.discordapp.com@evil.test/",
            "https://u:p@cdn.discordapp.com/",
            "https://discord.com/api",
            "https://127.0.0.1/",
            "http://127.0.0.1/",
            "http://127.0.0.1:7172/",
            "http://localhost:7171/",
            "https://127.0.0.1:7171/",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]:7171/",
            "file:///etc/passwd",
            "ftp://cdn.discordapp.com/a",
            "data:text/plain,x",
            "nonsense",
            "",
        ] {
            assert!(!asks(&beside, bad), "{bad}");
        }
        assert!(!asks(&alone, "http://127.0.0.1:7171/a"), "without a stand-in there is no local place");
    }

    /// A server that says this to whoever connects, then goes on with `more` for as long as it is heard.
    async fn serving(head: &'static str, more: usize) -> (Attachments, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 1024];
                let _ = stream.read(&mut asked).await;
                let _ = stream.write_all(head.as_bytes()).await;
                let chunk = vec![b'x'; 1024];
                for _ in 0..more {
                    if stream.write_all(&chunk).await.is_err() {
                        break;
                    }
                }
            }
        });
        let attachments =
            Attachments::new(Some(&origin.parse().expect("an address")), None).expect("clients");
        (attachments, format!("{origin}/attachments/1/2/card.json"))
    }

    #[tokio::test]
    async fn no_redirect_is_followed_and_no_more_is_read_than_is_taken() {
        let elsewhere =
            "HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n";
        let announced = "HTTP/1.1 200 OK\r\ncontent-length: 11000000\r\n\r\n";
        let endless = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        let whole = "HTTP/1.1 200 OK\r\ncontent-length: 2048\r\n\r\n";
        for (head, more, expected) in [
            (elsewhere, 0, Err(Unloaded::Gone)),
            (announced, 1, Err(Unloaded::TooLarge)),
            (endless, 1_000_000, Err(Unloaded::TooLarge)),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", 0, Err(Unloaded::Gone)),
            ("nonsense\r\n\r\n", 0, Err(Unloaded::Late)),
            (whole, 2, Ok(2_048)),
        ] {
            let (attachments, url) = serving(head, more).await;
            let loaded = attachments.load(&url, 10 * 1024).await.map(|bytes| bytes.len());
            assert_eq!(loaded, expected, "{head}");
        }
    }
}
