//! Settings: all mistakes at once, in words that help, and never a secret in them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use secrecy::ExposeSecret;
use troupe::config::{Problems, SECTIONS, Settings, Source, Values, docs, parse_file};

use crate::support::{loaded, program, values};

fn problems(pairs: &[(&str, &str)]) -> Vec<String> {
    let Problems(problems) = Settings::from_values(&values(pairs)).expect_err("mistakes");
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn five_mistakes_are_told_at_once_in_the_order_of_the_documentation() {
    let told = problems(&[
        ("HTTP_ADDR", "localhost"),
        ("DISCORD_TOKEN", "two words-secret"),
        ("BOT_OWNER_IDS", "80351110224678912, me"),
        ("DATABASE_URL", "mysql://root:secret@localhost/db"),
        ("AI_DISABLED", "perhaps"),
    ]);
    insta::assert_snapshot!(told.join("\n"), @r#"
    DISCORD_TOKEN: the value (not shown) has a space or a control character in it; accepted: a bot token, one word without spaces
    BOT_OWNER_IDS: "80351110224678912, me" has a part that is not a Discord user id; accepted: user ids separated by commas, such as 80351110224678912
    DATABASE_URL: the value (not shown) does not start with postgres://; accepted: postgres://user:password@host:port/database, with sslmode, sslrootcert and the driver's other options
    AI_DISABLED: "perhaps" is neither yes nor no; accepted: true or false
    HTTP_ADDR: "localhost" is not an address and a port; accepted: address:port, such as 127.0.0.1:8080, or off
    "#);
}

#[test]
fn nothing_set_gives_the_documented_defaults() {
    let loaded = loaded(&[]);
    let settings = &loaded.settings;
    assert!(settings.discord.token.is_none() && settings.cold.url.is_none() && settings.hot.url.is_none());
    assert_eq!(settings.discord.api.base(), "https://discord.com/api/v10");
    assert_eq!(settings.hot.prefix, "app:");
    assert_eq!(settings.ai.first().base_url.as_str(), "https://api.openai.com/v1");
    assert_eq!(settings.ops.http_addr.map(|address| address.to_string()).as_deref(), Some("127.0.0.1:8080"));
    assert!(!loaded.live.ai_disabled);
    assert_eq!(loaded.warnings.len(), 1, "only the missing key: {:?}", loaded.warnings);
}

#[test]
fn a_token_may_come_with_its_header_word() {
    let loaded = loaded(&[("DISCORD_TOKEN", "  Bot a.b.c  ")]);
    let token = loaded.settings.discord.token.expect("a token");
    assert_eq!(token.expose_secret(), "a.b.c");
}

#[test]
fn the_api_address_is_taken_in_all_its_usual_forms() {
    for form in ["", "/", "/api", "/api/", "/api/v10", "/api/v10/"] {
        let address = format!("http://127.0.0.1:7878{form}");
        let loaded = loaded(&[("DISCORD_API_URL", &address)]);
        assert_eq!(loaded.settings.discord.api.origin(), "http://127.0.0.1:7878", "{address}");
    }
    for wrong in
        ["127.0.0.1:7878", "ftp://x", "http://x/api/v9", "http://u:p@x", "http://x?y", "http://x:99999"]
    {
        assert_eq!(problems(&[("DISCORD_API_URL", wrong)]).len(), 1, "{wrong}");
    }
    let told = problems(&[("DISCORD_API_URL", "http://user:hidden@x")]);
    assert!(!told[0].contains("hidden"), "{told:?}");
}

#[test]
fn a_clock_is_on_this_machine_and_told_of() {
    for right in ["http://127.0.0.1:7171/_sandbox/clock", "http://localhost/clock", "http://[::1]:80/clock/"]
    {
        let loaded = loaded(&[("CLOCK_URL", right)]);
        let url = loaded.settings.ops.clock_url.expect("an address");
        assert_eq!(url.as_str(), right.trim_end_matches('/').replace(":80/", "/"));
        assert!(loaded.warnings.iter().any(|warning| warning.contains("CLOCK_URL")), "{:?}", loaded.warnings);
    }
    for wrong in [
        "https://127.0.0.1/clock",
        "http://example.org/clock",
        "http://0.0.0.0/clock",
        "http://127.0.0.1.example.org/clock",
        "http://u:p@127.0.0.1/clock",
        "http://127.0.0.1/clock?unless_offset_ms=1",
        "127.0.0.1:7171",
        "now",
    ] {
        let told = problems(&[("CLOCK_URL", wrong)]);
        assert!(told.len() == 1 && told[0].starts_with("CLOCK_URL: "), "{wrong}: {told:?}");
    }
}

#[test]
fn the_namespace_follows_the_environment_unless_a_prefix_is_given() {
    let prefix = |pairs: &[(&str, &str)]| loaded(pairs).settings.hot.prefix;
    assert_eq!(prefix(&[("ENVIRONMENT", "production")]), "prod:");
    assert_eq!(prefix(&[("ENVIRONMENT", "staging")]), "stg:");
    assert_eq!(prefix(&[("ENVIRONMENT", "production"), ("REDIS_PREFIX", "mine")]), "mine:");
    assert_eq!(prefix(&[("REDIS_PREFIX", "a:b:")]), "a:b:");
    assert_eq!(problems(&[("REDIS_PREFIX", "a{b}")]).len(), 1);
    assert_eq!(problems(&[("REDIS_PREFIX", ":")]).len(), 1);
}

#[test]
fn production_does_not_send_its_token_in_the_clear() {
    let exposed = ("DISCORD_API_URL", "http://discord.example");
    assert_eq!(problems(&[exposed, ("ENVIRONMENT", "production")]).len(), 1);
    assert!(loaded(&[exposed]).warnings.iter().any(|warning| warning.contains("in the clear")));
    for local in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://discord.example"] {
        let loaded = loaded(&[("DISCORD_API_URL", local), ("ENVIRONMENT", "production")]);
        assert!(!loaded.warnings.iter().any(|warning| warning.contains("in the clear")), "{local}");
    }
}

#[test]
fn encryption_that_is_asked_for_is_not_silently_left_out() {
    for options in
        ["sslmode=allow", "sslmode=REQUIRE", "sslmode=prefer&sslrootcert=/ca.pem", "sslrootcert=/ca.pem"]
    {
        let url = format!("postgres://u:p@h/d?application_name=x&{options}");
        assert!(problems(&[("DATABASE_URL", &url)])[0].contains("sslmode"), "{options}");
    }
    for options in ["", "?sslmode=disable", "?sslmode=prefer", "?sslmode=%72equire", "?sslmode=verify-full"] {
        let url = format!("postgres://u:p@h/d{options}");
        assert!(loaded(&[("DATABASE_URL", &url)]).settings.cold.url.is_some(), "{url}");
    }
}

#[test]
fn several_addresses_of_redis_are_one_cluster_or_a_mistake() {
    let cluster = ("REDIS_CLUSTER", "true");
    let nodes = "redis://:a,b@h1:1, redis://:a,b@h2:2";
    let settings = loaded(&[("REDIS_URL", nodes), cluster]).settings.hot;
    assert!(settings.cluster && settings.url.is_some());
    assert!(
        loaded(&[("REDIS_URL", "redis://:a,b@h1")]).settings.hot.url.is_some(),
        "a password may have a comma"
    );
    for (url, further, what) in [
        (nodes, ("REDIS_CLUSTER", "false"), "set REDIS_CLUSTER=true"),
        ("redis://h/3", cluster, "only database 0"),
        ("redis://:a@h,redis://:b@i", cluster, "different users, passwords"),
        ("redis://h,rediss://i", cluster, "different users, passwords or kinds"),
        ("redis://h,http://i", cluster, "not a number"),
        ("http://h", cluster, "does not start with redis:// or rediss://"),
        ("rediss://h#insecure", cluster, "check of certificates"),
        ("redis://h/x", cluster, "not a number"),
    ] {
        let told = problems(&[("REDIS_URL", url), further]).join("\n");
        assert!(told.contains(what), "{url}: {told}");
    }
    assert!(
        loaded(&[("REDIS_URL", "rediss://h"), ("REDIS_CA_FILE", "/ca.pem")]).settings.hot.ca_file.is_some()
    );
}

#[test]
fn the_chain_of_models_is_whole_or_a_mistake() {
    let ai = |pairs: &[(&str, &str)]| loaded(pairs).settings.ai;
    let first = [("AI_FALLBACK_1_BASE_URL", "http://a.example/v1"), ("AI_FALLBACK_1_MODEL", "a")];
    let second = [("AI_FALLBACK_2_BASE_URL", "http://b.example/v1"), ("AI_FALLBACK_2_MODEL", "b")];
    let names: Vec<_> = ai(&[first, second].concat()).chain.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["primary", "fallback-1", "fallback-2"]);
    assert_eq!(ai(&[]).chain.len(), 1);

    for (pairs, what) in [
        (second.to_vec(), "AI_FALLBACK_2_BASE_URL is set, and AI_FALLBACK_1_BASE_URL is not"),
        (first[..1].to_vec(), "AI_FALLBACK_1_BASE_URL is set, and AI_FALLBACK_1_MODEL is not"),
        (first[1..].to_vec(), "AI_FALLBACK_1_MODEL is set, and AI_FALLBACK_1_BASE_URL is not"),
        (
            [first.to_vec(), vec![("AI_FALLBACK_1_NAME", "primary")]].concat(),
            "is another provider's name already",
        ),
        (vec![("OPENAI_PRICE_IN", "0.15")], "set both OPENAI_PRICE_IN and OPENAI_PRICE_OUT"),
        (vec![("OPENAI_PRICE_IN", "cheap"), ("OPENAI_PRICE_OUT", "1")], "is not a decimal number"),
        (vec![("OPENAI_RPM", "0")], "is not a whole number above 0"),
        (vec![("AI_ANSWER_TIMEOUT_MS", "1")], "is out of range"),
    ] {
        let told = problems(&pairs);
        assert!(told.len() == 1 && told[0].contains(what), "{what}: {told:?}");
    }
    let warned = loaded(&[&first[..], &[("AI_FALLBACK_1_API_KEY", "k")]].concat()).warnings.join("\n");
    assert!(warned.contains("AI_FALLBACK_1_BASE_URL: http://a.example/v1 would be sent the key"), "{warned}");
    let warned = loaded(&[("AI_FALLBACK_1_RPM", "5")]).warnings.join("\n");
    assert!(warned.contains("AI_FALLBACK_1_RPM is not used"), "{warned}");
}

