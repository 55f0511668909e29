# /character

command-character = character
    .description = Characters: who there is, who answers you, and characters of your own
command-character-info = info
    .description = Show a character
command-character-info-option-character = character
    .description = Whom; whoever answers you here when left out
command-character-list = list
    .description = Your characters, this server's and the cast
command-character-select = select
    .description = Choose who answers you here
command-character-select-option-character = character
    .description = Whom; leave it out to go back to the server's choice
command-character-default = default
    .description = Choose who answers on this server when a member names nobody (needs Manage Server)
command-character-default-option-character = character
    .description = Whom; leave it out to go back to Troupe's choice
command-character-create = create
    .description = Make a character of your own
command-character-edit = edit
    .description = Change a character of yours, or give it a picture
command-character-edit-option-character = character
    .description = Which one of yours
command-character-edit-option-picture = picture
    .description = A new picture: PNG, JPEG, WebP or GIF
command-character-share = share
    .description = Share a character of yours with this server, or stop sharing it
command-character-share-option-character = character
    .description = Which one of yours
command-character-delete = delete
    .description = Delete a character of yours; it can be brought back for a while
command-character-delete-option-character = character
    .description = Which one of yours
command-character-restore = restore
    .description = Bring back a character that you deleted
command-character-import = import
    .description = Bring a character card or a lorebook along, as a file
command-character-import-option-file = file
    .description = A card (PNG, APNG, JSON or CHARX), or a lorebook (JSON)
command-character-import-option-picture = picture
    .description = A picture in place of the card's own
command-character-import-option-name = name
    .description = A name in place of the card's own
command-character-import-option-character = character
    .description = For a lorebook: which character of yours it is for
command-character-export = export
    .description = Take a character of yours along, as a card that other programs read
command-character-export-option-character = character
    .description = Which one of yours
command-character-export-option-form = form
    .description = The kind of file; PNG when left out
command-character-export-option-form-choice-png = PNG, a picture with the card in it
command-character-export-option-form-choice-json = JSON, the card alone
command-character-export-option-form-choice-charx = CHARX, an archive
command-character-export-option-form-choice-lorebook = Lorebook, alone, as JSON

character-from =
    { $what ->
        [cast] One of Troupe's cast
        [own] Yours
       *[other] By { $owner }, shared with this server
    }
character-sharing =
    { $what ->
        [nobody] Only you can talk with it
        [here] Shared with this server
       *[elsewhere] Shared with another server
    }
character-creator = Made by { $creator } { $version }
character-notes = From its creator
character-tags = Tags
character-facts = About
character-rarity =
    { $what ->
        [common] Common
        [uncommon] Uncommon
        [rare] Rare
        [epic] Epic
       *[legendary] Legendary
    }
character-cost = Takes about { $tokens } tokens of each talk, besides what you two say
character-greeting = First words ({ $number } of { $of })
character-button =
    { $what ->
        [choose] Choose
        [edit] Edit
        [core] Who it is
        [speech] How it speaks
        [more] More
        [export] Export
        [share] Share here
        [unshare] Stop sharing
        [sure] Delete
        [delete] Yes, delete
        [keep] Keep it
        [both] Keep both
       *[look] Look
    }
character-list = Characters (page { $page } of { $of })
character-section =
    { $what ->
        [mine] Yours ({ $count } of { $of })
        [here] This server's ({ $count })
       *[cast] The cast ({ $count })
    }
character-line = { $name } – { $beside }
character-line-active = ▶ **{ $name }** (answers you here) – { $beside }
character-none = You have no characters of your own yet. Make one with { $create }, or bring a card along with { $import }.
character-how = Talk with { $talk }, choose who answers with { $select }, collect { $closed } ones with { $roll }, make one with { $create }, bring one along with { $import }, let this server talk with yours with { $share }.
character-closed = 🔒 Not in your collection yet: `/collection roll` draws you characters, and others can give or trade theirs.
character-list-cut = There are more than are listed here; { $info } finds them by name.
character-list-away = Characters that members made can't be read right now. The cast is here; please try again in a moment for the others.
character-menu =
    { $what ->
        [restore] Bring one back
       *[look] Look at one
    }
