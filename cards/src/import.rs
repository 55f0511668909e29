//! The front door: a file's bytes become a card with its file and a report.

use std::borrow::Cow;

use crate::card::Card;
use crate::card::assets::{self, Kind, Uri};
use crate::container::Container;
use crate::picture::{self, Avatar, Form};
use crate::refusal::Refusal;
use crate::report::{self, Report};

/// A card as it came.
#[derive(Debug, Clone)]
pub struct Import {
    /// The card.
    pub card: Card,
    /// The file that it came in, which an export to the same kind of file starts from.
    pub container: Container,
    /// What the member should know.
    pub report: Report,
}

/// Where a card's picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture<'a> {
    /// Here, as a file of some kind: decode it with [`picture`], which trusts nothing.
    Here(Cow<'a, [u8]>),
    /// At an `http` or `https` address. Whether it may be fetched, and how without harm, is the caller's to say.
    Remote(&'a str),
    /// Nowhere: the host's default.
    None,
}

/// Reads a file with a card: PNG, APNG, JSON or CHARX, whatever it is called.
///
/// Takes time and memory in proportion to the file, within [`limits`](crate::limits); run it off the async threads.
///
/// # Errors
/// [`Refusal`], with what is wrong.
pub fn import(bytes: Vec<u8>) -> Result<Import, Refusal> {
    let (container, notes) = Container::open(bytes)?;
    let card = Card::read(container.text().to_owned())?;
    let report = report::of(&card, Some((&container, &notes)));
    Ok(Import { card, container, report })
}

/// How many icons are tried until one can be decoded.
const TRIES: usize = 4;

impl Import {
    /// The card's picture: its main icon, or else the file itself.
    ///
    /// # Errors
    /// [`Refusal`] when the icon's file is there and damaged, or too large.
    pub fn picture(&self) -> Result<Picture<'_>, Refusal> {
        let own = || self.container.picture().map_or(Picture::None, |picture| Picture::Here(picture.into()));
        let sheet = self.card.sheet();
        let Some(icon) = sheet.main_icon() else { return Ok(own()) };
        if let Some(here) = self.file(&icon.uri)? {
            return Ok(Picture::Here(here));
        }
        // A picture that is here is better than one that would have to be fetched.
        Ok(match (own(), &icon.uri) {
            (Picture::None, Uri::Remote(_)) => self.remote(icon.index).map_or(Picture::None, Picture::Remote),
            (own, _) => own,
        })
    }

    /// An avatar from the first picture that can be decoded: the main icon, the file itself, then other icons. `None`
    /// when the card has none at hand.
    ///
    /// # Errors
    /// What is wrong with the first of them, when none can be decoded.
    pub fn avatar(&self, form: Form) -> Result<Option<Avatar>, Refusal> {
        let sheet = self.card.sheet();
        let main = sheet.main_icon();
        let others = sheet.assets.iter().filter(|asset| asset.kind == Kind::Icon && Some(*asset) != main);
        let own = self.container.picture().map(|own| Ok(Some(own.into())));
        let icons = main.into_iter().map(|icon| self.file(&icon.uri));
        let mut first = None;
        for found in icons.chain(own).chain(others.take(TRIES).map(|icon| self.file(&icon.uri))) {
            let made = match found {
                Ok(None) => continue,
                Ok(Some(bytes)) => picture::avatar(&bytes, form),
                Err(refusal) => Err(refusal),
            };
            match made {
                Ok(avatar) => return Ok(Some(avatar)),
                Err(refusal) => {
                    first.get_or_insert(refusal);
                }
            }
        }
        first.map_or(Ok(None), Err)
    }

    /// What is at hand of a URI.
    fn file(&self, uri: &Uri) -> Result<Option<Cow<'_, [u8]>>, Refusal> {
        match uri {
            Uri::Embedded(path) | Uri::Chunk(path) => self.container.asset(path),
            Uri::Data(uri) => Ok(assets::data(uri)),
            Uri::Default | Uri::Remote(_) | Uri::Other(_) => Ok(None),
        }
    }

    fn remote(&self, index: usize) -> Option<&str> {
        self.card.field("assets")?.get(index)?.get("uri")?.as_str().map(str::trim)
    }
}
