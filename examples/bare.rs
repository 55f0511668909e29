//! Bare serenity answering `/about`: what the benchmarks measure the bot against.
//!
//! Environment: `DISCORD_TOKEN` and `DISCORD_API_URL`, as for the bot. The rate limiter is off, as in
//! the bot, and the cache isn't compiled in.

#![expect(clippy::print_stderr, reason = "an example has no log")]

use std::error::Error;

use serenity::all::{
    Client, Context, CreateCommand, CreateInteractionResponse, CreateInteractionResponseMessage,
    EventHandler, GatewayIntents, HttpBuilder, Interaction, Ready,
};
use serenity::async_trait;

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
        let answer = CreateInteractionResponseMessage::new().content("A bare bot.").ephemeral(true);
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
