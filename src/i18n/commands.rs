//! What the language files call commands, their options and choices.

use super::{Catalog, Locale};

impl Catalog {
    /// A command's name as members of a language see it.
    pub fn command_name(&self, locale: Locale, name: &str) -> String {
        self.lookup(locale, &format!("command-{name}"), None, None).unwrap_or_else(|| name.to_owned())
    }

    /// A command's description.
    pub fn command_description(&self, locale: Locale, name: &str) -> String {
        self.lookup(locale, &format!("command-{name}"), Some("description"), None).unwrap_or_default()
    }

    /// An option's name.
    pub fn option_name(&self, locale: Locale, command: &str, option: &str) -> String {
        self.lookup(locale, &format!("command-{command}-option-{option}"), None, None)
            .unwrap_or_else(|| option.to_owned())
    }

    /// An option's description.
    pub fn option_description(&self, locale: Locale, command: &str, option: &str) -> String {
        self.lookup(locale, &format!("command-{command}-option-{option}"), Some("description"), None)
            .unwrap_or_default()
    }
}
