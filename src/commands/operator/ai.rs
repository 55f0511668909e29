//! `/operator ai disable|enable|status`: the kill switches.

use serenity::all::{AutocompleteChoice, CreateAutocompleteResponse, CreateEmbed, ResolvedValue};

use super::words::{self, Unclear};
use crate::cold::switches::Switch;
use crate::discord::{Context, Invocation, Reply};
use crate::domain::{
    ids::{GuildId, UserId},
    oversight::{Reason, SwitchScope, SwitchTarget},
    usage::Feature,
};
use crate::error::{Error, Result};
use crate::i18n::{Args, Catalog, Locale, Text, texts};
use crate::warm::switches::Held;

/// Discord shows this many suggestions at most, of so many characters.
const MOST_CHOICES: usize = 25;
const LONGEST_CHOICE: usize = 100;
/// Discord shows this much of an embed's text at most; the rest is counted.
const MOST_SHOWN: usize = 3_500;
/// Of a reason, this much is shown in a list.
const REASON_SHOWN: usize = 150;

/// What kind of thing is switched.
#[derive(Debug, Clone, Copy, poise::ChoiceParameter)]
enum Scope {
    #[name = "global"]
    Everything,
    #[name = "feature"]
    Feature,
    #[name = "guild"]
    Server,
    #[name = "provider"]
    Provider,
    #[name = "model"]
    Model,
    #[name = "character"]
    Character,
}

impl From<Scope> for SwitchScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Everything => Self::Global,
            Scope::Feature => Self::Feature,
            Scope::Server => Self::Guild,
            Scope::Provider => Self::Provider,
            Scope::Model => Self::Model,
            Scope::Character => Self::Character,
        }
    }
}

#[poise::command(slash_command, owners_only, subcommand_required, subcommands("disable", "enable", "status"))]
#[expect(clippy::unused_async, reason = "poise awaits it")]
pub(super) async fn ai(_: Context<'_>) -> Result<()> {
    Ok(())
}

#[poise::command(slash_command, owners_only)]
async fn disable(
    ctx: Context<'_>,
    scope: Scope,
    #[autocomplete = "suggest_any"] target: Option<String>,
    #[max_length = 500] reason: Option<String>,
    #[max_length = 50] duration: Option<String>,
) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let reason = reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let Ok(reason) = reason.map(Reason::new).transpose() else {
        return say(invocation, texts::OPERATOR_REASON_WRONG).await;
    };
    let wanted = read_target(invocation, scope, target.as_deref());
    let lasts = duration.as_deref().filter(|text| !text.trim().is_empty()).map(words::duration).transpose();
    let (target, lasts) = match wanted.and_then(|target| Ok((target, lasts?))) {
        Ok(read) => read,
        Err(unclear) => return explain(invocation, unclear).await,
    };
    let since = invocation.data().clock.now();
    let switch =
        Switch { target, reason, by: operator(invocation), since, until: lasts.map(|lasts| since + lasts) };
    // The switch does not wait for Discord, nor Discord for the switch.
    let (deferred, held) =
        tokio::join!(invocation.defer(true), invocation.data().switches.set(switch.clone()));
    let held = held.map_err(Error::failed)?;
    tracing::warn!(
        target = switch.target.field(),
        by = %invocation.actor().user,
        ?held,
        "AI was switched off by an operator"
    );
    deferred?;
    Ok(invocation.edit(Reply::text(disabled(invocation, &switch, held))).await?)
}

#[poise::command(slash_command, owners_only)]
async fn enable(
    ctx: Context<'_>,
    scope: Scope,
    #[autocomplete = "suggest_disabled"] target: Option<String>,
) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let target = match read_target(invocation, scope, target.as_deref()) {
        Ok(target) => target,
        Err(unclear) => return explain(invocation, unclear).await,
    };
    let data = invocation.data();
    let (deferred, cleared) = tokio::join!(
        invocation.defer(true),
        data.switches.clear(target.clone(), operator(invocation), data.clock.now())
    );
    let text = match cleared {
        Ok(true) => {
            tracing::warn!(target = target.field(), by = %invocation.actor().user, "AI was switched on by an operator");
            texts::OPERATOR_ENABLED
        }
        Ok(false) => texts::OPERATOR_WAS_ENABLED,
        Err(error) => {
            tracing::warn!(target = target.field(), %error, "AI could not be switched on");
            texts::OPERATOR_ENABLE_FAILED
        }
    };
    deferred?;
    let args = Args::new().trusted("what", what(&data.catalog, invocation.locale(), &target));
    let text = data.catalog.format(invocation.locale(), text, &args);
    Ok(invocation.edit(Reply::text(text)).await?)
}

