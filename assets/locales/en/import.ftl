# Importing cards and lorebooks

import-done = **{ $character }** is yours.
import-facts = A { $form } file with a card of { $version }: { $used } fields are used, { $kept } are kept for exports only.
import-lore = 
    Lorebook: { $running ->
        [one] one entry runs
       *[other] { $running } entries run
    }, { $idle ->
        [0] none is left out.
        [one] one does not.
       *[other] { $idle } do not.
    }
import-files = 
    { $count ->
        [one] There is one more file in it. Troupe keeps the picture alone.
       *[other] There are { $count } more files in it. Troupe keeps the picture alone.
    }
import-no-picture = Its picture could not be taken. { $why }
import-heavy = A talk with it takes about { $tokens } tokens besides what you say. You have { $daily } a day, so you will not talk with it often.
import-report = The file `report.txt` says what becomes of each part.
import-same = You have this character already: **{ $character }** says the same. Do you want to keep both?
import-late = That was too long ago. Use { $import } once more.
import-which = This is a lorebook, not a character. Use { $import } once more and say in `character` which character of yours it is for.
import-no-book = This is a character, not a lorebook, so nothing was changed. Use { $import } without `character` to make it a new one of yours.
import-book = **{ $character }** has this lorebook now.
import-book-before = The lorebook that it had before is in a file, so that nothing is lost.

report-head =
    { $what ->
        [warnings] Worth knowing
        [fields] What becomes of each field
       *[lore] The lorebook's entries
    }
report-state =
    { $what ->
        [plain] { $detail } (× { $number })
        [mended] was something odd and was made sense of: { $detail } (× { $number })
       *[broken] not used, since it is { $detail } here; kept for exports (× { $number })
    }
report-use =
    { $what ->
        [format] used to read the card
        [prompt] used in the prompt
        [greeting] used as first words
        [shown] shown to members
        [lore] used by the lorebook
       *[picture] used for the picture
    }
report-why =
    { $what ->
        [note] kept for exports: a note by its author
        [foreign] kept for exports: belongs to another program
        [elsewhere] kept for exports: names something on its author's computer
        [script] kept for exports: a script, and those are never run
        [unknown] kept for exports: no specification knows it
        [copy] kept for exports: a copy for old programs
        [scenes] kept for exports: it is for scenes with several, which are not here yet
       *[no-place] kept for exports: nothing here that it could be for
    }
report-found =
    { $what ->
        [null] nothing
        [bool] yes or no
        [number] a number
        [text] a text
        [list] a list
       *[object] an object
    }
report-warning =
    { $what ->
        [no-name] The card has no name.
        [doubled] These keys stand twice, and the last one counts: { $detail }
        [icons] There are several icons, and { $number } are called main.
        [unused] Nothing here is for assets of the kind { $detail } (× { $number }).
        [remote] { $number } assets are elsewhere on the net. They are not fetched.
        [missing] This asset should be in the file and is not: { $detail }
        [more] There are { $number } more keys that no specification knows.
       *[other] Something else is unusual about the card.
    }
report-file =
    { $what ->
        [checksum] A part of the picture is damaged ({ $detail } at byte { $number }).
        [cut-off] The picture ends early, behind the card.
        [trailing] { $number } bytes follow the picture's end.
        [several] There are { $number } cards under { $detail }; the first that can be read was taken.
        [passed-over] A newer copy of the card in the file can't be read, so the other was taken. { $detail }
        [same-path] Two files in the archive are called { $detail }; the last one counts.
        [encrypted] A file in the archive is locked with a password: { $detail }
       *[other] Something else is unusual about the file.
    }
report-oddity =
    { $what ->
        [newer] The card's version is newer than all that are known ({ $detail }). What it adds is kept and not used.
        [no-spec] The card does not say its version.
        [other-spec] The card says a version that nobody knows: { $detail }
        [flat] The card says a newer version and is written like the oldest one.
        [spec-version] The card's version number does not fit: { $detail }
        [old-names] The card uses the field names of older programs.
       *[other] Something else is unusual about the card's version.
    }
report-entry =
    { $what ->
        [runs] runs
        [off] switched off by its author
       *[broken] does not run
    }
