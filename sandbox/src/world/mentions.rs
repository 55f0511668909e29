//! Whom a message pings: what its text mentions, as far as `allowed_mentions` lets it.
//!
//! Source: <https://docs.discord.com/developers/resources/message#allowed-mentions-object>.

use serde_json::Value;

use super::{World, id_of, permissions::bits};
use crate::ids::Id;

/// Whom a message pings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Users.
    pub users: Vec<Id>,
    /// Roles.
    pub roles: Vec<Id>,
    /// Everyone, or everyone who is online.
    pub everyone: bool,
}

/// What a text mentions, allowed or not.
pub fn written(content: &str) -> Mentions {
    let mut found = Mentions {
        everyone: content.contains("@everyone") || content.contains("@here"),
        ..Mentions::default()
    };
    for piece in content.split('<').skip(1) {
        let Some((inside, _)) = piece.split_once('>') else { continue };
        let (list, digits) = if let Some(digits) = inside.strip_prefix("@&") {
            (&mut found.roles, digits)
        } else if let Some(digits) = inside.strip_prefix("@!").or_else(|| inside.strip_prefix('@')) {
            (&mut found.users, digits)
        } else {
            continue;
        };
        if let Ok(id) = digits.parse()
            && !list.contains(&id)
        {
            list.push(id);
        }
    }
    found
}

impl World {
    /// Whom a message by somebody with `permissions` pings. `allowed` is the request's
    /// `allowed_mentions`; without one, all that the text mentions and the author may ping.
    pub fn pinged(
        &self,
        guild: Option<Id>,
        content: &str,
        allowed: Option<&Value>,
        permissions: u64,
        replied_to: Option<Id>,
    ) -> Mentions {
        let mut mentions = written(content);
        let may_ping_all = permissions & bits::MENTION_EVERYONE != 0;
        mentions.everyone &= may_ping_all && guild.is_some();
        mentions.users.retain(|user| self.users.contains_key(user));
        let roles = guild.and_then(|guild| self.guilds.get(&guild)).map(|guild| &guild.roles);
        mentions.roles.retain(|role| {
            roles.and_then(|roles| roles.get(role)).is_some_and(|role| role.mentionable || may_ping_all)
        });
        let mut replied_user = true;
        if let Some(allowed) = allowed.filter(|allowed| allowed.is_object()) {
            let parses = |what: &str| {
                allowed["parse"].as_array().is_some_and(|parse| parse.iter().any(|kind| kind == what))
            };
            let lists = |what: &str, id: Id| {
                allowed[what].as_array().is_some_and(|ids| ids.iter().any(|listed| id_of(listed) == Some(id)))
            };
            mentions.everyone &= parses("everyone");
            mentions.users.retain(|user| parses("users") || lists("users", *user));
            mentions.roles.retain(|role| parses("roles") || lists("roles", *role));
            replied_user = allowed["replied_user"].as_bool().unwrap_or(false);
        }
        if let Some(user) = replied_to.filter(|user| replied_user && !mentions.users.contains(user)) {
            mentions.users.push(user);
        }
        mentions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_read_as_the_client_writes_mentions() {
        let found = written("<@1> <@!2> <@&3> <#4> <@x> <@1> @here <@5");
        assert_eq!(found, Mentions { users: vec![Id(1), Id(2)], roles: vec![Id(3)], everyone: true });
    }
}
