# /help

command-help = help
    .description = The commands, and what each does
command-help-option-command = command
    .description = A command to tell you more about

help-title = Commands
help-entry = { $command } – { $description }
help-hint = Type { $help } and a command to learn more about it.
help-options-title = Options
help-option = **{ $name }** – { $description }
help-option-required = **{ $name }** (needed) – { $description }
help-unknown = I have no command called "{ $name }". Use { $help } to see what I have.
