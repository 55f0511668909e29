# Warum ein Modell nicht gefragt wird: jede Absage sagt, welche Grenze oder Regel, bis wann, und was zu tun ist.

denied-repeated = Das habe ich schon: Die Antwort ist da oder unterwegs.
denied-ai-disabled = Die Leute, die mich betreiben, haben KI gerade abgeschaltet. Bitte versuch es später noch einmal.
denied-switched =
    { $what ->
        [talk] Das Reden
        [scene] Das Spielen von Szenen
        [guild] KI auf diesem Server
        [model] Das Modell hinter den Figuren
        [character] Diese Figur
       *[all] KI
    } ist gerade von den Leuten abgeschaltet, die mich betreiben. { $until ->
        [unknown] Bitte versuch es später noch einmal.
       *[other] Weiter geht es voraussichtlich { $until }.
    }
denied-reason = Der Grund: { $reason }
denied-user-blocked =
    Die Leute, die mich betreiben, haben dich gesperrt. { $until ->
        [unknown] Wenn du das für einen Irrtum hältst, frag sie bitte.
       *[other] Die Sperre endet { $until }.
    }
denied-guild-blocked =
    Die Leute, die mich betreiben, haben diesen Server gesperrt. { $until ->
        [unknown] Wenn du das für einen Irrtum hältst, frag sie bitte.
       *[other] Die Sperre endet { $until }.
    }
denied-guild-off = Die Admins dieses Servers haben KI hier abgeschaltet. Du kannst sie bitten, sie einzuschalten.
denied-feature-off =
    Die Admins dieses Servers haben { $feature ->
        [scene] Szenen
       *[talk] das Reden
    } hier abgeschaltet. Du kannst sie bitten, es einzuschalten.
denied-blocked-here = Die Admins dieses Servers möchten nicht, dass ich dir antworte. Wenn du das für einen Irrtum hältst, frag sie bitte.
denied-role = Auf diesem Server geht das nur mit bestimmten Rollen. Ein Admin kann dir eine geben.
denied-channel = In diesem Kanal geht das nicht. Versuch es in { $channels }.
denied-channel-elsewhere = In diesem Kanal geht das nicht. Bitte frag einen Admin, wo es geht.
denied-penalty = Das war immer wieder zu viel in zu kurzer Zeit. Ich antworte dir wieder { $until }.
denied-user-window =
    Das war schnell: Ich antworte dir { $of }-mal in { $seconds } Sekunden. { $until ->
        [unknown] Bitte versuch es später noch einmal.
       *[other] Weiter geht es { $until }.
    }
denied-guild-window =
    Auf diesem Server ist viel los: Er bekommt { $of } Antworten in { $seconds } Sekunden. { $until ->
        [unknown] Bitte versuch es später noch einmal.
       *[other] Bitte versuch es { $until } noch einmal.
    }
denied-user-day =
    Du hast deine { $of } { $feature ->
        [scene] Szenenzüge
       *[talk] Antworten
    } für heute aufgebraucht. { $until ->
        [unknown] Im Moment gibt es keine.
       *[other] Neue bekommst du { $until }.
    }
denied-user-week =
    Du hast deine { $of } { $feature ->
        [scene] Szenenzüge
       *[talk] Antworten
    } für 7 Tage aufgebraucht. { $until ->
        [unknown] Im Moment gibt es keine.
       *[other] Neue bekommst du { $until }.
    }
denied-guild-day =
    Dieser Server hat seine { $of } { $feature ->
        [scene] Szenenzüge
       *[talk] Antworten
    } für heute aufgebraucht. { $until ->
        [unknown] Im Moment gibt es keine.
       *[other] Neue bekommt er { $until }.
    }
denied-guild-week =
    Dieser Server hat seine { $of } { $feature ->
        [scene] Szenenzüge
       *[talk] Antworten
    } für 7 Tage aufgebraucht. { $until ->
        [unknown] Im Moment gibt es keine.
       *[other] Neue bekommt er { $until }.
    }
