# /about

command-about = über
    .description = Was Troupe ist und was es über dich speichert

about-title = Troupe
about-body =
    Ein Ensemble von KI-Figuren für deinen Server: zum Reden, zum Szenenspielen und zum Sammeln. Noch wird geprobt: Ihre ersten Sätze kommen mit einer der nächsten Versionen.

    Die Figuren spielt ein Sprachmodell. Sie erfinden Dinge; verlass dich bei nichts Wichtigem auf ihr Wort.
about-privacy-title = Was ich speichere
about-privacy-body = Ich kann eure Kanäle nicht lesen: Ich sehe nur, was du meinen Befehlen und Schaltflächen gibst, und behalte nichts davon.
about-version-title = Version
about-link-source = Quelltext
about-link-support = Hilfe
about-link-privacy = Datenschutz
about-link-invite = Zu einem Server hinzufügen
