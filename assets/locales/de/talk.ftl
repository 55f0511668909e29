# /talk und was sonst zu einem Charakter führt

command-talk = sprechen
    .description = Sag etwas zu einem Charakter
command-talk-option-message = nachricht
    .description = Was du sagst
command-talk-option-character = charakter
    .description = Wer antworten soll; tippe los, um das Ensemble zu sehen
command-talk-option-private = privat
    .description = Es bleibt zwischen euch beiden

talk-your-words = Was du geschrieben hast
talk-in-line =
    { $place ->
        [one] Du bist als Nächstes dran: Deine Antwort beginnt, sobald ein Charakter frei ist, spätestens { $until }.
       *[other] Du bist Nummer { $place } in der Schlange: Deine Antwort beginnt, sobald du dran bist, spätestens { $until }.
    }
talk-form-title = An { $character }
talk-form-label = Was du sagst
talk-hint = **{ $character }:** { $greeting }
    -# Schreib etwas hinter meinen Namen, oder nimm { $command } und such dir aus, wer antwortet.
talk-trouble-forbidden = Ich darf in diesem Kanal nicht schreiben, deshalb ist deine Antwort hier nicht zu sehen. Lies sie mit { $memory }, oder bitte die Server-Leitung, mich hier schreiben zu lassen.
talk-trouble-discord = Discord hat mich hier nicht die ganze Antwort zeigen lassen. Verloren ist nichts: Lies sie mit { $memory }.
talk-under-way = Diese Antwort wird gerade geändert. Bitte warte, bis sie fertig ist.