#[poise::command(slash_command, owners_only)]
async fn status(ctx: Context<'_>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let (data, locale) = (invocation.data(), invocation.locale());
    let text = |text| data.catalog.text(locale, text);
    let mut lines = Vec::new();
    if data.live.ai_disabled() {
        lines.push(text(texts::OPERATOR_STATUS_ENVIRONMENT));
    }
    let (in_force, unwritten) = (data.switches.in_force(), data.switches.unwritten());
    let mut left = in_force.switches.len();
    for switch in &in_force.switches {
        let line = entry(&data.catalog, locale, switch, unwritten.contains(&switch.target));
        let shown: usize = lines.iter().map(|line| line.chars().count()).sum();
        if shown + line.chars().count() > MOST_SHOWN {
            break;
        }
        lines.push(line);
        left -= 1;
    }
    if left > 0 {
        let args = Args::new().number("count", left as u64);
        lines.push(data.catalog.format(locale, texts::OPERATOR_STATUS_MORE, &args));
    }
    if lines.is_empty() {
        lines.push(text(texts::OPERATOR_STATUS_NONE));
    }
    let embed = CreateEmbed::new().title(text(texts::OPERATOR_STATUS_TITLE)).description(lines.join("\n"));
    Ok(invocation.reply(Reply::embed(embed).ephemeral()).await?)
}

#[expect(clippy::unused_async, reason = "poise awaits it")]
async fn suggest_any<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let data = Invocation::from(ctx).data();
    let known: Vec<String> = match scope_typed(ctx) {
        Some(Scope::Feature) => Feature::ALL.iter().map(ToString::to_string).collect(),
        Some(Scope::Server) => ctx.interaction.guild_id.iter().map(ToString::to_string).collect(),
        Some(Scope::Provider) => data.names.providers.clone(),
        Some(Scope::Model) => data.names.models.clone(),
        _ => Vec::new(),
    };
    choices(known, typed)
}

#[expect(clippy::unused_async, reason = "poise awaits it")]
async fn suggest_disabled<'a>(ctx: Context<'a>, typed: &'a str) -> CreateAutocompleteResponse {
    let scope = scope_typed(ctx).map(SwitchScope::from);
    let in_force = Invocation::from(ctx).data().switches.in_force();
    let of_scope = in_force.switches.iter().filter(|switch| Some(switch.target.scope()) == scope);
    choices(of_scope.map(|switch| switch.target.target()), typed)
}

/// The scope, where the operator has chosen it already.
fn scope_typed(ctx: Context<'_>) -> Option<Scope> {
    let chosen = ctx.args.iter().find(|option| option.name == "scope")?;
    let ResolvedValue::Integer(index) = chosen.value else { return None };
    <Scope as poise::ChoiceParameter>::from_index(usize::try_from(index).ok()?)
}

fn choices(known: impl IntoIterator<Item = String>, typed: &str) -> CreateAutocompleteResponse {
    let typed = typed.trim().to_lowercase();
    let fits = |name: &String| (1..=LONGEST_CHOICE).contains(&name.chars().count());
    let choices = known
        .into_iter()
        .filter(|name| fits(name) && name.to_lowercase().contains(&typed))
        .take(MOST_CHOICES)
        .map(|name| AutocompleteChoice::new(name.clone(), name));
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}

fn read_target(
    invocation: Invocation<'_>,
    scope: Scope,
    text: Option<&str>,
) -> Result<SwitchTarget, Unclear> {
    let here = invocation.actor().guild.and_then(|guild| GuildId::new(guild.get()).ok());
    words::target(scope.into(), text, here)
}

fn operator(invocation: Invocation<'_>) -> Option<UserId> {
    UserId::new(invocation.actor().user.get()).ok()
}

