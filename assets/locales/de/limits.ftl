# /limits

command-limits = grenzen
    .description = Was von deinen Grenzen übrig ist und wann sie sich erneuern

limits-title = Deine Grenzen hier
limits-tier =
    Deine Stufe: **{ $tier ->
        [pro] Pro
       *[free] Free
    }**. Tage enden um Mitternacht UTC.
limits-penalty = Du warst zu oft zu schnell: Ich antworte dir wieder { $until }.
limits-off = KI gibt es hier gerade nicht: { $why }
limits-own =
    { $feature ->
        [scene] Szenen
       *[talk] Reden
    }
limits-of-guild =
    { $feature ->
        [scene] Szenen, der ganze Server
       *[talk] Reden, der ganze Server
    }
limits-pace = Auf einmal
limits-calls-day =
    Heute: noch **{ $left }** von { $of }{ $until ->
        [unknown] {""}
       *[other] , neu { $until }
    }
limits-calls-week =
    7 Tage: noch **{ $left }** von { $of }{ $until ->
        [unknown] {""}
       *[other] , neu { $until }
    }
limits-tokens-day =
    Token heute: noch **{ $left }** von { $of }{ $until ->
        [unknown] {""}
       *[other] , neu { $until }
    }
limits-tokens-week =
    Token in 7 Tagen: noch **{ $left }** von { $of }{ $until ->
        [unknown] {""}
       *[other] , neu { $until }
    }
limits-window =
    Du: noch **{ $left }** von { $of } in { $seconds } Sekunden{ $until ->
        [unknown] {""}
       *[other] , die nächste { $until }
    }
limits-guild-window =
    Dieser Server: noch **{ $left }** von { $of } in { $seconds } Sekunden{ $until ->
        [unknown] {""}
       *[other] , die nächste { $until }
    }
limits-slots = Antworten, die auf diesem Server gerade entstehen: { $used } von { $of }
limits-waiting = In der Schlange auf diesem Server: { $waiting }
