//! A real browser, driven by WebDriver: Chromium without a window, watched for anything that runs uninvited.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    wd::WebDriverCompatibleCommand,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::{
    eventually, find_program,
    ports::{Port, free_port},
};

/// Watches a page from before its first script: what the policy stopped, what failed, and how long frames took.
const WATCH: &str = r"
window.__seen = { violations: [], errors: [], frames: [], long: [] };
document.addEventListener('securitypolicyviolation', (event) => {
  window.__seen.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
addEventListener('error', (event) => {
  if (event.message) window.__seen.errors.push(event.message);
});
addEventListener('unhandledrejection', (event) => window.__seen.errors.push(String(event.reason)));
try {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.__seen.long.push(entry.duration);
  }).observe({ entryTypes: ['longtask'] });
} catch {}
";

/// Chromium with its driver; both end with this.
pub struct Browser {
    pub client: Client,
    driver: Child,
    _port: Port,
    _profile: TempDir,
    shots: Option<PathBuf>,
}

/// A command of Chromium's own protocol.
#[derive(Debug)]
struct DevTools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (hyper::Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (hyper::Method::POST, Some(body.to_string()))
    }
}

impl Browser {
    /// Opens a browser with a window of this size.
    pub async fn open(width: u32, height: u32) -> Self {
        let program = find_program("chromedriver", vec!["/usr/lib/chromium".into()]);
        let (port, profile) = (free_port(), tempfile::tempdir().expect("a temporary folder"));
        let driver = Command::new(program)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver starts");
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--disable-gpu".into(),
            "--disable-dev-shm-usage".into(),
            "--force-color-profile=srgb".into(),
            "--lang=en-US".into(),
            "--no-first-run".into(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", profile.path().display()),
        ];
        if rustix::process::geteuid().is_root() {
            // Chromium's own sandbox refuses to run as root.
            arguments.push("--no-sandbox".into());
        }
        let mut wanted = fantoccini::wd::Capabilities::new();
        wanted.insert("goog:chromeOptions".into(), json!({ "args": arguments }));
        let address = format!("http://127.0.0.1:{port}");
        let client = eventually("a browser", async || {
            let connector = hyper_util::client::legacy::connect::HttpConnector::new();
            ClientBuilder::new(connector).capabilities(wanted.clone()).connect(&address).await.ok()
        })
        .await;
        let shots = std::env::var_os("PAGE_SCREENSHOTS").map(PathBuf::from);
        let browser = Self { client, driver, _port: port, _profile: profile, shots };
        browser.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        browser.size(width, height).await;
        browser
    }

    async fn tell(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(DevTools { command, parameters }).await.expect(command)
    }

    /// Makes the page this large, whatever the window's frame takes.
    pub async fn size(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Waits for the first element that fits, and gives it.
    pub async fn find(&self, css: &str) -> Element {
        eventually(css, async || self.client.find(Locator::Css(css)).await.ok()).await
    }

    /// Waits until an element's text contains these words, and gives the text.
    pub async fn reads(&self, css: &str, words: &str) -> String {
        eventually(&format!("{words:?} in {css}"), async || {
            let text = self.text(css).await;
            text.contains(words).then_some(text)
        })
        .await
    }

    /// The text of all elements that fit, a line each.
    pub async fn text(&self, css: &str) -> String {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map((it) => it.innerText).join('\\n')";
        self.run(script, vec![json!(css)]).await.as_str().unwrap_or_default().to_owned()
    }

    /// The text of the last element that fits.
    pub async fn last(&self, css: &str) -> String {
        let script = "return [...document.querySelectorAll(arguments[0])].at(-1)?.innerText ?? ''";
        self.run(script, vec![json!(css)]).await.as_str().unwrap_or_default().to_owned()
    }

    /// How many elements fit.
    pub async fn count(&self, css: &str) -> u64 {
        let script = "return document.querySelectorAll(arguments[0]).length";
        self.run(script, vec![json!(css)]).await.as_u64().unwrap_or_default()
    }

    /// Waits until none fits.
    pub async fn gone(&self, css: &str) {
        eventually(&format!("no {css}"), async || (self.count(css).await == 0).then_some(())).await;
    }

    /// Clicks the first element that fits, as soon as it can be.
    pub async fn click(&self, css: &str) {
        let clicked = async || self.client.find(Locator::Css(css)).await.ok()?.click().await.ok();
        eventually(&format!("a click on {css}"), clicked).await;
    }

    /// Clicks the first element that fits and whose text, or label, contains these words.
    pub async fn click_on(&self, css: &str, words: &str) {
        let pick = "const found = [...document.querySelectorAll(arguments[0])].find((it) => \
            `${it.innerText} ${it.getAttribute('aria-label') ?? ''} ${it.title}`.includes(arguments[1])); \
            document.querySelector('[data-picked]')?.removeAttribute('data-picked'); \
            found?.setAttribute('data-picked', ''); return found !== undefined";
        eventually(&format!("a click on {css} with {words:?}"), async || {
            let found = self.run(pick, vec![json!(css), json!(words)]).await;
            let element = self.client.find(Locator::Css("[data-picked]")).await.ok()?;
            (found == true).then_some(element.click().await.ok()).flatten()
        })
        .await;
    }

    /// Types keys into whatever has the focus.
    pub async fn types(&self, text: &str) {
        let keys = text.chars().fold(KeyActions::new("keys".into()), |keys, value| {
            keys.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client.perform_actions(keys).await.expect("keys are typed");
    }

    /// Presses one key, such as [`fantoccini::key::Key::Enter`].
    pub async fn key(&self, key: fantoccini::key::Key) {
        self.types(&char::from(key).to_string()).await;
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Writes a picture of the page to `PAGE_SCREENSHOTS`, if that is set.
    pub async fn shot(&self, name: &str) {
        let Some(folder) = &self.shots else { return };
        let picture = self.client.screenshot().await.expect("a screenshot");
        write(&folder.join(format!("{name}.png")), &picture);
    }

    /// Asserts that nothing ran or broke that should not have.
    pub async fn was_quiet(&self) {
        let seen = self.run("return window.__seen", vec![]).await;
        assert_eq!((&seen["violations"], &seen["errors"]), (&json!([]), &json!([])), "{seen}");
    }

    /// Ends the browser; nothing ran or broke that should not have.
    pub async fn close(self) {
        self.was_quiet().await;
        self.abandon().await;
    }

    /// Ends the browser, whatever it saw.
    pub async fn abandon(mut self) {
        self.client.clone().close().await.expect("the browser ends");
        self.driver.kill().await.expect("the driver ends");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser is a child of its driver: a test that fails leaves neither behind.
        if let Some(group) = self.driver.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()))
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for pictures");
    std::fs::write(path, bytes).expect("a picture is written");
}

/// How long the longest uninterrupted pieces of the page's work were.
pub async fn long_tasks(browser: &Browser) -> Vec<Duration> {
    let long = browser.run("return window.__seen.long", vec![]).await;
    let long = long.as_array().cloned().unwrap_or_default();
    long.iter().filter_map(Value::as_f64).map(|ms| Duration::from_secs_f64(ms / 1_000.0)).collect()
}
