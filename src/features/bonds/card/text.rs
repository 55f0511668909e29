//! Text on a card: fonts that are built in, names made harmless, and cut to the width that they are measured to have.

use std::sync::Arc;

use resvg::usvg::{FontResolver, Options, Tree, fontdb};
use skrifa::{
    FontRef, MetadataProvider as _,
    instance::{LocationRef, Size},
};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

use super::CardError;
use crate::domain::unseen::{is_hidden, is_mark};

/// Latin, Cyrillic and Greek in two weights, and emoji without colours.
const LETTERS: &[u8] = include_bytes!("../../../../assets/fonts/Inter-Regular.ttf");
const STRONG_LETTERS: &[u8] = include_bytes!("../../../../assets/fonts/Inter-SemiBold.ttf");
const EMOJI: &[u8] = include_bytes!("../../../../assets/fonts/NotoEmoji-Regular.ttf");
/// What they are called.
const LETTERS_FAMILY: &str = "Inter";
const EMOJI_FAMILY: &str = "Noto Emoji";
/// Width of a blank between two fonts, in heights of the text.
const BLANK: f32 = 0.28;
/// Of a text so much is looked at: no name is longer.
const LONGEST: usize = 100;
/// Marks on one letter; more would run into other lines.
const MOST_MARKS: usize = 2;

/// How a text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// In pixels.
    pub(super) size: u16,
    /// 400 or 600.
    pub(super) weight: u16,
}

/// A text as it is set: runs of one font each, from the left.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Set {
    runs: Vec<Run>,
    /// In pixels.
    pub(super) width: f32,
}

#[derive(Debug, Clone, PartialEq)]
struct Run {
    text: String,
    family: &'static str,
    /// Where it begins, in pixels.
    at: f32,
}

/// The fonts, read once.
pub(super) struct Fonts {
    database: Arc<fontdb::Database>,
    letters: Option<FontRef<'static>>,
    strong: Option<FontRef<'static>>,
    emoji: Option<FontRef<'static>>,
}

impl Fonts {
    pub(super) fn new() -> Self {
        let mut database = fontdb::Database::new();
        for font in [LETTERS, STRONG_LETTERS, EMOJI] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        let face = |font| FontRef::new(font).ok();
        Self {
            database: Arc::new(database),
            letters: face(LETTERS),
            strong: face(STRONG_LETTERS),
            emoji: face(EMOJI),
        }
    }

    /// An SVG read with these fonts.
    pub(super) fn read(&self, svg: &str) -> Result<Tree, CardError> {
        let font_resolver = FontResolver {
            select_font: FontResolver::default_font_selector(),
            // Each run names its font. The library's own way would write letters of names into the log.
            select_fallback: Box::new(|_, _, _| None),
        };
        let options = Options { fontdb: Arc::clone(&self.database), font_resolver, ..Options::default() };
        Tree::from_str(svg, &options).map_err(|error| CardError::Svg(error.to_string()))
    }

    /// A text from anybody, cleaned, without what no font has, and cut to `most` pixels. It may be empty.
    pub(super) fn fit(&self, text: &str, style: Style, most: f32) -> Set {
        let text = self.clean(text);
        let whole = self.set(&text, style);
        if whole.width <= most {
            return whole;
        }
        let graphemes: Vec<&str> = text.graphemes(true).collect();
        let shortened = |kept: usize| format!("{}…", graphemes[..kept].concat().trim_end());
        // The most that fits lies between what fits and what does not.
        let (mut fits, mut too_long) = (0, graphemes.len());
        while too_long - fits > 1 {
            let middle = usize::midpoint(fits, too_long);
            if self.set(&shortened(middle), style).width <= most {
                fits = middle;
            } else {
                too_long = middle;
            }
        }
        self.set(&shortened(fits), style)
    }

    /// Sets a clean text.
    fn set(&self, text: &str, style: Style) -> Set {
        let blank = f32::from(style.size) * BLANK;
        let mut set = Set::default();
        let mut after_blank = false;
        for grapheme in text.graphemes(true) {
            if grapheme == " " {
                after_blank = true;
                continue;
            }
            let Some(family) = self.family(grapheme) else { continue };
            match set.runs.last_mut() {
                Some(run) if run.family == family => {
                    if after_blank {
                        run.text.push(' ');
                    }
                    run.text.push_str(grapheme);
                }
                last => {
                    if let Some(run) = last {
                        let gap = if after_blank { blank } else { 0.0 };
                        set.width = run.at + self.measure(run, style) + gap;
                    }
                    set.runs.push(Run { text: grapheme.to_owned(), family, at: set.width });
                }
            }
            after_blank = false;
        }
        if let Some(run) = set.runs.last() {
            set.width = run.at + self.measure(run, style);
        }
        set
    }

