//! A small bot on serenity: it answers, whispers, thinks first, opens a modal, suggests, says nothing.

use std::time::Duration;

use serenity::all::{
    ActionRowComponent, ButtonStyle, ClientBuilder, CommandInteraction, CommandOptionType, CommandType,
    ComponentInteraction, Context, CreateActionRow, CreateAllowedMentions, CreateAutocompleteResponse,
    CreateButton, CreateCommand, CreateCommandOption, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateModal, CreateSelectMenu,
    CreateSelectMenuKind, CreateSelectMenuOption, EditInteractionResponse, EventHandler, GatewayIntents,
    Http, HttpBuilder, InputTextStyle, Interaction, ModalInteraction, Ready,
};
use serenity::async_trait;
use tokio::task::JoinHandle;
use troupe_sandbox::drive::LocalDiscord;

/// Stops the bot when it is dropped.
pub(crate) struct Bot(JoinHandle<()>);

impl Drop for Bot {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What the bot registers.
pub(crate) const COMMANDS: [&str; 9] =
    ["ping", "whisper", "think", "panel", "order", "greet", "mute", "Inspect", "Quote"];

/// Starts the bot on a sandbox, and waits until it is ready.
pub(crate) async fn start(discord: &LocalDiscord) -> Bot {
    let http: Http =
        HttpBuilder::new(discord.token()).proxy(discord.url()).ratelimiter_disabled(true).build();
    let mut client = ClientBuilder::new_with_http(http, GatewayIntents::GUILDS)
        .event_handler(Handler)
        .await
        .expect("the client is built");
    let bot = Bot(tokio::spawn(async move {
        client.start().await.expect("the bot runs");
    }));
    discord.bot_ready_with(&COMMANDS).await.unwrap();
    bot
}

struct Handler;

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, context: Context, _: Ready) {
        let dish = CreateCommandOption::new(CommandOptionType::String, "dish", "Which").required(true);
        let who = CreateCommandOption::new(CommandOptionType::User, "who", "Whom").required(true);
        let commands = COMMANDS.map(|name| {
            let command = CreateCommand::new(name);
            match name {
                "Inspect" => return command.kind(CommandType::User),
                "Quote" => return command.kind(CommandType::Message),
                _ => {}
            }
            let command = command.description(format!("Does {name}"));
            match name {
                "order" => command.add_option(dish.clone().set_autocomplete(true)),
                "greet" => command.add_option(who.clone()),
                _ => command,
            }
        });
        serenity::all::Command::set_global_commands(&context, commands.to_vec()).await.expect("registered");
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let done = match interaction {
            Interaction::Command(command) => on_command(&context, &command).await,
            Interaction::Component(component) => on_component(&context, &component).await,
            Interaction::Modal(modal) => on_modal(&context, &modal).await,
            Interaction::Autocomplete(typed) => {
                let focused = typed.data.autocomplete().expect("something is typed").value.to_owned();
                let dishes = ["noodles", "nougat", "soup"];
                let fitting = dishes.into_iter().filter(|dish| dish.starts_with(&focused));
                let choices = fitting.fold(CreateAutocompleteResponse::new(), |choices, dish| {
                    choices.add_string_choice(dish.to_uppercase(), dish)
                });
                typed.create_response(&context, CreateInteractionResponse::Autocomplete(choices)).await
            }
            _ => Ok(()),
        };
        // A test that lets a request fail sees it in the sandbox's journal.
        drop(done);
    }
}

fn text(content: impl Into<String>) -> CreateInteractionResponseMessage {
    CreateInteractionResponseMessage::new().content(content).allowed_mentions(CreateAllowedMentions::new())
}

async fn on_command(context: &Context, command: &CommandInteraction) -> serenity::Result<()> {
    let message = match command.data.name.as_str() {
        "ping" => text("Pong!"),
        "whisper" => text("Only for you.").ephemeral(true),
        "greet" => {
            let user = command.data.resolved.users.values().next().expect("a user");
            text(format!("Hello, {}!", user.global_name.as_deref().unwrap_or(&user.name)))
        }
        "Inspect" => {
            let target = command.data.target_id.expect("a target").to_user_id();
            text(format!("That is {}.", command.data.resolved.users[&target].name))
        }
        "Quote" => {
            let target = command.data.target_id.expect("a target").to_message_id();
            text(format!("> {}", command.data.resolved.messages[&target].content))
        }
        "order" => text(format!("One {}!", command.data.options[0].value.as_str().unwrap_or("?"))),
        "think" => return think(context, command).await,
        "panel" => {
            let open = CreateButton::new("open").label("Open").style(ButtonStyle::Primary);
            let done = CreateButton::new("done").label("Done").disabled(true);
            let options = ["red", "blue"].map(|hue| CreateSelectMenuOption::new(hue.to_uppercase(), hue));
            let menu = CreateSelectMenuKind::String { options: options.to_vec() };
            let menu = CreateSelectMenu::new("hue", menu).placeholder("A colour");
            let rows = vec![CreateActionRow::Buttons(vec![open, done]), CreateActionRow::SelectMenu(menu)];
            text("A panel").components(rows)
        }
        _ => return Ok(()),
    };
    command.create_response(context, CreateInteractionResponse::Message(message)).await
}

async fn think(context: &Context, command: &CommandInteraction) -> serenity::Result<()> {
    command.defer(context).await?;
    for words in ["Well", "Well, then", "Well, then: yes."] {
        command.edit_response(context, EditInteractionResponse::new().content(words)).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let more = CreateInteractionResponseFollowup::new().content("One more thing.").ephemeral(true);
    command.create_followup(context, more).await.map(drop)
}

async fn on_component(context: &Context, component: &ComponentInteraction) -> serenity::Result<()> {
    let response =
        if let serenity::all::ComponentInteractionDataKind::StringSelect { values } = &component.data.kind {
            CreateInteractionResponse::UpdateMessage(text(format!("All in {}", values[0])))
        } else {
            let name = CreateInputText::new(InputTextStyle::Short, "Name", "name").max_length(10);
            let rows = vec![CreateActionRow::InputText(name)];
            CreateInteractionResponse::Modal(CreateModal::new("form", "Who are you?").components(rows))
        };
    component.create_response(context, response).await
}

async fn on_modal(context: &Context, modal: &ModalInteraction) -> serenity::Result<()> {
    let ActionRowComponent::InputText(input) = &modal.data.components[0].components[0] else {
        return Ok(());
    };
    let name = input.value.clone().unwrap_or_default();
    modal.create_response(context, CreateInteractionResponse::Message(text(format!("Hello, {name}.")))).await
}
