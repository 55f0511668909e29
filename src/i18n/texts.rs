//! Every text that code shows, with the arguments it takes: the one list that the language files are tested against.

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
        pub const ALL: &[Text] = &[$($name),+];
    };
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
}
