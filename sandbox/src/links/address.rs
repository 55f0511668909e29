//! Addresses of stores, `redis://…` and `postgres://…`: where they lead, and the same ones by way of a link.
//!
//! They are taken apart by hand, because everything but the host and the port must come out as it went in, and a
//! general parser of URLs refuses forms that clients take (`postgres://user@/db?host=/dir`). No error repeats a part
//! of an address: any part may hold a password that was not escaped.

use std::net::SocketAddr;

use secrecy::{ExposeSecret as _, SecretString};
use url::form_urlencoded;

use super::target::Target;

const REDIS_PORT: u16 = 6379;
const POSTGRES_PORT: u16 = 5432;

/// The address of a store. Its `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct StoreUrl {
    target: Target,
    /// What comes before the host: the scheme, user and password with their `@`.
    head: SecretString,
    /// What comes after the port: a database, and options, which may have a password too.
    tail: SecretString,
}

/// Why no link can be made for an address. Each is a part of a sentence, and none repeats the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Another scheme, or none.
    #[error("a link needs an address that starts with redis://, redis+unix://, postgres:// or postgresql://")]
    Scheme,
    /// It asks for TLS.
    #[error(
        "a link forwards no TLS that is asked for (rediss://, sslmode=require and stricter): the certificate is not \
         the link's; leave the link out, or use an address without TLS"
    )]
    Tls,
    /// It names no host.
    #[error("the address has no host")]
    Host,
    /// It names several.
    #[error("the address names several servers, and a link leads to one")]
    Several,
    /// The port is none.
    #[error("the address has a port that is not a number from 1 to 65535")]
    Port,
    /// There is an `@` beside the one before the host.
    #[error(
        "the address has one @ too many: write %40 for one in a name, a password or a path, and %2F for a slash"
    )]
    At,
    /// Something is not escaped as URLs are.
    #[error("the address has a % that no two hexadecimal digits follow, or escapes that are not UTF-8")]
    Escape,
}

impl StoreUrl {
    /// Takes an address apart.
    ///
    /// # Errors
    /// An [`AddressError`].
    pub fn parse(address: &str) -> Result<Self, AddressError> {
        let address = address.trim();
        let (scheme, rest) = address.split_once("://").ok_or(AddressError::Scheme)?;
        match scheme.to_ascii_lowercase().as_str() {
            "redis" => redis(scheme, rest),
            "redis+unix" | "unix" => redis_socket(rest),
            "postgres" | "postgresql" => postgres(scheme, rest),
            "rediss" => Err(AddressError::Tls),
            _ => Err(AddressError::Scheme),
        }
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The same address with another host and port, for whoever is to come by there.
    pub fn at(&self, place: SocketAddr) -> SecretString {
        let (head, tail) = (self.head.expose_secret(), self.tail.expose_secret());
        SecretString::from(format!("{head}{place}{tail}"))
    }
}

fn redis(scheme: &str, rest: &str) -> Result<StoreUrl, AddressError> {
    // Nodes of a cluster: each would tell the client where the others are, past any link.
    if rest.contains(",redis://") {
        return Err(AddressError::Several);
    }
    let parts = Parts::of(rest, &['/', '?', '#'])?;
    let (host, port) = parts.place()?;
    let host = host.filter(|host| !host.is_empty()).ok_or(AddressError::Host)?;
    let target = Target::Tcp(host, port.unwrap_or(REDIS_PORT));
    Ok(StoreUrl { target, head: parts.head(scheme), tail: parts.tail.into() })
}

/// `redis+unix:///path?db=1&user=…&pass=…`, as redis-rs writes it; it comes out as `redis://`.
fn redis_socket(rest: &str) -> Result<StoreUrl, AddressError> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = unescaped(path)?;
    if !path.starts_with('/') {
        return Err(AddressError::Host);
    }
    let (mut user, mut password, mut database, mut others) = (None, None, String::new(), Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = form_urlencoded::parse(pair.as_bytes()).next() else { continue };
        match &*name {
            "user" => user = Some(escaped(&value)),
            "pass" => password = Some(escaped(&value)),
            "db" => database = format!("/{}", escaped(&value)),
            _ => others.push(pair),
        }
    }
    let credentials = match (user, password) {
        (None, None) => String::new(),
        (user, None) => format!("{}@", user.unwrap_or_default()),
        (user, Some(password)) => format!("{}:{password}@", user.unwrap_or_default()),
    };
    Ok(StoreUrl {
        target: Target::Unix(path.into()),
        head: format!("redis://{credentials}").into(),
        tail: with_query(&database, &others).into(),
    })
}

