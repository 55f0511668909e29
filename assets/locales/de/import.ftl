# Importieren von Karten und Lorebooks

import-done = **{ $character }** gehört dir.
import-facts = Eine { $form }-Datei mit einer Karte nach { $version }: { $used } Felder werden genutzt, { $kept } nur für Exporte behalten.
import-lore = 
    Lorebook: { $running ->
        [one] ein Eintrag läuft
       *[other] { $running } Einträge laufen
    }, { $idle ->
        [0] keiner bleibt außen vor.
        [one] einer nicht.
       *[other] { $idle } nicht.
    }
import-files = 
    { $count ->
        [one] Eine weitere Datei ist darin. Troupe behält nur das Bild.
       *[other] { $count } weitere Dateien sind darin. Troupe behält nur das Bild.
    }
import-no-picture = Das Bild ließ sich nicht übernehmen. { $why }
import-heavy = Ein Gespräch mit ihr braucht etwa { $tokens } Tokens neben dem, was du sagst. Du hast { $daily } am Tag, kannst also nicht oft mit ihr sprechen.
import-report = In der Datei `report.txt` steht, was aus jedem Teil wird.
import-same = Diese Figur hast du schon: **{ $character }** sagt dasselbe. Möchtest du beide behalten?
import-late = Das ist zu lange her. Benutze { $import } noch einmal.
import-which = Das ist ein Lorebook, keine Figur. Benutze { $import } noch einmal und sage mit `figur`, für welche deiner Figuren es ist.
import-no-book = Das ist eine Figur, kein Lorebook, also hat sich nichts geändert. Benutze { $import } ohne `figur`, dann wird sie eine neue von dir.
import-book = **{ $character }** hat jetzt dieses Lorebook.
import-book-before = Das Lorebook, das sie vorher hatte, ist in einer Datei, damit nichts verloren geht.

report-head =
    { $what ->
        [warnings] Gut zu wissen
        [fields] Was aus jedem Feld wird
       *[lore] Die Einträge des Lorebooks
    }
report-state =
    { $what ->
        [plain] { $detail } (× { $number })
        [mended] war etwas Ungewohntes und wurde gedeutet: { $detail } (× { $number })
       *[broken] nicht genutzt, denn hier ist es { $detail }; für Exporte behalten (× { $number })
    }
report-use =
    { $what ->
        [format] genutzt, um die Karte zu lesen
        [prompt] genutzt im Prompt
        [greeting] genutzt als erste Worte
        [shown] Mitgliedern gezeigt
        [lore] genutzt vom Lorebook
       *[picture] genutzt für das Bild
    }
report-why =
    { $what ->
        [note] für Exporte behalten: eine Anmerkung
        [foreign] für Exporte behalten: gehört einem anderen Programm
        [elsewhere] für Exporte behalten: nennt etwas auf einem fremden Rechner
        [script] für Exporte behalten: ein Skript, und die werden nie ausgeführt
        [unknown] für Exporte behalten: keine Spezifikation kennt es
        [copy] für Exporte behalten: eine Kopie für alte Programme
        [scenes] für Exporte behalten: es ist für Szenen mit mehreren, die es hier noch nicht gibt
       *[no-place] für Exporte behalten: hier gibt es nichts, wofür es wäre
    }
report-found =
    { $what ->
        [null] nichts
        [bool] ja oder nein
        [number] eine Zahl
        [text] ein Text
        [list] eine Liste
       *[object] ein Objekt
    }
report-warning =
    { $what ->
        [no-name] Die Karte hat keinen Namen.
        [doubled] Diese Schlüssel stehen doppelt, und der letzte zählt: { $detail }
        [icons] Es gibt mehrere Icons, und { $number } heißen main.
        [unused] Für Beigaben der Art { $detail } gibt es hier nichts (× { $number }).
        [remote] { $number } Beigaben liegen anderswo im Netz. Sie werden nicht geholt.
        [missing] Diese Beigabe sollte in der Datei sein und ist es nicht: { $detail }
        [more] Es gibt { $number } weitere Schlüssel, die keine Spezifikation kennt.
       *[other] Etwas anderes an der Karte ist ungewöhnlich.
    }
report-file =
    { $what ->
        [checksum] Ein Teil des Bildes ist beschädigt ({ $detail } bei Byte { $number }).
        [cut-off] Das Bild endet zu früh, hinter der Karte.
        [trailing] { $number } Bytes folgen auf das Ende des Bildes.
        [several] Unter { $detail } gibt es { $number } Karten; die erste lesbare wurde genommen.
        [passed-over] Eine neuere Kopie der Karte in der Datei ist nicht lesbar, also wurde die andere genommen. { $detail }
        [same-path] Zwei Dateien im Archiv heißen { $detail }; die letzte zählt.
        [encrypted] Eine Datei im Archiv ist mit einem Passwort gesperrt: { $detail }
       *[other] Etwas anderes an der Datei ist ungewöhnlich.
    }
report-oddity =
    { $what ->
        [newer] Die Version der Karte ist neuer als alle bekannten ({ $detail }). Was sie hinzufügt, bleibt und wird nicht genutzt.
        [no-spec] Die Karte nennt ihre Version nicht.
        [other-spec] Die Karte nennt eine Version, die niemand kennt: { $detail }
        [flat] Die Karte nennt eine neuere Version und ist wie die älteste geschrieben.
        [spec-version] Die Versionsnummer der Karte passt nicht: { $detail }
        [old-names] Die Karte nutzt Feldnamen älterer Programme.
       *[other] Etwas anderes an der Version der Karte ist ungewöhnlich.
    }
