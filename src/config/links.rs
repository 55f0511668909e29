//! Addresses that members are shown, such as below `/about`.

use url::Url;

use super::{
    reader::{Parsed, Reader},
    url::BaseUrl,
    variable::{Section, Variable},
};

/// The source code.
pub const SOURCE: Variable = Variable {
    name: "SOURCE_URL",
    doc: "Where members find the source code. Not set: no such link is shown.",
    accepted: "an http:// or https:// address",
    example: "https://example.org/troupe",
    ..Variable::PLAIN
};

/// Where people help.
pub const SUPPORT: Variable = Variable {
    name: "SUPPORT_URL",
    doc: "Where members find help, such as a server's invite. Not set: no such link is shown.",
    accepted: "an http:// or https:// address",
    example: "https://example.org/support",
    ..Variable::PLAIN
};

/// The privacy policy.
pub const PRIVACY: Variable = Variable {
    name: "PRIVACY_URL",
    doc: "Your privacy policy. Not set: no such link is shown.",
    accepted: "an http:// or https:// address",
    example: "https://example.org/privacy",
    ..Variable::PLAIN
};

/// This section, as documented.
pub const SECTION: Section = Section { title: "Links", variables: &[&SOURCE, &SUPPORT, &PRIVACY] };

/// The links section.
#[derive(Debug, Clone, Default)]
pub struct LinkSettings {
    /// The source code.
    pub source: Option<Url>,
    /// Where people help.
    pub support: Option<Url>,
    /// The privacy policy.
    pub privacy: Option<Url>,
}

impl LinkSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            source: reader.optional(&SOURCE, parse),
            support: reader.optional(&SUPPORT, parse),
            privacy: reader.optional(&PRIVACY, parse),
        }
    }
}

fn parse(value: &str) -> Parsed<Url> {
    // The checks of a base address, and then the address as it was given.
    BaseUrl::parse(value.split(['?', '#']).next().unwrap_or_default())?;
    Url::parse(value).map_err(|_| "is not an address")
}
