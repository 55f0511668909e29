//! Who may drive the sandbox: programs on this machine, and its own page, but no other web page.
//!
//! A page on the web can make a browser send requests to 127.0.0.1. It can't choose the `Host` header
//! beyond its own domain's name, and can't leave out `Origin`: both are looked at.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;

/// Lets only requests of this machine through.
pub(crate) async fn loopback_only(request: Request, next: Next) -> Response {
    let named = request.uri().authority().map(axum::http::uri::Authority::as_str);
    match check(named, request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => Refusal::new(StatusCode::FORBIDDEN, error).into_response(),
    }
}

pub(crate) fn check(named: Option<&str>, headers: &HeaderMap) -> Result<(), String> {
    let text = |name: header::HeaderName| match headers.get(&name) {
        None => Ok(None),
        Some(value) => value.to_str().map(Some).map_err(|_| format!("the {name} header is not text")),
    };
    let host = text(header::HOST)?.or(named).unwrap_or_default();
    if let Some(other) = [host].into_iter().chain(named).find(|name| !is_loopback(name)) {
        return Err(format!("the control API is reached at 127.0.0.1 or localhost, not at {other:?}"));
    }
    let Some(origin) = text(header::ORIGIN)? else { return Ok(()) };
    let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    if own.is_none_or(|own| !own.eq_ignore_ascii_case(host)) {
        return Err(format!("a page of {origin} may not use the control API; only the sandbox's own may"));
    }
    Ok(())
}

/// Whether a `host` or `host:port` is this machine's.
fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(header::HeaderName, &str)]) -> HeaderMap {
        list.iter().map(|(name, value)| (name.clone(), value.parse().expect("a value"))).collect()
    }

    #[test]
    fn programs_and_the_own_page_may() {
        for host in ["127.0.0.1:7171", "localhost:7171", "LOCALHOST", "[::1]:80", "127.1.2.3"] {
            assert_eq!(check(None, &headers(&[(header::HOST, host)])), Ok(()), "{host}");
            let origin = format!("http://{host}");
            let own = headers(&[(header::HOST, host), (header::ORIGIN, &origin)]);
            assert_eq!(check(None, &own), Ok(()), "{host}");
        }
    }

    #[test]
    fn other_pages_and_other_names_may_not() {
        for host in ["evil.example", "evil.example:7171", "127.0.0.1.evil.example", "10.0.0.1", ""] {
            check(None, &headers(&[(header::HOST, host)])).expect_err(host);
        }
        for origin in ["http://evil.example", "http://127.0.0.1:8080", "null", "https://127.0.0.1"] {
            let foreign = headers(&[(header::HOST, "127.0.0.1:7171"), (header::ORIGIN, origin)]);
            check(None, &foreign).expect_err(origin);
        }
        check(Some("evil.example"), &headers(&[(header::HOST, "localhost")])).expect_err("an absolute form");
    }
}