report-lore =
    { $what ->
        [no-entry] it is no entry
        [many-entries] it is beyond the most entries
        [long-content] its content is too long
        [long-key] this key is too long and matches nothing: { $detail }
        [many-keys] keys beyond the most match nothing
        [bad-pattern] this pattern is broken and matches nothing: { $detail }
        [look-around] this pattern looks around or refers back, which is not supported: { $detail }
        [costly-pattern] this pattern would take too long and matches nothing: { $detail }
        [unknown-decorator] nobody knows this decorator: { $detail }
        [unsupported-decorator] this decorator means nothing here: { $detail }
        [bad-decorator] this decorator has a wrong value: { $detail }
        [position] an unknown position: { $detail }
        [logic] an unknown rule for secondary keys: { $detail }
        [vectorized] meant to be found by meaning; here its keys alone find it
        [character-tags] limited to tags, which are not looked at here
       *[other-source] also meant to be looked for in { $detail }; here in messages alone
    }

card-refusal =
    { $what ->
        [empty] That file is empty. Send the card itself.
        [large] That file is too large: { $number } MB is the most. Use a smaller picture or fewer assets.
        [kind] That is { $detail }, and carries no card. Send the card's PNG, JSON or CHARX.
        [cut-off] The PNG is cut off at byte { $number } (in { $detail }). Download it again.
        [damaged] The card in the PNG is damaged ({ $detail } at byte { $number }). Download it again.
        [chunks] The PNG has more than { $number } parts. Save the picture anew.
        [without-card] That PNG is a picture without a card. Many sites strip the card, so download the original.
        [png-text] The card in the PNG can't be read ({ $detail }). Export it again.
        [encrypted] The card is locked with a password. Export it without one.
        [json-large] The card's text has more than { $number } MB. Shorten it or its lorebook.
        [encoding] The card's text is no UTF-8 at byte { $number }. Save it as UTF-8.
        [json] The card's JSON is broken in line { $number }, column { $more }: { $detail }. Export it again.
        [json-deep] The card's JSON is nested deeper than { $number }. Export it again.
        [json-many] The card's JSON has more than { $number } values. Shorten its lorebook or extensions.
        [archive] The CHARX is damaged: { $detail }. Download or export it again.
        [archive-without-card] The archive has no card.json in it, so it is no CHARX.
        [archive-files] The CHARX has { $more } files, and { $number } is the most. Export it with fewer assets.
        [archive-large] { $detail } in the CHARX is too large when unpacked: { $number } MB is the most.
        [archive-bomb] { $detail } in the CHARX is packed like a bomb. Export the card again.
        [archive-path] The CHARX has a file with a forbidden path: { $detail }. Export the card again.
        [archive-two] The CHARX has two cards in it. Export it again.
        [no-card] That JSON is no character card: it has neither a version nor a name.
        [lorebook] That is a lorebook, not a character.
        [lore-entries] The lorebook has { $more } entries, and { $number } is the most. Leave some out.
        [picture] That picture can't be read. Use a PNG, JPEG, WebP or GIF.
        [picture-large] That picture has { $number } × { $more } pixels, which is too many. Make it smaller.
       *[other] Something else is wrong with that file. Export it again.
    }
card-kind =
    { $what ->
        [jpeg] a JPEG
        [webp] a WebP
        [gif] a GIF
        [pdf] a PDF
       *[other] some other kind of file
    }
card-syntax =
    { $what ->
        [value] a value is missing
        [key] a key in quotes is missing
        [colon] a colon is missing
        [comma] a comma or an end is missing
        [quote] a closing quote is missing
        [escape] a backslash stands before something unknown
        [control] a line break stands within a text
        [number] a number is misspelt
        [end] something follows the card
       *[other] something is wrong
    }
card-damage =
    { $what ->
        [directory] it has no directory
        [entry] { $detail } is not where it should be
        [overlap] { $detail } overlaps another file
        [content] { $detail } can't be unpacked
        [method] { $detail } is packed in an unknown way
        [form] it is in several parts, or larger than 4 GB
       *[other] something is wrong
    }
