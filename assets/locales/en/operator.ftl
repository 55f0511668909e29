# /operator: for the people who run the bot.

command-operator = operator
    .description = For the people who run this bot
command-operator-ai = ai
    .description = Switch AI off and on
command-operator-ai-disable = disable
    .description = Switch AI off, at once and everywhere; answers under way stop
command-operator-ai-disable-option-scope = scope
    .description = What to switch off
command-operator-ai-disable-option-scope-choice-global = everything
command-operator-ai-disable-option-scope-choice-feature = a feature
command-operator-ai-disable-option-scope-choice-guild = a server
command-operator-ai-disable-option-scope-choice-provider = a provider
command-operator-ai-disable-option-scope-choice-model = a model
command-operator-ai-disable-option-scope-choice-character = a character
command-operator-ai-disable-option-target = target
    .description = Which one: talk, a server's id (none: this server), a provider's, model's or character's name
command-operator-ai-disable-option-reason = reason
    .description = Why, as members are told
command-operator-ai-disable-option-duration = duration
    .description = For how long: 30m, 2h, 1d. Leave it out to switch off until you enable it
command-operator-ai-enable = enable
    .description = Switch AI on again
command-operator-ai-enable-option-scope = scope
    .description = What to switch on
command-operator-ai-enable-option-scope-choice-global = everything
command-operator-ai-enable-option-scope-choice-feature = a feature
command-operator-ai-enable-option-scope-choice-guild = a server
command-operator-ai-enable-option-scope-choice-provider = a provider
command-operator-ai-enable-option-scope-choice-model = a model
command-operator-ai-enable-option-scope-choice-character = a character
command-operator-ai-enable-option-target = target
    .description = Which one; those that are off are suggested
command-operator-ai-status = status
    .description = What is switched off, since when, by whom and why

operator-what-everything = All AI
operator-what-feature = Feature { $name }
operator-what-server = Server { $name }
operator-what-provider = Provider { $name }
operator-what-model = Model { $name }
operator-what-character = Character { $name }

operator-until = until { $time }
operator-until-enabled = until you enable it
operator-reason = Members are told: "{ $reason }"
operator-no-reason = Members are told no reason.

operator-disabled = 🔴 **{ $what }** is switched off { $until }. Answers under way stop. { $reason }
operator-held-shared = The database is away, so this is not written down yet. It holds in every running process, and I write it down as soon as the database is back.
operator-held-alone = The database and Redis are both away: **for now this holds in one process only.** If you run several, set `AI_DISABLED=true` in their `.env` and send each a SIGHUP.
operator-enabled = 🟢 **{ $what }** is switched on again. `/operator ai status` shows what else is off.
operator-was-enabled = **{ $what }** was not switched off. `/operator ai status` shows what is.
operator-enable-failed = **{ $what }** may still be off: the database did not answer, and without it I can't switch anything on for good. Try again in a minute, then look at `/operator ai status`.

operator-status-title = AI switches
operator-status-none = 🟢 Everything is on.
operator-status-environment = 🔴 `AI_DISABLED` is set in the environment: it switches off all AI of this process. Change it in `.env` and send SIGHUP.
operator-status-entry = 🔴 **{ $what }** – switched off { $since } by { $by }, { $until }. { $reason }
operator-status-unwritten = ⏳ Not written down yet: the database was away.
operator-status-more = And { $count } more.
operator-by-nobody = someone who is no longer on record

operator-target-spare = Everything takes no `target`: leave it empty, or pick another `scope`.
operator-target-missing = Say in `target` which one. For a server that is its id, for a feature `talk` or `scene`.
operator-target-wrong = I can't read that `target`. A feature is `talk` or `scene`, a server is its id (a long number), a character is a name such as `mira` or an id such as `shipped:mira`.
operator-duration-wrong = I can't read that `duration`. Write minutes, hours or days, such as `30m`, `2h`, `1d` or `1d12h`, and no more than a year. Leave it out to switch off until you enable it.
operator-reason-wrong = The `reason` is too long: 500 characters are the most.

command-operator-prompt = prompt
    .description = Show what a model would be asked for a character, by its parts and tokens
command-operator-prompt-option-character = character
    .description = Who would answer; whoever does by default when left out
command-operator-prompt-option-message = message
    .description = What a member would say

operator-prompt = This is what a model would be asked. Nothing was asked, and nothing is charged.
operator-prompt-sample = Hello! Who are you?
