# /bond

command-bond = bindung
    .description = Wie nahe du den Figuren stehst, und was sich dadurch öffnet
command-bond-view = zeigen
    .description = Zeigt deine Bindung zu einer Figur oder alle deine Bindungen
command-bond-view-option-character = figur
    .description = Zu wem; ohne Angabe alle deine Bindungen
command-bond-nickname = spitzname
    .description = Bestimmt, wie eine Figur dich nennt
command-bond-nickname-option-character = figur
    .description = Wer dich so nennen soll
command-bond-nickname-option-name = name
    .description = Der Name; ohne Angabe wieder dein eigener
command-bond-history = verlauf
    .description = Zeigt die Tage, an denen deine Bindung zu einer Figur gewachsen ist
command-bond-history-option-character = figur
    .description = Zu wem
command-bond-leaderboard = rangliste
    .description = Zeigt, wer einer Figur auf diesem Server am nächsten steht
command-bond-leaderboard-option-character = figur
    .description = Wem
command-bond-pause = pause
    .description = Lässt eine Bindung ruhen, wie sie ist, oder weitergehen
command-bond-pause-option-character = figur
    .description = Zu wem
command-bond-privacy = privatsphäre
    .description = Nimmt dich von allen Ranglisten oder bringt dich zurück
command-bond-erase = löschen
    .description = Löscht deine Bindung zu einer Figur; du wirst erst gefragt
command-bond-erase-option-character = figur
    .description = Zu wem

bond-reached =
    { $band ->
        [friend] Du und { $character } seid jetzt befreundet.
        [trusted] { $character } vertraut dir jetzt.
        [close] Du und { $character } steht euch jetzt nahe.
        [devoted] { $character } ist dir jetzt innig verbunden.
       *[soulbound] Du und { $character } seid jetzt ein Herz und eine Seele.
    } Zwischen euch ist Neues offen: { $command }
bond-away = Ich komme gerade nicht an deine Bindungen heran. Verloren ist nichts, und was du sprichst, zählt trotzdem. Bitte versuch es in einer Minute noch einmal.
bond-band =
    { $band ->
        [friend] befreundet
        [trusted] vertraut
        [close] eng befreundet
        [devoted] innig verbunden
        [soulbound] seelenverwandt
       *[acquaintance] bekannt
    }
bond-view = **{ $character }** und du: **{ $band }**, Stufe **{ $level }**
bond-view-nickname = Nennt dich „{ $nickname }“.
bond-view-next =
    { $left ->
        [one] Noch ein Punkt bis Stufe { $next }.
       *[other] Noch { $left } Punkte bis Stufe { $next }.
    }
bond-view-today =
    { $amount ->
        [one] Heute: +{ $today } von höchstens { $cap }. Jedes Gespräch bringt einen Punkt; ein neuer Tag beginnt { $until }.
       *[other] Heute: +{ $today } von höchstens { $cap }. Jedes Gespräch bringt { $amount } Punkte; ein neuer Tag beginnt { $until }.
    }
bond-view-paused = -# Sie ruht, wie sie ist. { $command } lässt sie weitergehen.
bond-opens =
    -# Stufe { $level }, { $band }: { $what ->
        [both] { $character } begrüßt dich auf neue Art und hat ein Geheimnis für dich.
        [greeting] { $character } begrüßt dich auf neue Art.
        [secret] { $character } hat ein Geheimnis für dich.
       *[manner] { $character } begegnet dir auf neue Art.
    }
bond-card-level = Stufe { $level }
bond-card-next =
    { $left ->
        [one] 1 Punkt bis Stufe { $next }
       *[other] { $left } Punkte bis Stufe { $next }
    }
bond-card-today = Heute +{ $today } von { $cap }
bond-card-nickname = Nennt dich
bond-card-alt = Bindungskarte mit { $character }: { $band }, Stufe { $level }. { $next }. { $today }. Zeichen, die das Bild nicht zeigen kann, stehen im Text daneben.
bond-list-none = Du hast noch keine Bindungen. Sprich mit jemandem über { $command }, und eine beginnt.
bond-list-title =
    { $count ->
        [one] **Deine Bindung**
       *[other] **Deine Bindungen**, die engste zuerst
    }
bond-list-entry = **{ $character }** · { $band } · Stufe { $level }, { $xp ->
        [one] 1 Punkt
       *[other] { $xp } Punkte
    }{ $paused ->
        [yes] {" "}· ruht
       *[no] {""}
    }
bond-list-page = -# Seite { $page } von { $of }
bond-somebody = Jemand, der gerade fort ist
bond-history-none = Deine Bindung zu { $character } ist noch nicht gewachsen. Tage, an denen ihr sprecht, stehen dann hier.
bond-history-title = **{ $character }** und du, der neueste Tag zuerst
bond-history-day = { $day }: +{ $gained }
bond-history-level = { $day } → Stufe { $level }
bond-history-band = { $day } → Stufe { $level }, { $band }
bond-history-more =
    { $days ->
        [one] -# Ein früherer Tag steht in der Datei.
       *[other] -# { $days } frühere Tage stehen in der Datei.
    }
bond-ranks-none = Auf der Rangliste von { $character } steht hier niemand: In den letzten { $days } Tagen hat auf diesem Server niemand mit einer Bindung zu { $character } gesprochen, oder sie möchten nicht genannt werden. Für dich bestimmst du das mit { $command }.
bond-ranks-title = **Am nächsten bei { $character }**, unter denen, die in den letzten { $days } Tagen auf diesem Server gesprochen haben
bond-ranks-entry = { $place }. { $member } · Stufe { $level }, { $band }
bond-ranks-hide = -# Du stehst darauf. { $command } nimmt dich von allen Ranglisten.
bond-ranks-not-there = -# Du stehst nicht darauf: Das tust du, wenn du hier mit { $character } sprichst und { $command } dich nicht fernhält.
bond-nickname-set = **{ $character }:** Also „{ $nickname }“.
bond-nickname-gone = **{ $character }:** Also wieder dein eigener Name. Er steht dir.
bond-nickname-bad = Ein Spitzname braucht einen Buchstaben oder eine Ziffer und hat höchstens { $most } Zeichen. Bitte wähl einen anderen.
bond-paused = Deine Bindung zu { $character } ruht jetzt: Sie bleibt genau, wie sie ist, und ihr könnt sprechen wie zuvor. Derselbe Befehl lässt sie weitergehen.
bond-goes-on = Deine Bindung zu { $character } geht weiter.
bond-hidden = Du stehst jetzt auf keiner Rangliste mehr, auf keinem Server. Derselbe Befehl bringt dich zurück.
bond-shown = Du stehst wieder auf Ranglisten, auf Servern, auf denen du sprichst. Derselbe Befehl nimmt dich herunter.
bond-erase-ask = Deine Bindung zu **{ $character }** löschen? Stufe und Punkte, der Spitzname und der Verlauf sind dann weg und lassen sich nicht zurückholen. Was sich { $character } von euren Gesprächen merkt, bleibt: Dafür gibt es /gedächtnis.
bond-erase-button = Löschen
bond-keep-button = Behalten
bond-erased = Erledigt. Deine Bindung zu { $character } ist gelöscht, mit Spitzname und Verlauf. Du kannst jederzeit neu anfangen.
bond-none-with = Es gab keine Bindung zu { $character }, die zu löschen wäre.
bond-kept = Nichts hat sich geändert. Deine Bindung zu { $character } bleibt.
