//! `/memory`: what characters remember of a member here, shown and erased.

use std::fmt::Write as _;
use std::sync::Arc;

use futures::future::join_all;

use super::characters::{meant, suggest};
use crate::discord::{Context, Invocation, Reply};
use crate::domain::bond::level;
use crate::domain::ids::UserId;
use crate::domain::persona::Persona;
use crate::error::{Error, Result};
use crate::features::bonds::REWARD;
use crate::features::characters::Viewer;
use crate::features::talk::Remembered;
use crate::hot::memory::{Line, Turn, Who};
use crate::i18n::{Args, Catalog, Locale, plain, texts};

/// Characters of one message, with some room for what stands around.
const MOST_CHARS: usize = 1_900;
/// Of one line, so much is shown in the message; the file has it whole.
const MOST_OF_LINE: usize = 240;
/// The file with everything.
const FILE: &str = "memory.txt";

/// See `assets/locales/en/memory.ftl`.
#[poise::command(slash_command, subcommand_required, subcommands("show", "forget"))]
#[expect(clippy::unused_async, reason = "poise awaits it")]
pub(super) async fn memory(_: Context<'_>) -> Result<()> {
    Ok(())
}

#[poise::command(slash_command)]
async fn show(ctx: Context<'_>, #[autocomplete = "suggest"] character: Option<String>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let talk = &invocation.data().talk;
    let Viewer { user, place } = invocation.actor().viewer();
    let persona = meant(&invocation, character.as_deref()).await?;
    invocation.defer(true).await?;
    let found = talk.recall(place, user, persona.as_ref().map(|persona| &persona.id)).await;
    if found.is_empty() {
        let text = nothing(invocation.catalog(), invocation.locale(), persona.as_deref());
        return Ok(invocation.edit(Reply::text(text)).await?);
    }
    let heads = join_all(found.iter().map(|remembered| head(&invocation, user, remembered))).await;
    let shown = page(invocation.catalog(), invocation.locale(), &found, &heads);
    let reply = Reply::text(shown.text);
    let reply = if shown.whole { reply } else { reply.file(FILE, file(&found)) };
    Ok(invocation.edit(reply).await?)
}

#[poise::command(slash_command)]
async fn forget(ctx: Context<'_>, #[autocomplete = "suggest"] character: Option<String>) -> Result<()> {
    let invocation = Invocation::from(ctx);
    let talk = &invocation.data().talk;
    let Viewer { user, place } = invocation.actor().viewer();
    let persona = meant(&invocation, character.as_deref()).await?;
    invocation.defer(true).await?;
    let forgotten =
        talk.forget(place, user, persona.as_ref().map(|persona| &persona.id)).await.map_err(Error::failed)?;
    let (catalog, locale) = (invocation.catalog(), invocation.locale());
    let replies = forgotten.replies as u64;
    let text = match persona.as_deref() {
        _ if forgotten.memories == 0 && replies == 0 => nothing(catalog, locale, persona.as_deref()),
        Some(persona) => {
            let args = Args::new().typed("character", &persona.name).number("replies", replies);
            catalog.format(locale, texts::MEMORY_FORGOT_ONE, &args)
        }
        None => {
            let args = Args::new().number("characters", forgotten.memories as u64).number("replies", replies);
            catalog.format(locale, texts::MEMORY_FORGOT_ALL, &args)
        }
    };
    Ok(invocation.edit(Reply::text(text)).await?)
}

fn nothing(catalog: &Catalog, locale: Locale, persona: Option<&Persona>) -> String {
    match persona {
        Some(persona) => {
            catalog.format(locale, texts::MEMORY_NONE_OF, &Args::new().typed("character", &persona.name))
        }
        None => catalog.text(locale, texts::MEMORY_NONE),
    }
}

/// Who remembers, how much, until when, and how close the two are.
async fn head(invocation: &Invocation<'_>, user: UserId, remembered: &Remembered) -> String {
    let (catalog, locale) = (invocation.catalog(), invocation.locale());
    let args = Args::new()
        .typed("character", &remembered.persona.name)
        .number("turns", remembered.turns.len() as u64)
        .trusted("until", format!("<t:{}:R>", remembered.until / 1_000));
    let mut head = catalog.format(locale, texts::MEMORY_HEAD, &args);
    // Without PostgreSQL the memory is shown all the same.
    if let Ok(bond) = invocation.data().talk.bonds().get(user, &remembered.persona.id).await {
        let (xp, today) = bond.map_or((0, 0), |bond| {
            let is_today = bond.day == Some(invocation.data().clock.today());
            (bond.xp, if is_today { bond.xp_today } else { 0 })
        });
        let args = Args::new()
            .number("level", level(xp))
            .number("today", today)
            .number("cap", u64::from(REWARD.daily_cap));
        head.push('\n');
        head.push_str(&catalog.format(locale, texts::MEMORY_BOND, &args));
    }
    head
}

struct Page {
    text: String,
    /// Whether it has every word.
    whole: bool,
}

/// As much as fits one message: every character's head, and of the newest turns as many as there is room for.
fn page(catalog: &Catalog, locale: Locale, found: &[Remembered], heads: &[String]) -> Page {
    let more = catalog.text(locale, texts::MEMORY_MORE);
    let mut whole = true;
    let mut left = MOST_CHARS.saturating_sub(chars(&more));
    let mut kept = 0;
    for head in heads {
        if chars(head) + 1 > left {
            break;
        }
        left -= chars(head) + 1;
        kept += 1;
    }
    whole &= kept == heads.len();
    let share = left / kept.max(1);
    let mut text = String::new();
    for (remembered, head) in found.iter().zip(heads).take(kept) {
        let _ = writeln!(text, "{head}");
        let mut room = share;
        let mut turns = Vec::new();
        for turn in remembered.turns.iter().rev() {
            let (shown, complete) = shown(catalog, locale, &remembered.persona, turn);
            if chars(&shown) > room {
                whole = false;
                break;
            }
            whole &= complete;
            room -= chars(&shown);
            turns.push(shown);
        }
        turns.reverse();
        text.push_str(&turns.concat());
    }
    if !whole {
        text.push_str(&more);
    }
    Page { text, whole }
}

/// A turn, and whether that is all of it.
fn shown(catalog: &Catalog, locale: Locale, persona: &Arc<Persona>, turn: &Turn) -> (String, bool) {
    let mut text = String::new();
    let mut complete = true;
    for line in &turn.lines {
        let words: String = line.text.chars().take(MOST_OF_LINE).collect();
        let is_cut = words.len() < line.text.len();
        complete &= !is_cut;
        let words = format!("{}{}", plain(&words), if is_cut { "…" } else { "" });
        let args = Args::new().trusted("text", words);
        let shown = match line.who {
            Who::User => catalog.format(locale, texts::MEMORY_YOU, &args),
            Who::Character => {
                catalog.format(locale, texts::MEMORY_CHARACTER, &args.typed("character", &persona.name))
            }
        };
        let _ = writeln!(text, "{shown}");
    }
    (text, complete)
}

/// Everything, as it was said.
fn file(found: &[Remembered]) -> String {
    let mut text = String::new();
    for remembered in found {
        let name = &remembered.persona.name;
        let _ = writeln!(text, "{name}\n{}\n", "=".repeat(name.chars().count()));
        for Line { who, text: words } in remembered.turns.iter().flat_map(|turn| &turn.lines) {
            let who = if *who == Who::User { ">" } else { name };
            let _ = writeln!(text, "{who}: {words}\n");
        }
    }
    text
}

/// As Discord counts at most.
fn chars(text: &str) -> usize {
    text.encode_utf16().count()
}
