# /help

command-help = hilfe
    .description = Die Befehle und was jeder tut
command-help-option-command = befehl
    .description = Ein Befehl, über den du mehr wissen willst

help-title = Befehle
help-entry = { $command } – { $description }
help-hint = Gib { $help } und einen Befehl ein, um mehr über ihn zu erfahren.
help-options-title = Optionen
help-option = **{ $name }** – { $description }
help-option-required = **{ $name }** (nötig) – { $description }
help-unknown = Einen Befehl namens „{ $name }“ habe ich nicht. Mit { $help } siehst du, welche ich habe.
