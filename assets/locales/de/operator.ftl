# /operator: für die Leute, die den Bot betreiben.

command-operator = operator
    .description = Für die Leute, die diesen Bot betreiben
command-operator-ai = ki
    .description = KI aus- und einschalten
command-operator-ai-disable = ausschalten
    .description = KI ausschalten, sofort und überall; laufende Antworten hören auf
command-operator-ai-disable-option-scope = bereich
    .description = Was ausgeschaltet wird
command-operator-ai-disable-option-scope-choice-global = alles
command-operator-ai-disable-option-scope-choice-feature = eine Funktion
command-operator-ai-disable-option-scope-choice-guild = ein Server
command-operator-ai-disable-option-scope-choice-provider = ein Anbieter
command-operator-ai-disable-option-scope-choice-model = ein Modell
command-operator-ai-disable-option-scope-choice-character = eine Figur
command-operator-ai-disable-option-target = ziel
    .description = Was genau: talk, die ID eines Servers (leer: dieser), Name von Anbieter, Modell oder Figur
command-operator-ai-disable-option-reason = grund
    .description = Warum, so wie es Mitglieder lesen
command-operator-ai-disable-option-duration = dauer
    .description = Wie lange: 30m, 2h, 1d. Leer: bis du es wieder einschaltest
command-operator-ai-enable = einschalten
    .description = KI wieder einschalten
command-operator-ai-enable-option-scope = bereich
    .description = Was eingeschaltet wird
command-operator-ai-enable-option-scope-choice-global = alles
command-operator-ai-enable-option-scope-choice-feature = eine Funktion
command-operator-ai-enable-option-scope-choice-guild = ein Server
command-operator-ai-enable-option-scope-choice-provider = ein Anbieter
command-operator-ai-enable-option-scope-choice-model = ein Modell
command-operator-ai-enable-option-scope-choice-character = eine Figur
command-operator-ai-enable-option-target = ziel
    .description = Was genau; vorgeschlagen wird, was gerade aus ist
command-operator-ai-status = status
    .description = Was aus ist, seit wann, durch wen und warum

operator-what-everything = Alle KI
operator-what-feature = Funktion { $name }
operator-what-server = Server { $name }
operator-what-provider = Anbieter { $name }
operator-what-model = Modell { $name }
operator-what-character = Figur { $name }

operator-until = bis { $time }
operator-until-enabled = bis du sie wieder einschaltest
operator-reason = Mitglieder lesen: „{ $reason }“
operator-no-reason = Mitglieder lesen keinen Grund.

operator-disabled = 🔴 **{ $what }** ist aus, { $until }. Laufende Antworten hören auf. { $reason }
operator-held-shared = Die Datenbank ist nicht da, deshalb ist das noch nicht festgehalten. Es gilt in allen laufenden Prozessen, und ich halte es fest, sobald die Datenbank zurück ist.
operator-held-alone = Datenbank und Redis sind beide nicht da: **Das gilt vorerst nur in einem Prozess.** Wenn du mehrere betreibst, setz `AI_DISABLED=true` in ihre `.env` und schick jedem ein SIGHUP.
operator-enabled = 🟢 **{ $what }** ist wieder an. `/operator ki status` zeigt, was sonst noch aus ist.
operator-was-enabled = **{ $what }** war nicht aus. `/operator ki status` zeigt, was aus ist.
operator-enable-failed = **{ $what }** ist vielleicht noch aus: Die Datenbank hat nicht geantwortet, und ohne sie kann ich nichts auf Dauer einschalten. Versuch es in einer Minute noch einmal und sieh dann in `/operator ki status` nach.

operator-status-title = KI-Schalter
operator-status-none = 🟢 Alles ist an.
operator-status-environment = 🔴 In der Umgebung steht `AI_DISABLED`: Das schaltet alle KI dieses Prozesses aus. Ändere es in `.env` und schick ein SIGHUP.
operator-status-entry = 🔴 **{ $what }** – ausgeschaltet { $since } durch { $by }, { $until }. { $reason }
operator-status-unwritten = ⏳ Noch nicht festgehalten: Die Datenbank war nicht da.
operator-status-more = Und { $count } weitere.
operator-by-nobody = jemanden, der nicht mehr verzeichnet ist

operator-target-spare = `alles` hat kein `ziel`: Lass es leer, oder wähl einen anderen `bereich`.
operator-target-missing = Sag mit `ziel`, was genau. Bei einem Server ist das seine ID, bei einer Funktion `talk` oder `scene`.
operator-target-wrong = Dieses `ziel` kann ich nicht lesen. Eine Funktion ist `talk` oder `scene`, ein Server seine ID (eine lange Zahl), eine Figur ein Name wie `mira` oder eine ID wie `shipped:mira`.
operator-duration-wrong = Diese `dauer` kann ich nicht lesen. Schreib Minuten, Stunden oder Tage, etwa `30m`, `2h`, `1d` oder `1d12h`, höchstens ein Jahr. Lass sie weg, wenn es aus bleiben soll, bis du es einschaltest.
operator-reason-wrong = Der `grund` ist zu lang: Höchstens 500 Zeichen.

command-operator-prompt = prompt
    .description = Zeigt, was ein Modell für eine Figur gefragt würde, nach Teilen und Tokens
command-operator-prompt-option-character = figur
    .description = Wer antworten würde; ohne Angabe, wer es sonst tut
command-operator-prompt-option-message = nachricht
    .description = Was ein Mitglied sagen würde

operator-prompt = Das würde ein Modell gefragt. Gefragt wurde nichts, und es kostet nichts.
operator-prompt-sample = Hallo! Wer bist du?
