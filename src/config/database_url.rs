//! The address of PostgreSQL, with TLS modes as libpq defines them.
//!
//! The driver's own parser knows neither `verify-ca`, `verify-full` nor `sslrootcert`: they are taken out of the
//! address first, and what they ask for is kept beside the rest.

use std::path::PathBuf;

use tokio_postgres::{
    Config,
    config::{Host, SslMode, TargetSessionAttrs},
};
use url::form_urlencoded;

use super::reader::Parsed;

/// How sure a connection must be of whom it talks to. libpq's `sslmode`, by what it checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verify {
    /// Nothing: `disable`, `prefer`, and `require` without root certificates.
    Nothing,
    /// That a trusted authority signed the certificate: `verify-ca`, and `require` with root certificates.
    Authority,
    /// That, and that the certificate names the host: `verify-full`.
    Full,
}

/// The authorities to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// Those that this machine trusts: no `sslrootcert`, or `sslrootcert=system`.
    System,
    /// Those in a PEM file.
    File(PathBuf),
}

/// A parsed address. It holds the password, so it has no `Debug`.
#[derive(Clone)]
pub struct DatabaseUrl {
    /// Hosts, user, password, database, and whether to use TLS: disabled, preferred or required.
    pub driver: Config,
    /// What to check of the server.
    pub verify: Verify,
    /// Whom to trust, where something is checked.
    pub roots: Roots,
}

