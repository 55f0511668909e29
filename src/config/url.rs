//! Base addresses of HTTP services: parsed once, kept without a trailing slash.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

use super::reader::Parsed;

/// An `http` or `https` address without user, query, fragment or trailing slash, such as
/// `https://api.openai.com/v1`. Paths are appended to it.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Parses an address.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(value: &str) -> Parsed<Self> {
        let url = Url::parse(value).map_err(|_| "is not an address")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("does not start with http:// or https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("has a user name or a password in it");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("has a `?` or a `#` in it");
        }
        if url.port() == Some(0) {
            return Err("has the port 0");
        }
        Ok(Self(url))
    }

    /// The address, without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Scheme, host and port only.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The path, without a slash at its end; empty for a bare origin.
    pub fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// Host name or address, as written.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether what is sent can be read on the way: plain HTTP to another machine.
    pub fn is_exposed(&self) -> bool {
        self.0.scheme() == "http" && !self.is_loopback()
    }

    /// Whether this is the machine itself.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
            Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
            None => false,
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
