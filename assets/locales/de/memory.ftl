# /memory

command-memory = gedächtnis
    .description = Was sich die Figuren hier von dir merken: ansehen und löschen
command-memory-show = zeigen
    .description = Zeigt, was sich eine Figur hier von dir merkt
command-memory-show-option-character = figur
    .description = Wessen Gedächtnis; ohne Angabe das von allen
command-memory-forget = vergessen
    .description = Lässt eine Figur vergessen, was ihr hier miteinander gesprochen habt
command-memory-forget-option-character = figur
    .description = Wer vergessen soll; ohne Angabe alle

memory-none = Keine Figur merkt sich hier etwas von dir.
memory-none-of = { $character } merkt sich hier nichts von dir.
memory-head =
    { $turns ->
        [one] **{ $character }** merkt sich hier einen Wortwechsel mit dir. Sagst du nichts mehr, ist er { $until } weg.
       *[other] **{ $character }** merkt sich hier { $turns } Wortwechsel mit dir. Sagst du nichts mehr, sind sie { $until } weg.
    }
memory-bond = -# Bindung: Stufe { $level }. Heute +{ $today } von höchstens { $cap }.
memory-you = > **Du:** { $text }
memory-character = > **{ $character }:** { $text }
memory-more = -# In der Datei steht alles.
memory-forgot-one =
    { $replies ->
        [0] Erledigt. { $character } hat vergessen, was ihr hier gesprochen habt.
        [one] Erledigt. { $character } hat vergessen, was ihr hier gesprochen habt, und eine aufbewahrte Antwort ist gelöscht.
       *[other] Erledigt. { $character } hat vergessen, was ihr hier gesprochen habt, und { $replies } aufbewahrte Antworten sind gelöscht.
    } Nachrichten im Kanal bleiben, bis sie jemand löscht. Auch eure Bindung bleibt.
memory-forgot-all =
    { $characters ->
        [0] Erledigt. Niemand erinnerte sich mehr an dich
        [one] Erledigt. Eine Figur hat vergessen, was du hier gesagt hast
       *[other] Erledigt. { $characters } Figuren haben vergessen, was du hier gesagt hast
    }{ $replies ->
        [0] .
        [one] , und eine aufbewahrte Antwort ist gelöscht.
       *[other] , und { $replies } aufbewahrte Antworten sind gelöscht.
    } Nachrichten im Kanal bleiben, bis sie jemand löscht. Auch deine Bindungen bleiben.