async fn explain(invocation: Invocation<'_>, unclear: Unclear) -> Result<()> {
    let text = match unclear {
        Unclear::Spare => texts::OPERATOR_TARGET_SPARE,
        Unclear::Missing => texts::OPERATOR_TARGET_MISSING,
        Unclear::Target => texts::OPERATOR_TARGET_WRONG,
        Unclear::Duration => texts::OPERATOR_DURATION_WRONG,
    };
    say(invocation, text).await
}

async fn say(invocation: Invocation<'_>, text: Text) -> Result<()> {
    let text = invocation.catalog().text(invocation.locale(), text);
    Ok(invocation.reply(Reply::text(text).ephemeral()).await?)
}

fn disabled(invocation: Invocation<'_>, switch: &Switch, held: Held) -> String {
    let (catalog, locale) = (invocation.catalog(), invocation.locale());
    let args = Args::new()
        .trusted("what", what(catalog, locale, &switch.target))
        .trusted("until", until(catalog, locale, switch))
        .trusted("reason", reason(catalog, locale, switch));
    let mut text = catalog.format(locale, texts::OPERATOR_DISABLED, &args);
    let unwritten = match held {
        Held::Written => None,
        Held::Shared => Some(texts::OPERATOR_HELD_SHARED),
        Held::Alone => Some(texts::OPERATOR_HELD_ALONE),
    };
    if let Some(unwritten) = unwritten {
        text.push_str("\n\n");
        text.push_str(&catalog.text(locale, unwritten));
    }
    text
}

/// One line of the list.
fn entry(catalog: &Catalog, locale: Locale, switch: &Switch, unwritten: bool) -> String {
    let by = match switch.by {
        Some(by) => format!("<@{by}>"),
        None => catalog.text(locale, texts::OPERATOR_BY_NOBODY),
    };
    let args = Args::new()
        .trusted("what", what(catalog, locale, &switch.target))
        .trusted("since", format!("<t:{}:R>", switch.since.timestamp()))
        .trusted("until", until(catalog, locale, switch))
        .trusted("by", by)
        .trusted("reason", reason(catalog, locale, switch));
    let mut line = catalog.format(locale, texts::OPERATOR_STATUS_ENTRY, &args);
    if unwritten {
        line.push(' ');
        line.push_str(&catalog.text(locale, texts::OPERATOR_STATUS_UNWRITTEN));
    }
    line
}

fn what(catalog: &Catalog, locale: Locale, target: &SwitchTarget) -> String {
    let text = match target {
        SwitchTarget::Global => texts::OPERATOR_WHAT_EVERYTHING,
        SwitchTarget::Feature(_) => texts::OPERATOR_WHAT_FEATURE,
        SwitchTarget::Guild(_) => texts::OPERATOR_WHAT_SERVER,
        SwitchTarget::Provider(_) => texts::OPERATOR_WHAT_PROVIDER,
        SwitchTarget::Model(_) => texts::OPERATOR_WHAT_MODEL,
        SwitchTarget::Character(_) => texts::OPERATOR_WHAT_CHARACTER,
    };
    let args = match target {
        SwitchTarget::Global => Args::new(),
        // Ids of our own forms, to be copied as they are.
        SwitchTarget::Feature(_) | SwitchTarget::Guild(_) | SwitchTarget::Character(_) => {
            Args::new().trusted("name", target.target())
        }
        SwitchTarget::Provider(name) | SwitchTarget::Model(name) => Args::new().typed("name", name),
    };
    catalog.format(locale, text, &args)
}

fn until(catalog: &Catalog, locale: Locale, switch: &Switch) -> String {
    match switch.until {
        None => catalog.text(locale, texts::OPERATOR_UNTIL_ENABLED),
        Some(until) => {
            let args = Args::new().trusted("time", format!("<t:{0}:f> (<t:{0}:R>)", until.timestamp()));
            catalog.format(locale, texts::OPERATOR_UNTIL, &args)
        }
    }
}

fn reason(catalog: &Catalog, locale: Locale, switch: &Switch) -> String {
    match &switch.reason {
        None => catalog.text(locale, texts::OPERATOR_NO_REASON),
        Some(reason) => {
            let shown: String = reason.as_str().chars().take(REASON_SHOWN).collect();
            let cut = if shown.len() < reason.as_str().len() { "…" } else { "" };
            let args = Args::new().typed("reason", &format!("{shown}{cut}"));
            catalog.format(locale, texts::OPERATOR_REASON, &args)
        }
    }
}
