//! What a configuration variable is: its declaration, from which parsing, documentation and masking all follow.

/// One environment variable of Troupe, declared once.
///
/// The same value drives parsing errors, `.env.example`, `docs/configuration.md` and `troupe config`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Name in the environment, such as `DISCORD_TOKEN`.
    pub name: &'static str,
    /// One or two sentences of Markdown: what it is for.
    pub doc: &'static str,
    /// What a value may be, in words that finish the sentence "accepted: …".
    pub accepted: &'static str,
    /// The value used when none is given; `None` when "not set" means something of its own, which `doc` says.
    pub default: Option<&'static str>,
    /// A value that parses, for `.env.example`. Never a real secret.
    pub example: &'static str,
    /// Whether the value must never be shown.
    pub secret: bool,
    /// Whether SIGHUP applies a new value; all others wait for a restart.
    pub reread: bool,
}

impl Variable {
    /// A plain variable: not secret, no default, read at start only. Adjust with struct update syntax.
    pub const PLAIN: Self =
        Self { name: "", doc: "", accepted: "", default: None, example: "", secret: false, reread: false };
}

/// One section of the settings: a title and its variables, in the order in which they are documented.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Heading in the documentation.
    pub title: &'static str,
    /// The variables declared by this section.
    pub variables: &'static [&'static Variable],
}