    /// A run's width by its letters' own, which is a thousand times as fast as setting it, and wrong by kerning alone.
    fn measure(&self, run: &Run, style: Style) -> f32 {
        let face = match (run.family, style.weight) {
            (EMOJI_FAMILY, _) => &self.emoji,
            (_, 600) => &self.strong,
            _ => &self.letters,
        };
        let Some(face) = face else { return 0.0 };
        let (map, metrics) =
            (face.charmap(), face.glyph_metrics(Size::new(style.size.into()), LocationRef::default()));
        // What is joined to the first sign of a grapheme, and a colour of skin, is one sign with it.
        let signs = run.text.graphemes(true).flat_map(|grapheme| {
            let joined = |c: &char| *c != '\u{200d}';
            grapheme.chars().take_while(joined).filter(|c| !joins(*c) && !is_skin(*c))
        });
        signs.filter_map(|c| metrics.advance_width(map.map(c)?)).sum()
    }

    /// The font that has a whole grapheme.
    fn family(&self, grapheme: &str) -> Option<&'static str> {
        let has = |face: &Option<FontRef<'_>>| {
            let map = face.as_ref().map(FontRef::charmap);
            let mut seen = grapheme.chars().filter(|c| !joins(*c)).peekable();
            seen.peek().is_some() && seen.all(|c| map.as_ref().is_some_and(|map| map.map(c).is_some()))
        };
        let as_emoji = grapheme.contains('\u{fe0f}') && has(&self.emoji);
        if has(&self.letters) && !as_emoji {
            Some(LETTERS_FAMILY)
        } else {
            has(&self.emoji).then_some(EMOJI_FAMILY)
        }
    }

    /// A text without what is not seen, has no letter here, or runs into other lines; on one line.
    fn clean(&self, text: &str) -> String {
        let mut marks = 0;
        let bare = text.nfc().take(LONGEST).map(|c| if c.is_whitespace() { ' ' } else { c });
        let bare: String = bare
            .filter(|c| {
                marks = if is_mark(*c) { marks + 1 } else { 0 };
                marks <= MOST_MARKS && !is_hidden(*c)
            })
            .collect();
        let drawn: String = bare.graphemes(true).filter(|grapheme| self.family(grapheme).is_some()).collect();
        drawn.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

impl Set {
    /// As SVG, from its baseline on, in a colour.
    pub(super) fn svg(&self, style: Style, (x, y): (f32, f32), colour: &str) -> String {
        self.runs.iter().map(|run| run.svg(style, (x, y), colour)).collect()
    }

    /// The same, ending at `right`: to the pixel where it is of one font.
    pub(super) fn svg_to(&self, style: Style, (right, y): (f32, f32), colour: &str) -> String {
        match self.runs.as_slice() {
            [run] => run.svg(style, (right, y), colour).replacen("<text", "<text text-anchor=\"end\"", 1),
            _ => self.svg(style, (right - self.width, y), colour),
        }
    }
}

impl Run {
    fn svg(&self, Style { size, weight }: Style, (x, y): (f32, f32), colour: &str) -> String {
        format!(
            "<text x=\"{:.1}\" y=\"{y:.1}\" font-family=\"{}\" font-size=\"{size}\" font-weight=\"{weight}\" \
             fill=\"{colour}\">{}</text>",
            x + self.at,
            self.family,
            escaped(&self.text)
        )
    }
}

/// What joins and selects within a grapheme.
fn joins(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

fn is_skin(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// A text as XML has it: markup is text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STYLE: Style = Style { size: 44, weight: 600 };

    #[test]
    fn names_are_cleaned_and_what_no_font_has_is_left_out() {
        let fonts = Fonts::new();
        let table = [
            ("Max", "Max"),
            ("  Max \n Muster\u{202e}mann\u{0}", "Max Mustermann"),
            ("Анна Ωmega Łukasz", "Анна Ωmega Łukasz"),
            ("日本 Max 太郎", "Max"),
            ("日本", ""),
            ("Max 🦆", "Max 🦆"),
            ("<b>&\"'</b>", "<b>&\"'</b>"),
            ("e\u{301}a\u{301}\u{301}\u{301}\u{301}", "éá\u{301}\u{301}"),
            ("\u{200d}\u{fe0f}", ""),
            ("👩‍🚀✨ ok", "👩‍🚀✨ ok"),
        ];
        for (text, expected) in table {
            assert_eq!(fonts.clean(text), expected, "{text:?}");
        }
    }

    /// Its width as it is drawn.
    fn drawn(fonts: &Fonts, set: &Set) -> f32 {
        let text = set.svg(STYLE, (0.0, 0.0), "#fff");
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{text}</svg>");
        fonts.read(&svg).expect("an SVG").root().abs_bounding_box().width()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn whatever_is_written_fits(text in "[ -~À-žА-яΑ-ω]{1,40}|[W<&\"']{30,60}|(🦆|👩‍🚀|Ж| ){1,30}", most in 60.0_f32..600.0) {
            let fonts = Fonts::new();
            let fitted = fonts.fit(&text, STYLE, most);
            prop_assert!(fitted.width <= most, "{} of {most}: {fitted:?}", fitted.width);
            let drawn = drawn(&fonts, &fitted);
            prop_assert!(drawn <= most * 1.03 + 2.0, "{drawn} of {most}: {fitted:?}");
        }
    }
}
