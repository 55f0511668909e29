# Why a call of a model does not happen: each says which limit or rule, until when, and what to do.

denied-repeated = I already have this one: its answer is here, or on its way.
denied-ai-disabled = The people who run me have switched AI off for the moment. Please try again later.
denied-switched =
    { $what ->
        [talk] Talking
        [scene] Playing scenes
        [guild] AI on this server
        [model] The model behind the characters
        [character] This character
       *[all] AI
    } is switched off right now by the people who run me. { $until ->
        [unknown] Please try again later.
       *[other] It should be back { $until }.
    }
denied-reason = The reason: { $reason }
denied-user-blocked =
    The people who run me have blocked you. { $until ->
        [unknown] If you think that is a mistake, please ask them.
       *[other] The block ends { $until }.
    }
denied-guild-blocked =
    The people who run me have blocked this server. { $until ->
        [unknown] If you think that is a mistake, please ask them.
       *[other] The block ends { $until }.
    }
denied-guild-off = The admins of this server have switched AI off here. You can ask them to switch it on.
denied-feature-off =
    The admins of this server have switched { $feature ->
        [scene] scenes
       *[talk] talking
    } off here. You can ask them to switch it on.
denied-blocked-here = The admins of this server don't want me to answer you. If you think that is a mistake, please ask them.
denied-role = On this server only members with certain roles can do that. An admin can give you one.
denied-channel = That doesn't work in this channel. Try it in { $channels }.
denied-channel-elsewhere = That doesn't work in this channel. Please ask an admin where it does.
denied-penalty = That was too much in too short a time, again and again. I'll answer you again { $until }.
denied-user-window =
    That was quick: I answer you { $of } times in { $seconds } seconds. { $until ->
        [unknown] Please try again later.
       *[other] You can go on { $until }.
    }
denied-guild-window =
    This server is busy: it gets { $of } answers in { $seconds } seconds. { $until ->
        [unknown] Please try again later.
       *[other] Please try again { $until }.
    }
denied-user-day =
    You have used up your { $of } { $feature ->
        [scene] scene turns
       *[talk] answers
    } for today. { $until ->
        [unknown] There are none to be had for now.
       *[other] You get new ones { $until }.
    }
denied-user-week =
    You have used up your { $of } { $feature ->
        [scene] scene turns
       *[talk] answers
    } for 7 days. { $until ->
        [unknown] There are none to be had for now.
       *[other] You get new ones { $until }.
    }
denied-guild-day =
    This server has used up its { $of } { $feature ->
        [scene] scene turns
       *[talk] answers
    } for today. { $until ->
        [unknown] There are none to be had for now.
       *[other] It gets new ones { $until }.
    }
denied-guild-week =
    This server has used up its { $of } { $feature ->
        [scene] scene turns
       *[talk] answers
    } for 7 days. { $until ->
        [unknown] There are none to be had for now.
       *[other] It gets new ones { $until }.
    }
denied-tokens-day =
    What is left of your { $of } tokens for { $feature ->
        [scene] scenes
       *[talk] talking
    } today is too little for this. { $until ->
        [unknown] It is more than a whole day's: please make it shorter.
       *[other] You get new ones { $until }; something shorter may still fit.
    }
denied-tokens-week =
    What is left of your { $of } tokens for { $feature ->
        [scene] scenes
       *[talk] talking
    } in 7 days is too little for this. { $until ->
        [unknown] It is more than all of them: please make it shorter.
       *[other] You get new ones { $until }; something shorter may still fit.
    }
denied-guild-busy =
    As many characters are speaking on this server as can at once. { $until ->
        [unknown] Please try again in a moment.
       *[other] Please try again in a moment; { $until } at the latest one of them is done.
    }
denied-busy =
    As many characters are speaking as I can manage at once. { $until ->
        [unknown] Please try again in a moment.
       *[other] Please try again in a moment; { $until } at the latest one of them is done.
    }
denied-line-full = So many are waiting already that the line is full. Please try again in a minute.
denied-waited = It didn't get to be your turn in time. This has cost you nothing: please try again.
denied-settings-unknown = I can't read this server's or your settings right now. Please try again in a minute.
denied-model-away =
    The model behind the characters doesn't answer right now. This has cost you nothing. { $until ->
        [unknown] Please try again in a few minutes.
       *[other] Please try again { $until }.
    }
denied-model-refused = The model behind the characters doesn't want to answer this. This has cost you nothing: please put it in other words.
denied-stopped = This was stopped before the first word. It has cost you nothing: please try again in a minute.
denied-no-character = I know no such character that you could talk to here. Pick one from the list that appears as you type.
denied-not-collected = { $character } is not in your collection yet. `/collection roll` draws you characters, others can give or trade theirs, and an admin can open a pack for this whole server. Common characters answer everybody.
denied-many-characters = More than one character goes by that name. Pick the one you mean from the list that appears as you type.
denied-characters-away = I can't look that character up right now. Nothing is lost: try again in a minute, or talk to another one.
denied-too-long =
    That is too long: it may have up to { $most ->
        [one] one character
       *[other] { $most } characters
    }. Please make it shorter.
denied-empty = There is nothing in that to answer. Please write something.
denied-answers-away = I can't get at the saved answers right now. Please press the button again in a minute.
denied-answer-gone = I no longer have the answer that this is about. Please say something new.
denied-not-yours = This button is for the one who asked. You can talk to the character yourself.
