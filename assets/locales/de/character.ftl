# /character

command-character = figur
    .description = Figuren: wer da ist, wer dir antwortet, und deine eigenen
command-character-info = info
    .description = Zeigt eine Figur
command-character-info-option-character = figur
    .description = Wen; ohne Angabe die, die dir hier antwortet
command-character-list = liste
    .description = Deine Figuren, die dieses Servers und das Ensemble
command-character-select = wählen
    .description = Wähle, wer dir hier antwortet
command-character-select-option-character = figur
    .description = Wen; ohne Angabe gilt wieder die Wahl des Servers
command-character-default = standard
    .description = Wer hier antwortet, wenn niemand genannt wird (braucht „Server verwalten“)
command-character-default-option-character = figur
    .description = Wen; ohne Angabe gilt wieder Troupes Wahl
command-character-create = erstellen
    .description = Erschaffe eine eigene Figur
command-character-edit = bearbeiten
    .description = Ändere eine deiner Figuren oder gib ihr ein Bild
command-character-edit-option-character = figur
    .description = Welche deiner Figuren
command-character-edit-option-picture = bild
    .description = Ein neues Bild: PNG, JPEG, WebP oder GIF
command-character-share = teilen
    .description = Teile eine deiner Figuren mit diesem Server oder beende das
command-character-share-option-character = figur
    .description = Welche deiner Figuren
command-character-delete = löschen
    .description = Lösche eine deiner Figuren; eine Zeit lang kannst du sie zurückholen
command-character-delete-option-character = figur
    .description = Welche deiner Figuren
command-character-restore = zurückholen
    .description = Hole eine Figur zurück, die du gelöscht hast
command-character-import = importieren
    .description = Bringe eine Charakterkarte oder ein Lorebook als Datei mit
command-character-import-option-file = datei
    .description = Eine Karte (PNG, APNG, JSON oder CHARX) oder ein Lorebook (JSON)
command-character-import-option-picture = bild
    .description = Ein Bild statt dem der Karte
command-character-import-option-name = name
    .description = Ein Name statt dem der Karte
command-character-import-option-character = figur
    .description = Bei einem Lorebook: für welche deiner Figuren es ist
command-character-export = exportieren
    .description = Nimm eine deiner Figuren als Karte mit, die andere Programme lesen
command-character-export-option-character = figur
    .description = Welche deiner Figuren
command-character-export-option-form = form
    .description = Die Art der Datei; ohne Angabe PNG
command-character-export-option-form-choice-png = PNG, ein Bild mit der Karte darin
command-character-export-option-form-choice-json = JSON, nur die Karte
command-character-export-option-form-choice-charx = CHARX, ein Archiv
command-character-export-option-form-choice-lorebook = Lorebook, allein, als JSON

character-from =
    { $what ->
        [cast] Aus Troupes Ensemble
        [own] Deine
       *[other] Von { $owner }, mit diesem Server geteilt
    }
character-sharing =
    { $what ->
        [nobody] Nur du kannst mit ihr sprechen
        [here] Mit diesem Server geteilt
       *[elsewhere] Mit einem anderen Server geteilt
    }
character-creator = Erschaffen von { $creator } { $version }
character-notes = Von der Person, die sie erschaffen hat
character-tags = Schlagwörter
character-facts = Über sie
character-rarity =
    { $what ->
        [common] Häufig
        [uncommon] Ungewöhnlich
        [rare] Selten
        [epic] Episch
       *[legendary] Legendär
    }
character-cost = Braucht etwa { $tokens } Tokens von jedem Gespräch, neben dem, was ihr sagt
character-greeting = Erste Worte ({ $number } von { $of })
character-button =
    { $what ->
        [choose] Wählen
        [edit] Bearbeiten
        [core] Wer sie ist
        [speech] Wie sie spricht
        [more] Mehr
        [export] Exportieren
        [share] Hier teilen
        [unshare] Nicht mehr teilen
        [sure] Löschen
        [delete] Ja, löschen
        [keep] Behalten
        [both] Beide behalten
       *[look] Ansehen
    }
character-list = Figuren (Seite { $page } von { $of })
character-section =
    { $what ->
        [mine] Deine ({ $count } von { $of })
        [here] Die dieses Servers ({ $count })
       *[cast] Das Ensemble ({ $count })
    }
character-line = { $name } – { $beside }
character-line-active = ▶ **{ $name }** (antwortet dir hier) – { $beside }
character-none = Du hast noch keine eigenen Figuren. Erschaffe eine mit { $create }, oder bring eine Karte mit { $import } mit.
character-how = Sprich mit { $talk }, wähle mit { $select }, wer antwortet, sammle { $closed } mit { $roll }, erschaffe eine mit { $create }, bring eine mit { $import } mit, lass diesen Server mit { $share } mit deiner sprechen.
character-closed = 🔒 Noch nicht in deiner Sammlung: `/collection roll` zieht dir Figuren, und andere können ihre verschenken oder tauschen.
character-list-cut = Es gibt mehr, als hier stehen; { $info } findet sie nach Namen.
character-list-away = Figuren, die Mitglieder erschaffen haben, lassen sich gerade nicht lesen. Das Ensemble ist da; versuche es für die anderen gleich noch einmal.
character-menu =
    { $what ->
        [restore] Eine zurückholen
       *[look] Eine ansehen
    }
character-chosen =
    { $what ->
        [direct] { $character } antwortet dir jetzt in Direktnachrichten.
       *[server] { $character } antwortet dir jetzt auf diesem Server.
    }
