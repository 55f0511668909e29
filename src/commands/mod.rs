//! The commands, one thin file each: parse, ask a feature, show what comes back.

mod about;
mod help;

use crate::discord::Command;

/// All commands, in the order in which `/help` lists them.
pub fn all() -> Vec<Command> {
    vec![about::about(), help::help()]
}

#[cfg(test)]
mod tests;
