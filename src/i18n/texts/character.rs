//! The texts of `/character`. Where a text has `what`, it is one text for each of several cases, by their names.

use super::{Text, texts};

texts! {
    /// Whose a character is.
    CHARACTER_FROM = "character-from" ("what", "owner");
    /// Whom and what a character is shared with.
    CHARACTER_SHARING = "character-sharing" ("what");
    /// Who made it, and which version it is.
    CHARACTER_CREATOR = "character-creator" ("creator", "version");
    /// Heading of the creator's notes.
    CHARACTER_NOTES = "character-notes";
    /// Heading of the tags.
    CHARACTER_TAGS = "character-tags";
    /// Heading of the facts.
    CHARACTER_FACTS = "character-facts";
    /// How rare it is.
    CHARACTER_RARITY = "character-rarity" ("what");
    /// What it takes of each talk.
    CHARACTER_COST = "character-cost" ("tokens");
    /// Heading of a greeting.
    CHARACTER_GREETING = "character-greeting" ("number", "of");
    /// A button's label.
    CHARACTER_BUTTON = "character-button" ("what");
    /// Heading of the list.
    CHARACTER_LIST = "character-list" ("page", "of");
    /// Heading of a section of the list.
    CHARACTER_SECTION = "character-section" ("what", "count", "of");
    /// One character of the list.
    CHARACTER_LINE = "character-line" ("name", "beside");
    /// The one who answers the member.
    CHARACTER_LINE_ACTIVE = "character-line-active" ("name", "beside");
    /// The member has none of their own.
    CHARACTER_NONE = "character-none" ("create", "import");
    /// What can be done with characters.
    CHARACTER_HOW = "character-how" ("talk", "select", "closed", "roll", "create", "import", "share");
    /// It is to be collected first.
    CHARACTER_CLOSED = "character-closed";
    /// There are more than are listed.
    CHARACTER_LIST_CUT = "character-list-cut" ("info");
    /// PostgreSQL is away: only the cast is listed.
    CHARACTER_LIST_AWAY = "character-list-away";
    /// A menu's placeholder.
    CHARACTER_MENU = "character-menu" ("what");
    /// A member has chosen.
    CHARACTER_CHOSEN = "character-chosen" ("character", "what");
    /// A member leaves it to the server.
    CHARACTER_UNCHOSEN = "character-unchosen" ("character");
    /// A server has chosen.
    CHARACTER_DEFAULT = "character-default" ("character");
    /// A server leaves it to the bot.
    CHARACTER_DEFAULT_NONE = "character-default-none" ("character");
    /// Heading of a form.
    CHARACTER_FORM = "character-form" ("what");
    /// Label of a form's field.
    CHARACTER_FIELD = "character-field" ("what");
    /// A text is too long for its field.
    CHARACTER_FIELD_LONG = "character-field-long" ("count");
    /// How many a member has.
    CHARACTER_COUNT = "character-count" ("count", "of");
    /// It was made.
    CHARACTER_MADE = "character-made" ("character", "edit", "share");
    /// What can be edited.
    CHARACTER_EDIT = "character-edit" ("character");
    /// It was changed.
    CHARACTER_EDITED = "character-edited" ("character", "what");
    /// Whether it is to be deleted.
    CHARACTER_SURE = "character-sure" ("character", "days", "restore");
    /// It was deleted.
    CHARACTER_DELETED = "character-deleted" ("character", "until", "restore");
    /// Nothing happened.
    CHARACTER_KEPT = "character-kept";
    /// There is nothing to bring back.
    CHARACTER_RESTORE_NONE = "character-restore-none" ("days");
    /// What can be brought back.
    CHARACTER_RESTORE = "character-restore";
    /// One that can be brought back.
    CHARACTER_RESTORE_LINE = "character-restore-line" ("character", "until");
    /// It is back.
    CHARACTER_RESTORED = "character-restored" ("character");
    /// It is shared.
    CHARACTER_SHARED = "character-shared" ("character");
    /// It is no longer shared.
    CHARACTER_UNSHARED = "character-unshared" ("character");
    /// Its file.
    CHARACTER_EXPORTED = "character-exported" ("character");
    /// Its file has not all of it.
    CHARACTER_LEFT_OUT = "character-left-out" ("count");
    /// Why a wish about characters is not fulfilled.
    CHARACTER_TROUBLE = "character-trouble" ("what", "number", "list");
    /// Why a file can't be had.
    CHARACTER_DOWNLOAD = "character-download" ("what", "number");

    /// It was imported.
    IMPORT_DONE = "import-done" ("character");
    /// What was found.
    IMPORT_FACTS = "import-facts" ("form", "version", "used", "kept");
    /// What of the lorebook runs.
    IMPORT_LORE = "import-lore" ("running", "idle");
    /// Files beside the card that were not kept.
    IMPORT_FILES = "import-files" ("count");
    /// Its picture could not be taken.
    IMPORT_NO_PICTURE = "import-no-picture" ("why");
    /// It takes much of the member's tokens.
    IMPORT_HEAVY = "import-heavy" ("tokens", "daily");
    /// The whole report is in the file.
    IMPORT_REPORT = "import-report";
    /// The member has it already.
    IMPORT_SAME = "import-same" ("character");
    /// It was not kept for so long.
    IMPORT_LATE = "import-late" ("import");
    /// For whom a lorebook is.
    IMPORT_WHICH = "import-which" ("import");
    /// A card, where a lorebook was expected.
    IMPORT_NO_BOOK = "import-no-book" ("import");
    /// A lorebook was given to a character.
    IMPORT_BOOK = "import-book" ("character");
    /// The lorebook before it is in a file.
    IMPORT_BOOK_BEFORE = "import-book-before";

    /// Headings of the report.
    REPORT_HEAD = "report-head" ("what");
    /// What becomes of a field.
    REPORT_STATE = "report-state" ("what", "detail", "number");
    /// What a field is used for.
    REPORT_USE = "report-use" ("what");
    /// Why a field is only kept.
    REPORT_WHY = "report-why" ("what");
    /// Types of JSON.
    REPORT_FOUND = "report-found" ("what");
    /// What is worth telling.
    REPORT_WARNING = "report-warning" ("what", "detail", "number");
    /// What is worth telling of the file.
    REPORT_FILE = "report-file" ("what", "detail", "number");
    /// What is unusual about the version.
    REPORT_ODDITY = "report-oddity" ("what", "detail");
    /// Whether an entry runs.
    REPORT_ENTRY = "report-entry" ("what");
    /// What of an entry can't run.
    REPORT_LORE = "report-lore" ("what", "detail");
    /// Why a file is not taken.
    CARD_REFUSAL = "card-refusal" ("what", "detail", "number", "more");
    /// Kinds of files.
    CARD_KIND = "card-kind" ("what");
    /// What JSON missed.
    CARD_SYNTAX = "card-syntax" ("what");
    /// What is wrong with an archive.
    CARD_DAMAGE = "card-damage" ("what", "detail");
}
