# /about

command-about = über
    .description = Was Troupe ist und was es über dich speichert

about-title = Troupe
about-body =
    Ein Ensemble von KI-Figuren für deinen Server. Sprich mit einer, spiel eine Szene mit mehreren und sammle sie nebenbei.

    Die Figuren spielt ein Sprachmodell. Sie erfinden Dinge; verlass dich bei nichts Wichtigem auf ihr Wort.
about-privacy-title = Was ich speichere
about-privacy-body = Ich kann eure Kanäle nicht lesen: Ich sehe nur, was du meinen Befehlen und Schaltflächen gibst. Was du einer Figur sagst, geht an einen Modellanbieter, damit sie dir antwortet. Was dir gehört, kannst du jederzeit löschen lassen.
about-version-title = Version
about-link-source = Quelltext
about-link-support = Hilfe
about-link-privacy = Datenschutz
about-link-invite = Zu einem Server hinzufügen