report-entry =
    { $what ->
        [runs] läuft
        [off] ausgeschaltet
       *[broken] läuft nicht
    }
report-lore =
    { $what ->
        [no-entry] ist kein Eintrag
        [many-entries] liegt über der größten Zahl an Einträgen
        [long-content] der Inhalt ist zu lang
        [long-key] dieser Schlüssel ist zu lang und trifft nichts: { $detail }
        [many-keys] überzählige Schlüssel treffen nichts
        [bad-pattern] dieses Muster ist kaputt und trifft nichts: { $detail }
        [look-around] dieses Muster schaut um sich oder verweist zurück, was nicht geht: { $detail }
        [costly-pattern] dieses Muster würde zu lange brauchen und trifft nichts: { $detail }
        [unknown-decorator] diesen Decorator kennt niemand: { $detail }
        [unsupported-decorator] dieser Decorator bedeutet hier nichts: { $detail }
        [bad-decorator] dieser Decorator hat einen falschen Wert: { $detail }
        [position] eine unbekannte Position: { $detail }
        [logic] eine unbekannte Regel für Nebenschlüssel: { $detail }
        [vectorized] sollte nach Bedeutung gefunden werden; hier nur nach Schlüsseln
        [character-tags] auf Schlagwörter beschränkt, die hier nicht zählen
       *[other-source] sollte auch in { $detail } gesucht werden; hier nur in Nachrichten
    }

card-refusal =
    { $what ->
        [empty] Diese Datei ist leer. Schicke die Karte selbst.
        [large] Diese Datei ist zu groß: { $number } MB gehen höchstens. Nimm ein kleineres Bild oder weniger Beigaben.
        [kind] Das ist { $detail } und trägt keine Karte. Schicke PNG, JSON oder CHARX der Karte.
        [cut-off] Das PNG ist bei Byte { $number } abgeschnitten (in { $detail }). Lade es noch einmal herunter.
        [damaged] Die Karte im PNG ist beschädigt ({ $detail } bei Byte { $number }). Lade es noch einmal herunter.
        [chunks] Das PNG hat mehr als { $number } Teile. Speichere das Bild neu.
        [without-card] Dieses PNG ist ein Bild ohne Karte. Viele Seiten entfernen sie, also lade das Original herunter.
        [png-text] Die Karte im PNG ist nicht lesbar ({ $detail }). Exportiere sie noch einmal.
        [encrypted] Die Karte ist mit einem Passwort gesperrt. Exportiere sie ohne.
        [json-large] Der Text der Karte hat mehr als { $number } MB. Kürze ihn oder das Lorebook.
        [encoding] Der Text der Karte ist bei Byte { $number } kein UTF-8. Speichere ihn als UTF-8.
        [json] Das JSON der Karte ist in Zeile { $number }, Spalte { $more } kaputt: { $detail }. Exportiere sie noch einmal.
        [json-deep] Das JSON der Karte ist tiefer als { $number } verschachtelt. Exportiere sie noch einmal.
        [json-many] Das JSON der Karte hat mehr als { $number } Werte. Kürze Lorebook oder Erweiterungen.
        [archive] Das CHARX ist beschädigt: { $detail }. Lade oder exportiere es noch einmal.
        [archive-without-card] Im Archiv ist keine card.json, also ist es kein CHARX.
        [archive-files] Das CHARX hat { $more } Dateien, { $number } gehen höchstens. Exportiere es mit weniger Beigaben.
        [archive-large] { $detail } im CHARX ist entpackt zu groß: { $number } MB gehen höchstens.
        [archive-bomb] { $detail } im CHARX ist wie eine Bombe gepackt. Exportiere die Karte noch einmal.
        [archive-path] Das CHARX hat eine Datei mit verbotenem Pfad: { $detail }. Exportiere die Karte noch einmal.
        [archive-two] Im CHARX sind zwei Karten. Exportiere es noch einmal.
        [no-card] Dieses JSON ist keine Charakterkarte: Es hat weder Version noch Namen.
        [lorebook] Das ist ein Lorebook, keine Figur.
        [lore-entries] Das Lorebook hat { $more } Einträge, { $number } gehen höchstens. Lass welche weg.
        [picture] Dieses Bild ist nicht lesbar. Nimm PNG, JPEG, WebP oder GIF.
        [picture-large] Dieses Bild hat { $number } × { $more } Pixel, das sind zu viele. Mach es kleiner.
       *[other] Etwas anderes stimmt mit dieser Datei nicht. Exportiere sie noch einmal.
    }
card-kind =
    { $what ->
        [jpeg] ein JPEG
        [webp] ein WebP
        [gif] ein GIF
        [pdf] ein PDF
       *[other] eine Datei anderer Art
    }
card-syntax =
    { $what ->
        [value] ein Wert fehlt
        [key] ein Schlüssel in Anführungszeichen fehlt
        [colon] ein Doppelpunkt fehlt
        [comma] ein Komma oder ein Ende fehlt
        [quote] ein schließendes Anführungszeichen fehlt
        [escape] ein Backslash steht vor etwas Unbekanntem
        [control] ein Zeilenumbruch steht in einem Text
        [number] eine Zahl ist falsch geschrieben
        [end] etwas folgt auf die Karte
       *[other] etwas stimmt nicht
    }
card-damage =
    { $what ->
        [directory] es hat kein Verzeichnis
        [entry] { $detail } ist nicht, wo es sein sollte
        [overlap] { $detail } überlappt eine andere Datei
        [content] { $detail } lässt sich nicht entpacken
        [method] { $detail } ist auf unbekannte Weise gepackt
        [form] es ist in mehreren Teilen oder größer als 4 GB
       *[other] etwas stimmt nicht
    }
