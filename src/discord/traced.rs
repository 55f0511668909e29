//! Where traces begin: an interaction, or a message that addresses the bot. Their words and their members stay out.

use serenity::all::{CommandInteraction, Interaction, Message, ResolvedValue};
use tracing::Span;

use super::Command;
use crate::trace;

/// Longest part of a custom id that is taken for a name of ours.
const LONGEST_NAME: usize = 24;

/// The root span of an interaction.
pub(super) fn interaction(interaction: &Interaction, commands: &[Command]) -> Span {
    if !trace::is_kept() {
        return Span::none();
    }
    let (id, what, key, name) = match interaction {
        Interaction::Command(of) => (of.id, "interaction", "discord.command", path(of, commands)),
        Interaction::Autocomplete(of) => (of.id, "autocomplete", "discord.command", path(of, commands)),
        Interaction::Component(of) => {
            (of.id, "interaction component", "discord.component", kind(&of.data.custom_id))
        }
        Interaction::Modal(of) => (of.id, "interaction modal", "discord.component", kind(&of.data.custom_id)),
        _ => return Span::none(),
    };
    let span = trace::root!(
        "interaction",
        otel.name = format!("{what} {name}").trim_end(),
        otel.kind = "server",
        discord.interaction.id = %id,
        discord.interaction.type = i64::from(u8::from(interaction.kind())),
    );
    trace::note(&span, key, name);
    span
}

/// The root span of a message.
pub(super) fn message(message: &Message) -> Span {
    trace::root!("message", otel.kind = "server", discord.message.id = %message.id)
}

/// A command with its subcommands, such as `/character list`; only those that the bot has.
fn path(of: &CommandInteraction, commands: &[Command]) -> String {
    if !commands.iter().any(|command| command.name == of.data.name) {
        return String::new();
    }
    let mut path = format!("/{}", of.data.name);
    let mut options = of.data.options();
    while let Some(option) = options.pop() {
        if let ResolvedValue::SubCommand(below) | ResolvedValue::SubCommandGroup(below) = option.value {
            path.push(' ');
            path.push_str(option.name);
            options = below;
        }
    }
    path
}

/// What a button or a form is for: its custom id begins with names of ours, which ids follow.
fn kind(custom_id: &str) -> String {
    let is_name = |part: &&str| {
        part.len() <= LONGEST_NAME && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    };
    let names: Vec<&str> = custom_id.split(':').take(2).take_while(is_name).collect();
    names.join(":")
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn a_custom_id_is_named_without_its_ids() {
        for (id, name) in [
            ("talk:again:123:456", "talk:again"),
            ("talk:123", "talk"),
            ("123:talk", ""),
            ("", ""),
            ("a text of a member's:x", ""),
        ] {
            assert_eq!(kind(id), name, "{id}");
        }
    }
}
