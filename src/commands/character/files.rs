//! Characters that come along in files, and go along in them.

use serenity::all::Attachment;

use super::{suggest_own, visit};
use crate::discord::character::{Beside, FileForm};
use crate::discord::{Context, Invocation};
use crate::error::Result;

/// What a file is.
#[derive(Debug, Clone, Copy, poise::ChoiceParameter)]
pub(super) enum Form {
    #[name = "png"]
    Png,
    #[name = "json"]
    Json,
    #[name = "charx"]
    Charx,
    #[name = "lorebook"]
    Lorebook,
}

#[poise::command(slash_command)]
pub(super) async fn import(
    ctx: Context<'_>,
    file: Attachment,
    picture: Option<Attachment>,
    #[max_length = 100] name: Option<String>,
    #[autocomplete = "suggest_own"] character: Option<String>,
) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    let beside = Beside { picture: picture.as_ref(), name: name.as_deref(), character: character.as_deref() };
    visit(ctx).answer(visit(ctx).import(&file, beside).await).await
}

#[poise::command(slash_command)]
pub(super) async fn export(
    ctx: Context<'_>,
    #[autocomplete = "suggest_own"] character: String,
    form: Option<Form>,
) -> Result<()> {
    Invocation::from(ctx).defer(true).await?;
    let form = match form {
        None | Some(Form::Png) => FileForm::Png,
        Some(Form::Json) => FileForm::Json,
        Some(Form::Charx) => FileForm::Charx,
        Some(Form::Lorebook) => FileForm::Lorebook,
    };
    visit(ctx).answer(visit(ctx).export(&character, form).await).await
}
