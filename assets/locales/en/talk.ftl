# /talk, and what else leads to a character

command-talk = talk
    .description = Say something to a character
command-talk-option-message = message
    .description = What you say
command-talk-option-character = character
    .description = Who is to answer; start typing to see the cast
command-talk-option-private = private
    .description = Keep it between the two of you

talk-your-words = What you wrote
talk-in-line =
    { $place ->
        [one] You're next in line: your answer starts as soon as a character is free, { $until } at the latest.
       *[other] You're number { $place } in line: your answer starts as soon as it is your turn, { $until } at the latest.
    }
talk-form-title = To { $character }
talk-form-label = What you say
talk-hint = **{ $character }:** { $greeting }
    -# Write something after my name, or use { $command } to choose who answers.
talk-trouble-forbidden = I may not write in this channel, so your answer is not to be seen here. Read it with { $memory }, or ask a server admin to let me write here.
talk-trouble-discord = Discord didn't let me show the whole answer here. Nothing is lost: read it with { $memory }.
talk-under-way = This answer is being changed right now. Please wait until it is done.
