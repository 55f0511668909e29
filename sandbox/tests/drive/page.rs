//! The page's files: whole, guarded, and behind a policy under which nothing hostile runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reqwest::{Client, Response, StatusCode, header};
use troupe_sandbox::drive::LocalDiscord;

async fn get(discord: &LocalDiscord, path: &str, headers: &[(header::HeaderName, &str)]) -> Response {
    let http = Client::builder().no_proxy().build().unwrap();
    let request = http.get(format!("{}{path}", discord.url())).header(header::ACCEPT, "text/html");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
    request.send().await.unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("page")
}

/// Every file below a folder, as paths from there.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

#[tokio::test]
async fn every_file_is_in_the_binary_with_the_policy_on_it() {
    let discord = LocalDiscord::start().await.unwrap();
    for file in files(&folder()).into_iter().filter(|file| !file.ends_with(".test.mjs")) {
        let answer = get(&discord, &format!("/page/{file}"), &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
        let headers = answer.headers().clone();
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(policy.contains("require-trusted-types-for 'script'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.bytes().await.unwrap(), std::fs::read(folder().join(&file)).unwrap(), "{file}");
        let tag = headers[header::ETAG].to_str().unwrap();
        let again = get(&discord, &format!("/page/{file}"), &[(header::IF_NONE_MATCH, tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{file}");
    }
    discord.finish().await.unwrap();
}

#[tokio::test]
async fn only_this_machine_gets_the_page_and_programs_get_a_greeting() {
    let discord = LocalDiscord::start().await.unwrap();
    let page = get(&discord, "/", &[]).await;
    assert_eq!(page.headers()[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("/page/app.js"));
    for path in ["/", "/page/app.js", "/_sandbox/view?as=Max"] {
        let foreign = get(&discord, path, &[(header::HOST, "evil.example")]).await;
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN, "{path}");
    }
    for path in ["/page/nothing.js", "/page/../Cargo.toml", "/page/%2e%2e/Cargo.toml", "/page//etc/passwd"] {
        assert_eq!(get(&discord, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let http = Client::builder().no_proxy().build().unwrap();
    let greeting = http.get(discord.url()).send().await.unwrap().text().await.unwrap();
    assert!(greeting.contains("open this address in a browser"), "{greeting}");
    discord.finish().await.unwrap();
}

/// A module that imports what isn't there, or the net, would leave the page blank.
#[test]
fn what_the_page_names_is_there_and_nothing_is_from_elsewhere() {
    let all = files(&folder());
    let page = std::fs::read_to_string(folder().join("index.html")).unwrap();
    for address in quoted_after(&page, &["src=", "href="]) {
        let file = address.strip_prefix("/page/").unwrap_or_else(|| panic!("from elsewhere: {address}"));
        assert!(all.contains(file), "index.html names {file}");
    }
    for script in all.iter().filter(|file| is(file, "js")) {
        let text = std::fs::read_to_string(folder().join(script)).unwrap();
        for address in quoted_after(&text, &["from ", "from", "import ", "import("]) {
            // A sentence may say "from" too; a module's address begins so.
            if address.starts_with('.') {
                let named = folder().join(script).parent().unwrap().join(&address);
                assert!(named.exists(), "{script} imports {address}");
            } else {
                assert!(!address.contains("//") && !is(&address, "js"), "{script} imports {address}");
            }
        }
        let markup = [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
        ];
        if !script.starts_with("vendor/") {
            for way in markup {
                assert!(!text.contains(way), "{script} makes markup or code of text: {way}");
            }
        }
    }
    let sheets = all.iter().filter(|file| is(file, "css"));
    for sheet in sheets {
        let text = std::fs::read_to_string(folder().join(sheet)).unwrap();
        for address in quoted_after(&text, &["url("]) {
            let file = address.strip_prefix("/page/").unwrap_or_else(|| panic!("from elsewhere: {address}"));
            assert!(all.contains(file), "{sheet} names {file}");
        }
    }
}

fn is(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|own| own == extension)
}

/// What stands in double quotes right after one of these.
fn quoted_after(text: &str, before: &[&str]) -> Vec<String> {
    let starts = before.iter().flat_map(|before| {
        let start = format!("{before}\"");
        text.match_indices(&start).map(|(at, start)| at + start.len()).collect::<Vec<_>>()
    });
    starts.map(|at| text[at..].split('"').next().unwrap_or_default().to_owned()).collect()
}
