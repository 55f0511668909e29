//! The commands, one thin file each: parse, ask a feature, show what comes back.

mod about;
mod bond;
mod character;
mod characters;
mod collection;
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
        collection::collection(),
        bond::bond(),
        memory::memory(),
        limits::limits(),
        help::help(),
        about::about(),
        operator::operator(),
    ]
}

#[cfg(test)]
mod tests;
