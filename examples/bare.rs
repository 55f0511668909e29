//! Bare serenity answering `/about`: what the benchmarks measure the bot against.
//!
//! Environment: `DISCORD_TOKEN` and `DISCORD_API_URL`, as for the bot. The rate limiter is off, as in
//! the bot, and the cache isn't compiled in.

#![expect(clippy::print_stderr, reason = "an example has no log")]

use std::error::Error;

use serenity::all::{
    Client, Context, CreateActionRow, CreateButton, CreateCommand, CreateEmbed, CreateInteractionResponse,
    CreateInteractionResponseMessage, EventHandler, GatewayIntents, HttpBuilder, Interaction, Ready,
};
use serenity::async_trait;

/// So that the answer is about as long as the bot's.
const WORDS: &str = "A bare bot has nothing to say about itself, but says it at some length, so that what is measured \
                     is the way of an answer and not the shortness of its words. That is all that there is.";

struct Bare;

#[async_trait]
impl EventHandler for Bare {
    async fn ready(&self, context: Context, ready: Ready) {
        context.http.set_application_id(ready.application.id);
        let about = CreateCommand::new("about").description("Says what this is");
        if let Err(error) = serenity::all::Command::create_global_command(&context, about).await {
            eprintln!("registering failed: {error}");
        }
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let Interaction::Command(command) = interaction else { return };
        let embed = CreateEmbed::new()
            .title("Bare")
            .description(WORDS.repeat(2))
            .field("What I keep", WORDS, false)
            .field("Version", "0.12.5", true);
        let button = CreateButton::new_link("https://discord.com/oauth2/authorize?client_id=1")
            .label("Add to a server");
        let answer = CreateInteractionResponseMessage::new()
            .embed(embed)
            .components(vec![CreateActionRow::Buttons(vec![button])]);
        if let Err(error) =
            command.create_response(&context, CreateInteractionResponse::Message(answer)).await
        {
            eprintln!("answering failed: {error}");
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let token = std::env::var("DISCORD_TOKEN")?;
    let http =
        HttpBuilder::new(&token).proxy(std::env::var("DISCORD_API_URL")?).ratelimiter_disabled(true).build();
    let mut client =
        serenity::all::ClientBuilder::new_with_http(http, GatewayIntents::GUILDS).event_handler(Bare).await?;
    Client::start_autosharded(&mut client).await?;
    Ok(())
}
