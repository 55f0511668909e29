# /collection

command-collection = collection
    .description = Roll for characters, keep them, give and trade them
command-collection-view = view
    .description = Show your collection, or somebody else's
command-collection-view-option-member = member
    .description = Whose collection; yours when left out
command-collection-roll = roll
    .description = Roll for a character
command-collection-odds = odds
    .description = Your chances now, what is promised, and when you can roll
command-collection-history = history
    .description = Your latest rolls, with all that it takes to check them
command-collection-lock = lock
    .description = Lock one of your characters against giving and releasing, or unlock it
command-collection-lock-option-character = character
    .description = Which one
command-collection-release = release
    .description = Let one copy of a character go
command-collection-release-option-character = character
    .description = Which one
command-collection-gift = gift
    .description = Give one of your characters to somebody here
command-collection-gift-option-member = member
    .description = Who gets it
command-collection-gift-option-character = character
    .description = What you give
command-collection-trade = trade
    .description = Offer one of your characters for one of theirs
command-collection-trade-option-member = member
    .description = With whom
command-collection-trade-option-mine = mine
    .description = What you give
command-collection-trade-option-theirs = theirs
    .description = What you want for it
command-collection-pack = pack
    .description = Open packs of characters to everybody here (for those who manage the server)

collection-rarity =
    { $rarity ->
        [legendary] Legendary
        [epic] Epic
        [rare] Rare
        [uncommon] Uncommon
       *[common] Common
    }
collection-percent =
    { $tenth ->
        [0] { $whole } %
       *[other] { $whole }.{ $tenth } %
    }

collection-button-add = Add
collection-button-replace = Replace…
collection-button-release = Release
collection-button-back = Back
collection-button-confirm = Confirm
collection-button-cancel = Cancel
collection-button-accept = Accept
collection-button-decline = Decline
collection-button-withdraw = Withdraw

collection-roll-title = { $character } · { $rarity }
collection-roll-by =
    { $waited ->
        [yes] { $user }, this roll still waits for you to decide.
       *[no] Rolled by { $user }.
    }
collection-roll-new = New! { $taken } of { $slots } slots are taken.
collection-roll-copy =
    { $copies ->
        [one] In the collection once already: adding it makes one more copy.
       *[other] In the collection { $copies } times already: adding it makes one more copy.
    }
collection-roll-full =
    { $slots ->
        [one] The one slot is taken: replace what is there, or release this one.
       *[other] All { $slots } slots are taken: replace one, or release this one.
    }
collection-roll-decided =
    { $decision ->
        [released] { $user } let this one go.
        [replaced] { $user } took this one in; { $old } made room.
       *[added] { $user } took this one in. { $copies ->
            [0] It has moved on since.
            [one] It is there once.
           *[other] It is there { $copies } times.
        }
    }
collection-swap-ask = Who makes room for { $character }? That one goes with all its copies.
collection-swap-nobody = Nobody can make room for { $character }: all that you have is locked.
collection-swap-menu = Who goes?
collection-swap-option =
    { $copies ->
        [one] { $character } · { $rarity }
       *[other] { $character } · { $rarity } · { $copies } copies
    }

collection-terms-gift = 🎁 { $proposer } gives { $receiver } one **{ $gives }**.
collection-terms-trade = 🔁 { $proposer } gives { $receiver } one **{ $gives }**, and gets one **{ $gets }**.
collection-state =
    { $state ->
        [proposed] Nothing happens before you confirm, and nothing is given before { $receiver } accepts. An offer holds for { $hours } hours.
        [confirmed] { $receiver } can accept this. The offer ends { $until }.
        [done] Done: it has changed hands.
        [declined] { $receiver } declined. Nothing has changed hands.
        [withdrawn] Withdrawn. Nothing has changed hands.
       *[expired] The offer's time is over. Nothing has changed hands.
    }

collection-view-title = Collection
collection-view-head =
    { $who ->
        [you] { $taken } of your { $slots } slots are taken.
       *[other] { $who } has taken { $taken } of { $slots } slots.
    }
collection-view-entry = **{ $character }** · { $rarity }{ $copies ->
        [one] {""}
       *[other] {" "}· × { $copies }
    }{ $locked ->
        [yes] {" "}🔒
       *[no] {""}
    }
