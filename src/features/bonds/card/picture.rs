//! A card as a picture: what stands where, in which colours.

use std::fmt::Write as _;

use resvg::tiny_skia::{FillRule, FilterQuality, Mask, PathBuilder, Pixmap, PixmapPaint, Transform};

use super::{
    Card, CardError,
    text::{Fonts, Style},
};

/// The picture's size in pixels.
const SIZE: (u16, u16) = (960, 340);
/// The portrait: its centre and radius.
const PORTRAIT: (f32, f32, f32) = (166.0, 170.0, 112.0);
/// Where texts begin and end.
const LEFT: f32 = 326.0;
const RIGHT: f32 = 912.0;
const BACKGROUND: u32 = 0x0017_181D;
/// The contrast of small text, by the web's accessibility guidelines.
const CONTRAST: f32 = 4.5;
/// A larger portrait is not one of ours.
const MOST_PORTRAIT: u32 = 2_048;

const NAME: Style = Style { size: 44, weight: 600 };
const MEMBER: Style = Style { size: 24, weight: 400 };
const SMALL: Style = Style { size: 20, weight: 400 };
const STRONG: Style = Style { size: 20, weight: 600 };
const LEVEL: Style = Style { size: 24, weight: 600 };

/// Draws a card as a PNG.
pub(super) fn draw(card: &Card, fonts: &Fonts) -> Result<Vec<u8>, CardError> {
    let tree = fonts.read(&svg(card, fonts))?;
    let mut picture = Pixmap::new(SIZE.0.into(), SIZE.1.into()).ok_or(CardError::Pixels)?;
    resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
    if let Some(portrait) = card.portrait.as_deref().and_then(decoded) {
        place(&portrait, &mut picture)?;
    }
    picture.encode_png().map_err(|error| CardError::Png(error.to_string()))
}

/// Everything but the portrait.
fn svg(card: &Card, fonts: &Fonts) -> String {
    let (width, height) = SIZE;
    let accent = accent(card.colour);
    let (centre_x, centre_y, radius) = PORTRAIT;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
        <defs><linearGradient id=\"glow\"><stop offset=\"0\" stop-color=\"{accent}\" stop-opacity=\"0.20\"/>\
        <stop offset=\"0.7\" stop-color=\"{accent}\" stop-opacity=\"0\"/></linearGradient></defs>\
        <rect width=\"{width}\" height=\"{height}\" rx=\"30\" fill=\"#{BACKGROUND:06x}\"/>\
        <rect width=\"{width}\" height=\"{height}\" rx=\"30\" fill=\"url(#glow)\"/>\
        <circle cx=\"{centre_x}\" cy=\"{centre_y}\" r=\"{}\" fill=\"#0f1013\" stroke=\"{accent}\" stroke-width=\"6\"/>",
        radius + 9.0,
    );
    names(card, fonts, &mut svg);
    standing(card, fonts, &accent, &mut svg);
    svg.push_str("</svg>");
    svg
}

/// The two names, and the nickname.
fn names(card: &Card, fonts: &Fonts, svg: &mut String) {
    let room = RIGHT - LEFT;
    // Without a nickname the two names have its line's room.
    let down = if card.nickname.is_some() { 0.0 } else { 16.0 };
    let name = fonts.fit(&card.name, NAME, room);
    svg.push_str(&name.svg(NAME, (LEFT, 84.0 + down), "#ffffff"));
    let member = fonts.fit(&card.member, MEMBER, room);
    svg.push_str(&member.svg(MEMBER, (LEFT, 122.0 + down), "#c9ccd6"));
    if let Some((label, nickname)) = &card.nickname {
        let label = fonts.fit(label, SMALL, room / 2.0);
        let after = LEFT + label.width + 8.0;
        let nickname = fonts.fit(nickname, STRONG, RIGHT - after);
        svg.push_str(&label.svg(SMALL, (LEFT, 156.0), "#9a9eac"));
        svg.push_str(&nickname.svg(STRONG, (after, 156.0), "#ffffff"));
    }
}