/// As libpq reads it: host and port may stand among the options too, and a host with a slash is a socket's folder.
fn postgres(scheme: &str, rest: &str) -> Result<StoreUrl, AddressError> {
    let parts = Parts::of(rest, &['/', '?'])?;
    let (mut host, mut port) = parts.place()?;
    host = host.filter(|host| !host.is_empty());
    let (path, query) = parts.tail.split_once('?').unwrap_or((parts.tail, ""));
    let (mut address, mut others) = (None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (unescaped(name)?, unescaped(value)?);
        let slot = match name.as_str() {
            "host" => &mut host,
            "hostaddr" => &mut address,
            "port" if value.contains(',') => return Err(AddressError::Several),
            "port" => {
                if port.replace(number(&value)?).is_some() {
                    return Err(AddressError::Several);
                }
                continue;
            }
            _ => {
                if asks_for_tls(&name, &value) {
                    return Err(AddressError::Tls);
                }
                others.push(pair);
                continue;
            }
        };
        if slot.replace(value).is_some() {
            return Err(AddressError::Several);
        }
    }
    let host = address.or(host).filter(|host| !host.is_empty()).ok_or(AddressError::Host)?;
    if host.contains(',') {
        return Err(AddressError::Several);
    }
    let port = port.unwrap_or(POSTGRES_PORT);
    let target = if host.starts_with('/') {
        Target::Unix(format!("{}/.s.PGSQL.{port}", host.trim_end_matches('/')).into())
    } else {
        Target::Tcp(host, port)
    };
    Ok(StoreUrl { target, head: parts.head(scheme), tail: with_query(path, &others).into() })
}

fn asks_for_tls(option: &str, value: &str) -> bool {
    match option {
        "sslmode" => ["require", "verify-ca", "verify-full"].contains(&value),
        "sslnegotiation" => value == "direct",
        "ssl" => !["false", "0"].contains(&value),
        _ => false,
    }
}

/// An address after its scheme.
struct Parts<'a> {
    /// User and password with their `@`; may be empty.
    credentials: &'a str,
    place: &'a str,
    tail: &'a str,
}

impl<'a> Parts<'a> {
    /// `ends` are the characters that end the place.
    fn of(rest: &'a str, ends: &[char]) -> Result<Self, AddressError> {
        let (authority, tail) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
        let (credentials, place) = authority.split_at(authority.find('@').map_or(0, |at| at + 1));
        // One that was not escaped: what follows it would be taken for the host, and shown. The same goes for a
        // slash in a password, by which the place ends too early.
        if place.contains('@') || tail.split('?').next().is_some_and(|path| path.contains('@')) {
            return Err(AddressError::At);
        }
        Ok(Self { credentials, place, tail })
    }

    fn head(&self, scheme: &str) -> SecretString {
        format!("{scheme}://{}", self.credentials).into()
    }

    /// Host and port, as far as they are there.
    fn place(&self) -> Result<(Option<String>, Option<u16>), AddressError> {
        if self.place.contains(',') {
            return Err(AddressError::Several);
        }
        let (host, port) = match self.place.strip_prefix('[') {
            Some(rest) => {
                let (host, rest) = rest.split_once(']').ok_or(AddressError::Host)?;
                let port = rest.strip_prefix(':').or_else(|| rest.is_empty().then_some(""));
                (host, port.ok_or(AddressError::Port)?)
            }
            None => self.place.split_once(':').unwrap_or((self.place, "")),
        };
        let port = if port.is_empty() { None } else { Some(number(port)?) };
        Ok((Some(unescaped(host)?), port))
    }
}

fn number(port: &str) -> Result<u16, AddressError> {
    port.parse().ok().filter(|port| *port > 0).ok_or(AddressError::Port)
}

fn with_query(path: &str, pairs: &[&str]) -> String {
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// With each `%41` as the byte that it stands for. A `+` is a plus.
fn unescaped(text: &str) -> Result<String, AddressError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut pieces = text.split('%');
    bytes.extend(pieces.next().unwrap_or_default().bytes());
    for piece in pieces {
        let digits = piece.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte =
            digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or(AddressError::Escape)?;
        bytes.push(byte);
        bytes.extend(piece.bytes().skip(2));
    }
    String::from_utf8(bytes).map_err(|_| AddressError::Escape)
}