collection-view-hint = -# { $command } may bring somebody new.
collection-view-page = Page { $page } of { $pages }

collection-odds-title = Your odds
collection-odds-entry = **{ $rarity }** { $percent } – { $characters }
collection-odds-latest =
    { $rarity ->
        [legendary] { $rolls ->
            [one] Your next roll is legendary.
           *[other] A legendary one comes within { $rolls } rolls at the latest.
        }
       *[epic] { $rolls ->
            [one] Your next roll is epic or better.
           *[other] One that is epic or better comes within { $rolls } rolls at the latest.
        }
    }
collection-odds-left =
    { $left ->
        [0] No rolls left of { $of } in { $hours ->
            [one] one hour
           *[other] { $hours } hours
        }. The next one comes { $until }.
       *[other] Rolls left: { $left } of { $of } in { $hours ->
            [one] one hour
           *[other] { $hours } hours
        }.
    }
collection-odds-undecided = A roll waits for you to decide: { $command } shows it.
collection-odds-note = -# Everybody can talk to common characters. Within a rarity each one is equally likely.

collection-history-title = Your latest rolls
collection-history-none = You have not rolled yet. { $command } is how.
collection-history-entry =
    { $verified ->
        [yes] ✅
        [no] ⚠️
       *[unknown] ❔
    } { $when } **{ $character }** · { $rarity } · { $decision ->
        [added] added
        [replaced] added in another's place
        [released] released
       *[pending] undecided
    }
    -# draw { $draw } · rolls since an epic { $epic }, since a legendary { $legendary } · odds { $version }
collection-history-how = ✅ means: draw, luck and odds give this very result when it is computed again. The file has all of it.

collection-locked = **{ $character }** is locked now: safe from giving, trading and releasing. The same command unlocks it.
collection-unlocked = **{ $character }** is unlocked now: it can be given, traded and released.
collection-release-ask =
    { $copies ->
        [one] Let your only **{ $character }** go? There is no way back.
       *[other] Let one of your { $copies } copies of **{ $character }** go? There is no way back.
    }
collection-released =
    { $left ->
        [0] **{ $character }** is gone.
        [one] One copy of **{ $character }** is gone; one is left.
       *[other] One copy of **{ $character }** is gone; { $left } are left.
    }

collection-packs-title = Packs of this server
collection-packs-body = Everybody here may talk to the characters of an open pack, whether or not they have collected them.
collection-packs-entry =
    { $open ->
        [yes] 🔓
       *[no] 🔒
    } **{ $title }** – { $description }
collection-packs-menu = Which packs are open?

## Refusals

denied-collection-away = I can't get at the collections right now, and nothing is lost. Please try again in a minute.
denied-collection-spent =
    You have used up your { $of ->
        [one] roll
       *[other] { $of } rolls
    } in { $hours ->
        [one] one hour
       *[other] { $hours } hours
    }. You can roll again { $until }.
denied-collection-slots =
    { $who ->
        [you] All of your slots ({ $of }) are taken. Replace a character, or release one first.
       *[other] All slots of { $who } ({ $of }) are taken. Nothing has changed; they can make room and try again.
    }
denied-collection-not-owned =
    { $who ->
        [you] You don't have { $character } in your collection. Nothing has changed.
       *[other] { $who } doesn't have { $character } in their collection. Nothing has changed.
    }
denied-collection-locked =
    { $who ->
        [you] You have locked { $character }. Unlock it with /collection lock first.
       *[other] { $who } has locked { $character }. Nothing has changed; they can unlock it.
    }
denied-collection-changed = The number of copies has changed since you were asked. Please run the command again.
denied-collection-roll-gone = I don't have this roll any more. Please roll anew.
denied-collection-offer-gone = I don't have this offer any more. Please make a new one.
denied-collection-not-yours = This button is for somebody else.
denied-collection-too-many = You have { $most } open offers, and can't have more. Withdraw one, or wait until one ends.
denied-collection-themselves = That would be you on both sides. Please pick somebody else.
denied-collection-bot = Bots collect nothing. Please pick a member.
denied-collection-elsewhere = I can't find that member on this server. Please pick somebody who is here.
denied-collection-same = That is one and the same character on both sides. Please pick two different ones.
denied-collection-hidden = This member keeps their collection to themselves.
