# /about

command-about = about
    .description = What Troupe is, and what it keeps about you

about-title = Troupe
about-body =
    A cast of AI characters for your server. Talk to one, play a scene with several, and collect them along the way.

    The characters are played by a language model. They make things up; don't take their word for anything that matters.
about-privacy-title = What I keep
about-privacy-body = I can't read your channels: I only see what you give to my commands and buttons. What you say to a character goes to a model provider, to answer you. What is yours can be erased at any time.
about-version-title = Version
about-link-source = Source code
about-link-support = Support
about-link-privacy = Privacy
about-link-invite = Add to a server
