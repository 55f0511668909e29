//! The doctor: checks every setting and dependency against the real thing and says what to do about each fault.
//!
//! All checks run at once, each within [`DEADLINE`], and are reported in a fixed order. Findings are written
//! from what this code knows (status codes, versions, names): bodies and addresses that came from outside
//! are not repeated, since they may hold what must not be shown.

pub(crate) mod client;
mod discord;
mod hot;
mod local;
mod model;
mod report;
mod stores;
mod traces;

use std::time::Duration;

use crate::config::{ColdSettings, Loaded, Problems, Settings};

pub use self::report::{Finding, Level, Report};

/// Longest time that any check may take.
pub const DEADLINE: Duration = Duration::from_secs(5);

/// Examines an installation whose settings are sound.
pub async fn examine(loaded: &Loaded) -> Report {
    let settings = &loaded.settings;
    let mut findings = local::settings(loaded);
    let (data, http, clock, discord, postgres, redis, model, traces) = futures::join!(
        bounded("data directory", local::data_directory(&settings.ops.data_dir)),
        bounded("HTTP_ADDR", local::http_address(settings.ops.http_addr)),
        bounded("CLOCK_URL", local::clock(settings.ops.clock_url.as_ref())),
        bounded("discord", discord::check(&settings.discord)),
        bounded("postgres", database(settings)),
        bounded("redis", hot::check(&settings.hot)),
        bounded("model", model::check(&settings.ai)),
        bounded("traces", traces::check(&settings.traces)),
    );
    findings.extend([data, http, clock, discord, postgres, redis, model, traces].into_iter().flatten());
    Report { findings }
}

/// The database that the settings name, or the private one: its server is asked where it runs.
async fn database(settings: &Settings) -> Vec<Finding> {
    if settings.cold.url.is_some() {
        return stores::postgres(&settings.cold).await;
    }
    let (mut findings, url) = local::private_database(settings).await;
    if url.is_some() {
        let running = ColdSettings { url, ..settings.cold.clone() };
        findings.extend(stores::postgres(&running).await);
    }
    findings
}

/// The report on settings that did not load: without them there is nothing else to check.
pub fn settings_only(problems: &Problems) -> Report {
    let mistakes = problems.0.iter().map(|problem| Finding::fail("settings", problem.to_string()));
    Report { findings: mistakes.collect() }
}

async fn bounded(check: &'static str, work: impl Future<Output = Vec<Finding>>) -> Vec<Finding> {
    // On the heap: five HTTP and database clients side by side are too much for one stack frame.
    tokio::time::timeout(DEADLINE, Box::pin(work)).await.unwrap_or_else(|_| {
        let seconds = DEADLINE.as_secs();
        vec![Finding::fail(
            check,
            format!("no result within {seconds} s; is the network slow, or a firewall in the way?"),
        )]
    })
}
