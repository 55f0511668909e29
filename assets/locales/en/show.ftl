# What stands below an answer.

talk-note-length = That's as long as one answer may be. Press Continue for more.
talk-note-filtered = The rest was held back by the model's filter.
talk-note-cut = The connection broke here. Press Continue.
talk-note-stopped = I had to stop here. Press Continue in a moment.
talk-note-off = Stopped: the people who run me have switched this off for now.
talk-note-off-because = Stopped by the people who run me: { $reason }
talk-note-left-day =
    { $count ->
        [0] That was your last talk for today.
        [one] One talk left today.
       *[other] { $count } talks left today.
    }
talk-note-left-week =
    { $count ->
        [0] That was your last talk in these 7 days.
        [one] One talk left in these 7 days.
       *[other] { $count } talks left in these 7 days.
    }

talk-button-again = Again
talk-button-go-on = Continue
talk-button-reply = Reply
talk-button-delete = Delete
