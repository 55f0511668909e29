# /limits

command-limits = limits
    .description = What is left of your limits, and when they renew

limits-title = Your limits here
limits-tier =
    Your tier: **{ $tier ->
        [pro] Pro
       *[free] Free
    }**. Days end at midnight UTC.
limits-penalty = You were too fast too often: I'll answer you again { $until }.
limits-off = AI is not to be had here right now: { $why }
limits-own =
    { $feature ->
        [scene] Scenes
       *[talk] Talking
    }
limits-of-guild =
    { $feature ->
        [scene] Scenes, all of this server
       *[talk] Talking, all of this server
    }
limits-pace = At once
limits-calls-day =
    Today: **{ $left }** of { $of } left{ $until ->
        [unknown] {""}
       *[other] , renews { $until }
    }
limits-calls-week =
    7 days: **{ $left }** of { $of } left{ $until ->
        [unknown] {""}
       *[other] , renews { $until }
    }
limits-tokens-day =
    Tokens today: **{ $left }** of { $of } left{ $until ->
        [unknown] {""}
       *[other] , renews { $until }
    }
limits-tokens-week =
    Tokens in 7 days: **{ $left }** of { $of } left{ $until ->
        [unknown] {""}
       *[other] , renews { $until }
    }
limits-window =
    You: **{ $left }** of { $of } in { $seconds } seconds left{ $until ->
        [unknown] {""}
       *[other] , the next { $until }
    }
limits-guild-window =
    This server: **{ $left }** of { $of } in { $seconds } seconds left{ $until ->
        [unknown] {""}
       *[other] , the next { $until }
    }
limits-slots = Answers under way on this server: { $used } of { $of }
limits-waiting = In line on this server: { $waiting }
