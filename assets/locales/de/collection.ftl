# /collection

command-collection = sammlung
    .description = Würfle um Figuren, behalte, verschenke und tausche sie
command-collection-view = zeigen
    .description = Zeigt deine Sammlung oder die von jemand anderem
command-collection-view-option-member = mitglied
    .description = Wessen Sammlung; ohne Angabe deine
command-collection-roll = würfeln
    .description = Würfelt um eine Figur
command-collection-odds = chancen
    .description = Deine Chancen jetzt, was versprochen ist, und wann du würfeln kannst
command-collection-history = verlauf
    .description = Deine letzten Würfe mit allem, was man zum Nachrechnen braucht
command-collection-lock = sperren
    .description = Schützt eine deiner Figuren vor Weggeben und Freilassen, oder hebt das auf
command-collection-lock-option-character = figur
    .description = Welche
command-collection-release = freilassen
    .description = Lässt ein Exemplar einer Figur gehen
command-collection-release-option-character = figur
    .description = Welche
command-collection-gift = schenken
    .description = Schenkt jemandem hier eine deiner Figuren
command-collection-gift-option-member = mitglied
    .description = Wer sie bekommt
command-collection-gift-option-character = figur
    .description = Was du gibst
command-collection-trade = tauschen
    .description = Bietet eine deiner Figuren für eine von jemand anderem
command-collection-trade-option-member = mitglied
    .description = Mit wem
command-collection-trade-option-mine = meine
    .description = Was du gibst
command-collection-trade-option-theirs = andere
    .description = Was du dafür willst
command-collection-pack = paket
    .description = Öffnet Figurenpakete für alle hier (für alle, die den Server verwalten)

collection-rarity =
    { $rarity ->
        [legendary] Legendär
        [epic] Episch
        [rare] Selten
        [uncommon] Ungewöhnlich
       *[common] Gewöhnlich
    }
collection-percent =
    { $tenth ->
        [0] { $whole } %
       *[other] { $whole },{ $tenth } %
    }

collection-button-add = Aufnehmen
collection-button-replace = Ersetzen…
collection-button-release = Freilassen
collection-button-back = Zurück
collection-button-confirm = Bestätigen
collection-button-cancel = Abbrechen
collection-button-accept = Annehmen
collection-button-decline = Ablehnen
collection-button-withdraw = Zurückziehen

collection-roll-title = { $character } · { $rarity }
collection-roll-by =
    { $waited ->
        [yes] { $user }, dieser Wurf wartet noch auf deine Entscheidung.
       *[no] Gewürfelt von { $user }.
    }
collection-roll-new = Neu! { $taken } von { $slots } Plätzen sind belegt.
collection-roll-copy =
    { $copies ->
        [one] Schon einmal in der Sammlung: Aufnehmen macht ein Exemplar mehr daraus.
       *[other] Schon { $copies } Mal in der Sammlung: Aufnehmen macht ein Exemplar mehr daraus.
    }
collection-roll-full =
    { $slots ->
        [one] Der eine Platz ist belegt: Ersetze, was dort ist, oder lass diese Figur frei.
       *[other] Alle { $slots } Plätze sind belegt: Ersetze eine, oder lass diese Figur frei.
    }
collection-roll-decided =
    { $decision ->
        [released] { $user } hat diese Figur gehen lassen.
        [replaced] { $user } hat diese Figur aufgenommen; { $old } hat Platz gemacht.
       *[added] { $user } hat diese Figur aufgenommen. { $copies ->
            [0] Inzwischen ist sie weitergezogen.
            [one] Sie ist einmal da.
           *[other] Sie ist { $copies } Mal da.
        }
    }
collection-swap-ask = Wer macht Platz für { $character }? Die Figur geht mit allen ihren Exemplaren.
collection-swap-nobody = Niemand kann Platz machen für { $character }: Alles, was du hast, ist gesperrt.
collection-swap-menu = Wer geht?
collection-swap-option =
    { $copies ->
        [one] { $character } · { $rarity }
       *[other] { $character } · { $rarity } · { $copies } Exemplare
    }

collection-terms-gift = 🎁 { $proposer } schenkt { $receiver } einmal **{ $gives }**.
collection-terms-trade = 🔁 { $proposer } gibt { $receiver } einmal **{ $gives }** und bekommt einmal **{ $gets }**.
collection-state =
    { $state ->
        [proposed] Nichts geschieht, bevor du bestätigst, und nichts wird gegeben, bevor { $receiver } annimmt. Ein Angebot gilt { $hours } Stunden.
        [confirmed] { $receiver } kann das annehmen. Das Angebot endet { $until }.
        [done] Erledigt: Es hat den Besitzer gewechselt.
        [declined] { $receiver } hat abgelehnt. Nichts hat den Besitzer gewechselt.
        [withdrawn] Zurückgezogen. Nichts hat den Besitzer gewechselt.
       *[expired] Die Zeit des Angebots ist um. Nichts hat den Besitzer gewechselt.
    }

collection-view-title = Sammlung
collection-view-head =
    { $who ->
        [you] { $taken } von deinen { $slots } Plätzen sind belegt.
       *[other] { $who } hat { $taken } von { $slots } Plätzen belegt.
    }
collection-view-entry = **{ $character }** · { $rarity }{ $copies ->
        [one] {""}
       *[other] {" "}· × { $copies }
    }{ $locked ->
        [yes] {" "}🔒
       *[no] {""}
    }
collection-view-hint = -# { $command } bringt vielleicht jemand Neues.
collection-view-page = Seite { $page } von { $pages }

