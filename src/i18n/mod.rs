//! All text that people read, in each language, from `assets/locales`.
//!
//! Tests hold the language files to [`texts`] and to the command definitions: a missing key, a spare one, an argument
//! that is not given, each fails the build. At run time a text that cannot be found shows its key, and the log says so.

mod commands;
mod locale;
pub mod texts;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::domain::unseen::is_hidden;
pub use locale::{Locale, PerLocale};
pub use texts::Text;

/// The texts of all languages, parsed.
pub struct Catalog {
    bundles: PerLocale<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Catalog {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Catalog").finish_non_exhaustive()
    }
}

impl Catalog {
    /// Parses the texts, which are part of the program.
    pub fn new() -> Self {
        Self { bundles: PerLocale::new(bundle) }
    }

    /// A text without arguments.
    pub fn text(&self, locale: Locale, text: Text) -> String {
        self.format(locale, text, &Args::new())
    }

    /// A text with its arguments.
    pub fn format(&self, locale: Locale, text: Text, args: &Args<'_>) -> String {
        debug_assert!(
            text.args.iter().all(|name| args.0.get(*name).is_some()),
            "{} needs {:?}",
            text.key,
            text.args
        );
        self.lookup(locale, text.key, None, Some(args)).unwrap_or_else(|| {
            tracing::error!(key = text.key, locale = locale.as_str(), "a text is missing");
            text.key.to_owned()
        })
    }

    /// A message's own text, or one of its attributes, in this language only.
    pub(crate) fn lookup(
        &self,
        locale: Locale,
        key: &str,
        attribute: Option<&str>,
        args: Option<&Args<'_>>,
    ) -> Option<String> {
        let bundle = self.bundles.get(locale);
        let message = bundle.get_message(key)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut faults = Vec::new();
        let text = bundle.format_pattern(pattern, args.map(|args| &args.0), &mut faults).into_owned();
        if !faults.is_empty() {
            tracing::error!(key, locale = locale.as_str(), ?faults, "a text is not whole");
        }
        Some(text)
    }
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let language: LanguageIdentifier = locale.as_str().parse().expect("a language's name is one");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Discord shows the marks that keep writing directions apart as boxes on some systems.
    bundle.set_use_isolating(false);
    for (file, source) in locale.sources() {
        let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(_, faults)| {
            panic!("{}/{file} parses, as tests show: {faults:?}", locale.as_str())
        });
        bundle.add_resource(resource).unwrap_or_else(|faults| panic!("{file} has each key once: {faults:?}"));
    }
    bundle
}

/// The arguments of a text.
#[derive(Debug, Default)]
pub struct Args<'a>(FluentArgs<'a>);

impl Args<'_> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A number, which may choose between singular and plural.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: u64) -> Self {
        self.0.set(name, FluentValue::from(value));
        self
    }

    /// Text of our own: ids, names from our files, mentions that are meant.
    #[must_use]
    pub fn trusted(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.set(name, value.into());
        self
    }

    /// Text that somebody typed: shown as it is, never as markup, link or mention.
    #[must_use]
    pub fn typed(mut self, name: &'static str, value: &str) -> Self {
        self.0.set(name, plain(value));
        self
    }

    /// Text that somebody typed, for where Discord reads no markup, such as the description of a picture.
    #[must_use]
    pub fn bare(mut self, name: &'static str, value: &str) -> Self {
        self.0.set(name, bare(value));
        self
    }
}

/// Text where nothing is markup, without what is not seen.
fn bare(text: &str) -> String {
    text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect()
}

/// Makes text show as typed: markup is escaped, mentions are broken, control characters are dropped.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | '(' | ')' | '-' | '+' => {
                out.push('\\');
                out.push(c);
            }
            // A word joiner: nothing to see, and no mention either.
            '@' => out.push_str("@\u{2060}"),
            ':' => out.push_str(":\u{2060}"),
            '\n' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod tests;
