//! The bot's settings on this stage.

use secrecy::{ExposeSecret, SecretString};

/// Limits that nothing here meets.
pub(crate) fn unlimited() -> Vec<(String, String)> {
    let mut settings = vec![
        ("DISCORD_REQUESTS_PER_SECOND".to_owned(), "100000".to_owned()),
        ("AI_CONCURRENCY_GLOBAL".to_owned(), "10000".to_owned()),
        ("AI_CONCURRENCY_PER_GUILD".to_owned(), "10000".to_owned()),
        ("FREE_USER_WINDOW".to_owned(), "10000/1".to_owned()),
        ("FREE_GUILD_WINDOW".to_owned(), "10000/1".to_owned()),
    ];
    for of in ["USER", "GUILD", "TOKENS"] {
        for time in ["DAY", "WEEK"] {
            settings.push((format!("FREE_TALK_{of}_{time}"), "1000000000".to_owned()));
        }
    }
    settings
}

/// Where the model and the stores are.
pub(crate) fn places(model: &str, redis: &SecretString, database: &SecretString) -> Vec<(String, String)> {
    vec![
        ("OPENAI_BASE_URL".to_owned(), model.to_owned()),
        ("REDIS_URL".to_owned(), redis.expose_secret().to_owned()),
        ("DATABASE_URL".to_owned(), database.expose_secret().to_owned()),
    ]
}
