//! `/help`: the commands and what each does, or one of them in full.

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse, CreateEmbed};

use crate::discord::{Command, Context, Invocation, Reply};
use crate::error::{Error, Result};
use crate::i18n::{Args, Catalog, Locale, texts};

/// Discord shows this many suggestions at most.
const MAX_CHOICES: usize = 25;
/// Of a name that nobody has, this much is repeated.
const MAX_ECHO: usize = 60;

/// See `assets/locales/en/help.ftl`.
#[poise::command(slash_command)]
pub(super) async fn help(
    ctx: Context<'_>,
    #[autocomplete = "suggest"] command: Option<String>,
) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let reply = match command {
        None => overview(ctx, invocation.locale()),
        Some(name) => details(ctx, invocation.locale(), &name),
    };
    Ok(invocation.reply(reply.ephemeral()).await?)
}

#[expect(clippy::unused_async, reason = "poise awaits it")]
async fn suggest<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let invocation = Invocation::from(ctx);
    let typed = typed.trim().trim_start_matches('/').to_lowercase();
    let choices = shown(ctx)
        .map(|command| (invocation.catalog().command_name(invocation.locale(), &command.name), &command.name))
        .filter(|(local, name)| local.contains(&typed) || name.contains(&typed))
        .take(MAX_CHOICES)
        .map(|(local, name)| AutocompleteChoice::new(local, name.to_string()));
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}

fn overview(ctx: Context<'_>, locale: Locale) -> Reply {
    let catalog = &ctx.framework.user_data.catalog;
    let mut lines: Vec<String> = shown(ctx)
        .map(|command| {
            let args = Args::new()
                .trusted("command", mention(ctx, locale, &command.name))
                .trusted("description", catalog.command_description(locale, &command.name));
            catalog.format(locale, texts::HELP_ENTRY, &args)
        })
        .collect();
    lines.push(String::new());
    let args = Args::new().trusted("help", mention(ctx, locale, "help"));
    lines.push(catalog.format(locale, texts::HELP_HINT, &args));
    Reply::embed(
        CreateEmbed::new().title(catalog.text(locale, texts::HELP_TITLE)).description(lines.join("\n")),
    )
}

fn details(ctx: Context<'_>, locale: Locale, name: &str) -> Reply {
    let catalog = &ctx.framework.user_data.catalog;
    let Some(command) = find(ctx, locale, name) else {
        let echo: String = name.chars().take(MAX_ECHO).collect();
        let args = Args::new().typed("name", &echo).trusted("help", mention(ctx, locale, "help"));
        return Reply::text(catalog.format(locale, texts::HELP_UNKNOWN, &args));
    };
    let embed = CreateEmbed::new()
        .title(format!("/{}", catalog.command_name(locale, &command.name)))
        .description(format!(
            "{}\n{}",
            catalog.command_description(locale, &command.name),
            mention(ctx, locale, &command.name)
        ));
    let options = options(catalog, locale, command);
    if options.is_empty() {
        return Reply::embed(embed);
    }
    Reply::embed(embed.field(catalog.text(locale, texts::HELP_OPTIONS_TITLE), options.join("\n"), false))
}

fn options(catalog: &Catalog, locale: Locale, command: &Command) -> Vec<String> {
    let line = |option: &poise::CommandParameter<_, Error>| {
        let text = if option.required { texts::HELP_OPTION_REQUIRED } else { texts::HELP_OPTION };
        let args = Args::new()
            .trusted("name", catalog.option_name(locale, &command.name, &option.name))
            .trusted("description", catalog.option_description(locale, &command.name, &option.name));
        catalog.format(locale, text, &args)
    };
    command.parameters.iter().map(line).collect()
}

/// By its name in either language, with or without the slash.
fn find<'a>(ctx: Context<'a>, locale: Locale, name: &str) -> Option<&'a Command> {
    let name = name.trim().trim_start_matches('/').to_lowercase();
    let catalog = &ctx.framework.user_data.catalog;
    shown(ctx).find(|command| command.name == name || catalog.command_name(locale, &command.name) == name)
}

/// The commands a member is told of.
fn shown(ctx: Context<'_>) -> impl Iterator<Item = &Command> {
    ctx.framework.options.commands.iter().filter(|command| !command.hide_in_help && !command.owners_only)
}

fn mention(ctx: Context<'_>, locale: Locale, name: &str) -> String {
    ctx.framework.user_data.mention(name, locale)
}
