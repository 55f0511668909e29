# /about

command-about = über
    .description = Was Troupe ist und was es über dich speichert

about-title = Troupe
about-body =
    Ein Ensemble von KI-Figuren für deinen Server: zum Reden, zum Szenenspielen und zum Sammeln. Sprich sie mit `/sprechen` an.

    Die Figuren spielt ein Sprachmodell. Sie erfinden Dinge; verlass dich bei nichts Wichtigem auf ihr Wort.
about-privacy-title = Was ich speichere
about-privacy-body = Ich kann eure Kanäle nicht lesen: Ich sehe nur, was du meinen Befehlen und Schaltflächen gibst, Nachrichten, die mich erwähnen, und unsere Direktnachrichten. Was du einer Figur sagst und was sie antwortet, bewahre ich etwa sieben Tage auf, für ihr Gedächtnis und für die Schaltflächen unter den Antworten; mit `/gedächtnis vergessen` löschst du es. Gezählt wird, ob du mit einem Modell gesprochen hast, wie lange es gedauert und was es gekostet hat. Deine Worte gehen an das Sprachmodell, das der Betreiber dieses Bots gewählt hat.
about-version-title = Version
about-link-source = Quelltext
about-link-support = Hilfe
about-link-privacy = Datenschutz
about-link-invite = Zu einem Server hinzufügen
