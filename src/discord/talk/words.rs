//! The words of a message that addresses the bot: its mention taken out, other mentions as names.

use serenity::all::{User, UserId};

/// What a message says to the bot. Blank when it says nothing but the mention.
pub(super) fn said(content: &str, bot: UserId, mentions: &[User]) -> String {
    let mut text = content.to_owned();
    for form in [format!("<@{bot}>"), format!("<@!{bot}>")] {
        text = text.replace(&form, "");
    }
    for user in mentions.iter().filter(|user| user.id != bot) {
        let name = format!("@{}", user.global_name.as_deref().unwrap_or(&user.name));
        for form in [format!("<@{}>", user.id), format!("<@!{}>", user.id)] {
            text = text.replace(&form, &name);
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: u64, name: &str) -> User {
        let mut user = User::default();
        user.id = UserId::new(id);
        name.clone_into(&mut user.name);
        user
    }

    #[test]
    fn mentions_become_names_and_the_bots_own_goes() {
        let (bot, mentions) = (UserId::new(7), [user(7, "Troupe"), user(8, "mia")]);
        for (content, expected) in [
            ("<@7> hello", "hello"),
            ("hello <@!7>", "hello"),
            ("<@7>", ""),
            ("<@7>  \n", ""),
            ("<@7>, ask <@8> or <@!8>: <@9>", ", ask @mia or @mia: <@9>"),
        ] {
            assert_eq!(said(content, bot, &mentions), expected);
        }
    }
}
