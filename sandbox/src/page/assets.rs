//! The page's files, from inside the binary, with the headers that keep hostile text harmless.
//!
//! Names, messages, embeds and a model's words are hostile. The page never makes markup of text; should
//! it do so by mistake, the policy lets nothing run: scripts come from `/page/` alone, none is inline,
//! and no string becomes markup or code but by the view library's own templates (Trusted Types).

use std::path::PathBuf;
use std::sync::OnceLock;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use crate::control::guard;

/// The page's files.
#[derive(Embed)]
#[folder = "page/"]
#[exclude = "*.test.mjs"]
struct Files;

/// While the page is being made: the folder to take its files from, in place of the binary's.
const FOLDER_VARIABLE: &str = "SANDBOX_PAGE_DIR";

/// `GET /`
pub(crate) async fn index(headers: HeaderMap) -> Response {
    if let Err(error) = guard::check(None, &headers) {
        return (StatusCode::FORBIDDEN, error).into_response();
    }
    answer("index.html", &headers).await
}

/// `GET /page/{path}`
pub(super) async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    answer(&path, &headers).await
}

async fn answer(path: &str, headers: &HeaderMap) -> Response {
    let Some(file) = find(path).await else {
        return (StatusCode::NOT_FOUND, "the page has no such file").into_response();
    };
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let set = response.headers_mut();
    set.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    // Asked each time, answered mostly with 304: a new binary's page is never mixed with an old one's.
    set.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    set.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    set.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    set.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    for (name, value) in [(header::ETAG, tag), (header::CONTENT_SECURITY_POLICY, policy(host))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            set.insert(name, value);
        }
    }
    response
}

/// What the page may do. Pictures may come from this machine and by https, as a bot's avatars and
/// embeds do; nothing else leaves this address.
fn policy(host: &str) -> String {
    // A guarded host is a loopback address with a port: nothing that could end a directive.
    let host = if host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:[]-".contains(&byte)) {
        host
    } else {
        "127.0.0.1"
    };
    let directives = [
        "default-src 'none'".to_owned(),
        format!("script-src http://{host}/page/ https://{host}/page/"),
        "style-src 'self'".to_owned(),
        "font-src 'self'".to_owned(),
        "img-src 'self' data: blob: https: http://127.0.0.1:* http://localhost:*".to_owned(),
        "media-src 'self' blob: https:".to_owned(),
        format!("connect-src 'self' ws://{host} wss://{host}"),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
        "require-trusted-types-for 'script'".to_owned(),
        "trusted-types lit-html".to_owned(),
    ];
    directives.join("; ")
}

async fn find(path: &str) -> Option<EmbeddedFile> {
    let Some(folder) = folder() else { return Files::get(path) };
    // A developer's folder is no way to files outside of it.
    if !path.split('/').all(|part| !part.is_empty() && !part.starts_with('.')) {
        return None;
    }
    let path = folder.join(path);
    tokio::task::spawn_blocking(move || rust_embed::utils::read_file_from_fs(&path).ok()).await.ok()?
}

fn folder() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from)).as_ref()
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("md" | "txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_a_media_type_and_the_page_is_there() {
        let files: Vec<_> = Files::iter().collect();
        assert!(files.iter().any(|file| file == "index.html"));
        for file in files {
            assert_ne!(media_type(&file), "application/octet-stream", "{file}");
        }
    }

    #[test]
    fn a_host_never_writes_a_directive() {
        assert!(policy("127.0.0.1:7171").contains("script-src http://127.0.0.1:7171/page/"));
        assert!(!policy("evil; script-src *").contains("script-src *"));
    }
}
