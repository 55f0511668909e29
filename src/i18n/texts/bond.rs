//! Texts of bonds.

use super::{Text, texts};

texts! {
    /// A new band was reached.
    BOND_REACHED = "bond-reached" ("character", "band", "command");
    /// PostgreSQL is away.
    BOND_AWAY = "bond-away";
    /// A band's name.
    BOND_BAND = "bond-band" ("band");
    /// How close the two are.
    BOND_VIEW = "bond-view" ("character", "band", "level");
    /// What the character calls the member.
    BOND_VIEW_NICKNAME = "bond-view-nickname" ("nickname");
    /// How much the next level needs.
    BOND_VIEW_NEXT = "bond-view-next" ("left", "next");
    /// What today has added, of how much, and when the day ends.
    BOND_VIEW_TODAY = "bond-view-today" ("today", "cap", "amount", "until");
    /// It is paused.
    BOND_VIEW_PAUSED = "bond-view-paused" ("command");
    /// What the next band opens.
    BOND_OPENS = "bond-opens" ("character", "band", "level", "what");
    /// On the card: the level.
    BOND_CARD_LEVEL = "bond-card-level" ("level");
    /// On the card: how much the next level needs.
    BOND_CARD_NEXT = "bond-card-next" ("left", "next");
    /// On the card: what today has added.
    BOND_CARD_TODAY = "bond-card-today" ("today", "cap");
    /// On the card: before the nickname.
    BOND_CARD_NICKNAME = "bond-card-nickname";
    /// The card in words.
    BOND_CARD_ALT = "bond-card-alt" ("character", "band", "level", "next", "today");
    /// No bonds yet.
    BOND_LIST_NONE = "bond-list-none" ("command");
    /// Heading of the list.
    BOND_LIST_TITLE = "bond-list-title" ("count");
    /// One bond of the list.
    BOND_LIST_ENTRY = "bond-list-entry" ("character", "band", "level", "xp", "paused");
    /// Which page this is.
    BOND_LIST_PAGE = "bond-list-page" ("page", "of");
    /// A character that is not to be had now.
    BOND_SOMEBODY = "bond-somebody";
    /// Nothing was gained yet.
    BOND_HISTORY_NONE = "bond-history-none" ("character");
    /// Heading of a history.
    BOND_HISTORY_TITLE = "bond-history-title" ("character");
    /// A day of a history.
    BOND_HISTORY_DAY = "bond-history-day" ("day", "gained");
    /// The same with a new level.
    BOND_HISTORY_LEVEL = "bond-history-level" ("day", "level");
    /// The same with a new band, too.
    BOND_HISTORY_BAND = "bond-history-band" ("day", "level", "band");
    /// The file has more.
    BOND_HISTORY_MORE = "bond-history-more" ("days");
    /// Nobody is on the leaderboard.
    BOND_RANKS_NONE = "bond-ranks-none" ("character", "days", "command");
    /// Heading of a leaderboard.
    BOND_RANKS_TITLE = "bond-ranks-title" ("character", "days");
    /// A member on it.
    BOND_RANKS_ENTRY = "bond-ranks-entry" ("place", "member", "level", "band");
    /// How to leave leaderboards.
    BOND_RANKS_HIDE = "bond-ranks-hide" ("command");
    /// Whoever asks is not on it.
    BOND_RANKS_NOT_THERE = "bond-ranks-not-there" ("character", "command");
    /// The character has a name for the member.
    BOND_NICKNAME_SET = "bond-nickname-set" ("character", "nickname");
    /// It has none any more.
    BOND_NICKNAME_GONE = "bond-nickname-gone" ("character");
    /// That is no name.
    BOND_NICKNAME_BAD = "bond-nickname-bad" ("most");
    /// The bond is paused now.
    BOND_PAUSED = "bond-paused" ("character");
    /// The bond goes on.
    BOND_GOES_ON = "bond-goes-on" ("character");
    /// Off all leaderboards.
    BOND_HIDDEN = "bond-hidden";
    /// On leaderboards again.
    BOND_SHOWN = "bond-shown";
    /// Whether a bond is to be erased.
    BOND_ERASE_ASK = "bond-erase-ask" ("character");
    /// Yes.
    BOND_ERASE_BUTTON = "bond-erase-button";
    /// No.
    BOND_KEEP_BUTTON = "bond-keep-button";
    /// It is erased.
    BOND_ERASED = "bond-erased" ("character");
    /// There was none.
    BOND_NONE_WITH = "bond-none-with" ("character");
    /// It stays.
    BOND_KEPT = "bond-kept" ("character");
}
