//! The HTTP client, and one request over it: what came back, or how far the request got.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart::{Form, Part};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::route::Route;
use crate::trace;

/// Discord's own origin.
const DISCORD: &str = "https://discord.com";
/// Connections kept open for the next request.
const IDLE_CONNECTIONS: usize = 128;
const IDLE_TIME: Duration = Duration::from_secs(90);
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// For requests that name no time of their own (serenity's).
const REQUEST_TIME: Duration = Duration::from_secs(15);
/// Discord asks for this form.
const USER_AGENT: &str = concat!(
    "DiscordBot (https://crates.io/crates/",
    env!("CARGO_PKG_NAME"),
    ", ",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// What is wrong with the connection's settings.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The CA file can't be read.
    #[error("can't read the CA file {path}: {cause}")]
    CaFile {
        /// The file.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// The CA file has no certificate in PEM form.
    #[error("the CA file {path} holds no PEM certificate")]
    CaFormat {
        /// The file.
        path: String,
    },
    /// The API's address is not an http(s) origin.
    #[error("the API's address {0} is not an http:// or https:// origin")]
    Address(Url),
    /// The token has characters that no token has.
    #[error("the bot's token has characters that no token has: copy it again from the Developer Portal")]
    Token,
    /// The HTTP client can't be built.
    #[error("can't build the HTTP client: {0}")]
    Client(#[source] reqwest::Error),
}

/// A file to upload.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// The id by which the message's JSON refers to it, unique in the message.
    pub id: u64,
    /// The name members see.
    pub name: String,
    /// The content.
    pub data: Bytes,
}

/// A request's body. Cheap to clone: a retry sends it again.
#[derive(Debug, Clone)]
pub(super) enum Body {
    None,
    Json(Bytes),
    Form { json: Bytes, files: Vec<Attachment> },
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// How far a request got that nothing came back for.
#[derive(Debug)]
pub(super) enum Broken {
    /// It surely did not arrive.
    Unsent(String),
    /// It may have arrived.
    Lost(String),
    /// Its time was up; it may have arrived.
    TimedOut,
}

impl Broken {
    /// Its name in traces.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Unsent(_) => "unsent",
            Self::Lost(_) => "lost",
            Self::TimedOut => "timed_out",
        }
    }
}

/// The connection to one Discord with one token.
pub(super) struct Transport {
    client: reqwest::Client,
    /// Origin and version, without a slash at the end.
    base: String,
    authorization: HeaderValue,
    /// Whether requests say to which span they belong: a local Discord can show it. Discord itself is told nothing.
    traced: bool,
}

impl Transport {
    /// Prepares the client; connects to nothing yet.
    pub(super) fn new(
        token: &SecretString,
        api_url: Option<&Url>,
        ca_file: Option<&Path>,
    ) -> Result<Self, TransportError> {
        let origin = origin(api_url)?;
        let mut authorization = HeaderValue::try_from(format!("Bot {}", bare_token(token.expose_secret())))
            .map_err(|_| TransportError::Token)?;
        authorization.set_sensitive(true);
        let mut client = reqwest::Client::builder()
            .use_rustls_tls()
            .http1_only()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_TIME)
            .connect_timeout(CONNECT_TIME)
            .timeout(REQUEST_TIME)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(USER_AGENT);
        if let Some(path) = ca_file {
            client = client.add_root_certificate(certificate(path)?);
        }
        if api_url.is_some_and(is_local) {
            client = client.no_proxy();
        }
        let client = client.build().map_err(TransportError::Client)?;
        let traced = origin != DISCORD;
        Ok(Self { client, base: format!("{origin}/api/v10"), authorization, traced })
    }

    pub(super) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends one request and reads the whole answer, within `time`.
    pub(super) async fn send(&self, route: &Route, body: &Body, time: Duration) -> Result<Answer, Broken> {
        let url = format!("{}{}", self.base, route.path);
        let request = self
            .client
            .request(route.id.method.method(), url)
            .header(AUTHORIZATION, self.authorization.clone())
            .timeout(time);
        let request = match trace::parent().filter(|_| self.traced) {
            Some(parent) => request.header("traceparent", parent),
            None => request,
        };
        let request = match body {
            Body::None => request,
            Body::Json(json) => {
                request.header(CONTENT_TYPE, HeaderValue::from_static("application/json")).body(json.clone())
            }
            Body::Form { json, files } => request.multipart(form(json, files)),
        };
        let response = request.send().await.map_err(broken)?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = response.bytes().await.map_err(broken)?;
        Ok(Answer { status, headers, body })
    }
}

