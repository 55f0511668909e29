//! Every text that code shows, with the arguments it takes: the one list that the language files are tested against.

mod bond;
mod character;
mod collection;

pub use bond::*;
pub use character::*;
pub use collection::*;

/// One text: its key in the language files, and the names of its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// The key.
    pub key: &'static str,
    /// The arguments, all of which must be given.
    pub args: &'static [&'static str],
}

macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident = $key:literal $(($($arg:literal),+))?;)+) => {
        $($(#[doc = $doc])+ pub const $name: Text = Text { key: $key, args: &[$($($arg),+)?] };)+

        /// All of them.
        pub(super) const ALL: &[Text] = &[$($name),+];
    };
}
use texts;

/// All of them, of every list.
pub fn all() -> impl Iterator<Item = &'static Text> {
    [ALL, bond::ALL, character::ALL, collection::ALL].into_iter().flatten()
}

texts! {
    /// The bot is shutting down.
    REFUSED_RESTARTING = "refused-restarting";
    /// Servers only.
    REFUSED_GUILD_ONLY = "refused-guild-only";
    /// Direct messages only.
    REFUSED_DM_ONLY = "refused-dm-only";
    /// Age-restricted channels only.
    REFUSED_NSFW_ONLY = "refused-nsfw-only";
    /// Owners only.
    REFUSED_OWNER_ONLY = "refused-owner-only";
    /// The member lacks a permission.
    REFUSED_MEMBER_PERMISSIONS = "refused-member-permissions";
    /// The bot lacks a permission.
    REFUSED_BOT_PERMISSIONS = "refused-bot-permissions";
    /// Used again too soon.
    REFUSED_COOLDOWN = "refused-cooldown" ("seconds");
    /// An unreadable option.
    REFUSED_BAD_ARGUMENT = "refused-bad-argument";
    /// A command of an older version.
    REFUSED_UNKNOWN_COMMAND = "refused-unknown-command";
    /// A button of an older version.
    REFUSED_EXPIRED_COMPONENT = "refused-expired-component";
    /// A check said no.
    REFUSED_NOT_ALLOWED = "refused-not-allowed";
    /// An unexpected failure.
    FAILED = "failed" ("incident");

    /// Heading of `/about`.
    ABOUT_TITLE = "about-title";
    /// What Troupe is.
    ABOUT_BODY = "about-body";
    /// Heading of what is kept.
    ABOUT_PRIVACY_TITLE = "about-privacy-title";
    /// What is kept.
    ABOUT_PRIVACY_BODY = "about-privacy-body";
    /// Heading of the version.
    ABOUT_VERSION_TITLE = "about-version-title";
    /// Label of the link to the source code.
    ABOUT_LINK_SOURCE = "about-link-source";
    /// Label of the link to help from people.
    ABOUT_LINK_SUPPORT = "about-link-support";
    /// Label of the link to the privacy policy.
    ABOUT_LINK_PRIVACY = "about-link-privacy";
    /// Label of the link that adds the bot.
    ABOUT_LINK_INVITE = "about-link-invite";

    /// No character remembers anything.
    MEMORY_NONE = "memory-none";
    /// One character remembers nothing.
    MEMORY_NONE_OF = "memory-none-of" ("character");
    /// Who remembers how much, and until when.
    MEMORY_HEAD = "memory-head" ("character", "turns", "until");
    /// How close the two are.
    MEMORY_BOND = "memory-bond" ("level", "today", "cap");
    /// A member's line.
    MEMORY_YOU = "memory-you" ("text");
    /// A character's line.
    MEMORY_CHARACTER = "memory-character" ("character", "text");
    /// There is more in the file.
    MEMORY_MORE = "memory-more";
    /// One character has forgotten.
    MEMORY_FORGOT_ONE = "memory-forgot-one" ("character", "replies");
    /// All have forgotten.
    MEMORY_FORGOT_ALL = "memory-forgot-all" ("characters", "replies");

    /// Heading of `/help`.
    HELP_TITLE = "help-title";
    /// One line of the list.
    HELP_ENTRY = "help-entry" ("command", "description");
    /// How to learn more.
    HELP_HINT = "help-hint" ("help");
    /// Heading of a command's options.
    HELP_OPTIONS_TITLE = "help-options-title";
    /// One option.
    HELP_OPTION = "help-option" ("name", "description");
    /// One option that must be given.
    HELP_OPTION_REQUIRED = "help-option-required" ("name", "description");
    /// No such command.
    HELP_UNKNOWN = "help-unknown" ("name", "help");

    /// The same interaction again.
    DENIED_REPEATED = "denied-repeated";
    /// The environment's kill switch.
    DENIED_AI_DISABLED = "denied-ai-disabled";
    /// A runtime kill switch.
    DENIED_SWITCHED = "denied-switched" ("what", "until");
    /// An operator's reason.
    DENIED_REASON = "denied-reason" ("reason");
    /// A blocked member.
    DENIED_USER_BLOCKED = "denied-user-blocked" ("until");
    /// A blocked guild.
    DENIED_GUILD_BLOCKED = "denied-guild-blocked" ("until");
    /// AI is off in the guild.
    DENIED_GUILD_OFF = "denied-guild-off";
    /// A feature is off in the guild.
    DENIED_FEATURE_OFF = "denied-feature-off" ("feature");
    /// A member whom the guild has blocked.
    DENIED_BLOCKED_HERE = "denied-blocked-here";
    /// None of the roles that may.
    DENIED_ROLE = "denied-role";
    /// Another channel, and which.
    DENIED_CHANNEL = "denied-channel" ("channels");
    /// Another channel.
    DENIED_CHANNEL_ELSEWHERE = "denied-channel-elsewhere";
    /// A penalty.
    DENIED_PENALTY = "denied-penalty" ("until");
    /// A member's window.
    DENIED_USER_WINDOW = "denied-user-window" ("of", "seconds", "until");
    /// A guild's window.
    DENIED_GUILD_WINDOW = "denied-guild-window" ("of", "seconds", "until");
    /// A member's day.
    DENIED_USER_DAY = "denied-user-day" ("of", "feature", "until");
    /// A member's week.
    DENIED_USER_WEEK = "denied-user-week" ("of", "feature", "until");
    /// A guild's day.
    DENIED_GUILD_DAY = "denied-guild-day" ("of", "feature", "until");
    /// A guild's week.
    DENIED_GUILD_WEEK = "denied-guild-week" ("of", "feature", "until");
    /// A member's tokens of a day.
    DENIED_TOKENS_DAY = "denied-tokens-day" ("of", "feature", "until");
    /// A member's tokens of a week.
    DENIED_TOKENS_WEEK = "denied-tokens-week" ("of", "feature", "until");
    /// No slot in the guild.
    DENIED_GUILD_BUSY = "denied-guild-busy" ("until");
    /// No slot at all.
    DENIED_BUSY = "denied-busy" ("until");
    /// No place in line.
    DENIED_LINE_FULL = "denied-line-full";
    /// A wait that took too long.
    DENIED_WAITED = "denied-waited";
    /// Settings that can't be read.
    DENIED_SETTINGS_UNKNOWN = "denied-settings-unknown";
    /// No model answers.
    DENIED_MODEL_AWAY = "denied-model-away" ("until");
    /// The model refuses.
    DENIED_MODEL_REFUSED = "denied-model-refused";
    /// Stopped before the first word.
    DENIED_STOPPED = "denied-stopped";
    /// No such character.
    DENIED_NO_CHARACTER = "denied-no-character";
    /// The character is to be collected first.
    DENIED_NOT_COLLECTED = "denied-not-collected" ("character");
    /// More than one character goes by that name.
    DENIED_MANY_CHARACTERS = "denied-many-characters";
    /// The character can't be read now.
    DENIED_CHARACTERS_AWAY = "denied-characters-away";
    /// Too long a message.
    DENIED_TOO_LONG = "denied-too-long" ("most");
    /// An empty message.
    DENIED_EMPTY = "denied-empty";
    /// Kept answers that can't be reached.
    DENIED_ANSWERS_AWAY = "denied-answers-away";
    /// An answer that is no longer kept.
    DENIED_ANSWER_GONE = "denied-answer-gone";
    /// Somebody else's button.
    DENIED_NOT_YOURS = "denied-not-yours";

    /// Heading of `/limits`.
    LIMITS_TITLE = "limits-title";
    /// The member's tier.
    LIMITS_TIER = "limits-tier" ("tier");
    /// A penalty in force.
    LIMITS_PENALTY = "limits-penalty" ("until");
    /// What refuses whatever is left.
    LIMITS_OFF = "limits-off" ("why");
    /// Heading of a member's limits of one feature.
    LIMITS_OWN = "limits-own" ("feature");
    /// Heading of a guild's limits of one feature.
    LIMITS_OF_GUILD = "limits-of-guild" ("feature");
    /// Heading of windows and slots.
    LIMITS_PACE = "limits-pace";
    /// Calls of a day.
    LIMITS_CALLS_DAY = "limits-calls-day" ("left", "of", "until");
    /// Calls of a week.
    LIMITS_CALLS_WEEK = "limits-calls-week" ("left", "of", "until");
    /// Tokens of a day.
    LIMITS_TOKENS_DAY = "limits-tokens-day" ("left", "of", "until");
    /// Tokens of a week.
    LIMITS_TOKENS_WEEK = "limits-tokens-week" ("left", "of", "until");
    /// A member's window.
    LIMITS_WINDOW = "limits-window" ("left", "of", "seconds", "until");
    /// A guild's window.
    LIMITS_GUILD_WINDOW = "limits-guild-window" ("left", "of", "seconds", "until");
    /// Slots of a guild.
    LIMITS_SLOTS = "limits-slots" ("used", "of");
    /// Who waits in a guild.
    LIMITS_WAITING = "limits-waiting" ("waiting");

    /// Below an answer that is as long as it may be.
    TALK_NOTE_LENGTH = "talk-note-length";
    /// Below an answer that the provider has filtered.
    TALK_NOTE_FILTERED = "talk-note-filtered";
    /// Below an answer whose stream broke.
    TALK_NOTE_CUT = "talk-note-cut";
    /// Below an answer that the bot stopped.
    TALK_NOTE_STOPPED = "talk-note-stopped";
    /// Below an answer that a kill switch stopped.
    TALK_NOTE_OFF = "talk-note-off";
    /// The same, and why.
    TALK_NOTE_OFF_BECAUSE = "talk-note-off-because" ("reason");
    /// What is left of the day's.
    TALK_NOTE_LEFT_DAY = "talk-note-left-day" ("count");
    /// What is left of the 7 days'.
    TALK_NOTE_LEFT_WEEK = "talk-note-left-week" ("count");
    /// Asks for another answer.
    TALK_BUTTON_AGAIN = "talk-button-again";
    /// Asks for more of an answer.
    TALK_BUTTON_GO_ON = "talk-button-go-on";
    /// Opens a form for one's next line.
    TALK_BUTTON_REPLY = "talk-button-reply";
    /// Takes an answer away.
    TALK_BUTTON_DELETE = "talk-button-delete";

    /// Heading above a member's own words, given back.
    TALK_YOUR_WORDS = "talk-your-words";
    /// A place in line.
    TALK_IN_LINE = "talk-in-line" ("place", "until");
    /// Title of the form for a line.
    TALK_FORM_TITLE = "talk-form-title" ("character");
    /// Label of its field.
    TALK_FORM_LABEL = "talk-form-label";
    /// The answer to a bare mention.
    TALK_HINT = "talk-hint" ("character", "greeting", "command");
    /// The bot may not write there.
    TALK_TROUBLE_FORBIDDEN = "talk-trouble-forbidden" ("memory");
    /// Discord did not take the answer.
    TALK_TROUBLE_DISCORD = "talk-trouble-discord" ("memory");
    /// Somebody pressed twice.
    TALK_UNDER_WAY = "talk-under-way";

    /// All AI, as a thing that is switched.
    OPERATOR_WHAT_EVERYTHING = "operator-what-everything";
    /// A feature.
    OPERATOR_WHAT_FEATURE = "operator-what-feature" ("name");
    /// A server.
    OPERATOR_WHAT_SERVER = "operator-what-server" ("name");
    /// A provider.
    OPERATOR_WHAT_PROVIDER = "operator-what-provider" ("name");
    /// A model.
    OPERATOR_WHAT_MODEL = "operator-what-model" ("name");
    /// A character.
    OPERATOR_WHAT_CHARACTER = "operator-what-character" ("name");
    /// Until a time.
    OPERATOR_UNTIL = "operator-until" ("time");
    /// Until an operator clears it.
    OPERATOR_UNTIL_ENABLED = "operator-until-enabled";
    /// What members are told.
    OPERATOR_REASON = "operator-reason" ("reason");
    /// Members are told nothing.
    OPERATOR_NO_REASON = "operator-no-reason";
    /// It is off.
    OPERATOR_DISABLED = "operator-disabled" ("what", "until", "reason");
    /// It is off, and PostgreSQL has yet to be told.
    OPERATOR_HELD_SHARED = "operator-held-shared";
    /// It is off in this process alone.
    OPERATOR_HELD_ALONE = "operator-held-alone";
    /// It is on again.
    OPERATOR_ENABLED = "operator-enabled" ("what");
    /// It was never off.
    OPERATOR_WAS_ENABLED = "operator-was-enabled" ("what");
    /// PostgreSQL is away.
    OPERATOR_ENABLE_FAILED = "operator-enable-failed" ("what");
    /// Heading of the list.
    OPERATOR_STATUS_TITLE = "operator-status-title";
    /// Nothing is off.
    OPERATOR_STATUS_NONE = "operator-status-none";
    /// The environment's switch is set.
    OPERATOR_STATUS_ENVIRONMENT = "operator-status-environment";
    /// One switch of the list.
    OPERATOR_STATUS_ENTRY = "operator-status-entry" ("what", "since", "until", "by", "reason");
    /// PostgreSQL has yet to be told of it.
    OPERATOR_STATUS_UNWRITTEN = "operator-status-unwritten";
    /// The list is longer.
    OPERATOR_STATUS_MORE = "operator-status-more" ("count");
    /// Nobody on record did it.
    OPERATOR_BY_NOBODY = "operator-by-nobody";
    /// A target where there is none.
    OPERATOR_TARGET_SPARE = "operator-target-spare";
    /// No target.
    OPERATOR_TARGET_MISSING = "operator-target-missing";
    /// An unreadable target.
    OPERATOR_TARGET_WRONG = "operator-target-wrong";
    /// An unreadable duration.
    OPERATOR_DURATION_WRONG = "operator-duration-wrong";
    /// Too long a reason.
    OPERATOR_REASON_WRONG = "operator-reason-wrong";
    /// A prompt is in the file.
    OPERATOR_PROMPT = "operator-prompt";
    /// What a member might say.
    OPERATOR_PROMPT_SAMPLE = "operator-prompt-sample";
}