impl DatabaseUrl {
    /// Parses an address.
    ///
    /// # Errors
    /// What is wrong with it, in fixed words that finish the sentence "DATABASE_URL …".
    pub fn parse(value: &str) -> Parsed<Self> {
        if !value.starts_with("postgres://") && !value.starts_with("postgresql://") {
            return Err("does not start with postgres://");
        }
        let (base, query) = value.split_once('?').unwrap_or((value, ""));
        let (tls, rest) = TlsOptions::take(query)?;
        let plain = if rest.is_empty() { base.to_owned() } else { format!("{base}?{rest}") };
        let mut driver: Config = plain
            .parse()
            .map_err(|_| "is not a PostgreSQL address, or has an option that Troupe does not know")?;
        if driver.get_hosts().is_empty() {
            return Err("has no host");
        }
        // A replica answers as readily as the primary, and every write would fail on it.
        if driver.get_hosts().len() > 1 && !rest.contains("target_session_attrs=") {
            driver.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        let sockets = driver.get_hosts().iter().filter(|host| matches!(host, Host::Unix(_))).count();
        if sockets > 0 && sockets < driver.get_hosts().len() {
            return Err("mixes Unix sockets with other hosts, and TLS is for the latter alone");
        }
        let on_socket = sockets > 0;
        let (mode, verify, roots) = tls.decide(on_socket)?;
        driver.ssl_mode(mode);
        Ok(Self { driver, verify, roots })
    }

    /// Whether everything stays on this machine: Unix sockets and loopback addresses only.
    pub fn is_local(&self) -> bool {
        self.driver.get_hosts().iter().all(|host| match host {
            Host::Unix(_) => true,
            Host::Tcp(name) => {
                name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        })
    }
}

/// The options that the driver does not know, as given.
#[derive(Default)]
struct TlsOptions {
    mode: Option<String>,
    roots: Option<String>,
}

impl TlsOptions {
    /// Splits a query into these options and all others, which stay as they were written.
    fn take(query: &str) -> Parsed<(Self, String)> {
        let mut taken = Self::default();
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            // Here a `+` is a plus, as in libpq; in a form it would be a space.
            let literal = pair.replace('+', "%2B");
            let Some((name, value)) = form_urlencoded::parse(literal.as_bytes()).next() else { continue };
            let slot = match &*name {
                "sslmode" => &mut taken.mode,
                "sslrootcert" => &mut taken.roots,
                "sslcert" | "sslkey" | "sslpassword" | "sslcertmode" => {
                    return Err("asks for a client certificate, which is not supported: use a password");
                }
                "sslcrl" | "sslcrldir" => {
                    return Err(
                        "names a revocation list, which is not supported: trust an authority of your own",
                    );
                }
                _ => {
                    others.push(pair);
                    continue;
                }
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err("has sslmode or sslrootcert twice");
            }
        }
        Ok((taken, others.join("&")))
    }

    fn decide(self, on_socket: bool) -> Parsed<(SslMode, Verify, Roots)> {
        let mode = self.mode.as_deref().unwrap_or("prefer");
        let system = self.roots.as_deref() == Some("system");
        let (ssl, verify) = match mode {
            "disable" => (SslMode::Disable, Verify::Nothing),
            "prefer" => (SslMode::Prefer, Verify::Nothing),
            "require" if self.roots.is_some() => (SslMode::Require, Verify::Authority),
            "require" => (SslMode::Require, Verify::Nothing),
            "verify-ca" => (SslMode::Require, Verify::Authority),
            "verify-full" => (SslMode::Require, Verify::Full),
            "allow" => return Err("has sslmode=allow: use prefer, or better verify-full"),
            _ => {
                return Err("has an unknown sslmode: use disable, prefer, require, verify-ca or verify-full");
            }
        };
        if self.roots.is_some() && verify == Verify::Nothing {
            return Err("has sslrootcert, which checks nothing with this sslmode: use verify-full");
        }
        if system && verify != Verify::Full {
            return Err(
                "has sslrootcert=system, which anyone's certificate passes without its name: use verify-full",
            );
        }
        if on_socket && ssl == SslMode::Require {
            return Err("asks for TLS on a Unix socket, where there is none: leave sslmode out");
        }
        let ssl = if on_socket { SslMode::Disable } else { ssl };
        let roots = self.roots.filter(|_| !system).map_or(Roots::System, |path| Roots::File(path.into()));
        Ok((ssl, verify, roots))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> (SslMode, Verify, Roots) {
        let url = format!("postgres://u:p@db.example.org/d{query}");
        let url = DatabaseUrl::parse(&url).unwrap_or_else(|fault| panic!("{query}: {fault}"));
        (url.driver.get_ssl_mode(), url.verify, url.roots)
    }

    fn fault(query: &str) -> &'static str {
        let url = format!("postgres://u:p@db.example.org/d{query}");
        DatabaseUrl::parse(&url).err().unwrap_or_else(|| panic!("{query} was taken"))
    }

    #[test]
    fn each_mode_means_what_libpq_says() {
        let file = || Roots::File("/etc/a b+c.pem".into());
        for (query, expected) in [
            ("", (SslMode::Prefer, Verify::Nothing, Roots::System)),
            ("?sslmode=disable", (SslMode::Disable, Verify::Nothing, Roots::System)),
            ("?sslmode=prefer", (SslMode::Prefer, Verify::Nothing, Roots::System)),
            ("?application_name=x&sslmode=require", (SslMode::Require, Verify::Nothing, Roots::System)),
            ("?sslrootcert=/etc/a%20b+c.pem&sslmode=require", (SslMode::Require, Verify::Authority, file())),
            ("?sslmode=verify-ca", (SslMode::Require, Verify::Authority, Roots::System)),
            ("?sslmode=verify-full", (SslMode::Require, Verify::Full, Roots::System)),
            (
                "?sslmode=verify-full&sslrootcert=%2Fetc/a%20b%2Bc.pem",
                (SslMode::Require, Verify::Full, file()),
            ),
            ("?sslmode=verify-full&sslrootcert=system", (SslMode::Require, Verify::Full, Roots::System)),
        ] {
            assert_eq!(parsed(query), expected, "{query}");
        }
    }

    #[test]
    fn contradictions_are_refused_in_words() {
        for (query, said) in [
            ("?sslmode=allow", "sslmode=allow"),
            ("?sslmode=verify", "unknown sslmode"),
            ("?sslrootcert=/a", "checks nothing"),
            ("?sslmode=disable&sslrootcert=/a", "checks nothing"),
            ("?sslmode=prefer&sslrootcert=/a", "checks nothing"),
            ("?sslmode=verify-ca&sslrootcert=system", "without its name"),
            ("?sslmode=require&sslmode=disable", "twice"),
            ("?sslmode=require&sslcert=/a", "client certificate"),
            ("?sslcrl=/a", "revocation"),
            ("?sslkind=x", "does not know"),
            ("?host=/run/postgresql", "mixes"),
        ] {
            assert!(fault(query).contains(said), "{query}: {}", fault(query));
        }
        let socket = DatabaseUrl::parse("postgres://u@%2Frun/d?sslmode=require").err();
        assert!(socket.is_some_and(|fault| fault.contains("Unix socket")));
        assert!(DatabaseUrl::parse("mysql://u@h/d").is_err());
        assert!(DatabaseUrl::parse("postgres:///d").is_err());
    }

    #[test]
    fn several_hosts_mean_the_one_that_takes_writes_unless_said_otherwise() {
        let attributes = |url: &str| {
            let url = DatabaseUrl::parse(url).unwrap_or_else(|fault| panic!("{fault}"));
            url.driver.get_target_session_attrs()
        };
        assert_eq!(attributes("postgres://u:p@a/d"), TargetSessionAttrs::Any);
        assert_eq!(attributes("postgres://u:p@a:1,b:2/d"), TargetSessionAttrs::ReadWrite);
        assert_eq!(attributes("postgres://u:p@a,b/d?target_session_attrs=any"), TargetSessionAttrs::Any);
    }

    #[test]
    fn a_socket_and_a_loopback_address_are_local() {
        let local = |url: &str| DatabaseUrl::parse(url).is_ok_and(|url| url.is_local());
        assert!(local("postgres://u@%2Frun%2Fpostgresql/d"));
        assert!(local("postgres://u@127.0.0.1,localhost/d"));
        assert!(!local("postgres://u@localhost,db.example.org/d"));
    }
}