denied-tokens-day =
    Was heute von deinen { $of } Token { $feature ->
        [scene] für Szenen
       *[talk] zum Reden
    } übrig ist, reicht dafür nicht. { $until ->
        [unknown] Es ist mehr, als es an einem ganzen Tag gibt: Bitte kürz es.
       *[other] Neue bekommst du { $until }; etwas Kürzeres passt vielleicht noch.
    }
denied-tokens-week =
    Was in diesen 7 Tagen von deinen { $of } Token { $feature ->
        [scene] für Szenen
       *[talk] zum Reden
    } übrig ist, reicht dafür nicht. { $until ->
        [unknown] Es ist mehr, als es überhaupt gibt: Bitte kürz es.
       *[other] Neue bekommst du { $until }; etwas Kürzeres passt vielleicht noch.
    }
denied-guild-busy =
    Auf diesem Server sprechen schon so viele Figuren, wie auf einmal können. { $until ->
        [unknown] Bitte versuch es gleich noch einmal.
       *[other] Bitte versuch es gleich noch einmal; spätestens { $until } ist eine von ihnen fertig.
    }
denied-busy =
    Es sprechen schon so viele Figuren, wie ich auf einmal schaffe. { $until ->
        [unknown] Bitte versuch es gleich noch einmal.
       *[other] Bitte versuch es gleich noch einmal; spätestens { $until } ist eine von ihnen fertig.
    }
denied-line-full = Es warten schon so viele, dass die Schlange voll ist. Bitte versuch es in einer Minute noch einmal.
denied-waited = Du bist nicht rechtzeitig an die Reihe gekommen. Es hat dich nichts gekostet: Bitte versuch es noch einmal.
denied-settings-unknown = Die Einstellungen dieses Servers oder deine kann ich gerade nicht lesen. Bitte versuch es in einer Minute noch einmal.
denied-model-away =
    Das Modell hinter den Figuren antwortet gerade nicht. Es hat dich nichts gekostet. { $until ->
        [unknown] Bitte versuch es in ein paar Minuten noch einmal.
       *[other] Bitte versuch es { $until } noch einmal.
    }
denied-model-refused = Das Modell hinter den Figuren möchte darauf nicht antworten. Es hat dich nichts gekostet: Bitte sag es anders.
denied-stopped = Das wurde vor dem ersten Wort abgebrochen. Es hat dich nichts gekostet: Bitte versuch es in einer Minute noch einmal.
denied-no-character = So eine Figur, mit der du hier reden könntest, kenne ich nicht. Nimm eine aus der Liste, die beim Tippen erscheint.
denied-not-collected = { $character } ist noch nicht in deiner Sammlung. `/collection roll` zieht dir Figuren, andere können ihre verschenken oder tauschen, und ein Admin kann ein Paket für den ganzen Server öffnen. Gewöhnliche Figuren antworten allen.
denied-many-characters = So heißt mehr als eine Figur. Nimm die gemeinte aus der Liste, die beim Tippen erscheint.
denied-characters-away = Diese Figur kann ich gerade nicht nachschlagen. Nichts ist verloren: Versuch es in einer Minute noch einmal, oder rede mit einer anderen.
denied-too-long =
    Das ist zu lang: Es darf bis zu { $most ->
        [one] ein Zeichen
       *[other] { $most } Zeichen
    } haben. Bitte kürz es.
denied-empty = Darin ist nichts, worauf man antworten könnte. Bitte schreib etwas.
denied-answers-away = An die gespeicherten Antworten komme ich gerade nicht heran. Bitte drück in einer Minute noch einmal darauf.
denied-answer-gone = Die Antwort, um die es geht, habe ich nicht mehr. Bitte sag etwas Neues.
denied-not-yours = Diese Schaltfläche ist für die Person, die gefragt hat. Du kannst selbst mit der Figur reden.
