# /bond

command-bond = bond
    .description = How close you are to the characters, and what that opens
command-bond-view = view
    .description = Show your bond with a character, or all your bonds
command-bond-view-option-character = character
    .description = With whom; all your bonds when left out
command-bond-nickname = nickname
    .description = Choose what a character calls you
command-bond-nickname-option-character = character
    .description = Who shall call you that
command-bond-nickname-option-name = name
    .description = The name; your own name again when left out
command-bond-history = history
    .description = Show the days on which your bond with a character grew
command-bond-history-option-character = character
    .description = With whom
command-bond-leaderboard = leaderboard
    .description = Show who is closest to a character on this server
command-bond-leaderboard-option-character = character
    .description = To whom
command-bond-pause = pause
    .description = Let a bond rest as it is, or let it go on
command-bond-pause-option-character = character
    .description = With whom
command-bond-privacy = privacy
    .description = Leave all leaderboards, or come back to them
command-bond-erase = erase
    .description = Erase your bond with a character; you are asked first
command-bond-erase-option-character = character
    .description = With whom

bond-reached =
    { $band ->
        [friend] You and { $character } are friends now.
        [trusted] { $character } trusts you now.
        [close] You and { $character } are close now.
        [devoted] { $character } is devoted to you now.
       *[soulbound] You and { $character } are soulbound now.
    } Something new is open between you: { $command }
bond-away = I can't get at your bonds right now. Nothing is lost, and what you talk about still counts. Please try again in a minute.
bond-band =
    { $band ->
        [friend] friend
        [trusted] trusted
        [close] close
        [devoted] devoted
        [soulbound] soulbound
       *[acquaintance] acquaintance
    }
bond-view = **{ $character }** and you: **{ $band }**, level **{ $level }**
bond-view-nickname = Calls you "{ $nickname }".
bond-view-next =
    { $left ->
        [one] One point more makes level { $next }.
       *[other] { $left } points more make level { $next }.
    }
bond-view-today =
    { $amount ->
        [one] Today: +{ $today } of { $cap } at most. Each talk adds one point; a new day begins { $until }.
       *[other] Today: +{ $today } of { $cap } at most. Each talk adds { $amount } points; a new day begins { $until }.
    }
bond-view-paused = -# It rests as it is. { $command } lets it go on.
bond-opens =
    -# Level { $level }, { $band }: { $what ->
        [both] { $character } greets you in a new way, and has a secret to share.
        [greeting] { $character } greets you in a new way.
        [secret] { $character } has a secret to share.
       *[manner] { $character } treats you in a new way.
    }
bond-card-level = Level { $level }
bond-card-next =
    { $left ->
        [one] 1 point to level { $next }
       *[other] { $left } points to level { $next }
    }
bond-card-today = Today +{ $today } of { $cap }
bond-card-nickname = Calls you
bond-card-alt = Bond card with { $character }: { $band }, level { $level }. { $next }. { $today }. Letters that the picture can't show are in the text beside it.
bond-list-none = You have no bonds yet. Talk to somebody with { $command }, and one begins.
bond-list-title =
    { $count ->
        [one] **Your bond**
       *[other] **Your bonds**, closest first
    }
bond-list-entry = **{ $character }** · { $band } · level { $level }, { $xp ->
        [one] 1 point
       *[other] { $xp } points
    }{ $paused ->
        [yes] {" "}· resting
       *[no] {""}
    }
bond-list-page = -# Page { $page } of { $of }
bond-somebody = Somebody who is away
bond-history-none = Your bond with { $character } has not grown yet. Days on which you talk will stand here.
bond-history-title = **{ $character }** and you, newest day first
bond-history-day = { $day }: +{ $gained }
bond-history-level = { $day } → level { $level }
bond-history-band = { $day } → level { $level }, { $band }
bond-history-more =
    { $days ->
        [one] -# One earlier day is in the file.
       *[other] -# { $days } earlier days are in the file.
    }
bond-ranks-none = Nobody here is on { $character }'s leaderboard: nobody with a bond to { $character } talked on this server in the last { $days } days, or they prefer not to be listed. You choose that for yourself with { $command }.
bond-ranks-title = **Closest to { $character } here**, of those who talked on this server in the last { $days } days
bond-ranks-entry = { $place }. { $member } · level { $level }, { $band }
bond-ranks-hide = -# You are on it. { $command } takes you off all leaderboards.
bond-ranks-not-there = -# You are not on it: you are if you talk with { $character } here, and { $command } does not keep you off.
bond-nickname-set = **{ $character }:** "{ $nickname }" it is, then.
bond-nickname-gone = **{ $character }:** Your own name again, then. It suits you.
bond-nickname-bad = A nickname needs a letter or a digit, and has { $most } characters at most. Please choose another one.
bond-paused = Your bond with { $character } rests now: it stays exactly as it is, and you can talk as before. The same command lets it go on.
bond-goes-on = Your bond with { $character } goes on.
bond-hidden = You are off all leaderboards now, on every server. The same command brings you back.
bond-shown = You are on leaderboards again, on servers where you talk. The same command takes you off.
bond-erase-ask = Erase your bond with **{ $character }**? Level and points, the nickname and the history go, and can't be brought back. What { $character } remembers of your talks stays: that is for /memory.
bond-erase-button = Erase it
bond-keep-button = Keep it
bond-erased = Done. Your bond with { $character } is erased, with nickname and history. You can begin anew whenever you like.
bond-none-with = There was no bond with { $character } to erase.
bond-kept = Nothing changed. Your bond with { $character } stays.
