//! The command line: exit codes, and what `config` shows.

use crate::support::program::{run, run_in, text};

#[tokio::test]
async fn wrong_usage_is_2_and_help_is_0() {
    assert_eq!(run(&["frobnicate"], &[]).await.status.code(), Some(2));
    assert_eq!(run(&[], &[]).await.status.code(), Some(2));
    let help = run(&["--help"], &[]).await;
    assert_eq!(help.status.code(), Some(0));
    for command in [
        "run", "migrate", "backup", "restore", "database", "register", "doctor", "config", "data", "privacy",
        "health",
    ] {
        assert!(text(&help).contains(command), "{command}");
    }
}

#[tokio::test]
async fn what_a_command_needs_and_lacks_is_2_and_named() {
    let output = run(&["run"], &[]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("DISCORD_TOKEN is not set"));
}

#[tokio::test]
async fn config_shows_values_with_their_source_and_no_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join(".env"), "OPENAI_MODEL=from-file\nDISCORD_TOKEN=a.hidden.token\n")
        .expect("a file");
    let output =
        run_in(folder.path(), &["config"], &[("LOG_FORMAT", "json"), ("OPENAI_MODEL", "from-env")]).await;
    let shown = text(&output);
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let line =
        |name: &str| shown.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{shown}"));
    assert!(line("OPENAI_MODEL").ends_with("from-env  (environment)"), "{shown}");
    assert!(line("DISCORD_TOKEN").ends_with("********  (file)"), "{shown}");
    assert!(line("HTTP_ADDR").ends_with("127.0.0.1:8080  (default)"), "{shown}");
    assert!(line("REDIS_URL").ends_with("-  (not set)"), "{shown}");
    assert!(!shown.contains("hidden"), "{shown}");
}
