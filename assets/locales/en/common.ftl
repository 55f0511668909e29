# Answers that any command may give.

## Refusals: normal, and each says what to do.

refused-restarting = I'm restarting and will be back in a moment. Please try again in a minute.
refused-guild-only = That works in servers only.
refused-dm-only = That works in direct messages only.
refused-nsfw-only = That works in age-restricted channels only.
refused-owner-only = That is for the people who run this bot.
refused-member-permissions = You need more permissions in this channel for that. A server admin can give them to you.
refused-bot-permissions = I lack a permission in this channel for that. A server admin can give it to me.
refused-cooldown =
    { $seconds ->
        [one] That was quick. Please wait one second.
       *[other] That was quick. Please wait { $seconds } seconds.
    }
refused-bad-argument = I can't read one of the options. Please check what you entered and try again.
refused-unknown-command = I don't know this command in that form. Discord may be showing you an old list: restart Discord and try again.
refused-expired-component = This button is too old for me to know. Please run the command again.
refused-not-allowed = You can't use that here.

## Failures: unexpected, and the operator's log has the same id.

failed = Something went wrong on my side, and it has been noted. If it keeps happening, tell the people who run me this id: **{ $incident }**