collection-odds-title = Deine Chancen
collection-odds-entry = **{ $rarity }** { $percent } – { $characters }
collection-odds-latest =
    { $rarity ->
        [legendary] { $rolls ->
            [one] Dein nächster Wurf ist legendär.
           *[other] Eine legendäre Figur kommt spätestens in { $rolls } Würfen.
        }
       *[epic] { $rolls ->
            [one] Dein nächster Wurf ist episch oder besser.
           *[other] Eine epische oder bessere Figur kommt spätestens in { $rolls } Würfen.
        }
    }
collection-odds-left =
    { $left ->
        [0] Kein Wurf übrig von { $of } in { $hours ->
            [one] einer Stunde
           *[other] { $hours } Stunden
        }. Der nächste kommt { $until }.
       *[other] Würfe übrig: { $left } von { $of } in { $hours ->
            [one] einer Stunde
           *[other] { $hours } Stunden
        }.
    }
collection-odds-undecided = Ein Wurf wartet auf deine Entscheidung: { $command } zeigt ihn.
collection-odds-note = -# Mit gewöhnlichen Figuren können alle sprechen. Innerhalb einer Seltenheit sind alle gleich wahrscheinlich.

collection-history-title = Deine letzten Würfe
collection-history-none = Du hast noch nicht gewürfelt. { $command } ist der Weg dazu.
collection-history-entry =
    { $verified ->
        [yes] ✅
        [no] ⚠️
       *[unknown] ❔
    } { $when } **{ $character }** · { $rarity } · { $decision ->
        [added] aufgenommen
        [replaced] anstelle einer anderen aufgenommen
        [released] freigelassen
       *[pending] unentschieden
    }
    -# Zahl { $draw } · Würfe seit einer epischen { $epic }, seit einer legendären { $legendary } · Tabelle { $version }
collection-history-how = ✅ heißt: Zahl, Glück und Tabelle ergeben beim Nachrechnen genau dieses Ergebnis. In der Datei steht alles.

collection-locked = **{ $character }** ist jetzt gesperrt: sicher vor Verschenken, Tauschen und Freilassen. Derselbe Befehl hebt das auf.
collection-unlocked = **{ $character }** ist nicht mehr gesperrt: Verschenken, Tauschen und Freilassen gehen wieder.
collection-release-ask =
    { $copies ->
        [one] Lässt du dein einziges Exemplar von **{ $character }** gehen? Es gibt kein Zurück.
       *[other] Lässt du eins deiner { $copies } Exemplare von **{ $character }** gehen? Es gibt kein Zurück.
    }
collection-released =
    { $left ->
        [0] **{ $character }** ist fort.
        [one] Ein Exemplar von **{ $character }** ist fort; eins ist noch da.
       *[other] Ein Exemplar von **{ $character }** ist fort; { $left } sind noch da.
    }

collection-packs-title = Pakete dieses Servers
collection-packs-body = Mit den Figuren eines offenen Pakets dürfen hier alle sprechen, ob sie sie gesammelt haben oder nicht.
collection-packs-entry =
    { $open ->
        [yes] 🔓
       *[no] 🔒
    } **{ $title }** – { $description }
collection-packs-menu = Welche Pakete sind offen?

## Absagen

denied-collection-away = Ich komme gerade nicht an die Sammlungen; verloren ist nichts. Bitte versuch es in einer Minute noch einmal.
denied-collection-spent =
    { $of ->
        [one] Deinen Wurf
       *[other] Deine { $of } Würfe
    } in { $hours ->
        [one] einer Stunde
       *[other] { $hours } Stunden
    } hast du aufgebraucht. Du kannst { $until } wieder würfeln.
denied-collection-slots =
    { $who ->
        [you] Alle deine Plätze ({ $of }) sind belegt. Ersetze eine Figur, oder lass zuerst eine frei.
       *[other] Alle Plätze von { $who } ({ $of }) sind belegt. Nichts hat sich geändert; dort kann Platz gemacht und es dann noch einmal versucht werden.
    }
denied-collection-not-owned =
    { $who ->
        [you] { $character } hast du nicht in deiner Sammlung. Nichts hat sich geändert.
       *[other] { $who } hat { $character } nicht in der Sammlung. Nichts hat sich geändert.
    }
denied-collection-locked =
    { $who ->
        [you] Du hast { $character } gesperrt. Heb das zuerst mit /sammlung sperren auf.
       *[other] { $who } hat { $character } gesperrt. Nichts hat sich geändert; die Sperre kann dort aufgehoben werden.
    }
denied-collection-changed = Die Zahl der Exemplare hat sich geändert, seit ich gefragt habe. Bitte führ den Befehl noch einmal aus.
denied-collection-roll-gone = Diesen Wurf habe ich nicht mehr. Bitte würfle neu.
denied-collection-offer-gone = Dieses Angebot habe ich nicht mehr. Bitte mach ein neues.
denied-collection-not-yours = Diese Schaltfläche ist für jemand anderen.
denied-collection-too-many = Du hast { $most } offene Angebote, und mehr gehen nicht. Zieh eins zurück, oder warte, bis eins endet.
denied-collection-themselves = Da wärst du auf beiden Seiten. Bitte nimm jemand anderen.
denied-collection-bot = Bots sammeln nichts. Bitte nimm ein Mitglied.
denied-collection-elsewhere = Dieses Mitglied finde ich auf diesem Server nicht. Bitte nimm jemanden, der hier ist.
denied-collection-same = Das ist auf beiden Seiten dieselbe Figur. Bitte nimm zwei verschiedene.
denied-collection-hidden = Dieses Mitglied behält seine Sammlung für sich.