#[test]
fn traces_go_nowhere_unasked_and_their_headers_are_not_shown() {
    let traces = loaded(&[]).settings.traces;
    assert!(traces.endpoint.is_none() && !traces.values && traces.headers.is_empty());
    assert_eq!((traces.service.as_str(), traces.ratio), ("troupe", 1.0));

    let told = problems(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4317"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
        ("TRACE_VALUES", "some"),
    ]);
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(!told.join("\n").contains("secret"), "{told:#?}");

    let warned = |pairs: &[(&str, &str)]| {
        let warnings = loaded(pairs).warnings;
        warnings
            .into_iter()
            .filter(|warning| warning.contains("OTEL") || warning.contains("TRACE"))
            .collect::<Vec<_>>()
    };
    let (here, away) = ("http://127.0.0.1:4318", "http://collector.example:4318");
    assert!(warned(&[("OTEL_EXPORTER_OTLP_ENDPOINT", here), ("TRACE_VALUES", "true")]).is_empty());
    let told = warned(&[
        ("OTEL_EXPORTER_OTLP_ENDPOINT", away),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret"),
        ("TRACE_VALUES", "true"),
    ]);
    assert!(told.len() == 2 && !told.concat().contains("secret"), "{told:#?}");
}

#[test]
fn a_slip_in_a_name_is_pointed_out_without_its_value() {
    let loaded = loaded(&[("DISCORD_TOKN", "secret-value"), ("redis_url", "secret-value"), ("PATH", "/bin")]);
    let told = loaded.warnings.join("\n");
    assert!(told.contains("DISCORD_TOKN is not a setting of Troupe; did you mean DISCORD_TOKEN?"), "{told}");
    assert!(told.contains("did you mean REDIS_URL?"), "{told}");
    assert!(!told.contains("secret-value") && !told.contains("PATH"), "{told}");
}

