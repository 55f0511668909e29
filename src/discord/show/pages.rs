//! A long text as messages: cut where readers pause, with code fences closed and opened again.
//!
//! A page is closed only when more text follows than fits, and where it is cut depends on nothing but what fits. So the
//! pages of a text that grows stay as they are, all but the last.

use unicode_segmentation::UnicodeSegmentation as _;

/// Most of a page's text, in UTF-16 units, which are never fewer than characters. Discord takes 2,000; the rest is for
/// a name above and the small lines below.
const MOST: usize = 1_650;
/// The most with the small lines below.
const MOST_WITH_NOTES: usize = 1_900;
/// Most pages; a text that is longer ends in "…".
const MOST_PAGES: usize = 10;
/// The longest name of a language after a fence.
const LONGEST_LANGUAGE: usize = 20;
const FENCE: &str = "```";
/// What closes a fence that goes on on the next page.
const CLOSING: &str = "\n```";

/// A code fence that is open.
#[derive(Debug, Clone, Copy)]
struct Fence<'a> {
    /// Where it begins in the page; 0 if on an earlier one.
    at: usize,
    language: &'a str,
}

/// The length in UTF-16 units.
pub(super) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The longest beginning of at most so many UTF-16 units.
pub(super) fn beginning(text: &str, most: usize) -> &str {
    let mut left = most;
    for (at, c) in text.char_indices() {
        let Some(rest) = left.checked_sub(c.len_utf16()) else { return &text[..at] };
        left = rest;
    }
    text
}

/// The pages of a text, none of them blank; none for a blank text.
pub(super) fn pages(text: &str) -> Vec<String> {
    let mut rest = text.trim_end();
    rest = rest.trim_start();
    let mut pages = Vec::new();
    let mut carried: Option<&str> = None;
    while !rest.is_empty() {
        let opening = carried.map(|language| format!("{FENCE}{language}\n")).unwrap_or_default();
        let window = beginning(rest, MOST - units(&opening) - units(CLOSING));
        let open = carried.map(|language| Fence { at: 0, language });
        let is_last = window.len() == rest.len();
        let body = if is_last { window } else { &window[..cut(window, open)] };
        let after = fence_at_end(body, open);
        if !body.trim().is_empty() {
            pages.push(render(&opening, body, after.is_some()));
        }
        if is_last {
            break;
        }
        if pages.len() == MOST_PAGES {
            pages.last_mut().expect("ten").push_str("\n…");
            break;
        }
        rest = &rest[body.len()..];
        rest = match after {
            // The first line's indentation is the code's.
            Some(_) => rest.strip_prefix('\n').unwrap_or(rest),
            None => rest.trim_start(),
        };
        carried = after.map(|fence| fence.language);
    }
    pages
}

/// Puts notes below the last page, or alone where there is none.
pub(super) fn put_below(pages: &mut Vec<String>, notes: &str) {
    if notes.is_empty() {
        return;
    }
    match pages.last_mut() {
        Some(page) => {
            let room = MOST_WITH_NOTES.saturating_sub(units(page) + 1);
            page.push('\n');
            page.push_str(beginning(notes, room));
        }
        None => pages.push(beginning(notes, MOST_WITH_NOTES).to_owned()),
    }
}

fn render(opening: &str, body: &str, is_open: bool) -> String {
    let body = body.trim_end();
    format!("{opening}{body}{}", if is_open { CLOSING } else { "" })
}

/// The fence that is open at the text's end, where one is open at its beginning or not.
fn fence_at_end<'a>(text: &'a str, open: Option<Fence<'a>>) -> Option<Fence<'a>> {
    let mut open = open;
    for (at, _) in text.match_indices(FENCE) {
        open = match open {
            Some(_) => None,
            None => Some(Fence { at, language: language(&text[at + FENCE.len()..]) }),
        };
    }
    open
}

/// The language that a fence names: one word, up to the line's end.
fn language(after: &str) -> &str {
    let line = after.split_once('\n').map_or("", |(line, _)| line.trim_end());
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_+-.#".contains(c);
    if line.len() <= LONGEST_LANGUAGE && line.chars().all(is_name) { line } else { "" }
}

