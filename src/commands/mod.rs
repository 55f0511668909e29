//! The commands, one thin file each: parse, ask a feature, show what comes back.

mod about;
mod character;
mod characters;
mod help;
mod limits;
mod memory;
mod operator;
mod prompt;
mod talk;

use crate::discord::Command;

/// All commands, in the order in which `/help` lists them.
pub fn all() -> Vec<Command> {
    vec![
        talk::talk(),
        character::character(),
        memory::memory(),
        limits::limits(),
        help::help(),
        about::about(),
        operator::operator(),
    ]
}

#[cfg(test)]
mod tests;
