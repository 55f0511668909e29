//! The bond card: a picture that says what the text beside it says.

mod picture;
mod text;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::Bytes;
use moka::future::Cache;
use tokio::sync::Semaphore;

use self::text::Fonts;

/// Cards that are drawn at once.
const MOST_AT_ONCE: usize = 2;
/// A member waits so long for a card, its turn included.
const DEADLINE: Duration = Duration::from_secs(3);
/// Cards in memory, and for how long.
const MOST_BYTES: u64 = 4 << 20;
const LIVE: Duration = Duration::from_secs(15 * 60);

/// What stands on a card, in the reader's language. Names are hostile: they are cleaned and cut here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Card {
    /// The character's name.
    pub name: String,
    /// The member's name.
    pub member: String,
    /// What the character calls the member, after its label.
    pub nickname: Option<(String, String)>,
    /// The band's name.
    pub band: String,
    /// Bands reached, of how many.
    pub bands: (u8, u8),
    /// The level.
    pub level: String,
    /// How much of the level is gained, in thousandths.
    pub progress: u16,
    /// What the next level needs.
    pub next: String,
    /// What today has added, and how much it can.
    pub today: String,
    /// The character's colour, 0xRRGGBB.
    pub colour: u32,
    /// The character's picture, a PNG.
    pub portrait: Option<Bytes>,
}

/// Without names.
impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Card").field("progress", &self.progress).finish_non_exhaustive()
    }
}

/// Why there is no card. The text beside it says as much.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CardError {
    /// What was drawn is no SVG.
    #[error("the card is no SVG: {0}")]
    Svg(String),
    /// There is no memory for it.
    #[error("a card has no pixels")]
    Pixels,
    /// It could not be encoded.
    #[error("the card is no PNG: {0}")]
    Png(String),
    /// It took too long.
    #[error("the card was not drawn in time")]
    Late,
    /// The drawing panicked, or the program ends.
    #[error("the drawing broke off")]
    Broken,
}

/// Draws cards. Clones share fonts and memory.
#[derive(Clone)]
pub struct Cards(Arc<Inner>);

struct Inner {
    fonts: OnceLock<Fonts>,
    turns: Arc<Semaphore>,
    drawn: Cache<Card, Bytes>,
}

impl Default for Cards {
    fn default() -> Self {
        let weigh = |_: &Card, png: &Bytes| u32::try_from(png.len()).unwrap_or(u32::MAX);
        Self(Arc::new(Inner {
            fonts: OnceLock::new(),
            turns: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            drawn: Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).time_to_live(LIVE).build(),
        }))
    }
}

impl Cards {
    /// A card as a PNG.
    ///
    /// # Errors
    /// A [`CardError`].
    pub async fn draw(&self, card: &Card) -> Result<Bytes, CardError> {
        if let Some(drawn) = self.0.drawn.get(card).await {
            return Ok(drawn);
        }
        let drawn = tokio::time::timeout(DEADLINE, self.paint(card.clone())).await;
        let png = drawn.unwrap_or(Err(CardError::Late))?;
        self.0.drawn.insert(card.clone(), png.clone()).await;
        Ok(png)
    }

    async fn paint(&self, card: Card) -> Result<Bytes, CardError> {
        let turn = Arc::clone(&self.0.turns).acquire_owned().await.map_err(|_| CardError::Broken)?;
        let inner = Arc::clone(&self.0);
        let paint = move || {
            // Held to the drawing's end, which nobody may wait for any more.
            let _turn = turn;
            picture::draw(&card, inner.fonts.get_or_init(Fonts::new)).map(Bytes::from)
        };
        tokio::task::spawn_blocking(paint).await.map_err(|_| CardError::Broken)?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, member: &str) -> Card {
        Card {
            name: name.to_owned(),
            member: member.to_owned(),
            nickname: Some(("Calls you".to_owned(), member.to_owned())),
            band: "friend".to_owned(),
            bands: (2, 6),
            level: "Level 3".to_owned(),
            progress: 400,
            next: "3 points to level 4".to_owned(),
            today: "Today +2 of 20".to_owned(),
            colour: 0x00F2_C14E,
            portrait: Some(Bytes::from_static(include_bytes!("../../../../assets/characters/brimble.png"))),
        }
    }

    /// Without the deadline, which is for members.
    fn drawn(card: &Card) -> Vec<u8> {
        picture::draw(card, &Fonts::new()).expect("a card")
    }

    #[test]
    fn whoever_they_are_there_is_a_card_of_bounded_size() {
        let wide = "W".repeat(80);
        for name in ["Mira Tallow", &wide, "</svg><image href='/etc/passwd'/>&", "Ж\u{202e}日本🦆👩‍🚀", ""]
        {
            let png = drawn(&card(name, name));
            assert!(png.starts_with(b"\x89PNG") && png.len() <= 100 * 1024, "{name}: {} bytes", png.len());
        }
        assert_ne!(drawn(&card("Mira", "Max")), drawn(&card("Mira", "Mia")));
    }

    #[test]
    fn a_picture_that_is_none_is_left_out() {
        let huge = [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &[0x7F; 8], &[8, 6, 0, 0, 0]].concat();
        let without = drawn(&Card { portrait: None, ..card("Mira", "Max") });
        for portrait in [&b""[..], b"no picture", &huge] {
            let portrait = Some(Bytes::copy_from_slice(portrait));
            assert_eq!(drawn(&Card { portrait, ..card("Mira", "Max") }), without);
        }
    }
}
