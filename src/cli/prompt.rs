//! `troupe prompt`: what a model would be asked, without asking it.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::{Failure, print};
use crate::{
    ai::{Gateway, Role},
    config::Sources,
    domain::{bond::Band, persona::Persona, usage::Feature},
    features::{
        cast::Cast,
        characters::{self, Made},
        talk::prompt::{Sample, sheet},
    },
    hot::{Clock, Hot},
};

#[derive(Debug, Args)]
pub(super) struct Prompt {
    /// Show each part with its tokens, in place of the messages as JSON
    #[arg(long)]
    explain: bool,
    /// The character: its name or slug; whoever answers by default when left out
    #[arg(long, value_name = "SLUG")]
    character: Option<String>,
    /// In its place, a character card: PNG, APNG, JSON or CHARX
    #[arg(long, value_name = "FILE", conflicts_with = "character")]
    card: Option<PathBuf>,
    /// The level of the bond between the two
    #[arg(long, value_name = "LEVEL", default_value_t = 1)]
    bond: u64,
    /// What the member says
    #[arg(long, value_name = "TEXT", default_value = "Hello! Who are you?")]
    message: String,
    /// What the member is called
    #[arg(long, value_name = "NAME", default_value = "Max")]
    name: String,
}

pub(super) fn execute(sources: &Sources, options: &Prompt) -> Result<(), Failure> {
    let settings = sources.load()?.settings;
    let cast = Cast::shipped();
    let persona = match (&options.card, &options.character) {
        (Some(file), _) => card(file)?,
        (None, None) => cast.default(),
        (None, Some(typed)) => cast.resolve(typed).ok_or_else(|| {
            let names: Vec<_> = cast.all().iter().map(|member| member.persona.id.to_string()).collect();
            Failure::Configuration(format!(
                "no character is called {typed:?}; there are {}",
                names.join(", ")
            ))
        })?,
    };
    // The gateway only counts here: nothing is asked of anybody.
    let ai = Gateway::new(&settings.ai, Hot::new(None, Clock::System))
        .map_err(|error| Failure::Configuration(error.to_string()))?;
    let sample = Sample {
        name: &options.name,
        message: &options.message,
        band: Band::of(options.bond),
        turns: &[],
        reply_tokens: settings.limits.quotas.free.of(Feature::Talk).reply_tokens,
        cards: settings.talk.cards,
        now: Clock::System.now(),
    };
    let prompt = sample.prompt(&persona, settings.talk.prompt_tokens, &|text| ai.count(text));
    if options.explain {
        return print(&sheet(&prompt));
    }
    let messages: Vec<_> = prompt
        .messages()
        .into_iter()
        .map(|message| {
            let role = match message.role {
                Role::System => "system",
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            json!({"role": role, "content": message.content})
        })
        .collect();
    print(&format!("{:#}\n", json!(messages)))
}

/// The character of a card, as if a member had brought it along.
fn card(file: &Path) -> Result<Arc<Persona>, Failure> {
    let fault = |why: &dyn fmt::Display| Failure::Failed(format!("{}: {why}", file.display()));
    let bytes = fs::read(file).map_err(|error| fault(&error))?;
    let import = troupe_cards::import::import(bytes).map_err(|refusal| fault(&refusal))?;
    let name = import.card.sheet().name;
    let made = Made { id: Uuid::nil(), name: &name, version: 1, has_avatar: false };
    Ok(Arc::new(characters::persona(&made, &import.card)))
}
