# /about

command-about = about
    .description = What Troupe is, and what it keeps about you

about-title = Troupe
about-body =
    A cast of AI characters for your server, to talk to, to play scenes with and to collect. Say something to one of them with `/talk`.

    The characters are played by a language model. They make things up; don't take their word for anything that matters.
about-privacy-title = What I keep
about-privacy-body = I can't read your channels: I only see what you give to my commands and buttons, messages that mention me, and our direct messages. What you say to a character, and its answers, I keep for about seven days, for its memory and for the buttons below answers; erase them with `/memory forget`. Whether you spoke with a model, how long that took and what it cost is counted. Your words go to the language model that this bot's operator has chosen.
about-version-title = Version
about-link-source = Source code
about-link-support = Support
about-link-privacy = Privacy
about-link-invite = Add to a server
