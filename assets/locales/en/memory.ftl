# /memory

command-memory = memory
    .description = What the characters remember of you here, to see and to erase
command-memory-show = show
    .description = Show what a character remembers of you here
command-memory-show-option-character = character
    .description = Whose memory; all of them when left out
command-memory-forget = forget
    .description = Make a character forget what you said to each other here
command-memory-forget-option-character = character
    .description = Who shall forget; all of them when left out

memory-none = No character remembers anything of you here.
memory-none-of = { $character } remembers nothing of you here.
memory-head =
    { $turns ->
        [one] **{ $character }** remembers one exchange with you here. If you say no more, it is gone { $until }.
       *[other] **{ $character }** remembers { $turns } exchanges with you here. If you say no more, they are gone { $until }.
    }
memory-bond = -# Bond: level { $level }. Today +{ $today } of { $cap } at most.
memory-you = > **You:** { $text }
memory-character = > **{ $character }:** { $text }
memory-more = -# The file has all of it.
memory-forgot-one =
    { $replies ->
        [0] Done. { $character } has forgotten what you two said here.
        [one] Done. { $character } has forgotten what you two said here, and one kept answer is deleted.
       *[other] Done. { $character } has forgotten what you two said here, and { $replies } kept answers are deleted.
    } Messages in the channel stay until somebody deletes them. Your bond stays, too.
memory-forgot-all =
    { $characters ->
        [0] Done. Nobody remembered you any more
        [one] Done. One character has forgotten what you said here
       *[other] Done. { $characters } characters have forgotten what you said here
    }{ $replies ->
        [0] .
        [one] , and one kept answer is deleted.
       *[other] , and { $replies } kept answers are deleted.
    } Messages in the channel stay until somebody deletes them. Your bonds stay, too.
