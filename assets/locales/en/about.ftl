# /about

command-about = about
    .description = What Troupe is, and what it keeps about you

about-title = Troupe
about-body =
    A cast of AI characters for your server, to talk to, to play scenes with and to collect. They are still rehearsing: their first lines come with one of the next versions.

    The characters are played by a language model. They make things up; don't take their word for anything that matters.
about-privacy-title = What I keep
about-privacy-body = I can't read your channels: I only see what you give to my commands and buttons, and I keep none of it.
about-version-title = Version
about-link-source = Source code
about-link-support = Support
about-link-privacy = Privacy
about-link-invite = Add to a server
