//! How fast, how many, how much memory.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use troupe_sandbox::control::load::Load;

use crate::{
    Outcome,
    bot::{Kind, Running},
    figures::{between, percentile_ms, rounded},
    model::Pace,
    stage::{Begin, Stage, Talk},
    unlimited::unlimited,
};

type Report = Map<String, Value>;

/// Talks under way at once when the rate is measured.
const IN_FLIGHT: usize = 64;

fn report(value: Value) -> Report {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// Whole talks a second, and processor time of one, next to a bare `/about`.
pub(crate) async fn rate() -> Outcome<Report> {
    let total = setting("BENCH_TALKS", 20_000)?;
    eprintln!("rate: {total} talks, {IN_FLIGHT} under way");
    let mut stage = Stage::start(0, &[]).await?;
    stage.warm_up().await?;
    let before_rows = stage.persisted().await?;
    let (cpu, started) = (stage.bot.cpu_us()?, Instant::now());
    stage.talk(total, Begin::InFlight(IN_FLIGHT)).await?;
    let answered = started.elapsed();
    while stage.persisted().await? < before_rows + i64::try_from(total)? {
        if started.elapsed() > answered + Duration::from_secs(30) {
            return Err("not all talks were persisted".into());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let elapsed = started.elapsed();
    let cpu = stage.bot.cpu_us()? - cpu;
    drop(stage);
    let bare = bare_cpu().await?;
    #[expect(clippy::cast_precision_loss, reason = "a rounded figure")]
    let per_second = total as f64 / elapsed.as_secs_f64();
    Ok(report(json!({
        "talks_per_s": rounded(per_second),
        "cpu_us_per_talk": cpu / u64::try_from(total)?,
        "cpu_us_per_about_bare": bare,
    })))
}

async fn bare_cpu() -> Outcome<u64> {
    let discord = unlimited().await?;
    let bot = Running::start(Kind::Bare, &discord)?;
    discord.bot_ready_with(&["about"]).await?;
    discord.load(&about(5_000, IN_FLIGHT)).await?;
    let before = bot.cpu_us()?;
    let loaded = discord.load(&about(50_000, IN_FLIGHT)).await?;
    Ok((bot.cpu_us()? - before) / u64::try_from(loaded.completed.max(1))?)
}

fn about(total: usize, in_flight: usize) -> Load {
    Load {
        user: None,
        channel: "general".into(),
        command: "about".into(),
        options: Map::new(),
        app: None,
        total,
        in_flight,
        distinct_users: false,
        timeout_ms: None,
    }
}

/// What Troupe adds: before the model is asked, and from its words to the screen; at half of the rate, and alone.
pub(crate) async fn latency(rate: Option<f64>) -> Outcome<Report> {
    let half = (rate.unwrap_or(400.0) / 2.0).max(1.0);
    eprintln!("latency: {half:.0} talks a second");
    let mut stage = Stage::start(0, &[]).await?;
    stage.warm_up().await?;
    let alone = stage.talk(500, Begin::InFlight(1)).await?;
    let loaded = stage.talk(5_000, Begin::Every(Duration::from_secs_f64(1.0 / half))).await?;
    let direct = direct(&stage).await?;
    let mut fields = Report::new();
    for (name, talks) in [("", &loaded), ("alone_", &alone)] {
        let mut added: Vec<_> = talks.iter().filter_map(added).collect();
        let mut first: Vec<_> = talks.iter().filter_map(first_words).collect();
        for percent in [50, 99] {
            fields.insert(format!("{name}added_ms_p{percent}"), json!(percentile_ms(&mut added, percent)));
            fields.insert(
                format!("{name}first_words_ms_p{percent}"),
                json!(percentile_ms(&mut first, percent)),
            );
        }
    }
    fields.insert("latency_talks_per_s".to_owned(), json!(rounded(half)));
    fields.insert("model_direct_ms_p50".to_owned(), json!(direct));
    Ok(fields)
}

fn added(talk: &Talk) -> Option<Duration> {
    between(Some(talk.sent), talk.asked.map(|asked| asked.at))
}

fn first_words(talk: &Talk) -> Option<Duration> {
    between(talk.asked.map(|asked| asked.spoke), talk.shown)
}

/// The model, asked by nobody but this benchmark.
async fn direct(stage: &Stage) -> Outcome<f64> {
    let client = reqwest::Client::new();
    let body = json!({ "model": "bench", "stream": true, "messages": [{ "role": "user", "content": "#0" }] });
    let mut samples = Vec::new();
    for _ in 0..500 {
        let started = Instant::now();
        let url = format!("{}/chat/completions", stage.model.url);
        client.post(url).json(&body).send().await?.bytes().await?;
        samples.push(started.elapsed());
    }
    Ok(percentile_ms(&mut samples, 50))
}

/// The callback of an admitted command at 1,000 a second, next to bare serenity's. The model is silent until all have
/// been admitted: on two cores, with the local Discord, the model and both stores beside the bot, whole talks would
/// need more processors than there are.
pub(crate) async fn callback() -> Outcome<Report> {
    eprintln!("callback: 1,000 a second");
    let every = Duration::from_millis(1);
    let mut stage = Stage::start(0, &[]).await?;
    stage.warm_up().await?;
    stage.model.set_pace(Pace { first: Duration::from_secs(8), tokens: 1, every: Duration::ZERO });
    let talks = stage.talk(4_000, Begin::Every(every)).await?;
    let mut ours: Vec<_> =
        talks.iter().filter_map(|talk| between(Some(talk.sent), talk.acknowledged)).collect();
    drop(stage);
    let mut bare = crate::stage::bare_callbacks(10_000, every).await?;
    let (ours_p99, bare_p99) = (percentile_ms(&mut ours, 99), percentile_ms(&mut bare, 99));
    Ok(report(json!({
        "callback_ms_p50": percentile_ms(&mut ours, 50),
        "callback_ms_p99": ours_p99,
        "callback_bare_ms_p50": percentile_ms(&mut bare, 50),
        "callback_bare_ms_p99": bare_p99,
        "callback_over_bare_ms_p99": rounded(ours_p99 - bare_p99),
    })))
}

/// Many answers streaming at once, in times of one.
pub(crate) async fn streams() -> Outcome<Report> {
    eprintln!("streams: 64 at once, next to one");
    let mut stage = Stage::start(0, &[]).await?;
    stage.warm_up().await?;
    stage.model.set_pace(Pace { first: Duration::ZERO, tokens: 60, every: Duration::from_millis(50) });
    let one = longest(&stage.talk(1, Begin::InFlight(1)).await?);
    let many = longest(&stage.talk(64, Begin::InFlight(64)).await?);
    Ok(report(json!({
        "stream_one_ms": u64::try_from(one.as_millis())?,
        "streams_64_ms": u64::try_from(many.as_millis())?,
        "streams_64_ratio": rounded(many.as_secs_f64() / one.as_secs_f64()),
    })))
}

fn longest(talks: &[Talk]) -> Duration {
    talks.iter().filter_map(|talk| between(Some(talk.sent), talk.done)).max().unwrap_or_default()
}

/// Memory at rest, with many guilds, and while many answers stream.
pub(crate) async fn memory() -> Outcome<Report> {
    let guilds = setting("BENCH_GUILDS", 10_000)?;
    eprintln!("memory: at rest, with {guilds} guilds, with 1,000 streams");
    let mut stage = Stage::start(0, &[]).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let rest = stage.bot.rss_mib()?;
    stage.warm_up().await?;
    let warm = stage.bot.rss_mib()?;
    stage.model.set_pace(Pace { first: Duration::ZERO, tokens: 60, every: Duration::from_millis(250) });
    let pid_peak = stage.talk(1_000, Begin::InFlight(1_000)).await.map(|_| stage.bot.peak_mib())??;
    drop(stage);
    let stage = Stage::start(guilds, &[]).await?;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let many = stage.bot.rss_mib()?;
    Ok(report(json!({
        "rss_mib_rest": rest,
        "rss_mib_warm": warm,
        "rss_mib_1000_streams": pid_peak,
        "rss_mib_guilds": many,
        "guilds": guilds,
    })))
}

fn setting(name: &str, default: usize) -> Outcome<usize> {
    match std::env::var(name) {
        Ok(value) => value.parse().map_err(|_| format!("{name} takes a whole number, not {value:?}").into()),
        Err(_) => Ok(default),
    }
}
