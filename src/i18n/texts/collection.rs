//! Texts of collections.

use super::{Text, texts};

texts! {
    /// A rarity's name.
    COLLECTION_RARITY = "collection-rarity" ("rarity");
    /// A chance in percent.
    COLLECTION_PERCENT = "collection-percent" ("tenth", "whole");
    /// Button: take in.
    COLLECTION_BUTTON_ADD = "collection-button-add";
    /// Button: take in, in the place of another.
    COLLECTION_BUTTON_REPLACE = "collection-button-replace";
    /// Button: let go.
    COLLECTION_BUTTON_RELEASE = "collection-button-release";
    /// Button: back.
    COLLECTION_BUTTON_BACK = "collection-button-back";
    /// Button: make it an offer.
    COLLECTION_BUTTON_CONFIRM = "collection-button-confirm";
    /// Button: no offer after all.
    COLLECTION_BUTTON_CANCEL = "collection-button-cancel";
    /// Button: accept.
    COLLECTION_BUTTON_ACCEPT = "collection-button-accept";
    /// Button: decline.
    COLLECTION_BUTTON_DECLINE = "collection-button-decline";
    /// Button: take an offer back.
    COLLECTION_BUTTON_WITHDRAW = "collection-button-withdraw";
    /// Heading of a roll.
    COLLECTION_ROLL_TITLE = "collection-roll-title" ("character", "rarity");
    /// Whose roll it is.
    COLLECTION_ROLL_BY = "collection-roll-by" ("waited", "user");
    /// It is new, and fits.
    COLLECTION_ROLL_NEW = "collection-roll-new" ("taken", "slots");
    /// It would be one more copy.
    COLLECTION_ROLL_COPY = "collection-roll-copy" ("copies");
    /// It is new, and does not fit.
    COLLECTION_ROLL_FULL = "collection-roll-full" ("slots");
    /// What was decided.
    COLLECTION_ROLL_DECIDED = "collection-roll-decided" ("decision", "user", "old", "copies");
    /// Who makes room?
    COLLECTION_SWAP_ASK = "collection-swap-ask" ("character");
    /// Nobody can make room.
    COLLECTION_SWAP_NOBODY = "collection-swap-nobody" ("character");
    /// In the menu of those who can.
    COLLECTION_SWAP_MENU = "collection-swap-menu";
    /// One of those who can.
    COLLECTION_SWAP_OPTION = "collection-swap-option" ("copies", "character", "rarity");
    /// The terms of a gift.
    COLLECTION_TERMS_GIFT = "collection-terms-gift" ("proposer", "receiver", "gives");
    /// The terms of a trade.
    COLLECTION_TERMS_TRADE = "collection-terms-trade" ("proposer", "receiver", "gives", "gets");
    /// What became of an offer.
    COLLECTION_STATE = "collection-state" ("state", "receiver", "hours", "until");
    /// Heading of a collection.
    COLLECTION_VIEW_TITLE = "collection-view-title";
    /// Slots of a collection.
    COLLECTION_VIEW_HEAD = "collection-view-head" ("who", "taken", "slots");
    /// One character of a collection.
    COLLECTION_VIEW_ENTRY = "collection-view-entry" ("character", "rarity", "copies", "locked");
    /// How to get more.
    COLLECTION_VIEW_HINT = "collection-view-hint" ("command");
    /// Which page it is.
    COLLECTION_VIEW_PAGE = "collection-view-page" ("page", "pages");
    /// Heading of the odds.
    COLLECTION_ODDS_TITLE = "collection-odds-title";
    /// The chance of one rarity.
    COLLECTION_ODDS_ENTRY = "collection-odds-entry" ("rarity", "percent", "characters");
    /// What is promised.
    COLLECTION_ODDS_LATEST = "collection-odds-latest" ("rarity", "rolls");
    /// What is left of the window.
    COLLECTION_ODDS_LEFT = "collection-odds-left" ("left", "of", "hours", "until");
    /// A roll waits.
    COLLECTION_ODDS_UNDECIDED = "collection-odds-undecided" ("command");
    /// What else there is to know of the odds.
    COLLECTION_ODDS_NOTE = "collection-odds-note";
    /// Heading of the latest rolls.
    COLLECTION_HISTORY_TITLE = "collection-history-title";
    /// No rolls yet.
    COLLECTION_HISTORY_NONE = "collection-history-none" ("command");
    /// One of the latest rolls.
    COLLECTION_HISTORY_ENTRY = "collection-history-entry" ("verified", "when", "character", "rarity", "decision", "draw", "epic", "legendary", "version");
    /// How rolls are checked.
    COLLECTION_HISTORY_HOW = "collection-history-how";
    /// A character is locked now.
    COLLECTION_LOCKED = "collection-locked" ("character");
    /// A character is no longer locked.
    COLLECTION_UNLOCKED = "collection-unlocked" ("character");
    /// Shall a copy go?
    COLLECTION_RELEASE_ASK = "collection-release-ask" ("copies", "character");
    /// A copy is gone.
    COLLECTION_RELEASED = "collection-released" ("left", "character");
    /// Heading of a server's packs.
    COLLECTION_PACKS_TITLE = "collection-packs-title";
    /// What an open pack means.
    COLLECTION_PACKS_BODY = "collection-packs-body";
    /// One pack.
    COLLECTION_PACKS_ENTRY = "collection-packs-entry" ("open", "title", "description");
    /// In the menu of packs.
    COLLECTION_PACKS_MENU = "collection-packs-menu";
    /// Collections are away.
    DENIED_COLLECTION_AWAY = "denied-collection-away";
    /// No rolls left.
    DENIED_COLLECTION_SPENT = "denied-collection-spent" ("of", "hours", "until");
    /// No slots left.
    DENIED_COLLECTION_SLOTS = "denied-collection-slots" ("who", "of");
    /// Not in the collection.
    DENIED_COLLECTION_NOT_OWNED = "denied-collection-not-owned" ("who", "character");
    /// Locked.
    DENIED_COLLECTION_LOCKED = "denied-collection-locked" ("who", "character");
    /// Copies have changed.
    DENIED_COLLECTION_CHANGED = "denied-collection-changed";
    /// No such roll.
    DENIED_COLLECTION_ROLL_GONE = "denied-collection-roll-gone";
    /// No such offer.
    DENIED_COLLECTION_OFFER_GONE = "denied-collection-offer-gone";
    /// Somebody else's button.
    DENIED_COLLECTION_NOT_YOURS = "denied-collection-not-yours";
    /// Too many open offers.
    DENIED_COLLECTION_TOO_MANY = "denied-collection-too-many" ("most");
    /// Nobody deals with themselves.
    DENIED_COLLECTION_THEMSELVES = "denied-collection-themselves";
    /// Bots collect nothing.
    DENIED_COLLECTION_BOT = "denied-collection-bot";
    /// Not a member here.
    DENIED_COLLECTION_ELSEWHERE = "denied-collection-elsewhere";
    /// One character on both sides.
    DENIED_COLLECTION_SAME = "denied-collection-same";
    /// A hidden collection.
    DENIED_COLLECTION_HIDDEN = "denied-collection-hidden";
}