#[test]
fn the_environment_wins_over_the_file_even_when_it_is_blank() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let values = Values::merge(
        [pair("A", "environment"), pair("B", "")],
        [pair("A", "file"), pair("B", "file"), pair("C", "file")],
    );
    assert_eq!(values.get("A"), Some(("environment", Source::Environment)));
    assert_eq!(values.get("B"), None);
    assert_eq!(values.get("C"), Some(("file", Source::File)));
}

#[test]
fn lines_of_the_file_that_do_not_parse_are_told_by_number_and_not_quoted() {
    let text = "\u{feff}# a comment\nHTTP_ADDR=off\n\nsecret without a name\nOPENAI_MODEL='two words'\nRUST_LOG=a b\n\
                DISCORD_TOKEN='secret\nwithout end\n";
    let mut problems = Vec::new();
    let parsed = parse_file(".env", text, &mut problems);
    assert_eq!(parsed.get("HTTP_ADDR").map(String::as_str), Some("off"));
    assert_eq!(parsed.get("OPENAI_MODEL").map(String::as_str), Some("two words"));
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:#?}");
    for (line, number) in told.iter().zip([4, 6, 7]) {
        assert!(line.starts_with(&format!(".env, line {number}: ")), "{line}");
        assert!(!line.contains("secret"), "{line}");
    }
}

