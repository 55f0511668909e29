# Antworten, die jeder Befehl geben kann.

## Absagen: normal, und jede sagt, was zu tun ist.

refused-restarting = Ich starte gerade neu und bin gleich wieder da. Bitte versuch es in einer Minute noch einmal.
refused-guild-only = Das geht nur auf Servern.
refused-dm-only = Das geht nur in Direktnachrichten.
refused-nsfw-only = Das geht nur in Kanälen mit Altersbeschränkung.
refused-owner-only = Das ist für die Leute, die diesen Bot betreiben.
refused-member-permissions = Dafür brauchst du in diesem Kanal mehr Rechte. Ein Server-Admin kann sie dir geben.
refused-bot-permissions = Dafür fehlt mir in diesem Kanal ein Recht. Ein Server-Admin kann es mir geben.
refused-cooldown =
    { $seconds ->
        [one] Das war schnell. Bitte warte eine Sekunde.
       *[other] Das war schnell. Bitte warte { $seconds } Sekunden.
    }
refused-bad-argument = Eine der Optionen kann ich nicht lesen. Bitte prüf deine Eingabe und versuch es noch einmal.
refused-unknown-command = In dieser Form kenne ich den Befehl nicht. Vielleicht zeigt dir Discord eine alte Liste: Starte Discord neu und versuch es noch einmal.
refused-expired-component = Diese Schaltfläche ist so alt, dass ich sie nicht mehr kenne. Bitte führ den Befehl noch einmal aus.
refused-not-allowed = Das kannst du hier nicht benutzen.

## Fehler: unerwartet; im Protokoll des Betreibers steht dieselbe Kennung.

failed = Bei mir ist etwas schiefgegangen, und es ist vermerkt. Wenn es öfter passiert, nenn den Leuten, die mich betreiben, diese Kennung: **{ $incident }**