/// The code blocks that end within the text.
fn blocks(text: &str, open: Option<Fence<'_>>) -> Vec<(usize, usize)> {
    let mut blocks = Vec::new();
    let mut begun = open.map(|fence| fence.at);
    for (at, _) in text.match_indices(FENCE) {
        match begun.take() {
            Some(start) => blocks.push((start, at + FENCE.len())),
            None => begun = Some(at),
        }
    }
    blocks
}

/// Where to cut a text that more follows: above 0, and on the border of what readers take for a character.
fn cut(window: &str, open: Option<Fence<'_>>) -> usize {
    let half = window.len() / 2;
    match fence_at_end(window, open) {
        // A block that may be short enough to stay whole goes to the next page.
        Some(fence) if fence.at > 0 => fence.at,
        Some(_) => {
            let line = window.rfind('\n').filter(|at| *at >= half);
            let word = || window.rfind(char::is_whitespace).filter(|at| *at >= half);
            line.or_else(word).unwrap_or_else(|| anywhere(window))
        }
        None => between(window, &blocks(window, open), half),
    }
}

/// Where to cut outside of code blocks.
fn between(window: &str, blocks: &[(usize, usize)], half: usize) -> usize {
    let is_outside = |at: &usize| !blocks.iter().any(|(start, end)| start < at && at < end);
    let places: Vec<_> =
        places(window, blocks).into_iter().filter(|(at, _)| *at > 0 && is_outside(at)).collect();
    for kind in [Border::Paragraph, Border::Line, Border::Sentence, Border::Word] {
        let mut good = places.iter().rev().filter(|(at, of)| *at >= half && *of >= kind);
        if let Some((at, _)) = good.find(|(at, _)| is_balanced(&window[..*at], blocks)) {
            return *at;
        }
    }
    // Rather markup in two parts than a page half empty, and rather that than a word in two.
    places.last().map_or_else(|| anywhere(window), |(at, _)| *at)
}

/// What one may cut at, the better the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Border {
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// All places where a page may end, in order.
fn places(window: &str, blocks: &[(usize, usize)]) -> Vec<(usize, Border)> {
    let mut places = Vec::new();
    let mut before = ' ';
    for (at, c) in window.char_indices() {
        if c == '\n' {
            let border = if before == '\n' || window[at + 1..].starts_with('\n') {
                Border::Paragraph
            } else {
                Border::Line
            };
            places.push((at, border));
        } else if c.is_whitespace() {
            let border =
                if ".!?…:。！？\"”".contains(before) { Border::Sentence } else { Border::Word };
            places.push((at, border));
        }
        before = c;
    }
    places.extend(blocks.iter().map(|(_, end)| (*end, Border::Line)));
    places.sort_unstable();
    places
}

/// Whether bold, struck, hidden and code text end where the text ends; code blocks aside.
fn is_balanced(text: &str, blocks: &[(usize, usize)]) -> bool {
    let mut prose = String::with_capacity(text.len());
    let mut from = 0;
    for (start, end) in blocks.iter().filter(|(_, end)| *end <= text.len()) {
        prose.push_str(&text[from..*start]);
        from = *end;
    }
    prose.push_str(&text[from..]);
    ["**", "__", "~~", "||", "`"].iter().all(|mark| prose.matches(mark).count() % 2 == 0)
}

