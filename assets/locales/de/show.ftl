# Was unter einer Antwort steht.

talk-note-length = Länger darf eine Antwort nicht sein. Mit „Weiter“ geht es weiter.
talk-note-filtered = Den Rest hat der Filter des Modells zurückgehalten.
talk-note-cut = Hier brach die Verbindung ab. Drück auf „Weiter“.
talk-note-stopped = Hier musste ich aufhören. Drück gleich auf „Weiter“.
talk-note-off = Angehalten: Die Leute, die mich betreiben, haben das gerade abgeschaltet.
talk-note-off-because = Angehalten von den Leuten, die mich betreiben: { $reason }
talk-note-left-day =
    { $count ->
        [0] Das war dein letztes Gespräch für heute.
        [one] Heute bleibt dir noch ein Gespräch.
       *[other] Heute bleiben dir noch { $count } Gespräche.
    }
talk-note-left-week =
    { $count ->
        [0] Das war dein letztes Gespräch in diesen 7 Tagen.
        [one] In diesen 7 Tagen bleibt dir noch ein Gespräch.
       *[other] In diesen 7 Tagen bleiben dir noch { $count } Gespräche.
    }

talk-button-again = Nochmal
talk-button-go-on = Weiter
talk-button-reply = Antworten
talk-button-delete = Löschen