/// With everything escaped that could end a user's name or a password.
fn escaped(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_way_of_a_link(address: &str) -> (String, String) {
        let url = StoreUrl::parse(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        let link = "127.0.0.1:7".parse().expect("an address");
        (url.target().to_string(), url.at(link).expose_secret().to_owned())
    }

    #[test]
    fn only_the_host_and_the_port_change() {
        for (address, target, rewritten) in [
            ("redis://localhost", "localhost:6379", "redis://127.0.0.1:7"),
            ("redis://:p%40w@10.0.0.1:6380/3", "10.0.0.1:6380", "redis://:p%40w@127.0.0.1:7/3"),
            (
                "redis://me:pw@host?protocol=resp3#x",
                "host:6379",
                "redis://me:pw@127.0.0.1:7?protocol=resp3#x",
            ),
            ("redis://[::1]:6380/0", "[::1]:6380", "redis://127.0.0.1:7/0"),
            ("redis+unix:///run/my%20redis.sock", "unix:/run/my redis.sock", "redis://127.0.0.1:7"),
            (
                "unix:///r.sock?db=2&user=me&pass=a%40b+c&protocol=resp3",
                "unix:/r.sock",
                "redis://me:a%40b%20c@127.0.0.1:7/2?protocol=resp3",
            ),
            ("redis+unix:///r.sock?pass=pw", "unix:/r.sock", "redis://:pw@127.0.0.1:7"),
            ("postgres://u:pw@db.lan:5433/app", "db.lan:5433", "postgres://u:pw@127.0.0.1:7/app"),
            ("postgresql://u@[fe80::1]/app", "[fe80::1]:5432", "postgresql://u@127.0.0.1:7/app"),
            (
                "postgres://u:p+w@/db?host=%2Frun%2Fpg&sslmode=disable",
                "unix:/run/pg/.s.PGSQL.5432",
                "postgres://u:p+w@127.0.0.1:7/db?sslmode=disable",
            ),
            (
                "postgres:///db?port=5433&host=/run/pg/&a=b",
                "unix:/run/pg/.s.PGSQL.5433",
                "postgres://127.0.0.1:7/db?a=b",
            ),
            (
                "postgres://u@%2Fvar%2Frun:5433/db",
                "unix:/var/run/.s.PGSQL.5433",
                "postgres://u@127.0.0.1:7/db",
            ),
            (
                "postgres://u@named/db?hostaddr=10.0.0.9&sslmode=prefer&password=pw",
                "10.0.0.9:5432",
                "postgres://u@127.0.0.1:7/db?sslmode=prefer&password=pw",
            ),
            ("postgres://h?application_name=x", "h:5432", "postgres://127.0.0.1:7?application_name=x"),
            (
                "postgres://u:pw@h/db?options=-c%20a%3Db@c",
                "h:5432",
                "postgres://u:pw@127.0.0.1:7/db?options=-c%20a%3Db@c",
            ),
        ] {
            assert_eq!(by_way_of_a_link(address), (target.to_owned(), rewritten.to_owned()), "{address}");
        }
    }

    #[test]
    fn what_no_link_can_be_made_for_is_refused_without_repeating_it() {
        for (address, error) in [
            ("", AddressError::Scheme),
            ("secret", AddressError::Scheme),
            ("mysql://u:secret@h/db", AddressError::Scheme),
            ("rediss://:secret@h", AddressError::Tls),
            ("postgres://u:secret@h/db?sslmode=require", AddressError::Tls),
            ("postgres://u:secret@h/db?sslmode=verify%2Dfull", AddressError::Tls),
            ("postgres://u:secret@h/db?sslnegotiation=direct", AddressError::Tls),
            ("postgres://u:secret@h/db?ssl=true", AddressError::Tls),
            ("redis://", AddressError::Host),
            ("redis://:secret@:6379", AddressError::Host),
            ("redis+unix://relative/secret", AddressError::Host),
            ("postgres://u:secret@/db", AddressError::Host),
            ("postgres://u:secret@[::1/db", AddressError::Host),
            ("redis://:secret@a:1,redis://:secret@b:2", AddressError::Several),
            ("redis://:secret@a,b", AddressError::Several),
            ("postgres://u:secret@a,b/db", AddressError::Several),
            ("postgres://u:secret@a/db?host=b", AddressError::Several),
            ("postgres://u:secret@a:1/db?port=2", AddressError::Several),
            ("postgres://u:secret@/db?host=a%2Cb", AddressError::Several),
            ("redis://:secret@h:x", AddressError::Port),
            ("redis://h:0", AddressError::Port),
            ("postgres://u@[::1]secret/db", AddressError::Port),
            ("postgres://u:pw@secret@h/db", AddressError::At),
            ("postgres://u:pw/secret@h/db", AddressError::At),
            ("redis://:12/secret@h/0", AddressError::At),
            ("postgres://u@a%2/db", AddressError::Escape),
            ("postgres://u@a%FF/db", AddressError::Escape),
            ("postgres://u@a%é/db", AddressError::Escape),
        ] {
            let refused = StoreUrl::parse(address).map(drop).expect_err(address);
            assert_eq!(refused, error, "{address}");
            assert!(!refused.to_string().contains("secret"));
        }
    }

    #[test]
    fn nothing_shows_the_password() {
        for address in ["redis://:secret@h/0", "postgres://u@h/db?password=secret"] {
            let shown = format!("{:?}", StoreUrl::parse(address).expect("an address"));
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}