/// Band, level, progress, and what today has added.
fn standing(card: &Card, fonts: &Fonts, accent: &str, svg: &mut String) {
    let band = fonts.fit(&card.band, STRONG, 260.0);
    let pill = band.width + 36.0;
    let _ = write!(
        svg,
        "<rect x=\"{LEFT}\" y=\"182\" width=\"{pill:.1}\" height=\"38\" rx=\"19\" fill=\"{accent}\"/>"
    );
    let on_pill = format!("#{BACKGROUND:06x}");
    svg.push_str(&band.svg(STRONG, (LEFT + 18.0, 208.0), &on_pill));
    let level = fonts.fit(&card.level, LEVEL, 170.0);
    svg.push_str(&level.svg(LEVEL, (LEFT + pill + 18.0, 209.0), "#ffffff"));
    let (reached, bands) = card.bands;
    for n in 0..bands {
        let x = RIGHT - 7.0 - f32::from(bands - 1 - n) * 24.0;
        let look = if n < reached {
            format!("fill=\"{accent}\"")
        } else {
            "fill=\"none\" stroke=\"#5b5f6d\" stroke-width=\"2\"".to_owned()
        };
        let _ = write!(svg, "<circle cx=\"{x}\" cy=\"201\" r=\"7\" {look}/>");
    }
    let (bar, filled) = (RIGHT - LEFT, f32::from(card.progress.min(1_000)) / 1_000.0);
    let _ = write!(
        svg,
        "<rect x=\"{LEFT}\" y=\"244\" width=\"{bar}\" height=\"16\" rx=\"8\" fill=\"#ffffff\" fill-opacity=\"0.12\"/>"
    );
    if filled > 0.0 {
        // Round at both ends, so never shorter than high.
        let width = (bar * filled).max(16.0);
        let _ = write!(
            svg,
            "<rect x=\"{LEFT}\" y=\"244\" width=\"{width:.1}\" height=\"16\" rx=\"8\" fill=\"{accent}\"/>"
        );
    }
    let today = fonts.fit(&card.today, SMALL, bar / 2.0 - 8.0);
    let next = fonts.fit(&card.next, SMALL, bar - today.width - 16.0);
    svg.push_str(&next.svg(SMALL, (LEFT, 292.0), "#c9ccd6"));
    svg.push_str(&today.svg_to(SMALL, (RIGHT, 292.0), "#c9ccd6"));
}

/// A portrait, if it is a PNG of a size that portraits have.
fn decoded(png: &[u8]) -> Option<Pixmap> {
    let side =
        |at: usize| png.get(at..at + 4).map(|bytes| bytes.iter().fold(0, |n, b| n << 8 | u32::from(*b)));
    let fits = |side: Option<u32>| side.is_some_and(|side| (1..=MOST_PORTRAIT).contains(&side));
    // The header's width and height come first in every PNG.
    if fits(side(16)) && fits(side(20)) { Pixmap::decode_png(png).ok() } else { None }
}

/// Puts a portrait into its circle, cut to the middle.
fn place(portrait: &Pixmap, picture: &mut Pixmap) -> Result<(), CardError> {
    let (x, y, radius) = PORTRAIT;
    let mut mask = Mask::new(picture.width(), picture.height()).ok_or(CardError::Pixels)?;
    let circle = PathBuilder::from_circle(x, y, radius).ok_or(CardError::Pixels)?;
    mask.fill_path(&circle, FillRule::Winding, true, Transform::identity());
    let (width, height) = (portrait.width(), portrait.height());
    #[expect(clippy::cast_precision_loss, reason = "sides have 11 bits")]
    let (width, height) = (width as f32, height as f32);
    let scale = 2.0 * radius / width.min(height);
    let by = Transform::from_row(scale, 0.0, 0.0, scale, x - width * scale / 2.0, y - height * scale / 2.0);
    let paint = PixmapPaint { quality: FilterQuality::Bicubic, ..PixmapPaint::default() };
    picture.draw_pixmap(0, 0, portrait.as_ref(), &paint, by, Some(&mask));
    Ok(())
}

/// The character's colour, as much lighter as it must be to be read on the background, as SVG has it.
fn accent(colour: u32) -> String {
    let background = luminance(BACKGROUND);
    let lighter = |step: u32| {
        let channel = |shift: u32| {
            let value = colour >> shift & 0xFF;
            (value + (0xFF - value) * step / 20) << shift
        };
        channel(16) | channel(8) | channel(0)
    };
    let contrast = |colour: u32| (luminance(colour) + 0.05) / (background + 0.05);
    let found = (0..=20).map(lighter).find(|colour| contrast(*colour) >= CONTRAST);
    format!("#{:06x}", found.unwrap_or(0x00FF_FFFF))
}

/// Relative luminance of an sRGB colour, 0 to 1.
fn luminance(colour: u32) -> f32 {
    let channel = |shift: u32| {
        let value = f32::from(u8::try_from(colour >> shift & 0xFF).unwrap_or(u8::MAX)) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_colour_can_be_read_on_the_background() {
        for colour in [0, 0x00FF_FFFF, 0x00A3_182F, 0x007A_52B3, 0x0000_00FF, BACKGROUND] {
            let shown = u32::from_str_radix(&accent(colour)[1..], 16).expect("a colour");
            let contrast = (luminance(shown) + 0.05) / (luminance(BACKGROUND) + 0.05);
            assert!(contrast >= CONTRAST, "{colour:06x} as {shown:06x}: {contrast}");
        }
        assert_eq!(accent(0x00F2_C14E), "#f2c14e", "what can be read stays");
    }
}