/// Discord's origin, or the one that stands in for it, without a slash at the end.
pub(super) fn origin(api_url: Option<&Url>) -> Result<String, TransportError> {
    let Some(url) = api_url else { return Ok(DISCORD.to_owned()) };
    let is_origin = matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/";
    if !is_origin {
        return Err(TransportError::Address(url.clone()));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// The token as the portal shows it: people paste it with spaces or with its scheme.
pub(in crate::discord) fn bare_token(token: &str) -> &str {
    let token = token.trim();
    token.strip_prefix("Bot ").unwrap_or(token).trim()
}

/// A proxy of the environment is for the world outside, not for this machine.
pub(in crate::discord) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

pub(in crate::discord) fn certificate(path: &Path) -> Result<reqwest::Certificate, TransportError> {
    let shown = || path.display().to_string();
    let pem = std::fs::read(path).map_err(|cause| TransportError::CaFile { path: shown(), cause })?;
    let marker = b"-----BEGIN CERTIFICATE-----";
    if !pem.windows(marker.len()).any(|window| window == marker) {
        return Err(TransportError::CaFormat { path: shown() });
    }
    reqwest::Certificate::from_pem(&pem).map_err(|_| TransportError::CaFormat { path: shown() })
}

fn form(json: &Bytes, files: &[Attachment]) -> Form {
    // A part of known length, so that nothing is copied.
    let part = |data: &Bytes| Part::stream_with_length(data.clone(), data.len() as u64);
    let payload = part(json).mime_str("application/json").expect("a mime type");
    files.iter().fold(Form::new().part("payload_json", payload), |form, file| {
        form.part(format!("files[{}]", file.id), part(&file.data).file_name(file.name.clone()))
    })
}

fn broken(error: reqwest::Error) -> Broken {
    let timed_out = error.is_timeout();
    let unsent = error.is_connect() || error.is_builder();
    // The URL may hold a token.
    let error = error.without_url();
    let cause = crate::error::Chain(&error).to_string();
    if unsent {
        Broken::Unsent(cause)
    } else if timed_out {
        Broken::TimedOut
    } else {
        Broken::Lost(cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_an_origin() {
        assert_eq!(origin(None).unwrap(), DISCORD);
        for (given, kept) in [
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("https://discord.test/", "https://discord.test"),
        ] {
            assert_eq!(origin(Some(&given.parse().unwrap())).unwrap(), kept);
        }
        for bad in ["ftp://discord.com", "https://discord.com/api/v10", "data:text/plain,x"] {
            assert!(origin(Some(&bad.parse().unwrap())).is_err(), "{bad}");
        }
    }

    #[tokio::test]
    async fn only_a_stand_in_is_told_of_traces() {
        let traced = |url: Option<&str>| {
            let url = url.map(|url| url.parse().unwrap());
            Transport::new(&SecretString::from("abc"), url.as_ref(), None).unwrap().traced
        };
        assert!(traced(Some("http://127.0.0.1:7171")));
        assert!(!traced(None) && !traced(Some("https://discord.com/")));
    }

    #[test]
    fn a_pasted_token_is_trimmed() {
        for pasted in ["abc", " abc\n", "Bot abc", " Bot  abc "] {
            assert_eq!(bare_token(pasted), "abc");
        }
    }
}