/// The last place that parts no character, and no fence's mark. The last character is left out: what follows may belong
/// to it.
fn anywhere(window: &str) -> usize {
    let parts_mark = |at: usize| window[..at].ends_with('`') && window[at..].starts_with('`');
    let last = window.grapheme_indices(true).map(|(at, _)| at).rfind(|at| *at > 0 && !parts_mark(*at));
    last.unwrap_or_else(|| window.char_indices().last().map_or(window.len(), |(at, _)| at.max(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is left of a text without blanks, fences and the language of the generated ones.
    fn core(text: &str) -> String {
        let text = text.replace("```rust\n", "").replace("```\n", "").replace(FENCE, "");
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    fn check(text: &str) -> Vec<String> {
        let pages = pages(text);
        assert!(pages.len() <= MOST_PAGES);
        for page in &pages {
            assert!(units(page) <= MOST + 8 && !page.trim().is_empty(), "{} units", units(page));
        }
        pages
    }

    #[test]
    fn a_short_text_is_one_page() {
        assert_eq!(pages("  hi\n"), ["hi"]);
        assert_eq!(pages("```js\nopen"), ["```js\nopen\n```"]);
        assert!(pages(" \n ").is_empty());
    }

    #[test]
    fn a_page_ends_where_readers_pause() {
        let paragraph = "One sentence. And two. ".repeat(30);
        let text = format!("{}\n\n{}\n\n{}", paragraph.trim(), paragraph.trim(), paragraph.trim());
        let pages = check(&text);
        assert_eq!(
            pages,
            [format!("{}\n\n{}", paragraph.trim(), paragraph.trim()), paragraph.trim().to_owned()]
        );
        let sentences = check(&"This is a sentence of words. ".repeat(100));
        assert!(sentences.iter().all(|page| page.ends_with("words.")), "{sentences:?}");
        let words = check(&"word ".repeat(1_000));
        assert!(words.iter().all(|page| page.starts_with("word") && page.ends_with("word")));
    }

    #[test]
    fn a_code_block_stays_whole_where_it_can_and_is_reopened_where_not() {
        let prose = "Some words. ".repeat(100);
        let block = format!("```rust\n{}```", "let x = 1;\n".repeat(100));
        let pages = check(&format!("{prose}\n{block}\nThe end."));
        assert_eq!(pages.len(), 2);
        assert!(
            !pages[0].contains(FENCE) && pages[1].starts_with("```rust\n") && pages[1].ends_with("The end.")
        );

        let long = format!("```rust\n{}```\nThe end.", "    let x = 1;\n".repeat(300));
        let pages = check(&long);
        assert!(pages.len() > 2);
        for page in &pages {
            assert_eq!(page.matches(FENCE).count(), 2, "{page}");
            assert!(page.starts_with("```rust\n    let"), "indentation is kept: {page}");
        }
        assert!(pages.last().is_some_and(|page| page.ends_with("The end.")));
    }

    #[test]
    fn markup_stays_whole_where_it_can() {
        let text = format!("{}**{}** end {}", "word ".repeat(250), "bold ".repeat(120), "more ".repeat(300));
        let pages = check(&text);
        assert!(is_balanced(&pages[0], &[]), "{}", pages[0]);
        assert!(pages[1].starts_with("**bold"));
    }

    #[test]
    fn characters_of_many_parts_stay_whole() {
        let family = "👨‍👩‍👧‍👦";
        for page in check(&family.repeat(700)) {
            let page = page.trim_end_matches("\n…");
            assert!(page.graphemes(true).all(|one| one == family), "{page:?}");
        }
        let pages = check(&"x".repeat(30_000));
        assert_eq!(pages.len(), MOST_PAGES);
        assert!(pages[9].ends_with('…'));
    }

    fn prose() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z ,.\n*_|]{0,300}",
            "[ \n]{0,40}",
            "\\PC{0,80}".prop_map(|text| text.replace('`', "'")),
            "[a-z]{1,2500}",
            Just("👩‍🚀🏳️‍🌈e\u{301} 𝔘𝔫𝔦".repeat(20)),
        ]
    }

    fn text() -> impl Strategy<Value = String> {
        let block = "[a-z =;\n]{0,900}".prop_map(|code| format!("\n```rust\n{code}\n```\n"));
        prop::collection::vec(prop_oneof![3 => prose(), 1 => block], 0..8).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_lost_and_every_fence_is_closed(text in text()) {
            let pages = check(&text);
            for page in &pages {
                prop_assert_eq!(page.matches(FENCE).count() % 2, 0, "{}", page);
            }
            if pages.len() < MOST_PAGES {
                prop_assert_eq!(core(&pages.join("\n")), core(&text));
            }
        }

        #[test]
        fn pages_stay_as_they_are_while_the_text_grows(text in text(), shares in prop::collection::vec(0.0..1.0_f64, 4)) {
            let whole = pages(&text);
            for share in shares {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a length")]
                let at = (text.len() as f64 * share) as usize;
                let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                let grown = pages(&text[..at]);
                let closed = grown.len().saturating_sub(1);
                prop_assert_eq!(&grown[..closed], &whole[..closed]);
            }
        }

        #[test]
        fn any_text_at_all_is_cut(text in any::<String>()) {
            check(&text.repeat(30));
        }
    }
}