#[tokio::test]
async fn the_program_tells_all_mistakes_and_exits_with_2() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(".env"), "SHUTDOWN_GRACE_S=soon\nDISCORD_SHARDS=0\n").expect("a file");
    let output = program::run_in(folder.path(), &["run"], &[("LOG_FORMAT", "xml")]).await;
    let told = program::text(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    for name in ["SHUTDOWN_GRACE_S", "DISCORD_SHARDS", "LOG_FORMAT"] {
        assert!(told.contains(&format!("  {name}: ")), "{told}");
    }
    let missing = program::run(&["--env-file", "nowhere.env", "run"], &[]).await;
    assert_eq!(missing.status.code(), Some(2));
    assert!(program::text(&missing).contains("nowhere.env: can't be read"));
}

fn names() -> Vec<&'static str> {
    SECTIONS.iter().flat_map(|section| section.variables).map(|variable| variable.name).collect()
}

fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,80}",
        "(postgres|redis|rediss|http|https|Bot )(://)?[a-z:@/?=&%#.0-9]{0,40}",
        "[0-9,. :-]{1,30}",
    ]
}

proptest! {
    #[test]
    fn no_values_panic_and_each_problem_is_one_line(values in proptest::collection::btree_map(
        proptest::sample::select(names()), any_value(), 0..8,
    )) {
        let values = Values::merge(values.into_iter().map(|(name, value)| (name.to_owned(), value)), BTreeMap::new());
        if let Err(Problems(problems)) = Settings::from_values(&values) {
            for problem in problems {
                prop_assert!(problem.to_string().lines().count() == 1, "{problem}");
            }
        }
        let listing = docs::effective(&values);
        prop_assert_eq!(listing.lines().count(), names().len());
    }

    #[test]
    fn no_file_panics_the_parser(text in any::<String>()) {
        parse_file(".env", &text, &mut Vec::new());
    }

    /// The secret sits in a valid or a spoilt value of each secret variable; nothing that can be printed has it.
    #[test]
    fn secrets_never_show(secret in "[a-zA-Z0-9]{12,40}", spoil in proptest::sample::select(vec!["", " ", "\u{7}", "é", "@", "://"])) {
        let hidden = format!("{secret}{spoil}x");
        let database = format!("postgres://u:{hidden}@h/d");
        let redis = format!("redis://:{hidden}@h/0");
        let pairs = [
            ("DISCORD_TOKEN", hidden.as_str()), ("DATABASE_URL", &database), ("REDIS_URL", &redis),
            ("OPENAI_API_KEY", &hidden), ("DISCORD_TOKN", &hidden), ("AI_FALLBACK_1_API_KEY", &hidden),
            ("AI_FALLBACK_1_BASE_URL", "http://model.example"), ("AI_FALLBACK_1_MODEL", "m"),
        ];
        let values = values(&pairs);
        let printed = format!("{values:?}{}{:?}", docs::effective(&values), Settings::from_values(&values));
        prop_assert!(!printed.contains(&secret), "{printed}");
    }
}