character-chosen =
    { $what ->
        [direct] { $character } answers you in direct messages now.
       *[server] { $character } answers you on this server now.
    }
character-unchosen = You leave it to the server again: { $character } answers you here now.
character-default = { $character } answers on this server now when a member names nobody and has chosen nobody.
character-default-none = This server leaves it to Troupe again: { $character } answers here now.
character-form =
    { $what ->
        [create] A new character
        [core] Who it is
        [speech] How it speaks
        [more] More
       *[words] Your words are in the file.
    }
character-field =
    { $what ->
        [name] Name
        [nickname] Nickname
        [description] Description
        [personality] Personality
        [scenario] Scenario or manner
        [first_mes] First words
        [mes_example] Examples of how it speaks
        [system_prompt] System prompt
        [post_history_instructions] Instructions after the talk
        [creator_notes] Notes, shown to members
        [tags] Tags, with commas between
        [creator] Creator
        [character_version] Version
        [add_greeting] Add other first words
       *[drop_greeting] Remove other first words no. (1, 2 …)
    }
character-field-long = Has { $count } characters, too long for this field. Stays as it is if left empty.
character-count = You have { $count } of { $of } characters.
character-made = **{ $character }** is yours. Give it a picture with { $edit } and `picture`; let this server talk with it with { $share }.
character-edit = What would you like to change about **{ $character }**?
character-edited =
    { $what ->
        [picture] **{ $character }** has its new picture.
        [nothing] Nothing about **{ $character }** was different, so nothing changed.
       *[text] **{ $character }** is changed.
    }
character-sure = Delete **{ $character }**? For { $days } days you can bring it back with { $restore }. After that it is gone, with everyone's bond with it.
character-deleted = **{ $character }** is deleted. You can bring it back until { $until } with { $restore }.
character-kept = Nothing happened. It is still there.
character-restore-none = There is nothing to bring back. Characters that you delete stay here for { $days } days.
character-restore = You can bring these back:
character-restore-line = - **{ $character }**, gone { $until }
character-restored = **{ $character }** is back.
character-shared = **{ $character }** is shared with this server. Everyone here can talk with it and see its name, picture, notes and first words. Nobody but you can change it, export it or read its card.
character-unshared = **{ $character }** is no longer shared with this server. Only you can talk with it.
character-exported = Here is **{ $character }**.
character-left-out = 
    { $count ->
        [one] One file that its card names is not part of this: Troupe doesn't keep it.
       *[other] { $count } files that its card names are not part of this: Troupe doesn't keep them.
    }
character-trouble =
    { $what ->
        [not-theirs] That character isn't yours, so you can't do this with it. See yours with { $list }.
        [full] { $number ->
            [one] You have one character of your own, the most that you may have.
           *[other] You have { $number } characters of your own, the most that you may have.
        } Delete one to make room; see them with { $list }.
        [shared-full] You share { $number } characters with this server, the most that one member may. Stop sharing one first; see yours with { $list }.
        [conflict] The character was changed since you opened this form, so nothing was saved. Your words are in the file; open the form again and put them in.
        [nothing-to-restore] That character can't be brought back any more: it was deleted too long ago, or is back already. See yours with { $list }.
        [no-name] It has no name, and needs one. When you import a card, put one into `name`.
        [no-greeting] It has no other first words with that number. There are { $number } that you can remove, counted from 1.
        [many-greetings] It has { $number } other first words, the most there may be. Remove one first.
        [unfit] Its card has a form in which this can't be changed. Export it, repair it elsewhere, and import it again.
        [no-book] That character has no lorebook.
        [not-shared] That character isn't shared with this server. Its owner can share it with `/character share`.
        [busy] Many files are being read right now. Please try again in a minute.
       *[other] Something else is in the way. Please try again.
    }
character-download =
    { $what ->
        [elsewhere] That file isn't where Discord keeps attachments. Attach it to the command itself.
        [large] That file is too large: { $number } MB is the most. Use a smaller picture or fewer assets.
        [gone] Discord doesn't give that file out any more. Attach it once more.
       *[late] Discord took too long to give that file out. Please try again in a moment.
    }
