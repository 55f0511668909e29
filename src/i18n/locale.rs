//! The languages Troupe speaks, and which of them a member reads.

/// A language with a full set of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Locale {
    /// English: the language of last resort.
    #[default]
    En,
    /// German.
    De,
}

impl Locale {
    /// All languages, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The language for one of Discord's locale codes (`en-GB`, `de`); English where there is none.
    pub fn from_discord(code: &str) -> Self {
        match code.split('-').next() {
            Some("de") => Self::De,
            _ => Self::En,
        }
    }

    /// The name of the language's folder.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// Discord's codes for which a command's names are given. English is the default and needs none.
    pub fn discord_codes(self) -> &'static [&'static str] {
        match self {
            Self::En => &[],
            Self::De => &["de"],
        }
    }

    /// This language's place in a list of all.
    pub(crate) fn index(self) -> usize {
        match self {
            Self::En => 0,
            Self::De => 1,
        }
    }

    /// The language's texts, file by file.
    pub(super) fn sources(self) -> &'static [(&'static str, &'static str)] {
        macro_rules! sources {
            ($language:literal) => {
                sources!($language: about bond character collection common denials help import limits memory operator
                    show talk)
            };
            ($language:literal: $($file:ident)+) => {
                &[$((
                    concat!(stringify!($file), ".ftl"),
                    include_str!(concat!("../../assets/locales/", $language, "/", stringify!($file), ".ftl")),
                )),+]
            };
        }
        match self {
            Self::En => sources!("en"),
            Self::De => sources!("de"),
        }
    }
}

/// One value in each language, made once.
#[derive(Debug, Clone)]
pub struct PerLocale<T>([T; Locale::ALL.len()]);

impl<T> PerLocale<T> {
    /// Makes the value of each language.
    pub fn new(make: impl FnMut(Locale) -> T) -> Self {
        Self(Locale::ALL.map(make))
    }

    /// The value of one language.
    pub fn get(&self, locale: Locale) -> &T {
        &self.0[locale.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discords_codes_find_their_language() {
        for (code, locale) in [
            ("en-US", Locale::En),
            ("en-GB", Locale::En),
            ("de", Locale::De),
            ("fr", Locale::En),
            ("", Locale::En),
            ("dee", Locale::En),
        ] {
            assert_eq!(Locale::from_discord(code), locale, "{code}");
        }
        for (place, locale) in Locale::ALL.into_iter().enumerate() {
            assert_eq!(locale.index(), place);
            assert!(locale.discord_codes().iter().all(|code| Locale::from_discord(code) == locale));
        }
    }
}