character-unchosen = Du überlässt es wieder dem Server: { $character } antwortet dir hier jetzt.
character-default = { $character } antwortet jetzt auf diesem Server, wenn jemand keine Figur nennt und keine gewählt hat.
character-default-none = Dieser Server überlässt es wieder Troupe: { $character } antwortet hier jetzt.
character-form =
    { $what ->
        [create] Eine neue Figur
        [core] Wer sie ist
        [speech] Wie sie spricht
        [more] Mehr
       *[words] Deine Worte sind in der Datei.
    }
character-field =
    { $what ->
        [name] Name
        [nickname] Spitzname
        [description] Beschreibung
        [personality] Persönlichkeit
        [scenario] Szenario oder Art
        [first_mes] Erste Worte
        [mes_example] Beispiele, wie sie spricht
        [system_prompt] System-Prompt
        [post_history_instructions] Anweisungen nach dem Gespräch
        [creator_notes] Anmerkungen, die Mitglieder sehen
        [tags] Schlagwörter, mit Kommas dazwischen
        [creator] Erschaffen von
        [character_version] Version
        [add_greeting] Andere erste Worte hinzufügen
       *[drop_greeting] Andere erste Worte Nr. entfernen (1, 2 …)
    }
character-field-long = Hat { $count } Zeichen, zu lang für dieses Feld. Bleibt, wie es ist, wenn du es leer lässt.
character-count = Du hast { $count } von { $of } Figuren.
character-made = **{ $character }** gehört dir. Ein Bild bekommt sie mit { $edit } und `bild`; mit { $share } lässt du diesen Server mit ihr sprechen.
character-edit = Was möchtest du an **{ $character }** ändern?
character-edited =
    { $what ->
        [picture] **{ $character }** hat das neue Bild.
        [nothing] An **{ $character }** war nichts anders, also hat sich nichts geändert.
       *[text] **{ $character }** ist geändert.
    }
character-sure = **{ $character }** löschen? { $days } Tage lang kannst du sie mit { $restore } zurückholen. Danach ist sie weg, mit der Bindung, die andere zu ihr haben.
character-deleted = **{ $character }** ist gelöscht. Zurückholen kannst du sie mit { $restore }; das geht bis { $until }.
character-kept = Nichts ist passiert. Sie ist noch da.
character-restore-none = Es gibt nichts zurückzuholen. Gelöschte Figuren bleiben { $days } Tage hier.
character-restore = Diese kannst du zurückholen:
character-restore-line = - **{ $character }**, weg { $until }
character-restored = **{ $character }** ist zurück.
character-shared = **{ $character }** ist mit diesem Server geteilt. Alle hier können mit ihr sprechen und sehen Namen, Bild, Anmerkungen und erste Worte. Nur du kannst sie ändern, exportieren oder ihre Karte lesen.
character-unshared = **{ $character }** ist nicht mehr mit diesem Server geteilt. Nur du kannst mit ihr sprechen.
character-exported = Hier ist **{ $character }**.
character-left-out = 
    { $count ->
        [one] Eine Datei, die ihre Karte nennt, fehlt hier: Troupe behält sie nicht.
       *[other] { $count } Dateien, die ihre Karte nennt, fehlen hier: Troupe behält sie nicht.
    }
character-trouble =
    { $what ->
        [not-theirs] Diese Figur gehört nicht dir, also geht das nicht. Deine siehst du mit { $list }.
        [full] { $number ->
            [one] Du hast eine eigene Figur, mehr gehen nicht.
           *[other] Du hast { $number } eigene Figuren, mehr gehen nicht.
        } Lösche eine, um Platz zu schaffen; du siehst sie mit { $list }.
        [shared-full] Du teilst { $number } Figuren mit diesem Server, mehr gehen nicht. Beende das erst für eine; deine siehst du mit { $list }.
        [conflict] Die Figur wurde geändert, seit du das Formular geöffnet hast, also ist nichts gespeichert. Deine Worte sind in der Datei; öffne das Formular noch einmal und setze sie ein.
        [nothing-to-restore] Diese Figur lässt sich nicht mehr zurückholen: Sie ist zu lange gelöscht oder schon wieder da. Deine siehst du mit { $list }.
        [no-name] Sie hat keinen Namen und braucht einen. Beim Importieren setzt du ihn in `name` ein.
        [no-greeting] Andere erste Worte mit dieser Nummer gibt es nicht. Entfernen kannst du { $number }, von 1 an gezählt.
        [many-greetings] Sie hat { $number } andere erste Worte, mehr gehen nicht. Entferne erst welche.
        [unfit] Ihre Karte hat eine Form, in der sich das nicht ändern lässt. Exportiere sie, repariere sie anderswo und importiere sie wieder.
        [no-book] Diese Figur hat kein Lorebook.
        [not-shared] Diese Figur ist nicht mit diesem Server geteilt. Wem sie gehört, kann sie mit `/figur teilen` teilen.
        [busy] Gerade werden viele Dateien gelesen. Versuche es in einer Minute noch einmal.
       *[other] Etwas anderes steht im Weg. Versuche es noch einmal.
    }
character-download =
    { $what ->
        [elsewhere] Diese Datei liegt nicht dort, wo Discord Anhänge aufbewahrt. Hänge sie an den Befehl selbst an.
        [large] Diese Datei ist zu groß: { $number } MB gehen höchstens. Nimm ein kleineres Bild oder weniger Beigaben.
        [gone] Discord gibt diese Datei nicht mehr heraus. Hänge sie noch einmal an.
       *[late] Discord hat zu lange gebraucht, um diese Datei herauszugeben. Versuche es gleich noch einmal.
    }
